//! The layout of a narrow window: one panel shows, the others are tabs at the bottom.

use serde::Serialize;

use super::edit::DockError;
use super::panel::{Panel, PanelId};

/// Tabs at the most: more do not fit the width of a phone.
pub const MAX_TABS: usize = 8;

/// Panels as tabs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PhoneLayout {
    pub(super) panels: Vec<Panel>,
    /// One of them; `None` only where there is none.
    pub(super) active: Option<PanelId>,
}

impl PhoneLayout {
    /// In the order of the tabs.
    #[must_use]
    pub fn panels(&self) -> &[Panel] {
        &self.panels
    }

    /// The one that shows.
    #[must_use]
    pub fn active(&self) -> Option<&Panel> {
        let active = self.active?;
        self.panels.iter().find(|panel| panel.id == active)
    }

    /// A panel, to change its link or its settings (by [`crate::model::Settings::set`]).
    pub fn panel_mut(&mut self, id: PanelId) -> Option<&mut Panel> {
        self.panels.iter_mut().find(|panel| panel.id == id)
    }

    /// Opens a panel of a kind as the last tab and shows it.
    ///
    /// # Errors
    /// [`DockError::Full`].
    pub fn open(&mut self, kind: &str) -> Result<PanelId, DockError> {
        if self.panels.len() >= MAX_TABS {
            return Err(DockError::Full);
        }
        let newest = self.panels.iter().map(|panel| panel.id.0).max();
        let id = PanelId(newest.unwrap_or(0).saturating_add(1));
        self.panels.push(Panel::new(id, kind));
        self.active = Some(id);
        Ok(id)
    }

    /// Closes a panel; the next tab shows then, or the last.
    ///
    /// # Errors
    /// [`DockError::Unknown`].
    pub fn close(&mut self, id: PanelId) -> Result<(), DockError> {
        let at = self.place(id)?;
        self.panels.remove(at);
        if self.active == Some(id) {
            let next = self.panels.get(at).or(self.panels.last());
            self.active = next.map(|panel| panel.id);
        }
        Ok(())
    }

    /// Moves a tab to a place among the others, to the end where it is beyond that.
    ///
    /// # Errors
    /// [`DockError::Unknown`].
    pub fn move_to(&mut self, id: PanelId, at: usize) -> Result<(), DockError> {
        let panel = self.panels.remove(self.place(id)?);
        self.panels.insert(at.min(self.panels.len()), panel);
        Ok(())
    }

    /// Shows a panel.
    ///
    /// # Errors
    /// [`DockError::Unknown`].
    pub fn activate(&mut self, id: PanelId) -> Result<(), DockError> {
        self.place(id)?;
        self.active = Some(id);
        Ok(())
    }

    fn place(&self, id: PanelId) -> Result<usize, DockError> {
        let at = self.panels.iter().position(|panel| panel.id == id);
        at.ok_or(DockError::Unknown(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_open_move_and_close() {
        let mut phone = PhoneLayout::default();
        let ids: Vec<PanelId> = ["chart", "book", "tape"]
            .iter()
            .map(|kind| phone.open(kind).expect("opens"))
            .collect();
        phone.move_to(ids[2], 0).expect("moves");
        let order: Vec<PanelId> = phone.panels().iter().map(|panel| panel.id).collect();
        assert_eq!(order, [ids[2], ids[0], ids[1]]);
        phone.close(ids[2]).expect("closes");
        assert_eq!(phone.active().map(|panel| panel.id), Some(ids[0]));
        phone.activate(ids[1]).expect("shows");
        for id in [ids[1], ids[0]] {
            phone.close(id).expect("closes");
        }
        assert_eq!(phone.active(), None);
        assert_eq!(phone.close(ids[0]), Err(DockError::Unknown(ids[0])));
        for _ in 0..MAX_TABS {
            phone.open("chart").expect("opens");
        }
        assert_eq!(phone.open("chart"), Err(DockError::Full));
    }
}

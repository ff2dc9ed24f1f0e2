//! A layout with undo: what the page holds while it runs.

use std::collections::VecDeque;

use super::edit::{DockError, Edit, Place};
use super::layout::Layout;
use super::panel::{Panel, PanelId};

/// Changes that can be taken back.
const MAX_UNDO: usize = 50;

/// A layout and what it was before.
///
/// Undo takes back the arrangement alone: links and settings of panels stay as they are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dock {
    layout: Layout,
    past: VecDeque<Layout>,
    /// The nearest last.
    future: Vec<Layout>,
    /// So that no id is given twice, even where its panel was taken back.
    newest: Option<PanelId>,
}

impl Dock {
    /// A layout that was just loaded: nothing to take back.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            ..Self::default()
        }
    }

    /// The layout as it is.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Makes a change, or nothing of it. One that leaves everything as it is cannot be undone.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be made.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), DockError> {
        let mut next = self.layout.clone();
        next.apply(edit)?;
        if next == self.layout {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.layout, next);
        if edit.is_arranging() {
            self.future.clear();
            self.past.push_back(before);
            if self.past.len() > MAX_UNDO {
                self.past.pop_front();
            }
        }
        Ok(())
    }

    /// What a change would lead to; for what follows the pointer before it is let go.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be made.
    pub fn preview(&self, edit: &Edit) -> Result<Layout, DockError> {
        let mut next = self.layout.clone();
        next.apply(edit)?;
        Ok(next)
    }

    /// Opens a panel of a kind with its defaults, and says its id.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be opened there.
    pub fn open(&mut self, kind: &str, place: Place) -> Result<PanelId, DockError> {
        let unused = PanelId(self.newest.map_or(0, |id| id.0.saturating_add(1)));
        let id = unused.max(self.layout.free_id());
        self.apply(&Edit::Open(Panel::new(id, kind), place))?;
        self.newest = Some(id);
        Ok(id)
    }

    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether something was taken back.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes back the last change of the arrangement; `false` where there is none.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.past.pop_back() else {
            return false;
        };
        let now = std::mem::replace(&mut self.layout, before);
        keep_contents(&mut self.layout, &now);
        self.future.push(now);
        true
    }

    /// Makes again what was taken back last; `false` where there is nothing.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.future.pop() else {
            return false;
        };
        let now = std::mem::replace(&mut self.layout, after);
        keep_contents(&mut self.layout, &now);
        self.past.push_back(now);
        true
    }
}

/// Gives panels the links and settings that they have now.
fn keep_contents(layout: &mut Layout, now: &Layout) {
    let closed = now.closed.iter().map(|closed| &closed.panel);
    for panel in now.panels.values().chain(closed) {
        if let Some(held) = layout.panels.get_mut(&panel.id) {
            held.clone_from(panel);
        }
        let mut closed = layout.closed.iter_mut();
        if let Some(held) = closed.find(|closed| closed.panel.id == panel.id) {
            held.panel.clone_from(panel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dock::{LinkColour, Side};

    fn dock() -> (Dock, PanelId, PanelId) {
        let mut dock = Dock::default();
        let chart = dock.open("chart", Place::Edge(Side::Left)).expect("opens");
        let beside = Place::Beside {
            group: chart,
            side: Side::Right,
        };
        let book = dock.open("book", beside).expect("opens");
        (dock, chart, book)
    }

    #[test]
    fn undo_leaves_links_and_settings_alone() {
        let (mut dock, chart, book) = dock();
        dock.apply(&Edit::Close(book)).expect("closes");
        let link = Edit::Link(chart, Some(LinkColour::Blue));
        dock.apply(&link).expect("links");
        assert!(dock.undo());
        assert!(dock.layout().group_of(book).is_some());
        let linked = dock.layout().panel(chart).and_then(|panel| panel.link);
        assert_eq!(linked, Some(LinkColour::Blue));
        assert!(dock.redo() && !dock.can_redo());
        assert!(dock.layout().group_of(book).is_none());
    }

    #[test]
    fn no_id_is_given_twice() {
        let (mut dock, chart, book) = dock();
        assert!(dock.undo());
        let next = dock.open("tape", Place::Edge(Side::Top)).expect("opens");
        assert!(next > book && book > chart);
    }

    #[test]
    fn what_changes_nothing_is_not_undone() {
        let (mut dock, _, _) = dock();
        let steps = dock.past.len();
        dock.apply(&Edit::Equalise).expect("is equal already");
        assert_eq!(dock.past.len(), steps);
        assert_eq!(dock.apply(&Edit::Reopen), Err(DockError::NothingClosed));
        assert_eq!(dock.past.len(), steps);
    }
}

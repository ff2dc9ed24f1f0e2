//! Panels outside of the tree of a document: in windows of their own, and closed ones.

use super::Reader;
use super::tree::Census;
use crate::dock::layout::{Closed, Home, MAX_CLOSED, MAX_PANELS, Popped, WindowPlace};
use crate::dock::panel::PanelId;
use crate::dock::sizes::WHOLE;
use crate::dock::tree::Side;
use crate::model::untrusted::{Fields, Item};

impl Reader<'_> {
    pub(super) fn popped(
        &mut self,
        fields: &Fields<'_>,
        census: &mut Census,
    ) -> Option<Vec<Popped>> {
        let Some(list) = fields.optional("popped") else {
            return Some(Vec::new());
        };
        let mut popped = Vec::new();
        for item in list.list(&mut self.faults, MAX_PANELS)? {
            let fields = item.fields(&mut self.faults, &["panel", "home", "window"])?;
            let panel = fields.required(&mut self.faults, "panel")?;
            let panel = self.placed(&panel, census);
            let home = fields.required(&mut self.faults, "home")?;
            let home = self.home(&home);
            let window = match fields.optional("window") {
                None => Some(None),
                Some(item) => self.window(&item).map(Some),
            };
            popped.push(Popped {
                panel: panel?,
                home: home?,
                window: window?,
            });
        }
        Some(popped)
    }

    pub(super) fn closed(&mut self, fields: &Fields<'_>, census: &Census) -> Option<Vec<Closed>> {
        let Some(list) = fields.optional("closed") else {
            return Some(Vec::new());
        };
        let mut closed: Vec<Closed> = Vec::new();
        for item in list.list(&mut self.faults, MAX_CLOSED)? {
            let fields = item.fields(&mut self.faults, &["panel", "home"])?;
            let held = fields.required(&mut self.faults, "panel")?;
            let panel = self.panel(&held)?;
            let is_known = closed.iter().any(|closed| closed.panel.id == panel.id)
                || census.panels.contains_key(&panel.id);
            if is_known {
                self.again(&held, panel.id);
            }
            let home = fields.required(&mut self.faults, "home")?;
            let home = self.home(&home)?;
            closed.push(Closed { panel, home });
        }
        Some(closed)
    }

    /// Neighbours need not be there any more.
    fn home(&mut self, item: &Item<'_>) -> Option<Home> {
        if item.value.as_str() == Some("alone") {
            return Some(Home::Alone);
        }
        let fields = item.fields(&mut self.faults, &["tabs", "beside"])?;
        let home = match (fields.optional("tabs"), fields.optional("beside")) {
            (Some(item), None) => {
                let fields = item.fields(&mut self.faults, &["near", "at"])?;
                let near = self.near(&fields)?;
                let at = fields.required(&mut self.faults, "at")?;
                let at = at.integer(&mut self.faults, 0..=MAX_PANELS as i64)? as u16;
                Home::Tabs { near, at }
            }
            (None, Some(item)) => {
                let fields = item.fields(&mut self.faults, &["near", "side", "size"])?;
                let near = self.near(&fields)?;
                let side = fields.required(&mut self.faults, "side")?;
                let size = fields.required(&mut self.faults, "size")?;
                Home::Beside {
                    near,
                    side: side.choice(&mut self.faults, &Side::ALL)?,
                    size: size.integer(&mut self.faults, 0..=i64::from(WHOLE))? as u16,
                }
            }
            _ => {
                self.faults
                    .add(&item.at, "either tabs or beside, or the word alone");
                return None;
            }
        };
        Some(home)
    }

    fn near(&mut self, fields: &Fields<'_>) -> Option<Vec<PanelId>> {
        let list = fields.required(&mut self.faults, "near")?;
        let items = list.list(&mut self.faults, MAX_PANELS)?;
        items.iter().map(|item| self.id(item)).collect()
    }

    fn window(&mut self, item: &Item<'_>) -> Option<WindowPlace> {
        let fields = item.fields(&mut self.faults, &["x", "y", "width", "height"])?;
        let mut read = |name, range| {
            let item = fields.required(&mut self.faults, name)?;
            item.integer(&mut self.faults, range)
        };
        Some(WindowPlace {
            x: read("x", -100_000..=100_000)? as i32,
            y: read("y", -100_000..=100_000)? as i32,
            width: read("width", 1..=20_000)? as u16,
            height: read("height", 1..=20_000)? as u16,
        })
    }
}

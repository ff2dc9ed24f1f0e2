//! The layout of a document: its panels, and the tree in which each stands once.

use std::collections::{BTreeMap, BTreeSet};

use super::Reader;
use crate::dock::layout::{Layout, MAX_PANELS};
use crate::dock::panel::{Panel, PanelId};
use crate::dock::sizes::{LEAST, WHOLE};
use crate::dock::tree::{Axis, Child, Group, MAX_DEPTH, Node, Split};
use crate::model::untrusted::{Fields, Item};

/// Panels that were read, and where each stands.
#[derive(Default)]
pub(super) struct Census {
    pub panels: BTreeMap<PanelId, Panel>,
    placed: BTreeSet<PanelId>,
}

impl Reader<'_> {
    pub(super) fn layout(&mut self, item: &Item<'_>) -> Option<Layout> {
        let names = ["root", "panels", "maximised", "popped", "closed"];
        let fields = item.fields(&mut self.faults, &names)?;
        let list = fields.required(&mut self.faults, "panels")?;
        let items = list.list(&mut self.faults, MAX_PANELS)?;
        let mut census = Census::default();
        for item in &items {
            if let Some(panel) = self.panel(item)
                && let Some(other) = census.panels.insert(panel.id, panel)
            {
                self.again(item, other.id);
            }
        }
        let root = match fields.optional("root") {
            Some(item) => Some(self.node(&item, None, 1, &mut census)?),
            None => None,
        };
        let popped = self.popped(&fields, &mut census)?;
        let homeless = |id: &&PanelId| !census.placed.contains(id);
        for id in census.panels.keys().filter(homeless) {
            let reason = format!("panel {id} is neither docked nor in a window of its own");
            self.faults.add(&list.at, reason);
        }
        let closed = self.closed(&fields, &census)?;
        let maximised = match fields.optional("maximised") {
            None => None,
            Some(item) => {
                let id = self.id(&item)?;
                let docked = root.as_ref().and_then(|root| root.group_of(id)).is_some();
                if !docked {
                    self.faults.add(&item.at, "not a docked panel");
                }
                Some(id)
            }
        };
        Some(Layout {
            root,
            panels: census.panels,
            maximised,
            popped,
            closed,
        })
    }

    /// A panel that is placed here; it has to be one of the panels, and nowhere else.
    pub(super) fn placed(&mut self, item: &Item<'_>, census: &mut Census) -> Option<PanelId> {
        let id = self.id(item)?;
        if !census.panels.contains_key(&id) {
            let reason = format!("there is no panel {id} among the panels");
            self.faults.add(&item.at, reason);
        } else if !census.placed.insert(id) {
            let reason = format!("panel {id} stands in two places");
            self.faults.add(&item.at, reason);
        }
        Some(id)
    }

    fn node(
        &mut self,
        item: &Item<'_>,
        inside: Option<Axis>,
        depth: u32,
        census: &mut Census,
    ) -> Option<Node> {
        if depth > MAX_DEPTH {
            let reason = format!("splits are nested more than {MAX_DEPTH} deep");
            self.faults.add(&item.at, reason);
            return None;
        }
        // The size of a child is its parent's to read.
        let known: &[&str] = match (item.value.get("split").is_some(), inside) {
            (true, None) => &["split", "children"],
            (true, Some(_)) => &["size", "split", "children"],
            (false, None) => &["tabs", "active"],
            (false, Some(_)) => &["size", "tabs", "active"],
        };
        let fields = item.fields(&mut self.faults, known)?;
        match fields.optional("split") {
            Some(axis) => self.split(&fields, &axis, inside, depth, census),
            None => self.group(&fields, census).map(Node::Group),
        }
    }

    fn split(
        &mut self,
        fields: &Fields<'_>,
        axis: &Item<'_>,
        inside: Option<Axis>,
        depth: u32,
        census: &mut Census,
    ) -> Option<Node> {
        let axes = [("row", Axis::Row), ("column", Axis::Column)];
        let own = axis.choice(&mut self.faults, &axes)?;
        if inside == Some(own) {
            let reason = "a split directly in one of the same kind; its children belong there";
            self.faults.add(&axis.at, reason);
        }
        let list = fields.required(&mut self.faults, "children")?;
        let items = list.list(&mut self.faults, MAX_PANELS)?;
        if items.len() < 2 {
            self.faults
                .add(&list.at, "a split has at least two children");
        }
        let read: Vec<Option<Child>> = items
            .iter()
            .map(|item| {
                let range = i64::from(LEAST)..=i64::from(WHOLE);
                let size = match item.value.as_object().map(|map| map.get("size")) {
                    Some(Some(value)) => Item {
                        value,
                        at: format!("{}/size", item.at),
                    }
                    .integer(&mut self.faults, range),
                    _ => {
                        self.faults.add(&format!("{}/size", item.at), "required");
                        None
                    }
                };
                let node = self.node(item, Some(own), depth + 1, census);
                let size = u16::try_from(size?).ok()?;
                Some(Child { size, node: node? })
            })
            .collect();
        let children: Vec<Child> = read.into_iter().collect::<Option<_>>()?;
        let sum: u32 = children.iter().map(|child| u32::from(child.size)).sum();
        if sum != u32::from(WHOLE) {
            let reason = format!("the sizes add up to {sum}, not to {WHOLE}");
            self.faults.add(&list.at, reason);
        }
        Some(Node::Split(Split {
            axis: own,
            children,
        }))
    }

    fn group(&mut self, fields: &Fields<'_>, census: &mut Census) -> Option<Group> {
        let list = fields.required(&mut self.faults, "tabs")?;
        let items = list.list(&mut self.faults, MAX_PANELS)?;
        let tabs: Vec<Option<PanelId>> =
            items.iter().map(|item| self.placed(item, census)).collect();
        let tabs: Vec<PanelId> = tabs.into_iter().collect::<Option<_>>()?;
        let Some(first) = tabs.first().copied() else {
            self.faults.add(&list.at, "a group has at least one tab");
            return None;
        };
        let active = match fields.optional("active") {
            None => first,
            Some(item) => {
                let active = self.id(&item)?;
                if !tabs.contains(&active) {
                    self.faults.add(&item.at, "not one of the tabs");
                }
                active
            }
        };
        Some(Group { tabs, active })
    }
}

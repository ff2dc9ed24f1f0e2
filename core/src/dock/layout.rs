//! The layout of a wide window: the tree, the panels in it, and where those outside of the tree
//! came from.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::panel::{Panel, PanelId};
use super::sizes::WHOLE;
use super::tree::{Group, MAX_DEPTH, Node, Side};

/// Panels of a layout, windows of their own included, at the most.
pub const MAX_PANELS: usize = 64;
/// Closed panels that can be opened again; the oldest is forgotten.
pub(super) const MAX_CLOSED: usize = 16;

/// Panels and how they share the window.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Layout {
    pub(super) root: Option<Node>,
    #[serde(serialize_with = "as_list")]
    pub(super) panels: BTreeMap<PanelId, Panel>,
    /// Any panel of the group that takes the whole window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximised: Option<PanelId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) popped: Vec<Popped>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) closed: Vec<Closed>,
}

fn as_list<S: Serializer>(
    panels: &BTreeMap<PanelId, Panel>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(panels.values())
}

/// A panel in a window of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Popped {
    /// Which.
    pub panel: PanelId,
    /// Where it goes when it comes back.
    pub home: Home,
    /// Where its window stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowPlace>,
}

/// A panel that was closed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Closed {
    /// As it was.
    pub panel: Panel,
    /// Where it goes when it is opened again.
    pub home: Home,
}

/// A window on the screen, CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is its own name")]
pub struct WindowPlace {
    pub x: i32,
    pub y: i32,
    pub width: u16,
    pub height: u16,
}

/// Where a panel stood, in terms of its neighbours, so that it holds while others move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Home {
    /// Among tabs.
    Tabs {
        /// The other tabs.
        near: Vec<PanelId>,
        /// Its place among them.
        at: u16,
    },
    /// Beside a part of the tree.
    Beside {
        /// The panels of that part.
        near: Vec<PanelId>,
        /// At which side of it.
        side: Side,
        /// Its share of the two together, in parts of [`WHOLE`].
        size: u16,
    },
    /// It was the only one.
    Alone,
}

impl Home {
    /// The neighbours.
    #[must_use]
    pub fn near(&self) -> &[PanelId] {
        match self {
            Self::Tabs { near, .. } | Self::Beside { near, .. } => near,
            Self::Alone => &[],
        }
    }
}

impl Layout {
    /// What the window shows; `None` where there is no panel in it.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// Every panel, docked or in a window of its own, by id.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.panels.values()
    }

    /// A panel, docked or in a window of its own.
    #[must_use]
    pub fn panel(&self, id: PanelId) -> Option<&Panel> {
        self.panels.get(&id)
    }

    /// Groups of the tree, in its reading order.
    #[must_use]
    pub fn groups(&self) -> Vec<&Group> {
        self.root.as_ref().map(Node::groups).unwrap_or_default()
    }

    /// The group that holds a panel; `None` for one that is not docked.
    #[must_use]
    pub fn group_of(&self, panel: PanelId) -> Option<&Group> {
        self.root.as_ref()?.group_of(panel)
    }

    /// The group that takes the whole window.
    #[must_use]
    pub fn maximised(&self) -> Option<&Group> {
        self.group_of(self.maximised?)
    }

    /// Panels in windows of their own, the oldest first.
    #[must_use]
    pub fn popped(&self) -> &[Popped] {
        &self.popped
    }

    /// Panels that can be opened again, the one closed last at the end.
    #[must_use]
    pub fn closed(&self) -> &[Closed] {
        &self.closed
    }

    /// An id that no panel has, nor a closed one.
    #[must_use]
    pub fn free_id(&self) -> PanelId {
        let closed = self.closed.iter().map(|closed| closed.panel.id);
        let used = self.panels.keys().copied().chain(closed);
        PanelId(used.max().map_or(1, |id| id.0.saturating_add(1)))
    }

    /// The tab after a docked panel in its group, or before it; the first follows the last.
    #[must_use]
    pub fn next_tab(&self, panel: PanelId, forward: bool) -> Option<PanelId> {
        let tabs = self.group_of(panel)?.tabs();
        let at = tabs.iter().position(|tab| *tab == panel)?;
        let step = if forward { 1 } else { tabs.len() - 1 };
        tabs.get((at + step) % tabs.len()).copied()
    }

    /// Where a docked panel stands, to be found again later.
    pub(super) fn home_of(&self, panel: PanelId) -> Home {
        let root = self.root.as_ref();
        root.and_then(|root| home_in(root, panel))
            .unwrap_or(Home::Alone)
    }

    /// Takes a docked panel out of the tree; the panel itself stays. The group of a maximised
    /// panel stays maximised as long as there is a tab in it.
    pub(super) fn take_out(&mut self, panel: PanelId) {
        let others = self.group_of(panel).map(|group| group.tabs().to_vec());
        let heir = others.and_then(|tabs| tabs.into_iter().find(|tab| *tab != panel));
        if self.maximised == Some(panel) {
            self.maximised = heir;
        }
        self.root = self.root.take().and_then(|root| root.without(panel));
    }

    /// Puts a panel that is not docked where it stood, or as near to that as there still is.
    pub(super) fn bring_home(&mut self, panel: PanelId, home: &Home) {
        let mut home = home.clone();
        // A neighbour may be away too: its own home is near enough then.
        for _ in 0..self.popped.len() {
            let near = home.near();
            if near.iter().any(|id| self.group_of(*id).is_some()) {
                break;
            }
            let mut popped = self.popped.iter();
            match popped.find(|popped| near.contains(&popped.panel)) {
                Some(neighbour) => home = neighbour.home.clone(),
                None => break,
            }
        }
        let docked = |id: &&PanelId| self.group_of(**id).is_some();
        let near: Vec<PanelId> = home.near().iter().filter(docked).copied().collect();
        let fresh = Group::of(panel);
        let placed = match (&home, self.root.clone()) {
            (_, None) => Some(Node::Group(fresh)),
            (Home::Beside { side, size, .. }, Some(root)) if !near.is_empty() => {
                root.with_beside(&near, *side, *size, fresh)
            }
            (Home::Tabs { .. }, Some(_)) if !near.is_empty() => None,
            (_, Some(root)) => root.with_at_edge(Side::Right, WHOLE / 4, fresh),
        };
        match placed.filter(|root| root.depth() <= MAX_DEPTH) {
            Some(root) => self.root = Some(root),
            None => {
                let at = match home {
                    Home::Tabs { at, .. } => at.into(),
                    _ => usize::MAX,
                };
                let first = self.groups().first().map(|group| group.active());
                let group = near.first().copied().or(first);
                let root = self.root.as_mut();
                if let (Some(root), Some(group)) = (root, group)
                    && let Some(group) = root.group_of_mut(group)
                {
                    group.put(panel, at);
                }
            }
        }
        self.keep_in_view(panel);
    }

    /// Ends the maximising of a group that would hide this panel.
    pub(super) fn keep_in_view(&mut self, panel: PanelId) {
        let shown = self.maximised();
        if shown.is_some_and(|group| !group.tabs().contains(&panel)) {
            self.maximised = None;
        }
    }
}

fn home_in(node: &Node, panel: PanelId) -> Option<Home> {
    match node {
        Node::Group(group) => {
            let at = group.tabs.iter().position(|tab| *tab == panel)?;
            let near: Vec<PanelId> = group
                .tabs
                .iter()
                .filter(|t| **t != panel)
                .copied()
                .collect();
            let at = at as u16;
            Some(match near.is_empty() {
                true => Home::Alone,
                false => Home::Tabs { near, at },
            })
        }
        Node::Split(split) => {
            let mut homes = split.children.iter().enumerate();
            let (at, home) =
                homes.find_map(|(at, child)| Some((at, home_in(&child.node, panel)?)))?;
            if home != Home::Alone {
                return Some(home);
            }
            let before = at == 0;
            let neighbour = split.children.get(if before { 1 } else { at - 1 })?;
            let own = u32::from(split.children[at].size);
            let both = own + u32::from(neighbour.size);
            Some(Home::Beside {
                near: neighbour.node.panels(),
                side: Side::of(split.axis, before),
                size: ((own * u32::from(WHOLE) + both / 2) / both) as u16,
            })
        }
    }
}

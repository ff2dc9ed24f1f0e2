//! Splits and groups of tabs. Every function that makes a tree makes it in normal form: no empty
//! group, no split of fewer than two, no row directly in a row (nor column in a column).

use serde::Serialize;

use super::panel::PanelId;
use super::sizes::{WHOLE, sizes};

/// Splits and groups within each other, at the most.
pub const MAX_DEPTH: u32 = 8;

/// The way in which a split sets out its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Side by side.
    Row,
    /// One above the other.
    Column,
}

/// A side of a group, of the whole layout, or a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is its own name")]
pub enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

impl Side {
    /// Every side, with its name in documents.
    pub const ALL: [(&'static str, Self); 4] = [
        ("left", Self::Left),
        ("right", Self::Right),
        ("top", Self::Top),
        ("bottom", Self::Bottom),
    ];

    /// Of the split that sets something at this side of something else.
    #[must_use]
    pub fn axis(self) -> Axis {
        match self {
            Self::Left | Self::Right => Axis::Row,
            Self::Top | Self::Bottom => Axis::Column,
        }
    }

    /// Whether what stands at this side comes first in its split.
    #[must_use]
    pub fn is_before(self) -> bool {
        matches!(self, Self::Left | Self::Top)
    }

    /// The side of this axis that comes first, or the other.
    pub(super) fn of(axis: Axis, before: bool) -> Self {
        match (axis, before) {
            (Axis::Row, true) => Self::Left,
            (Axis::Row, false) => Self::Right,
            (Axis::Column, true) => Self::Top,
            (Axis::Column, false) => Self::Bottom,
        }
    }
}

/// A part of the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Node {
    /// Parts of it.
    Split(Split),
    /// Panels in one place.
    Group(Group),
}

/// Parts beside each other, at least two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Split {
    #[serde(rename = "split")]
    pub(super) axis: Axis,
    pub(super) children: Vec<Child>,
}

/// A part and its size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Child {
    /// In parts of [`WHOLE`], at least [`super::LEAST`]; those of a split add up to the whole.
    pub size: u16,
    /// What stands there; never a split of the same axis.
    #[serde(flatten)]
    pub node: Node,
}

/// Panels in one place, at least one; one of them shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    pub(super) tabs: Vec<PanelId>,
    pub(super) active: PanelId,
}

/// Names a divider: the one after a child of the split that the path from the root leads to.
/// Holds as long as the tree is not changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Divider {
    /// Places among children, from the root on.
    pub split: Vec<u16>,
    /// Place of the child before it.
    pub after: u16,
}

impl Split {
    /// How the children stand.
    #[must_use]
    pub fn axis(&self) -> Axis {
        self.axis
    }

    /// From left to right, or top to bottom.
    #[must_use]
    pub fn children(&self) -> &[Child] {
        &self.children
    }

    /// Children with weights as a node in normal form; `None` where there are none.
    pub(super) fn normal(axis: Axis, children: Vec<(u64, Node)>) -> Option<Node> {
        let mut flat: Vec<(u64, Node)> = Vec::with_capacity(children.len());
        for (weight, node) in children {
            match node {
                Node::Split(split) if split.axis == axis => {
                    let inner = split.children.into_iter();
                    flat.extend(inner.map(|child| (weight * u64::from(child.size), child.node)));
                }
                node => flat.push((weight * u64::from(WHOLE), node)),
            }
        }
        if flat.len() < 2 {
            return flat.pop().map(|(_, node)| node);
        }
        let weights: Vec<u64> = flat.iter().map(|(weight, _)| *weight).collect();
        let nodes = flat.into_iter().map(|(_, node)| node);
        let children = sizes(&weights).into_iter().zip(nodes);
        let children = children.map(|(size, node)| Child { size, node }).collect();
        Some(Node::Split(Self { axis, children }))
    }

    fn into_weighted(self) -> Vec<(u64, Node)> {
        let children = self.children.into_iter();
        children
            .map(|child| (u64::from(child.size), child.node))
            .collect()
    }
}

impl Group {
    /// A group of one.
    pub(super) fn of(panel: PanelId) -> Self {
        Self {
            tabs: vec![panel],
            active: panel,
        }
    }

    /// In the order of the tabs, never empty.
    #[must_use]
    pub fn tabs(&self) -> &[PanelId] {
        &self.tabs
    }

    /// The one that shows.
    #[must_use]
    pub fn active(&self) -> PanelId {
        self.active
    }

    /// Puts a panel among the tabs, at the end where the place is beyond it, and shows it.
    pub(super) fn put(&mut self, panel: PanelId, at: usize) {
        self.tabs.insert(at.min(self.tabs.len()), panel);
        self.active = panel;
    }

    /// Without a panel; what showed goes on showing, else the next tab does.
    fn without(mut self, panel: PanelId) -> Option<Self> {
        let at = self.tabs.iter().position(|tab| *tab == panel)?;
        self.tabs.remove(at);
        if self.active == panel {
            self.active = *self.tabs.get(at).or(self.tabs.last())?;
        }
        Some(self)
    }
}

impl Node {
    /// Every group, in reading order of the tree.
    #[must_use]
    pub fn groups(&self) -> Vec<&Group> {
        match self {
            Self::Group(group) => vec![group],
            Self::Split(split) => {
                let children = split.children.iter();
                children.flat_map(|child| child.node.groups()).collect()
            }
        }
    }

    /// Every panel, in reading order of the tree.
    #[must_use]
    pub fn panels(&self) -> Vec<PanelId> {
        let groups = self.groups().into_iter();
        groups
            .flat_map(|group| group.tabs.iter().copied())
            .collect()
    }

    /// The group that holds a panel.
    #[must_use]
    pub fn group_of(&self, panel: PanelId) -> Option<&Group> {
        let mut groups = self.groups().into_iter();
        groups.find(|group| group.tabs.contains(&panel))
    }

    pub(super) fn group_of_mut(&mut self, panel: PanelId) -> Option<&mut Group> {
        match self {
            Self::Group(group) => group.tabs.contains(&panel).then_some(group),
            Self::Split(split) => {
                let mut children = split.children.iter_mut();
                children.find_map(|child| child.node.group_of_mut(panel))
            }
        }
    }

    /// The split that a path leads to.
    pub(super) fn split_at_mut(&mut self, path: &[u16]) -> Option<&mut Split> {
        match (self, path) {
            (Self::Group(_), _) => None,
            (Self::Split(split), []) => Some(split),
            (Self::Split(split), [first, rest @ ..]) => {
                let child = split.children.get_mut(usize::from(*first))?;
                child.node.split_at_mut(rest)
            }
        }
    }

    /// Nodes within each other; 1 for a group.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Group(_) => 1,
            Self::Split(split) => {
                let children = split.children.iter();
                1 + children.map(|child| child.node.depth()).max().unwrap_or(0)
            }
        }
    }

    fn holds_any(&self, panels: &[PanelId]) -> bool {
        match self {
            Self::Group(group) => group.tabs.iter().any(|tab| panels.contains(tab)),
            Self::Split(split) => {
                let mut children = split.children.iter();
                children.any(|child| child.node.holds_any(panels))
            }
        }
    }

    /// Without a panel. The place of a group that ends goes to the neighbour before it, or else
    /// after it, so that nothing else moves.
    pub(super) fn without(self, panel: PanelId) -> Option<Self> {
        let split = match self {
            Self::Group(group) => return group.without(panel).map(Self::Group),
            Self::Split(split) => split,
        };
        let axis = split.axis;
        let held = split
            .children
            .iter()
            .position(|child| child.node.holds_any(&[panel]));
        let mut children = split.into_weighted();
        if let Some(at) = held {
            let (size, node) = children.remove(at);
            match node.without(panel) {
                Some(node) => children.insert(at, (size, node)),
                None => {
                    if let Some(heir) = children.get_mut(at.saturating_sub(1)) {
                        heir.0 += size;
                    }
                }
            }
        }
        Split::normal(axis, children)
    }

    /// Puts a group beside these panels, or rather the smallest part of the tree that holds
    /// them; `size` is its share of that part. `None` where the tree holds none of them.
    pub(super) fn with_beside(
        self,
        near: &[PanelId],
        side: Side,
        size: u16,
        fresh: Group,
    ) -> Option<Self> {
        if !self.holds_any(near) {
            return None;
        }
        let split = match self {
            Self::Group(_) => return self.with_at_edge(side, size, fresh),
            Self::Split(split) => split,
        };
        let axis = split.axis;
        let holds = |child: &Child| child.node.holds_any(near);
        let first = split.children.iter().position(holds)?;
        let last = split.children.iter().rposition(holds)?;
        let mut children = split.into_weighted();
        let after = children.split_off(last + 1);
        let run = children.split_off(first);
        let weight = run.iter().map(|(weight, _)| weight).sum();
        let node = match <[(u64, Self); 1]>::try_from(run) {
            Ok([(_, node)]) => node.with_beside(near, side, size, fresh),
            Err(run) => Split::normal(axis, run)?.with_at_edge(side, size, fresh),
        };
        children.push((weight, node?));
        children.extend(after);
        Split::normal(axis, children)
    }

    /// Puts a group at a side of everything; `size` is its share.
    pub(super) fn with_at_edge(self, side: Side, size: u16, fresh: Group) -> Option<Self> {
        let size = size.min(WHOLE);
        let fresh = (u64::from(size), Self::Group(fresh));
        let rest = (u64::from(WHOLE - size), self);
        let both = match side.is_before() {
            true => vec![fresh, rest],
            false => vec![rest, fresh],
        };
        Split::normal(side.axis(), both)
    }

    /// The same tree with all children of a split equal.
    pub(super) fn equalised(self) -> Self {
        match self {
            Self::Group(_) => self,
            Self::Split(split) => {
                let weights = vec![1; split.children.len()];
                let children = sizes(&weights).into_iter().zip(split.children);
                let children = children.map(|(size, child)| Child {
                    size,
                    node: child.node.equalised(),
                });
                Self::Split(Split {
                    axis: split.axis,
                    children: children.collect(),
                })
            }
        }
    }
}

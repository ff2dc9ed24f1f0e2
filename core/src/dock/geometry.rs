//! Areas of groups and dividers for a size of the window, in whole CSS pixels without hole or
//! overlap.

use super::layout::Layout;
use super::panel::PanelId;
use super::sizes::WHOLE;
use super::tree::{Axis, Divider, Node, Side, Split};

/// Width of a divider.
pub const GAP: i32 = 4;
/// The least width that dragging leaves a group, where there is room for it.
pub const MIN_WIDTH: i32 = 120;
/// The least height that dragging leaves a group, where there is room for it.
pub const MIN_HEIGHT: i32 = 80;

/// A rectangle of CSS pixels; width and height are never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each field is its own name")]
pub struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// A group and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupArea {
    /// Its panels in the order of the tabs.
    pub tabs: Vec<PanelId>,
    /// The one that shows, which names the group too.
    pub active: PanelId,
    /// Tabs and panel together.
    pub area: Area,
}

/// A divider and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DividerArea {
    /// Its name.
    pub divider: Divider,
    /// Of its split: a divider of a row moves from left to right.
    pub axis: Axis,
    /// What the pointer takes hold of.
    pub area: Area,
    /// Where its left or top edge may go.
    pub range: (i32, i32),
    pub(super) scale: Scale,
}

/// From pixels to sizes within a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// Left or top edge of the split, and the dividers before this one.
    pub origin: i32,
    /// Pixels of all children together.
    pub room: i32,
    /// Sizes of the children before the one that the divider resizes.
    pub before: u16,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Geometry {
    /// The whole.
    pub whole: Area,
    /// In reading order of the tree; only the maximised one where there is one.
    pub groups: Vec<GroupArea>,
    /// None while a group is maximised.
    pub dividers: Vec<DividerArea>,
}

impl Area {
    /// Whether a point is in it.
    #[must_use]
    pub fn contains(&self, x: i32, y: i32) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    /// Where it begins and ends in the direction of an axis.
    #[must_use]
    pub fn along(&self, axis: Axis) -> (i32, i32) {
        match axis {
            Axis::Row => (self.x, self.x + self.width),
            Axis::Column => (self.y, self.y + self.height),
        }
    }

    fn cut(&self, axis: Axis, start: i32, length: i32) -> Self {
        match axis {
            Axis::Row => Self {
                x: start,
                width: length,
                ..*self
            },
            Axis::Column => Self {
                y: start,
                height: length,
                ..*self
            },
        }
    }
}

impl Scale {
    /// The edge of a child whose size and all before it add up to this.
    pub fn edge(self, sum: u16) -> i32 {
        self.origin + part(self.room, sum)
    }

    /// The size of the child before the divider at this place, not yet clamped.
    pub fn size_at(self, edge: i32) -> i64 {
        let room = i64::from(self.room.max(1));
        let sum = i64::from(edge - self.origin) * i64::from(WHOLE);
        (sum + room / 2).div_euclid(room) - i64::from(self.before)
    }
}

/// A share of a length, rounded.
fn part(length: i32, sum: u16) -> i32 {
    let whole = i64::from(WHOLE);
    ((i64::from(length) * i64::from(sum) + whole / 2) / whole) as i32
}

impl Geometry {
    /// Sets a layout out in a window.
    #[must_use]
    pub fn of(layout: &Layout, width: i32, height: i32) -> Self {
        let whole = Area {
            x: 0,
            y: 0,
            width: width.max(0),
            height: height.max(0),
        };
        let mut geometry = Self {
            whole,
            ..Self::default()
        };
        match (layout.maximised(), layout.root()) {
            (Some(group), _) => geometry.set_out(&Node::Group(group.clone()), whole, &[]),
            (None, Some(root)) => geometry.set_out(root, whole, &[]),
            (None, None) => {}
        }
        geometry
    }

    fn set_out(&mut self, node: &Node, area: Area, path: &[u16]) {
        let split = match node {
            Node::Split(split) => split,
            Node::Group(group) => {
                self.groups.push(GroupArea {
                    tabs: group.tabs().to_vec(),
                    active: group.active(),
                    area,
                });
                return;
            }
        };
        let (start, end) = area.along(split.axis);
        let gap = gap_of(split, end - start);
        let mut scale = Scale {
            origin: start,
            room: end - start - gap * (split.children.len() as i32 - 1),
            before: 0,
        };
        let mut from = start;
        for (at, child) in split.children.iter().enumerate() {
            let at = at as u16;
            let to = scale.edge(scale.before + child.size);
            let own = area.cut(split.axis, from, to - from);
            self.set_out(&child.node, own, &[path, &[at]].concat());
            if let Some(next) = split.children.get(usize::from(at) + 1) {
                let end = scale.edge(scale.before + child.size + next.size) + gap;
                let least = from + least_extent(&child.node, split.axis);
                let most = end - gap - least_extent(&next.node, split.axis);
                self.dividers.push(DividerArea {
                    divider: Divider {
                        split: path.to_vec(),
                        after: at,
                    },
                    axis: split.axis,
                    area: area.cut(split.axis, to, gap),
                    // Where there is no room for the least, only the sizes limit it.
                    range: match least <= most {
                        true => (least, most),
                        false => (from, end - gap),
                    },
                    scale,
                });
            }
            from = to + gap;
            scale.origin += gap;
            scale.before += child.size;
        }
    }

    /// The group of a panel.
    #[must_use]
    pub fn group_of(&self, panel: PanelId) -> Option<&GroupArea> {
        let mut groups = self.groups.iter();
        groups.find(|group| group.tabs.contains(&panel))
    }

    /// The group next to a panel's in a direction: the nearest of those that face it, of equally
    /// near ones the one that faces it longest. Its active panel is the answer.
    #[must_use]
    pub fn neighbour(&self, panel: PanelId, side: Side) -> Option<PanelId> {
        let own = self.group_of(panel)?.area;
        let (along, across) = match side.axis() {
            Axis::Row => (Axis::Row, Axis::Column),
            Axis::Column => (Axis::Column, Axis::Row),
        };
        let facing = self.groups.iter().filter_map(|group| {
            let (from, to) = group.area.along(along);
            let (own_from, own_to) = own.along(along);
            let distance = match side.is_before() {
                true => own_from - to,
                false => from - own_to,
            };
            let overlap = group.area.along(across).1.min(own.along(across).1)
                - group.area.along(across).0.max(own.along(across).0);
            (distance >= 0 && overlap > 0).then_some(((distance, -overlap), group.active))
        });
        facing
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, active)| active)
    }
}

/// The usual gap where the children have room beside it, else none.
fn gap_of(split: &Split, length: i32) -> i32 {
    let children = split.children.len() as i32;
    match length >= GAP * (children - 1) + children {
        true => GAP,
        false => 0,
    }
}

/// The least length of a node in the direction of an axis.
fn least_extent(node: &Node, axis: Axis) -> i32 {
    match node {
        Node::Group(_) => match axis {
            Axis::Row => MIN_WIDTH,
            Axis::Column => MIN_HEIGHT,
        },
        Node::Split(split) => {
            let children = split.children.iter();
            let extents = children.map(|child| least_extent(&child.node, axis));
            match split.axis == axis {
                true => extents.sum::<i32>() + GAP * (split.children.len() as i32 - 1),
                false => extents.max().unwrap_or(0),
            }
        }
    }
}

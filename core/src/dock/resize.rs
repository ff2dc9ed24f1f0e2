//! Dragging a divider: where it goes, what it snaps to, and the change that follows.

use super::edit::Edit;
use super::geometry::{DividerArea, Geometry};
use super::panel::PanelId;
use super::sizes::WHOLE;
use super::tree::{Axis, Divider, Side};

/// Distance in CSS pixels at which a divider snaps.
const SNAP: i32 = 6;
/// Shares of a split that a divider snaps to: halves and thirds.
const SHARES: [u16; 3] = [WHOLE / 3, WHOLE / 2, WHOLE - WHOLE / 3];

/// What a divider snapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snap {
    /// Another divider, so that both make one line.
    Divider,
    /// A half or a third of its split.
    Share,
}

/// Where a divider would go.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    /// The change that takes it there.
    pub edit: Edit,
    /// Left or top edge of the divider then, CSS pixels.
    pub at: i32,
    /// Why it is not quite under the pointer.
    pub snap: Option<Snap>,
}

impl Geometry {
    /// A divider dragged so that its left or top edge would be here. `None` for a divider that is
    /// not there.
    #[must_use]
    pub fn drag(&self, divider: &Divider, to: i32) -> Option<Drag> {
        let found = self.dividers.iter().find(|held| held.divider == *divider)?;
        let (from, until) = found.range;
        let to = to.clamp(from, until);
        let snap = self.snap(found, to);
        let at = snap.map_or(to, |(at, _)| at);
        Some(found.drag_to(at, snap.map(|(_, snap)| snap)))
    }

    /// A panel's group made larger or smaller at a side by so many pixels: for the keyboard, so
    /// it does not snap. `None` where there is no divider at that side.
    #[must_use]
    pub fn nudge(&self, panel: PanelId, side: Side, by: i32) -> Option<Drag> {
        let own = self.group_of(panel)?.area;
        let (start, end) = own.along(side.axis());
        let touches = |held: &&DividerArea| {
            let (from, to) = held.area.along(held.axis);
            let at_side = match side.is_before() {
                true => to == start,
                false => from == end,
            };
            let across = match held.axis {
                Axis::Row => Axis::Column,
                Axis::Column => Axis::Row,
            };
            let (own, other) = (own.along(across), held.area.along(across));
            held.axis == side.axis() && at_side && other.0 <= own.0 && own.1 <= other.1
        };
        let found = self.dividers.iter().find(touches)?;
        let outwards = if side.is_before() { -by } else { by };
        let (from, until) = found.range;
        let to = found.area.along(found.axis).0 + outwards;
        Some(found.drag_to(to.clamp(from, until), None))
    }

    /// The nearest thing to snap to within reach and range; another divider before a share.
    fn snap(&self, found: &DividerArea, to: i32) -> Option<(i32, Snap)> {
        let others = self
            .dividers
            .iter()
            .filter(|held| held.axis == found.axis && held.divider != found.divider);
        let lines = others.map(|held| (held.area.along(held.axis).0, Snap::Divider));
        let shares = SHARES.map(|share| (found.scale.edge(share), Snap::Share));
        lines
            .chain(shares)
            .filter(|(at, _)| (found.range.0..=found.range.1).contains(at))
            .map(|(at, snap)| ((at - to).abs(), at, snap))
            .filter(|(distance, _, _)| *distance <= SNAP)
            .min_by_key(|(distance, _, snap)| (*distance, *snap == Snap::Share))
            .map(|(_, at, snap)| (at, snap))
    }
}

impl DividerArea {
    fn drag_to(&self, at: i32, snap: Option<Snap>) -> Drag {
        let size = self.scale.size_at(at).clamp(0, i64::from(WHOLE));
        Drag {
            edit: Edit::Resize(self.divider.clone(), size as u16),
            at,
            snap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dock::{Dock, Place};

    /// A row of three equal parts, 1,000 px wide, the middle one a column.
    fn dock() -> (Dock, Vec<PanelId>) {
        let mut dock = Dock::default();
        let mut ids: Vec<PanelId> = Vec::new();
        for at in 0..3 {
            let place = match at {
                0 => Place::Edge(Side::Left),
                _ => Place::Beside {
                    group: ids[at - 1],
                    side: Side::Right,
                },
            };
            ids.push(dock.open("chart", place).expect("opens"));
        }
        let below = Place::Beside {
            group: ids[1],
            side: Side::Bottom,
        };
        ids.push(dock.open("tape", below).expect("opens"));
        dock.apply(&Edit::Equalise).expect("equalises");
        (dock, ids)
    }

    fn row_divider(after: u16) -> Divider {
        Divider {
            split: Vec::new(),
            after,
        }
    }

    #[test]
    fn a_divider_follows_the_pointer_within_what_others_need() {
        let (dock, _) = dock();
        let geometry = Geometry::of(dock.layout(), 1_000, 600);
        for (to, at, snap) in [
            (200, 200, None),
            (0, 120, None),
            (5_000, 541, None),
            (332, 331, Some(Snap::Share)),
            (498, 496, Some(Snap::Share)),
        ] {
            let drag = geometry.drag(&row_divider(0), to).expect("is there");
            assert_eq!((drag.at, drag.snap), (at, snap), "{to}");
            let after = dock.preview(&drag.edit).expect("resizes");
            let moved = Geometry::of(&after, 1_000, 600);
            assert_eq!(moved.groups[0].area.width, at, "{to}");
            assert_eq!(moved.groups.last(), geometry.groups.last(), "{to}");
        }
        assert_eq!(geometry.drag(&row_divider(2), 5), None);
    }

    #[test]
    fn a_divider_snaps_to_another_line() {
        let (mut dock, ids) = dock();
        let below = Place::Beside {
            group: ids[2],
            side: Side::Bottom,
        };
        dock.open("book", below).expect("opens");
        let geometry = Geometry::of(dock.layout(), 1_000, 600);
        let upper = Divider {
            split: vec![1],
            after: 0,
        };
        let drag = geometry.drag(&upper, 350).expect("is there");
        assert_eq!((drag.at, drag.snap), (350, None));
        dock.apply(&drag.edit).expect("resizes");
        let geometry = Geometry::of(dock.layout(), 1_000, 600);
        let other = Divider {
            split: vec![2],
            after: 0,
        };
        let drag = geometry.drag(&other, 354).expect("is there");
        assert_eq!((drag.at, drag.snap), (350, Some(Snap::Divider)));
    }

    #[test]
    fn keys_move_the_divider_at_a_side() {
        let (dock, ids) = dock();
        let geometry = Geometry::of(dock.layout(), 1_000, 600);
        let nudge = |id, side, by| geometry.nudge(id, side, by).map(|drag| drag.at);
        assert_eq!(nudge(ids[0], Side::Right, 10), Some(341));
        assert_eq!(nudge(ids[0], Side::Left, 10), None);
        assert_eq!(nudge(ids[3], Side::Left, 10), Some(321));
        assert_eq!(nudge(ids[3], Side::Top, -10), Some(308));
        assert_eq!(nudge(ids[0], Side::Bottom, 10), None);
    }
}

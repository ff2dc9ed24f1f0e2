//! Where a dragged panel would land: the preview is the place that it then has, to the pixel.

use super::edit::{Edit, Place};
use super::geometry::{Area, Geometry};
use super::layout::Layout;
use super::panel::PanelId;
use super::tree::Side;

/// Distance from the layout's edge in CSS pixels that docks at the edge of everything.
const EDGE: i32 = 12;

/// Where a panel would land.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landing {
    /// For [`Edit::Move`].
    pub place: Place,
    /// What it would take then.
    pub area: Area,
}

impl Geometry {
    /// The landing of a panel that is let go at a point: within a quarter of a group's side
    /// beside it, in its middle as its last tab, near the layout's edge beside everything.
    /// `None` where nothing would change, or nothing is there.
    ///
    /// Over a row of tabs the page knows the place between them better: it asks for
    /// [`Place::Tab`] itself, by [`Geometry::landing_at`].
    #[must_use]
    pub fn landing(&self, layout: &Layout, panel: PanelId, x: i32, y: i32) -> Option<Landing> {
        self.landing_at(layout, panel, self.place_at(x, y)?)
    }

    /// The landing of a panel at a place. `None` where nothing would change, or it is refused.
    #[must_use]
    pub fn landing_at(&self, layout: &Layout, panel: PanelId, place: Place) -> Option<Landing> {
        let mut after = layout.clone();
        after.apply(&Edit::Move(panel, place)).ok()?;
        if after.root() == layout.root() {
            return None;
        }
        let then = Self::of(&after, self.whole.width, self.whole.height);
        let area = then.group_of(panel)?.area;
        Some(Landing { place, area })
    }

    /// What a point in the layout means.
    fn place_at(&self, x: i32, y: i32) -> Option<Place> {
        if !self.whole.contains(x, y) {
            return None;
        }
        let (edge, distance) = nearest_side(self.whole, x, y, |distance, _| distance);
        if distance < EDGE && self.groups.len() > 1 {
            return Some(Place::Edge(edge));
        }
        let group = self.groups.iter().find(|group| group.area.contains(x, y))?;
        // In thousandths of the group, so that all four zones have the same shape.
        let share = |distance: i32, length: i32| distance * 1_000 / length.max(1);
        let (side, share) = nearest_side(group.area, x, y, share);
        let group = group.active;
        Some(match share < 250 {
            true => Place::Beside { group, side },
            false => Place::Tab { group, at: None },
        })
    }
}

fn nearest_side(area: Area, x: i32, y: i32, rank: impl Fn(i32, i32) -> i32) -> (Side, i32) {
    let (left, top) = (x - area.x, y - area.y);
    let ranks = [
        (Side::Left, rank(left, area.width)),
        (Side::Right, rank(area.width - 1 - left, area.width)),
        (Side::Top, rank(top, area.height)),
        (Side::Bottom, rank(area.height - 1 - top, area.height)),
    ];
    let nearest = ranks.into_iter().min_by_key(|(_, rank)| *rank);
    nearest.unwrap_or((Side::Left, i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dock::Dock;

    #[test]
    fn a_panel_lands_where_the_preview_is() {
        let mut dock = Dock::default();
        let left = dock.open("chart", Place::Edge(Side::Left)).expect("opens");
        let beside = Place::Beside {
            group: left,
            side: Side::Right,
        };
        let right = dock.open("book", beside).expect("opens");
        let geometry = Geometry::of(dock.layout(), 804, 400);
        let area = |x, y, width, height| Area {
            x,
            y,
            width,
            height,
        };
        for (x, y, place, expected) in [
            (
                600,
                60,
                Place::Beside {
                    group: right,
                    side: Side::Top,
                },
                area(0, 0, 804, 198),
            ),
            (
                600,
                200,
                Place::Tab {
                    group: right,
                    at: None,
                },
                area(0, 0, 804, 400),
            ),
            (400, 395, Place::Edge(Side::Bottom), area(0, 301, 804, 99)),
        ] {
            let landing = geometry.landing(dock.layout(), left, x, y);
            let landing = landing.expect("lands");
            assert_eq!((landing.place, landing.area), (place, expected), "{x} {y}");
            let after = dock.preview(&Edit::Move(left, place)).expect("moves");
            let group = Geometry::of(&after, 804, 400).group_of(left).cloned();
            assert_eq!(group.expect("is docked").area, expected);
        }
        // On itself, beside its only neighbour as it stands, between the groups, outside.
        for (x, y) in [(200, 200), (420, 200), (401, 200), (900, 10)] {
            assert_eq!(geometry.landing(dock.layout(), left, x, y), None, "{x}");
        }
    }
}

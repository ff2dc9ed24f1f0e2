//! The chart's keys, as data: the handler, the help and the tests read the same table.

use super::axis::TimeAxis;
use super::snap::PixelSnap;

/// What a key does to the viewport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChartAction {
    /// One bar back in time.
    BarBack,
    /// One bar on.
    BarOn,
    /// Most of a screen back.
    ScreenBack,
    /// Most of a screen on.
    ScreenOn,
    /// Wider bars.
    ZoomIn,
    /// Narrower bars.
    ZoomOut,
    /// To the oldest bar held.
    Oldest,
    /// To the last bar, and follow it.
    Now,
    /// Zoom and place as they were at first.
    Reset,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartKey {
    /// `KeyboardEvent.key`.
    pub key: &'static str,
    /// Whether Shift is held; `None` where it does not matter (it is part of the key itself).
    pub shift: Option<bool>,
    /// What it does.
    pub action: ChartAction,
    /// What the help says.
    pub help: &'static str,
}

const fn key(
    key: &'static str,
    shift: Option<bool>,
    action: ChartAction,
    help: &'static str,
) -> ChartKey {
    ChartKey {
        key,
        shift,
        action,
        help,
    }
}

/// Every key of the chart.
pub static CHART_KEYS: &[ChartKey] = &[
    key(
        "ArrowLeft",
        Some(false),
        ChartAction::BarBack,
        "One bar back",
    ),
    key("ArrowRight", Some(false), ChartAction::BarOn, "One bar on"),
    key(
        "ArrowLeft",
        Some(true),
        ChartAction::ScreenBack,
        "A screen back",
    ),
    key(
        "ArrowRight",
        Some(true),
        ChartAction::ScreenOn,
        "A screen on",
    ),
    key("PageUp", None, ChartAction::ScreenBack, "A screen back"),
    key("PageDown", None, ChartAction::ScreenOn, "A screen on"),
    key("ArrowUp", None, ChartAction::ZoomIn, "Zoom in"),
    key("ArrowDown", None, ChartAction::ZoomOut, "Zoom out"),
    key("+", None, ChartAction::ZoomIn, "Zoom in"),
    key("=", None, ChartAction::ZoomIn, "Zoom in"),
    key("-", None, ChartAction::ZoomOut, "Zoom out"),
    key(
        "Home",
        None,
        ChartAction::Oldest,
        "To the oldest bar loaded",
    ),
    key("End", None, ChartAction::Now, "To now"),
    key("0", None, ChartAction::Reset, "Zoom as at first"),
];

/// What a key does, if anything. Combinations with Ctrl, Alt or Meta belong to the browser.
#[must_use]
pub fn action_of(key: &str, shift: bool) -> Option<ChartAction> {
    CHART_KEYS
        .iter()
        .find(|line| line.key == key && line.shift.is_none_or(|wanted| wanted == shift))
        .map(|line| line.action)
}

impl ChartAction {
    /// Does it. Zooming by key keeps the last bar in its place where it is followed, else the
    /// middle of the plot.
    pub fn apply(self, axis: &mut TimeAxis, snap: PixelSnap) {
        const ZOOM: f64 = 1.2;
        const SCREEN: f64 = 0.8;
        let bounds = axis.visible_bars();
        let anchor = if axis.is_following() {
            axis.x((bounds.end - 1) as f64)
        } else {
            axis.width() / 2.0
        };
        match self {
            Self::BarBack => axis.pan_by(axis.spacing()),
            Self::BarOn => axis.pan_by(-axis.spacing()),
            Self::ScreenBack => axis.pan_by(axis.width() * SCREEN),
            Self::ScreenOn => axis.pan_by(-axis.width() * SCREEN),
            Self::ZoomIn => axis.zoom_at(anchor, ZOOM),
            Self::ZoomOut => axis.zoom_at(anchor, 1.0 / ZOOM),
            Self::Oldest => axis.show_oldest(),
            Self::Now => axis.jump_to_now(),
            Self::Reset => axis.reset(snap),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Bounds;

    #[test]
    fn no_key_has_two_meanings() {
        for (at, line) in CHART_KEYS.iter().enumerate() {
            for shift in [false, true] {
                if line.shift.is_none_or(|wanted| wanted == shift) {
                    let first = CHART_KEYS.iter().position(|other| {
                        other.key == line.key && other.shift.is_none_or(|wanted| wanted == shift)
                    });
                    assert_eq!(first, Some(at), "{}", line.key);
                }
            }
        }
        assert_eq!(action_of("x", false), None);
    }

    #[test]
    fn keys_move_the_viewport() {
        let snap = PixelSnap::new(1.0);
        let mut axis = TimeAxis::new(900.0, snap);
        axis.set_bounds(Some(Bounds {
            first: 0,
            last: 999,
        }));
        let rest = axis.clone();
        let press = |axis: &mut TimeAxis, key, shift| {
            action_of(key, shift).expect("a key").apply(axis, snap);
        };
        press(&mut axis, "ArrowLeft", false);
        assert_eq!(axis.x(900.0), rest.x(900.0) + 9.0);
        press(&mut axis, "End", false);
        assert_eq!(axis, rest);
        let newest = axis.x(999.0);
        press(&mut axis, "ArrowUp", false);
        assert!((axis.x(999.0) - newest).abs() < 1e-9 && axis.spacing() > 9.0);
        press(&mut axis, "Home", false);
        assert_eq!(axis.visible_bars().start, 0);
        assert!(!axis.is_following());
        press(&mut axis, "0", false);
        assert_eq!(axis, rest);
    }
}

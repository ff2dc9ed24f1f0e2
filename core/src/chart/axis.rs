//! Where bars stand from left to right: the viewport of a chart.
//!
//! The viewport is a spacing and the index at its right edge, a float. Indexes are the bars' own
//! ([`super::Series`]), so that bars that close and history that is put before them move nothing;
//! only following the last bar moves the right edge, and never while a pointer holds the chart.

use std::ops::Range;

use super::snap::PixelSnap;

/// Closest and widest bars, CSS pixels from one bar to the next.
const SPACING: (f64, f64) = (0.05, 120.0);
/// Bars between the last one and the right edge at rest.
const REST_MARGIN: f64 = 6.0;
/// Bars that stay in view however far one pans.
const ALWAYS_VISIBLE: f64 = 4.0;

/// First and last index of the bars held, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The oldest bar.
    pub first: i64,
    /// The newest bar.
    pub last: i64,
}

/// The column of device pixels of each bar. Whole steps from one exact place, so that equal
/// distances stay equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    start: i64,
    origin: f64,
    spacing: f64,
}

impl Columns {
    /// The column that the middle of a bar lies in, from the plot's left edge.
    #[must_use]
    pub fn at(&self, index: i64) -> i32 {
        (self.origin + (index - self.start) as f64 * self.spacing).floor() as i32
    }
}

/// What a pointer or two hold fast.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grip {
    /// An index, under one pointer.
    One(f64),
    /// Two indexes, under two fingers.
    Two(f64, f64),
}

/// The time axis. All lengths are CSS pixels from the plot's left edge.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeAxis {
    width: f64,
    spacing: f64,
    /// Index at the right edge.
    right: f64,
    /// Bars from the last one to the right edge, while the viewport follows it.
    margin: Option<f64>,
    bounds: Option<Bounds>,
    grip: Option<Grip>,
}

impl TimeAxis {
    /// A viewport at rest: following the last bar.
    #[must_use]
    pub fn new(width: f64, snap: PixelSnap) -> Self {
        Self {
            width: width.max(1.0),
            spacing: snap.rest_spacing(),
            right: REST_MARGIN,
            margin: Some(REST_MARGIN),
            bounds: None,
            grip: None,
        }
    }

    /// Width of the plot.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// From one bar to the next.
    #[must_use]
    pub fn spacing(&self) -> f64 {
        self.spacing
    }

    /// Whether the last bar is followed.
    #[must_use]
    pub fn is_following(&self) -> bool {
        self.margin.is_some()
    }

    /// Whether a pointer holds the chart.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.grip.is_some()
    }

    /// The middle of a bar.
    #[must_use]
    pub fn x(&self, index: f64) -> f64 {
        self.width - (self.right - index) * self.spacing
    }

    /// The index at a place, whole in the middle of a bar.
    #[must_use]
    pub fn index_at(&self, x: f64) -> f64 {
        self.right - (self.width - x) / self.spacing
    }

    /// The bar whose slot a place lies in, held or not.
    #[must_use]
    pub fn bar_at(&self, x: f64) -> i64 {
        self.index_at(x).round() as i64
    }

    /// Where bars stand on the pixels.
    #[must_use]
    pub fn columns(&self, snap: PixelSnap) -> Columns {
        let start = self.visible().start;
        Columns {
            start,
            origin: snap.fine(self.x(start as f64)),
            spacing: self.spacing * snap.ratio(),
        }
    }

    /// Indexes of bars of which any part may be seen, held or not.
    #[must_use]
    pub fn visible(&self) -> Range<i64> {
        let from = self.index_at(0.0) - 0.5;
        let to = self.right + 0.5;
        from.floor() as i64..to.ceil() as i64 + 1
    }

    /// Indexes of bars held whose middle is in view.
    #[must_use]
    pub fn visible_bars(&self) -> Range<i64> {
        let Some(bounds) = self.bounds else {
            return 0..0;
        };
        let from = (self.index_at(0.0).ceil() as i64).max(bounds.first);
        let to = (self.right.floor() as i64).min(bounds.last) + 1;
        from..to.max(from)
    }

    /// How many bars before the oldest one held should be loaded now: none while there are four
    /// screens of them to the left.
    #[must_use]
    pub fn history_wanted(&self) -> Option<u32> {
        let bounds = self.bounds?;
        let screen = self.width / self.spacing;
        let ahead = self.index_at(0.0) - bounds.first as f64;
        (ahead < 4.0 * screen).then(|| (6.0 * screen - ahead).clamp(300.0, 5_000.0).ceil() as u32)
    }

    /// Tells the axis which bars are held. Where it follows, the last bar keeps its distance
    /// from the edge; else, and during a drag, nothing moves.
    pub fn set_bounds(&mut self, bounds: Option<Bounds>) {
        let known_before = self.bounds.is_some();
        self.bounds = bounds;
        let Some(bounds) = bounds else { return };
        match self.margin {
            Some(margin) if self.grip.is_none() => self.right = bounds.last as f64 + margin,
            _ if !known_before => self.clamp(),
            _ => {}
        }
    }

    /// Takes a new width over; the right edge keeps its bar.
    pub fn resize(&mut self, width: f64) {
        self.width = width.max(1.0);
        self.clamp();
    }

    /// Goes from one pixel grid to another: bars at rest stay at rest.
    pub fn change_snap(&mut self, from: PixelSnap, to: PixelSnap) {
        if (self.spacing - from.rest_spacing()).abs() < 1e-9 {
            self.spacing = to.rest_spacing();
            self.clamp();
        }
    }

    /// Moves the bars by `px`, to the right where positive.
    pub fn pan_by(&mut self, px: f64) {
        self.right -= px / self.spacing;
        self.settle();
    }

    /// Spreads the bars by `factor`; the index under `x` stays under it.
    pub fn zoom_at(&mut self, x: f64, factor: f64) {
        if !(factor.is_finite() && factor > 0.0) {
            return;
        }
        let anchor = self.index_at(x);
        self.set_spacing(self.spacing * factor);
        self.right = anchor + (self.width - x) / self.spacing;
        self.settle();
    }

    /// A pointer takes hold of the chart.
    pub fn grab(&mut self, x: f64) {
        self.grip = Some(Grip::One(self.index_at(x)));
    }

    /// Two fingers take hold of the chart.
    pub fn grab_two(&mut self, a: f64, b: f64) {
        self.grip = Some(Grip::Two(self.index_at(a), self.index_at(b)));
    }

    /// The pointer that holds the chart is at `x`: what it took hold of comes under it.
    pub fn drag_to(&mut self, x: f64) {
        if let Some(Grip::One(index)) = self.grip {
            self.right = index + (self.width - x) / self.spacing;
            self.clamp();
        }
    }

    /// The two fingers are at `a` and `b`: what each took hold of comes under it.
    pub fn pinch_to(&mut self, a: f64, b: f64) {
        let Some(Grip::Two(first, second)) = self.grip else {
            return;
        };
        let (bars, px) = (second - first, b - a);
        if bars.abs() > 1e-9 && px / bars > 0.0 {
            self.set_spacing(px / bars);
        }
        let middle = f64::midpoint(first, second);
        self.right = middle + (self.width - f64::midpoint(a, b)) / self.spacing;
        self.clamp();
    }

    /// The pointers let go. The last bar is followed from here on if it is in view.
    pub fn release(&mut self) {
        self.grip = None;
        self.settle();
    }

    /// Back to the last bar, at rest; the zoom stays.
    pub fn jump_to_now(&mut self) {
        self.grip = None;
        self.margin = Some(REST_MARGIN.min(self.width / self.spacing / 4.0));
        self.set_bounds(self.bounds);
    }

    /// Back to the zoom at rest, at the last bar.
    pub fn reset(&mut self, snap: PixelSnap) {
        self.spacing = snap.rest_spacing();
        self.jump_to_now();
    }

    /// The oldest bar held comes to the left edge; the zoom stays.
    pub fn show_oldest(&mut self) {
        if let Some(bounds) = self.bounds {
            self.right = bounds.first as f64 - 0.5 + self.width / self.spacing;
            self.settle();
        }
    }

    /// Shows the indexes from `from` at the left to `to` at the right edge.
    pub fn show(&mut self, from: f64, to: f64) {
        if from.is_finite() && to.is_finite() && to > from {
            self.set_spacing(self.width / (to - from));
            self.right = to;
            self.settle();
        }
    }

    fn set_spacing(&mut self, spacing: f64) {
        // A screen may not show nothing but one bar, nor bars that are wider than it.
        let widest = SPACING.1.min(self.width / 2.0).max(SPACING.0);
        self.spacing = spacing.clamp(SPACING.0, widest);
    }

    /// Keeps some bars in view, then decides whether the last one is followed.
    fn settle(&mut self) {
        self.clamp();
        let Some(bounds) = self.bounds else { return };
        if self.grip.is_none() {
            let margin = self.right - bounds.last as f64;
            self.margin = (margin >= -0.5).then_some(margin);
        }
    }

    fn clamp(&mut self) {
        let Some(bounds) = self.bounds else { return };
        let screen = self.width / self.spacing;
        let kept = ALWAYS_VISIBLE.min(screen / 2.0);
        let leftmost = bounds.first as f64 + kept;
        let rightmost = bounds.last as f64 + screen - kept;
        self.right = self.right.clamp(leftmost.min(rightmost), rightmost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(first: i64, last: i64) -> TimeAxis {
        let mut axis = TimeAxis::new(900.0, PixelSnap::new(1.0));
        axis.set_bounds(Some(Bounds { first, last }));
        axis
    }

    #[test]
    fn at_rest_it_follows_with_a_margin() {
        let mut axis = axis(0, 999);
        assert_eq!(axis.x(999.0), 900.0 - 6.0 * 9.0);
        axis.set_bounds(Some(Bounds {
            first: -500,
            last: 1_000,
        }));
        assert_eq!(axis.x(1_000.0), 900.0 - 6.0 * 9.0);
        assert_eq!(axis.visible_bars(), 906..1_001);
    }

    #[test]
    fn a_viewport_in_the_past_stands_still() {
        let mut axis = axis(0, 999);
        axis.pan_by(2_000.0);
        assert!(!axis.is_following());
        let before = axis.x(700.0);
        axis.set_bounds(Some(Bounds {
            first: -500,
            last: 1_003,
        }));
        assert_eq!(axis.x(700.0), before);
        axis.jump_to_now();
        assert!(axis.is_following());
        assert_eq!(axis.x(1_003.0), 900.0 - 6.0 * 9.0);
    }

    #[test]
    fn dragging_to_where_the_last_bar_is_seen_follows_it_from_there() {
        let mut axis = axis(0, 999);
        axis.grab(400.0);
        axis.drag_to(380.0);
        axis.set_bounds(Some(Bounds {
            first: 0,
            last: 1_000,
        }));
        axis.release();
        let x = axis.x(1_000.0);
        axis.set_bounds(Some(Bounds {
            first: 0,
            last: 1_001,
        }));
        assert_eq!(axis.x(1_001.0), x);
    }

    #[test]
    fn another_screen_keeps_bars_at_rest_whole() {
        let mut axis = axis(0, 999);
        axis.change_snap(PixelSnap::new(1.0), PixelSnap::new(1.5));
        assert!((axis.spacing() * 1.5 - 14.0).abs() < 1e-9);
        axis.zoom_at(100.0, 2.0);
        let chosen = axis.spacing();
        axis.change_snap(PixelSnap::new(1.5), PixelSnap::new(1.0));
        assert_eq!(axis.spacing(), chosen);
    }

    #[test]
    fn history_is_asked_for_before_it_is_needed() {
        let mut axis = axis(0, 999);
        assert_eq!(axis.history_wanted(), None);
        axis.pan_by(7_000.0);
        let wanted = axis.history_wanted().expect("some bars");
        assert!((300..=5_000).contains(&wanted), "{wanted}");
    }

    #[test]
    fn some_bars_always_stay_in_view() {
        let mut axis = axis(0, 999);
        for px in [1e9, -1e9] {
            axis.pan_by(px);
            assert!(axis.visible_bars().count() >= 3, "{px}");
        }
    }

    fn gesture() -> impl Strategy<Value = (u8, f64)> {
        (0_u8..5, 0.0_f64..900.0)
    }

    proptest! {
        #[test]
        fn zooming_keeps_the_index_under_the_pointer(pan in 0.0_f64..3_000.0, x in 0.0_f64..900.0, factor in 0.5_f64..2.0) {
            let mut axis = axis(-2_000, 2_000);
            axis.pan_by(pan);
            let before = axis.index_at(x);
            axis.zoom_at(x, factor);
            prop_assert!((axis.index_at(x) - before).abs() < 1e-6);
        }

        #[test]
        fn a_held_bar_stays_under_the_pointer(
            start in 100.0_f64..800.0,
            moves in prop::collection::vec((200.0_f64..700.0, 0_i64..3, 0_i64..400), 1..20),
        ) {
            let mut axis = axis(-3_000, 0);
            axis.pan_by(5_000.0);
            axis.grab(start);
            let index = axis.index_at(start);
            let mut bounds = Bounds { first: -3_000, last: 0 };
            for (x, closed, prepended) in moves {
                bounds = Bounds { first: bounds.first - prepended, last: bounds.last + closed };
                axis.set_bounds(Some(bounds));
                axis.drag_to(x);
                prop_assert!((axis.x(index) - x).abs() < 1e-6);
                axis.set_bounds(Some(Bounds { last: bounds.last + 1, ..bounds }));
                prop_assert!((axis.x(index) - x).abs() < 1e-6);
            }
        }

        #[test]
        fn following_keeps_the_distance_from_the_edge(gestures in prop::collection::vec(gesture(), 0..12), closed in 1_i64..50) {
            let mut axis = axis(-3_000, 0);
            for (kind, x) in gestures {
                match kind {
                    0 => axis.pan_by(x - 450.0),
                    1 => axis.zoom_at(x, 1.1),
                    2 => axis.zoom_at(x, 0.9),
                    3 => { axis.grab(450.0); axis.drag_to(x); axis.release(); }
                    _ => axis.jump_to_now(),
                }
            }
            let (newest, middle) = (axis.x(0.0), axis.x(-20.0));
            let following = axis.is_following();
            axis.set_bounds(Some(Bounds { first: -4_000, last: closed }));
            if following {
                prop_assert!((axis.x(closed as f64) - newest).abs() < 1e-6);
            } else {
                prop_assert!((axis.x(-20.0) - middle).abs() < 1e-6);
            }
        }

        #[test]
        fn two_fingers_keep_their_bars(a in 50.0_f64..400.0, b in 500.0_f64..850.0, to_a in 100.0_f64..400.0, to_b in 500.0_f64..800.0) {
            let mut axis = axis(-3_000, 3_000);
            axis.pan_by(2_000.0);
            let (first, second) = (axis.index_at(a), axis.index_at(b));
            axis.grab_two(a, b);
            axis.pinch_to(to_a, to_b);
            prop_assert!((axis.x(first) - to_a).abs() < 1e-6);
            prop_assert!((axis.x(second) - to_b).abs() < 1e-6);
        }
    }
}

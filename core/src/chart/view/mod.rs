//! One chart as a whole: bars, viewport, scales and marks, laid out frame by frame.
//!
//! The component feeds it bars, gestures and sizes and paints what it holds after
//! [`ChartView::lay_out`]. It knows no colours and no canvas.
//!
//! | module | what it owns |
//! |---|---|
//! | `layout` | a frame: scales, labels, marks, and whether the grid changed |
//! | `panes` | the panes below the prices and their scales |
//! | `read` | crosshair, figures, the last price |
//! | `hold` | what a pointer takes hold of: plot, axes, dividers |

mod hold;
mod layout;
mod panes;
mod read;

pub use hold::{DRAWN_STUDY, Spot};
pub use panes::Pane;

use crate::model::{Gap, Precision, Price, Timeframe, UnixMs};

use super::axis::TimeAxis;
use super::bar::Bar;
use super::gaps::{GapTick, gap_under};
use super::kind::{ChartKind, DrawnBars};
use super::lines::PriceLines;
use super::marks::Marks;
use super::price_axis::PriceAxis;
use super::price_scale::{PriceScale, Rows, ScaleMode};
use super::price_ticks::{AxisWidth, LabelMetrics, PriceTick};
use super::series::Series;
use super::snap::{PixelSnap, Rect};
use super::stack::PaneStack;
use super::studies::Studies;
use super::time_ticks::TimeTick;

/// Bars held at most: some ten megabytes.
const MOST_BARS: usize = 100_000;
/// Height of the time axis, CSS pixels.
const TIME_AXIS: f64 = 26.0;
/// Between the price axis' edges and its labels, CSS pixels.
const LABEL_PADDING: f64 = 8.0;

/// The whole chart's size, axes included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartSize {
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub ratio: f64,
}

/// A chart.
pub struct ChartView {
    timeframe: Timeframe,
    /// The instrument's price step, counts of 10^−decimals.
    tick: i64,
    series: Series,
    axis: TimeAxis,
    size: ChartSize,
    metrics: LabelMetrics,
    axis_width: AxisWidth,
    drawn: DrawnBars,
    price_axis: PriceAxis,
    scale: PriceScale,
    /// The first close in view: what percent count from.
    base: Option<f64>,
    stack: PaneStack,
    /// Rows of each pane, the price pane's first.
    rows: Vec<Rows>,
    panes: Vec<Pane>,
    studies: Studies,
    lines: PriceLines,
    marks: Marks,
    /// Where trades are missing, by start.
    gaps: Vec<Gap>,
    gap_columns: Vec<Rect>,
    gap_ticks: Vec<GapTick>,
    price_ticks: Vec<PriceTick>,
    time_ticks: Vec<TimeTick>,
    painted: layout::GridState,
    labelled: layout::LabelState,
    /// Time and price of the last trade, where it is known.
    last: Option<(UnixMs, Price)>,
    /// The newest bars were dropped while looking far back.
    detached: bool,
}

impl ChartView {
    /// An empty chart at rest, any count being a price step.
    #[must_use]
    pub fn new(timeframe: Timeframe, precision: Precision, size: ChartSize) -> Self {
        let snap = PixelSnap::new(size.ratio);
        let mut view = Self {
            timeframe,
            tick: 1,
            series: Series::new(precision),
            axis: TimeAxis::new(size.width, snap),
            size,
            metrics: LabelMetrics::default(),
            axis_width: AxisWidth::default(),
            drawn: DrawnBars::default(),
            price_axis: PriceAxis::default(),
            scale: PriceScale::over(0.0, 1.0, 1),
            base: None,
            stack: PaneStack::default(),
            rows: Vec::new(),
            panes: Vec::new(),
            studies: Studies::default(),
            lines: PriceLines::default(),
            marks: Marks::default(),
            gaps: Vec::new(),
            gap_columns: Vec::new(),
            gap_ticks: Vec::new(),
            price_ticks: Vec::new(),
            time_ticks: Vec::new(),
            painted: layout::GridState::default(),
            labelled: layout::LabelState::default(),
            last: None,
            detached: false,
        };
        view.resize(size);
        view
    }

    /// Width of the bars.
    #[must_use]
    pub fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// The bars held.
    #[must_use]
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// The viewport.
    #[must_use]
    pub fn axis(&self) -> &TimeAxis {
        &self.axis
    }

    /// The viewport, for gestures.
    pub fn axis_mut(&mut self) -> &mut TimeAxis {
        &mut self.axis
    }

    /// The price scale of the last layout.
    #[must_use]
    pub fn scale(&self) -> &PriceScale {
        &self.scale
    }

    /// The bars' rectangles of the last layout.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Columns of the last layout in which trades are missing, from left to right.
    #[must_use]
    pub fn gap_columns(&self) -> &[Rect] {
        &self.gap_columns
    }

    /// The gap that a bar lacks trades of.
    #[must_use]
    pub fn gap_of(&self, index: i64) -> Option<&Gap> {
        let bar = self.series.bar(index)?;
        gap_under(&self.gaps, self.timeframe, bar.time)
    }

    /// Takes over where trades are missing, by start.
    pub fn set_gaps(&mut self, gaps: Vec<Gap>) {
        self.gaps = gaps;
    }

    /// Labels of the price axis of the last layout, from the top down.
    #[must_use]
    pub fn price_ticks(&self) -> &[PriceTick] {
        &self.price_ticks
    }

    /// Labels of the time axis of the last layout, from left to right.
    #[must_use]
    pub fn time_ticks(&self) -> &[TimeTick] {
        &self.time_ticks
    }

    /// The whole chart's size.
    #[must_use]
    pub fn size(&self) -> ChartSize {
        self.size
    }

    /// The pixel grid painted on.
    #[must_use]
    pub fn snap(&self) -> PixelSnap {
        PixelSnap::new(self.size.ratio)
    }

    /// How bars are drawn.
    #[must_use]
    pub fn kind(&self) -> ChartKind {
        self.drawn.kind()
    }

    /// Changes how bars are drawn.
    pub fn set_kind(&mut self, kind: ChartKind) {
        self.drawn.set_kind(kind);
    }

    /// The price pane's axis.
    #[must_use]
    pub fn price_axis(&self) -> &PriceAxis {
        &self.price_axis
    }

    /// Changes how the price axis counts.
    pub fn set_scale_mode(&mut self, mode: ScaleMode) {
        self.price_axis.set_mode(mode);
    }

    /// The first close in view, counts: what percent count from, where they are shown.
    #[must_use]
    pub fn percent_base(&self) -> Option<f64> {
        self.base
            .filter(|_| self.price_axis.mode() == ScaleMode::Percent)
    }

    /// What is marked over the bars.
    #[must_use]
    pub fn lines(&self) -> &PriceLines {
        &self.lines
    }

    /// What is marked over the bars, for changes.
    pub fn lines_mut(&mut self) -> &mut PriceLines {
        &mut self.lines
    }

    /// Width and height of the price pane in CSS pixels, whole in device pixels.
    #[must_use]
    pub fn plot(&self) -> (f64, f64) {
        let height = self.rows.first().map_or(1, |rows| rows.height);
        (self.panes_size().0, f64::from(height) / self.size.ratio)
    }

    /// Width and height of all panes together in CSS pixels, whole in device pixels.
    #[must_use]
    pub fn panes_size(&self) -> (f64, f64) {
        let axis = self.axis_width.label_width(self.metrics) + 2.0 * LABEL_PADDING;
        let whole = |css: f64| (css * self.size.ratio).floor().max(1.0) / self.size.ratio;
        (
            whole(self.size.width - axis),
            whole(self.size.height - TIME_AXIS),
        )
    }

    /// Rows of each pane in device pixels, the price pane's first; a line lies between two.
    #[must_use]
    pub fn rows(&self) -> &[Rows] {
        &self.rows
    }

    /// Takes a new size over; the right edge keeps its bar.
    pub fn resize(&mut self, size: ChartSize) {
        let snap = self.snap();
        self.size = size;
        self.axis.change_snap(snap, self.snap());
        self.fit_panes();
    }

    /// Takes the measured widths of the axis font over.
    pub fn set_metrics(&mut self, metrics: LabelMetrics) {
        self.metrics = metrics;
        self.painted = layout::GridState::default();
        self.fit_panes();
    }

    /// Takes bars over: a page of history, the latest ones, or revisions.
    pub fn merge(&mut self, bars: impl IntoIterator<Item = Bar>) {
        self.series.merge(bars);
        if self.series.len() > MOST_BARS {
            self.detached |= self.series.shrink_to(MOST_BARS, self.axis.visible());
        }
        self.follow_bounds();
    }

    /// Takes a live bar over. It is left out while the newest bars are not held.
    pub fn upsert(&mut self, bar: Bar) {
        let is_new = self.series.last().is_none_or(|last| bar.time > last.time);
        if !(self.detached && is_new) {
            self.series.upsert(bar);
            self.follow_bounds();
        }
    }

    /// Drops every bar; the zoom stays.
    pub fn clear(&mut self) {
        self.set_precision(self.series.precision());
    }

    /// The instrument's price step, counts of the series' precision.
    #[must_use]
    pub fn tick(&self) -> i64 {
        self.tick
    }

    /// Sets the instrument's price step, counts of the series' precision.
    pub fn set_tick(&mut self, tick: i64) {
        self.tick = tick.max(1);
    }

    /// Moves bars and price step to finer decimals; nothing on screen moves. `false` where a
    /// number does not fit: then nothing was changed.
    #[must_use]
    pub fn widen(&mut self, precision: Precision) -> bool {
        let from = self.series.precision().price;
        let Some(tick) = Price(self.tick).rescaled(from, precision.price) else {
            return false;
        };
        let widened = self.series.widen(precision);
        if widened {
            let digits = i32::from(precision.price) - i32::from(from);
            self.price_axis.rescale(10_f64.powi(digits));
            self.lines.rescale(from, precision.price);
            self.tick = tick.0;
            self.last = None;
        }
        widened
    }

    /// Drops every bar, because those to come have other decimals. Any count is a price step
    /// until [`Self::set_tick`] says otherwise.
    pub fn set_precision(&mut self, precision: Precision) {
        self.tick = 1;
        self.last = None;
        if precision.price != self.series.precision().price {
            self.price_axis.set_auto();
        }
        self.series = Series::new(precision);
        self.detached = false;
        self.follow_bounds();
    }

    /// Back to the last bar. Where that one was dropped meanwhile everything is, and the latest
    /// bars have to be loaded anew: then it answers `true`.
    pub fn jump_to_now(&mut self) -> bool {
        let reload = self.detached;
        if reload {
            self.clear();
        }
        self.axis.jump_to_now();
        reload
    }

    /// History to load now: so many bars before this time.
    #[must_use]
    pub fn history_wanted(&self) -> Option<(UnixMs, u32)> {
        let oldest = self.series.first()?;
        Some((oldest.time, self.axis.history_wanted()?))
    }

    fn follow_bounds(&mut self) {
        self.axis.set_bounds(self.series.bounds());
    }

    /// Takes over what the size, the axis' width and the panes' shares say.
    fn fit_panes(&mut self) {
        let (width, height) = self.panes_size();
        self.axis.resize(width);
        let ratio = self.size.ratio;
        self.rows = self.stack.rows((height * ratio).round() as i32, ratio);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{minute, minutes};
    use proptest::prelude::*;

    const UTC: fn(UnixMs) -> i64 = |_| 0;
    const SIZE: ChartSize = ChartSize {
        width: 1_000.0,
        height: 500.0,
        ratio: 1.25,
    };

    fn view(bars: std::ops::Range<i64>) -> ChartView {
        let precision = minutes(0..1).precision();
        let mut view = ChartView::new(Timeframe::M1, precision, SIZE);
        view.merge(bars.map(minute));
        view.lay_out(&UTC);
        view
    }

    #[test]
    fn an_empty_chart_lays_out() {
        let view = view(0..0);
        assert!(view.price_ticks().is_empty() && view.time_ticks().is_empty());
        assert_eq!(
            (view.crosshair(10.0, 10.0), view.legend(None)),
            (None, None)
        );
        assert_eq!(view.history_wanted(), None);
    }

    #[test]
    fn few_bars_are_shown() {
        for count in 1..4 {
            let view = view(0..count);
            let marks = view.marks();
            let bodies = marks.up_bodies.len() + marks.down_bodies.len();
            assert_eq!(bodies as i64, count);
            assert!(!view.price_ticks().is_empty() && !view.time_ticks().is_empty());
        }
    }

    #[test]
    fn a_tick_inside_the_range_leaves_the_grid_alone() {
        let mut view = view(0..500);
        assert!(!view.lay_out(&UTC), "nothing changed");
        let mut bar = minute(499);
        bar.close = Price(i64::midpoint(bar.open.0, bar.close.0));
        view.upsert(bar);
        assert!(!view.lay_out(&UTC), "only the last bar changed");
        view.rezone();
        assert!(view.lay_out(&|_| 1_800_000), "another zone");
        view.rezone();
        view.lay_out(&UTC);
        view.upsert(minute(500));
        assert!(view.lay_out(&UTC), "the labels moved with their bars");
        view.resize(ChartSize {
            width: 900.0,
            ..SIZE
        });
        assert!(view.lay_out(&UTC));
    }

    #[test]
    fn far_history_drops_the_newest_and_now_reloads() {
        let mut view = view(0..600);
        view.axis_mut().show(-90_000.0, -89_800.0);
        view.axis_mut().grab(0.0);
        for page in 1..=21 {
            let end = 600 - page * 5_000;
            view.merge((end - 5_000..end).map(minute));
            view.axis_mut().drag_to(100_000_000.0 * page as f64);
        }
        assert!(
            view.series().len() <= MOST_BARS + 512,
            "{}",
            view.series().len()
        );
        let held = view.series().bounds();
        view.upsert(minute(700));
        assert_eq!(
            view.series().bounds(),
            held,
            "a live bar does not follow on"
        );
        assert!(view.jump_to_now());
        assert!(view.series().is_empty());
        view.merge((400..701).map(minute));
        assert!(!view.jump_to_now());
        assert_eq!(
            view.axis().visible_bars().end,
            view.series().bounds().map_or(0, |b| b.last + 1)
        );
    }

    #[test]
    fn the_countdown_ends_with_the_bar() {
        let view = view(0..10);
        let opened = minute(9).time;
        assert_eq!(view.closes_in_ms(UnixMs(opened.0 + 42_000)), Some(18_000));
        assert_eq!(view.closes_in_ms(UnixMs(opened.0 + 99_000)), Some(0));
    }

    proptest! {
        #[test]
        fn labels_that_are_kept_are_those_that_would_be_made(
            steps in prop::collection::vec((0_u8..7, -300.0_f64..300.0), 1..25),
        ) {
            let mut kept = view(0..600);
            let (mut first, mut last) = (0, 600);
            for (step, by) in steps {
                let action: Box<dyn Fn(&mut ChartView)> = match step {
                    0 => Box::new(move |view| view.axis_mut().pan_by(by)),
                    1 => {
                        last += 1;
                        Box::new(move |view| view.upsert(minute(last - 1)))
                    }
                    2 => {
                        first -= 50;
                        Box::new(move |view| view.merge((first..first + 50).map(minute)))
                    }
                    3 => Box::new(move |view| {
                        let mut bar = minute(last - 1);
                        bar.high = Price(bar.high.0 + by.abs() as i64);
                        view.upsert(bar);
                    }),
                    4 => Box::new(move |view| {
                        view.resize(ChartSize { height: 400.0 + by, ..SIZE });
                    }),
                    5 => Box::new(|view| view.set_scale_mode(ScaleMode::Percent)),
                    _ => Box::new(|view| view.set_scale_mode(ScaleMode::Linear)),
                };
                action(&mut kept);
                kept.lay_out(&UTC);
                let prices = kept.price_ticks().to_vec();
                let times = kept.time_ticks().to_vec();
                kept.labelled = layout::LabelState::default();
                kept.lay_out(&UTC);
                prop_assert_eq!(kept.price_ticks(), &prices[..]);
                prop_assert_eq!(kept.time_ticks(), &times[..]);
            }
        }

        #[test]
        fn the_axis_keeps_its_width_and_labels_fit_while_panning(pans in prop::collection::vec(-400.0_f64..600.0, 1..20)) {
            let mut view = view(0..4_000);
            let plot = view.plot();
            let room = SIZE.width - plot.0;
            for pan in pans {
                view.axis_mut().pan_by(pan);
                view.lay_out(&UTC);
                prop_assert_eq!(view.plot(), plot);
                for tick in view.price_ticks() {
                    prop_assert!(LabelMetrics::default().width(&tick.label) <= room);
                }
            }
        }

        #[test]
        fn a_held_bar_stays_on_its_pixel(x in 100.0_f64..800.0, steps in prop::collection::vec((1_i64..4, 1_i64..300), 1..12)) {
            let mut view = view(0..2_000);
            view.axis_mut().pan_by(3_000.0);
            view.lay_out(&UTC);
            view.axis_mut().grab(x);
            let hit = view.crosshair(x, 100.0).expect("a bar");
            let (mut first, mut last) = (0, 2_000);
            for (closed, prepended) in steps {
                view.merge((first - prepended..first).map(minute));
                (last..last + closed).for_each(|number| view.upsert(minute(number)));
                (first, last) = (first - prepended, last + closed);
                view.axis_mut().drag_to(x);
                view.lay_out(&UTC);
                let now = view.crosshair(x, 100.0).expect("a bar");
                prop_assert_eq!((now.index, now.x), (hit.index, hit.x));
                prop_assert_eq!(view.legend(Some(now.index)).map(|l| l.time), Some(minute(hit.index).time));
            }
        }
    }
}

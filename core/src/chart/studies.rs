//! The indicators of a chart: computed along with its bars, and laid out where they are seen.
//!
//! A live bar costs one step of each. Where history changed, an indicator is computed anew, at
//! most so many bars a frame, while what it showed before stays in view: indexes of bars do not
//! change, so it stays in its place.

use super::axis::{Bounds, TimeAxis};
use super::book::SizeUnit;
use super::drawing::{Canvas, DOT, Drawing};
use super::price_scale::PriceScale;
use super::series::Series;
use super::snap::PixelSnap;
use crate::indicator::{IndicatorSeries, Params, Place, Style, Unit};

/// Bars that are taken in one frame at most, all indicators together: some two milliseconds.
const BARS_A_FRAME: usize = 20_000;

/// An indicator that is wanted.
#[derive(Clone, Debug)]
pub struct StudyPlan {
    /// A number of its own among those of the chart.
    pub id: u32,
    /// Which, and how it is set.
    pub params: Params,
    /// Whether it is kept without being drawn.
    pub is_hidden: bool,
    /// Share of the height of its pane, where it was set by hand.
    pub share: Option<f64>,
}

impl StudyPlan {
    /// Whether both compute the same.
    fn is_same(&self, other: &Self) -> bool {
        let (one, two) = (&self.params, &other.params);
        one.spec().id == two.spec().id && one.to_json() == two.to_json()
    }

    /// Whether it counts sizes, which may be in either unit.
    fn counts_sizes(&self) -> bool {
        let mut outputs = self.params.spec().outputs.iter();
        outputs.any(|output| output.unit == Unit::Volume)
    }
}

/// An indicator of the chart.
pub struct Study {
    plan: StudyPlan,
    /// Unit of the volumes that it sees.
    unit: SizeUnit,
    shown: IndicatorSeries,
    /// The same over a history that changed, on its way to the newest bar.
    building: Option<IndicatorSeries>,
    drawings: Vec<Drawing>,
}

impl Study {
    fn new(plan: StudyPlan, unit: SizeUnit) -> Self {
        let outputs = plan.params.spec().outputs.len();
        Self {
            shown: IndicatorSeries::new(plan.params.clone(), 0, []),
            building: None,
            drawings: vec![Drawing::default(); outputs],
            unit: if plan.counts_sizes() {
                unit
            } else {
                SizeUnit::Base
            },
            plan,
        }
    }

    /// What was wanted.
    #[must_use]
    pub fn plan(&self) -> &StudyPlan {
        &self.plan
    }

    /// Unit of its outputs that count sizes.
    #[must_use]
    pub fn unit(&self) -> SizeUnit {
        self.unit
    }

    /// Whether it has a pane of its own.
    #[must_use]
    pub fn has_pane(&self) -> bool {
        matches!(self.plan.params.spec().place, Place::Pane { .. })
    }

    /// Value of an output at a bar.
    #[must_use]
    pub fn value(&self, output: usize, index: i64) -> Option<f64> {
        self.shown.value(output, index)
    }

    /// Its values.
    #[must_use]
    pub fn values(&self) -> &IndicatorSeries {
        &self.shown
    }

    /// Its outputs of the last layout, in the order of its table; empty where it is hidden.
    #[must_use]
    pub fn drawings(&self) -> &[Drawing] {
        &self.drawings
    }

    /// Takes over what changed in the series, from the bar at `changed` on.
    fn follow(&mut self, feed: &Feed, budget: &mut usize) {
        let Some(bounds) = feed.series.bounds() else {
            self.shown.recompute(0, []);
            self.building = None;
            return;
        };
        let range = self.shown.range();
        let is_elsewhere = range.end > bounds.last + 1 || range.end <= bounds.first;
        let mut is_over = self.shown.is_empty();
        if !is_over && is_elsewhere {
            self.shown.recompute(bounds.first, []);
            self.building = None;
            is_over = true;
        } else if !is_over {
            let dropped = bounds.first - range.start;
            self.shown.drop_front(usize::try_from(dropped).unwrap_or(0));
            is_over = dropped < 0 || feed.changed.is_some_and(|index| index < range.end - 1);
            // What came since the last frame is little.
            let mut all = usize::MAX;
            feed.advance(&mut self.shown, self.unit, &mut all);
        }
        if is_over && self.building.is_none() {
            let params = self.plan.params.clone();
            self.building = Some(IndicatorSeries::new(params, bounds.first, []));
        }
        self.build(bounds, feed, budget);
    }

    fn build(&mut self, bounds: Bounds, feed: &Feed, budget: &mut usize) {
        let Some(building) = &mut self.building else {
            return;
        };
        let range = building.range();
        let is_over = |changed: i64| !building.is_empty() && changed < range.end - 1;
        if range.start != bounds.first || feed.changed.is_some_and(is_over) {
            building.recompute(bounds.first, []);
        }
        feed.advance(building, self.unit, budget);
        if building.range().end == bounds.last + 1
            && let Some(built) = self.building.take()
        {
            self.shown = built;
        }
    }

    fn lay_out(&mut self, axis: &TimeAxis, snap: PixelSnap, scale: &PriceScale, factor: f64) {
        self.drawings.iter_mut().for_each(Drawing::clear);
        if self.plan.is_hidden {
            return;
        }
        let dense = axis.spacing() * snap.ratio() < 1.0;
        let canvas = Canvas {
            place: axis.columns(snap),
            scale,
            column: if dense {
                1
            } else {
                snap.body_width(axis.spacing())
            },
            dot: snap.px(DOT).max(2),
            width: snap.px(axis.width()),
        };
        let visible = axis.visible();
        // One bar beyond each edge, so that lines leave the plot.
        let visible = visible.start - 1..visible.end + 1;
        let outputs = self.plan.params.spec().outputs;
        for (at, (drawing, output)) in self.drawings.iter_mut().zip(outputs).enumerate() {
            let (first, values) = self.shown.values(at, visible.clone());
            let values = values.iter().zip(first..);
            let scaled = values.map(|(value, index)| (index, value * factor));
            drawing.lay_out(output.style, scaled, &canvas);
        }
    }
}

/// A series and what changed in it.
struct Feed<'a> {
    series: &'a Series,
    /// Index of the oldest bar that is another than before.
    changed: Option<i64>,
}

impl<'a> Feed<'a> {
    fn new(series: &'a Series, changed: Option<i64>) -> Self {
        Self { series, changed }
    }

    /// Brings what an indicator knows of the newest bars up to date, as far as the budget goes.
    fn advance(&self, values: &mut IndicatorSeries, unit: SizeUnit, budget: &mut usize) {
        let precision = self.series.precision();
        let end = values.range().end;
        if !values.is_empty()
            && self.changed.is_some_and(|changed| changed < end)
            && let Some(bar) = self.series.bar(end - 1)
        {
            values.revise_last(bar.ohlcv_in(unit, precision));
        }
        let wanted = i64::try_from(*budget).unwrap_or(i64::MAX);
        for (_, bars) in self.series.slices(end..end.saturating_add(wanted)) {
            *budget = budget.saturating_sub(bars.len());
            bars.iter()
                .for_each(|bar| values.push(bar.ohlcv_in(unit, precision)));
        }
    }
}

/// The indicators of a chart.
#[derive(Default)]
pub struct Studies {
    list: Vec<Study>,
    unit: SizeUnit,
}

impl Studies {
    /// Those there are, in the order wanted.
    #[must_use]
    pub fn list(&self) -> &[Study] {
        &self.list
    }

    /// Those with a pane of their own that is shown, from the top down.
    pub fn in_panes(&self) -> impl Iterator<Item = &Study> {
        let shown = self.list.iter().filter(|study| !study.plan.is_hidden);
        shown.filter(|study| study.has_pane())
    }

    /// Wants these and no other; what is computed stays where only its looks changed.
    pub fn set(&mut self, plans: Vec<StudyPlan>) {
        let mut before = std::mem::take(&mut self.list);
        let kept = |plan: &StudyPlan, before: &mut Vec<Study>| {
            let same = |study: &Study| study.plan.id == plan.id && study.plan.is_same(plan);
            let at = before.iter().position(same)?;
            Some(before.swap_remove(at))
        };
        let studies = plans
            .into_iter()
            .map(|plan| match kept(&plan, &mut before) {
                Some(study) => Study { plan, ..study },
                None => Study::new(plan, self.unit),
            });
        self.list = studies.collect();
    }

    /// Unit that sizes are counted in.
    #[must_use]
    pub fn unit(&self) -> SizeUnit {
        self.unit
    }

    /// Counts sizes in a unit. What counts any begins anew.
    pub fn set_unit(&mut self, unit: SizeUnit) {
        if self.unit == unit {
            return;
        }
        self.unit = unit;
        let sized = self.list.iter_mut();
        for study in sized.filter(|study| study.plan.counts_sizes()) {
            *study = Study::new(study.plan.clone(), unit);
        }
    }

    /// Takes over what changed in the series since the last call. Says whether some are not up to
    /// date yet: then call it again in the next frame.
    pub fn follow(&mut self, series: &mut Series) -> bool {
        let changed = series.take_changed();
        let feed = Feed::new(series, changed);
        let mut budget = BARS_A_FRAME;
        for study in &mut self.list {
            study.follow(&feed, &mut budget);
        }
        self.list.iter().any(|study| study.building.is_some())
    }

    /// Lays out what is drawn over the prices; values become counts by `factor`.
    pub(super) fn lay_out_over_price(
        &mut self,
        axis: &TimeAxis,
        snap: PixelSnap,
        scale: &PriceScale,
        factor: f64,
    ) {
        for study in self.list.iter_mut().filter(|study| !study.has_pane()) {
            study.lay_out(axis, snap, scale, factor);
        }
    }

    /// Lays out what is drawn in panes, in their order.
    pub(super) fn lay_out_in_panes<'a>(
        &mut self,
        axis: &TimeAxis,
        snap: PixelSnap,
        scales: impl Iterator<Item = &'a PriceScale>,
    ) {
        let mut scales = scales.into_iter();
        for study in self.list.iter_mut().filter(|study| study.has_pane()) {
            // A hidden one has no pane, and is cleared.
            let none = PriceScale::over(0.0, 1.0, 1);
            let scale = if study.plan.is_hidden {
                &none
            } else {
                scales.next().unwrap_or(&none)
            };
            study.lay_out(axis, snap, scale, 1.0);
        }
    }

    /// Lowest and highest value that is drawn over the prices in a range of bars.
    pub(super) fn over_price(&self, range: &std::ops::Range<i64>) -> Option<(f64, f64)> {
        let shown = |study: &&Study| !study.has_pane() && !study.plan.is_hidden;
        let studies = self.list.iter().filter(shown);
        studies
            .filter_map(|study| study.shown.extremes(range.clone()))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// Whether an output appears in legends and files.
#[must_use]
pub fn is_drawn(style: Style) -> bool {
    style != Style::Hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{minute, minutes};
    use crate::indicator::indicator;
    use proptest::prelude::*;

    fn plan(id: u32, name: &str) -> StudyPlan {
        StudyPlan {
            id,
            params: Params::defaults(indicator(name).expect("an indicator")),
            is_hidden: false,
            share: None,
        }
    }

    fn studies(names: &[&str]) -> Studies {
        let mut studies = Studies::default();
        let plans = names.iter().zip(1..).map(|(name, id)| plan(id, name));
        studies.set(plans.collect());
        studies
    }

    /// Every value, bit by bit.
    fn values(studies: &Studies) -> Vec<Vec<u64>> {
        let all = |study: &Study| {
            let outputs = 0..study.plan.params.spec().outputs.len();
            let columns = outputs.map(|output| study.shown.values(output, i64::MIN..i64::MAX).1);
            columns.flatten().map(|value| value.to_bits()).collect()
        };
        studies.list.iter().map(all).collect()
    }

    fn settle(studies: &mut Studies, series: &mut Series) -> u32 {
        (1..).find(|_| !studies.follow(series)).unwrap_or(0)
    }

    #[test]
    fn a_live_bar_computes_no_history_again() {
        let (mut series, mut studies) = (minutes(0..5_000), studies(&["ema", "rsi"]));
        assert!(!studies.follow(&mut series));
        for step in 0..400 {
            let mut bar = minute(5_000 + step / 4);
            bar.close.0 += step;
            series.upsert(bar);
            let (changed, mut none) = (series.take_changed(), 0);
            let feed = Feed::new(&series, changed);
            for study in &mut studies.list {
                // Without a budget nothing that begins anew comes to its end.
                study.follow(&feed, &mut none);
                assert!(study.building.is_none(), "step {step}");
            }
        }
        assert_eq!(studies.list[0].shown.range(), 0..5_100);
    }

    #[test]
    fn a_long_history_is_computed_in_parts_and_the_old_values_stay() {
        let (mut series, mut studies) = (minutes(0..30_000), studies(&["ema", "sma"]));
        assert_eq!(settle(&mut studies, &mut series), 3);
        let last = studies.list[0].value(0, 29_999);
        series.merge((-5_000..0).map(minute));
        assert!(studies.follow(&mut series), "it is computed anew");
        assert_eq!(studies.list[1].value(0, 29_999).is_some(), last.is_some());
        assert_eq!(settle(&mut studies, &mut series), 3);
        assert_eq!(studies.list[0].shown.range(), -5_000..30_000);
    }

    #[test]
    fn other_looks_keep_what_is_computed() {
        let (mut series, mut studies) = (minutes(0..100), studies(&["ema", "rsi"]));
        settle(&mut studies, &mut series);
        let before = values(&studies);
        let hidden = StudyPlan {
            is_hidden: true,
            ..plan(1, "ema")
        };
        studies.set(vec![plan(2, "rsi"), hidden, plan(3, "cvd")]);
        let now = values(&studies);
        assert_eq!([&now[1], &now[0]], [&before[0], &before[1]]);
        assert!(now[2].is_empty());
        assert_eq!(studies.in_panes().count(), 2);
        settle(&mut studies, &mut series);
        assert!(!values(&studies)[2].is_empty());
    }

    #[test]
    fn sizes_are_counted_in_the_unit_that_is_chosen() {
        let (mut series, mut studies) = (minutes(0..100), studies(&["obv", "rsi"]));
        settle(&mut studies, &mut series);
        let (before, precision) = (values(&studies), series.precision());
        studies.set_unit(SizeUnit::Quote);
        settle(&mut studies, &mut series);
        let paid = |index: i64| {
            let bar = series.bar(index).expect("a bar");
            bar.ohlcv_in(SizeUnit::Quote, precision).volume
        };
        assert_eq!(studies.list[0].value(0, 0), Some(paid(0)));
        let step = studies.list[0]
            .value(0, 99)
            .zip(studies.list[0].value(0, 98));
        let step = step
            .map(|(now, before)| (now - before).abs())
            .expect("values");
        assert!((step - paid(99)).abs() < 1e-6 * paid(99), "{step}");
        assert_eq!(values(&studies)[1], before[1], "it counts no sizes");
        studies.set_unit(SizeUnit::Base);
        settle(&mut studies, &mut series);
        assert_eq!(values(&studies), before);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Live(i64),
        Revise(i64, i64),
        Prepend(i64),
        Clear,
        Frame,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0_i64..3).prop_map(Step::Live),
            2 => (0_i64..40, -50_i64..50).prop_map(|(back, by)| Step::Revise(back, by)),
            1 => (1_i64..900).prop_map(Step::Prepend),
            1 => Just(Step::Clear),
            4 => Just(Step::Frame),
        ]
    }

    proptest! {
        /// Whatever happened to the bars, and however often it was looked at meanwhile.
        #[test]
        fn in_the_end_all_is_as_computed_afresh(steps in prop::collection::vec(step(), 1..60)) {
            const NAMES: [&str; 4] = ["ema", "macd", "vwap_session", "cvd"];
            let (mut series, mut followed) = (minutes(0..50), studies(&NAMES));
            let (mut first, mut last) = (0, 49);
            for step in steps {
                match step {
                    Step::Live(on) => {
                        last += on;
                        series.upsert(minute(last));
                    }
                    Step::Revise(back, by) => {
                        let mut bar = minute((last - back).max(first));
                        bar.close.0 += by;
                        series.upsert(bar);
                    }
                    Step::Prepend(count) => {
                        series.merge((first - count..first).map(minute));
                        first -= count;
                    }
                    Step::Clear => {
                        series = Series::new(series.precision());
                        series.merge((last - 20..=last).map(minute));
                        first = last - 20;
                    }
                    Step::Frame => {
                        followed.follow(&mut series);
                    }
                }
            }
            settle(&mut followed, &mut series);
            let mut fresh = studies(&NAMES);
            settle(&mut fresh, &mut series);
            prop_assert_eq!(values(&followed), values(&fresh));
            let bounds = series.bounds().expect("bars");
            for study in followed.list() {
                prop_assert_eq!(study.shown.range(), bounds.first..bounds.last + 1);
            }
        }
    }
}

//! What is read off a chart: the crosshair, figures of bars, the last price.

use crate::chart::bar::Bar;
use crate::chart::crosshair::{Crosshair, Legend, Level};
use crate::chart::gaps::GapTick;
use crate::chart::last::last_bar;
use crate::model::{Gap, Price, UnixMs};

use super::{ChartView, Spot};

/// A tick on the time axis is pointed at this far from it, CSS pixels.
const TICK_REACH: f64 = 6.0;

impl ChartView {
    /// Where a pointer points, CSS pixels from the top left corner; `None` outside the panes.
    #[must_use]
    pub fn crosshair(&self, x: f64, y: f64) -> Option<Crosshair> {
        let (width, height) = self.panes_size();
        if !(0.0..width).contains(&x) || !(0.0..height).contains(&y) {
            return None;
        }
        let pane = self.pane_at(y).unwrap_or(0);
        let level = |row: f64| match pane.checked_sub(1).and_then(|at| self.panes.get(at)) {
            Some(held) => Level::Value {
                pane,
                value: held.scale.price(row),
            },
            None => Level::Price(self.scale.price_on_tick(row, self.tick)),
        };
        Crosshair::at((x, y), &self.series, &self.axis, self.snap(), level)
    }

    /// The crosshair of a time that is pointed at elsewhere: the bar that contains it.
    #[must_use]
    pub fn crosshair_at(&self, time: UnixMs) -> Option<Crosshair> {
        let bars = (&self.series, self.timeframe);
        Crosshair::at_time(time, bars, &self.axis, self.snap())
    }

    /// The time that a crosshair stands at, where it is this chart's own.
    #[must_use]
    pub fn time_of(&self, crosshair: &Crosshair) -> Option<UnixMs> {
        Some(self.series.bar(crosshair.index)?.time)
    }

    /// Ticks of gaps narrower than a bar, of the last layout, from left to right.
    #[must_use]
    pub fn gap_ticks(&self) -> &[GapTick] {
        &self.gap_ticks
    }

    /// The longest gap of a tick.
    #[must_use]
    pub fn gap_of_tick(&self, tick: &GapTick) -> Option<&Gap> {
        self.gaps.get(tick.longest)
    }

    /// The tick on the time axis at a place, CSS pixels from the top left corner.
    #[must_use]
    pub fn gap_tick_at(&self, x: f64, y: f64) -> Option<&GapTick> {
        if self.spot(x, y) != Spot::TimeAxis {
            return None;
        }
        let ratio = self.size.ratio;
        let distance = |tick: &GapTick| (f64::from(tick.x) - x * ratio).abs();
        let near = self.gap_ticks.iter();
        near.filter(|tick| distance(tick) <= TICK_REACH * ratio)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The figures of a bar; of the last one where none is named.
    #[must_use]
    pub fn legend(&self, index: Option<i64>) -> Option<Legend> {
        let last = self.last_bar()?;
        let bar = match index {
            Some(index) => *self.series.bar(index)?,
            None => last,
        };
        let bar = if bar.time == last.time { last } else { bar };
        Some(Legend::of(&bar, self.series.precision()))
    }

    /// What the last trade was, as everything else on the page says it; bars come on a way of
    /// their own, and may be a moment ahead or behind.
    pub fn set_last(&mut self, last: Option<(UnixMs, Price)>) {
        self.last = last;
    }

    /// The bar that the last trade closes, as [`last_bar()`] has it.
    #[must_use]
    pub fn last_bar(&self) -> Option<Bar> {
        last_bar(&self.series, self.timeframe, self.last)
    }

    /// The last price and whether its bar is up.
    #[must_use]
    pub fn last_price(&self) -> Option<(Price, bool)> {
        self.last_bar().map(|bar| (bar.close, bar.is_up()))
    }

    /// Milliseconds until the last bar closes, 0 where that time has passed.
    #[must_use]
    pub fn closes_in_ms(&self, now: UnixMs) -> Option<i64> {
        let bar = self.series.last()?;
        Some((self.timeframe.next(bar.time).0 - now.0).max(0))
    }
}

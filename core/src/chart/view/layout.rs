//! A frame of the chart: scales first, then labels and marks.

use crate::chart::axis::{Bounds, TimeAxis};
use crate::chart::bar::Extremes;
use crate::chart::gaps::{gap_columns, gap_ticks};
use crate::chart::price_scale::{PriceScale, Rows, ScaleMode};
use crate::chart::price_ticks::{AxisWidth, PriceTick, price_ticks};
use crate::chart::time_ticks::time_ticks;
use crate::chart::value_ticks::percent_ticks;
use crate::model::{Price, UnixMs};

use super::{ChartSize, ChartView};

/// Between price labels at least, in heights of a label.
const PRICE_GAP: f64 = 2.75;
/// Between the middles of time labels at least, CSS pixels.
const TIME_GAP: f64 = 100.0;

/// What the layer with grid and axes was painted from; the same again needs no painting.
#[derive(Default)]
pub(super) struct GridState {
    /// `None` before anything was painted.
    frame: Option<GridFrame>,
    rows: Vec<Rows>,
    panes: Vec<PriceScale>,
    labels: Vec<(i64, String)>,
}

#[derive(PartialEq)]
struct GridFrame {
    size: ChartSize,
    scale: PriceScale,
    base: Option<f64>,
    axis: TimeAxis,
    width: AxisWidth,
}

/// What labels follow from. A trade changes the last bar, and as a rule none of this.
#[derive(Default)]
pub(super) struct LabelState {
    /// Scale, gap, tick, decimals and base of the price axis.
    prices: Option<(PriceScale, f64, i64, u8, Option<f64>)>,
    times: Option<TimeState>,
}

/// Bars are neither moved nor taken from between two that are held, so the outermost say which
/// there are.
#[derive(PartialEq)]
struct TimeState {
    axis: TimeAxis,
    bounds: Option<Bounds>,
    outermost: Option<(UnixMs, UnixMs)>,
}

impl ChartView {
    /// Lays everything out for the next frame. Answers whether grid and axes changed; bars always
    /// may have. `offset_ms` says how far the shown zone is ahead of UTC; that it is another zone
    /// has to be said by [`Self::rezone`].
    pub fn lay_out(&mut self, offset_ms: &dyn Fn(UnixMs) -> i64) -> bool {
        let snap = self.snap();
        self.fit_panes();
        let visible = self.axis.visible();
        let extremes = self.drawn.prepare(&self.series, visible);
        self.fit_scale(extremes);
        let decimals = self.series.precision().price;
        let is_percent = self.price_axis.mode() == ScaleMode::Percent;
        if self
            .axis_width
            .fit(self.scale.range().1, decimals, is_percent)
        {
            self.fit_panes();
        }
        self.fit_price_ticks();
        self.fit_time_ticks(offset_ms);
        self.marks
            .lay_out((&self.series, &self.drawn), &self.axis, &self.scale, snap);
        let height = self.rows.last().map_or(1, |rows| rows.bottom());
        self.gap_columns = gap_columns(
            &self.gaps,
            (&self.series, self.timeframe),
            &self.axis,
            (snap, height),
        );
        let bars = (&self.series, self.timeframe);
        self.gap_ticks = gap_ticks(&self.gaps, bars, &self.axis, snap);
        self.lay_out_studies();
        self.note_grid()
    }

    /// Another zone is shown from the next layout on.
    pub fn rezone(&mut self) {
        self.labelled.times = None;
    }

    fn fit_time_ticks(&mut self, offset_ms: &dyn Fn(UnixMs) -> i64) {
        let ends = self.series.first().zip(self.series.last());
        let bounds = self.series.bounds();
        let outermost = ends.map(|(first, last)| (first.time, last.time));
        let is_same = self.labelled.times.as_ref().is_some_and(|held| {
            (held.bounds, held.outermost) == (bounds, outermost) && held.axis == self.axis
        });
        if is_same {
            return;
        }
        self.labelled.times = Some(TimeState {
            axis: self.axis.clone(),
            bounds,
            outermost,
        });
        let out = &mut self.time_ticks;
        time_ticks(
            &self.series,
            &self.axis,
            self.timeframe,
            TIME_GAP,
            offset_ms,
            out,
        );
    }

    fn fit_scale(&mut self, extremes: Option<Extremes>) {
        let rows = self.rows.first().copied().unwrap_or_default();
        self.base = self
            .series
            .bar(self.axis.visible_bars().start)
            .map(|bar| bar.close.0 as f64)
            .filter(|base| *base > 0.0);
        let least = 4.0 * self.tick.max(1) as f64;
        let before = self.scale.range();
        self.scale = self.price_axis.scale(rows, |mode| match extremes {
            Some(Extremes { low, high, .. }) => {
                let range = self.with_studies((low.0 as f64, high.0 as f64));
                PriceScale::with_margins(range, least, mode, rows)
            }
            None => PriceScale::of(before, mode, rows),
        });
    }

    fn fit_price_ticks(&mut self) {
        let gap = PRICE_GAP * self.metrics.height * self.size.ratio;
        let decimals = self.series.precision().price;
        let base = self.percent_base();
        let state = (self.scale, gap, self.tick, decimals, base);
        if self.series.is_empty() {
            self.labelled.prices = None;
            self.price_ticks.clear();
            return;
        }
        if self.labelled.prices == Some(state) {
            return;
        }
        self.labelled.prices = Some(state);
        let out = &mut self.price_ticks;
        if let Some(base) = base {
            out.clear();
            let ticks = percent_ticks(&self.scale, base, gap).into_iter();
            out.extend(ticks.map(|tick| PriceTick {
                price: Price((base * (1.0 + tick.value / 100.0)).round() as i64),
                y: tick.y,
                label: tick.label,
            }));
        } else {
            price_ticks(&self.scale, gap, self.tick, decimals, out);
        }
    }

    fn note_grid(&mut self) -> bool {
        let frame = GridFrame {
            size: self.size,
            scale: self.scale,
            base: self.percent_base(),
            axis: self.axis.clone(),
            width: self.axis_width,
        };
        let held = &mut self.painted;
        let panes = self.panes.iter().map(|pane| pane.scale);
        let mut labels = held.labels.iter().zip(&self.time_ticks);
        let is_same = held.frame.as_ref() == Some(&frame)
            && held.rows == self.rows
            && held.panes.iter().copied().eq(panes.clone())
            && held.labels.len() == self.time_ticks.len()
            && labels.all(|((index, label), tick)| *index == tick.index && *label == tick.label);
        if is_same {
            return false;
        }
        held.frame = Some(frame);
        held.rows.clone_from(&self.rows);
        held.panes.clear();
        held.panes.extend(panes);
        held.labels.clear();
        let labels = self.time_ticks.iter();
        let labels = labels.map(|tick| (tick.index, tick.label.clone()));
        held.labels.extend(labels);
        true
    }
}

//! A frame of the chart: scales first, then labels and marks.

use crate::chart::axis::TimeAxis;
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
#[derive(Clone, PartialEq)]
pub(super) struct GridState {
    size: ChartSize,
    scale: PriceScale,
    base: Option<f64>,
    rows: Vec<Rows>,
    panes: Vec<PriceScale>,
    axis: TimeAxis,
    width: AxisWidth,
    labels: Vec<(i64, String)>,
}

impl ChartView {
    /// Lays everything out for the next frame. Answers whether grid and axes changed; bars always
    /// may have. `offset_ms` says how far the shown zone is ahead of UTC.
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
        time_ticks(
            &self.series,
            &self.axis,
            self.timeframe,
            TIME_GAP,
            offset_ms,
            &mut self.time_ticks,
        );
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
        if self.series.is_empty() {
            self.price_ticks.clear();
        } else if let Some(base) = self.percent_base() {
            let ticks = percent_ticks(&self.scale, base, gap).into_iter();
            self.price_ticks = ticks
                .map(|tick| PriceTick {
                    price: Price((base * (1.0 + tick.value / 100.0)).round() as i64),
                    y: tick.y,
                    label: tick.label,
                })
                .collect();
        } else {
            let decimals = self.series.precision().price;
            let out = &mut self.price_ticks;
            price_ticks(&self.scale, gap, self.tick, decimals, out);
        }
    }

    fn note_grid(&mut self) -> bool {
        let state = GridState {
            size: self.size,
            scale: self.scale,
            base: self.percent_base(),
            rows: self.rows.clone(),
            panes: self.panes.iter().map(|pane| pane.scale).collect(),
            axis: self.axis.clone(),
            width: self.axis_width,
            labels: self
                .time_ticks
                .iter()
                .map(|tick| (tick.index, tick.label.clone()))
                .collect(),
        };
        let changed = self.painted.as_ref() != Some(&state);
        self.painted = Some(state);
        changed
    }
}

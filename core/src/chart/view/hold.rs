//! What a pointer takes hold of on a chart, and what dragging it does.
//!
//! The plot moves in time, and in price where the scale was set by hand; an axis stretches its
//! scale; a divider moves between two panes.

use super::{ChartView, TIME_AXIS};
use crate::chart::measure::Anchor;
use crate::chart::price_axis::PriceAxis;

/// Dividers and drawings are taken hold of this far from them, CSS pixels.
const DIVIDER_REACH: f64 = 4.0;
/// An indicator that stems from a drawing has the drawing's id and this on top: larger than any id
/// that a document may hold, so that it is no indicator's own.
pub const DRAWN_STUDY: u32 = 1 << 31;

/// What lies at a place of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A pane, the price pane being 0.
    Plot(usize),
    /// The price axis of a pane.
    PriceAxis(usize),
    /// The line below a pane.
    Divider(usize),
    /// Something that a person drew, by its id.
    Drawing(u32),
    /// The time axis.
    TimeAxis,
}

impl ChartView {
    /// What lies at a place, CSS pixels from the top left corner.
    #[must_use]
    pub fn spot(&self, x: f64, y: f64) -> Spot {
        let ratio = self.size.ratio;
        let (width, _) = self.panes_size();
        if y >= self.size.height - TIME_AXIS {
            return Spot::TimeAxis;
        }
        let row = y * ratio;
        if let Some(divider) = self
            .stack
            .divider_at(row, DIVIDER_REACH * ratio, &self.rows)
        {
            return Spot::Divider(divider);
        }
        let pane = self.pane_at(y).unwrap_or(0);
        let drawing = (pane == 0 && x < width).then(|| self.drawing_at(x, y));
        if let Some(id) = drawing.flatten() {
            Spot::Drawing(id)
        } else if x < width {
            Spot::Plot(pane)
        } else {
            Spot::PriceAxis(pane)
        }
    }

    /// The pane at so many CSS pixels from the top.
    #[must_use]
    pub fn pane_at(&self, y: f64) -> Option<usize> {
        let row = (y * self.size.ratio).floor() as i32;
        self.rows
            .iter()
            .position(|rows| (rows.top..=rows.bottom()).contains(&row))
    }

    /// A pointer takes hold of what lies there, beside the time (which [`super::TimeAxis`] is
    /// told itself).
    pub fn grab(&mut self, spot: Spot, y: f64) {
        let row = y * self.size.ratio;
        match spot {
            Spot::Plot(pane) => {
                if let Some((axis, scale)) = self.axis_of(pane) {
                    axis.grab_plot(row, scale);
                }
            }
            Spot::PriceAxis(pane) => {
                if let Some((axis, scale)) = self.axis_of(pane) {
                    axis.grab(row, scale);
                }
            }
            Spot::Divider(divider) => self.stack.grab(divider, row, self.rows.clone()),
            Spot::Drawing(_) | Spot::TimeAxis => {}
        }
    }

    /// What is held is dragged to so many CSS pixels from the top.
    pub fn drag_to(&mut self, y: f64) {
        let ratio = self.size.ratio;
        for axis in self.axes() {
            axis.drag_to(y * ratio);
        }
        self.stack.drag_to(y * ratio, ratio);
    }

    /// Moves the divider below a pane by so many CSS pixels, downwards where positive.
    pub fn move_divider(&mut self, pane: usize, by: f64) {
        let Some(rows) = self.rows.get(pane) else {
            return;
        };
        let (row, ratio) = (f64::from(rows.bottom()), self.size.ratio);
        self.stack.grab(pane, row, self.rows.clone());
        self.stack.drag_to(row + by * ratio, ratio);
        self.stack.release();
    }

    /// The pointer lets go. Says whether panes have other heights than before.
    pub fn release(&mut self) -> bool {
        for axis in self.axes() {
            axis.release();
        }
        self.stack.release()
    }

    /// The bar and the price at a place of the price pane, CSS pixels from the top left corner.
    #[must_use]
    pub fn anchor(&self, x: f64, y: f64) -> Option<Anchor> {
        let bounds = self.series.bounds()?;
        let index = self.axis.bar_at(x).clamp(bounds.first, bounds.last);
        Some(Anchor {
            index,
            time: self.series.bar(index)?.time,
            price: self.scale.price_on_tick(y * self.size.ratio, self.tick),
        })
    }

    /// What a person drew at a place of the price pane: lines before measures before averages.
    #[must_use]
    pub fn drawing_at(&self, x: f64, y: f64) -> Option<u32> {
        let ratio = self.size.ratio;
        let (row, reach) = (y * ratio, DIVIDER_REACH * ratio);
        let line = self.lines.near(row, &self.scale, reach);
        line.or_else(|| self.measure_at(x, row, reach))
            .or_else(|| self.drawn_study_at(x, row, reach))
    }

    /// The measure of which an edge or the way from corner to corner is near.
    fn measure_at(&self, x: f64, row: f64, reach: f64) -> Option<u32> {
        let columns = self.axis.columns(self.snap());
        let column = x * self.size.ratio;
        let found = self.lines.measures.iter().rev().find(|measure| {
            let there = measure.on(&self.series, self.timeframe);
            let corner = |anchor: Anchor| {
                let x = f64::from(columns.at(anchor.index));
                (x, f64::from(self.scale.row(anchor.price)))
            };
            let (from, to) = (corner(there.from), corner(there.to));
            let across = from.0.min(to.0) - reach..=from.0.max(to.0) + reach;
            let down = from.1.min(to.1) - reach..=from.1.max(to.1) + reach;
            let is_near = |a: f64, b: f64| (a - b).abs() <= reach;
            across.contains(&column)
                && down.contains(&row)
                && (is_near(column, from.0)
                    || is_near(column, to.0)
                    || is_near(row, from.1)
                    || is_near(row, to.1))
        });
        found.map(|measure| measure.id)
    }

    /// The average that was drawn, not added as an indicator, and runs near.
    fn drawn_study_at(&self, x: f64, row: f64, reach: f64) -> Option<u32> {
        let index = self.axis.bar_at(x);
        let factor = 10_f64.powi(i32::from(self.series.precision().price));
        let list = self.studies.list().iter();
        let drawn = list.filter(|study| study.plan().id >= DRAWN_STUDY);
        let near = |value: f64| (self.scale.y(value * factor) - row).abs() <= reach;
        let mut hit = drawn.filter(|study| study.value(0, index).is_some_and(near));
        hit.next().map(|study| study.plan().id - DRAWN_STUDY)
    }

    /// A pane's scale fits itself again.
    pub fn set_auto(&mut self, pane: usize) {
        if let Some((axis, _)) = self.axis_of(pane) {
            axis.set_auto();
        }
    }

    fn axes(&mut self) -> impl Iterator<Item = &mut PriceAxis> {
        let below = self.panes.iter_mut().map(|pane| &mut pane.axis);
        std::iter::once(&mut self.price_axis).chain(below)
    }
}

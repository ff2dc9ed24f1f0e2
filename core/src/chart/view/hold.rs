//! What a pointer takes hold of on a chart, and what dragging it does.
//!
//! The plot moves in time, and in price where the scale was set by hand; an axis stretches its
//! scale; a divider moves between two panes.

use super::{ChartView, TIME_AXIS};
use crate::chart::measure::Anchor;
use crate::chart::price_axis::PriceAxis;

/// A divider is taken hold of this far from it, CSS pixels.
const DIVIDER_REACH: f64 = 4.0;

/// What lies at a place of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A pane, the price pane being 0.
    Plot(usize),
    /// The price axis of a pane.
    PriceAxis(usize),
    /// The line below a pane.
    Divider(usize),
    /// A line drawn at a price, by its place among those drawn.
    Line(usize),
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
        if let Some(line) = self.line_at(y).filter(|_| pane == 0 && x < width) {
            Spot::Line(line)
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
            Spot::Line(_) | Spot::TimeAxis => {}
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

    /// Draws a line at a place of the price pane, or takes the one that is there away.
    pub fn toggle_line(&mut self, x: f64, y: f64) {
        if let Some(anchor) = self.anchor(x, y) {
            let reach = DIVIDER_REACH * self.size.ratio;
            self.lines.toggle(anchor.price, &self.scale, reach);
        }
    }

    /// The line drawn at a place, by its place among those drawn.
    #[must_use]
    pub fn line_at(&self, y: f64) -> Option<usize> {
        let ratio = self.size.ratio;
        self.lines
            .near(y * ratio, &self.scale, DIVIDER_REACH * ratio)
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

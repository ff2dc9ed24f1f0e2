//! What an indicator looks like: its values as lines, columns from zero, or dots.

use super::axis::Columns;
use super::price_scale::PriceScale;
use super::snap::Rect;
use super::trace::Trace;
use crate::indicator::Style;

/// Side of a dot, CSS pixels.
pub(super) const DOT: f64 = 4.0;

/// One output of an indicator, laid out: device pixels from the chart's top left corner.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The line, where it is one.
    pub trace: Trace,
    /// Columns of values at or above zero; dots.
    pub above: Vec<Rect>,
    /// Columns of values below zero.
    pub below: Vec<Rect>,
}

/// Where an output is drawn, and how wide.
pub(super) struct Canvas<'a> {
    pub(super) place: Columns,
    pub(super) scale: &'a PriceScale,
    /// Width of a column, device pixels.
    pub(super) column: i32,
    /// Side of a dot, device pixels.
    pub(super) dot: i32,
    /// Width of the plot, device pixels.
    pub(super) width: i32,
}

/// Highest and lowest value of a pixel, on both sides of zero.
struct Pixel {
    x: i32,
    high: f64,
    low: f64,
}

impl Drawing {
    pub(super) fn lay_out(
        &mut self,
        style: Style,
        values: impl Iterator<Item = (i64, f64)>,
        canvas: &Canvas,
    ) {
        self.clear();
        match style {
            Style::Line | Style::Band { .. } => {
                self.trace.lay_out(values, canvas.place, canvas.scale);
            }
            Style::Histogram => self.lay_out_columns(values, canvas),
            Style::Points => {
                let dots = values.filter_map(|(index, value)| canvas.dot(index, value));
                self.above.extend(dots);
            }
            Style::Hidden => {}
        }
    }

    pub(super) fn clear(&mut self) {
        self.trace.clear();
        self.above.clear();
        self.below.clear();
    }

    fn lay_out_columns(&mut self, values: impl Iterator<Item = (i64, f64)>, canvas: &Canvas) {
        let mut held: Option<Pixel> = None;
        for (index, value) in values.filter(|(_, value)| value.is_finite()) {
            let x = canvas.place.at(index);
            match &mut held {
                Some(pixel) if pixel.x == x => {
                    pixel.high = pixel.high.max(value);
                    pixel.low = pixel.low.min(value);
                }
                _ => {
                    let pixel = Pixel {
                        x,
                        high: value,
                        low: value,
                    };
                    if let Some(done) = held.replace(pixel) {
                        self.push_column(&done, canvas);
                    }
                }
            }
        }
        if let Some(done) = held {
            self.push_column(&done, canvas);
        }
    }

    fn push_column(&mut self, pixel: &Pixel, canvas: &Canvas) {
        if pixel.high >= 0.0 {
            self.above.extend(canvas.column(pixel.x, pixel.high));
        }
        if pixel.low < 0.0 {
            self.below.extend(canvas.column(pixel.x, pixel.low));
        }
    }
}

impl Canvas<'_> {
    /// From zero to a value, at least a pixel high.
    fn column(&self, x: i32, value: f64) -> Option<Rect> {
        let row = |value: f64| self.scale.near(value).round() as i32;
        let (zero, end) = (row(0.0), row(value));
        let (top, bottom) = if value < 0.0 {
            (zero, end.max(zero + 1))
        } else {
            (end.min(zero - 1), zero)
        };
        self.cut(Rect {
            x: x - self.column / 2,
            y: top,
            width: self.column,
            height: bottom - top,
        })
    }

    fn dot(&self, index: i64, value: f64) -> Option<Rect> {
        if !value.is_finite() {
            return None;
        }
        let (x, y) = (self.place.at(index), self.scale.near(value).round() as i32);
        self.cut(Rect {
            x: x - self.dot / 2,
            y: y - self.dot / 2,
            width: self.dot,
            height: self.dot,
        })
    }

    fn cut(&self, rect: Rect) -> Option<Rect> {
        rect.within(Rect {
            x: 0,
            y: self.scale.top() as i32,
            width: self.width,
            height: self.scale.height() as i32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::price_scale::{Rows, ScaleMode};
    use crate::chart::{Bounds, PixelSnap, TimeAxis};

    /// Ten pixels a bar, bar 0 at the left edge; values −10 to 10 over rows 100 to 200.
    fn drawn(style: Style, values: &[f64]) -> Drawing {
        let snap = PixelSnap::new(1.0);
        let mut axis = TimeAxis::new(100.0, snap);
        axis.set_bounds(Some(Bounds { first: 0, last: 10 }));
        axis.show(0.0, 10.0);
        let rows = Rows {
            top: 100,
            height: 100,
        };
        let canvas = Canvas {
            place: axis.columns(snap),
            scale: &PriceScale::of((-10.0, 10.0), ScaleMode::Linear, rows),
            column: 7,
            dot: 3,
            width: 100,
        };
        let mut drawing = Drawing::default();
        let values = values.iter().zip(0..).map(|(value, index)| (index, *value));
        drawing.lay_out(style, values, &canvas);
        drawing
    }

    fn figures(rects: &[Rect]) -> Vec<[i32; 4]> {
        let figures = |rect: &Rect| [rect.x, rect.y, rect.width, rect.height];
        rects.iter().map(figures).collect()
    }

    #[test]
    fn columns_stand_on_zero_and_hang_from_it() {
        let drawing = drawn(Style::Histogram, &[5.0, -4.0, f64::NAN, 0.0, 99.0]);
        assert_eq!(
            figures(&drawing.above),
            [[0, 125, 4, 25], [27, 149, 7, 1], [37, 100, 7, 50]]
        );
        assert_eq!(figures(&drawing.below), [[7, 150, 7, 20]]);
        assert_eq!(drawing.trace.runs().count(), 0);
    }

    #[test]
    fn dots_and_lines_stand_at_their_values() {
        let dots = drawn(Style::Points, &[5.0, f64::NAN, -5.0]);
        assert_eq!(figures(&dots.above), [[0, 124, 2, 3], [19, 174, 3, 3]]);
        let line = drawn(Style::Line, &[5.0, f64::NAN, -5.0]);
        assert_eq!(line.trace.runs().count(), 2);
        let hidden = drawn(Style::Hidden, &[5.0]);
        assert!(hidden.above.is_empty() && hidden.trace.runs().next().is_none());
    }
}

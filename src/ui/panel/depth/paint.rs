//! One frame of the depth curve.

use tradesuite_core::chart::{DepthSteps, LabelMetrics, SizeUnit, format, mid_price};
use tradesuite_core::model::{Price, Side};

use super::state::DepthState;
use crate::browser::{Align, Axes, AxisLabel, AxisLine, Rect};
use crate::ui::panel::{CAPTIONS, Frame};

/// Height of the price axis, CSS pixels.
const PRICES: f64 = 20.0;
/// Width of the size axis, CSS pixels.
const SIZES: f64 = 48.0;
/// Size of axis labels, CSS pixels.
const LABEL_PX: f64 = 11.0;
const GRID_OPACITY: f64 = 0.09;
const AREA_OPACITY: f64 = 0.14;
/// Lines of the grid between the lower and the upper edge.
const SIZE_LINES: i32 = 4;
/// From an edge to a text, CSS pixels.
const INSET: f64 = 8.0;

/// Width and height of the plot, device pixels.
#[must_use]
pub fn plot(frame: &Frame) -> (i32, i32) {
    let width = frame.size.width - frame.px(SIZES);
    let height = frame.size.height - frame.px(CAPTIONS) - frame.px(PRICES);
    ((width as i32).max(1), (height as i32).max(1))
}

/// Keeps its buffers from frame to frame.
#[derive(Default)]
pub struct Painter {
    steps: DepthSteps,
    rects: Vec<Rect>,
    line: Vec<(f64, f64)>,
    ticks: Vec<Price>,
}

impl Painter {
    /// Paints the laid out curve.
    pub fn paint(&mut self, state: &DepthState, frame: &Frame) {
        let Some(mid) = mid_price(&state.book.view).filter(|_| !state.axis.is_empty()) else {
            return;
        };
        self.paint_axes(state, frame);
        for side in [Side::Buy, Side::Sell] {
            self.paint_side(side, state, frame);
        }
        paint_mid(mid, state, frame);
        paint_pointer(state, frame);
        paint_readout(state, frame);
    }

    fn paint_side(&mut self, side: Side, state: &DepthState, frame: &Frame) {
        let (levels, is_cut) = (state.book.levels(side), state.book.is_cut(side));
        state
            .axis
            .lay_out(side, levels, is_cut, plot(frame), &mut self.steps);
        let top = frame.px(CAPTIONS);
        self.rects.clear();
        self.rects.extend(self.steps.area.iter().map(|rect| Rect {
            x: rect.x.into(),
            y: top + f64::from(rect.y),
            width: rect.width.into(),
            height: rect.height.into(),
        }));
        self.line.clear();
        let corners = self.steps.line.iter();
        self.line
            .extend(corners.map(|(x, y)| (f64::from(*x), top + f64::from(*y))));
        let color = frame.side_color(side);
        frame.surface.fill_rects(color, AREA_OPACITY, &self.rects);
        frame
            .surface
            .polyline(&self.line, frame.px(1.5).max(1.0), color);
    }

    fn paint_axes(&mut self, state: &DepthState, frame: &Frame) {
        let (width, height) = plot(frame);
        let (top, bottom) = (
            frame.px(CAPTIONS) as i32,
            frame.px(CAPTIONS) as i32 + height,
        );
        let precision = state.book.precision;
        let decimals = match state.axis.unit() {
            SizeUnit::Base => precision.quantity,
            SizeUnit::Quote => precision.notional(),
        };
        let full = state.axis.full() / 10_f64.powi(decimals.into());
        let edge = frame.size.width as i32 - frame.px(INSET) as i32;
        let mut axes = Axes {
            font_px: LABEL_PX * frame.size.ratio,
            line_color: frame.palette.text_1.clone(),
            line_opacity: GRID_OPACITY,
            label_color: frame.palette.text_2.clone(),
            ..Axes::default()
        };
        for line in 0..SIZE_LINES {
            let y = top + height * line / SIZE_LINES;
            axes.lines.push(AxisLine {
                from: (0, y),
                to: (width, y),
            });
            let size = full * f64::from(SIZE_LINES - line) / f64::from(SIZE_LINES);
            // The uppermost label hangs below its line, so that it stays inside the panel's plot.
            axes.labels.push(AxisLabel {
                at: (edge, y),
                align: Align::Right,
                text: frame.figures(short(size)),
            });
        }
        axes.lines.push(AxisLine {
            from: (0, bottom),
            to: (width, bottom),
        });
        axes.lines.push(AxisLine {
            from: (width, top),
            to: (width, bottom),
        });
        let widest = format::price(Price(state.axis.price_at(1.0) as i64), precision.price);
        let label = f64::from(frame.px(LabelMetrics::default().width(&widest)) as i32);
        state
            .axis
            .price_ticks(label * 1.5 / f64::from(width), &mut self.ticks);
        for price in &self.ticks {
            let x = (state.axis.share(price.0 as f64) * f64::from(width)).round() as i32;
            axes.lines.push(AxisLine {
                from: (x, top),
                to: (x, bottom),
            });
            let half = (label / 2.0) as i32;
            if (half..=width - half).contains(&x) {
                let at = (x, bottom + frame.px(PRICES / 2.0) as i32);
                let text = frame.figures(format::price(*price, precision.price));
                axes.labels.push(AxisLabel {
                    at,
                    align: Align::Center,
                    text,
                });
            }
        }
        frame.surface.axes(&axes);
    }
}

/// A size without the zeros that a column of figures would keep.
fn short(size: f64) -> String {
    let text = format::compact(size);
    let (figure, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'M' | 'B' | 'T')) => text.split_at(at),
        _ => (text.as_str(), ""),
    };
    let figure = match figure.contains('.') {
        true => figure.trim_end_matches('0').trim_end_matches('.'),
        false => figure,
    };
    format!("{figure}{unit}")
}

/// A line where bids and asks meet.
fn paint_mid(mid: f64, state: &DepthState, frame: &Frame) {
    let (width, height) = plot(frame);
    let line = Rect {
        x: (state.axis.share(mid) * f64::from(width)).round(),
        y: frame.px(CAPTIONS),
        width: 1.0,
        height: height.into(),
    };
    frame
        .surface
        .fill_rects(&frame.palette.line_strong, 1.0, &[line]);
}

/// The price pointed at, and how much rests until there.
fn paint_pointer(state: &DepthState, frame: &Frame) {
    let Some(point) = state.point else {
        return;
    };
    let (width, height) = plot(frame);
    let (top, height) = (frame.px(CAPTIONS), f64::from(height));
    let x = (state.axis.share(point.price.0 as f64) * f64::from(width)).round();
    let share = (point.amount.counts(state.axis.unit()) / state.axis.full()).min(1.0);
    let y = top + height - (share * height).round();
    let lines = [
        Rect {
            x,
            y: top,
            width: 1.0,
            height,
        },
        Rect {
            x: 0.0,
            y,
            width: width.into(),
            height: 1.0,
        },
    ];
    frame.surface.fill_rects(&frame.palette.text_2, 0.5, &lines);
    let font = frame.font(LABEL_PX, 400);
    let text = frame.figures(format::price(point.price, state.book.precision.price));
    let long = (frame.surface.text_width(&text, font) + 2.0 * frame.px(6.0)).round();
    let left = (x - long / 2.0)
        .round()
        .clamp(0.0, (f64::from(width) - long).max(0.0));
    let tag = Rect {
        x: left,
        y: top + height + 1.0,
        width: long,
        height: frame.px(PRICES) - 2.0,
    };
    frame
        .surface
        .fill_rects(&frame.palette.line_strong, 1.0, &[tag]);
    let at = (
        left + (long / 2.0).round(),
        tag.y + (tag.height / 2.0).round(),
    );
    frame
        .surface
        .text(&text, at, Align::Center, font, &frame.palette.text_1);
}

/// The line above the plot: what is pointed at, else what is in view.
fn paint_readout(state: &DepthState, frame: &Frame) {
    let (font, y) = (frame.font(11.0, 400), frame.px(CAPTIONS / 2.0));
    let mut x = frame.px(INSET);
    let mut write = |text: &str, color: &str| {
        let text = frame.figures(text.to_owned());
        frame.surface.text(&text, (x, y), Align::Left, font, color);
        x += frame.surface.text_width(&text, font) + frame.px(8.0);
    };
    let palette = frame.palette;
    let Some(point) = state.point else {
        for (side, name) in [(Side::Buy, "bids"), (Side::Sell, "asks")] {
            let size = state.text(state.seen(side), state.axis.unit());
            write(&format!("{name} {size}"), frame.side_text_color(side));
        }
        write(
            &format!("within ±{:.2} %", state.axis.span() * 100.0),
            &palette.text_2,
        );
        return;
    };
    let (name, sign) = match point.side {
        Side::Buy => ("bids to", "−"),
        Side::Sell => ("asks to", "+"),
    };
    let price = format::price(point.price, state.book.precision.price);
    write(
        &format!("{name} {price}"),
        frame.side_text_color(point.side),
    );
    write(
        &format!("{sign}{:.2} %", point.distance * 100.0),
        &palette.text_2,
    );
    write(&state.text(point.amount, SizeUnit::Base), &palette.text_1);
    write(&state.text(point.amount, SizeUnit::Quote), &palette.text_1);
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn labels_are_short() {
        for (size, expected) in [
            (0.0, "0"),
            (0.05, "0.05"),
            (50.0, "50"),
            (150.0, "150"),
            (1_200.0, "1.2k"),
            (15_000_000.0, "15M"),
        ] {
            assert_eq!(short(size), expected);
        }
    }
}

//! The layer that moves: bars, last price, crosshair. Everything is filled rectangles, grouped
//! by colour, and a few texts.

use tradesuite_core::chart::{self, ChartView, Crosshair, LabelMetrics, format};
use tradesuite_core::model::UnixMs;

use crate::browser::{Align, Rect, Surface, SurfaceSize};
use crate::ui::chart::grid::{LABEL_INSET, label_font, plot_edges};
use crate::ui::panel::Palette;

const VOLUME_OPACITY: f64 = 0.28;
const GAP_OPACITY: f64 = 0.12;
/// Height of the stroke above bars that lack trades, CSS pixels.
const GAP_STROKE: f64 = 3.0;
/// Heights of tags, CSS pixels.
const TAG: f64 = 20.0;
const TAG_WITH_COUNTDOWN: f64 = 32.0;

/// What is painted above the grid, beside the laid out chart.
pub struct Overlay {
    /// Where the pointer points.
    pub crosshair: Option<Crosshair>,
    /// Text of the crosshair's time tag.
    pub time: String,
    /// Milliseconds until the last bar closes.
    pub closes_in_ms: Option<i64>,
    /// Widths of the axis font.
    pub metrics: LabelMetrics,
}

/// Paints the layer. Keeps its buffers from frame to frame.
#[derive(Default)]
pub struct BarPainter {
    rects: Vec<Rect>,
}

/// One frame.
struct Frame<'a> {
    view: &'a ChartView,
    overlay: &'a Overlay,
    surface: &'a Surface,
    size: SurfaceSize,
    palette: &'a Palette,
}

impl BarPainter {
    /// Paints one frame on a surface that is clear.
    pub fn paint(
        &mut self,
        view: &ChartView,
        overlay: &Overlay,
        surface: &Surface,
        size: SurfaceSize,
        palette: &Palette,
    ) {
        let frame = Frame {
            view,
            overlay,
            surface,
            size,
            palette,
        };
        self.paint_gaps(&frame);
        self.paint_bars(&frame);
        self.paint_last_price(&frame);
        self.paint_crosshair(&frame);
    }

    /// A tint over the bars that lack trades, and a stroke above it that no bar has.
    fn paint_gaps(&mut self, frame: &Frame) {
        let columns = frame.view.gap_columns();
        let color = &frame.palette.warning;
        self.fill(frame, color, GAP_OPACITY, &[columns]);
        let height = frame.view.snap().px(GAP_STROKE).max(2);
        let strokes: Vec<chart::Rect> = columns
            .iter()
            .map(|column| chart::Rect { height, ..*column })
            .collect();
        self.fill(frame, color, 1.0, &[&strokes]);
    }

    fn paint_bars(&mut self, frame: &Frame) {
        let marks = frame.view.marks();
        let (up, down) = (&frame.palette.up, &frame.palette.down);
        self.fill(frame, up, VOLUME_OPACITY, &[&marks.up_volumes]);
        self.fill(frame, down, VOLUME_OPACITY, &[&marks.down_volumes]);
        self.fill(frame, up, 1.0, &[&marks.up_wicks, &marks.up_bodies]);
        self.fill(frame, down, 1.0, &[&marks.down_wicks, &marks.down_bodies]);
    }

    fn fill(&mut self, frame: &Frame, color: &str, opacity: f64, groups: &[&[chart::Rect]]) {
        self.rects.clear();
        let rects = groups.iter().copied().flatten();
        self.rects.extend(rects.map(|rect| Rect {
            x: rect.x.into(),
            y: rect.y.into(),
            width: rect.width.into(),
            height: rect.height.into(),
        }));
        frame.surface.fill_rects(color, opacity, &self.rects);
    }

    fn paint_last_price(&mut self, frame: &Frame) {
        let Some((price, is_up)) = frame.view.last_price() else {
            return;
        };
        let y = frame.view.scale().row(price);
        if !(0..plot_edges(frame.view).1).contains(&y) {
            return;
        }
        let color = if is_up {
            &frame.palette.up
        } else {
            &frame.palette.down
        };
        self.dashes(
            frame,
            color,
            1.0,
            Dashes {
                on: 1.5,
                off: 2.5,
                at: y,
                across: true,
            },
        );
        let decimals = frame.view.series().precision().price;
        let countdown = frame.overlay.closes_in_ms.map(format::countdown);
        let text = format::price(price, decimals);
        let colors = (color.as_str(), frame.palette.on_accent.as_str());
        price_tag(frame, y, &text, countdown.as_deref(), colors);
    }

    fn paint_crosshair(&mut self, frame: &Frame) {
        let Some(crosshair) = frame.overlay.crosshair else {
            return;
        };
        let color = &frame.palette.text_2;
        for (at, across) in [(crosshair.x, false), (crosshair.y, true)] {
            self.dashes(
                frame,
                color,
                0.7,
                Dashes {
                    on: 4.0,
                    off: 4.0,
                    at,
                    across,
                },
            );
        }
        let decimals = frame.view.series().precision().price;
        let colors = (
            frame.palette.line_strong.as_str(),
            frame.palette.text_1.as_str(),
        );
        let text = format::price(crosshair.price, decimals);
        price_tag(frame, crosshair.y, &text, None, colors);
        time_tag(frame, crosshair.x, colors);
    }

    /// A dashed line one device pixel wide over the whole plot.
    fn dashes(&mut self, frame: &Frame, color: &str, opacity: f64, dashes: Dashes) {
        let snap = frame.view.snap();
        let (on, off) = (snap.px(dashes.on).max(1), snap.px(dashes.off).max(1));
        let (right, bottom) = plot_edges(frame.view);
        let length = if dashes.across { right } else { bottom };
        let at = f64::from(dashes.at);
        self.rects.clear();
        for start in (0..length).step_by((on + off) as usize) {
            let (start, long) = (f64::from(start), f64::from(on.min(length - start)));
            let (x, y, width, height) = if dashes.across {
                (start, at, long, 1.0)
            } else {
                (at, start, 1.0, long)
            };
            self.rects.push(Rect {
                x,
                y,
                width,
                height,
            });
        }
        frame.surface.fill_rects(color, opacity, &self.rects);
    }
}

/// A dashed line: lengths in CSS pixels, its row (or column) in device pixels.
struct Dashes {
    on: f64,
    off: f64,
    at: i32,
    across: bool,
}

/// A tag on the price axis. Labels that it would cover in part are hidden whole.
fn price_tag(
    frame: &Frame,
    y: i32,
    text: &str,
    second_line: Option<&str>,
    (ground, ink): (&str, &str),
) {
    let snap = frame.view.snap();
    let px = |css: f64| f64::from(snap.px(css));
    let (right, bottom) = plot_edges(frame.view);
    let height = px(if second_line.is_some() {
        TAG_WITH_COUNTDOWN
    } else {
        TAG
    });
    // The first line stands at the price, so that the eye reads it off the line.
    let top = (f64::from(y) - px(TAG / 2.0)).clamp(0.0, (f64::from(bottom) - height).max(0.0));
    let left = f64::from(right) + 1.0;
    let tag = Rect {
        x: left,
        y: top,
        width: frame.size.width - left - px(2.0),
        height,
    };
    let label = px(frame.overlay.metrics.height);
    let covered: Vec<Rect> = frame
        .view
        .price_ticks()
        .iter()
        .map(|tick| f64::from(tick.y) - label / 2.0)
        .filter(|label_top| *label_top < top + height && label_top + label > top)
        .map(|label_top| Rect {
            x: left,
            y: label_top.round(),
            width: frame.size.width - left,
            height: label,
        })
        .collect();
    frame
        .surface
        .fill_rects(&frame.palette.panel, 1.0, &covered);
    frame
        .surface
        .fill_rects(ground, 1.0, &rounded(tag, px(3.0)));
    let edge = frame.size.width - px(LABEL_INSET);
    let mut font = label_font(frame.size.ratio);
    if let Some(second_line) = second_line {
        let at = (edge, top + px(TAG + 3.0));
        frame.surface.text(second_line, at, Align::Right, font, ink);
        font.weight = 600;
    }
    let at = (edge, top + px(TAG / 2.0));
    frame.surface.text(text, at, Align::Right, font, ink);
}

/// The crosshair's tag on the time axis, kept inside the plot's width.
fn time_tag(frame: &Frame, x: i32, (ground, ink): (&str, &str)) {
    let snap = frame.view.snap();
    let px = |css: f64| f64::from(snap.px(css));
    let (right, bottom) = plot_edges(frame.view);
    let font = label_font(frame.size.ratio);
    let text = &frame.overlay.time;
    let width = (frame.surface.text_width(text, font) + 2.0 * px(6.0)).round();
    let left = (f64::from(x) - width / 2.0)
        .round()
        .clamp(0.0, (f64::from(right) - width).max(0.0));
    let top = f64::from(bottom) + px(2.0);
    let tag = Rect {
        x: left,
        y: top,
        width,
        height: px(TAG),
    };
    let columns = frame.view.axis().columns(snap);
    let covered: Vec<Rect> = frame
        .view
        .time_ticks()
        .iter()
        .filter_map(|tick| {
            let half = px(frame.overlay.metrics.width(&tick.label) / 2.0 + 2.0);
            let middle = f64::from(columns.at(tick.index));
            (middle + half > left && middle - half < left + width).then_some(Rect {
                x: middle - half,
                y: f64::from(bottom) + 1.0,
                width: 2.0 * half,
                height: frame.size.height - f64::from(bottom) - 1.0,
            })
        })
        .collect();
    frame
        .surface
        .fill_rects(&frame.palette.panel, 1.0, &covered);
    frame
        .surface
        .fill_rects(ground, 1.0, &rounded(tag, px(3.0)));
    let at = (left + (width / 2.0).round(), top + px(TAG / 2.0));
    frame.surface.text(text, at, Align::Center, font, ink);
}

/// A rectangle with round corners, as rows of whole pixels.
fn rounded(rect: Rect, radius: f64) -> Vec<Rect> {
    let row = |y: f64, height: f64, inset: f64| Rect {
        x: rect.x + inset,
        y: rect.y + y,
        width: rect.width - 2.0 * inset,
        height,
    };
    let corner = (0..radius as i32).flat_map(|at| {
        let at = f64::from(at);
        let up = radius - at - 0.5;
        let inset = (radius - (radius * radius - up * up).sqrt()).round();
        [row(at, 1.0, inset), row(rect.height - at - 1.0, 1.0, inset)]
    });
    let middle = row(radius, rect.height - 2.0 * radius, 0.0);
    corner.chain([middle]).collect()
}

/// When the bar under the pointer opened, in the shown zone.
#[must_use]
pub fn time_of(
    view: &ChartView,
    crosshair: Option<Crosshair>,
    offset_ms: &dyn Fn(UnixMs) -> i64,
) -> String {
    let bar = crosshair.and_then(|crosshair| view.series().bar(crosshair.index));
    bar.map_or_else(String::new, |bar| {
        format::bar_time(UnixMs(bar.time.0 + offset_ms(bar.time)), view.timeframe())
    })
}

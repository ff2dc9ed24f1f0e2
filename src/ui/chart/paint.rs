//! The layer that moves: bars, last price, crosshair. Everything is filled rectangles, grouped
//! by colour, and a few texts.

use std::rc::Rc;

use tradesuite_core::chart::{
    self, ChartKind, ChartView, Crosshair, LabelMetrics, Level, Measure, NumberStyle, format,
};
use tradesuite_core::model::{Drawings, UnixMs};

use crate::browser::{Rect, Surface, SurfaceSize};
use crate::ui::chart::grid::plot_edges;
use crate::ui::chart::indicators::IndicatorSetting;
use crate::ui::chart::paint_lines::{paint_drawings, paint_levels, paint_measure};
use crate::ui::chart::paint_studies::{area, paint_studies};
use crate::ui::chart::tags::{price_tag, time_tag};
use crate::ui::panel::Palette;

const VOLUME_OPACITY: f64 = 0.28;
const GAP_OPACITY: f64 = 0.12;
/// Height of the stroke above bars that lack trades, CSS pixels.
const GAP_STROKE: f64 = 3.0;
/// Width and height of a tick on the time axis, CSS pixels.
const GAP_TICK: (f64, f64) = (3.0, 6.0);
/// Width of the line of a line chart, CSS pixels, and how the area below it is shaded.
const LINE: f64 = 1.75;
const AREA_OPACITY: f64 = 0.12;

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
    /// What is measured.
    pub measure: Option<Measure>,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// How the indicators look.
    pub indicators: Rc<[IndicatorSetting]>,
    /// What is drawn.
    pub drawings: Rc<Drawings>,
    /// The drawing that is selected.
    pub selected: Option<u32>,
}

/// Paints the layer. Keeps its buffers from frame to frame.
#[derive(Default)]
pub struct BarPainter {
    rects: Vec<Rect>,
}

/// One frame.
pub struct Frame<'a> {
    /// The laid out chart.
    pub view: &'a ChartView,
    /// What lies above the grid.
    pub overlay: &'a Overlay,
    /// What is painted on.
    pub surface: &'a Surface,
    /// Its size.
    pub size: SurfaceSize,
    /// Where all panes together end, device pixels.
    pub edges: (i32, i32),
    /// The theme's colours.
    pub palette: &'a Palette,
}

impl Frame<'_> {
    /// Figures as the reader wants them written.
    pub fn figures(&self, figures: String) -> String {
        self.overlay.numbers.write(figures)
    }
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
            edges: plot_edges(view),
            palette,
        };
        self.paint_gaps(&frame);
        self.paint_bars(&frame);
        paint_studies(&frame, &overlay.indicators);
        paint_levels(&frame);
        paint_drawings(&frame);
        self.paint_last_price(&frame);
        self.paint_crosshair(&frame);
        if let Some(measure) = &overlay.measure {
            paint_measure(&frame, measure, None);
        }
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
        let snap = frame.view.snap();
        let width = snap.px(GAP_TICK.0).max(2);
        let tick = |tick: &chart::GapTick| chart::Rect {
            x: tick.x - width / 2,
            y: frame.edges.1 + 1,
            width,
            height: snap.px(GAP_TICK.1),
        };
        let ticks: Vec<chart::Rect> = frame.view.gap_ticks().iter().map(tick).collect();
        self.fill(frame, color, 1.0, &[&ticks]);
    }

    fn paint_bars(&mut self, frame: &Frame) {
        let marks = frame.view.marks();
        let (up, down) = (&frame.palette.up, &frame.palette.down);
        self.fill(frame, up, VOLUME_OPACITY, &[&marks.up_volumes]);
        self.fill(frame, down, VOLUME_OPACITY, &[&marks.down_volumes]);
        self.fill(frame, up, 1.0, &[&marks.up_wicks, &marks.up_bodies]);
        self.fill(frame, down, 1.0, &[&marks.down_wicks, &marks.down_bodies]);
        if frame.view.kind().is_line() {
            paint_line(frame);
        }
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
        let rows = frame.view.rows().first().copied().unwrap_or_default();
        if !(rows.top..rows.bottom()).contains(&y) {
            return;
        }
        let color = if is_up {
            &frame.palette.up_text
        } else {
            &frame.palette.down_text
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
        let text = frame.figures(format::price(price, decimals));
        let colors = (color.as_str(), frame.palette.on_accent.as_str());
        price_tag(frame, (y, rows), &text, countdown.as_deref(), colors);
    }

    fn paint_crosshair(&mut self, frame: &Frame) {
        let Some(crosshair) = frame.overlay.crosshair else {
            return;
        };
        let color = &frame.palette.text_2;
        let down = Some((crosshair.x, false));
        let across = crosshair.across.map(|across| (across.y, true));
        for (at, across) in down.into_iter().chain(across) {
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
        let colors = (
            frame.palette.line_strong.as_str(),
            frame.palette.text_1.as_str(),
        );
        if let Some(across) = crosshair.across {
            let (pane, text) = level_text(frame.view, across.level);
            let text = frame.figures(text);
            let rows = frame.view.rows().get(pane).copied().unwrap_or_default();
            price_tag(frame, (across.y, rows), &text, None, colors);
        }
        time_tag(frame, crosshair.x, colors);
    }

    /// A dashed line one device pixel wide over the whole plot.
    fn dashes(&mut self, frame: &Frame, color: &str, opacity: f64, dashes: Dashes) {
        let snap = frame.view.snap();
        let (on, off) = (snap.px(dashes.on).max(1), snap.px(dashes.off).max(1));
        let (right, bottom) = frame.edges;
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

/// The closes, and what is below them.
fn paint_line(frame: &Frame) {
    let rows = frame.view.rows().first().copied().unwrap_or_default();
    let bottom = f64::from(rows.bottom());
    let color = &frame.palette.accent;
    let width = LINE * frame.view.snap().ratio();
    frame.surface.clipped(area(frame, rows), || {
        for run in frame.view.marks().line.runs() {
            if let (ChartKind::Area, Some(first), Some(last)) =
                (frame.view.kind(), run.first(), run.last())
            {
                let ground = [(last.0, bottom), (first.0, bottom)];
                let around = run.iter().copied().chain(ground);
                frame.surface.polygon(around, color, AREA_OPACITY);
            }
            frame.surface.polyline(run, width, color);
        }
    });
}

/// The pane that the crosshair is in, and what its row stands for.
fn level_text(view: &ChartView, level: Level) -> (usize, String) {
    match (level, view.percent_base()) {
        (Level::Price(price), Some(base)) => {
            let percent = (price.0 as f64 / base - 1.0) * 100.0;
            (0, format::signed_percent(percent, 2))
        }
        (Level::Price(price), None) => (0, format::price(price, view.series().precision().price)),
        (Level::Value { pane, value }, _) => (pane, figure(value)),
    }
}

/// A value of a pane, in few characters.
fn figure(value: f64) -> String {
    if value.abs() >= 100_000.0 {
        format::compact(value)
    } else {
        format::decimal(value, if value.abs() >= 1.0 { 2 } else { 4 })
    }
}

/// A dashed line: lengths in CSS pixels, its row (or column) in device pixels.
struct Dashes {
    on: f64,
    off: f64,
    at: i32,
    across: bool,
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

//! Indicators over the bars and in their panes.

use tradesuite_core::chart::{self, Drawing, Rows, Study};
use tradesuite_core::indicator::Style;

use crate::browser::{Rect, Surface};
use crate::ui::chart::indicators::IndicatorSetting;
use crate::ui::chart::paint::Frame;

const BAND_OPACITY: f64 = 0.08;
const COLUMN_OPACITY: f64 = 0.6;

/// Paints every indicator that is shown.
pub fn paint_studies(frame: &Frame, settings: &[IndicatorSetting]) {
    let view = frame.view;
    let rows_of = |study: &Study| {
        let id = study.plan().id;
        let below = view.panes().iter().position(|pane| pane.study == id);
        let pane = below.map_or(0, |below| below + 1);
        view.rows().get(pane).copied().unwrap_or_default()
    };
    for study in view.studies().list() {
        let setting = settings
            .iter()
            .find(|setting| setting.id == study.plan().id);
        if let Some(setting) = setting.filter(|setting| !setting.hidden) {
            let area = area(frame, rows_of(study));
            frame
                .surface
                .clipped(area, || paint_study(frame, study, setting));
        }
    }
}

/// A pane's rows, as wide as the plot.
pub fn area(frame: &Frame, rows: Rows) -> Rect {
    Rect {
        x: 0.0,
        y: f64::from(rows.top),
        width: f64::from(frame.edges.0),
        height: f64::from(rows.height),
    }
}

fn paint_study(frame: &Frame, study: &Study, setting: &IndicatorSetting) {
    let outputs = study.plan().params.spec().outputs;
    let drawings = study.drawings();
    for (drawing, output) in drawings.iter().zip(outputs) {
        if let Style::Band { to } = output.style
            && let Some(other) = drawings.get(to)
        {
            let (color, _) = setting.colors(output, frame.palette);
            fill_between(frame.surface, drawing, other, color);
        }
    }
    // Columns below lines, whatever their order in the table.
    for (drawing, output) in drawings.iter().zip(outputs) {
        let (above, below) = setting.colors(output, frame.palette);
        let opacity = match output.style {
            Style::Points => 1.0,
            _ => COLUMN_OPACITY,
        };
        fill(frame.surface, &drawing.above, above, opacity);
        fill(frame.surface, &drawing.below, below, opacity);
    }
    let width = setting.line_width() * frame.view.snap().ratio();
    for (drawing, output) in drawings.iter().zip(outputs) {
        let (color, _) = setting.colors(output, frame.palette);
        for run in drawing.trace.runs() {
            frame.surface.polyline(run, width, color);
        }
    }
}

fn fill_between(surface: &Surface, one: &Drawing, other: &Drawing, color: &str) {
    for (there, back) in one.trace.runs().zip(other.trace.runs()) {
        let around = there.iter().chain(back.iter().rev()).copied();
        surface.polygon(around, color, BAND_OPACITY);
    }
}

fn fill(surface: &Surface, rects: &[chart::Rect], color: &str, opacity: f64) {
    let rects: Vec<Rect> = rects
        .iter()
        .map(|rect| Rect {
            x: rect.x.into(),
            y: rect.y.into(),
            width: rect.width.into(),
            height: rect.height.into(),
        })
        .collect();
    surface.fill_rects(color, opacity, &rects);
}

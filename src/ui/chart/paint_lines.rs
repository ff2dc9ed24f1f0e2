//! Marked prices and the measure, over the bars.

use std::collections::BTreeMap;

use tradesuite_core::chart::Measure;

use crate::browser::{Align, Font, Rect};
use crate::ui::chart::grid::label_font;
use crate::ui::chart::paint::Frame;
use crate::ui::chart::paint_studies::area;

const DASH: f64 = 5.0;
const MEASURE_OPACITY: f64 = 0.14;
/// Height of a line of text, CSS pixels.
const LINE: f64 = 15.0;

/// Paints every marked price that is in the pane. Levels in one row share their line.
pub fn paint_lines(frame: &Frame) {
    let right = f64::from(frame.edges.0);
    let px = |css: f64| f64::from(frame.view.snap().px(css));
    let mut levels: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
    for (y, line) in frame.view.lines().rows(frame.view.scale()) {
        if !line.label.is_empty() {
            levels.entry(y).or_default().push(line.label);
            continue;
        }
        let rect = Rect {
            x: 0.0,
            y: f64::from(y),
            width: right,
            height: px(1.0).max(1.0),
        };
        let color = &frame.palette.accent;
        frame.surface.fill_rects(color, 1.0, &[rect]);
    }
    let ink = &frame.palette.text_2;
    for (y, labels) in levels {
        let y = f64::from(y);
        let step = px(DASH).max(1.0);
        let dashes: Vec<Rect> = (0..)
            .map(|number| 2.0 * step * f64::from(number))
            .take_while(|x| *x < right)
            .map(|x| Rect {
                x,
                y,
                width: step.min(right - x),
                height: 1.0,
            })
            .collect();
        frame.surface.fill_rects(ink, 0.8, &dashes);
        let at = (right - px(4.0), y - px(7.0));
        let font = label_font(frame.size.ratio);
        let text = labels.join(" · ");
        frame.surface.text(&text, at, Align::Right, font, ink);
    }
}

/// Paints the measure: what it spans, and its figures beside its end.
pub fn paint_measure(frame: &Frame, measure: &Measure) {
    let view = frame.view;
    let columns = view.axis().columns(view.snap());
    let corner = |anchor: tradesuite_core::chart::Anchor| {
        let x = f64::from(columns.at(anchor.index)) + 0.5;
        (x, f64::from(view.scale().row(anchor.price)))
    };
    let (from, to) = (corner(measure.from), corner(measure.to));
    let color = if measure.is_up() {
        &frame.palette.up
    } else {
        &frame.palette.down
    };
    let span = Rect {
        x: from.0.min(to.0).round(),
        y: from.1.min(to.1),
        width: (to.0 - from.0).abs().max(1.0),
        height: (to.1 - from.1).abs().max(1.0),
    };
    let rows = view.rows().first().copied().unwrap_or_default();
    frame.surface.clipped(area(frame, rows), || {
        frame.surface.fill_rects(color, MEASURE_OPACITY, &[span]);
    });
    let px = |css: f64| f64::from(view.snap().px(css));
    let font = Font {
        weight: 600,
        ..label_font(frame.size.ratio)
    };
    let [price, time] = measure.texts(view.series().precision().price);
    // The second line is words beside counts: bars, and a time.
    let texts = [frame.figures(price), time];
    let widths = texts
        .iter()
        .map(|text| frame.surface.text_width(text, font));
    let width = widths.fold(0.0, f64::max) + px(12.0);
    let height = px(2.0 * LINE + 6.0);
    // Beyond its end, as far as there is room in the pane.
    let below = to.1 >= from.1;
    let wanted = if below {
        to.1 + px(4.0)
    } else {
        to.1 - height - px(4.0)
    };
    let edge = f64::from(frame.edges.0);
    let ground = Rect {
        x: (to.0 - width / 2.0)
            .round()
            .clamp(0.0, (edge - width).max(0.0)),
        y: wanted
            .round()
            .clamp(0.0, (f64::from(rows.bottom()) - height).max(0.0)),
        width: width.round(),
        height,
    };
    frame.surface.fill_rects(color, 1.0, &[ground]);
    for (text, line) in texts.iter().zip([0.5, 1.5]) {
        let at = (
            ground.x + ground.width / 2.0,
            ground.y + px(3.0) + px(LINE) * line,
        );
        let ink = &frame.palette.on_accent;
        frame.surface.text(text, at, Align::Center, font, ink);
    }
}

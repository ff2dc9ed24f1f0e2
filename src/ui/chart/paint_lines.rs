//! Levels, drawings and the measure, over the bars.

use std::collections::BTreeMap;

use tradesuite_core::chart::{DrawnLine, Measure, format, row_in_pane};
use tradesuite_core::model::Shape;

use crate::browser::{Align, Font, Rect};
use crate::ui::chart::grid::label_font;
use crate::ui::chart::paint::Frame;
use crate::ui::chart::paint_studies::area;
use crate::ui::chart::tags::price_tag;

const DASH: f64 = 5.0;
const MEASURE_OPACITY: f64 = 0.14;
/// Height of a line of text, CSS pixels.
const LINE: f64 = 15.0;

/// Paints the levels that are in the pane. Those in one row share their line.
pub fn paint_levels(frame: &Frame) {
    let right = f64::from(frame.edges.0);
    let px = |css: f64| f64::from(frame.view.snap().px(css));
    let mut levels: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
    for line in &frame.view.lines().levels {
        if let Some(y) = row_in_pane(line.price, frame.view.scale()) {
            levels.entry(y).or_default().push(line.label);
        }
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

/// Paints what a person drew: lines with their labels, and measures that were kept.
pub fn paint_drawings(frame: &Frame) {
    let view = frame.view;
    let colour_of = |id: u32| {
        let drawing = frame.overlay.drawings.get(id);
        drawing.and_then(|drawing| drawing.colour.as_deref())
    };
    for drawn in &view.lines().measures {
        let measure = drawn.on(view.series(), view.timeframe());
        let is_selected = frame.overlay.selected == Some(drawn.id);
        let kept = Kept {
            colour: colour_of(drawn.id),
            is_selected,
        };
        paint_measure(frame, &measure, Some(kept));
    }
    for drawn in &view.lines().drawn {
        if let Some(y) = row_in_pane(drawn.price, view.scale()) {
            paint_line(frame, drawn, y, colour_of(drawn.id));
        }
    }
}

/// A line across the plot, its label above it at the left, and its price on the axis.
fn paint_line(frame: &Frame, drawn: &DrawnLine, y: i32, colour: Option<&str>) {
    let view = frame.view;
    let px = |css: f64| f64::from(view.snap().px(css));
    let colour = colour.unwrap_or(&frame.palette.accent);
    let is_selected = frame.overlay.selected == Some(drawn.id);
    let height = px(if is_selected { 2.0 } else { 1.0 }).max(1.0);
    let right = f64::from(frame.edges.0);
    let line = Rect {
        x: 0.0,
        y: f64::from(y) - (height / 2.0).floor(),
        width: right,
        height,
    };
    frame.surface.fill_rects(colour, 1.0, &[line]);
    if is_selected {
        let ends = [0.25, 0.75].map(|share| (right * share, f64::from(y)));
        paint_handles(frame, &ends, colour);
    }
    let drawing = frame.overlay.drawings.get(drawn.id);
    if let Some(Shape::Line { label, .. }) = drawing.map(|drawing| &drawing.shape)
        && !label.is_empty()
    {
        let at = (right - px(4.0), f64::from(y) - px(8.0));
        let font = label_font(frame.size.ratio);
        frame
            .surface
            .text(label, at, Align::Right, font, &frame.palette.text_1);
    }
    let rows = view.rows().first().copied().unwrap_or_default();
    let decimals = view.series().precision().price;
    let text = format::price(drawn.price, decimals);
    price_tag(
        frame,
        (y, rows),
        &text,
        None,
        (colour, ink_on(frame, colour)),
    );
}

/// Squares by which something is seen to be selected.
fn paint_handles(frame: &Frame, places: &[(f64, f64)], colour: &str) {
    let snap = frame.view.snap();
    let square = |(x, y): (f64, f64), side: f64| Rect {
        x: (x - side / 2.0).round(),
        y: (y - side / 2.0).round(),
        width: side,
        height: side,
    };
    let (outer, inner) = (f64::from(snap.px(8.0)), f64::from(snap.px(4.0)));
    let outer: Vec<Rect> = places.iter().map(|at| square(*at, outer)).collect();
    let inner: Vec<Rect> = places.iter().map(|at| square(*at, inner)).collect();
    frame.surface.fill_rects(colour, 1.0, &outer);
    frame.surface.fill_rects(&frame.palette.panel, 1.0, &inner);
}

/// Text on a colour: the theme's on its own, black or white on one that a person chose.
fn ink_on<'a>(frame: &'a Frame, colour: &str) -> &'a str {
    if colour == frame.palette.accent {
        return &frame.palette.on_accent;
    }
    match is_light(colour) {
        true => "#000000",
        false => "#ffffff",
    }
}

/// Whether black is read more easily than white on a colour, `#rrggbb` (WCAG 2.2, relative
/// luminance).
fn is_light(colour: &str) -> bool {
    let part = |at: usize| {
        let digits = colour.get(at..at + 2).unwrap_or("00");
        let share = f64::from(u8::from_str_radix(digits, 16).unwrap_or(0)) / 255.0;
        match share <= 0.040_45 {
            true => share / 12.92,
            false => ((share + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) > 0.179
}

/// What a measure has that was kept.
pub struct Kept<'a> {
    colour: Option<&'a str>,
    is_selected: bool,
}

/// Paints a measure: what it spans, and its figures beside its end.
pub fn paint_measure(frame: &Frame, measure: &Measure, kept: Option<Kept>) {
    let view = frame.view;
    let columns = view.axis().columns(view.snap());
    let corner = |anchor: tradesuite_core::chart::Anchor| {
        let x = f64::from(columns.at(anchor.index)) + 0.5;
        (x, f64::from(view.scale().row(anchor.price)))
    };
    let (from, to) = (corner(measure.from), corner(measure.to));
    let own = kept.as_ref().and_then(|kept| kept.colour);
    let color = own.unwrap_or(match measure.is_up() {
        true => &frame.palette.up_text,
        false => &frame.palette.down_text,
    });
    let span = Rect {
        x: from.0.min(to.0).round(),
        y: from.1.min(to.1),
        width: (to.0 - from.0).abs().max(1.0),
        height: (to.1 - from.1).abs().max(1.0),
    };
    let rows = view.rows().first().copied().unwrap_or_default();
    frame.surface.clipped(area(frame, rows), || {
        frame.surface.fill_rects(color, MEASURE_OPACITY, &[span]);
        if kept.is_some() {
            frame.surface.fill_rects(color, 1.0, &edges(span));
        }
        if kept.as_ref().is_some_and(|kept| kept.is_selected) {
            paint_handles(frame, &[from, to], color);
        }
    });
    if !(-1.0..=f64::from(frame.edges.0) + 1.0).contains(&to.0) && kept.is_some() {
        // Its figures would stand at the edge, far from what they are about.
        return;
    }
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
        let ink = match own {
            Some(colour) => ink_on(frame, colour),
            None => &frame.palette.on_accent,
        };
        frame.surface.text(text, at, Align::Center, font, ink);
    }
}

/// The outline of a rectangle, one device pixel wide.
fn edges(span: Rect) -> [Rect; 4] {
    let across = |y: f64| Rect {
        y,
        height: 1.0,
        ..span
    };
    let down = |x: f64| Rect {
        x,
        width: 1.0,
        ..span
    };
    [
        across(span.y),
        across(span.y + span.height - 1.0),
        down(span.x),
        down(span.x + span.width - 1.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_on_every_colour() {
        for (colour, expected) in [
            ("#ffffff", true),
            ("#000000", false),
            ("#e4b04a", true),
            ("#1e3a8a", false),
            ("none", false),
        ] {
            assert_eq!(is_light(colour), expected, "{colour}");
        }
    }
}

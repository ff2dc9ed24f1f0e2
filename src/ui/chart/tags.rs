//! Tags on the axes: the last price, what the crosshair stands at. Labels that a tag would cover
//! in part are hidden whole.

use tradesuite_core::chart::Rows;

use crate::browser::{Align, Rect};
use crate::ui::chart::grid::{LABEL_INSET, label_font};
use crate::ui::chart::paint::Frame;

/// Heights of tags, CSS pixels.
const TAG: f64 = 20.0;
const TAG_WITH_COUNTDOWN: f64 = 32.0;

/// A tag on the price axis, within its pane.
pub fn price_tag(
    frame: &Frame,
    (y, rows): (i32, Rows),
    text: &str,
    second_line: Option<&str>,
    (ground, ink): (&str, &str),
) {
    let snap = frame.view.snap();
    let px = |css: f64| f64::from(snap.px(css));
    let right = frame.edges.0;
    let height = px(if second_line.is_some() {
        TAG_WITH_COUNTDOWN
    } else {
        TAG
    });
    // The first line stands at the price, so that the eye reads it off the line.
    let (highest, lowest) = (f64::from(rows.top), f64::from(rows.bottom()) - height);
    let top = (f64::from(y) - px(TAG / 2.0)).clamp(highest, lowest.max(highest));
    let left = f64::from(right) + 1.0;
    let tag = Rect {
        x: left,
        y: top,
        width: frame.size.width - left - px(2.0),
        height,
    };
    let label = px(frame.overlay.metrics.height);
    let panes = frame.view.panes().iter().flat_map(|pane| &pane.ticks);
    let prices = frame.view.price_ticks().iter().map(|tick| tick.y);
    let covered: Vec<Rect> = prices
        .chain(panes.map(|tick| tick.y))
        .map(|y| f64::from(y) - label / 2.0)
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
pub fn time_tag(frame: &Frame, x: i32, (ground, ink): (&str, &str)) {
    let snap = frame.view.snap();
    let px = |css: f64| f64::from(snap.px(css));
    let (right, bottom) = frame.edges;
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

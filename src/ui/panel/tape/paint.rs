//! One frame of the tape: only the rows that are seen are written.

use leptos::prelude::GetUntracked;
use tradesuite_core::chart::{
    SizeClass, SizeUnit, TapeRow, TapeScroll, TapeTexts, TextStyle, format,
};
use tradesuite_core::model::UnixMs;

use super::state::TapeState;
use crate::browser::{Align, Rect};
use crate::ui::panel::{CAPTIONS, Frame};

/// Decimals of base units at most.
const SIZE_DECIMALS: u8 = 4;
/// From the panel's edge to the texts, CSS pixels.
const INSET: f64 = 10.0;
/// Width of a time, without and with milliseconds, and of the arrow behind it, CSS pixels.
const TIME: f64 = 55.0;
const TIME_MS: f64 = 78.0;
const ARROW: f64 = 12.0;
/// Room from which on fills and value, and the range of prices, are written, CSS pixels.
const ROOM_FOR_FILLS: f64 = 180.0;
const ROOM_FOR_RANGE: f64 = 330.0;
/// Opacity of the tint of large and huge rows, and of the row that is pointed at.
const LARGE: f64 = 0.13;
const HUGE: f64 = 0.2;
const POINTED: f64 = 0.06;

/// Paints captions and rows.
pub fn paint(state: &TapeState, frame: &Frame) {
    let columns = Columns::new(state, frame);
    let (range, above) = state.scroll.visible(&state.rows);
    let zone = state.choices.zone.get_untracked();
    let style = TextStyle {
        precision: state.precision(),
        unit: state.choices.rule.get_untracked().unit,
        size_decimals: SIZE_DECIMALS,
        milliseconds: state.choices.milliseconds.get_untracked(),
        numbers: frame.numbers,
        offset_ms: &|at: UnixMs| zone.offset_ms(at.0),
    };
    let first = range.start;
    let pointed = state.pointed_row();
    for at in range {
        let Some(row) = state.rows.row(at) else { break };
        let top = CAPTIONS + (at - first) as f64 * TapeScroll::ROW - above;
        let edges = (frame.px(top), frame.px(top + TapeScroll::ROW));
        tint(&row, pointed.as_ref() == Some(&row), edges, frame);
        write(&row, &TapeTexts::new(&row, &style), edges, &columns, frame);
    }
    paint_end(state, frame);
    paint_thumb(state, frame);
    paint_captions(state, pointed.as_ref(), &columns, frame);
}

/// Where the columns are, device pixels.
struct Columns {
    time: f64,
    arrow: f64,
    price: f64,
    /// Left edge; `None` where there is no room.
    fills: Option<f64>,
    has_range: bool,
    size: f64,
    value: f64,
}

impl Columns {
    fn new(state: &TapeState, frame: &Frame) -> Self {
        let width = frame.size.width / frame.size.ratio;
        let time = match state.choices.milliseconds.get_untracked() {
            true => TIME_MS,
            false => TIME,
        };
        let left = INSET + time + ARROW;
        let room = (width - INSET - left).max(0.0);
        let has_fills = room >= ROOM_FOR_FILLS;
        let has_range = room >= ROOM_FOR_RANGE;
        let shares = match (has_fills, has_range) {
            (_, true) => [0.26, 0.70],
            (true, _) => [0.36, 0.77],
            _ => [0.40, 0.74],
        };
        let edge = |share: f64| frame.px(left + room * share);
        Self {
            time: frame.px(INSET),
            arrow: frame.px(INSET + time),
            price: edge(shares[0]),
            fills: has_fills.then(|| edge(shares[0]) + frame.px(4.0)),
            has_range,
            size: edge(shares[1]),
            value: edge(1.0),
        }
    }
}

fn band(frame: &Frame, (top, bottom): (f64, f64)) -> Rect {
    Rect {
        x: 0.0,
        y: top,
        width: frame.size.width,
        height: bottom - top,
    }
}

fn tint(row: &TapeRow, is_pointed: bool, edges: (f64, f64), frame: &Frame) {
    let ground = [band(frame, edges)];
    let opacity = match row.class {
        SizeClass::Ordinary => 0.0,
        SizeClass::Large => LARGE,
        SizeClass::Huge => HUGE,
    };
    if opacity > 0.0 {
        frame
            .surface
            .fill_rects(frame.side_color(row.side), opacity, &ground);
    }
    if is_pointed {
        frame
            .surface
            .fill_rects(&frame.palette.text_1, POINTED, &ground);
    }
}

fn write(
    row: &TapeRow,
    texts: &TapeTexts,
    (top, bottom): (f64, f64),
    columns: &Columns,
    frame: &Frame,
) {
    let palette = frame.palette;
    let y = ((top + bottom) / 2.0).round();
    let weight = match row.class {
        SizeClass::Ordinary => 400,
        SizeClass::Large => 600,
        SizeClass::Huge => 700,
    };
    let font = frame.font(11.5, weight);
    let color = frame.side_text_color(row.side);
    let plain = palette.text_1.as_str();
    let pale = palette.text_2.as_str();
    for (text, x, align, color) in [
        (texts.time.as_str(), columns.time, Align::Left, pale),
        (texts.side, columns.arrow, Align::Left, color),
        (&texts.price, columns.price, Align::Right, color),
        (&texts.size, columns.size, Align::Right, plain),
        (&texts.value, columns.value, Align::Right, pale),
    ] {
        frame.surface.text(text, (x, y), align, font, color);
    }
    if let Some(x) = columns.fills
        && !texts.fills.is_empty()
    {
        let small = frame.font(10.0, 400);
        let text = match columns.has_range && !texts.range.is_empty() {
            true => format!("{} · {}", texts.fills, texts.range),
            false => texts.fills.clone(),
        };
        frame.surface.text(&text, (x, y), Align::Left, small, pale);
    }
}

/// Names of the columns, or what is to be known of the row that is pointed at.
fn paint_captions(state: &TapeState, pointed: Option<&TapeRow>, columns: &Columns, frame: &Frame) {
    let ground = band(frame, (0.0, frame.px(CAPTIONS)));
    frame
        .surface
        .fill_rects(&frame.palette.panel, 1.0, &[ground]);
    let (font, y) = (frame.font(10.0, 400), frame.px(CAPTIONS / 2.0));
    let pale = frame.palette.text_2.as_str();
    if let Some(row) = pointed.filter(|row| row.fills > 1) {
        let text = detail(row, state, frame);
        frame
            .surface
            .text(&text, (columns.time, y), Align::Left, font, pale);
        return;
    }
    let (quote, base) = (&state.units.0, &state.units.1);
    let (size, value) = match state.choices.rule.get_untracked().unit {
        SizeUnit::Base => (base, "Value"),
        SizeUnit::Quote => (quote, base.as_str()),
    };
    for (name, x, align) in [
        ("Time".to_owned(), columns.time, Align::Left),
        (format!("Price ({quote})"), columns.price, Align::Right),
        (format!("Size ({size})"), columns.size, Align::Right),
        (value.to_owned(), columns.value, Align::Right),
    ] {
        frame.surface.text(&name, (x, y), align, font, pale);
    }
}

/// `12 fills at 64,213.45 – 64,213.52`.
fn detail(row: &TapeRow, state: &TapeState, frame: &Frame) -> String {
    let price = |price| frame.figures(format::price(price, state.precision().price));
    let prices = match row.low == row.high {
        true => price(row.low),
        false => format!("{} – {}", price(row.low), price(row.high)),
    };
    format!("{} fills at {prices}", row.fills)
}

/// What lies below the oldest row.
fn paint_end(state: &TapeState, frame: &Frame) {
    let Some(text) = state.end_text() else { return };
    let y =
        CAPTIONS + state.rows.len() as f64 * TapeScroll::ROW - state.scroll.position(&state.rows);
    let at = (frame.size.width / 2.0, frame.px(y + TapeScroll::ROW / 2.0));
    let pale = frame.palette.text_2.as_str();
    frame
        .surface
        .text(text, at, Align::Center, frame.font(10.0, 400), pale);
}

/// Where one is in what is held, while one is not at its newest end.
fn paint_thumb(state: &TapeState, frame: &Frame) {
    if state.scroll.is_following() {
        return;
    }
    let whole = state.rows.len() as f64 * TapeScroll::ROW;
    let seen = frame.size.height / frame.size.ratio - CAPTIONS;
    let length = (seen * seen / whole.max(seen)).max(24.0).min(seen);
    let share = state.scroll.position(&state.rows) / (whole - seen).max(1.0);
    let thumb = Rect {
        x: frame.size.width - frame.px(4.0),
        y: frame.px(CAPTIONS + (seen - length) * share),
        width: frame.px(3.0),
        height: frame.px(length),
    };
    frame
        .surface
        .fill_rects(&frame.palette.line_strong, 1.0, &[thumb]);
}

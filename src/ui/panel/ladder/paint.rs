//! One frame of the ladder: sold, bids, price, asks, bought.

use leptos::prelude::GetUntracked;
use tradesuite_core::chart::{Amount, Group, SizeUnit, format};
use tradesuite_core::model::{Precision, Price, Side};

use super::state::{LadderRow, LadderState};
use crate::browser::{Align, Rect};
use crate::ui::panel::{CAPTIONS, Frame};

/// Height of a row, CSS pixels.
pub const ROW: f64 = 18.0;
/// Decimals of a size at most: five columns share the panel.
const SIZE_DECIMALS: u8 = 3;
/// Longer figures are shown in few characters, such as `12.3k`.
const MOST_CHARACTERS: usize = 7;
/// Opacity of the bars of the book, and of what was traded.
const BOOK_OPACITY: f64 = 0.2;
const TRADED_OPACITY: f64 = 0.13;
/// Opacity of rows that are beyond what is known of the book.
const BEYOND_OPACITY: f64 = 0.4;
/// From a column's edge to its text, CSS pixels.
const INSET: f64 = 6.0;
/// Where the columns end, shares of the width.
const ENDS: [f64; 5] = [0.19, 0.40, 0.62, 0.83, 1.0];

/// Rows that fit.
#[must_use]
pub fn rows(frame: &Frame) -> usize {
    let height = frame.size.height / frame.size.ratio - CAPTIONS;
    (height / ROW).floor().max(0.0) as usize
}

/// Left and right edges of the columns, device pixels.
struct Columns([(f64, f64); 5]);

impl Columns {
    const SOLD: usize = 0;
    const BIDS: usize = 1;
    const PRICE: usize = 2;
    const ASKS: usize = 3;
    const BOUGHT: usize = 4;

    fn of(frame: &Frame) -> Self {
        let mut left = 0.0;
        Self(ENDS.map(|end| {
            let right = (frame.size.width * end).round();
            (std::mem::replace(&mut left, right), right)
        }))
    }

    fn width(&self, column: usize) -> f64 {
        let (left, right) = self.0[column];
        right - left
    }

    /// Where a figure ends that stands at the right of its column.
    fn end(&self, column: usize, frame: &Frame) -> f64 {
        self.0[column].1 - frame.px(INSET)
    }
}

/// Top and height of a row, device pixels.
fn place(row: usize, frame: &Frame) -> (f64, f64) {
    let top = frame.px(CAPTIONS + row as f64 * ROW);
    (top, frame.px(CAPTIONS + (row + 1) as f64 * ROW) - top)
}

/// Paints the laid out ladder.
pub fn paint(state: &LadderState, frame: &Frame) {
    let columns = Columns::of(frame);
    paint_captions(state, &columns, frame);
    paint_ground(state, &columns, frame);
    paint_bars(state, &columns, frame);
    paint_figures(state, &columns, frame);
    paint_prices(state, &columns, frame);
}

fn paint_captions(state: &LadderState, columns: &Columns, frame: &Frame) {
    let (quote, base) = (&state.units.0, &state.units.1);
    let unit = match state.choices.unit.get_untracked() {
        SizeUnit::Base => base,
        SizeUnit::Quote => quote,
    };
    let (font, y) = (frame.font(10.0, 400), frame.px(CAPTIONS / 2.0));
    let names = [
        ("Sold", None),
        ("Bids", Some(unit)),
        ("Price", Some(quote)),
        ("Asks", Some(unit)),
        ("Bought", None),
    ];
    for (column, (name, unit)) in names.into_iter().enumerate() {
        let whole = unit.map_or_else(|| name.to_owned(), |unit| format!("{name} ({unit})"));
        let room = columns.width(column) - frame.px(INSET);
        let text = if frame.surface.text_width(&whole, font) <= room {
            &whole
        } else {
            name
        };
        if column == Columns::PRICE {
            paint_last(state, text, columns, frame);
        } else {
            let at = (columns.end(column, frame), y);
            let color = &frame.palette.text_2;
            frame.surface.text(text, at, Align::Right, font, color);
        }
    }
}

/// Above the axis stands the last price itself: its row tells it only to the step, and may be out
/// of view. Before there is one, the axis' name.
fn paint_last(state: &LadderState, name: &str, columns: &Columns, frame: &Frame) {
    let (left, right) = columns.0[Columns::PRICE];
    let at = (f64::midpoint(left, right).round(), frame.px(CAPTIONS / 2.0));
    let (text, font, color) = match state.last {
        None => (
            name.to_owned(),
            frame.font(10.0, 400),
            &*frame.palette.text_2,
        ),
        Some(last) => {
            let (price, decimals) = last.price();
            let color = frame.side_text_color(last.side());
            let text = frame.figures(format::price(price, decimals));
            (text, frame.font(11.0, 600), color)
        }
    };
    frame.surface.text(&text, at, Align::Center, font, color);
}

/// What lies below the figures: the row pointed at, and what is not known.
fn paint_ground(state: &LadderState, columns: &Columns, frame: &Frame) {
    let (left, right) = (columns.0[Columns::BIDS].0, columns.0[Columns::ASKS].1);
    let beyond: Vec<Rect> = (0..state.rows.len())
        .filter(|row| state.rows[*row].is_beyond)
        .map(|row| {
            let (y, height) = place(row, frame);
            Rect {
                x: left,
                y,
                width: right - left,
                height,
            }
        })
        .collect();
    frame
        .surface
        .fill_rects(&frame.palette.raised, BEYOND_OPACITY, &beyond);
    let pointed_at = state.hand.y.map(|y| ((y - CAPTIONS) / ROW).floor());
    if let Some(row) = pointed_at.filter(|row| (0.0..state.rows.len() as f64).contains(row)) {
        let (y, height) = place(row as usize, frame);
        let band = Rect {
            x: 0.0,
            y,
            width: frame.size.width,
            height,
        };
        frame
            .surface
            .fill_rects(&frame.palette.raised, 1.0, &[band]);
    }
}

/// Bars of the book grow from the price outwards, those of the trades from the panel's edges
/// inwards.
fn paint_bars(state: &LadderState, columns: &Columns, frame: &Frame) {
    let resting =
        |group: Option<Group>| group.map_or(0.0, |group| state.scale.share(group.amount.quantity));
    let traded = |amount: Amount| {
        let full = state.traded_full.max(1.0);
        (amount.quantity.to_f64(0) / full).min(1.0)
    };
    let bars = |column: usize, from_left: bool, share: &dyn Fn(&LadderRow) -> f64| -> Vec<Rect> {
        let (left, right) = columns.0[column];
        let bar = |(at, row): (usize, &LadderRow)| {
            let width = ((right - left) * share(row)).round();
            let (y, height) = place(at, frame);
            let x = if from_left { left } else { right - width };
            (width > 0.0).then_some(Rect {
                x,
                y,
                width,
                height,
            })
        };
        state.rows.iter().enumerate().filter_map(bar).collect()
    };
    let (up, down) = (frame.side_color(Side::Buy), frame.side_color(Side::Sell));
    let surface = frame.surface;
    surface.fill_rects(
        up,
        BOOK_OPACITY,
        &bars(Columns::BIDS, false, &|row| resting(row.bid)),
    );
    surface.fill_rects(
        down,
        BOOK_OPACITY,
        &bars(Columns::ASKS, true, &|row| resting(row.ask)),
    );
    surface.fill_rects(
        down,
        TRADED_OPACITY,
        &bars(Columns::SOLD, true, &|row| traded(row.traded.sold)),
    );
    surface.fill_rects(
        up,
        TRADED_OPACITY,
        &bars(Columns::BOUGHT, false, &|row| traded(row.traded.bought)),
    );
}

fn paint_figures(state: &LadderState, columns: &Columns, frame: &Frame) {
    let unit = state.choices.unit.get_untracked();
    let font = frame.font(11.0, 400);
    let text = |amount: Amount, precision: Precision| {
        let whole = amount.text(unit, precision, SIZE_DECIMALS);
        frame.figures(match whole.chars().count() <= MOST_CHARACTERS {
            true => whole,
            false => amount.compact(unit, precision),
        })
    };
    let (text_1, text_2) = (&frame.palette.text_1, &frame.palette.text_2);
    for (at, row) in state.rows.iter().enumerate() {
        let (top, height) = place(at, frame);
        let y = top + (height / 2.0).round();
        let write = |column: usize, text: &str, color: &str| {
            let at = (columns.end(column, frame), y);
            frame.surface.text(text, at, Align::Right, font, color);
        };
        for (column, group) in [(Columns::BIDS, row.bid), (Columns::ASKS, row.ask)] {
            if let Some(group) = group {
                // A group that the known book ends inside of holds at least that much.
                let least = if group.is_partial { "≥" } else { "" };
                let size = text(group.amount, state.book.precision);
                write(column, &format!("{least}{size}"), text_1);
            }
        }
        let traded = [
            (Columns::SOLD, row.traded.sold),
            (Columns::BOUGHT, row.traded.bought),
        ];
        for (column, amount) in traded {
            if !amount.is_zero() {
                write(column, &text(amount, state.traded_precision()), text_2);
            }
        }
    }
}

/// The axis: each row's price, the last trade's marked.
fn paint_prices(state: &LadderState, columns: &Columns, frame: &Frame) {
    let (left, right) = columns.0[Columns::PRICE];
    let middle = f64::midpoint(left, right).round();
    let last = state.last.zip(
        state
            .last_number()
            .and_then(|number| state.axis.row_of(number)),
    );
    let (mut step, mut decimals) = (state.step, state.book.precision.price);
    while decimals > 0 && step % 10 == 0 {
        // An axis names no digits that its step never changes.
        (step, decimals) = (step / 10, decimals - 1);
    }
    for (at, row) in state.rows.iter().enumerate() {
        let (top, height) = place(at, frame);
        let point = (middle, top + (height / 2.0).round());
        let price = Price(row.number.saturating_mul(step));
        let price = frame.figures(format::price(price, decimals));
        if let Some((last, _)) = last.filter(|(_, row)| *row == at) {
            let cell = Rect {
                x: left,
                y: top,
                width: right - left,
                height,
            };
            frame
                .surface
                .fill_rects(frame.side_text_color(last.side()), 1.0, &[cell]);
            let arrow = if last.side() == Side::Buy {
                "↑"
            } else {
                "↓"
            };
            let font = frame.font(11.5, 600);
            frame.surface.text(
                &format!("{price} {arrow}"),
                point,
                Align::Center,
                font,
                &frame.palette.on_accent,
            );
            continue;
        }
        let color = match (row.bid, row.ask) {
            (Some(_), None) => frame.side_text_color(Side::Buy),
            (None, Some(_)) => frame.side_text_color(Side::Sell),
            _ => &frame.palette.text_2,
        };
        frame
            .surface
            .text(&price, point, Align::Center, frame.font(11.5, 400), color);
    }
}

//! One frame of the book panel.

use tradesuite_core::chart::{BookLayout, BookRow, format};
use tradesuite_core::model::Side;

use super::state::{BookState, ShownSide};
use crate::browser::{Align, Rect};
use crate::ui::panel::{CAPTIONS, Frame};
use leptos::prelude::GetUntracked;
use tradesuite_core::chart::SizeUnit;

/// Decimals of a size at most.
const SIZE_DECIMALS: u8 = 4;
/// Opacity of the size bar; the cumulative one has half of it.
const BAR_OPACITY: f64 = 0.13;
const FLASH_OPACITY: f64 = 0.1;
/// Height of the imbalance bar, CSS pixels.
const IMBALANCE: f64 = 2.0;
/// From the panel's edge to the texts, CSS pixels.
const INSET: f64 = 10.0;

/// The rows that fit.
#[must_use]
pub fn layout(frame: &Frame) -> BookLayout {
    BookLayout::new(frame.size.height / frame.size.ratio - CAPTIONS)
}

/// Paints the laid out book.
pub fn paint(state: &BookState, layout: &BookLayout, frame: &Frame) {
    let edges = columns(frame);
    paint_captions(state, frame, edges);
    paint_side(Side::Sell, &state.asks, state, frame, edges);
    paint_side(Side::Buy, &state.bids, state, frame, edges);
    if !state.bids.rows.is_empty() || !state.asks.rows.is_empty() {
        paint_middle(state, layout, frame);
    }
}

/// Right edges of the three columns, device pixels.
fn columns(frame: &Frame) -> [f64; 3] {
    let inner = frame.size.width - frame.px(INSET);
    [0.36, 0.68, 1.0].map(|share: f64| (inner * share).round())
}

fn paint_captions(state: &BookState, frame: &Frame, edges: [f64; 3]) {
    let (quote, base) = (&state.units.0, &state.units.1);
    let unit = match state.choices.unit.get_untracked() {
        SizeUnit::Base => base,
        SizeUnit::Quote => quote,
    };
    let names = [
        format!("Price ({quote})"),
        format!("Size ({unit})"),
        "Total".to_owned(),
    ];
    let (font, y) = (frame.font(10.0, 400), frame.px(CAPTIONS / 2.0));
    for (name, x) in names.iter().zip(edges) {
        let color = &frame.palette.text_2;
        frame.surface.text(name, (x, y), Align::Right, font, color);
    }
}

fn paint_side(side: Side, shown: &ShownSide, state: &BookState, frame: &Frame, edges: [f64; 3]) {
    let color = frame.side_color(side);
    let width = frame.size.width;
    let top = |row: &BookRow| frame.px(CAPTIONS + row.y);
    let bar = |share: f64, row: &BookRow| {
        let long = (width * share).round();
        Rect {
            x: width - long,
            y: top(row),
            width: long,
            height: frame.px(CAPTIONS + row.y + BookLayout::ROW) - top(row),
        }
    };
    let totals: Vec<Rect> = shown
        .rows
        .iter()
        .map(|row| bar(row.total_share, row))
        .collect();
    let sizes: Vec<Rect> = shown
        .rows
        .iter()
        .map(|row| bar(row.size_share, row))
        .collect();
    frame.surface.fill_rects(color, BAR_OPACITY / 2.0, &totals);
    frame.surface.fill_rects(color, BAR_OPACITY, &sizes);
    if state.flashes() {
        let changed = shown.rows.iter().zip(shown.changes.changed());
        let flashes: Vec<Rect> = changed
            .filter(|(_, is_changed)| **is_changed)
            .map(|(row, _)| bar(1.0, row))
            .collect();
        frame
            .surface
            .fill_rects(&frame.palette.text_1, FLASH_OPACITY, &flashes);
    }
    let (font, ink) = (frame.font(11.5, 400), frame.side_text_color(side));
    let (unit, precision) = (state.choices.unit.get_untracked(), state.book.precision);
    for row in &shown.rows {
        let y = frame.px(CAPTIONS + row.y + BookLayout::ROW / 2.0);
        // A group that the known book ends inside of holds at least that much.
        let least = if row.is_partial { "≥ " } else { "" };
        let size = row.amount.text(unit, precision, SIZE_DECIMALS);
        let total = row.total.text(unit, precision, SIZE_DECIMALS);
        let texts = [
            (format::price(row.price, precision.price), ink),
            (format!("{least}{size}"), frame.palette.text_1.as_str()),
            (total, frame.palette.text_2.as_str()),
        ];
        for ((text, color), x) in texts.into_iter().zip(edges) {
            let text = frame.figures(text);
            frame.surface.text(&text, (x, y), Align::Right, font, color);
        }
    }
}

/// The line between the sides: last trade, spread, mid, and the sides' weights below them.
fn paint_middle(state: &BookState, layout: &BookLayout, frame: &Frame) {
    let palette = frame.palette;
    let top = frame.px(CAPTIONS + layout.middle_y);
    let bottom = frame.px(CAPTIONS + layout.middle_y + BookLayout::MIDDLE);
    let band = Rect {
        x: 0.0,
        y: top,
        width: frame.size.width,
        height: bottom - top,
    };
    frame.surface.fill_rects(&palette.raised, 1.0, &[band]);
    if let Some(bids) = state.imbalance {
        let height = frame.px(IMBALANCE).max(1.0);
        let split = (band.width * bids).round();
        let part = |x: f64, width: f64| Rect {
            x,
            y: bottom - height,
            width,
            height,
        };
        frame
            .surface
            .fill_rects(&palette.up, 0.7, &[part(0.0, split)]);
        frame
            .surface
            .fill_rects(&palette.down, 0.7, &[part(split, band.width - split)]);
    }
    let y = ((top + bottom) / 2.0).round();
    let small = frame.font(10.5, 400);
    let mut x = frame.px(INSET);
    if let Some(last) = state.last {
        let font = frame.font(15.0, 600);
        let (price, decimals) = last.price();
        let arrow = match last.side() {
            Side::Buy => "↑",
            Side::Sell => "↓",
        };
        let text = frame.figures(format!("{} {arrow}", format::price(price, decimals)));
        let color = frame.side_text_color(last.side());
        frame.surface.text(&text, (x, y), Align::Left, font, color);
        x += frame.surface.text_width(&text, font) + frame.px(8.0);
    }
    let (bids, asks) = (state.book.levels(Side::Buy), state.book.levels(Side::Sell));
    if let (Some(bid), Some(ask)) = (bids.first(), asks.first()) {
        let decimals = state.book.precision.price;
        let spread = format::grouped(i128::from(ask.price.0 - bid.price.0), decimals);
        let spread = frame.figures(format!("spread {spread}"));
        frame
            .surface
            .text(&spread, (x, y), Align::Left, small, &palette.text_2);
        x += frame.surface.text_width(&spread, small) + frame.px(8.0);
        // Half a count needs one more decimal.
        let mid = (i128::from(ask.price.0) + i128::from(bid.price.0)) * 5;
        let mid = frame.figures(format!("mid {}", format::grouped(mid, decimals + 1)));
        let end = frame.size.width - frame.px(INSET);
        if end - frame.surface.text_width(&mid, small) >= x {
            frame
                .surface
                .text(&mid, (end, y), Align::Right, small, &palette.text_2);
        }
    }
}

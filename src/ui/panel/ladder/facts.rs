//! The ladder in figures, for the browser tests: prices and sizes as exact texts.

use serde::Serialize;
use tradesuite_core::chart::Group;
use tradesuite_core::model::Price;

use super::state::{LadderRow, LadderState};

/// The ladder in figures, as exact texts.
#[derive(Serialize)]
struct Facts {
    /// Number of the message of the book.
    seq: u64,
    /// Levels a side that are told at most.
    levels: u16,
    /// Price step of a row.
    step: String,
    last: Option<String>,
    /// Row of the last trade, from the top.
    last_row: Option<usize>,
    is_scrolled: bool,
    /// From the top down.
    rows: Vec<RowFacts>,
}

#[derive(Serialize)]
struct RowFacts {
    price: String,
    bid: Option<String>,
    ask: Option<String>,
    bought: String,
    sold: String,
}

/// The figures as one JSON object.
#[must_use]
pub fn facts(state: &LadderState) -> String {
    let decimals = state.book.precision.price;
    let price = |number: i64| Price(number * state.step).to_decimal(decimals).to_string();
    let resting = |group: &Option<Group>| {
        group.map(|group| {
            group
                .amount
                .quantity
                .display(state.book.precision.quantity)
                .to_string()
        })
    };
    let digits = state.traded_precision().quantity;
    let row = |row: &LadderRow| RowFacts {
        price: price(row.number),
        bid: resting(&row.bid),
        ask: resting(&row.ask),
        bought: row.traded.bought.quantity.display(digits).to_string(),
        sold: row.traded.sold.quantity.display(digits).to_string(),
    };
    let facts = Facts {
        seq: state.book.seq,
        levels: state.book.depth,
        step: price(1),
        last: state.last.map(|last| last.exact_price()),
        last_row: state
            .last_number()
            .and_then(|number| state.axis.row_of(number)),
        is_scrolled: state.axis.is_scrolled(),
        rows: state.rows.iter().map(row).collect(),
    };
    serde_json::to_string(&facts).unwrap_or_default()
}

//! The tape in words and figures, for screen readers and the browser tests.

use std::cell::RefCell;

use serde::Serialize;
use tradesuite_core::chart::{NumberStyle, Prints, TapeRow, TapeRows, TapeScroll};
use tradesuite_core::model::{Precision, Price, UnixMs};

/// A bar is compared once its minute is over for so long: a late trade may still come.
const GRACE_MS: i64 = 2_000;
const MINUTE_MS: i64 = 60_000;

/// What a screen reader reads: figures exact, thousands not set apart.
#[must_use]
pub fn summary(prints: &Prints, seq: u64, numbers: NumberStyle) -> String {
    let precision = prints.precision();
    prints.newest().zip(prints.oldest()).map_or_else(
        || "No trade yet".to_owned(),
        |(newest, oldest)| {
            format!(
                "Newest trade {}: {} {} at {}, message {seq}; {} trades since {}",
                newest.id.0,
                newest.side.name(),
                numbers.write(newest.quantity.to_decimal(precision.quantity).to_string()),
                numbers.write(newest.price.to_decimal(precision.price).to_string()),
                prints.len(),
                oldest.id.0,
            )
        },
    )
}

#[derive(Serialize)]
struct Facts {
    rows: usize,
    trades: usize,
    following: bool,
    /// Rows that are newer than what is seen.
    waiting: usize,
    /// Pixels from the newest row.
    position: f64,
    /// The rows seen, the newest first.
    seen: Vec<RowFacts>,
    minute: Option<Minute>,
}

/// A row, numbers as exact texts.
#[derive(Serialize)]
struct RowFacts {
    time_us: i64,
    first: u64,
    last: u64,
    fills: u32,
    side: &'static str,
    price: String,
    low: String,
    high: String,
    quantity: String,
    class: String,
}

impl RowFacts {
    fn new(row: &TapeRow, precision: Precision) -> Self {
        let price = |price: Price| price.to_decimal(precision.price).to_string();
        Self {
            time_us: row.time.to_us(),
            first: row.first.0,
            last: row.last.0,
            fills: row.fills,
            side: row.side.name(),
            price: price(row.price),
            low: price(row.low),
            high: price(row.high),
            quantity: row.amount.quantity.display(precision.quantity).to_string(),
            class: format!("{:?}", row.class).to_lowercase(),
        }
    }
}

/// Sums of the rows of one minute, to be compared with its bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Minute {
    time: i64,
    trades: u64,
    volume: String,
    buy_volume: String,
}

/// The last minute that is over and held whole. Summed once a minute.
#[derive(Debug, Default)]
pub struct MinuteFacts(RefCell<Option<Minute>>);

impl MinuteFacts {
    fn get(&self, rows: &TapeRows) -> Option<Minute> {
        let prints = rows.prints();
        let (oldest, newest) = prints.oldest().zip(prints.newest())?;
        let end = (newest.time.to_ms().0 - GRACE_MS).div_euclid(MINUTE_MS) * MINUTE_MS;
        let start = UnixMs(end - MINUTE_MS);
        let is_known = self
            .0
            .borrow()
            .as_ref()
            .is_some_and(|held| held.time == start.0);
        if !is_known && oldest.time < start.to_ns() {
            let sums = rows.sums(start.to_ns()..UnixMs(end).to_ns());
            let decimals = prints.precision().quantity;
            *self.0.borrow_mut() = Some(Minute {
                time: start.0,
                trades: sums.trades,
                volume: sums.volume.display(decimals).to_string(),
                buy_volume: sums.buy_volume.display(decimals).to_string(),
            });
        }
        self.0.borrow().clone()
    }
}

/// What the browser tests read, as JSON.
#[must_use]
pub fn facts(rows: &TapeRows, scroll: &TapeScroll, minute: &MinuteFacts) -> String {
    let (seen, _) = scroll.visible(rows);
    let precision = rows.prints().precision();
    let facts = Facts {
        rows: rows.len(),
        trades: rows.prints().len(),
        following: scroll.is_following(),
        waiting: seen.start,
        position: scroll.position(rows),
        seen: seen
            .filter_map(|at| rows.row(at))
            .map(|row| RowFacts::new(&row, precision))
            .collect(),
        minute: minute.get(rows),
    };
    serde_json::to_string(&facts).unwrap_or_default()
}

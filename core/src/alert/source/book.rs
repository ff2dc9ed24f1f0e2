//! The order book, kept only where a rule reads it.

use serde::{Deserialize, Serialize};

use crate::market::OrderBook;
use crate::model::{BookDelta, Precision};

/// A book that can be written down.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Levels", into = "Levels")]
pub(in crate::alert) struct Book(OrderBook);

/// All that a book holds.
#[derive(Serialize, Deserialize)]
struct Levels {
    precision: Precision,
    levels: BookDelta,
    stale: Option<String>,
}

impl From<Book> for Levels {
    fn from(Book(book): Book) -> Self {
        Self {
            precision: book.precision(),
            levels: BookDelta {
                time: book.time(),
                bids: book.bids(book.bid_count()).collect(),
                asks: book.asks(book.ask_count()).collect(),
            },
            stale: book.stale_reason().map(str::to_owned),
        }
    }
}

impl From<Levels> for Book {
    fn from(held: Levels) -> Self {
        let mut book = OrderBook::new(held.precision);
        // At the book's own precision, nothing is left that could not fit.
        let _ = book.apply_snapshot(&held.levels, held.precision);
        if let Some(reason) = held.stale {
            book.mark_stale(reason);
        }
        Self(book)
    }
}

impl Book {
    /// Takes over all levels.
    pub(in crate::alert) fn replace(&mut self, levels: &BookDelta, precision: Precision) {
        if self.0.apply_snapshot(levels, precision).is_err() {
            self.0.mark_stale("a level does not fit");
        }
    }

    /// Takes over what changed. A book that waits for all levels goes on waiting.
    pub(in crate::alert) fn change(&mut self, levels: &BookDelta, precision: Precision) {
        if self.0.apply_update(levels, precision).is_err() {
            self.0.mark_stale("a level does not fit");
        }
    }

    pub(in crate::alert) fn mark_stale(&mut self, reason: &str) {
        self.0.mark_stale(reason);
    }

    /// The levels, where they can be believed.
    pub(in crate::alert) fn sound(&self) -> Option<&OrderBook> {
        (!self.0.is_stale()).then_some(&self.0)
    }
}

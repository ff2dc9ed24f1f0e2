//! An order book as the socket tells it.

use tradesuite_core::chart::next_depth;
use tradesuite_core::market::patch_view;
use tradesuite_core::model::{BookLevel, BookView, InstrumentId, Precision, Price, Side};
use tradesuite_core::protocol::{Body, BookData, BookDepth, Data, Message, Topic};

use crate::ui::panel::Note;

/// Books deeper than the ordinary one are sent this often, milliseconds.
const DEEP_INTERVAL_MS: u16 = 250;

/// The topic of a book with so many levels a side.
#[must_use]
pub fn book_topic(instrument: InstrumentId, levels: u16) -> Topic {
    let ordinary = BookDepth::default();
    let interval_ms = match next_depth(ordinary.levels) {
        Some(deeper) if levels > deeper => DEEP_INTERVAL_MS,
        _ => ordinary.interval_ms,
    };
    Topic::Book {
        instrument,
        depth: BookDepth {
            levels,
            interval_ms,
        },
    }
}

/// A book, kept from a snapshot and what changed since.
#[derive(Clone, Debug, Default)]
pub struct LiveBook {
    /// The best levels of both sides.
    pub view: BookView,
    /// Digits of them.
    pub precision: Precision,
    /// Number of the last message.
    pub seq: u64,
    /// Levels a side that are told at most; 0 before the first message.
    pub depth: u16,
    /// Counts messages: a number of the server comes again where the server began anew.
    taken: u64,
    is_known: bool,
    stale: Option<String>,
}

impl LiveBook {
    /// Takes a message of a `book` topic.
    pub fn take(&mut self, message: &Message) {
        if let Topic::Book { depth, .. } = &message.topic {
            self.depth = depth.levels;
        }
        self.seq = message.seq;
        self.taken += 1;
        match &message.body {
            Body::Snapshot(Data::Book(data)) => {
                self.view = BookView::default();
                self.apply(data);
            }
            Body::Update(Data::Book(data)) => self.apply(data),
            Body::Stale { reason } => {
                self.view = BookView::default();
                self.stale = Some(reason.clone());
            }
            _ => {}
        }
    }

    fn apply(&mut self, data: &BookData) {
        self.is_known = true;
        self.stale = None;
        // A widened book is sent whole, so nothing of the old digits is kept.
        self.precision = data.precision;
        patch_view(&mut self.view, data.time, &data.bids, &data.asks);
        self.view.sequence = data.sequence;
    }

    /// Another one whenever anything of the book may be: what follows from it alone is kept while
    /// this stands.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.taken
    }

    /// Why the book is not shown as it is.
    #[must_use]
    pub fn note(&self) -> Option<Note> {
        match &self.stale {
            Some(reason) => Some(Note::Stale(reason.clone())),
            None if !self.is_known => Some(Note::Waiting("Waiting for the book…")),
            None if self.view.bids.is_empty() && self.view.asks.is_empty() => {
                Some(Note::Empty("The book is empty."))
            }
            None => None,
        }
    }

    /// Whether the book is known not to be true.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }

    /// Best first.
    #[must_use]
    pub fn levels(&self, side: Side) -> &[BookLevel] {
        match side {
            Side::Buy => &self.view.bids,
            Side::Sell => &self.view.asks,
        }
    }

    /// Whether a side may go on beyond what is told.
    #[must_use]
    pub fn is_cut(&self, side: Side) -> bool {
        self.levels(side).len() >= usize::from(self.depth)
    }

    /// The depth to ask for where the one told does not reach far enough.
    #[must_use]
    pub fn deeper(&self) -> Option<u16> {
        next_depth(self.depth)
    }

    /// Any price of it, to find its magnitude.
    #[must_use]
    pub fn some_price(&self) -> Option<Price> {
        let best = self.view.bids.first().or(self.view.asks.first());
        best.map(|level| level.price)
    }

    /// Best prices and the count of levels, for the summary.
    #[must_use]
    pub fn summary(&self) -> String {
        if let Some(reason) = &self.stale {
            return format!("Stale: {reason}");
        }
        let best = |side| {
            self.levels(side).first().map_or_else(
                || "none".to_owned(),
                |level| {
                    let price = level.price.to_decimal(self.precision.price);
                    let quantity = level.quantity.to_decimal(self.precision.quantity);
                    format!("{price} x {quantity}")
                },
            )
        };
        format!(
            "Best bid {}, best ask {}, {} bids and {} asks known, message {}",
            best(Side::Buy),
            best(Side::Sell),
            self.view.bids.len(),
            self.view.asks.len(),
            self.seq
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::Quantity;

    fn message(seq: u64, body: Body) -> Message {
        Message {
            topic: book_topic("coinbase:BTC-USD".parse().expect("an id"), 2),
            seq,
            body,
        }
    }

    fn data(bids: &[(i64, i64)]) -> Data {
        let level = |&(price, quantity): &(i64, i64)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        };
        Data::Book(BookData {
            bids: bids.iter().map(level).collect(),
            ..BookData::default()
        })
    }

    #[test]
    fn it_is_true_until_it_is_said_to_be_stale() {
        let mut book = LiveBook::default();
        assert!(matches!(book.note(), Some(Note::Waiting(_))));
        book.take(&message(1, Body::Snapshot(data(&[(10, 1)]))));
        assert_eq!((book.note(), book.is_cut(Side::Buy)), (None, false));
        let version = book.version();
        book.take(&message(2, Body::Update(data(&[(9, 4)]))));
        assert_ne!(book.version(), version);
        assert_eq!(
            (book.levels(Side::Buy).len(), book.is_cut(Side::Buy)),
            (2, true)
        );
        let reason = "the line was lost".to_owned();
        book.take(&message(
            3,
            Body::Stale {
                reason: reason.clone(),
            },
        ));
        assert_eq!(book.note(), Some(Note::Stale(reason)));
        assert_eq!(
            (book.levels(Side::Buy).len(), book.summary().as_str()),
            (0, "Stale: the line was lost")
        );
        book.take(&message(4, Body::Snapshot(data(&[]))));
        assert!(matches!(book.note(), Some(Note::Empty(_))));
    }

    #[test]
    fn deep_books_come_less_often() {
        for (levels, expected) in [
            (50, "book/coinbase:BTC-USD"),
            (200, "book/coinbase:BTC-USD/200@100"),
            (1_000, "book/coinbase:BTC-USD/1000@250"),
        ] {
            let topic = book_topic("coinbase:BTC-USD".parse().expect("an id"), levels);
            assert_eq!(topic.to_string(), expected);
        }
    }
}

//! The best levels of a book, as those see them who have subscribed so many: what changes in them
//! from one step to the next, and their checksum. It knows no words.

use std::collections::HashMap;

use tradesuite_core::model::{BookLevel, Price, Quantity};

use crate::server::simulator::market::book::{BookSide, RestingOrders};

/// Levels a side that the checksum covers.
const PROVEN_LEVELS: usize = 10;

/// Both sides, best first, at most as deep as was subscribed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Buyers.
    pub bids: Vec<BookLevel>,
    /// Sellers.
    pub asks: Vec<BookLevel>,
}

impl View {
    /// The best `depth` levels of a book.
    pub fn of(book: &RestingOrders, depth: usize) -> Self {
        Self {
            bids: book.best_levels(BookSide::Bid, depth),
            asks: book.best_levels(BookSide::Ask, depth),
        }
    }

    /// What has to be said so that a reader of this view has the next one. A level that falls
    /// behind the subscribed depth is not said: the reader cuts its book.
    pub fn changes(&self, next: &Self, depth: usize) -> Self {
        Self {
            bids: changes(&self.bids, &next.bids, depth, |a, b| a < b),
            asks: changes(&self.asks, &next.asks, depth, |a, b| a > b),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.bids.is_empty() && self.asks.is_empty()
    }

    /// The CRC32 of the best ten levels' digits, asks first. Prices and quantities are counts of
    /// their last decimal, which is what is left of a number without its point and the zeros in
    /// front.
    pub fn checksum(&self) -> u32 {
        let best = |levels: &[BookLevel]| -> String {
            let digits = |level: &BookLevel| format!("{}{}", level.price.0, level.quantity.0);
            levels.iter().take(PROVEN_LEVELS).map(digits).collect()
        };
        crc32fast::hash((best(&self.asks) + &best(&self.bids)).as_bytes())
    }
}

fn changes(
    before: &[BookLevel],
    after: &[BookLevel],
    depth: usize,
    is_worse: fn(Price, Price) -> bool,
) -> Vec<BookLevel> {
    let held: HashMap<Price, Quantity> = before.iter().map(|l| (l.price, l.quantity)).collect();
    let kept: HashMap<Price, Quantity> = after.iter().map(|l| (l.price, l.quantity)).collect();
    let worst = after.last().filter(|_| after.len() >= depth);
    let fell_behind =
        |level: &&BookLevel| worst.is_some_and(|worst| is_worse(level.price, worst.price));
    let gone = before
        .iter()
        .filter(|level| !kept.contains_key(&level.price))
        .filter(|level| !fell_behind(level))
        .map(|level| BookLevel {
            price: level.price,
            quantity: Quantity(0),
        });
    let new = after
        .iter()
        .filter(|level| held.get(&level.price) != Some(&level.quantity))
        .copied();
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tradesuite_core::market::OrderBook;
    use tradesuite_core::model::{BookDelta, Precision, UnixNs};

    fn delta(view: &View) -> BookDelta {
        BookDelta {
            time: UnixNs(1),
            bids: view.bids.clone(),
            asks: view.asks.clone(),
        }
    }

    #[test]
    fn the_checksum_is_over_the_digits() {
        let level = |price, quantity| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        };
        let view = View {
            bids: vec![level(99, 5)],
            asks: vec![level(101, 7), level(102, 8)],
        };
        assert_eq!(view.checksum(), crc32fast::hash(b"10171028995"));
    }

    proptest! {
        /// A reader that applies every change and cuts its book sees what the market sees.
        #[test]
        fn a_reader_has_every_next_view(
            orders in prop::collection::vec((any::<bool>(), 1_i64..40, 0_i64..4), 1..120),
            depth in 1..8_usize,
            at_once in 1..6_usize,
        ) {
            let mut book = RestingOrders::default();
            let mut view = View::default();
            let mut reader = OrderBook::default();
            reader.apply_snapshot(&delta(&view), Precision::default()).expect("empty");
            for some in orders.chunks(at_once) {
                for &(bid, price, quantity) in some {
                    let side = if bid { BookSide::Bid } else { BookSide::Ask };
                    book.set(side, price, quantity);
                }
                let next = View::of(&book, depth);
                let said = view.changes(&next, depth);
                reader.apply_update(&delta(&said), Precision::default()).expect("fits");
                reader.cut_to(depth, &mut BookDelta::default());
                view = next;
                let seen = reader.view(99);
                prop_assert_eq!(&seen.bids, &view.bids);
                prop_assert_eq!(&seen.asks, &view.asks);
            }
        }
    }
}

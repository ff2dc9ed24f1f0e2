//! The resting orders of one simulated instrument, added up by price. It keeps its sides apart and
//! never lets them cross; what is placed and taken is decided by the order flow.

use std::collections::BTreeMap;

use tradesuite_core::model::{BookDelta, BookLevel, Price, Quantity, UnixNs};

/// Side of a resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BookSide {
    /// Somebody waits to buy.
    Bid,
    /// Somebody waits to sell.
    Ask,
}

impl BookSide {
    /// The other side.
    pub fn opposite(self) -> Self {
        match self {
            Self::Bid => Self::Ask,
            Self::Ask => Self::Bid,
        }
    }

    /// Direction from the best price into the book: −1 for bids, 1 for asks.
    pub fn inwards(self) -> i64 {
        match self {
            Self::Bid => -1,
            Self::Ask => 1,
        }
    }
}

/// Both sides. Prices and quantities are counts of the instrument's last decimal.
#[derive(Clone, Debug, Default)]
pub struct RestingOrders {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

impl RestingOrders {
    /// Best price of a side and what rests there.
    pub fn best(&self, side: BookSide) -> Option<(i64, i64)> {
        let found = match side {
            BookSide::Bid => self.bids.last_key_value(),
            BookSide::Ask => self.asks.first_key_value(),
        };
        found.map(|(&price, &quantity)| (price, quantity))
    }

    /// Best level on or behind a price, seen from the best price of the side.
    pub fn at_or_behind(&self, side: BookSide, price: i64) -> Option<(i64, i64)> {
        let found = match side {
            BookSide::Bid => self.bids.range(..=price).next_back(),
            BookSide::Ask => self.asks.range(price..).next(),
        };
        found.map(|(&price, &quantity)| (price, quantity))
    }

    /// The level farthest from the best price.
    pub fn farthest(&self, side: BookSide) -> Option<(i64, i64)> {
        let found = match side {
            BookSide::Bid => self.bids.first_key_value(),
            BookSide::Ask => self.asks.last_key_value(),
        };
        found.map(|(&price, &quantity)| (price, quantity))
    }

    /// What rests at a price.
    pub fn quantity_at(&self, side: BookSide, price: i64) -> i64 {
        self.side(side).get(&price).copied().unwrap_or(0)
    }

    /// Whether an order at this price would rest instead of trade.
    pub fn rests(&self, side: BookSide, price: i64) -> bool {
        price > 0
            && self
                .best(side.opposite())
                .is_none_or(|(best, _)| (best - price) * side.inwards() < 0)
    }

    /// Sets what rests at a price; 0 deletes the level. Returns whether anything changed: an order
    /// that would cross is not taken.
    pub fn set(&mut self, side: BookSide, price: i64, quantity: i64) -> bool {
        if quantity <= 0 {
            return self.side_mut(side).remove(&price).is_some();
        }
        if !self.rests(side, price) {
            return false;
        }
        self.side_mut(side).insert(price, quantity) != Some(quantity)
    }

    /// Number of levels of a side.
    pub fn count(&self, side: BookSide) -> usize {
        self.side(side).len()
    }

    /// All levels of a side, best first.
    pub fn levels(&self, side: BookSide) -> Vec<BookLevel> {
        self.best_levels(side, usize::MAX)
    }

    /// The best `depth` levels of a side, best first.
    pub fn best_levels(&self, side: BookSide, depth: usize) -> Vec<BookLevel> {
        let level = |(&price, &quantity): (&i64, &i64)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        };
        match side {
            BookSide::Bid => self.bids.iter().rev().take(depth).map(level).collect(),
            BookSide::Ask => self.asks.iter().take(depth).map(level).collect(),
        }
    }

    /// All levels, as a snapshot.
    pub fn snapshot(&self, time: UnixNs) -> BookDelta {
        BookDelta {
            time,
            bids: self.levels(BookSide::Bid),
            asks: self.levels(BookSide::Ask),
        }
    }

    fn side(&self, side: BookSide) -> &BTreeMap<i64, i64> {
        match side {
            BookSide::Bid => &self.bids,
            BookSide::Ask => &self.asks,
        }
    }

    fn side_mut(&mut self, side: BookSide) -> &mut BTreeMap<i64, i64> {
        match side {
            BookSide::Bid => &mut self.bids,
            BookSide::Ask => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_sequence_of_orders_crosses_the_book(
            orders in prop::collection::vec((any::<bool>(), 1_i64..50, 0_i64..5), 0..200)
        ) {
            let mut book = RestingOrders::default();
            for (bid, price, quantity) in orders {
                let side = if bid { BookSide::Bid } else { BookSide::Ask };
                book.set(side, price, quantity);
                if let (Some(bid), Some(ask)) = (book.best(BookSide::Bid), book.best(BookSide::Ask)) {
                    prop_assert!(bid.0 < ask.0);
                }
            }
        }
    }

    #[test]
    fn finds_levels_from_the_best_inwards() {
        let mut book = RestingOrders::default();
        for price in [90, 95, 99] {
            assert!(book.set(BookSide::Bid, price, 1));
        }
        assert!(book.set(BookSide::Ask, 100, 2));
        assert!(!book.set(BookSide::Bid, 100, 1), "it would trade");
        assert_eq!(book.best(BookSide::Bid), Some((99, 1)));
        assert_eq!(book.at_or_behind(BookSide::Bid, 98), Some((95, 1)));
        assert_eq!(book.at_or_behind(BookSide::Ask, 101), None);
        assert_eq!(book.farthest(BookSide::Bid), Some((90, 1)));
        assert_eq!(book.levels(BookSide::Bid)[0].price, Price(99));
    }
}

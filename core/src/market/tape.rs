//! The newest trades of one instrument, bounded.

use std::collections::VecDeque;

use super::precision::PrecisionOverflow;
use crate::model::{Precision, Trade};

/// The last trades by exchange time, then id, whatever order they arrive in.
#[derive(Clone, Debug)]
pub struct Tape {
    precision: Precision,
    capacity: usize,
    trades: VecDeque<Trade>,
}

impl Tape {
    /// An empty tape that keeps at most `capacity` trades.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            precision: Precision::default(),
            capacity: capacity.max(1),
            trades: VecDeque::new(),
        }
    }

    /// Takes a trade; the oldest leaves where the tape is full. A trade that is held already, or
    /// is older than all of a full tape, changes nothing. Returns whether it was taken.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a price does not fit at the finest precision seen.
    pub fn push(&mut self, trade: &Trade, precision: Precision) -> Result<bool, PrecisionOverflow> {
        let trade = self.fit(trade, precision)?;
        let after = self
            .trades
            .iter()
            .rposition(|held| held.key() <= trade.key());
        if after.is_some_and(|at| self.trades[at].key() == trade.key()) {
            return Ok(false);
        }
        let at = after.map_or(0, |index| index + 1);
        if self.trades.len() < self.capacity {
            self.trades.insert(at, trade);
        } else if at == 0 {
            return Ok(false);
        } else {
            self.trades.pop_front();
            self.trades.insert(at - 1, trade);
        }
        Ok(true)
    }

    fn fit(&mut self, trade: &Trade, given: Precision) -> Result<Trade, PrecisionOverflow> {
        let (from, to) = (self.precision, self.precision.widened(given));
        let fitted = trade
            .rescaled(given, to)
            .ok_or(PrecisionOverflow { from: given, to })?;
        if from != to {
            self.trades = self
                .trades
                .iter()
                .map(|held| held.rescaled(from, to))
                .collect::<Option<_>>()
                .ok_or(PrecisionOverflow { from, to })?;
            self.precision = to;
        }
        Ok(fitted)
    }

    /// Decimals of all trades held.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// All trades held, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Trade> + ExactSizeIterator {
        self.trades.iter()
    }

    /// The newest `count` trades, oldest of them first.
    pub fn newest(&self, count: usize) -> impl DoubleEndedIterator<Item = &Trade> {
        self.trades.range(self.trades.len().saturating_sub(count)..)
    }

    /// Number of trades held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.trades.len()
    }

    /// Whether no trade is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trades.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Price, Quantity, Side, TradeId, UnixNs};

    fn trade(id: u64, time: i64) -> Trade {
        Trade {
            id: TradeId(id),
            time: UnixNs(time),
            received: UnixNs(time),
            price: Price(5),
            quantity: Quantity(1),
            side: Side::Buy,
        }
    }

    #[test]
    fn keeps_the_newest_in_order() {
        let mut tape = Tape::new(3);
        for (id, time, taken) in [
            (1, 10, true),
            (3, 30, true),
            (2, 20, true),
            (2, 20, false),
            (4, 40, true),
            (1, 10, false),
        ] {
            let result = tape.push(&trade(id, time), Precision::default());
            assert_eq!(result, Ok(taken), "{id}");
        }
        let ids: Vec<u64> = tape.iter().map(|held| held.id.0).collect();
        assert_eq!(ids, [2, 3, 4]);
        let newest: Vec<u64> = tape.newest(2).map(|held| held.id.0).collect();
        assert_eq!(newest, [3, 4]);
    }

    #[test]
    fn widens_what_it_holds() {
        let mut tape = Tape::new(3);
        let fine = Precision {
            price: 2,
            quantity: 0,
        };
        tape.push(&trade(1, 10), Precision::default())
            .expect("fits");
        tape.push(&trade(2, 20), fine).expect("fits");
        tape.push(&trade(3, 30), Precision::default())
            .expect("fits");
        let prices: Vec<i64> = tape.iter().map(|held| held.price.0).collect();
        assert_eq!(prices, [500, 5, 500]);
        assert_eq!(tape.precision(), fine);
    }
}

//! What was traded at each price, split by the taker's side.
//!
//! It counts each trade once, also where a snapshot says trades again that were counted before,
//! and says what it cannot know: trades that happened while the line was away.

use std::collections::{BTreeMap, VecDeque};

use crate::chart::book::{Amount, group_price};
use crate::model::{Precision, Price, Side, Trade, TradeId, UnixNs};

/// Prices held at most; beyond that the farthest from the last price is forgotten.
const MOST_PRICES: usize = 20_000;
/// Counted trades that are recognised again. A snapshot has fewer.
const REMEMBERED: usize = 1_024;

/// What was traded in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traded {
    /// By takers who bought.
    pub bought: Amount,
    /// By takers who sold.
    pub sold: Amount,
}

/// Trades by price, since the first that was taken or since the last reset.
#[derive(Clone, Debug, Default)]
pub struct TradedAtPrice {
    prices: BTreeMap<i64, Traded>,
    /// Of all prices held. Kept in step: a panel reads it at every paint, and prices are many.
    total: Traded,
    precision: Precision,
    /// Oldest first.
    counted: VecDeque<TradeId>,
    since: Option<UnixNs>,
    is_incomplete: bool,
    forgotten: u64,
}

impl TradedAtPrice {
    /// Counts the trades of a snapshot that were not counted before.
    pub fn take_snapshot(&mut self, trades: &[Trade], precision: Precision) {
        let is_new = |trade: &&Trade| !self.counted.contains(&trade.id);
        let new: Vec<Trade> = trades.iter().filter(is_new).copied().collect();
        // Where nothing is known again there may have been more between.
        self.is_incomplete |=
            !self.counted.is_empty() && !new.is_empty() && new.len() == trades.len();
        self.take(&new, precision);
    }

    /// Counts trades that were not said before, in order of arrival.
    pub fn take(&mut self, trades: &[Trade], precision: Precision) {
        let finest = self.fit(precision);
        for trade in trades {
            let Some(fitted) = trade.rescaled(precision, finest) else {
                self.is_incomplete = true;
                continue;
            };
            self.count(&fitted);
        }
    }

    /// Rewrites what is held where a precision is finer; says at which it is held then.
    pub fn fit(&mut self, precision: Precision) -> Precision {
        let finest = self.precision.widened(precision);
        if finest != self.precision {
            self.widen(finest);
        }
        finest
    }

    fn count(&mut self, trade: &Trade) {
        let traded = self.prices.entry(trade.price.0).or_default();
        let amount = Amount::new(trade.price, trade.quantity);
        match trade.side {
            Side::Buy => {
                traded.bought += amount;
                self.total.bought += amount;
            }
            Side::Sell => {
                traded.sold += amount;
                self.total.sold += amount;
            }
        }
        self.since = Some(self.since.map_or(trade.time, |since| since.min(trade.time)));
        if self.counted.len() == REMEMBERED {
            self.counted.pop_front();
        }
        self.counted.push_back(trade.id);
        if self.prices.len() > MOST_PRICES {
            self.forget_farthest(trade.price);
        }
    }

    fn forget_farthest(&mut self, last: Price) {
        let lowest = self
            .prices
            .first_key_value()
            .map_or(last.0, |(price, _)| *price);
        let highest = self
            .prices
            .last_key_value()
            .map_or(last.0, |(price, _)| *price);
        let farthest = if last.0.abs_diff(lowest) > last.0.abs_diff(highest) {
            self.prices.pop_first()
        } else {
            self.prices.pop_last()
        };
        if let Some((_, traded)) = farthest {
            self.total.bought -= traded.bought;
            self.total.sold -= traded.sold;
        }
        self.forgotten += 1;
    }

    /// Rewrites what is held at finer digits; what does not fit them is no longer known.
    fn widen(&mut self, to: Precision) {
        let from = std::mem::replace(&mut self.precision, to);
        let fitted = |amount: Amount| {
            Some(Amount {
                quantity: amount.quantity.rescaled(from.quantity, to.quantity)?,
                notional: amount.notional.rescaled(from.notional(), to.notional())?,
            })
        };
        let held = std::mem::take(&mut self.prices);
        let count = held.len();
        self.prices
            .extend(held.into_iter().filter_map(|(price, traded)| {
                let price = Price(price).rescaled(from.price, to.price)?;
                let (bought, sold) = (fitted(traded.bought)?, fitted(traded.sold)?);
                Some((price.0, Traded { bought, sold }))
            }));
        self.is_incomplete |= self.prices.len() < count;
        // What did not fit is gone from it, too.
        self.total = sum(self.prices.values());
    }

    /// Counts from nothing again. Trades counted before stay known, so that no snapshot brings
    /// them back.
    pub fn reset(&mut self) {
        self.prices.clear();
        self.total = Traded::default();
        self.since = None;
        self.is_incomplete = false;
        self.forgotten = 0;
    }

    /// Fills `out` with the rows from number `top` down, when prices are joined at `step` counts.
    pub fn rows(&self, step: i64, top: i64, out: &mut [Traded]) {
        out.fill(Traded::default());
        let step = step.max(1);
        let bottom = top.saturating_sub(out.len() as i64 - 1);
        // A step more on both sides: what was bought is rounded up, what was sold down.
        let low = bottom.saturating_sub(1).saturating_mul(step);
        let high = top.saturating_add(1).saturating_mul(step);
        if out.is_empty() || low > high {
            return;
        }
        for (price, traded) in self.prices.range(low..=high) {
            for (side, amount) in [(Side::Sell, traded.bought), (Side::Buy, traded.sold)] {
                let number = group_price(side, Price(*price), step).0 / step;
                let row = usize::try_from(top.saturating_sub(number)).ok();
                if let Some(row) = row.and_then(|row| out.get_mut(row)) {
                    match side {
                        Side::Sell => row.bought += amount,
                        Side::Buy => row.sold += amount,
                    }
                }
            }
        }
    }

    /// Digits of what is held.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Time of the oldest trade counted.
    #[must_use]
    pub fn since(&self) -> Option<UnixNs> {
        self.since
    }

    /// Whether trades since then may be missing.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.is_incomplete || self.forgotten > 0
    }

    /// Both sides over all prices held.
    #[must_use]
    pub fn total(&self) -> Traded {
        self.total
    }
}

fn sum<'a>(rows: impl Iterator<Item = &'a Traded>) -> Traded {
    let mut total = Traded::default();
    for traded in rows {
        total.bought += traded.bought;
        total.sold += traded.sold;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Quantity, Volume};
    use proptest::prelude::*;

    fn trade(id: u64, price: i64, quantity: i64, side: Side) -> Trade {
        Trade {
            id: TradeId(id),
            time: UnixNs(id as i64),
            received: UnixNs(id as i64),
            price: Price(price),
            quantity: Quantity(quantity),
            side,
        }
    }

    fn bought(traded: &TradedAtPrice) -> i128 {
        traded.total().bought.quantity.0
    }

    #[test]
    fn a_snapshot_counts_only_what_is_new() {
        let trades: Vec<_> = (0..10).map(|id| trade(id, 100, 1, Side::Buy)).collect();
        let mut traded = TradedAtPrice::default();
        traded.take_snapshot(&trades[..5], Precision::default());
        traded.take(&trades[5..7], Precision::default());
        traded.take_snapshot(&trades[4..9], Precision::default());
        assert_eq!((bought(&traded), traded.is_incomplete()), (9, false));
        traded.take_snapshot(&trades[9..], Precision::default());
        assert!(traded.is_incomplete(), "nothing of it was known");
        traded.reset();
        traded.take_snapshot(&trades, Precision::default());
        assert_eq!((bought(&traded), traded.since()), (0, None));
    }

    #[test]
    fn finer_digits_rewrite_what_is_held() {
        let mut traded = TradedAtPrice::default();
        traded.take(&[trade(1, 5, 3, Side::Sell)], Precision::default());
        let finer = Precision {
            price: 2,
            quantity: 1,
        };
        traded.take(&[trade(2, 500, 7, Side::Sell)], finer);
        let sold = traded.total().sold;
        assert_eq!(
            (traded.prices.len(), sold.quantity, sold.notional.0),
            (1, Volume(37), 18_500)
        );
    }

    #[test]
    fn it_forgets_what_is_far_away_and_says_so() {
        let mut traded = TradedAtPrice::default();
        for at in 0..=MOST_PRICES as u64 {
            assert!(!traded.is_incomplete());
            traded.take(&[trade(at, at as i64, 1, Side::Buy)], Precision::default());
        }
        assert_eq!(
            traded.prices.first_key_value().map(|(price, _)| *price),
            Some(1)
        );
        assert!(traded.is_incomplete());
        assert_eq!(traded.total(), sum(traded.prices.values()));
    }

    proptest! {
        #[test]
        fn the_total_is_the_sum_of_the_prices(
            steps in prop::collection::vec(
                (0_u8..20, -500_i64..500, 0_i64..1_000, any::<bool>()),
                0..60,
            ),
        ) {
            let mut traded = TradedAtPrice::default();
            let mut precision = Precision::default();
            for (id, (step, price, quantity, is_buy)) in steps.into_iter().enumerate() {
                match step {
                    0 => traded.reset(),
                    1 if precision.price < 4 => precision.price += 1,
                    2 if precision.quantity < 4 => precision.quantity += 1,
                    // Prices near the end of numbers do not fit finer digits, and are lost.
                    3 => traded.take(
                        &[trade(id as u64, i64::MAX / 5 + price, 1, Side::Buy)],
                        precision,
                    ),
                    4 => traded.forget_farthest(Price(price)),
                    _ => {}
                }
                let side = if is_buy { Side::Buy } else { Side::Sell };
                traded.take(&[trade(id as u64, price, quantity, side)], precision);
                prop_assert_eq!(traded.total(), sum(traded.prices.values()));
            }
        }

        #[test]
        fn rows_hold_every_trade_in_view_once(
            trades in prop::collection::vec((900_i64..1_100, 1_i64..50, any::<bool>()), 0..200),
            step in 1_i64..30,
        ) {
            let mut traded = TradedAtPrice::default();
            let mut expected = std::collections::HashMap::<(i64, Side), i128>::new();
            for (id, (price, quantity, is_buy)) in trades.into_iter().enumerate() {
                let side = if is_buy { Side::Buy } else { Side::Sell };
                traded.take(&[trade(id as u64, price, quantity, side)], Precision::default());
                let number = group_price(side.opposite(), Price(price), step).0 / step;
                *expected.entry((number, side)).or_default() += i128::from(quantity);
            }
            let top = 1_050 / step;
            let mut rows = vec![Traded::default(); 20];
            traded.rows(step, top, &mut rows);
            for (at, row) in rows.iter().enumerate() {
                let number = top - at as i64;
                for (side, amount) in [(Side::Buy, row.bought), (Side::Sell, row.sold)] {
                    let wanted = expected.get(&(number, side)).copied().unwrap_or_default();
                    prop_assert_eq!(amount.quantity.0, wanted);
                }
            }
        }
    }
}

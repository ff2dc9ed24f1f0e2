//! Who was taking over the last minutes: exact sums over a moving window of trades.

use std::collections::VecDeque;

use crate::model::{Notional, Price, Quantity, Side, UnixNs, Volume};

const NS_PER_S: i64 = 1_000_000_000;

/// Sums over a window, at the decimals they were added with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowSums {
    /// Takers bought so much, base units.
    pub buys: Volume,
    /// Takers sold so much, base units.
    pub sells: Volume,
    /// What buys cost, quote currency, each trade at its own price.
    pub paid: Notional,
    /// What sells brought, quote currency, each trade at its own price.
    pub received: Notional,
    /// Number of trades.
    pub trades: u64,
}

impl FlowSums {
    /// Buys less sells: the cumulative volume delta over the window, base units.
    #[must_use]
    pub fn delta(&self) -> i128 {
        self.buys.0 - self.sells.0
    }

    /// The same in quote currency.
    #[must_use]
    pub fn quote_delta(&self) -> i128 {
        self.paid.0 - self.received.0
    }

    /// Share of buys in the volume, 0 to 1; `None` where nothing was traded.
    #[must_use]
    pub fn buy_ratio(&self) -> Option<f64> {
        let volume = self.buys.0 + self.sells.0;
        (volume > 0).then(|| self.buys.0 as f64 / volume as f64)
    }

    fn add(&mut self, other: &Self) {
        self.buys += other.buys;
        self.sells += other.sells;
        self.paid += other.paid;
        self.received += other.received;
        self.trades += other.trades;
    }
}

/// Trades by the second of their exchange time, in any order, as far back as is asked for.
#[derive(Clone, Debug)]
pub struct TradeFlow {
    /// Seconds kept.
    longest_s: i64,
    /// Ascending by second.
    seconds: VecDeque<(i64, FlowSums)>,
}

impl TradeFlow {
    /// Nothing yet; seconds older than `longest_s` before the newest are forgotten.
    #[must_use]
    pub fn new(longest_s: i64) -> Self {
        Self {
            longest_s: longest_s.max(1),
            seconds: VecDeque::new(),
        }
    }

    /// Adds a trade. Each must be added once.
    pub fn add(&mut self, time: UnixNs, side: Side, price: Price, quantity: Quantity) {
        let second = time.0.div_euclid(NS_PER_S);
        let newest = self.seconds.back().map_or(second, |(last, _)| *last);
        if second <= newest - self.longest_s {
            return;
        }
        let at = self.seconds.partition_point(|(held, _)| *held < second);
        if self.seconds.get(at).is_none_or(|(held, _)| *held != second) {
            self.seconds.insert(at, (second, FlowSums::default()));
        }
        let (_, sums) = &mut self.seconds[at];
        sums.trades += 1;
        match side {
            Side::Buy => {
                sums.buys += quantity.into();
                sums.paid += price.notional(quantity);
            }
            Side::Sell => {
                sums.sells += quantity.into();
                sums.received += price.notional(quantity);
            }
        }
        let newest = newest.max(second);
        while self
            .seconds
            .front()
            .is_some_and(|(held, _)| *held <= newest - self.longest_s)
        {
            self.seconds.pop_front();
        }
    }

    /// Sums over the `length_s` seconds that end with the one `now` lies in.
    #[must_use]
    pub fn sums(&self, now: UnixNs, length_s: i64) -> FlowSums {
        let last = now.0.div_euclid(NS_PER_S);
        let mut sums = FlowSums::default();
        let newest_first = self.seconds.iter().rev();
        for (_, second) in newest_first
            .skip_while(|(second, _)| *second > last)
            .take_while(|(second, _)| *second > last - length_s)
        {
            sums.add(second);
        }
        sums
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.seconds.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_ends_with_its_second() {
        let mut flow = TradeFlow::new(60);
        let second = |s: i64| UnixNs(s * NS_PER_S + 7);
        for (at, side, quantity) in [
            (100, Side::Buy, 5),
            (130, Side::Sell, 2),
            (101, Side::Buy, 1),
            (159, Side::Buy, 4),
            (40, Side::Buy, 1_000),
        ] {
            flow.add(second(at), side, Price(10), Quantity(quantity));
        }
        for (now, length, trades, delta) in [
            (159, 60, 4, 8),
            (160, 60, 3, 3),
            (159, 1, 1, 4),
            (158, 30, 1, -2),
            (300, 60, 0, 0),
        ] {
            let sums = flow.sums(second(now), length);
            assert_eq!(
                (sums.trades, sums.delta()),
                (trades, delta),
                "{length} s to {now}"
            );
        }
        assert_eq!(flow.sums(second(300), 60).buy_ratio(), None);
        assert_eq!(flow.sums(second(130), 60).buy_ratio(), Some(0.75));
    }

    #[test]
    fn the_delta_in_quote_currency_has_each_trade_at_its_own_price() {
        let mut flow = TradeFlow::new(60);
        flow.add(UnixNs(0), Side::Buy, Price(100), Quantity(5));
        flow.add(UnixNs(0), Side::Sell, Price(300), Quantity(2));
        let sums = flow.sums(UnixNs(0), 60);
        assert_eq!((sums.delta(), sums.quote_delta()), (3, -100));
    }

    proptest! {
        #[test]
        fn sums_are_those_of_the_trades(
            trades in prop::collection::vec(
                (0..100_i64, any::<bool>(), 0..i64::from(i32::MAX), 0..i64::MAX),
                0..60,
            ),
            length in 1..40_i64,
        ) {
            let mut flow = TradeFlow::new(40);
            let mut expected = FlowSums::default();
            let newest = trades.iter().map(|trade| trade.0).max().unwrap_or_default();
            for (second, buys, price, quantity) in trades {
                let side = if buys { Side::Buy } else { Side::Sell };
                flow.add(UnixNs(second * NS_PER_S), side, Price(price), Quantity(quantity));
                if second > newest - length {
                    expected.trades += 1;
                    let value = i128::from(price) * i128::from(quantity);
                    match side {
                        Side::Buy => {
                            expected.buys.0 += i128::from(quantity);
                            expected.paid.0 += value;
                        }
                        Side::Sell => {
                            expected.sells.0 += i128::from(quantity);
                            expected.received.0 += value;
                        }
                    }
                }
            }
            prop_assert_eq!(flow.sums(UnixNs(newest * NS_PER_S), length), expected);
        }
    }
}

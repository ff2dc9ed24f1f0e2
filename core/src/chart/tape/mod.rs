//! Rows of a tape panel, and which of its trades are large.

use std::collections::VecDeque;

use crate::model::{Precision, Quantity, Side, Trade, UnixMs};

use super::format;

/// Trades that the percentile looks back on.
const WINDOW: usize = 1_000;
/// Trades needed before any is called large.
const LEAST: usize = 100;
/// A trade is large from this percentile of the window's sizes.
const LARGE_PERCENTILE: f64 = 0.98;
/// The threshold is looked for anew after so many trades.
const EVERY: usize = 50;

/// Marks trades whose size stands out among the latest thousand.
#[derive(Clone, Debug, Default)]
pub struct LargeTrades {
    sizes: VecDeque<i64>,
    threshold: Option<i64>,
    since: usize,
}

impl LargeTrades {
    /// Takes the next trade in and says whether it is large, measured against those before it.
    pub fn observe(&mut self, quantity: Quantity) -> bool {
        let large = self.threshold.is_some_and(|least| quantity.0 >= least);
        if self.sizes.len() == WINDOW {
            self.sizes.pop_front();
        }
        self.sizes.push_back(quantity.0);
        self.since += 1;
        if self.since >= EVERY && self.sizes.len() >= LEAST {
            self.since = 0;
            let mut sizes: Vec<i64> = self.sizes.iter().copied().collect();
            let at = ((sizes.len() - 1) as f64 * LARGE_PERCENTILE) as usize;
            let (_, threshold, _) = sizes.select_nth_unstable(at);
            // Where most trades have one size, that size is not large.
            self.threshold = Some(*threshold + 1);
        }
        large
    }
}

/// One row, its texts ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TapeRow {
    /// Time of day in the shown zone.
    pub time: String,
    /// All decimals.
    pub price: String,
    /// Rounded to the shown decimals.
    pub size: String,
    /// Price × quantity, compact.
    pub value: String,
    /// The taker's side.
    pub side: Side,
    /// Whether the size stands out.
    pub large: bool,
}

/// The newest trades, newest first, as they come from `trades` with their marks. `size_decimals`
/// are shown at most; `offset_ms` is the shown zone's lead over UTC.
pub fn tape_rows<'a>(
    trades: impl IntoIterator<Item = (&'a Trade, bool)>,
    precision: Precision,
    size_decimals: u8,
    offset_ms: &dyn Fn(UnixMs) -> i64,
) -> Vec<TapeRow> {
    trades
        .into_iter()
        .map(|(trade, large)| {
            let time = trade.time.to_ms();
            let notional = trade.price.notional(trade.quantity);
            TapeRow {
                time: format::clock(UnixMs(time.0 + offset_ms(time))),
                price: format::price(trade.price, precision.price),
                size: format::size(trade.quantity.0.into(), precision.quantity, size_decimals),
                value: format::compact(notional.to_f64(precision.notional())),
                side: trade.side,
                large,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Price, TradeId, UnixNs};

    #[test]
    fn only_what_stands_out_is_large() {
        let mut large = LargeTrades::default();
        for at in 0..1_500 {
            assert!(
                !large.observe(Quantity(100)),
                "trade {at} is like the others"
            );
        }
        assert!(large.observe(Quantity(5_000)));
        assert!(!large.observe(Quantity(100)));
        let mut young = LargeTrades::default();
        assert!(
            !young.observe(Quantity(i64::MAX)),
            "nothing to compare with yet"
        );
    }

    #[test]
    fn rows_are_ready_to_print() {
        let time = UnixNs::parse_rfc3339("2026-11-23T13:57:40.5Z").expect("a time");
        let trade = Trade {
            id: TradeId(1),
            time,
            received: time,
            price: Price(6_421_345),
            quantity: Quantity(481_200_000),
            side: Side::Buy,
        };
        let rows = tape_rows(
            [(&trade, true)],
            Precision {
                price: 2,
                quantity: 8,
            },
            4,
            &|_| 3_600_000,
        );
        assert_eq!(
            rows,
            [TapeRow {
                time: "14:57:40".into(),
                price: "64,213.45".into(),
                size: "4.8120".into(),
                value: "309.0k".into(),
                side: Side::Buy,
                large: true,
            }]
        );
    }
}

//! Bars of the simulated market: those that were played live, and folding minutes into wider
//! ones. It knows neither walks nor venues.

use std::collections::VecDeque;

use tradesuite_core::model::Trade;

use super::walk::MINUTE_NS;

/// Minutes of played bars that are kept: three days.
const KEPT_MINUTES: usize = 3 * 1_440;

/// One bar. Prices and volume are counts of the instrument's last decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Minutes since 1970 at its opening.
    pub minute: i64,
    /// First price.
    pub open: i64,
    /// Highest price.
    pub high: i64,
    /// Lowest price.
    pub low: i64,
    /// Last price.
    pub close: i64,
    /// Base units traded.
    pub volume: i64,
    /// Trades.
    pub trades: i64,
}

impl Bar {
    /// Takes a later bar in.
    fn absorb(&mut self, later: &Self) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
        self.volume += later.volume;
        self.trades += later.trades;
    }
}

/// Folds ascending minutes into bars of `width` minutes, aligned in UTC.
pub fn fold(minutes: impl IntoIterator<Item = Bar>, width: i64) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for mut bar in minutes {
        let open = bar.minute.div_euclid(width) * width;
        match bars.last_mut() {
            Some(last) if last.minute == open => last.absorb(&bar),
            _ => {
                bar.minute = open;
                bars.push(bar);
            }
        }
    }
    bars
}

/// The newest minutes as they were traded.
#[derive(Clone, Debug, Default)]
pub struct PlayedBars(VecDeque<Bar>);

impl PlayedBars {
    /// Takes a trade in. Trades come in the order of time.
    pub fn push(&mut self, trade: &Trade) {
        let (price, quantity) = (trade.price.0, trade.quantity.0);
        let bar = Bar {
            minute: trade.time.0.div_euclid(MINUTE_NS),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: quantity,
            trades: 1,
        };
        match self.0.back_mut() {
            Some(last) if last.minute == bar.minute => last.absorb(&bar),
            _ => {
                if self.0.len() == KEPT_MINUTES {
                    self.0.pop_front();
                }
                self.0.push_back(bar);
            }
        }
    }

    /// Bars from one minute up to another, ascending.
    pub fn between(&self, from_minute: i64, to_minute: i64) -> impl Iterator<Item = Bar> + '_ {
        let from = self.0.partition_point(|bar| bar.minute < from_minute);
        self.0
            .iter()
            .skip(from)
            .take_while(move |bar| bar.minute < to_minute)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Price, Quantity, Side, TradeId, UnixNs};

    fn trade(minute: i64, price: i64, quantity: i64) -> Trade {
        let time = UnixNs(minute * MINUTE_NS + 5);
        Trade {
            id: TradeId(1),
            time,
            received: time,
            price: Price(price),
            quantity: Quantity(quantity),
            side: Side::Buy,
        }
    }

    #[test]
    fn minutes_are_built_from_trades_and_fold() {
        let mut played = PlayedBars::default();
        for (minute, price, quantity) in [
            (58, 10, 1),
            (58, 14, 2),
            (59, 8, 3),
            (60, 9, 4),
            (62, 11, 5),
        ] {
            played.push(&trade(minute, price, quantity));
        }
        let hours = fold(played.between(0, 1_000), 60);
        let bar = |minute, open, high, low, close, volume, trades| Bar {
            minute,
            open,
            high,
            low,
            close,
            volume,
            trades,
        };
        assert_eq!(
            hours,
            [bar(0, 10, 14, 8, 8, 6, 3), bar(60, 9, 11, 9, 11, 9, 2)]
        );
        assert_eq!(played.between(59, 61).count(), 2);
    }

    #[test]
    fn memory_is_bounded() {
        let mut played = PlayedBars::default();
        for minute in 0..KEPT_MINUTES as i64 + 10 {
            played.push(&trade(minute, 1, 1));
        }
        assert_eq!(played.between(0, i64::MAX).count(), KEPT_MINUTES);
    }
}

//! One bar as it is being built: the candle, and which trades opened and closed it so far.

use serde::{Deserialize, Serialize};

use crate::model::{Candle, Origin, Precision, Side, Trade, TradeId, UnixMs, UnixNs, Volume};

/// What orders trades, whatever order they arrive in: exchange time, then id.
pub type TradeKey = (UnixNs, TradeId);

/// A bar that can take further trades in any order. Kept with the stored bar, it lets a builder go
/// on after a restart as if nothing had happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBar {
    /// The figures so far.
    pub candle: Candle,
    /// The trade whose price is the open.
    pub first: TradeKey,
    /// The trade whose price is the close.
    pub last: TradeKey,
}

impl OpenBar {
    /// The bar that one trade opens.
    #[must_use]
    pub fn from_trade(time: UnixMs, trade: &Trade) -> Self {
        Self {
            candle: Candle::from_trade(time, trade),
            first: trade.key(),
            last: trade.key(),
        }
    }

    /// A stored bar of which only the candle was kept: its open stands, and every further trade
    /// counts as later than those already in it.
    #[must_use]
    pub fn from_candle(candle: Candle) -> Self {
        let key = (candle.time.to_ns(), TradeId(0));
        Self {
            candle,
            first: key,
            last: key,
        }
    }

    /// Adds a trade of this bar's bucket at this bar's precision. Figures that the venue's history
    /// lacked stay unknown.
    pub fn add(&mut self, trade: &Trade) {
        let key = trade.key();
        let candle = &mut self.candle;
        if key < self.first {
            self.first = key;
            candle.open = trade.price;
        }
        if key >= self.last {
            self.last = key;
            candle.close = trade.price;
        }
        candle.high = candle.high.max(trade.price);
        candle.low = candle.low.min(trade.price);
        let volume = Volume::from(trade.quantity);
        candle.volume += volume;
        if let (Some(buys), Side::Buy) = (&mut candle.buy_volume, trade.side) {
            *buys += volume;
        }
        if let Some(quote) = &mut candle.quote_volume {
            *quote += trade.price.notional(trade.quantity);
        }
        if let Some(count) = &mut candle.trades {
            *count += 1;
        }
        if candle.origin == Origin::Venue {
            candle.origin = Origin::Both;
        }
    }

    /// The same bar at another precision; `None` where it does not fit or would lose digits.
    #[must_use]
    pub fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Some(Self {
            candle: self.candle.rescaled(from, to)?,
            ..self
        })
    }
}

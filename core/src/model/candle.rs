//! A bar: what traded within one bucket of a timeframe.

use serde::{Deserialize, Serialize};

use super::number::{Notional, Precision, Price, Volume};
use super::time::UnixMs;
use super::trade::{Side, Trade};

/// Where a bar's figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Built from trades that this server holds.
    Trades,
    /// The venue's own history.
    Venue,
    /// Folded from bars of both origins, a venue bar continued by own trades, or a bar of either
    /// of which a part is not known, such as the hour in which an imported file begins. Better
    /// bars take its place, and a venue's history is asked for it.
    Both,
}

impl Origin {
    /// `trades`, `venue` or `both`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trades => "trades",
            Self::Venue => "venue",
            Self::Both => "both",
        }
    }
}

/// One bar. Prices at the instrument's price decimals, volumes at its quantity decimals, quote
/// volume at the sum of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// Opening time of the bucket, UTC.
    pub time: UnixMs,
    /// First price, by exchange time, then trade id.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price, by exchange time, then trade id.
    pub close: Price,
    /// Base units traded.
    pub volume: Volume,
    /// Base units that takers bought; `None` where the venue's history lacks it.
    pub buy_volume: Option<Volume>,
    /// Sum of price × quantity; `None` where the venue's history lacks it.
    pub quote_volume: Option<Notional>,
    /// Number of trades; `None` where the venue's history lacks it.
    pub trades: Option<u64>,
    /// Whether the bucket is over.
    pub closed: bool,
    /// Rises when a late trade changes a bar that was closed already.
    pub revision: u32,
    /// Where the figures come from.
    pub origin: Origin,
}

impl Candle {
    /// The bar that one trade opens.
    #[must_use]
    pub fn from_trade(time: UnixMs, trade: &Trade) -> Self {
        let volume = Volume::from(trade.quantity);
        Self {
            time,
            open: trade.price,
            high: trade.price,
            low: trade.price,
            close: trade.price,
            volume,
            buy_volume: Some(match trade.side {
                Side::Buy => volume,
                Side::Sell => Volume::ZERO,
            }),
            quote_volume: Some(trade.price.notional(trade.quantity)),
            trades: Some(1),
            closed: false,
            revision: 0,
            origin: Origin::Trades,
        }
    }

    /// Taker buys less taker sells, base units; `None` where the buy volume is unknown.
    #[must_use]
    pub fn delta(&self) -> Option<i128> {
        self.buy_volume.map(|buys| 2 * buys.0 - self.volume.0)
    }

    /// The same bar at another precision; `None` where it does not fit or would lose digits.
    #[must_use]
    pub fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        let price = |value: Price| value.rescaled(from.price, to.price);
        let volume = |value: Volume| value.rescaled(from.quantity, to.quantity);
        Some(Self {
            open: price(self.open)?,
            high: price(self.high)?,
            low: price(self.low)?,
            close: price(self.close)?,
            volume: volume(self.volume)?,
            buy_volume: match self.buy_volume {
                Some(buys) => Some(volume(buys)?),
                None => None,
            },
            quote_volume: match self.quote_volume {
                Some(quote) => Some(quote.rescaled(from.notional(), to.notional())?),
                None => None,
            },
            ..self
        })
    }
}

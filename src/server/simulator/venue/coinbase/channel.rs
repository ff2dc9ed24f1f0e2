//! The channels of the market data feed: their names in requests and in messages.

/// A channel that can be subscribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The whole book and its changes.
    Level2,
    /// Executions.
    MarketTrades,
    /// Last price, best quotes, the day's figures.
    Ticker,
    /// A sign of life every second; of no product.
    Heartbeats,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [
        Self::Level2,
        Self::MarketTrades,
        Self::Ticker,
        Self::Heartbeats,
    ];

    /// Its name in requests and in `subscriptions`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level2 => "level2",
            Self::MarketTrades => "market_trades",
            Self::Ticker => "ticker",
            Self::Heartbeats => "heartbeats",
        }
    }

    /// Its name in messages.
    pub fn message_name(self) -> &'static str {
        match self {
            Self::Level2 => "l2_data",
            other => other.name(),
        }
    }

    /// The channel of a request.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

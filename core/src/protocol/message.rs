//! A market message: typed, not yet bytes.

use crate::model::{BookLevel, Candle, Precision, ServerStatus, Ticker, Trade, UnixNs};

use super::topic::Topic;

/// One message of one topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What it is about.
    pub topic: Topic,
    /// Its number within the topic: one more than the message before, for every listener.
    pub seq: u64,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The whole state; it replaces what was held.
    Snapshot(Data),
    /// What changed.
    Update(Data),
    /// What was shown is no longer known to be true, until the next snapshot.
    Stale {
        /// Why, in one clear sentence.
        reason: String,
    },
}

impl Body {
    /// `snapshot`, `update` or `stale`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Snapshot(_) => "snapshot",
            Self::Update(_) => "update",
            Self::Stale { .. } => "stale",
        }
    }
}

/// The payload; its variant follows from the topic.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Of `candles/…`.
    Candles(CandleData),
    /// Of `trades/…`.
    Trades(TradeData),
    /// Of `book/…`.
    Book(BookData),
    /// Of `ticker/…`.
    Ticker(TickerData),
    /// Of `status`.
    Status(Box<ServerStatus>),
}

/// Bars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CandleData {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending by opening time.
    pub candles: Vec<Candle>,
}

/// Trades.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TradeData {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// In order of arrival.
    pub trades: Vec<Trade>,
}

/// Levels: the best of both sides in a snapshot, the changed ones in an update.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookData {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Exchange time of the last change.
    pub time: UnixNs,
    /// Number of changes applied since this server knows the book.
    pub sequence: u64,
    /// Highest price first in a snapshot. Quantity 0 deletes, in an update.
    pub bids: Vec<BookLevel>,
    /// Lowest price first in a snapshot. Quantity 0 deletes, in an update.
    pub asks: Vec<BookLevel>,
}

/// The day's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickerData {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// The figures.
    pub ticker: Ticker,
}

//! What the page lists and loads: rows and stretches that travel as a whole.

use serde::{Deserialize, Serialize};

use super::candle::Candle;
use super::gap::Gap;
use super::instrument::InstrumentId;
use super::number::Precision;
use super::time::UnixMs;
use super::trade::Trade;

/// One row of an instrument list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentRow {
    /// Id.
    pub id: InstrumentId,
    /// The venue's name as people read it.
    pub exchange: String,
}

/// A stretch of a chart's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandlePage {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// The instrument's price step, counts of 10^−`precision.price`, at least 1.
    pub tick: i64,
    /// Ascending by opening time.
    pub candles: Vec<Candle>,
    /// Before which time older bars are to be asked for; `None` where there are none. Between it
    /// and the first bar given there are none either.
    pub older: Option<UnixMs>,
    /// In one sentence, why bars are missing that should be there.
    pub notice: Option<String>,
}

/// A stretch of a tape's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradePage {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending by exchange time, then id.
    pub trades: Vec<Trade>,
    /// What to ask for older ones with; `None` where there are none.
    pub older: Option<TradesBefore>,
}

/// The newest entries of the gap ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapLedger {
    /// The newest first.
    pub gaps: Vec<Gap>,
    /// How many more there are of what was asked for.
    pub more: u64,
    /// Instruments that have an entry at all, each once.
    pub instruments: Vec<InstrumentId>,
}

/// A place in a tape's history: many trades may share a millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradesBefore {
    /// Trades up to the end of this millisecond are meant,
    pub through: UnixMs,
    /// without so many of the newest that lie in it.
    pub skip: u32,
}

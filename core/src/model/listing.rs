//! What the page lists and loads: rows and stretches that travel as a whole.

use serde::{Deserialize, Serialize};

use super::candle::Candle;
use super::instrument::InstrumentId;
use super::number::Precision;

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
    /// Whether there may be older bars.
    pub more: bool,
    /// In one sentence, why bars are missing that should be there.
    pub notice: Option<String>,
}

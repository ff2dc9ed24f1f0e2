//! What is known to be missing.

use serde::{Deserialize, Serialize};

use super::instrument::InstrumentId;
use super::time::UnixMs;

/// What a gap lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GapKind {
    /// Trades.
    Trades,
    /// Changes of the order book.
    Book,
}

/// An interval of one instrument's data that is known to be incomplete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Whose data.
    pub instrument: InstrumentId,
    /// Which data.
    pub kind: GapKind,
    /// Last moment known to be complete.
    pub start: UnixMs,
    /// First moment known to be complete again; `None` while it lasts.
    pub end: Option<UnixMs>,
    /// In one clear sentence, why.
    pub reason: String,
    /// Whether the missing part was fetched afterwards.
    pub filled: bool,
}

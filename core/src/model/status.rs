//! How the server and its connections are doing, as the status bar and `GET status` say it.

use serde::{Deserialize, Serialize};

use super::UnixMs;

/// What a data directory holds. Chosen when it is made, never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Real venues.
    Live,
    /// The simulated market.
    Demo,
    /// Recorded frames.
    Replay,
}

impl Mode {
    /// `live`, `demo` or `replay`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Demo => "demo",
            Self::Replay => "replay",
        }
    }
}

/// What a connection to a venue is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionState {
    /// Opening the line or subscribing.
    Connecting,
    /// Data flows.
    Live,
    /// The line is open, but data is older than it should be.
    Stale,
    /// Waiting before the next try.
    Waiting,
    /// The venue refuses this machine's location or address (403, 451).
    Blocked,
}

/// One connection to a venue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionStatus {
    /// The venue's id.
    pub exchange: String,
    /// What it is doing.
    pub state: ConnectionState,
    /// Messages a second, over the last few seconds.
    pub messages_per_s: f64,
    /// Time since the last message, milliseconds; `None` before the first.
    pub age_ms: Option<i64>,
    /// Sequence holes and trade-id jumps since the start.
    pub gaps: u64,
    /// Books asked for again since the start.
    pub resyncs: u64,
    /// Book checksums that did not match since the start.
    pub checksum_failures: u64,
    /// Times the line was opened again since the start.
    pub reconnects: u64,
    /// The last thing that went wrong, in one sentence that names the venue.
    pub last_error: Option<String>,
    /// When the next try is due, Unix milliseconds, while waiting.
    pub retry_at: Option<i64>,
}

/// Whether the store takes what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreState {
    /// Keeps up.
    Ok,
    /// Works, but the journal behind it grows.
    Behind,
    /// Does not take writes.
    Failed,
}

/// The market store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatus {
    /// `sqlite` or `influxdb`.
    pub kind: String,
    /// Whether it takes what it is given.
    pub state: StoreState,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// In one sentence, what is wrong. Where the state is [`StoreState::Ok`], what arrives is kept,
    /// but something that was kept is held no longer.
    #[serde(default)]
    pub problem: Option<String>,
    /// What takes it, by kind; empty for a store that does not say.
    #[serde(default)]
    pub kinds: Vec<KindStatus>,
}

/// One kind of data in the market store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindStatus {
    /// `trades`, `book` or `candles`.
    pub kind: String,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// Mean size of the last days that are over, bytes; of candles about what the last such day
    /// added. `None` where there is none yet.
    pub bytes_per_day: Option<u64>,
    /// Days for which it is kept; `None` for ever. Of candles this is about those of a minute and
    /// wider: those of one second go with the trades of their day.
    pub keep_days: Option<u32>,
    /// When the next day of it is to be deleted, by age or, as far as can be told, by size; `None`
    /// where nothing is.
    pub next_deletion: Option<UnixMs>,
}

/// The whole server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerStatus {
    /// The program's version.
    pub version: String,
    /// What the data directory holds.
    pub mode: Mode,
    /// Time since the start, seconds.
    pub uptime_s: u64,
    /// Resident memory of the process, bytes; 0 where the system does not say.
    pub memory_bytes: u64,
    /// The market store.
    pub store: StoreStatus,
    /// One entry a connection.
    pub connections: Vec<ConnectionStatus>,
    /// Frames and values that did not parse, fit or verify since the start.
    pub rejected: u64,
    /// What the settings ask for and cannot be collected, and that this machine's clock is far from
    /// the venues' times, in a sentence each.
    #[serde(default)]
    pub notices: Vec<String>,
}

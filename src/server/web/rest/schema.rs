//! How the rows look to a program that reads the description. They are written by
//! `tradesuite_core::protocol`, which knows nothing of descriptions; tests hold both together.

#[cfg(test)]
use serde_json::Value;
use utoipa::ToSchema;

/// A bar. Prices and volumes are exact; null where the venue's history lacks a figure.
#[derive(ToSchema)]
pub(super) struct Candle {
    /// Opening time, Unix milliseconds.
    #[schema(example = 1_795_442_220_000_i64)]
    pub time: i64,
    /// First price.
    #[schema(example = 64213.0)]
    pub open: f64,
    /// Highest price.
    #[schema(example = 64215.5)]
    pub high: f64,
    /// Lowest price.
    #[schema(example = 64210.0)]
    pub low: f64,
    /// Last price.
    #[schema(example = 64213.55)]
    pub close: f64,
    /// Base units traded.
    #[schema(example = 1.25)]
    pub volume: f64,
    /// Base units that takers bought.
    pub buy_volume: Option<f64>,
    /// Sum of price × quantity.
    pub quote_volume: Option<f64>,
    /// Number of trades.
    pub trades: Option<u64>,
    /// Whether the bucket is over.
    pub closed: bool,
    /// `trades` (built from own trades), `venue` (the venue's history) or `both`, which is also
    /// said of a bar of which a part is not known.
    #[schema(example = "trades")]
    pub origin: String,
}

/// A trade.
#[derive(ToSchema)]
pub(super) struct Trade {
    /// Exchange time, Unix milliseconds.
    pub time: i64,
    /// Exchange time, Unix microseconds.
    pub time_us: i64,
    /// When it reached this server, Unix microseconds.
    pub received_us: i64,
    /// The venue's number.
    pub id: u64,
    /// Quote currency per base unit.
    #[schema(example = 64213.55)]
    pub price: f64,
    /// Base units.
    #[schema(example = 0.015)]
    pub quantity: f64,
    /// The taker's: `buy` or `sell`.
    #[schema(example = "buy")]
    pub side: String,
}

/// The day's figures; null where unknown.
#[derive(ToSchema)]
pub(super) struct Ticker {
    /// Whose figures.
    #[schema(example = "coinbase:BTC-USD")]
    pub instrument: String,
    /// Exchange time of the newest figure, Unix milliseconds.
    pub time: i64,
    /// Last traded price.
    pub last: Option<f64>,
    /// Best bid price.
    pub bid: Option<f64>,
    /// Quantity at the best bid.
    pub bid_quantity: Option<f64>,
    /// Best ask price.
    pub ask: Option<f64>,
    /// Quantity at the best ask.
    pub ask_quantity: Option<f64>,
    /// Last price 24 hours ago.
    pub open_24h: Option<f64>,
    /// Highest price of the last 24 hours.
    pub high_24h: Option<f64>,
    /// Lowest price of the last 24 hours.
    pub low_24h: Option<f64>,
    /// Base units traded in the last 24 hours.
    pub volume_24h: Option<f64>,
    /// Last price less that of 24 hours ago.
    pub change_24h: Option<f64>,
    /// The same in percent, cut after four decimals.
    pub change_24h_percent: Option<f64>,
}

/// Data known to be missing.
#[derive(ToSchema)]
pub(super) struct Gap {
    /// Whose data.
    #[schema(example = "coinbase:BTC-USD")]
    pub instrument: String,
    /// `trades` or `book`.
    #[schema(example = "trades")]
    pub kind: String,
    /// Last moment known to be complete, Unix milliseconds.
    pub start: i64,
    /// First moment known to be complete again; null while it lasts.
    pub end: Option<i64>,
    /// Why, in one sentence.
    pub reason: String,
    /// Whether the missing part was fetched afterwards.
    pub filled: bool,
}

/// How the server is doing.
#[derive(ToSchema)]
pub(super) struct Status {
    /// The program's version.
    pub version: String,
    /// `live`, `demo` or `replay`.
    #[schema(example = "live")]
    pub mode: String,
    /// Time since the start, seconds.
    pub uptime_s: u64,
    /// Resident memory, bytes; 0 where the system does not say.
    pub memory_bytes: u64,
    /// The market store.
    pub store: Store,
    /// One entry a connection to a venue.
    pub connections: Vec<Connection>,
    /// Frames and values that did not parse, fit or verify since the start.
    pub rejected: u64,
    /// What the settings ask for and cannot be collected, and that this machine's clock is far from
    /// the venues' times, in a sentence each.
    pub notices: Vec<String>,
}

/// The market store.
#[derive(ToSchema)]
pub(super) struct Store {
    /// `sqlite` or `influxdb`.
    pub kind: String,
    /// `ok`, `behind` or `failed`.
    pub state: String,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// In one sentence, what is wrong; where the state is `ok`, which files were damaged and set
    /// aside. Else null.
    pub problem: Option<String>,
    /// What takes it, by kind.
    pub kinds: Vec<StoreKind>,
}

/// One kind of data in the market store.
#[derive(ToSchema)]
pub(super) struct StoreKind {
    /// `trades`, `book` or `candles`.
    pub kind: String,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// Mean size of the last days that are over, bytes; of candles about what the last such day
    /// added. Null where there is none yet.
    pub bytes_per_day: Option<u64>,
    /// Days for which it is kept; null for ever. Of candles this is about those of a minute and
    /// wider: those of one second go with the trades of their day.
    pub keep_days: Option<u32>,
    /// When the next day of it is deleted, Unix milliseconds; null where nothing is.
    pub next_deletion: Option<i64>,
}

/// A connection to a venue.
#[derive(ToSchema)]
pub(super) struct Connection {
    /// The venue's id.
    pub exchange: String,
    /// `connecting`, `live`, `stale`, `waiting` or `blocked`.
    #[schema(example = "live")]
    pub state: String,
    /// Messages a second, over the last few seconds.
    pub messages_per_s: f64,
    /// Time since the last message, milliseconds.
    pub age_ms: Option<i64>,
    /// Sequence holes and trade-id jumps since the start.
    pub gaps: u64,
    /// Books asked for again since the start.
    pub resyncs: u64,
    /// Book checksums that did not match since the start.
    pub checksum_failures: u64,
    /// Times the line was opened again since the start.
    pub reconnects: u64,
    /// The last thing that went wrong.
    pub last_error: Option<String>,
    /// When the next try is due, Unix milliseconds, while waiting.
    pub retry_at: Option<i64>,
}

/// Names of all fields that a description gives a schema, and those that a value has.
#[cfg(test)]
pub(in crate::server::web) fn fields(
    description: &Value,
    schema: &str,
    value: &Value,
) -> (Vec<String>, Vec<String>) {
    let names = |value: &Value| -> Vec<String> {
        let mut names: Vec<String> = value
            .as_object()
            .map(|map| map.keys().cloned().collect())
            .unwrap_or_default();
        names.sort();
        names
    };
    let properties = &description["components"]["schemas"][schema]["properties"];
    (names(properties), names(value))
}

//! Tables of the market store's files, how they are opened, and what SQLite's errors mean. What
//! happens to files of an older version stands in `upgrade`.
//!
//! `ANY` columns of STRICT tables keep a value as it was given: sums are INTEGER where 64 bits
//! hold them, else TEXT, and are never turned into floats.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, ToSql};
use tradesuite_core::model::InstrumentId;

use super::upgrade::{self, LOG_PAGES, Layout};
use crate::server::storage::StoreError;

/// Longest wait for another connection's lock.
const BUSY: Duration = Duration::from_secs(5);

/// Instruments of a file by number: a small integer in a million rows instead of a text.
const SERIES: &str = "CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,
    instrument TEXT NOT NULL UNIQUE
) STRICT;";

/// How far in the journal a file has everything.
const CONSUMER: &str = "CREATE TABLE IF NOT EXISTS consumer (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;";

/// `candles.db`. `price` × 10^−`price_decimals` is the value; sums alike.
pub(super) const CANDLES: Layout = Layout {
    tables: &[SERIES, CONSUMER, CANDLES_TABLES],
    steps: &[],
    log_pages: LOG_PAGES,
};
const CANDLES_TABLES: &str = "
CREATE TABLE IF NOT EXISTS candles (
    series INTEGER NOT NULL,
    timeframe TEXT NOT NULL,
    time INTEGER NOT NULL,
    price_decimals INTEGER NOT NULL,
    quantity_decimals INTEGER NOT NULL,
    open INTEGER NOT NULL,
    high INTEGER NOT NULL,
    low INTEGER NOT NULL,
    close INTEGER NOT NULL,
    volume ANY NOT NULL,
    buy_volume ANY,
    quote_volume ANY,
    trades INTEGER,
    closed INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (series, timeframe, time)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gaps (
    instrument TEXT NOT NULL,
    kind TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER,
    reason TEXT NOT NULL,
    filled INTEGER NOT NULL,
    PRIMARY KEY (instrument, kind, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS instruments (
    id TEXT PRIMARY KEY,
    description TEXT NOT NULL
) STRICT, WITHOUT ROWID;";

/// `trades/YYYY-MM-DD.db`. `time` and `received` are Unix nanoseconds.
///
/// Version 2 has `blocks`, for days that are over: the trades of one instrument from `start` to
/// `end` as compressed columns (module `block`), no two of an instrument overlapping in time. A
/// trade is either a row or in a block, never both.
pub(super) const TRADES: Layout = Layout {
    tables: &[SERIES, TRADES_TABLES],
    steps: &[""],
    log_pages: LOG_PAGES,
};
const TRADES_TABLES: &str = "
CREATE TABLE IF NOT EXISTS trades (
    series INTEGER NOT NULL,
    id INTEGER NOT NULL,
    time INTEGER NOT NULL,
    received INTEGER NOT NULL,
    price INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    price_decimals INTEGER NOT NULL,
    quantity_decimals INTEGER NOT NULL,
    side TEXT NOT NULL,
    PRIMARY KEY (series, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trades_by_time ON trades (series, time, id);
CREATE TABLE IF NOT EXISTS blocks (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    least_id INTEGER NOT NULL,
    greatest_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS blocks_by_time ON blocks (series, start, end);
CREATE INDEX IF NOT EXISTS blocks_by_id ON blocks (series, least_id, greatest_id);";

/// `book/YYYY-MM-DD.db`. `start` and `end` are the first and last exchange time in a row, Unix
/// nanoseconds; `snapshot` says that it begins with a whole book; `packed` how
/// `data` is written (modules `chunk` and `pack`). Version 2 knows rows packed as columns.
pub(super) const BOOK: Layout = Layout {
    tables: &[SERIES, CONSUMER, BOOK_TABLES],
    steps: &[""],
    // What is written at a time is small; a log of SQLite's own size would outweigh an hour of it.
    log_pages: 250,
};
const BOOK_TABLES: &str = "
CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    packed INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS history_by_series ON history (series, id);
CREATE INDEX IF NOT EXISTS snapshots ON history (series, start, id) WHERE snapshot = 1;
CREATE INDEX IF NOT EXISTS open_rows ON history (series, id) WHERE packed = 0;";

/// Pages that a writer keeps in memory. It adds at the ends of a few tables, so that more would only
/// fill with what is never read again.
const CACHE_KIB: u32 = 4_096;

/// Opens a file for writing, made or brought up where necessary.
pub(super) fn open_writer(path: &Path, layout: &Layout) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // Before anything is written: a newer file stays as it is.
    upgrade::refuse_newer(path, upgrade::version(&connection)?, layout.version())?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -{CACHE_KIB};
         PRAGMA wal_autocheckpoint = {};",
        layout.log_pages
    ))?;
    upgrade::bring_up(&connection, path, layout)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Opens a file for reading, of this version or an older one.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    let layouts = [&CANDLES, &TRADES, &BOOK];
    let newest = layouts.map(Layout::version).into_iter().max();
    upgrade::refuse_newer(path, upgrade::version(&connection)?, newest.unwrap_or(0))?;
    Ok(connection)
}

/// The number of an instrument in a file, `None` where the file has nothing of it.
pub(super) fn find_series(
    connection: &Connection,
    instrument: &InstrumentId,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM series WHERE instrument = ?1")?
        .query_row([instrument.as_str()], |row| row.get(0))
        .optional()
}

/// The number of an instrument in a file, given now where it has none.
pub(super) fn make_series(
    connection: &Connection,
    instrument: &InstrumentId,
) -> rusqlite::Result<i64> {
    if let Some(series) = find_series(connection, instrument)? {
        return Ok(series);
    }
    connection
        .prepare_cached("INSERT INTO series (instrument) VALUES (?1)")?
        .insert([instrument.as_str()])
}

/// Journal position up to which a file has everything.
pub(super) fn position(connection: &Connection) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT position FROM consumer WHERE name = 'store'")?
        .query_row([], |row| row.get::<_, i64>(0))
        .optional()
        .map(|position| position.map(|position| position as u64))
}

/// Sets the journal position up to which a file has everything.
pub(super) fn set_position(connection: &Connection, position: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO consumer (name, position) VALUES ('store', ?1)
             ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)",
        )?
        .execute([position as i64])?;
    Ok(())
}

/// A sum as it is stored: INTEGER where it fits, else its digits.
pub(super) struct Sum(pub i128);

impl ToSql for Sum {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(match i64::try_from(self.0) {
            Ok(small) => Value::Integer(small),
            Err(_) => Value::Text(self.0.to_string()),
        }))
    }
}

impl Sum {
    /// Reads a sum; `None` for NULL.
    pub fn read(value: ValueRef<'_>) -> Result<Option<i128>, StoreError> {
        match value {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(small) => Ok(Some(small.into())),
            ValueRef::Text(digits) => std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| digits.parse().ok())
                .map(Some)
                .ok_or_else(|| StoreError::Damaged("a sum is no number".to_owned())),
            ValueRef::Real(_) | ValueRef::Blob(_) => {
                Err(StoreError::Damaged("a sum is no exact number".to_owned()))
            }
        }
    }
}

/// What the caller can do about it.
pub(super) fn explain(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged(error.to_string())
        }
        Some(_) => StoreError::Unavailable(error.to_string()),
        None => StoreError::Damaged(error.to_string()),
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        explain(error)
    }
}

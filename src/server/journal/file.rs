//! The journal's SQLite file: one row a group of batches, verified when it is opened. It must not
//! know about threads or consumers.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use tradesuite_core::model::Position;

use super::Batch;
use super::codec::{self, CodecError, Header};
use super::repair::{self, OpenError, Verdict};
use super::{Durability, JournalError, window};

/// Events in one row at the most.
const ROW_EVENTS: usize = 8_192;

/// `origin` holds the position after which the oldest row begins, so that a lost beginning is seen.
pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS batches (
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS origin (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    after INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO origin (id, after) VALUES (0, 0);";

/// Rows that lie wholly at or before a position, but never the last row: it keeps the numbering.
const PASSED: &str = "first + count - 1 <= ?1 AND first <= ?1
    AND first < (SELECT max(first) FROM batches)";

/// The file, open for writing.
#[derive(Debug)]
pub(super) struct JournalFile {
    connection: Connection,
    last: Position,
    scratch: Vec<u8>,
}

impl JournalFile {
    /// Opens, verifies and repairs.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, JournalError> {
        match Self::try_open(path, durability) {
            Ok(file) => Ok(file),
            Err(OpenError::Damaged(reason)) => {
                tracing::warn!(
                    reason,
                    "the journal is damaged; what is whole is copied out of it"
                );
                repair::salvage(path)?;
                Self::try_open(path, durability).map_err(OpenError::into_final)
            }
            Err(error) => Err(error.into_final()),
        }
    }

    fn try_open(path: &Path, durability: Durability) -> Result<Self, OpenError> {
        let connection = connect(path, durability)?;
        let last = match repair::verify(&connection)? {
            Verdict::Whole(last) => last,
            Verdict::CutAt(last, from, reason) => {
                tracing::warn!(
                    reason,
                    last_position = last.0,
                    "the end of the journal is damaged and was cut off"
                );
                connection.execute("DELETE FROM batches WHERE first >= ?1", [from])?;
                last
            }
            Verdict::Damaged(reason) => return Err(OpenError::Damaged(reason)),
        };
        let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if check != "ok" {
            return Err(OpenError::Damaged(check));
        }
        Ok(Self {
            connection,
            last,
            scratch: Vec::new(),
        })
    }

    /// Position of the last event committed.
    pub fn last(&self) -> Position {
        self.last
    }

    /// Writes the batches in one transaction.
    pub fn commit(&mut self, batches: &[Batch]) -> Result<(), String> {
        let mut last = self.last;
        self.write(batches, &mut last)
            .map_err(|error| error.to_string())?;
        self.last = last;
        Ok(())
    }

    fn write(&mut self, batches: &[Batch], last: &mut Position) -> Result<(), WriteError> {
        let transaction = self.connection.transaction()?;
        let mut insert = transaction
            .prepare_cached("INSERT INTO batches (first, count, data) VALUES (?1, ?2, ?3)")?;
        for row in rows(batches) {
            let header = Header {
                after: *last,
                first: window::first(&row[0]),
                count: row.iter().map(|batch| batch.len() as u32).sum(),
            };
            let events = row.iter().flat_map(|batch| batch.iter()).map(|s| &s.event);
            let data = codec::encode(header, events, &mut self.scratch)?;
            insert.execute(params![header.first.0 as i64, header.count, data])?;
            *last = header.last();
        }
        drop(insert);
        transaction.commit()?;
        Ok(())
    }

    /// Deletes rows that lie wholly at or before `passed`.
    pub fn cut(&mut self, passed: Position) -> Result<(), rusqlite::Error> {
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached(&format!(
                "UPDATE origin SET after = coalesce(
                     (SELECT max(first + count - 1) FROM batches WHERE {PASSED}), after)"
            ))?
            .execute([passed.0 as i64])?;
        transaction
            .prepare_cached(&format!("DELETE FROM batches WHERE {PASSED}"))?
            .execute([passed.0 as i64])?;
        transaction.commit()
    }

    /// Size of what is held, bytes, without pages that are free to be used again.
    pub fn used_bytes(&self) -> u64 {
        let pragma = |name: &str| {
            self.connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
                .unwrap_or(0)
        };
        let pages = pragma("page_count") - pragma("freelist_count");
        u64::try_from(pages * pragma("page_size")).unwrap_or(0)
    }

    /// Closes the file; SQLite folds its write-ahead log into it.
    pub fn close(self) {
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "the journal did not close cleanly; the next start repairs it");
        }
    }
}

/// Reads the row that holds `from`, or the first one after it, without the events before `from`.
/// The connection is opened when it is needed and kept in `reader`.
pub(super) fn read(
    reader: &mut Option<Connection>,
    path: &Path,
    from: Position,
) -> Result<Option<Batch>, JournalError> {
    let unusable = |error: rusqlite::Error| JournalError::Unusable(error.to_string());
    if reader.is_none() {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        *reader = Some(Connection::open_with_flags(path, flags).map_err(unusable)?);
    }
    let Some(connection) = reader else {
        return Ok(None);
    };
    let data: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT data FROM batches WHERE first + count > ?1
             AND first >= coalesce((SELECT max(first) FROM batches WHERE first <= ?1), 0)
             ORDER BY first LIMIT 1",
        )
        .and_then(|mut select| {
            select
                .query_row([from.0 as i64], |row| row.get(0))
                .optional()
        })
        .map_err(unusable)?;
    let Some(data) = data else { return Ok(None) };
    let events = codec::decode(&data).map_err(|error| JournalError::Unusable(error.to_string()))?;
    let skip = events.partition_point(|event| event.position < from);
    Ok(Some(events[skip..].into()))
}

/// Groups batches into rows: consecutive numbers, not too many events.
fn rows(batches: &[Batch]) -> Vec<&[Batch]> {
    let mut rows = Vec::new();
    let (mut start, mut events) = (0, 0);
    for (index, batch) in batches.iter().enumerate() {
        let follows =
            index == start || window::first(batch).0 == window::last(&batches[index - 1]).0 + 1;
        if index > start && (!follows || events + batch.len() > ROW_EVENTS) {
            rows.push(&batches[start..index]);
            (start, events) = (index, 0);
        }
        events += batch.len();
    }
    if start < batches.len() {
        rows.push(&batches[start..]);
    }
    rows
}

fn connect(path: &Path, durability: Durability) -> Result<Connection, OpenError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    let synchronous = match durability {
        Durability::Process => "NORMAL",
        Durability::Full => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Codec(#[from] CodecError),
}

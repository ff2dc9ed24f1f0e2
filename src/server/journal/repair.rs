//! Telling a whole journal from a damaged one, and copying what is whole out of the latter.
//!
//! A row whose checksum or numbering is wrong is cut off with all that follows. A file that SQLite
//! itself cannot read is put aside as `….damaged`, and what could be read in order from its
//! beginning is copied into a new one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};
use tradesuite_core::model::Position;

use super::JournalError;
use super::codec::{self, CodecError};
use super::file::SCHEMA;

/// What reading the rows in order came to.
pub(super) enum Verdict {
    /// All of it is true; the last position.
    Whole(Position),
    /// True up to a position; the row after it begins at the second.
    CutAt(Position, i64, String),
    /// SQLite cannot read on.
    Damaged(String),
}

/// Reads every row in order until one is wrong.
pub(super) fn verify(connection: &Connection) -> Result<Verdict, OpenError> {
    let mut last = origin(connection)?;
    let mut select =
        match connection.prepare("SELECT first, count, data FROM batches ORDER BY first") {
            Ok(select) => select,
            Err(error) => return Ok(Verdict::Damaged(error.to_string())),
        };
    let mut rows = select.query([])?;
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(Verdict::Whole(last)),
            Err(error) => return Ok(Verdict::Damaged(error.to_string())),
        };
        let first: i64 = row.get(0)?;
        match check_row(row, last) {
            Ok(end) => last = end,
            Err(RowError::Newer) => return Err(OpenError::Newer),
            Err(RowError::Unreadable(reason)) => return Ok(Verdict::Damaged(reason)),
            Err(RowError::Wrong(reason)) => {
                return Ok(Verdict::CutAt(last, first, reason));
            }
        }
    }
}

enum RowError {
    Newer,
    /// It can be read and is not what was written.
    Wrong(String),
    /// SQLite cannot read it.
    Unreadable(String),
}

/// Position after which the oldest row begins.
fn origin(connection: &Connection) -> rusqlite::Result<Position> {
    connection.query_row("SELECT after FROM origin", [], |row| {
        Ok(Position(row.get::<_, i64>(0)?.max(0) as u64))
    })
}

/// Position of the row's last event, given that of the row before.
fn check_row(row: &rusqlite::Row<'_>, last: Position) -> Result<Position, RowError> {
    let failed = |error: rusqlite::Error| RowError::Unreadable(error.to_string());
    let (first, count): (i64, i64) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
    let data: Vec<u8> = row.get(2).map_err(failed)?;
    let header = codec::verify(&data).map_err(|error| match error {
        CodecError::Newer(_) => RowError::Newer,
        CodecError::Damaged(reason) => RowError::Wrong(reason),
    })?;
    let numbered = header.first.0 as i64 == first && i64::from(header.count) == count;
    if !numbered || last != header.after {
        return Err(RowError::Wrong(
            "positions do not follow each other".to_owned(),
        ));
    }
    Ok(header.last())
}

/// Copies the whole rows into a new file and puts the damaged one aside.
pub(super) fn salvage(path: &Path) -> Result<(), JournalError> {
    let unusable = |error: &dyn std::fmt::Display| JournalError::Unusable(error.to_string());
    let fresh_path = with_suffix(path, ".salvage");
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(with_suffix(&fresh_path, suffix));
    }
    let fresh = Connection::open(&fresh_path).map_err(|error| unusable(&error))?;
    fresh
        .execute_batch(SCHEMA)
        .map_err(|error| unusable(&error))?;
    // What cannot be read is what is lost; it was logged by the caller.
    let copied = copy_whole_rows(path, &fresh).unwrap_or(0);
    fresh.close().map_err(|(_, error)| unusable(&error))?;
    for suffix in ["", "-wal", "-shm"] {
        let from = with_suffix(path, suffix);
        if from.exists() {
            let aside = with_suffix(&with_suffix(path, ".damaged"), suffix);
            std::fs::rename(&from, aside).map_err(|error| unusable(&error))?;
        }
    }
    std::fs::rename(&fresh_path, path).map_err(|error| unusable(&error))?;
    tracing::warn!(rows = copied, "the damaged journal was put aside");
    Ok(())
}

fn copy_whole_rows(path: &Path, fresh: &Connection) -> Result<u64, rusqlite::Error> {
    let damaged = Connection::open(path)?;
    let mut select = damaged.prepare("SELECT first, count, data FROM batches ORDER BY first")?;
    let mut rows = select.query([])?;
    let (mut last, mut copied) = (origin(&damaged)?, 0);
    fresh.execute_batch("BEGIN")?;
    fresh.execute("UPDATE origin SET after = ?1", [last.0 as i64])?;
    while let Ok(Some(row)) = rows.next() {
        let Ok(end) = check_row(row, last) else { break };
        let values = (
            row.get::<_, i64>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, Vec<u8>>(2)?,
        );
        fresh.execute("INSERT INTO batches VALUES (?1, ?2, ?3)", values)?;
        last = end;
        copied += 1;
    }
    fresh.execute_batch("COMMIT")?;
    Ok(copied)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    name.into()
}

pub(super) enum OpenError {
    /// The content is wrong: copying what is whole may help.
    Damaged(String),
    /// The surroundings are wrong: locked, no space, no permission.
    Outside(String),
    Newer,
}

impl OpenError {
    pub fn into_final(self) -> JournalError {
        match self {
            Self::Damaged(reason) | Self::Outside(reason) => JournalError::Unusable(reason),
            Self::Newer => JournalError::Newer,
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        let outside = matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::DiskFull
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::OutOfMemory
            )
        );
        if outside {
            Self::Outside(error.to_string())
        } else {
            Self::Damaged(error.to_string())
        }
    }
}

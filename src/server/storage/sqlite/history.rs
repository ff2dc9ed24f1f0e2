//! Reading book history: the book as it stood at a moment, rebuilt from the last whole book
//! before it and the changes since.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{InstrumentId, Precision, UnixMs, UnixNs};

use super::day::{self, Day};
use super::reader::Readers;
use super::{aside, pack, schema};
use crate::server::storage::{BookChange, StoreError};

/// Days that are looked through for the last whole book; files begin with one, so the first file
/// that knows the instrument has it.
const DAYS_BACK: usize = 32;

/// The book at `at`, with everything that was filed up to then; `None` where none was.
pub(super) fn book_at(
    readers: &Readers,
    folder: &Path,
    instrument: &InstrumentId,
    at: UnixNs,
) -> Result<Option<OrderBook>, StoreError> {
    let mut days = day::list(folder)?;
    days.retain(|day| *day <= Day::of(at));
    let Some((index, first)) = last_snapshot(readers, folder, instrument, at, &days)? else {
        return Ok(None);
    };
    // Between the last whole book and then, a day was lost: what was changed in it is not known.
    let lost = aside::list(folder)?.into_iter().map(|(day, _)| day);
    if lost
        .into_iter()
        .any(|day| days[index] < day && day <= Day::of(at))
    {
        return Ok(None);
    }
    let mut book = OrderBook::default();
    let mut from = first;
    for day in &days[index..] {
        readers.with(&day.file(folder), |connection| {
            replay(connection, instrument, from, at, &mut book)
        })?;
        from = 0;
    }
    Ok(Some(book))
}

/// Which of the days, and the row in it, where the last whole book before `at` begins.
fn last_snapshot(
    readers: &Readers,
    folder: &Path,
    instrument: &InstrumentId,
    at: UnixNs,
    days: &[Day],
) -> Result<Option<(usize, i64)>, StoreError> {
    for (index, day) in days.iter().enumerate().rev().take(DAYS_BACK) {
        let row = readers.with(&day.file(folder), |connection| {
            let Some(series) = schema::find_series(connection, instrument)? else {
                return Ok(None);
            };
            let mut select = connection.prepare_cached(
                "SELECT id FROM history WHERE series = ?1 AND snapshot = 1 AND start <= ?2
                 ORDER BY start DESC, id DESC LIMIT 1",
            )?;
            Ok(select
                .query_row(params![series, at.0], |row| row.get(0))
                .optional()?)
        })?;
        if let Some(id) = row.flatten() {
            return Ok(Some((index, id)));
        }
    }
    Ok(None)
}

fn replay(
    connection: &Connection,
    instrument: &InstrumentId,
    from: i64,
    at: UnixNs,
    book: &mut OrderBook,
) -> Result<(), StoreError> {
    let Some(series) = schema::find_series(connection, instrument)? else {
        return Ok(());
    };
    let mut select = connection.prepare_cached(
        "SELECT packed, data FROM history WHERE series = ?1 AND id >= ?2 AND start <= ?3
         ORDER BY id",
    )?;
    let mut rows = select.query(params![series, from, at.0])?;
    while let Some(row) = rows.next()? {
        for entry in pack::content(row)? {
            if entry.time() <= at {
                advance(book, entry.precision, &entry.change);
            }
        }
    }
    Ok(())
}

/// Applies one change; a book that cannot take it is stale until its next snapshot.
pub(super) fn advance(book: &mut OrderBook, precision: Precision, change: &BookChange) {
    let applied = match change {
        BookChange::Snapshot(delta) => book.apply_snapshot(delta, precision),
        BookChange::Update(delta) => book.apply_update(delta, precision),
        BookChange::Stale => {
            book.mark_stale("a message is missing");
            Ok(())
        }
    };
    if let Err(error) = applied {
        book.mark_stale(error.to_string());
    }
}

/// First and last moment of book history.
pub(super) fn coverage(
    readers: &Readers,
    folder: &Path,
    instrument: &InstrumentId,
) -> Result<Option<(UnixMs, UnixMs)>, StoreError> {
    let days = day::list(folder)?;
    let end = |days: &mut dyn Iterator<Item = &Day>, what: &str| {
        for day in days {
            let ask = |connection: &Connection| {
                let Some(series) = schema::find_series(connection, instrument)? else {
                    return Ok(None);
                };
                let mut select = connection
                    .prepare_cached(&format!("SELECT {what} FROM history WHERE series = ?1"))?;
                Ok(select.query_row([series], |row| row.get::<_, Option<i64>>(0))?)
            };
            if let Some(Some(time)) = readers.with(&day.file(folder), ask)? {
                return Ok(Some(UnixNs(time).to_ms()));
            }
        }
        Ok::<_, StoreError>(None)
    };
    let first = end(&mut days.iter(), "min(start)")?;
    Ok(first.zip(end(&mut days.iter().rev(), "max(end)")?))
}

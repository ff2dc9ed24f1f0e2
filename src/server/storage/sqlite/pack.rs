//! Packing book history: an instrument's open rows become one compressed row in their place.
//!
//! | `packed` | `data` |
//! |---|---|
//! | 0 | open: runs of records (module `chunk`) |
//! | 1 | one zstd frame over such runs; written by version 1 |
//! | 2 | columns (module `columns`) |
//!
//! The columns: one of everything that every record has (kind, received, exchange time − received,
//! decimals, bids, asks), then one of everything that every level has (kept or gone, price,
//! quantity of those kept). A number of each column lies next to others of its sort, so they
//! compress far better than records do.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tradesuite_core::model::{BookDelta, BookLevel, Precision, Price, Quantity, UnixNs};

use super::chunk::{Decoder, Entry};
use super::columns::{Form, Packer, Unpacker};
use super::seal;
use super::varint::{Reader, put_unsigned};
use crate::server::storage::{BookChange, StoreError};

const OPEN: i64 = 0;
const ZSTD_RUNS: i64 = 1;
const COLUMNS: i64 = 2;

/// Packs an instrument's open rows, where there are any.
pub(super) fn pack(connection: &Connection, series: i64) -> Result<(), StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT packed, data, id, start, end, snapshot FROM history
         WHERE series = ?1 AND packed = 0 ORDER BY id",
    )?;
    let mut rows = select.query([series])?;
    let mut first: Option<(i64, bool)> = None;
    let (mut start, mut end) = (i64::MAX, i64::MIN);
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        if first.is_none() {
            first = Some((row.get(2)?, row.get(5)?));
        }
        start = start.min(row.get(3)?);
        end = end.max(row.get(4)?);
        entries.append(&mut content(row)?);
    }
    let Some((id, snapshot)) = first else {
        return Ok(());
    };
    connection
        .prepare_cached("DELETE FROM history WHERE series = ?1 AND packed = 0")?
        .execute([series])?;
    connection
        .prepare_cached(
            "INSERT INTO history (id, series, start, end, snapshot, packed, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id,
            series,
            start,
            end,
            snapshot,
            COLUMNS,
            encode(&entries)?
        ])?;
    Ok(())
}

/// Whether a day that is over has open rows, or room to give back.
pub(super) fn is_due(connection: &Connection) -> Result<bool, StoreError> {
    let row = connection
        .prepare_cached("SELECT 1 FROM history WHERE packed = 0 LIMIT 1")?
        .query_row([], |_| Ok(()))
        .optional()?;
    Ok(row.is_some() || seal::is_loose(connection)?)
}

/// Packs what is open in a day that is over, and gives room back.
pub(super) fn finish(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    let series: Vec<i64> = transaction
        .prepare("SELECT DISTINCT series FROM history WHERE packed = 0")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for series in series {
        pack(&transaction, series)?;
    }
    transaction.commit()?;
    seal::shrink(connection)
}

/// Records of a row that begins with `packed, data`.
pub(super) fn content(row: &Row<'_>) -> Result<Vec<Entry>, StoreError> {
    let data = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
    match row.get(0)? {
        OPEN => Decoder::new(data).collect(),
        ZSTD_RUNS => {
            let runs = zstd::decode_all(data).map_err(|_| damaged())?;
            Decoder::new(&runs).collect()
        }
        COLUMNS => decode(data),
        _ => Err(damaged()),
    }
}

fn damaged() -> StoreError {
    StoreError::Damaged("a packed piece of book history cannot be read".to_owned())
}

fn kind(change: &BookChange) -> i64 {
    match change {
        BookChange::Snapshot(_) => 0,
        BookChange::Update(_) => 1,
        BookChange::Stale => 2,
    }
}

fn delta(change: &BookChange) -> Option<&BookDelta> {
    match change {
        BookChange::Snapshot(delta) | BookChange::Update(delta) => Some(delta),
        BookChange::Stale => None,
    }
}

/// Records as columns, after the numbers of records, levels and levels kept.
fn encode(entries: &[Entry]) -> Result<Vec<u8>, StoreError> {
    let each = || entries.iter();
    let levels = || {
        let deltas = each().filter_map(|entry| delta(&entry.change));
        deltas.flat_map(|delta| delta.bids.iter().chain(&delta.asks))
    };
    let kept = || levels().filter(|level| level.quantity.0 != 0);
    let delay = |entry: &Entry| {
        let time = delta(&entry.change).map_or(entry.received.0, |delta| delta.time.0);
        time.wrapping_sub(entry.received.0)
    };
    let side = |entry: &Entry, side: fn(&BookDelta) -> &Vec<BookLevel>| {
        delta(&entry.change).map_or(0, |delta| side(delta).len() as i64)
    };
    let mut columns = Packer::default();
    columns.push(Form::Values, each().map(|e| kind(&e.change)))?;
    columns.push(Form::Differences, each().map(|e| e.received.0))?;
    columns.push(Form::Values, each().map(delay))?;
    columns.push(Form::Values, each().map(|e| e.precision.price.into()))?;
    columns.push(Form::Values, each().map(|e| e.precision.quantity.into()))?;
    columns.push(Form::Values, each().map(|e| side(e, |d| &d.bids)))?;
    columns.push(Form::Values, each().map(|e| side(e, |d| &d.asks)))?;
    columns.push(Form::Values, levels().map(|l| i64::from(l.quantity.0 != 0)))?;
    columns.push(Form::Differences, levels().map(|l| l.price.0))?;
    columns.push(Form::Values, kept().map(|l| l.quantity.0))?;
    let mut bytes = Vec::new();
    for count in [entries.len(), levels().count(), kept().count()] {
        put_unsigned(&mut bytes, count as u64);
    }
    bytes.extend_from_slice(&columns.finish());
    Ok(bytes)
}

fn decode(data: &[u8]) -> Result<Vec<Entry>, StoreError> {
    let mut head = Reader::new(data);
    let mut count = || usize::try_from(head.unsigned()?).ok();
    let (Some(records), Some(levels), Some(kept)) = (count(), count(), count()) else {
        return Err(damaged());
    };
    let mut columns = Unpacker::new(head.rest());
    let mut next = |count| columns.next(count).map(Vec::into_iter);
    let (mut kinds, mut times, mut delays) = (next(records)?, next(records)?, next(records)?);
    let (mut price_decimals, mut quantity_decimals) = (next(records)?, next(records)?);
    let (mut bids, mut asks) = (next(records)?, next(records)?);
    let (mut kept_or_gone, mut prices, mut sizes) = (next(levels)?, next(levels)?, next(kept)?);
    let mut level = || {
        Some(BookLevel {
            price: Price(prices.next()?),
            quantity: Quantity(match kept_or_gone.next()? {
                0 => 0,
                _ => sizes.next()?,
            }),
        })
    };
    let mut entry = || {
        let received = UnixNs(times.next()?);
        let time = UnixNs(received.0.wrapping_add(delays.next()?));
        let precision = Precision {
            price: price_decimals.next()?.try_into().ok()?,
            quantity: quantity_decimals.next()?.try_into().ok()?,
        };
        let mut side = |count: i64| (0..count).map(|_| level()).collect::<Option<_>>();
        let (bids, asks) = (side(bids.next()?)?, side(asks.next()?)?);
        let delta = BookDelta { time, bids, asks };
        let change = match kinds.next()? {
            0 => BookChange::Snapshot(delta),
            1 => BookChange::Update(delta),
            2 => BookChange::Stale,
            _ => return None,
        };
        Some(Entry {
            precision,
            received,
            change,
        })
    };
    let entries: Option<Vec<Entry>> = (0..records).map(|_| entry()).collect();
    entries.ok_or_else(damaged)
}

#[cfg(test)]
mod tests {
    use super::super::chunk::tests::any_entry;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_read_back_whole(entries in prop::collection::vec(any_entry(), 0..20)) {
            let data = encode(&entries).expect("packs");
            prop_assert_eq!(decode(&data).expect("reads"), entries);
        }

        #[test]
        fn no_bytes_panic(
            entries in prop::collection::vec(any_entry(), 1..9),
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut data = encode(&entries).expect("packs");
            let place = place.index(data.len());
            data[place] = byte;
            let _ = decode(&data);
        }
    }
}

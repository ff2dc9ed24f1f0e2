//! Trades in files by UTC day of exchange time.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, Row, params};
use tradesuite_core::model::{
    InstrumentId, Precision, Price, Quantity, Side, Trade, TradeId, UnixMs, UnixNs,
};

use super::block::{self, Held};
use super::day::{self, Day, DayFiles};
use super::reader::Readers;
use super::schema;
use super::sealed::{self, SealedIds};
use crate::server::storage::rows::{align, order};
use crate::server::storage::{Newest, Rows, Span, StoreError, TradeRecord};

/// Writes trades, one transaction a day. One that a day holds already (same instrument and id)
/// changes nothing, so writing a stretch twice does not either.
pub(super) fn write(files: &mut DayFiles, records: &[TradeRecord]) -> Result<(), StoreError> {
    let mut days: BTreeMap<Day, Vec<&TradeRecord>> = BTreeMap::new();
    for record in records {
        days.entry(Day::of(record.trade.time))
            .or_default()
            .push(record);
    }
    for (day, records) in days {
        files.with(day, |file| {
            let transaction = file.transaction()?;
            insert(&transaction, &records)?;
            Ok(transaction.commit()?)
        })?;
    }
    Ok(())
}

fn insert(connection: &Connection, records: &[&TradeRecord]) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO trades (series, id, time, received, price, quantity, price_decimals,
             quantity_decimals, side)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
    )?;
    let mut sealed = SealedIds::new(connection)?;
    let mut series: Option<(&InstrumentId, i64)> = None;
    for record in records {
        let series = match series {
            Some((held, number)) if *held == record.instrument => number,
            _ => {
                let number = schema::make_series(connection, &record.instrument)?;
                series = Some((&record.instrument, number));
                number
            }
        };
        let trade = &record.trade;
        if sealed.contain(connection, series, trade.id.0 as i64)? {
            continue;
        }
        insert.execute(params![
            series,
            trade.id.0 as i64,
            trade.time.0,
            trade.received.0,
            trade.price.0,
            trade.quantity.0,
            record.precision.price,
            record.precision.quantity,
            trade.side.name(),
        ])?;
    }
    Ok(())
}

/// Reads trades over as many days as the limit takes.
pub(super) fn read(
    readers: &Readers,
    folder: &Path,
    instrument: &InstrumentId,
    span: Span,
) -> Result<Rows<Trade>, StoreError> {
    let (start, end) = (span.start.to_ns(), span.end.to_ns());
    let mut days = day::list(folder)?;
    days.retain(|day| Day::of(start) <= *day && *day <= Day::of(end));
    if span.newest == Newest::Yes {
        days.reverse();
    }
    let mut found = Vec::new();
    for day in days {
        let left = span.limit.saturating_sub(found.len() as u32);
        if left == 0 || start >= end {
            break;
        }
        let ask = |connection: &Connection| {
            read_day(connection, instrument, (start, end), left, span.newest)
        };
        found.extend(readers.with(&day.file(folder), ask)?.unwrap_or_default());
    }
    align(found, span.newest)
}

/// Trades of one day in the direction that is asked for: rows and blocks, merged.
fn read_day(
    connection: &Connection,
    instrument: &InstrumentId,
    (start, end): (UnixNs, UnixNs),
    limit: u32,
    newest: Newest,
) -> Result<Vec<Held>, StoreError> {
    // One moment of the file: between two questions, rows may be sealed.
    let moment = connection.unchecked_transaction()?;
    let Some(series) = schema::find_series(&moment, instrument)? else {
        return Ok(Vec::new());
    };
    let mut found = sealed::read(&moment, series, (start, end), limit, newest)?;
    let all_sealed = found.len();
    let order = order(newest);
    let mut select = moment.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM trades WHERE series = ?1 AND time >= ?2 AND time < ?3
         ORDER BY time {order}, id {order} LIMIT ?4"
    ))?;
    let mut rows = select.query(params![series, start.0, end.0, limit])?;
    while let Some(row) = rows.next()? {
        found.push(from_row(row)?);
    }
    if all_sealed > 0 && found.len() > all_sealed {
        found.sort_unstable_by_key(block::key);
        if newest == Newest::Yes {
            found.reverse();
        }
    }
    found.truncate(limit as usize);
    Ok(found)
}

/// What [`from_row`] reads.
pub(super) const COLUMNS: &str =
    "id, time, received, price, quantity, price_decimals, quantity_decimals, side";

/// A trade out of a row of [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> Result<Held, StoreError> {
    let precision = Precision {
        price: row.get(5)?,
        quantity: row.get(6)?,
    };
    let trade = Trade {
        id: TradeId(row.get::<_, i64>(0)? as u64),
        time: UnixNs(row.get(1)?),
        received: UnixNs(row.get(2)?),
        price: Price(row.get(3)?),
        quantity: Quantity(row.get(4)?),
        side: match row.get_ref(7)?.as_str() {
            Ok("buy") => Side::Buy,
            Ok("sell") => Side::Sell,
            _ => return Err(StoreError::Damaged("a trade has no side".to_owned())),
        },
    };
    Ok((precision, trade))
}

/// First and last trade.
pub(super) fn coverage(
    readers: &Readers,
    folder: &Path,
    instrument: &InstrumentId,
) -> Result<Option<(UnixMs, UnixMs)>, StoreError> {
    let days = day::list(folder)?;
    let ends = |days: &mut dyn Iterator<Item = &Day>| {
        for day in days {
            let ask = |connection: &Connection| ends_of_day(connection, instrument);
            if let Some(Some(ends)) = readers.with(&day.file(folder), ask)? {
                return Ok(Some(ends));
            }
        }
        Ok::<_, StoreError>(None)
    };
    let first = ends(&mut days.iter())?.map(|(first, _)| first.to_ms());
    let last = ends(&mut days.iter().rev())?.map(|(_, last)| last.to_ms());
    Ok(first.zip(last))
}

fn ends_of_day(
    connection: &Connection,
    instrument: &InstrumentId,
) -> Result<Option<(UnixNs, UnixNs)>, StoreError> {
    let moment = connection.unchecked_transaction()?;
    let Some(series) = schema::find_series(&moment, instrument)? else {
        return Ok(None);
    };
    let end = |order: &str| -> Result<Option<UnixNs>, StoreError> {
        let mut select = moment.prepare_cached(&format!(
            "SELECT time FROM trades WHERE series = ?1 ORDER BY time {order} LIMIT 1"
        ))?;
        let mut rows = select.query([series])?;
        Ok(rows.next()?.map(|row| row.get(0).map(UnixNs)).transpose()?)
    };
    let rows = end("ASC")?.zip(end("DESC")?);
    Ok(match (rows, sealed::ends(&moment, series)?) {
        (Some(rows), Some(sealed)) => Some((rows.0.min(sealed.0), rows.1.max(sealed.1))),
        (rows, sealed) => rows.or(sealed),
    })
}

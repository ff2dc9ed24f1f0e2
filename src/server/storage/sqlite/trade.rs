//! Trades in files by UTC day of exchange time.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, Row, params};
use tradesuite_core::model::{
    InstrumentId, Precision, Price, Quantity, Side, Trade, TradeId, UnixMs, UnixNs,
};

use super::day::{self, Day, DayFiles};
use super::reader::Readers;
use super::rows::{Rescale, align, order};
use super::schema;
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
        let transaction = files.get(day)?.transaction()?;
        insert(&transaction, &records)?;
        transaction.commit()?;
    }
    Ok(())
}

fn insert(connection: &Connection, records: &[&TradeRecord]) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO trades (series, id, time, received, price, quantity, price_decimals,
             quantity_decimals, side)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
    )?;
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
        readers.with(&day.file(folder), |connection| {
            read_day(
                connection,
                instrument,
                (start, end),
                left,
                span.newest,
                &mut found,
            )
        })?;
    }
    align(found, span.newest)
}

fn read_day(
    connection: &Connection,
    instrument: &InstrumentId,
    (start, end): (UnixNs, UnixNs),
    limit: u32,
    newest: Newest,
    found: &mut Vec<(Precision, Trade)>,
) -> Result<(), StoreError> {
    let Some(series) = schema::find_series(connection, instrument)? else {
        return Ok(());
    };
    let order = order(newest);
    let mut select = connection.prepare_cached(&format!(
        "SELECT id, time, received, price, quantity, price_decimals, quantity_decimals, side
         FROM trades WHERE series = ?1 AND time >= ?2 AND time < ?3
         ORDER BY time {order}, id {order} LIMIT ?4"
    ))?;
    let mut rows = select.query(params![series, start.0, end.0, limit])?;
    while let Some(row) = rows.next()? {
        found.push(trade(row)?);
    }
    Ok(())
}

fn trade(row: &Row<'_>) -> Result<(Precision, Trade), StoreError> {
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
    let end = |days: &mut dyn Iterator<Item = &Day>, order: &str| {
        for day in days {
            let ask = |connection: &Connection| end_of_day(connection, instrument, order);
            if let Some(Some(time)) = readers.with(&day.file(folder), ask)? {
                return Ok(Some(time.to_ms()));
            }
        }
        Ok::<_, StoreError>(None)
    };
    let first = end(&mut days.iter(), "ASC")?;
    Ok(first.zip(end(&mut days.iter().rev(), "DESC")?))
}

fn end_of_day(
    connection: &Connection,
    instrument: &InstrumentId,
    order: &str,
) -> Result<Option<UnixNs>, StoreError> {
    let Some(series) = schema::find_series(connection, instrument)? else {
        return Ok(None);
    };
    let mut select = connection.prepare_cached(&format!(
        "SELECT time FROM trades WHERE series = ?1 ORDER BY time {order} LIMIT 1"
    ))?;
    let mut rows = select.query([series])?;
    Ok(rows.next()?.map(|row| row.get(0).map(UnixNs)).transpose()?)
}

impl Rescale for Trade {
    fn time_key(&self) -> i64 {
        self.time.0
    }

    fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Some(Self {
            price: self.price.rescaled(from.price, to.price)?,
            quantity: self.quantity.rescaled(from.quantity, to.quantity)?,
            ..self
        })
    }
}

//! Bars in `candles.db`.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tradesuite_core::model::{
    Candle, InstrumentId, Notional, Origin, Precision, Price, Timeframe, UnixMs, Volume,
};

use super::schema::{self, Sum};
use super::seal::Left;
use crate::server::storage::rows::{align, order};
use crate::server::storage::{CandleRecord, Rows, Span, StoreError, Stretch};

/// A bar replaces the held one unless that is better. A bar of own, whole trades is better than a
/// venue's, a venue's finished one better than one of own trades with a hole (origin `both`). Of
/// two own ones, whole or not, the higher revision is better, then a closed bar, then more trades.
/// Of two equals the later one stays. Writing any stretch twice therefore changes nothing.
const UPSERT: &str = "INSERT INTO candles (series, timeframe, time, price_decimals,
    quantity_decimals, open, high, low, close, volume, buy_volume, quote_volume, trades, closed,
    revision, origin)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
ON CONFLICT (series, timeframe, time) DO UPDATE SET
    price_decimals = excluded.price_decimals, quantity_decimals = excluded.quantity_decimals,
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, buy_volume = excluded.buy_volume,
    quote_volume = excluded.quote_volume, trades = excluded.trades, closed = excluded.closed,
    revision = excluded.revision, origin = excluded.origin
WHERE CASE
    WHEN excluded.origin = 'venue' THEN candles.origin <> 'trades'
    WHEN candles.origin = 'venue' THEN excluded.origin = 'trades' OR NOT candles.closed
    ELSE (excluded.revision, excluded.closed, coalesce(excluded.trades, 0))
      >= (candles.revision, candles.closed,
          CASE WHEN excluded.trades IS NULL OR excluded.origin <> candles.origin THEN 0
               ELSE coalesce(candles.trades, 0) END)
    END";

const COLUMNS: &str = "time, price_decimals, quantity_decimals, open, high, low, close, volume,
    buy_volume, quote_volume, trades, closed, revision, origin";

/// Bars that one step of deleting takes, so that the writer is free again soon.
const THINNED: u32 = 20_000;

/// Writes bars by the rule above.
pub(super) fn write(connection: &Connection, records: &[CandleRecord]) -> Result<(), StoreError> {
    let mut upsert = connection.prepare_cached(UPSERT)?;
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
        let candle = &record.candle;
        upsert.execute(params![
            series,
            record.timeframe.name(),
            candle.time.0,
            record.precision.price,
            record.precision.quantity,
            candle.open.0,
            candle.high.0,
            candle.low.0,
            candle.close.0,
            Sum(candle.volume.0),
            candle.buy_volume.map(|volume| Sum(volume.0)),
            candle.quote_volume.map(|volume| Sum(volume.0)),
            candle.trades.map(|count| count as i64),
            candle.closed,
            candle.revision,
            candle.origin.name(),
        ])?;
    }
    Ok(())
}

/// Reads bars of one width.
pub(super) fn read(
    connection: &Connection,
    instrument: &InstrumentId,
    timeframe: Timeframe,
    span: Span,
) -> Result<Rows<Candle>, StoreError> {
    let Some(series) = schema::find_series(connection, instrument)? else {
        return Ok(Rows::default());
    };
    let order = order(span.newest);
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM candles
         WHERE series = ?1 AND timeframe = ?2 AND time >= ?3 AND time < ?4
         ORDER BY time {order} LIMIT ?5"
    ))?;
    let mut rows = select.query(params![
        series,
        timeframe.name(),
        span.start.0,
        span.end.0,
        span.limit
    ])?;
    let mut bars = Vec::new();
    while let Some(row) = rows.next()? {
        bars.push(bar(row)?);
    }
    align(bars, span.newest)
}

/// First and last bar of one minute.
pub(super) fn coverage(
    connection: &Connection,
    instrument: &InstrumentId,
) -> Result<Option<(UnixMs, UnixMs)>, StoreError> {
    let Some(series) = schema::find_series(connection, instrument)? else {
        return Ok(None);
    };
    let ends = |order| {
        let mut select = connection.prepare_cached(&format!(
            "SELECT time FROM candles WHERE series = ?1 AND timeframe = ?2
             ORDER BY time {order} LIMIT 1"
        ))?;
        let mut rows = select.query(params![series, Timeframe::M1.name()])?;
        rows.next()?.map(|row| row.get(0).map(UnixMs)).transpose()
    };
    Ok(ends("ASC")?.zip(ends("DESC")?))
}

/// Bars of all instruments that open within a stretch.
pub(super) fn count(connection: &Connection, (start, end): Stretch) -> Result<u64, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT sum((SELECT count(*) FROM candles c WHERE c.series = s.id AND c.timeframe = ?1
             AND c.time >= ?2 AND c.time < ?3)) FROM series s",
    )?;
    let mut all = 0;
    for timeframe in Timeframe::STORED {
        let count = select.query_row(params![timeframe.name(), start.0, end.0], |row| {
            row.get::<_, Option<i64>>(0)
        })?;
        all += count.map_or(0, |count| count as u64);
    }
    Ok(all)
}

/// Deletes some of one instrument's bars of one second that open before a time.
pub(super) fn thin(connection: &Connection, before: UnixMs) -> Result<Left, StoreError> {
    let name = Timeframe::S1.name();
    let series: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM series WHERE EXISTS (SELECT 1 FROM candles c
                 WHERE c.series = series.id AND c.timeframe = ?1 AND c.time < ?2) LIMIT 1",
        )?
        .query_row(params![name, before.0], |row| row.get(0))
        .optional()?;
    let Some(series) = series else {
        return Ok(Left::Nothing);
    };
    let next: Option<i64> = connection
        .prepare_cached(
            "SELECT time FROM candles WHERE series = ?1 AND timeframe = ?2 AND time < ?3
             ORDER BY time LIMIT 1 OFFSET ?4",
        )?
        .query_row(params![series, name, before.0, THINNED], |row| row.get(0))
        .optional()?;
    connection
        .prepare_cached("DELETE FROM candles WHERE series = ?1 AND timeframe = ?2 AND time < ?3")?
        .execute(params![series, name, next.unwrap_or(before.0)])?;
    if next.is_none() {
        // The log has grown with what was deleted; as soon as nobody reads it, that is given back.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(Left::More)
}

fn bar(row: &Row<'_>) -> Result<(Precision, Candle), StoreError> {
    let damaged = || StoreError::Damaged("a bar is incomplete".to_owned());
    let precision = Precision {
        price: row.get(1)?,
        quantity: row.get(2)?,
    };
    let candle = Candle {
        time: UnixMs(row.get(0)?),
        open: Price(row.get(3)?),
        high: Price(row.get(4)?),
        low: Price(row.get(5)?),
        close: Price(row.get(6)?),
        volume: Volume(Sum::read(row.get_ref(7)?)?.ok_or_else(damaged)?),
        buy_volume: Sum::read(row.get_ref(8)?)?.map(Volume),
        quote_volume: Sum::read(row.get_ref(9)?)?.map(Notional),
        trades: row.get::<_, Option<i64>>(10)?.map(|count| count as u64),
        closed: row.get(11)?,
        revision: row.get(12)?,
        origin: match row.get_ref(13)?.as_str().map_err(|_| damaged())? {
            "trades" => Origin::Trades,
            "venue" => Origin::Venue,
            _ => Origin::Both,
        },
    };
    Ok((precision, candle))
}

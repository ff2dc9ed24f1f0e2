//! Gaps and instruments in `candles.db`: what is known about the data.

use rusqlite::{Connection, Row, params};
use tradesuite_core::model::{Gap, GapKind, Instrument, InstrumentId, UnixMs};

use crate::server::storage::rows::order;
use crate::server::storage::{Newest, Span, StoreError, Stretch};

/// Writes gaps. A gap is known by instrument, kind and start; a later word on it replaces an
/// earlier one, but an end that is known is not forgotten, nor that it was filled.
pub(super) fn write_gaps(connection: &Connection, gaps: &[Gap]) -> Result<(), StoreError> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO gaps (instrument, kind, start, end, reason, filled)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (instrument, kind, start) DO UPDATE SET
             end = coalesce(excluded.end, end), reason = excluded.reason,
             filled = max(filled, excluded.filled)",
    )?;
    for gap in gaps {
        upsert.execute(params![
            gap.instrument.as_str(),
            kind_name(gap.kind),
            gap.start.0,
            gap.end.map(|end| end.0),
            gap.reason,
            gap.filled,
        ])?;
    }
    Ok(())
}

/// Which gaps are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Every one.
    All,
    /// Those in the trades that were not filled.
    MissingTrades,
}

/// The question for gaps. Of one instrument they are found by the primary key, which needs the
/// kind by name.
fn select(which: Which, instrument: Option<&InstrumentId>, newest: Newest) -> String {
    let of_one = match instrument {
        Some(_) => "instrument = ?1 AND",
        None => "",
    };
    let of_kind = match which {
        Which::All => "kind IN ('book', 'trades')",
        Which::MissingTrades => "kind = 'trades' AND filled = 0",
    };
    let order = order(newest);
    format!(
        "SELECT instrument, kind, start, end, reason, filled FROM gaps
         WHERE {of_one} {of_kind} AND start >= ?4 AND start < min(?3, ?5)
             AND (end IS NULL OR end >= ?2)
         ORDER BY start {order}, instrument {order}, kind {order} LIMIT ?6"
    )
}

/// Of the gaps that touch a stretch those that start within a span, by start, instrument and kind.
pub(super) fn read_gaps(
    connection: &Connection,
    which: Which,
    instrument: Option<&InstrumentId>,
    touching: Stretch,
    starts: Span,
) -> Result<Vec<Gap>, StoreError> {
    let mut select = connection.prepare_cached(&select(which, instrument, starts.newest))?;
    let mut rows = select.query(params![
        instrument.map(InstrumentId::as_str),
        touching.0.0,
        touching.1.0,
        starts.start.0,
        starts.end.0,
        starts.limit,
    ])?;
    let mut gaps = Vec::new();
    while let Some(row) = rows.next()? {
        gaps.push(gap(row)?);
    }
    if starts.newest == Newest::Yes {
        gaps.reverse();
    }
    Ok(gaps)
}

fn gap(row: &Row<'_>) -> Result<Gap, StoreError> {
    let damaged = |_| StoreError::Damaged("a gap has no instrument".to_owned());
    Ok(Gap {
        instrument: row.get::<_, String>(0)?.parse().map_err(damaged)?,
        kind: match row.get::<_, String>(1)?.as_str() {
            "book" => GapKind::Book,
            _ => GapKind::Trades,
        },
        start: UnixMs(row.get(2)?),
        end: row.get::<_, Option<i64>>(3)?.map(UnixMs),
        reason: row.get(4)?,
        filled: row.get(5)?,
    })
}

fn kind_name(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Trades => "trades",
        GapKind::Book => "book",
    }
}

/// Writes descriptions; the latest one of an instrument stays.
pub(super) fn write_instruments(
    connection: &Connection,
    instruments: &[Instrument],
) -> Result<(), StoreError> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO instruments (id, description) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET description = excluded.description
         WHERE description <> excluded.description",
    )?;
    for instrument in instruments {
        let text = serde_json::to_string(instrument)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        upsert.execute(params![instrument.id.as_str(), text])?;
    }
    Ok(())
}

/// Every description, by id.
pub(super) fn read_instruments(connection: &Connection) -> Result<Vec<Instrument>, StoreError> {
    let mut select =
        connection.prepare_cached("SELECT description FROM instruments ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut instruments = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        instruments.push(
            serde_json::from_str(&text).map_err(|error| StoreError::Damaged(error.to_string()))?,
        );
    }
    Ok(instruments)
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    #[test]
    fn gaps_of_an_instrument_are_found_by_the_primary_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("candles.db");
        let connection = schema::open_writer(&file, &schema::CANDLES).expect("opens");
        let instrument: InstrumentId = "coinbase:BTC-USD".parse().expect("an instrument");
        for which in [Which::All, Which::MissingTrades] {
            for newest in [Newest::No, Newest::Yes] {
                let select = select(which, Some(&instrument), newest);
                let plan: String = connection
                    .prepare(&format!("EXPLAIN QUERY PLAN {select}"))
                    .expect("is understood")
                    .query_row([rusqlite::types::Null; 6], |row| row.get("detail"))
                    .expect("explains");
                let found = "(instrument=? AND kind=? AND start>? AND start<?)";
                assert!(plan.ends_with(found), "{plan}");
            }
        }
    }
}

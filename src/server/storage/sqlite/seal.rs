//! Sealing a day of trades that is over: its rows become blocks of compressed columns.
//!
//! It happens in steps, so that the writer is free in between. A step is one transaction: rows
//! are read, the blocks made of them are written, read back and compared, and only then are the
//! rows deleted. So after a crash at any point every trade is there once, as a row or in a block,
//! and sealing goes on where it stopped. Rows that come later (a venue's history fills a gap) are
//! merged with the block that covers their time in the same way. When no row is left, what the
//! rows took is given back to the disk.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::block::{self, Held, key};
use super::{sealed, trade};
use crate::server::storage::StoreError;

/// How much is done at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Trades in a block.
    block: usize,
    /// Rows that one step takes.
    step: usize,
}

/// A block is what a page of an answer unpacks in a millisecond, a step what keeps the writer busy
/// for a tenth of a second.
pub(super) const SIZES: Sizes = Sizes {
    block: 8_192,
    step: 32_768,
};

/// What is left of a day to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Another step.
    More,
    /// Nothing.
    Nothing,
}

/// Does the next step.
pub(super) fn step(connection: &mut Connection, sizes: Sizes) -> Result<Left, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let series: Option<i64> = transaction
        .prepare_cached("SELECT series FROM trades LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    if let Some(series) = series {
        seal_stretch(&transaction, series, sizes)?;
        transaction.commit()?;
        return Ok(Left::More);
    }
    drop(transaction);
    shrink(connection)?;
    Ok(Left::Nothing)
}

/// Whether a day's file has anything to seal or to give back.
pub(super) fn is_due(connection: &Connection) -> Result<bool, StoreError> {
    let row = connection
        .prepare_cached("SELECT 1 FROM trades LIMIT 1")?
        .query_row([], |_| Ok(()))
        .optional()?;
    Ok(row.is_some() || is_loose(connection)?)
}

/// A block as it lies in the file.
struct Block {
    id: i64,
    end: i64,
    trades: Vec<Held>,
}

/// Seals the oldest rows of an instrument, up to the next block.
fn seal_stretch(connection: &Connection, series: i64, sizes: Sizes) -> Result<(), StoreError> {
    let first: i64 = connection
        .prepare_cached("SELECT time FROM trades WHERE series = ?1 ORDER BY time, id LIMIT 1")?
        .query_row([series], |row| row.get(0))?;
    let next: Option<i64> = connection
        .prepare_cached("SELECT min(start) FROM blocks WHERE series = ?1 AND start > ?2")?
        .query_row([series, first], |row| row.get(0))?;
    let rows = rows_before(connection, series, next, sizes.step)?;
    let Some(last) = rows.last().map(key) else {
        return Ok(());
    };
    let taken = rows.len();
    let mut trades = rows;
    if let Some(before) = block_before(connection, series, first)?
        && (before.end >= first || before.trades.len() < sizes.block / 2)
    {
        connection
            .prepare_cached("DELETE FROM blocks WHERE id = ?1")?
            .execute([before.id])?;
        trades.extend(before.trades);
        trades.sort_unstable_by_key(key);
    }
    for trades in cut(&trades, sizes.block) {
        write(connection, series, trades)?;
    }
    let deleted = connection
        .prepare_cached("DELETE FROM trades WHERE series = ?1 AND (time, id) <= (?2, ?3)")?
        .execute([series, last.0, last.1])?;
    if deleted == taken {
        Ok(())
    } else {
        Err(differs())
    }
}

/// The oldest rows before a time, ascending.
fn rows_before(
    connection: &Connection,
    series: i64,
    end: Option<i64>,
    limit: usize,
) -> Result<Vec<Held>, StoreError> {
    let columns = trade::COLUMNS;
    let mut select = connection.prepare_cached(&format!(
        "SELECT {columns} FROM trades WHERE series = ?1 AND (?2 IS NULL OR time < ?2)
         ORDER BY time, id LIMIT ?3"
    ))?;
    let mut rows = select.query(params![series, end, limit as i64])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(trade::from_row(row)?);
    }
    Ok(found)
}

/// The last block that begins at a time or before it.
fn block_before(
    connection: &Connection,
    series: i64,
    time: i64,
) -> Result<Option<Block>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT count, data, id, end FROM blocks WHERE series = ?1 AND start <= ?2
         ORDER BY start DESC LIMIT 1",
    )?;
    let mut rows = select.query([series, time])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Block {
        id: row.get(2)?,
        end: row.get(3)?,
        trades: sealed::content(row)?,
    }))
}

/// Trades in pieces of a block's size, cut where time moves on, so that blocks never overlap.
fn cut(mut trades: &[Held], block: usize) -> Vec<&[Held]> {
    let mut pieces = Vec::new();
    while !trades.is_empty() {
        let mut at = trades.len().min(block);
        while at < trades.len() && trades[at].1.time == trades[at - 1].1.time {
            at += 1;
        }
        let (piece, rest) = trades.split_at(at);
        pieces.push(piece);
        trades = rest;
    }
    pieces
}

/// Writes a block and reads it back.
fn write(connection: &Connection, series: i64, trades: &[Held]) -> Result<(), StoreError> {
    let (Some((_, first)), Some((_, last))) = (trades.first(), trades.last()) else {
        return Ok(());
    };
    let ids = || trades.iter().map(|(_, trade)| trade.id.0 as i64);
    let block = connection
        .prepare_cached(
            "INSERT INTO blocks (series, start, end, least_id, greatest_id, count, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            series,
            first.time.0,
            last.time.0,
            ids().min(),
            ids().max(),
            trades.len() as i64,
            block::encode(trades)?,
        ])?;
    let mut select = connection.prepare_cached("SELECT count, data FROM blocks WHERE id = ?1")?;
    let mut rows = select.query([block])?;
    let row = rows.next()?.ok_or_else(differs)?;
    if sealed::content(row)? == trades {
        Ok(())
    } else {
        Err(differs())
    }
}

fn differs() -> StoreError {
    StoreError::Damaged("sealed trades differ from their rows; the rows were kept".to_owned())
}

/// Whether an eighth of the file or more is empty.
pub(super) fn is_loose(connection: &Connection) -> Result<bool, StoreError> {
    let pages = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(pages("freelist_count")? * 8 > pages("page_count")?)
}

/// Gives empty pages back to the disk. SQLite writes the file anew within a transaction of its
/// own, so that a crash leaves the old one; the log is emptied as soon as nobody reads it.
pub(super) fn shrink(connection: &Connection) -> Result<(), StoreError> {
    if is_loose(connection)? {
        connection.execute_batch("VACUUM")?;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use proptest::prelude::*;
    use tradesuite_core::model::{
        Precision, Price, Quantity, Side, Trade, TradeId, UnixMs, UnixNs,
    };

    use super::super::day::{Day, DayFiles};
    use super::super::reader::Readers;
    use super::super::schema;
    use super::*;
    use crate::server::storage::conformance::{MIDNIGHT, all, instrument};
    use crate::server::storage::{Newest, Span, TradeRecord};

    const SYMBOLS: [&str; 2] = ["A-USD", "B-USD"];
    const SMALL: Sizes = Sizes { block: 4, step: 7 };

    /// Trades by symbol, time and id: what a day has to hold.
    type Reference = BTreeMap<(usize, i64, u64), Trade>;

    fn day() -> Day {
        Day::of(UnixMs(MIDNIGHT).to_ns())
    }

    /// Ids rise with time, several in one instant; symbol and id say everything.
    fn any_trades() -> impl Strategy<Value = Vec<(usize, u64)>> {
        prop::collection::vec((0..2_usize, 0..90_u64), 0..40)
    }

    fn trade(symbol: usize, id: u64) -> Trade {
        let time = UnixNs((MIDNIGHT + id as i64 / 3 * 1_000) * 1_000_000);
        Trade {
            id: TradeId(id),
            time,
            received: UnixNs(time.0 + 40_000_000 + id as i64 * 7 % 11),
            price: Price(100 + id as i64 * 13 % 7),
            quantity: Quantity(1 + symbol as i64),
            side: if id.is_multiple_of(2) {
                Side::Buy
            } else {
                Side::Sell
            },
        }
    }

    fn write(files: &mut DayFiles, held: &mut Reference, trades: &[(usize, u64)]) {
        let record = |&(symbol, id): &(usize, u64)| TradeRecord {
            instrument: instrument(SYMBOLS[symbol]),
            precision: Precision::default(),
            trade: trade(symbol, id),
        };
        let records: Vec<_> = trades.iter().map(record).collect();
        super::trade::write(files, &records).expect("writes");
        for &(symbol, id) in trades {
            let trade = trade(symbol, id);
            held.insert((symbol, trade.time.0, id), trade);
        }
        let connection = files.get(day()).expect("opens");
        let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        emptied.expect("empties the log");
    }

    fn read(folder: &Path, symbol: usize, span: Span) -> Vec<Trade> {
        let id = instrument(SYMBOLS[symbol]);
        let rows = super::trade::read(&Readers::default(), folder, &id, span);
        rows.expect("reads").rows
    }

    fn check(folder: &Path, held: &Reference) {
        for symbol in 0..SYMBOLS.len() {
            let of_symbol = held.iter().filter(|(key, _)| key.0 == symbol);
            let expected: Vec<Trade> = of_symbol.map(|(_, trade)| *trade).collect();
            assert_eq!(read(folder, symbol, all()), expected);
            for (limit, newest) in [(5, Newest::No), (5, Newest::Yes), (90, Newest::Yes)] {
                let span = Span {
                    start: UnixMs(MIDNIGHT + 4_000),
                    end: UnixMs(MIDNIGHT + 21_000),
                    limit,
                    newest,
                };
                let inside = |t: &&Trade| (span.start..span.end).contains(&t.time.to_ms());
                let mut inside: Vec<Trade> = expected.iter().filter(inside).copied().collect();
                let much = inside.len().saturating_sub(limit as usize);
                match newest {
                    Newest::Yes => drop(inside.drain(..much)),
                    Newest::No => inside.truncate(limit as usize),
                }
                assert_eq!(read(folder, symbol, span), inside, "{span:?}");
            }
        }
    }

    /// What a process leaves behind that is killed while its last bytes are on the way to the disk.
    fn check_killed(folder: &Path, share: f64, held: &Reference) {
        let killed = tempfile::tempdir().expect("a folder");
        let name = format!("{}.db", day());
        let log = format!("{name}-wal");
        std::fs::copy(folder.join(&name), killed.path().join(&name)).expect("copies");
        let bytes = std::fs::read(folder.join(&log)).expect("reads");
        let whole = (bytes.len() as f64 * share) as usize;
        std::fs::write(killed.path().join(&log), &bytes[..whole]).expect("writes");
        check(killed.path(), held);
    }

    fn check_blocks(connection: &Connection) {
        let overlapping: i64 = connection
            .query_row(
                "SELECT count(*) FROM blocks a JOIN blocks b USING (series)
                 WHERE a.id < b.id AND a.start <= b.end AND b.start <= a.end",
                [],
                |row| row.get(0),
            )
            .expect("counts");
        assert_eq!(overlapping, 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(16) })]

        #[test]
        fn every_trade_is_there_once_whatever_is_cut_when(
            batches in prop::collection::vec(any_trades(), 1..4),
            shares in prop::collection::vec(0.0..1.0_f64, 40),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let folder = folder.path();
            let layout = &schema::TRADES;
            let mut files = DayFiles::new(folder.to_owned(), layout).expect("opens");
            let mut held = Reference::new();
            let mut shares = shares.into_iter().cycle();
            for batch in batches {
                write(&mut files, &mut held, &batch);
                check(folder, &held);
                let connection = files.get(day()).expect("opens");
                while step(connection, SMALL).expect("seals") == Left::More {
                    check_killed(folder, shares.next().unwrap_or(0.5), &held);
                    check_blocks(connection);
                }
                check(folder, &held);
                prop_assert!(!is_due(connection).expect("asks"));
            }
        }
    }

    #[test]
    fn what_rows_took_is_given_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let layout = &schema::TRADES;
        let mut files = DayFiles::new(folder.path().to_owned(), layout).expect("opens");
        let mut held = Reference::new();
        let trades: Vec<_> = (0..20_000).map(|id| (0, id)).collect();
        write(&mut files, &mut held, &trades);
        let size = || {
            std::fs::metadata(day().file(folder.path()))
                .expect("is there")
                .len()
        };
        let before = size();
        let connection = files.get(day()).expect("opens");
        while step(connection, SIZES).expect("seals") == Left::More {}
        assert!(size() * 10 < before, "{before} became {}", size());
        check(folder.path(), &held);
    }
}

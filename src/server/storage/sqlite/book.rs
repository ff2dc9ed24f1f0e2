//! Writing book history.
//!
//! Each batch adds one small row an instrument; when enough of them are open they become one
//! compressed row, in the same transaction. A whole book begins a row of its own: the venue's
//! snapshots, and one of ours with every hour (UTC), so that reading never goes far back and every
//! day's file stands alone. A file keeps the journal position up to which it has everything, so a
//! record that comes again after a crash is known and left out.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{BookDelta, InstrumentId, UnixNs};

use super::chunk::{Encoder, filing_time};
use super::day::{Day, DayFiles};
use super::reader::Readers;
use super::{history, pack, schema};
use crate::server::storage::{BookChange, BookRecord, StoreError};

const NS_PER_HOUR: i64 = 3_600_000_000_000;
/// An hour after which every other is due.
const LONG_AGO: i64 = i64::MIN;
/// Open rows become a compressed one at this size, bytes …
const PACK_BYTES: i64 = 64 * 1_024;
/// … or at this number.
const PACK_ROWS: i64 = 512;

/// The books as they stand at the end of what is written.
#[derive(Debug, Default)]
pub(super) struct BookWriter {
    books: HashMap<InstrumentId, Tracked>,
    /// Journal position of each day's file.
    positions: HashMap<Day, Option<u64>>,
}

#[derive(Debug)]
struct Tracked {
    book: OrderBook,
    /// Hour (UTC, since 1970) that has its whole book; `None` until there is one.
    hour: Option<i64>,
}

/// A row in the making.
#[derive(Debug)]
struct Piece {
    encoder: Encoder,
    start: i64,
    end: i64,
    snapshot: bool,
}

/// What one batch adds to one day.
#[derive(Debug, Default)]
struct DayPart {
    pieces: BTreeMap<InstrumentId, Vec<Piece>>,
    position: Option<u64>,
}

impl BookWriter {
    /// Writes records in order, one transaction a day. After an error nothing is assumed about
    /// what was written: the books are read again from the files, unless these are damaged.
    pub fn write(
        &mut self,
        files: &mut DayFiles,
        readers: &Readers,
        records: &[BookRecord],
    ) -> Result<(), StoreError> {
        let written = self.try_write(files, readers, records);
        match &written {
            Ok(()) => {}
            // The books are not in the files any more. What was applied is absolute, so that
            // applying it again with the next try ends in the same books.
            Err(StoreError::Damaged(_)) => self.positions.clear(),
            Err(_) => *self = Self::default(),
        }
        written
    }

    /// A day's file was set aside: whatever file comes in its place begins with whole books, as
    /// far as these are known.
    pub fn begin_anew(&mut self, day: Day) {
        self.positions.remove(&day);
        for tracked in self.books.values_mut() {
            tracked.hour = tracked.hour.map(|_| LONG_AGO);
        }
    }

    /// Forgets what is known of a day's file, which is deleted.
    pub fn forget(&mut self, day: Day) {
        self.positions.remove(&day);
    }

    fn try_write(
        &mut self,
        files: &mut DayFiles,
        readers: &Readers,
        records: &[BookRecord],
    ) -> Result<(), StoreError> {
        let mut days: BTreeMap<Day, DayPart> = BTreeMap::new();
        for record in records {
            let time = filing_time(&record.change, record.received);
            let day = Day::of(time);
            let position = record.position.map(|position| position.0);
            if position.is_some() && position <= self.file_position(files, day)? {
                continue;
            }
            let part = days.entry(day).or_default();
            part.position = part.position.max(position);
            let tracked = self.track(files, readers, &record.instrument)?;
            part.add(tracked, record, time);
        }
        for (day, part) in days {
            files.with(day, |file| {
                let transaction = file.transaction()?;
                part.write(&transaction)?;
                Ok(transaction.commit()?)
            })?;
            if let Some(position) = part.position {
                self.positions.insert(day, Some(position));
            }
        }
        Ok(())
    }

    fn file_position(&mut self, files: &mut DayFiles, day: Day) -> Result<Option<u64>, StoreError> {
        if let Some(position) = self.positions.get(&day) {
            return Ok(*position);
        }
        let position = files.with(day, |file| Ok(schema::position(file)?))?;
        self.positions.insert(day, position);
        Ok(position)
    }

    /// The book as it stands; read from the files when it is not in memory.
    fn track(
        &mut self,
        files: &DayFiles,
        readers: &Readers,
        instrument: &InstrumentId,
    ) -> Result<&mut Tracked, StoreError> {
        if !self.books.contains_key(instrument) {
            let held = history::book_at(readers, files.folder(), instrument, UnixNs(i64::MAX))?;
            let tracked = Tracked {
                hour: held
                    .as_ref()
                    .map(|book| book.time().0.div_euclid(NS_PER_HOUR)),
                book: held.unwrap_or_default(),
            };
            self.books.insert(instrument.clone(), tracked);
        }
        self.books
            .get_mut(instrument)
            .ok_or_else(|| StoreError::Damaged("a book is missing".to_owned()))
    }
}

impl DayPart {
    fn add(&mut self, tracked: &mut Tracked, record: &BookRecord, time: UnixNs) {
        let pieces = self.pieces.entry(record.instrument.clone()).or_default();
        let hour = time.0.div_euclid(NS_PER_HOUR);
        let whole = matches!(record.change, BookChange::Snapshot(_));
        // A message that is a little late belongs to an hour that has its whole book already.
        let due = tracked
            .hour
            .is_some_and(|held| held != hour && held != hour + 1);
        if whole || due {
            tracked.hour = Some(hour);
        }
        if due && !whole && !tracked.book.is_stale() {
            let book = &tracked.book;
            let snapshot = BookChange::Snapshot(BookDelta {
                time: book.time(),
                bids: book.bids(book.bid_count()).collect(),
                asks: book.asks(book.ask_count()).collect(),
            });
            let mut piece = Piece::new(time, true);
            piece
                .encoder
                .push(book.precision(), record.received, &snapshot);
            pieces.push(piece);
        }
        if whole || pieces.is_empty() {
            pieces.push(Piece::new(time, whole));
        }
        if let Some(piece) = pieces.last_mut() {
            piece.start = piece.start.min(time.0);
            piece.end = piece.end.max(time.0);
            piece
                .encoder
                .push(record.precision, record.received, &record.change);
        }
        match &record.change {
            // Until the next snapshot nothing is known of it, and there may never be one: books
            // that nobody follows any more take no memory.
            BookChange::Stale => tracked.book = OrderBook::default(),
            change => history::advance(&mut tracked.book, record.precision, change),
        }
    }

    fn write(&self, connection: &Connection) -> Result<(), StoreError> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO history (series, start, end, snapshot, packed, data)
             VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        )?;
        for (instrument, pieces) in &self.pieces {
            let series = schema::make_series(connection, instrument)?;
            for piece in pieces {
                if piece.snapshot {
                    pack::pack(connection, series)?;
                }
                insert.execute(params![
                    series,
                    piece.start,
                    piece.end,
                    piece.snapshot,
                    piece.encoder.bytes()
                ])?;
            }
            let (rows, bytes): (i64, i64) = connection
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(length(data)), 0) FROM history
                     WHERE series = ?1 AND packed = 0",
                )?
                .query_row([series], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if rows >= PACK_ROWS || bytes >= PACK_BYTES {
                pack::pack(connection, series)?;
            }
        }
        if let Some(position) = self.position {
            schema::set_position(connection, position)?;
        }
        Ok(())
    }
}

impl Piece {
    fn new(time: UnixNs, snapshot: bool) -> Self {
        Self {
            encoder: Encoder::default(),
            start: time.0,
            end: time.0,
            snapshot,
        }
    }
}

#[cfg(test)]
mod tests {
    use tradesuite_core::model::Position;

    use super::*;
    use crate::server::storage::conformance::{MIDNIGHT, delta, instrument, precision};

    #[test]
    fn a_book_that_is_not_followed_any_more_takes_no_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("book");
        let mut files = DayFiles::new(path, &schema::BOOK).expect("opens");
        let (readers, id) = (Readers::default(), instrument("OB-USD"));
        let record = |position, change| BookRecord {
            instrument: id.clone(),
            precision: precision(2, 3),
            position: Some(Position(position)),
            received: UnixNs((MIDNIGHT + 1) * 1_000_000),
            change,
        };
        let mut writer = BookWriter::default();
        let whole = BookChange::Snapshot(delta(0, &[(9, 1)], &[(11, 1)]));
        for (position, change, is_empty) in [
            (1, whole.clone(), false),
            (2, BookChange::Stale, true),
            (3, BookChange::Update(delta(1, &[(8, 1)], &[])), true),
            (4, whole, false),
        ] {
            let records = [record(position, change)];
            writer
                .write(&mut files, &readers, &records)
                .expect("writes");
            let book = &writer.books[&id].book;
            assert_eq!((book.is_empty(), book.is_stale()), (is_empty, is_empty));
        }
    }
}

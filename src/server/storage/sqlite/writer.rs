//! The thread that owns every connection for writing.
//!
//! One batch touches several files, and SQLite makes a transaction over several files in WAL mode
//! whole in each of them, but not in all of them together when the process dies between two
//! commits. So the order does it: trades and book history first, `candles.db` with the position
//! last. What was committed before a crash is written again from the journal and changes nothing,
//! because trades are keyed by id, book history by the position in its own file, and bars by their
//! rule. Bars that were not committed with their trades are for the recorder to see: it has them
//! made anew.
//! A day's file that is damaged is set aside (module `aside`), so that it holds up nothing else.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tradesuite_core::model::UnixMs;

use super::aside::{self, Look};
use super::book::BookWriter;
use super::day::{self, Day, DayFiles};
use super::reader::Readers;
use super::retention::Kind;
use super::seal::{self, Left, SIZES};
use super::{candle, ledger, pack, schema, trade};
use crate::server::storage::{StoreBatch, StoreError};

/// What goes with `candles.db`.
const LOST: &str = "trades and book history stay; bars are fetched from the venues as far as they \
                    have them, those of imports come back with the next import of the same file, \
                    and the list of gaps is lost";

/// Whom to tell.
type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the thread can be asked to do, and whom to tell.
#[derive(Debug)]
pub(super) enum Order {
    /// Take a batch.
    Write(Arc<StoreBatch>, Done<()>),
    /// Be killed while taking a batch: days' files have it, `candles.db` has not.
    #[cfg(test)]
    Tear(Arc<StoreBatch>, Done<()>),
    /// Do a step of sealing a day that is over.
    Seal(Kind, Day, Done<Left>),
    /// Delete a day.
    Delete(Kind, Day, Done<()>),
    /// Do a step of deleting the bars of one second that open before a time.
    Thin(UnixMs, Done<Left>),
    /// Look whether a day's file is damaged, and set it aside then. Says whether it was.
    Examine(Kind, Day, Done<bool>),
}

/// Everything that is open for writing.
#[derive(Debug)]
pub(super) struct Writer {
    /// Of its own: they see what is committed, for reading books back after an error. First, so
    /// that they are closed first: SQLite folds its log into a file when a writer closes last.
    readers: Readers,
    candles: Connection,
    trades: DayFiles,
    book: DayFiles,
    books: BookWriter,
}

impl Writer {
    /// Opens or makes the files under `folder`.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let candles = folder.join(super::CANDLES_FILE);
        let opened = schema::open_writer(&candles, &schema::CANDLES);
        let mut writer = Self {
            candles: opened.map_err(|error| error.indispensable(&candles, LOST))?,
            trades: DayFiles::new(folder.join(super::TRADES_FOLDER), &schema::TRADES)?,
            book: DayFiles::new(folder.join(super::BOOK_FOLDER), &schema::BOOK)?,
            books: BookWriter::default(),
            readers: Readers::default(),
        };
        writer.look_through()?;
        Ok(writer)
    }

    /// Carries out orders until nobody can give any more.
    pub fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.blocking_recv() {
            // Whoever asked may have been stopped meanwhile; it is done all the same.
            match order {
                Order::Write(batch, done) => drop(done.send(self.write_in_spite(&batch))),
                #[cfg(test)]
                Order::Tear(batch, done) => drop(done.send(self.write_days(&batch))),
                Order::Seal(kind, day, done) => drop(done.send(self.seal(kind, day))),
                Order::Delete(kind, day, done) => drop(done.send(self.delete(kind, day))),
                Order::Thin(before, done) => {
                    drop(done.send(candle::thin(&self.candles, before)));
                }
                Order::Examine(kind, day, done) => drop(done.send(self.examine(kind, day))),
            }
        }
    }

    fn seal(&mut self, kind: Kind, day: Day) -> Result<Left, StoreError> {
        match kind {
            Kind::Trades => self.trades.with(day, |file| seal::step(file, SIZES)),
            Kind::Book => {
                self.book.with(day, pack::finish)?;
                Ok(Left::Nothing)
            }
        }
    }

    fn files(&mut self, kind: Kind) -> &mut DayFiles {
        match kind {
            Kind::Trades => &mut self.trades,
            Kind::Book => &mut self.book,
        }
    }

    /// Sets aside the files that are no databases at all. One that is empty while bars say that
    /// something was in it was cut off; else it was only just made.
    fn look_through(&mut self) -> Result<(), StoreError> {
        for kind in Kind::ALL {
            let folder = self.files(kind).folder().to_owned();
            for day in day::list(&folder)? {
                let reason = match aside::look(&day.file(&folder)) {
                    Look::Sound => continue,
                    Look::Foreign => "it is no database",
                    Look::Empty if aside::missing(&self.candles, kind, day, "")?.is_empty() => {
                        continue;
                    }
                    Look::Empty => "it is empty",
                };
                self.set_aside(kind, day, reason)?;
            }
        }
        Ok(())
    }

    fn examine(&mut self, kind: Kind, day: Day) -> Result<bool, StoreError> {
        let file = day.file(self.files(kind).folder());
        match aside::damage(&file) {
            None => Ok(false),
            Some(reason) => self.set_aside(kind, day, &reason).map(|()| true),
        }
    }

    /// Closes a day's file for good and goes on without it.
    fn set_aside(&mut self, kind: Kind, day: Day, reason: &str) -> Result<(), StoreError> {
        let files = self.files(kind);
        files.close(day);
        let file = day.file(files.folder());
        self.readers.forget(&file);
        let aside = aside::rename(&file)?;
        if kind == Kind::Book {
            self.books.begin_anew(day);
        }
        tracing::error!(
            file = %file.display(), reason, aside = %aside.display(),
            "a damaged file was set aside; what was in it is missing from now on"
        );
        let said = format!("the file of {day} was damaged and set aside");
        let gaps = aside::missing(&self.candles, kind, day, &said)?;
        ledger::write_gaps(&self.candles, &gaps)
    }

    /// Writes a batch. Files whose damage keeps it from that are set aside, once each.
    fn write_in_spite(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        let mut written = self.write(batch);
        let mut gone = BTreeSet::new();
        while let Err(StoreError::Damaged(reason)) = &written {
            let mut met: BTreeSet<(Kind, Day)> = BTreeSet::new();
            met.extend(
                self.trades
                    .take_damaged()
                    .into_iter()
                    .map(|day| (Kind::Trades, day)),
            );
            met.extend(
                self.book
                    .take_damaged()
                    .into_iter()
                    .map(|day| (Kind::Book, day)),
            );
            let read = self.readers.take_suspects();
            met.extend(read.iter().filter_map(|path| Kind::of_file(path)));
            met.retain(|file| !gone.contains(file));
            if met.is_empty() {
                break;
            }
            for (kind, day) in &met {
                self.set_aside(*kind, *day, reason)?;
            }
            gone.extend(met);
            written = self.write(batch);
        }
        written
    }

    fn delete(&mut self, kind: Kind, day: Day) -> Result<(), StoreError> {
        if kind == Kind::Book {
            self.books.forget(day);
        }
        let files = match kind {
            Kind::Trades => &mut self.trades,
            Kind::Book => &mut self.book,
        };
        self.readers.forget(&day.file(files.folder()));
        files.delete(day)
    }

    fn write(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        self.write_days(batch)?;
        let transaction = self.candles.transaction()?;
        candle::write(&transaction, &batch.candles)?;
        ledger::write_gaps(&transaction, &batch.gaps)?;
        ledger::write_instruments(&transaction, &batch.instruments)?;
        if let Some(position) = batch.position {
            schema::set_position(&transaction, position.0)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// What goes into the files of days: before everything else, so that a position never stands
    /// for what is not held.
    fn write_days(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        trade::write(&mut self.trades, &batch.trades)?;
        self.books.write(&mut self.book, &self.readers, &batch.book)
    }
}

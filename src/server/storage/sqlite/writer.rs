//! The thread that owns every connection for writing.
//!
//! One batch touches several files, and SQLite makes a transaction over several files in WAL mode
//! whole in each of them, but not in all of them together when the process dies between two
//! commits. So the order does it: trades and book history first, `candles.db` with the position
//! last. What was committed before a crash is written again from the journal and changes nothing,
//! because trades are keyed by id, book history by the position in its own file, and bars by their
//! rule.

use std::path::Path;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::book::BookWriter;
use super::day::{Day, DayFiles};
use super::reader::Readers;
use super::retention::Kind;
use super::seal::{self, Left, SIZES};
use super::{candle, ledger, pack, schema, trade};
use crate::server::storage::{StoreBatch, StoreError};

/// Whom to tell.
type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the thread can be asked to do, and whom to tell.
#[derive(Debug)]
pub(super) enum Order {
    /// Take a batch.
    Write(Box<StoreBatch>, Done<()>),
    /// Do a step of sealing a day that is over.
    Seal(Kind, Day, Done<Left>),
    /// Delete a day.
    Delete(Kind, Day, Done<()>),
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
        Ok(Self {
            candles: schema::open_writer(&folder.join(super::CANDLES_FILE), &schema::CANDLES)?,
            trades: DayFiles::new(folder.join(super::TRADES_FOLDER), &schema::TRADES)?,
            book: DayFiles::new(folder.join(super::BOOK_FOLDER), &schema::BOOK)?,
            books: BookWriter::default(),
            readers: Readers::default(),
        })
    }

    /// Carries out orders until nobody can give any more.
    pub fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.blocking_recv() {
            // Whoever asked may have been stopped meanwhile; it is done all the same.
            match order {
                Order::Write(batch, done) => drop(done.send(self.write(&batch))),
                Order::Seal(kind, day, done) => drop(done.send(self.seal(kind, day))),
                Order::Delete(kind, day, done) => drop(done.send(self.delete(kind, day))),
            }
        }
    }

    fn seal(&mut self, kind: Kind, day: Day) -> Result<Left, StoreError> {
        match kind {
            Kind::Trades => seal::step(self.trades.get(day)?, SIZES),
            Kind::Book => {
                pack::finish(self.book.get(day)?)?;
                Ok(Left::Nothing)
            }
        }
    }

    fn delete(&mut self, kind: Kind, day: Day) -> Result<(), StoreError> {
        let files = match kind {
            Kind::Trades => &mut self.trades,
            Kind::Book => {
                self.books.forget(day);
                &mut self.book
            }
        };
        self.readers.forget(&day.file(files.folder()));
        files.delete(day)
    }

    fn write(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        trade::write(&mut self.trades, &batch.trades)?;
        self.books
            .write(&mut self.book, &self.readers, &batch.book)?;
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
}

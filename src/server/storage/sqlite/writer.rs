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
use super::day::DayFiles;
use super::reader::Readers;
use super::{candle, ledger, schema, trade};
use crate::server::storage::{StoreBatch, StoreError};

/// A batch and whom to tell.
pub(super) struct Order {
    pub batch: StoreBatch,
    pub done: oneshot::Sender<Result<(), StoreError>>,
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
            candles: schema::open_writer(&folder.join(super::CANDLES_FILE), schema::CANDLES)?,
            trades: DayFiles::new(folder.join(super::TRADES_FOLDER), schema::TRADES)?,
            book: DayFiles::new(folder.join(super::BOOK_FOLDER), schema::BOOK)?,
            books: BookWriter::default(),
            readers: Readers::default(),
        })
    }

    /// Carries out orders until nobody can give any more.
    pub fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.blocking_recv() {
            let written = self.write(&order.batch);
            // Whoever asked may have been stopped meanwhile; the data is written all the same.
            let _ = order.done.send(written);
        }
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

//! The embedded market store: SQLite files in the data directory, open to ordinary tools.
//!
//! | file | what is in it |
//! |---|---|
//! | `candles.db` | bars of all instruments, gaps, instruments, the journal position |
//! | `trades/YYYY-MM-DD.db` | trades by UTC day of exchange time |
//! | `book/YYYY-MM-DD.db` | book history by UTC day |
//!
//! One thread writes; any number of questions read beside it, each with a connection of its own.
//! What makes writing crash-proof over several files stands in `writer`.

mod book;
mod candle;
mod chunk;
mod day;
mod history;
mod ledger;
mod reader;
mod rows;
mod schema;
mod state;
#[cfg(test)]
mod tests;
mod trade;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use tradesuite_core::model::{
    BookView, Candle, Gap, Instrument, InstrumentId, Position, Precision, Timeframe, Trade, UnixMs,
    UnixNs,
};

use self::reader::Readers;
pub use self::state::SqliteState;
use self::writer::{Order, Writer};
use super::directory::DataDirectory;
use super::{Coverage, MarketStore, Rows, Span, StoreBatch, StoreError, Stretch};

const CANDLES_FILE: &str = "candles.db";
const TRADES_FOLDER: &str = "trades";
const BOOK_FOLDER: &str = "book";
/// Batches that may wait for the writer; then `write` waits.
const QUEUE: usize = 16;

/// A cheap handle on the store.
#[derive(Clone, Debug)]
pub struct SqliteStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    readers: Readers,
    orders: Mutex<Option<mpsc::Sender<Order>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Held so that nobody else opens the files while this lives.
    _directory: DataDirectory,
}

impl SqliteStore {
    /// Opens the files in a data directory, or makes them.
    ///
    /// # Errors
    /// [`StoreError`], by what can be done about it.
    pub fn open(directory: &DataDirectory) -> Result<Self, StoreError> {
        let folder = directory.path().to_owned();
        let writer = Writer::open(&folder)?;
        let (orders, inbox) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run(inbox))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            folder,
            readers: Readers::default(),
            orders: Mutex::new(Some(orders)),
            writer: Mutex::new(Some(thread)),
            _directory: directory.clone(),
        })))
    }

    /// Asks on a thread that may block.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        match tokio::task::spawn_blocking(move || question(&inner)).await {
            Ok(answer) => answer,
            Err(error) => Err(StoreError::Unavailable(error.to_string())),
        }
    }

    /// Asks `candles.db`.
    async fn ask_candles<T: Send + Default + 'static>(
        &self,
        question: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask(move |inner| {
            let path = inner.folder.join(CANDLES_FILE);
            Ok(inner.readers.with(&path, question)?.unwrap_or_default())
        })
        .await
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

#[async_trait]
impl MarketStore for SqliteStore {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    async fn write(&self, batch: StoreBatch) -> Result<(), StoreError> {
        let orders = {
            let held = self.0.orders.lock();
            held.unwrap_or_else(PoisonError::into_inner).clone()
        };
        let (done, written) = oneshot::channel();
        let orders = orders.ok_or_else(closed)?;
        orders
            .send(Order { batch, done })
            .await
            .map_err(|_| closed())?;
        written.await.map_err(|_| closed())?
    }

    async fn position(&self) -> Result<Option<Position>, StoreError> {
        self.ask_candles(|connection| Ok(schema::position(connection)?.map(Position)))
            .await
    }

    async fn trades(
        &self,
        instrument: &InstrumentId,
        span: Span,
    ) -> Result<Rows<Trade>, StoreError> {
        let instrument = instrument.clone();
        self.ask(move |inner| {
            let folder = inner.folder.join(TRADES_FOLDER);
            trade::read(&inner.readers, &folder, &instrument, span)
        })
        .await
    }

    async fn candles(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        span: Span,
    ) -> Result<Rows<Candle>, StoreError> {
        let instrument = instrument.clone();
        self.ask_candles(move |connection| candle::read(connection, &instrument, timeframe, span))
            .await
    }

    async fn book_at(
        &self,
        instrument: &InstrumentId,
        at: UnixMs,
        depth: u32,
    ) -> Result<Option<(Precision, BookView)>, StoreError> {
        let instrument = instrument.clone();
        // Up to the end of that millisecond.
        let at = UnixNs(at.to_ns().0.saturating_add(999_999));
        self.ask(move |inner| {
            let folder = inner.folder.join(BOOK_FOLDER);
            let book = history::book_at(&inner.readers, &folder, &instrument, at)?;
            Ok(book.map(|book| (book.precision(), book.view(depth as usize))))
        })
        .await
    }

    async fn gaps_starting(
        &self,
        instrument: Option<&InstrumentId>,
        touching: Stretch,
        starts: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let instrument = instrument.cloned();
        self.ask_candles(move |connection| {
            ledger::read_gaps(connection, instrument.as_ref(), touching, starts)
        })
        .await
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, StoreError> {
        self.ask_candles(ledger::read_instruments).await
    }

    async fn coverage(&self, instrument: &InstrumentId) -> Result<Coverage, StoreError> {
        let instrument = instrument.clone();
        self.ask(move |inner| {
            let (readers, folder) = (&inner.readers, &inner.folder);
            let candles = readers.with(&folder.join(CANDLES_FILE), |connection| {
                candle::coverage(connection, &instrument)
            })?;
            Ok(Coverage {
                trades: trade::coverage(readers, &folder.join(TRADES_FOLDER), &instrument)?,
                candles: candles.flatten(),
                book: history::coverage(readers, &folder.join(BOOK_FOLDER), &instrument)?,
            })
        })
        .await
    }

    async fn bytes(&self) -> Result<u64, StoreError> {
        self.ask(|inner| {
            let mut bytes = 0;
            for suffix in ["", "-wal", "-shm"] {
                let file = inner.folder.join(format!("{CANDLES_FILE}{suffix}"));
                bytes += std::fs::metadata(file).map_or(0, |metadata| metadata.len());
            }
            for folder in [TRADES_FOLDER, BOOK_FOLDER] {
                bytes += size_of_files(&inner.folder.join(folder));
            }
            Ok(bytes)
        })
        .await
    }

    async fn close(&self) {
        let inner = &self.0;
        drop(
            inner
                .orders
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        inner.readers.clear();
        let thread = {
            let mut held = inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
            held.take()
        };
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the store's writer ended with a panic");
            }
        }
    }
}

/// Files that vanish meanwhile count nothing.
fn size_of_files(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}

//! The embedded market store: SQLite files in the data directory, open to ordinary tools.
//!
//! | file | what is in it |
//! |---|---|
//! | `candles.db` | bars of all instruments, gaps, instruments, the journal position |
//! | `trades/YYYY-MM-DD.db` | trades by UTC day of exchange time: rows, and once the day is over compressed blocks |
//! | `book/YYYY-MM-DD.db` | book history by UTC day |
//!
//! One thread writes; any number of questions read beside it, each with a connection of its own.
//! A day's file that is damaged is set aside as `….damaged`, and everything else goes on.
//! What makes writing crash-proof over several files stands in `writer`, what happens to days that
//! are over in [`Keeper`], to files of an older version in `upgrade`.

mod aside;
mod bare;
mod block;
mod book;
mod candle;
mod chunk;
mod columns;
#[cfg(test)]
mod damage_tests;
mod day;
mod history;
mod keeper;
mod ledger;
mod pack;
mod reader;
mod retention;
mod schema;
mod seal;
mod sealed;
mod space;
mod state;
#[cfg(test)]
mod tests;
mod trade;
mod upgrade;
mod varint;
#[cfg(test)]
mod version_tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use tradesuite_core::model::{
    BookView, Candle, Gap, Instrument, InstrumentId, KindStatus, Position, Precision, Timeframe,
    Trade, UnixMs, UnixNs,
};

pub use self::bare::bars_are_gone;
use self::day::Day;
pub use self::keeper::Keeper;
use self::ledger::Which;
use self::reader::Readers;
use self::retention::Kind;
pub use self::retention::Retention;
pub use self::state::SqliteState;
use self::writer::{Order, Writer};
use super::directory::DataDirectory;
use super::{Coverage, MarketStore, Rows, Span, StoreBatch, StoreError, Stretch};

const CANDLES_FILE: &str = "candles.db";
const TRADES_FOLDER: &str = Kind::Trades.name();
const BOOK_FOLDER: &str = Kind::Book.name();
/// Batches that may wait for the writer; then `write` waits.
const QUEUE: usize = 16;

/// A cheap handle on the store.
#[derive(Clone, Debug)]
pub struct SqliteStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    retention: Retention,
    readers: Readers,
    /// A day that is over, and the bars that were made in it.
    grown: Mutex<Option<(Day, u64)>>,
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
        Self::open_keeping(directory, Retention::default())
    }

    /// Like [`SqliteStore::open`]; a [`Keeper`] will delete what `retention` does not keep.
    ///
    /// # Errors
    /// [`StoreError`], by what can be done about it.
    pub fn open_keeping(
        directory: &DataDirectory,
        retention: Retention,
    ) -> Result<Self, StoreError> {
        let folder = directory.path().to_owned();
        let writer = Writer::open(&folder)?;
        let (orders, inbox) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run(inbox))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            folder,
            retention,
            readers: Readers::default(),
            grown: Mutex::default(),
            orders: Mutex::new(Some(orders)),
            writer: Mutex::new(Some(thread)),
            _directory: directory.clone(),
        })))
    }

    /// Begins to take a batch as if it were killed before the end.
    #[cfg(test)]
    pub(crate) async fn tear(&self, batch: StoreBatch) -> Result<(), StoreError> {
        let batch = Arc::new(batch);
        self.order(|done| Order::Tear(batch, done)).await
    }

    /// Has the writer do something, and waits for it.
    async fn order<T>(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Order,
    ) -> Result<T, StoreError> {
        let orders = {
            let held = self.0.orders.lock();
            held.unwrap_or_else(PoisonError::into_inner).clone()
        };
        let (done, answer) = oneshot::channel();
        let orders = orders.ok_or_else(closed)?;
        orders.send(order(done)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
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

    /// Asks files of days. One that is damaged is set aside, and the rest asked again.
    async fn ask_days<T: Send + 'static>(
        &self,
        question: impl Fn(&Inner) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> Result<T, StoreError> {
        let question = Arc::new(question);
        loop {
            let asked = Arc::clone(&question);
            let answer = self.ask(move |inner| asked(inner)).await;
            let is_damaged = matches!(answer, Err(StoreError::Damaged(_)));
            if !is_damaged || !self.set_suspects_aside().await {
                return answer;
            }
        }
    }

    /// Has the files examined in which an answer met damage; whether one of them was set aside.
    async fn set_suspects_aside(&self) -> bool {
        let mut any = false;
        for path in self.0.readers.take_suspects() {
            if let Some((kind, day)) = Kind::of_file(&path) {
                let examined = self.order(|done| Order::Examine(kind, day, done)).await;
                if matches!(examined, Ok(true)) {
                    self.0.readers.forget(&path);
                    any = true;
                }
            }
        }
        any
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

    async fn write_shared(&self, batch: Arc<StoreBatch>) -> Result<(), StoreError> {
        self.order(|done| Order::Write(batch, done)).await
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
        self.ask_days(move |inner| {
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
        self.ask_days(move |inner| {
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
            ledger::read_gaps(
                connection,
                Which::All,
                instrument.as_ref(),
                touching,
                starts,
            )
        })
        .await
    }

    async fn missing_trades(
        &self,
        instrument: Option<&InstrumentId>,
        span: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let instrument = instrument.cloned();
        let (touching, starts) = span.touched();
        self.ask_candles(move |connection| {
            let which = Which::MissingTrades;
            ledger::read_gaps(connection, which, instrument.as_ref(), touching, starts)
        })
        .await
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, StoreError> {
        self.ask_candles(ledger::read_instruments).await
    }

    async fn coverage(&self, instrument: &InstrumentId) -> Result<Coverage, StoreError> {
        let instrument = instrument.clone();
        self.ask_days(move |inner| {
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
        let space = self.ask(|inner| inner.space()).await?;
        Ok(space.on_disk + space.files.iter().map(|file| file.bytes).sum::<u64>())
    }

    async fn usage(&self, now: UnixMs) -> Result<Vec<KindStatus>, StoreError> {
        self.ask(move |inner| {
            let space = inner.space()?;
            let bars = inner.bars(&space, now)?;
            let by_day =
                Kind::ALL.map(|kind| inner.retention.status(kind, &space.files, bars, now));
            let candles = KindStatus {
                kind: "candles".to_owned(),
                bytes: space.on_disk,
                bytes_per_day: bars.per_day,
                keep_days: None,
                next_deletion: None,
            };
            Ok(by_day.into_iter().chain([candles]).collect())
        })
        .await
    }

    async fn set_aside(&self) -> Result<Vec<String>, StoreError> {
        self.ask(|inner| damaged(&inner.folder)).await
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

/// Files in a data directory that were damaged and set aside, by name.
///
/// # Errors
/// [`StoreError::Unavailable`] where the folders cannot be read.
pub fn damaged(data: &Path) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for kind in Kind::ALL {
        let folder = data.join(kind.name());
        if folder.exists() {
            let aside = aside::list(&folder)?.into_iter();
            names.extend(aside.map(|(_, name)| format!("{}/{name}", kind.name())));
        }
    }
    Ok(names)
}

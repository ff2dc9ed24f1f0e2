//! What is kept, and the two traits through which everything else keeps it.
//!
//! [`MarketStore`] holds trades, candles, book history and gaps; [`StateStore`] what a person
//! made. The first may be large and lag behind the market, the second is small and every write
//! is durable. A consumer of the journal keeps its position with its result, so that it can read
//! on from there after any kind of end.
//!
//! Errors: [`StoreError`] for everything here, by what the caller can do about it.

#[cfg(test)]
mod conformance;
pub mod directory;
#[cfg(test)]
pub(crate) mod memory;
pub mod reserve;
mod rows;
pub mod sqlite;
mod state;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;
use tradesuite_core::model::{
    BookDelta, BookView, Candle, Gap, GapKind, Instrument, InstrumentId, KindStatus, Position,
    Precision, Timeframe, Trade, UnixMs, UnixNs,
};

pub use self::state::{Change, Entry, EntryRow, Expected, Outcome, Room, StateStore};

/// A trade and the decimals of its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeRecord {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Decimals of its numbers.
    pub precision: Precision,
    /// What traded.
    pub trade: Trade,
}

/// A bar and the decimals of its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandleRecord {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Of which width; one of [`Timeframe::STORED`], or a venue's own bar of any width.
    pub timeframe: Timeframe,
    /// Decimals of its numbers.
    pub precision: Precision,
    /// The bar.
    pub candle: Candle,
}

/// What a book did, for its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRecord {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Decimals of its numbers.
    pub precision: Precision,
    /// Its place in the journal, by which a record that is written again after a crash is known;
    /// `None` for imports.
    pub position: Option<Position>,
    /// When it reached this machine.
    pub received: UnixNs,
    /// What happened.
    pub change: BookChange,
}

/// Kinds of book history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookChange {
    /// The whole book.
    Snapshot(BookDelta),
    /// What changed.
    Update(BookDelta),
    /// Unknown from here to the next snapshot.
    Stale,
}

/// Everything that one stretch of the journal amounts to, written in one transaction.
#[derive(Clone, Debug, Default)]
pub struct StoreBatch {
    /// Journal position that is included with this batch; `None` for imports and venue history.
    pub position: Option<Position>,
    /// New trades. One that is held already (same instrument and id) changes nothing.
    pub trades: Vec<TradeRecord>,
    /// Bars, each replacing the one of its opening time unless that is a better one: own bars
    /// (origin `trades`) are never overwritten by a venue's, a venue's finished ones never by own
    /// bars with a hole (origin `both`).
    pub candles: Vec<CandleRecord>,
    /// Book history in order.
    pub book: Vec<BookRecord>,
    /// Gaps found.
    pub gaps: Vec<Gap>,
    /// Instruments described anew.
    pub instruments: Vec<Instrument>,
}

/// Which end of a span a limit counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newest {
    /// The oldest first after `start`.
    No,
    /// The newest before `end`.
    Yes,
}

/// A stretch of time, half open.
pub type Stretch = (UnixMs, UnixMs);

/// A half-open span of time with a limit. Answers are ascending in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Inclusive.
    pub start: UnixMs,
    /// Exclusive.
    pub end: UnixMs,
    /// Rows at the most.
    pub limit: u32,
    /// Which end the limit counts from.
    pub newest: Newest,
}

impl Span {
    /// For gaps: the stretch that they touch, and where they may start to do so.
    fn touched(self) -> (Stretch, Self) {
        let starts = Self {
            start: UnixMs(i64::MIN),
            ..self
        };
        ((self.start, self.end), starts)
    }
}

/// Rows with their common precision (the finest of all rows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending.
    pub rows: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            precision: Precision::default(),
            rows: Vec::new(),
        }
    }
}

/// From when to when something is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// First and last trade.
    pub trades: Option<(UnixMs, UnixMs)>,
    /// First and last bar of one minute.
    pub candles: Option<(UnixMs, UnixMs)>,
    /// First and last moment of book history.
    pub book: Option<(UnixMs, UnixMs)>,
}

/// Why a store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// May succeed later: locked, disk full, connection lost.
    #[error("the store cannot be reached at the moment: {0}")]
    Unavailable(String),
    /// Will not succeed: the data on disk is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The data directory belongs to another mode or a newer version.
    #[error("{0}")]
    Refused(String),
}

impl StoreError {
    /// Whether trying again later makes sense.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The same of a file, which is named.
    #[must_use]
    pub fn of(self, file: &Path) -> Self {
        let named = |reason| format!("{}: {reason}", file.display());
        match self {
            Self::Unavailable(reason) => Self::Unavailable(named(reason)),
            Self::Damaged(reason) => Self::Damaged(named(reason)),
            Self::Refused(_) => self,
        }
    }

    /// The same of a file that nothing goes without: what to do where it is damaged, and in a few
    /// words what is lost with it.
    #[must_use]
    fn indispensable(self, file: &Path, lost: &str) -> Self {
        match self.of(file) {
            Self::Damaged(reason) => Self::Damaged(format!(
                "{reason}; put a backup in its place, or move it away together with its -wal and \
                 -shm, and start again: {lost}"
            )),
            other => other,
        }
    }
}

/// Trades, candles, book history, gaps and instruments.
#[async_trait]
pub trait MarketStore: Send + Sync {
    /// `sqlite` or `influxdb`.
    fn kind(&self) -> &'static str;

    /// Takes a batch. After an error, or when the process dies meanwhile, part of it may be held,
    /// but never its position: writing the same batch again is always right and doubles nothing.
    async fn write(&self, batch: StoreBatch) -> Result<(), StoreError> {
        self.write_shared(Arc::new(batch)).await
    }

    /// The same with a batch that its owner keeps, to give it again after an error.
    async fn write_shared(&self, batch: Arc<StoreBatch>) -> Result<(), StoreError>;

    /// Journal position up to which everything is held; `None` for a new store.
    async fn position(&self) -> Result<Option<Position>, StoreError>;

    /// Trades by exchange time, then id.
    async fn trades(
        &self,
        instrument: &InstrumentId,
        span: Span,
    ) -> Result<Rows<Trade>, StoreError>;

    /// Bars as they are stored under `timeframe`; folding is the caller's.
    async fn candles(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        span: Span,
    ) -> Result<Rows<Candle>, StoreError>;

    /// The book as it stood at `at`, best `depth` levels a side; `None` where none is recorded.
    async fn book_at(
        &self,
        instrument: &InstrumentId,
        at: UnixMs,
        depth: u32,
    ) -> Result<Option<(Precision, BookView)>, StoreError>;

    /// Gaps that touch the span, by start, instrument and kind. One that ends where the span
    /// starts touches it: its last millisecond may lack something.
    async fn gaps(
        &self,
        instrument: Option<&InstrumentId>,
        span: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let (touching, starts) = span.touched();
        self.gaps_starting(instrument, touching, starts).await
    }

    /// Of the gaps that touch a stretch those that start within a span, in the same order: how a
    /// long list of them is read a page at a time.
    async fn gaps_starting(
        &self,
        instrument: Option<&InstrumentId>,
        touching: Stretch,
        starts: Span,
    ) -> Result<Vec<Gap>, StoreError>;

    /// Gaps in the trades that touch a span and were not filled, in the order of
    /// [`MarketStore::gaps`]. The limit is of these: however many others there are, they hide none.
    async fn missing_trades(
        &self,
        instrument: Option<&InstrumentId>,
        span: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let all = Span {
            limit: u32::MAX,
            ..span
        };
        let mut gaps = self.gaps(instrument, all).await?;
        gaps.retain(|gap| gap.kind == GapKind::Trades && !gap.filled);
        let limit = span.limit as usize;
        match span.newest {
            Newest::Yes => drop(gaps.drain(..gaps.len().saturating_sub(limit))),
            Newest::No => gaps.truncate(limit),
        }
        Ok(gaps)
    }

    /// Every instrument described so far, by id.
    async fn instruments(&self) -> Result<Vec<Instrument>, StoreError>;

    /// From when to when there is anything.
    async fn coverage(&self, instrument: &InstrumentId) -> Result<Coverage, StoreError>;

    /// Size on disk, bytes.
    async fn bytes(&self) -> Result<u64, StoreError>;

    /// What takes the space, how fast it grows and when it is deleted, by kind; empty for a store
    /// that does not say.
    async fn usage(&self, _now: UnixMs) -> Result<Vec<KindStatus>, StoreError> {
        Ok(Vec::new())
    }

    /// Files that were damaged and set aside, by name; what was in them is not held any more.
    async fn set_aside(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    /// Finishes what is under way and closes the files.
    async fn close(&self);
}

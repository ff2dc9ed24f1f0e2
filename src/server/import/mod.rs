//! Taking trades and bars out of files into the store.
//!
//! | module | what it owns |
//! |---|---|
//! | [`table`] | reading a file of comma-separated rows, packed or not, line by line |
//! | [`row`] | what a line of trades or bars says |
//! | [`twice`] | rows that a file has more than once |
//! | [`bars`] | bars that follow from what was imported |
//! | [`owed`] | bars that an import which was cut off has not made yet |
//! | [`progress`] | saying how far it is |
//!
//! A file is read more than once: first every line is checked, so that a file with a bad one changes
//! nothing, then it is written in batches, each whole or not at all. Importing a file again changes
//! nothing: trades are known by their id, bars by their opening time.

mod bars;
mod owed;
mod progress;
mod row;
mod table;
#[cfg(test)]
mod tests;
mod twice;

use std::path::PathBuf;

use thiserror::Error;
use tradesuite_core::model::{Instrument, InstrumentId, Precision, Timeframe, UnixMs, UnixNs};

pub use self::owed::Debts;
use self::owed::Owed;
pub use self::progress::Progress;
use self::row::{CandleRow, Row, TradeRow};
use self::table::Table;
pub use self::table::TableError;
use self::twice::{Suspects, Twice};
use crate::server::storage::{MarketStore, Newest, Span, StoreBatch, StoreError};

/// Rows of a batch.
const BATCH: usize = 10_000;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// `ts_ms,id,side,price,amount`
    Trades,
    /// `ts_ms,open,high,low,close,volume`, bars of this width.
    Candles(Timeframe),
}

/// A file to import.
#[derive(Clone, Debug)]
pub struct Import {
    /// What it holds.
    pub content: Content,
    /// Where it is.
    pub file: PathBuf,
    /// Whose trades or bars they are.
    pub instrument: InstrumentId,
}

/// What an import amounted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Rows of the file, all of which are held now.
    pub rows: u64,
    /// Of these, rows that were not held before.
    pub new: u64,
    /// Of these, rows that say the same as an earlier one of the file.
    pub again: u64,
    /// Bars that were written because of them.
    pub bars: u64,
    /// Time of the first row and of the last one.
    pub span: (UnixMs, UnixMs),
    /// Least time between two bars that follow each other, where it is more than their width:
    /// they may be wider than was said.
    pub apart_ms: Option<i64>,
}

impl Imported {
    /// What is said at the end.
    #[must_use]
    pub fn sentence(&self, instrument: &InstrumentId) -> String {
        let Self { new, again, .. } = *self;
        let held = self.rows.saturating_sub(new + again);
        let mut others = String::new();
        if held > 0 {
            others += &format!(", {held} were held already");
        }
        if again > 0 {
            others += &format!(", {again} stand in the file twice");
        }
        let (first, last) = (self.span.0.to_rfc3339(), self.span.1.to_rfc3339());
        let doubt = self.apart_ms.map_or_else(String::new, |apart| {
            let seconds = apart / 1_000;
            format!("; its nearest two rows are {seconds} s apart: is --timeframe right?")
        });
        format!(
            "imported {new} new rows of {instrument} from {first} to {last}{others}; {} bars follow from them{doubt}",
            self.bars
        )
    }
}

/// Why a file was not imported, or not whole. The sentences hold their causes, which are no sources
/// therefore: who prints a chain of errors would say them twice.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be read, or a line of it is wrong.
    #[error("{0}; nothing was imported")]
    Table(TableError),
    /// There is no row in it.
    #[error("{}: has no rows; nothing was imported", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// The store stopped taking rows.
    #[error(
        "{taken} rows were imported and stay, then: {cause}; importing the file again takes the rest and doubles nothing"
    )]
    Store {
        /// Rows written until then.
        taken: u64,
        /// Why.
        cause: StoreError,
    },
    /// The file was changed while it was read.
    #[error(
        "{taken} rows were imported and stay, then: {cause}; the file was not like that when it was checked"
    )]
    Changed {
        /// Rows written until then.
        taken: u64,
        /// What was found.
        cause: TableError,
    },
    /// The bars that follow from the rows were not all written.
    #[error(
        "all rows were imported, but not all bars that follow from them: {0}; importing the file again makes up for it"
    )]
    Bars(StoreError),
}

impl From<TableError> for ImportError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl Import {
    /// Reads the file into a store. `now` is when the rows are taken to have been received;
    /// `debts` those of the store's folder.
    ///
    /// # Errors
    /// [`ImportError`], which says what was taken.
    pub async fn run(
        &self,
        store: &dyn MarketStore,
        debts: &Debts,
        now: UnixNs,
        progress: &Progress,
    ) -> Result<Imported, ImportError> {
        match self.content {
            Content::Trades => self.rows::<TradeRow>(store, debts, now, progress).await,
            Content::Candles(_) => self.rows::<CandleRow>(store, debts, now, progress).await,
        }
    }

    async fn rows<R: Row>(
        &self,
        store: &dyn MarketStore,
        debts: &Debts,
        now: UnixNs,
        progress: &Progress,
    ) -> Result<Imported, ImportError> {
        let survey = self.check::<R>(progress)?;
        let held_before = self.held(store, &survey, 0).await?;
        let owed = Owed::of(
            &self.instrument,
            self.content,
            survey.span,
            survey.precision,
        );
        let noted = debts.note(&owed);
        noted.map_err(|cause| ImportError::Store { taken: 0, cause })?;
        self.write::<R>(store, &survey, now, progress).await?;
        let owed = owed.completed();
        debts.note(&owed).map_err(ImportError::Bars)?;
        let held = self.held(store, &survey, survey.rows).await?;
        progress.begin("working out the bars", survey.rows);
        let bars = owed.bars(store, now.to_ms()).await;
        progress.end();
        let bars = bars.map_err(ImportError::Bars)?;
        debts.strike(&owed).map_err(ImportError::Bars)?;
        Ok(Imported {
            rows: survey.rows,
            new: held.saturating_sub(held_before),
            again: survey.again,
            bars,
            span: survey.span,
            apart_ms: survey.apart_ms(self.content),
        })
    }

    /// Reads every line and keeps nothing but what is common to them.
    fn check<R: Row>(&self, progress: &Progress) -> Result<Survey, ImportError> {
        let mut table = Table::<R>::open(&self.file)?;
        progress.begin("checking", 0);
        let mut survey: Option<Survey> = None;
        let mut suspects = Suspects::default();
        while let Some(row) = table.next()? {
            row.check(self.content)
                .map_err(|reason| table.complain(reason))?;
            let (time, precision) = (row.time(), row.precision());
            let so_far = survey.get_or_insert(Survey {
                rows: 0,
                again: 0,
                precision,
                span: (time, time),
                before: time,
                nearest_ms: None,
            });
            suspects.see(&row);
            so_far.rows += 1;
            so_far.precision = so_far.precision.widened(precision);
            so_far.span = (so_far.span.0.min(time), so_far.span.1.max(time));
            so_far.stepped_to(time);
            progress.advance(1);
        }
        progress.end();
        let survey = survey.ok_or_else(|| ImportError::Empty {
            path: self.file.clone(),
        })?;
        let again = self.check_again::<R>(&survey, suspects)?;
        Ok(Survey { again, ..survey })
    }

    /// The finest digits are known only at the end, and with them whether large numbers fit; so
    /// are the rows that come twice. Returns how many say the same again.
    fn check_again<R: Row>(&self, survey: &Survey, suspects: Suspects) -> Result<u64, ImportError> {
        let mut table = Table::<R>::open(&self.file)?;
        let mut twice = Twice::new(suspects);
        while let Some(row) = table.next()? {
            row.fits(survey.precision)
                .and_then(|()| twice.see(row, table.line()))
                .map_err(|reason| table.complain(reason))?;
        }
        Ok(twice.again())
    }

    /// How many trades, or bars of this width, the store holds of the file's time. `taken` is what
    /// of the file it was given until now.
    async fn held(
        &self,
        store: &dyn MarketStore,
        survey: &Survey,
        taken: u64,
    ) -> Result<u64, ImportError> {
        let (mut start, end) = (survey.span.0, UnixMs(survey.span.1.0 + 1));
        let mut held = 0;
        while start < end {
            let day = Span {
                start,
                end: end.min(Timeframe::D1.next(start)),
                limit: u32::MAX,
                newest: Newest::No,
            };
            let rows = match self.content {
                Content::Trades => {
                    let trades = store.trades(&self.instrument, day).await;
                    trades.map(|trades| trades.rows.len())
                }
                Content::Candles(timeframe) => {
                    let bars = store.candles(&self.instrument, timeframe, day).await;
                    bars.map(|bars| bars.rows.len())
                }
            };
            held += rows.map_err(|cause| ImportError::Store { taken, cause })? as u64;
            start = day.end;
        }
        Ok(held)
    }

    async fn write<R: Row>(
        &self,
        store: &dyn MarketStore,
        survey: &Survey,
        now: UnixNs,
        progress: &Progress,
    ) -> Result<(), ImportError> {
        progress.begin("importing", survey.rows);
        let mut taken = 0;
        let mut batch = StoreBatch {
            instruments: self.description(store, survey.precision).await?,
            ..StoreBatch::default()
        };
        let mut table = Table::<R>::open(&self.file)?;
        let target = row::Target {
            instrument: &self.instrument,
            precision: survey.precision,
            content: self.content,
            now,
        };
        let mut waiting = 0;
        loop {
            let next = table.next().and_then(|row| match row {
                Some(row) => row
                    .add(&target, &mut batch)
                    .map(|()| true)
                    .map_err(|reason| table.complain(reason)),
                None => Ok(false),
            });
            let more = next.map_err(|cause| ImportError::Changed { taken, cause })?;
            waiting += usize::from(more);
            if waiting >= BATCH || !more {
                let full = std::mem::take(&mut batch);
                let written = store.write(full).await;
                written.map_err(|cause| ImportError::Store { taken, cause })?;
                taken += waiting as u64;
                progress.advance(waiting as u64);
                waiting = 0;
            }
            if !more {
                progress.end();
                return Ok(());
            }
        }
    }

    /// What has to be said of the instrument, so that it can be asked for; nothing where a venue's
    /// list described it.
    async fn description(
        &self,
        store: &dyn MarketStore,
        precision: Precision,
    ) -> Result<Vec<Instrument>, ImportError> {
        let known = store.instruments().await;
        let known = known.map_err(|cause| ImportError::Store { taken: 0, cause })?;
        if known.iter().any(|known| known.id == self.instrument) {
            return Ok(Vec::new());
        }
        let id = self.instrument.clone();
        Ok(vec![Instrument::undescribed(id, precision)])
    }
}

/// What all rows of a file have in common.
#[derive(Clone, Copy, Debug)]
struct Survey {
    rows: u64,
    /// Rows that say the same as an earlier one.
    again: u64,
    precision: Precision,
    /// Times of the first row and the last.
    span: (UnixMs, UnixMs),
    /// Time of the row read last.
    before: UnixMs,
    /// Least time between a row and the next one of another time.
    nearest_ms: Option<i64>,
}

impl Survey {
    fn stepped_to(&mut self, time: UnixMs) {
        let step = (time.0 - self.before.0).abs();
        self.before = time;
        if step > 0 {
            self.nearest_ms = Some(self.nearest_ms.map_or(step, |nearest| nearest.min(step)));
        }
    }

    /// Least time between two bars, where it is more than their width.
    fn apart_ms(&self, content: Content) -> Option<i64> {
        let Content::Candles(timeframe) = content else {
            return None;
        };
        let longest = match timeframe {
            Timeframe::Month1 => 31 * Timeframe::D1.nominal_ms(),
            _ => timeframe.nominal_ms(),
        };
        self.nearest_ms.filter(|nearest| *nearest > longest)
    }
}

//! The live bar of a folded timeframe: [`fold()`] kept up to date one finer bar at a time.

use super::fold::fold;
use super::precision::PrecisionOverflow;
use crate::model::{Candle, Precision, Timeframe, UnixMs};

/// Newest buckets kept: finer bars close, and late trades revise them, when later buckets have
/// opened already. Of one-second bars that is the grace in seconds and two more.
const KEPT_BUCKETS: usize = 8;

/// Folds a stream of bar changes of one instrument into one coarser timeframe.
#[derive(Clone, Debug)]
pub struct Folder {
    base: Timeframe,
    target: Timeframe,
    precision: Precision,
    over_until: UnixMs,
    /// Finer bars of the newest buckets, ascending.
    bars: Vec<Candle>,
    /// Buckets that open earlier are the store's.
    start: UnixMs,
    /// Buckets that end at or before this were handed out closed.
    closed_until: UnixMs,
}

impl Folder {
    /// Folds `target`'s stored base into `target`.
    #[must_use]
    pub fn new(target: Timeframe) -> Self {
        Self {
            base: target.stored_base(),
            target,
            precision: Precision::default(),
            over_until: UnixMs(i64::MIN),
            bars: Vec::new(),
            start: UnixMs(i64::MIN),
            closed_until: UnixMs(i64::MIN),
        }
    }

    /// The timeframe that comes out.
    #[must_use]
    pub fn target(&self) -> Timeframe {
        self.target
    }

    /// The timeframe that goes in.
    #[must_use]
    pub fn base(&self) -> Timeframe {
        self.base
    }

    /// Takes a new or changed finer bar and returns the coarser bar that it lies in; `None` where
    /// that bar is too old to be in memory and has to be folded from the store.
    ///
    /// To continue a bucket that began before, give the stored finer bars of it first.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a figure does not fit at the finest precision seen.
    pub fn update(
        &mut self,
        bar: &Candle,
        precision: Precision,
    ) -> Result<Option<Candle>, PrecisionOverflow> {
        let bar = self.fit(bar, precision)?;
        let open = self.target.floor(bar.time);
        if open < self.start {
            return Ok(None);
        }
        match self.bars.iter().rposition(|held| held.time <= bar.time) {
            Some(at) if self.bars[at].time == bar.time => self.bars[at] = bar,
            Some(at) => self.bars.insert(at + 1, bar),
            None => self.bars.insert(0, bar),
        }
        self.forget_old_buckets();
        if bar.closed {
            self.over_until = self.over_until.max(self.base.next(bar.time));
        }
        Ok(self.fold_from(open).next())
    }

    /// Bars are over until this instant (exchange time less the grace): returns the coarser bars
    /// that closed by it and were not returned here before, ascending. To be called whenever
    /// exchange time moved on, after the changed bars were given.
    pub fn close_until(&mut self, over_until: UnixMs) -> Vec<Candle> {
        self.over_until = self.over_until.max(over_until);
        let closed: Vec<Candle> = self
            .fold_from(self.closed_until)
            .take_while(|bar| bar.closed)
            .collect();
        if let Some(last) = closed.last() {
            self.closed_until = self.target.next(last.time);
        }
        closed
    }

    /// The live bar: the newest one, closed or not.
    #[must_use]
    pub fn live(&self) -> Option<Candle> {
        let newest = self.bars.last()?;
        self.fold_from(self.target.floor(newest.time)).next()
    }

    /// The coarser bars in memory that open at `start` or later, one by one as they are asked for.
    fn fold_from(&self, start: UnixMs) -> impl Iterator<Item = Candle> {
        let first = self.bars.partition_point(|bar| bar.time < start);
        self.bars[first..]
            .chunk_by(|a, b| self.target.floor(a.time) == self.target.floor(b.time))
            .flat_map(|bucket| fold(bucket, self.base, self.target, self.over_until))
    }

    /// Decimals of all bars.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    fn forget_old_buckets(&mut self) {
        let mut kept = 0;
        let mut open = UnixMs(i64::MAX);
        let oldest = self.bars.iter().rposition(|bar| {
            let bucket = self.target.floor(bar.time);
            if bucket < open {
                open = bucket;
                kept += 1;
            }
            kept > KEPT_BUCKETS
        });
        if let Some(at) = oldest {
            self.start = self.target.next(self.bars[at].time);
            self.bars.drain(..=at);
        }
    }

    fn fit(&mut self, bar: &Candle, given: Precision) -> Result<Candle, PrecisionOverflow> {
        let (from, to) = (self.precision, self.precision.widened(given));
        let fitted = bar
            .rescaled(given, to)
            .ok_or(PrecisionOverflow { from: given, to })?;
        if from != to {
            self.bars = self
                .bars
                .iter()
                .map(|held| held.rescaled(from, to))
                .collect::<Option<_>>()
                .ok_or(PrecisionOverflow { from, to })?;
            self.precision = to;
        }
        Ok(fitted)
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;

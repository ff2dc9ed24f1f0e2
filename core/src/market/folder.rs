//! The live bar of a folded timeframe: [`fold()`] kept up to date one finer bar at a time.

use std::collections::VecDeque;

use super::fold::fold;
use crate::model::{Candle, Precision, Timeframe, UnixMs};

use super::precision::PrecisionOverflow;

/// Buckets kept before the newest: finer bars close, and late trades revise them, after the next
/// bucket has opened.
const KEPT_BUCKETS: u32 = 2;

/// Folds a stream of bar changes of one instrument into one coarser timeframe.
#[derive(Clone, Debug)]
pub struct Folder {
    base: Timeframe,
    target: Timeframe,
    precision: Precision,
    over_until: UnixMs,
    /// Finer bars of the newest buckets, ascending.
    bars: VecDeque<Candle>,
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
            bars: VecDeque::new(),
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
        if let Some(newest) = self.bars.back() {
            let oldest_kept = self.target.back(newest.time.max(bar.time), KEPT_BUCKETS);
            if open < oldest_kept {
                return Ok(None);
            }
            while self.bars.front().is_some_and(|b| b.time < oldest_kept) {
                self.bars.pop_front();
            }
        }
        match self.bars.iter().rposition(|held| held.time <= bar.time) {
            Some(at) if self.bars[at].time == bar.time => self.bars[at] = bar,
            Some(at) => self.bars.insert(at + 1, bar),
            None => self.bars.push_front(bar),
        }
        if bar.closed {
            self.over_until = self.over_until.max(self.base.next(bar.time));
        }
        Ok(self.folded().find(|folded| folded.time == open))
    }

    /// Bars are over until this instant (exchange time less the grace): returns the coarser bars
    /// that closed by it and were not returned here before, ascending.
    pub fn close_until(&mut self, over_until: UnixMs) -> Vec<Candle> {
        self.over_until = self.over_until.max(over_until);
        let from = self.closed_until;
        if self.over_until <= from {
            return Vec::new();
        }
        let target = self.target;
        let closed: Vec<Candle> = self
            .folded()
            .filter(|bar| bar.closed && target.next(bar.time) > from)
            .collect();
        if let Some(last) = closed.last() {
            self.closed_until = target.next(last.time);
        }
        closed
    }

    /// The coarser bars in memory, ascending; the last one is the live one.
    pub fn folded(&self) -> impl DoubleEndedIterator<Item = Candle> + use<> {
        let bars: Vec<Candle> = self.bars.iter().copied().collect();
        fold(&bars, self.base, self.target, self.over_until).into_iter()
    }

    /// Decimals of all bars.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
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

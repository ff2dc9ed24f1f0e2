//! Bars that follow from what was imported: those of imported trades, and the coarser ones of
//! imported bars.
//!
//! They are made of everything that the store holds of the buckets that were touched, not of the
//! file alone, so that files that continue each other give whole bars. A bucket at the edge of
//! what is known is marked as one with a hole (origin `both`): nobody knows what lies before the
//! first row or after the last one. Bars that the store holds give way only to better ones.

use std::collections::BTreeMap;

use tradesuite_core::market::{CandleBuilder, DEFAULT_GRACE_MS, fold};
use tradesuite_core::model::{Candle, InstrumentId, Origin, Precision, Timeframe, UnixMs};

use crate::server::storage::{
    CandleRecord, MarketStore, Newest, Rows, Span, StoreBatch, StoreError,
};

/// Bars that are worked on at a time.
const CHUNK: i64 = 50_000;

/// Works out what follows from imported rows.
pub(super) struct BarsAfter<'a> {
    pub store: &'a dyn MarketStore,
    pub instrument: &'a InstrumentId,
    /// Times of the first row and of the last one.
    pub span: (UnixMs, UnixMs),
    /// Whether every row between them was written.
    pub complete: bool,
    pub now: UnixMs,
}

fn all_between(start: UnixMs, end: UnixMs) -> Span {
    Span {
        start,
        end,
        limit: u32::MAX,
        newest: Newest::No,
    }
}

impl BarsAfter<'_> {
    /// Bars of the imported trades, hour by hour; returns how many were written.
    pub async fn trades(&self, precision: Precision) -> Result<u64, StoreError> {
        let (first, last) = self.span;
        let (mut hour, end) = (Timeframe::D1.floor(first), Timeframe::D1.next(last));
        let mut builder = CandleBuilder::new(precision, DEFAULT_GRACE_MS);
        let mut bars: BTreeMap<(Timeframe, UnixMs), Candle> = BTreeMap::new();
        let (mut events, mut written) = (Vec::new(), 0);
        while hour < end {
            let next = Timeframe::H1.next(hour);
            let span = all_between(hour, next);
            let rows = self.store.trades(self.instrument, span).await?;
            for trade in &rows.rows {
                builder
                    .on_trade(trade, rows.precision, &mut events)
                    .map_err(|error| StoreError::Damaged(error.to_string()))?;
                for event in events.drain(..) {
                    if let Some((timeframe, bar)) = event.bar() {
                        bars.insert((timeframe, bar.time), *bar);
                    }
                }
            }
            let precision = builder.precision();
            for timeframe in Timeframe::STORED {
                let over =
                    |key: &(Timeframe, UnixMs)| key.0 == timeframe && timeframe.next(key.1) <= next;
                let done: Vec<Candle> = bars
                    .extract_if(.., |key, _| over(key))
                    .map(|b| b.1)
                    .collect();
                let judged = done
                    .into_iter()
                    .map(|bar| self.judged_trades(timeframe, bar));
                written += self.settle(timeframe, precision, judged.collect()).await?;
            }
            hour = next;
        }
        Ok(written)
    }

    /// Whole where it lies within the imported trades.
    fn judged_trades(&self, timeframe: Timeframe, bar: Candle) -> Candle {
        let end = timeframe.next(bar.time);
        let whole = self.complete && self.span.0 < bar.time && end <= self.span.1;
        Candle {
            closed: end.0 + DEFAULT_GRACE_MS <= self.now.0,
            origin: if whole { Origin::Trades } else { Origin::Both },
            ..bar
        }
    }

    /// Coarser bars of the imported ones, as far as they do not fold from stored ones when they
    /// are asked for; returns how many were written.
    pub async fn candles(&self, base: Timeframe) -> Result<u64, StoreError> {
        let mut written = 0;
        for target in derived_from(base) {
            let buckets = (CHUNK * base.nominal_ms() / target.nominal_ms()).max(1);
            let mut start = target.floor(self.span.0);
            while start <= self.span.1 {
                let end = (0..buckets).fold(start, |end, _| target.next(end));
                let span = all_between(start, end);
                let bars = self.store.candles(self.instrument, base, span).await?;
                let folded = fold(&bars.rows, base, target, self.now);
                let judged = folded
                    .into_iter()
                    .map(|bar| self.judged_fold(base, target, &bars, bar));
                let judged = judged.collect();
                written += self.settle(target, bars.precision, judged).await?;
                start = end;
            }
        }
        Ok(written)
    }

    /// Whole where it lies within the imported bars, or every one of them is there.
    fn judged_fold(
        &self,
        base: Timeframe,
        target: Timeframe,
        bars: &Rows<Candle>,
        bar: Candle,
    ) -> Candle {
        let end = target.next(bar.time);
        let within = self.complete && self.span.0 <= bar.time && end <= base.next(self.span.1);
        let inside = bars.rows.partition_point(|b| b.time < end)
            - bars.rows.partition_point(|b| b.time < bar.time);
        let all = (end.0 - bar.time.0) / base.nominal_ms();
        Candle {
            closed: end <= self.now,
            origin: if within || inside as i64 == all {
                bar.origin
            } else {
                Origin::Both
            },
            ..bar
        }
    }

    /// Writes those of ascending bars that are better than the ones held.
    async fn settle(
        &self,
        timeframe: Timeframe,
        precision: Precision,
        bars: Vec<Candle>,
    ) -> Result<u64, StoreError> {
        let (Some(first), Some(last)) = (bars.first(), bars.last()) else {
            return Ok(0);
        };
        let span = all_between(first.time, UnixMs(last.time.0 + 1));
        let held = self.store.candles(self.instrument, timeframe, span).await?;
        let common = precision.widened(held.precision);
        let at_common = |bar: Candle, from: Precision| {
            let bar = bar.rescaled(from, common);
            bar.ok_or_else(|| StoreError::Damaged("bars do not fit one precision".to_owned()))
        };
        let mut known = BTreeMap::new();
        for bar in held.rows {
            known.insert(bar.time, at_common(bar, held.precision)?);
        }
        let mut candles = Vec::new();
        for bar in bars {
            let bar = at_common(bar, precision)?;
            candles.extend(
                improved(bar, known.get(&bar.time)).map(|candle| CandleRecord {
                    instrument: self.instrument.clone(),
                    timeframe,
                    precision: common,
                    candle,
                }),
            );
        }
        let count = candles.len() as u64;
        let batch = StoreBatch {
            candles,
            ..StoreBatch::default()
        };
        self.store.write(batch).await?;
        Ok(count)
    }
}

/// Widths that bars of one width make, and that do not fold from a stored width when they are
/// asked for.
fn derived_from(base: Timeframe) -> impl Iterator<Item = Timeframe> {
    Timeframe::ALL.into_iter().filter(move |target| {
        let whole = target.nominal_ms() % base.nominal_ms() == 0 && *target != Timeframe::Month1;
        let folds = target.stored_base() != *target && target.stored_base() >= base;
        *target > base && whole && !folds
    })
}

/// The bar as it has to be written; `None` where the one that is held is at least as good: of own
/// whole trades before a venue's before one with a hole, and of two alike that with more volume.
fn improved(new: Candle, held: Option<&Candle>) -> Option<Candle> {
    let Some(held) = held else {
        return Some(new);
    };
    let rank = |bar: &Candle| match bar.origin {
        Origin::Both => 0,
        Origin::Venue => 1,
        Origin::Trades => 2,
    };
    let better = (rank(&new), new.volume, new.closed) > (rank(held), held.volume, held.closed);
    better.then(|| Candle {
        revision: held.revision + 1,
        ..new
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Price, Volume};

    #[test]
    fn derives_what_would_not_fold_when_asked_for() {
        for (base, expected) in [
            (Timeframe::S1, &["1m", "1h", "1d"][..]),
            (Timeframe::M1, &["1h", "1d"]),
            (Timeframe::M5, &["15m", "30m", "1h", "1d"]),
            (Timeframe::H1, &["1d"]),
            (Timeframe::H2, &["4h", "6h", "12h", "1d"]),
            (Timeframe::D1, &[]),
            (Timeframe::W1, &[]),
        ] {
            let found: Vec<_> = derived_from(base).map(Timeframe::name).collect();
            assert_eq!(found, expected, "{base:?}");
        }
    }

    #[test]
    fn bars_give_way_only_to_better_ones() {
        use Origin::{Both, Trades, Venue};
        let bar = |origin, volume, revision| Candle {
            time: UnixMs(0),
            open: Price(1),
            high: Price(1),
            low: Price(1),
            close: Price(1),
            volume: Volume(volume),
            buy_volume: None,
            quote_volume: None,
            trades: None,
            closed: true,
            revision,
            origin,
        };
        for (new, held, expected) in [
            ((Both, 5), None, Some(0)),
            ((Trades, 5), Some((Trades, 5)), None),
            ((Trades, 6), Some((Trades, 5)), Some(4)),
            ((Both, 6), Some((Trades, 5)), None),
            ((Both, 6), Some((Venue, 5)), None),
            ((Venue, 5), Some((Both, 6)), Some(4)),
            ((Venue, 6), Some((Trades, 5)), None),
            ((Both, 6), Some((Both, 5)), Some(4)),
        ] {
            let held = held.map(|(origin, volume)| bar(origin, volume, 3));
            let found = improved(bar(new.0, new.1, 0), held.as_ref());
            let revision = found.map(|bar| bar.revision);
            assert_eq!(revision, expected, "{new:?} over {held:?}");
        }
    }
}

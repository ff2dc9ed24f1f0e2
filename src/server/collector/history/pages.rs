//! One page of a venue's history: whether it is needed, fetching it, keeping it.

use tradesuite_core::model::{Candle, Origin};

use super::{HistoryProblem, Inner, Known, OWNER, Ranges, Series, Stretch, lock};
use crate::server::collector::limiter::Demand;
use crate::server::collector::rest::{RestError, VenueRest};
use crate::server::exchange::VenueCandleQuery;
use crate::server::storage::{CandleRecord, Newest, Span, StoreBatch, StoreError};

impl Inner {
    /// Makes sure that what was remembered of a series is in memory.
    pub(super) async fn load(&self, series: &Series) -> Result<(), HistoryProblem> {
        if lock(&self.known).contains_key(series) {
            return Ok(());
        }
        let remembered = self.state.get(OWNER, &key(series)).await.map_err(store)?;
        // An entry that cannot be read only means that the venue is asked again.
        let remembered: Ranges = remembered
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        lock(&self.known).entry(series.clone()).or_insert(Known {
            ranges: remembered,
            forgotten: 0,
        });
        Ok(())
    }

    /// Brings a stretch of at most one page into the store, unless it is there.
    pub(super) async fn fetch(
        &self,
        venue: &VenueRest,
        series: &Series,
        page: Stretch,
        demand: &Demand,
    ) -> Result<(), HistoryProblem> {
        // What is known already is not asked for again, unless it lies between what is not.
        let missing = self.missing(series, page);
        let (Some(first), Some(last)) = (missing.first(), missing.last()) else {
            return Ok(());
        };
        let forgotten = self.forgotten(series);
        let stretch = (first.0, last.1);
        if !self.is_own(series, stretch).await.map_err(store)? {
            let exchange = venue.exchange().spec().id;
            if let Some(error) = self.recent_failure(exchange) {
                return Err(error.into());
            }
            let batch = match self.ask(venue, series, stretch, demand).await {
                Ok(batch) => batch,
                Err(error) => {
                    self.remember_failure(exchange, &error);
                    return Err(error.into());
                }
            };
            if !batch.candles.is_empty() {
                self.store.write(batch).await.map_err(store)?;
            }
        }
        if forgotten == self.forgotten(series) {
            self.remember(series, stretch).await?;
        }
        Ok(())
    }

    async fn ask(
        &self,
        venue: &VenueRest,
        (id, timeframe): &Series,
        (start, end): Stretch,
        demand: &Demand,
    ) -> Result<StoreBatch, RestError> {
        let instrument = self.directory.get_or_guess(id);
        let answer = venue
            .candles(
                &VenueCandleQuery {
                    instrument: &instrument,
                    timeframe: *timeframe,
                    start,
                    end,
                },
                demand,
            )
            .await?;
        let wanted = |candle: &Candle| {
            (start..end).contains(&candle.time) && timeframe.floor(candle.time) == candle.time
        };
        let candles = answer
            .candles
            .into_iter()
            .filter(wanted)
            .map(|candle| CandleRecord {
                instrument: id.clone(),
                timeframe: *timeframe,
                precision: answer.precision,
                candle: Candle {
                    closed: true,
                    origin: Origin::Venue,
                    ..candle
                },
            })
            .collect();
        Ok(StoreBatch {
            candles,
            ..StoreBatch::default()
        })
    }

    /// Whether every bar of the stretch is made from own trades without gaps: then a bar that is
    /// not there had no trades.
    async fn is_own(
        &self,
        (id, timeframe): &Series,
        (start, end): Stretch,
    ) -> Result<bool, StoreError> {
        let coverage = self.store.coverage(id).await?;
        if !coverage
            .trades
            .is_some_and(|(first, last)| first < start && end <= last)
        {
            return Ok(false);
        }
        let span = |limit| Span {
            start,
            end,
            limit,
            newest: Newest::No,
        };
        let missing = self.store.missing_trades(Some(id), span(1)).await?;
        if !missing.is_empty() {
            return Ok(false);
        }
        let bars = (end.0 - start.0) / timeframe.nominal_ms();
        let limit = u32::try_from(bars).unwrap_or(u32::MAX);
        let held = self.store.candles(id, *timeframe, span(limit)).await?;
        let finished = |candle: &Candle| candle.closed && candle.origin != Origin::Both;
        Ok(!held.rows.is_empty() && held.rows.iter().all(finished))
    }

    /// Two pages that land at once may overwrite each other's note; then one is asked for again
    /// after a restart, nothing worse.
    async fn remember(&self, series: &Series, stretch: Stretch) -> Result<(), HistoryProblem> {
        let known = {
            let mut known = lock(&self.known);
            let known = known.entry(series.clone()).or_default();
            known.ranges.add(stretch);
            known.ranges.clone()
        };
        self.note(series, &known).await
    }

    fn forgotten(&self, series: &Series) -> u64 {
        let known = lock(&self.known);
        known.get(series).map_or(0, |known| known.forgotten)
    }

    /// A stretch is not known any more.
    pub(super) async fn forget(
        &self,
        series: &Series,
        stretch: Stretch,
    ) -> Result<(), HistoryProblem> {
        let known = {
            let mut known = lock(&self.known);
            let known = known.entry(series.clone()).or_default();
            known.forgotten += 1;
            known.ranges.remove(stretch).then(|| known.ranges.clone())
        };
        match known {
            Some(known) => self.note(series, &known).await,
            None => Ok(()),
        }
    }

    async fn note(&self, series: &Series, known: &Ranges) -> Result<(), HistoryProblem> {
        let bytes = serde_json::to_vec(known).map_err(|e| HistoryProblem::Store(e.to_string()))?;
        self.state
            .put(OWNER, &key(series), &bytes)
            .await
            .map_err(store)
    }
}

fn key((instrument, timeframe): &Series) -> String {
    format!("history/{instrument}/{timeframe}")
}

fn store(error: StoreError) -> HistoryProblem {
    HistoryProblem::Store(error.to_string())
}

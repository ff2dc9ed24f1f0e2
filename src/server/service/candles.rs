//! Bars of any timeframe: stored ones folded, the newest ones from the hub.

use std::time::Duration;

use tradesuite_core::market::fold;
use tradesuite_core::model::{Candle, InstrumentId, Precision, Timeframe, UnixMs};

use super::page::{Cursor, PageQuery};
use super::{Service, ServiceError};
use crate::server::collector::history::History;
use crate::server::collector::limiter::Demand;
use crate::server::hub::{LiveBars, Withheld};
use crate::server::storage::{Newest, Rows, Span, Stretch};

/// Days of the longest month: base bars of the widest bucket.
const MOST_DAYS: i64 = 31;

/// Time after which bars of an instrument that nobody follows are over, milliseconds.
const GRACE_MS: i64 = 2_000;

/// How long a venue's history is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How far it is looked for, one after the other, in widths of the page.
const REACHES: [u32; 3] = [1, 6, 36];

/// Which bars are wanted.
#[derive(Clone, Debug)]
pub struct CandleQuery {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Of which width.
    pub timeframe: Timeframe,
    /// By opening time.
    pub page: PageQuery,
}

/// A page of bars.
#[derive(Clone, Debug, Default)]
pub struct CandleAnswer {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending by opening time; the last one may be open.
    pub candles: Vec<Candle>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// In one sentence, why bars are missing that should be there.
    pub notice: Option<String>,
}

impl Service {
    /// Bars, the live one included unless it lacks trades that are being fetched. What the store
    /// lacks of the venue's history is asked for and waited for, a few seconds at the most. Where
    /// it is still missing then, the answer says so; else no bar that the venue has is left out
    /// between two that are given, nor between pages.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn candles(&self, query: &CandleQuery) -> Result<CandleAnswer, ServiceError> {
        self.check(&query.instrument)?;
        let (span, base) = (query.page.request().span, query.timeframe.stored_base());
        let whole = (span.start, span.end);
        let history = self.0.history.as_ref();
        let Some(history) = history.filter(|held| held.serves(&query.instrument, base)) else {
            return self.held(query, whole).await;
        };
        let mut answer = CandleAnswer::default();
        let mut edge = whole;
        // Where little was traded, a stretch holds fewer bars than its width promises.
        for reach in REACHES {
            let stretch = self.stretch(span, query.timeframe, reach);
            let notice = provide(history, query, stretch).await;
            if notice.is_some() {
                let answer = self.held(query, whole).await?;
                return Ok(CandleAnswer { notice, ..answer });
            }
            // What the store holds beyond was not asked for up to there.
            answer = self.held(query, stretch).await?;
            if answer.next.is_some() || stretch == whole {
                return Ok(answer);
            }
            edge = stretch;
        }
        answer.next = match span.newest {
            Newest::No => Some(Cursor::After {
                time: edge.1,
                skip: 0,
            }),
            Newest::Yes
                if answer.candles.is_empty() && !self.holds_before(query, edge.0).await? =>
            {
                None
            }
            Newest::Yes => Some(Cursor::Before {
                time: UnixMs(edge.0.0 - 1),
                skip: 0,
            }),
        };
        Ok(answer)
    }

    /// Where the bars of a page are looked for at first: `reach` times their number of buckets,
    /// from bucket to bucket; the whole span where it is no longer than that.
    fn stretch(&self, span: Span, timeframe: Timeframe, reach: u32) -> Stretch {
        let width = timeframe
            .nominal_ms()
            .saturating_mul(i64::from(span.limit) * i64::from(reach));
        let end = span
            .end
            .min(timeframe.next(self.0.parts.clock.now().to_ms()));
        match span.newest {
            Newest::Yes => {
                let start = timeframe.floor(UnixMs(end.0.saturating_sub(width)));
                (span.start.max(start), span.end)
            }
            Newest::No => {
                let reached = timeframe.floor(UnixMs(span.start.0.saturating_add(width)));
                (span.start, if reached < end { reached } else { span.end })
            }
        }
    }

    /// Whether the store has any bar that opens before `time`.
    async fn holds_before(&self, query: &CandleQuery, time: UnixMs) -> Result<bool, ServiceError> {
        let older = Span {
            start: UnixMs(0),
            end: time,
            limit: 1,
            newest: Newest::Yes,
        };
        let (store, base) = (&self.0.parts.store, query.timeframe.stored_base());
        let held = store.candles(&query.instrument, base, older).await?;
        Ok(!held.rows.is_empty())
    }

    /// Bars of a stretch that store and hub hold.
    async fn held(
        &self,
        query: &CandleQuery,
        stretch: Stretch,
    ) -> Result<CandleAnswer, ServiceError> {
        let parts = &self.0.parts;
        let (timeframe, base) = (query.timeframe, query.timeframe.stored_base());
        let request = query.page.request().within(stretch);
        let wanted = base_span(request.span, timeframe);
        let live = parts.hub.bars(&query.instrument, base).await;
        let stored = parts.store.candles(&query.instrument, base, wanted).await?;
        let over_until = live.as_ref().map_or_else(
            || UnixMs(parts.clock.now().to_ms().0 - GRACE_MS),
            |live| live.over_until,
        );
        let withheld = live.as_ref().map(|live| live.withheld.clone());
        // Where the limit was reached, the outermost bucket may lack bars.
        let full = stored.rows.len() >= wanted.limit as usize;
        let mut bars = joined(stored, live, wanted, full)
            .ok_or_else(|| ServiceError::Precision(query.instrument.clone()))?;
        let mut candles = fold(&bars.rows, base, timeframe, over_until);
        if full && timeframe != base {
            match request.span.newest {
                Newest::Yes => drop(candles.drain(..1.min(candles.len()))),
                Newest::No => drop(candles.pop()),
            }
        }
        if timeframe != base {
            let own = parts
                .store
                .candles(&query.instrument, timeframe, request.span);
            let edge = full.then_some(request.span.newest);
            bars.precision = completed(&mut candles, bars.precision, own.await?, edge)
                .ok_or_else(|| ServiceError::Precision(query.instrument.clone()))?;
        }
        candles.retain(|bar| {
            let hides = |withheld: &Withheld| withheld.hides(timeframe, bar);
            request.span.start <= bar.time
                && bar.time < request.span.end
                && !withheld.as_ref().is_some_and(hides)
        });
        let (candles, next) = request.page(candles, |bar| bar.time);
        Ok(CandleAnswer {
            precision: bars.precision,
            candles,
            next,
            notice: self.lag(),
        })
    }
}

/// Has the store take in the venue's bars of a stretch. Returns why some are missing.
async fn provide(history: &History, query: &CandleQuery, (start, end): Stretch) -> Option<String> {
    let (timeframe, base) = (query.timeframe, query.timeframe.stored_base());
    let stretch = (timeframe.floor(start), timeframe.next(UnixMs(end.0 - 1)));
    let missing = history
        .ensure(
            &query.instrument,
            base,
            stretch,
            PATIENCE,
            &Demand::awaited(),
        )
        .await;
    match missing.problem {
        Some(problem) => Some(problem.to_string()),
        None if missing.stretches.is_empty() => None,
        None => Some("The venue's history is still being fetched.".to_owned()),
    }
}

/// Puts bars that are stored under their own width (imported ones) where none were folded, within
/// the outermost folded bar where the limit has drawn an `edge`. Returns the common precision;
/// `None` where there is none.
fn completed(
    folded: &mut Vec<Candle>,
    precision: Precision,
    own: Rows<Candle>,
    edge: Option<Newest>,
) -> Option<Precision> {
    if own.rows.is_empty() {
        return Some(precision);
    }
    let common = precision.widened(own.precision);
    for bar in folded.iter_mut() {
        *bar = bar.rescaled(precision, common)?;
    }
    let first = folded.first().map(|bar| bar.time);
    let last = folded.last().map(|bar| bar.time);
    for bar in own.rows {
        let beyond = match edge {
            None => false,
            Some(Newest::Yes) => first.is_none_or(|first| bar.time < first),
            Some(Newest::No) => last.is_none_or(|last| bar.time > last),
        };
        if let (false, Err(at)) = (beyond, folded.binary_search_by_key(&bar.time, |b| b.time)) {
            folded.insert(at, bar.rescaled(own.precision, common)?);
        }
    }
    Some(common)
}

/// The base bars that make the buckets opening within `span`.
fn base_span(span: Span, timeframe: Timeframe) -> Span {
    let base = timeframe.stored_base();
    if timeframe == base {
        return span;
    }
    let per_bucket = match timeframe {
        Timeframe::Month1 => MOST_DAYS,
        _ => timeframe.nominal_ms() / base.nominal_ms(),
    };
    let buckets = i64::from(span.limit) + 1;
    Span {
        start: timeframe.floor(span.start),
        end: timeframe.next(UnixMs(span.end.0 - 1)),
        limit: u32::try_from(buckets * per_bucket).unwrap_or(u32::MAX),
        newest: span.newest,
    }
}

/// Stored bars with the hub's in place of those of the same time, and after them.
fn joined(
    stored: Rows<Candle>,
    live: Option<LiveBars>,
    wanted: Span,
    full: bool,
) -> Option<Rows<Candle>> {
    let Some(live) = live else {
        return Some(stored);
    };
    let precision = stored.precision.widened(live.precision);
    let at_precision = |bars: Vec<Candle>, from: Precision| -> Option<Vec<Candle>> {
        bars.into_iter()
            .map(|bar| bar.rescaled(from, precision))
            .collect()
    };
    let mut rows = at_precision(stored.rows, stored.precision)?;
    let live = at_precision(live.bars, live.precision)?;
    // Beyond the edge that the limit drew there are stored bars that were not read.
    let (first, last) = match (full, wanted.newest) {
        (false, _) => (wanted.start, wanted.end),
        (true, Newest::Yes) => (rows.first()?.time, wanted.end),
        (true, Newest::No) => (wanted.start, UnixMs(rows.last()?.time.0 + 1)),
    };
    for bar in live
        .into_iter()
        .filter(|bar| first <= bar.time && bar.time < last)
    {
        match rows.binary_search_by_key(&bar.time, |held| held.time) {
            Ok(at) => rows[at] = bar,
            Err(at) => rows.insert(at, bar),
        }
    }
    Some(Rows { precision, rows })
}

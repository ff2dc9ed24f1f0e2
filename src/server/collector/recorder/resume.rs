//! What the recorder asks its store: where it left off, and what it has of old trades.

use std::collections::BTreeMap;

use tradesuite_core::market::OpenBar;
use tradesuite_core::model::{
    Candle, InstrumentId, Origin, Precision, Timeframe, Trade, TradeId, UnixMs, UnixNs,
};

use super::bars::{InstrumentBars, Resumed};
use crate::server::storage::{MarketStore, Newest, Span, StoreError};

/// Trades read at once.
const TRADES_AT_ONCE: u32 = 10_000;
/// Trades among which the one with the highest id is: venues number almost in order of time.
const NEWEST_TRADES: u32 = 1_000;
/// Trades next to a bar among which the one with the highest id before it is.
const NEAR_TRADES: u32 = 100;
/// Bars among which those still open are.
const NEWEST_BARS: u32 = 8;
/// Gaps that are looked through.
pub const MAX_GAPS: u32 = 1_000;

/// What the store holds of an instrument.
pub async fn resumed(
    id: &InstrumentId,
    precision: Precision,
    store: &dyn MarketStore,
) -> Result<Resumed, StoreError> {
    let everything = (UnixMs(i64::MIN), UnixMs(i64::MAX));
    let newest = span(everything, NEWEST_TRADES, Newest::Yes);
    let newest = store.trades(id, newest).await?;
    let mut held = Resumed {
        precision: precision.widened(newest.precision),
        bars: Vec::new(),
        newest_trade: newest_trade(&newest.rows),
        open_gap: open_gap(id, store).await?,
        holes: Vec::new(),
    };
    for timeframe in Timeframe::STORED {
        let newest = store
            .candles(id, timeframe, span(everything, NEWEST_BARS, Newest::Yes))
            .await?;
        let own: Vec<Candle> = newest
            .rows
            .into_iter()
            .filter(|candle| candle.origin != Origin::Venue)
            .collect();
        let first_open = own.iter().position(|candle| !candle.closed);
        let kept = first_open.unwrap_or(own.len().saturating_sub(1));
        for candle in own.into_iter().skip(kept) {
            let widened = held.precision.widened(newest.precision);
            held.rescale_to(widened);
            if let Some(candle) = candle.rescaled(newest.precision, held.precision) {
                held.bars
                    .push((timeframe, keyed(id, timeframe, candle, store).await?));
            }
        }
    }
    let oldest = held.bars.iter().map(|(_, bar)| bar.candle.time).min();
    if let Some(oldest) = oldest {
        held.holes = holes(id, oldest, store).await?;
    }
    Ok(held)
}

/// The highest id, and the latest time.
fn newest_trade(trades: &[Trade]) -> Option<(TradeId, UnixMs)> {
    let id = trades.iter().map(|trade| trade.id).max()?;
    let time = trades.iter().map(|trade| trade.time).max()?;
    Some((id, time.to_ms()))
}

/// Since when trades are missing that nothing has ended yet.
async fn open_gap(
    id: &InstrumentId,
    store: &dyn MarketStore,
) -> Result<Option<(UnixMs, String)>, StoreError> {
    let now = (UnixMs(i64::MAX - 1), UnixMs(i64::MAX));
    let now = span(now, MAX_GAPS, Newest::Yes);
    let gaps = store.missing_trades(Some(id), now).await?;
    let open = gaps.into_iter().find(|gap| gap.end.is_none());
    Ok(open.map(|gap| (gap.start, gap.reason)))
}

/// Where trades are missing since then that could still be fetched, ascending.
async fn holes(
    id: &InstrumentId,
    since: UnixMs,
    store: &dyn MarketStore,
) -> Result<Vec<(UnixMs, UnixMs)>, StoreError> {
    let gaps = span((since, UnixMs(i64::MAX)), MAX_GAPS, Newest::Yes);
    let gaps = store.missing_trades(Some(id), gaps).await?;
    let ended = gaps
        .into_iter()
        .filter_map(|gap| Some((gap.start, gap.end?)));
    Ok(ended.collect())
}

impl Resumed {
    fn rescale_to(&mut self, to: Precision) {
        let from = std::mem::replace(&mut self.precision, to);
        if from != to {
            self.bars = std::mem::take(&mut self.bars)
                .into_iter()
                .filter_map(|(timeframe, bar)| Some((timeframe, bar.rescaled(from, to)?)))
                .collect();
        }
    }
}

/// The bar with the keys of its first and last trade.
async fn keyed(
    id: &InstrumentId,
    timeframe: Timeframe,
    candle: Candle,
    store: &dyn MarketStore,
) -> Result<OpenBar, StoreError> {
    let within = (candle.time, timeframe.next(candle.time));
    let first = store.trades(id, span(within, 1, Newest::No)).await?;
    let last = store.trades(id, span(within, 1, Newest::Yes)).await?;
    let mut bar = OpenBar::from_candle(candle);
    if let (Some(first), Some(last)) = (first.rows.first(), last.rows.last()) {
        (bar.first, bar.last) = (first.key(), last.key());
    }
    Ok(bar)
}

/// The finer bars that a coarser one, open since `open`, is made of: a venue's finished ones from
/// the store, our own from memory; `None` where they do not fit one precision.
pub async fn parts_of(
    id: &InstrumentId,
    (timeframe, finer): (Timeframe, Timeframe),
    open: UnixMs,
    bars: &InstrumentBars,
    store: &dyn MarketStore,
) -> Result<Option<Vec<Candle>>, StoreError> {
    let end = timeframe.next(open);
    let stored = span((open, end), 1_440, Newest::No);
    let stored = store.candles(id, finer, stored).await?;
    let mut parts = BTreeMap::new();
    for candle in stored.rows {
        let Some(candle) = candle.rescaled(stored.precision, bars.precision()) else {
            return Ok(None);
        };
        parts.insert(candle.time, candle);
    }
    for own in bars
        .bars(finer)
        .filter(|bar| (open..end).contains(&bar.time))
    {
        let finished = parts
            .get(&own.time)
            .is_some_and(|held| held.origin == Origin::Venue && held.closed);
        if !finished {
            parts.insert(own.time, own);
        }
    }
    Ok(Some(parts.into_values().collect()))
}

/// Whether the store holds this trade.
pub async fn is_stored(
    id: &InstrumentId,
    trade: TradeId,
    time: UnixNs,
    store: &dyn MarketStore,
) -> Result<bool, StoreError> {
    let ms = time.to_ms();
    let found = trades_of(id, (ms, UnixMs(ms.0 + 1)), store).await?;
    Ok(found.iter().any(|(_, stored)| stored.id == trade))
}

/// The highest id among the newest trades before some time.
pub async fn newest_id_before(
    id: &InstrumentId,
    before: UnixMs,
    store: &dyn MarketStore,
) -> Result<Option<TradeId>, StoreError> {
    let newest = span((UnixMs(i64::MIN), before), NEAR_TRADES, Newest::Yes);
    let newest = store.trades(id, newest).await?;
    Ok(newest.rows.iter().map(|trade| trade.id).max())
}

/// All trades of a stretch of time, page by page.
pub async fn trades_of(
    id: &InstrumentId,
    within: (UnixMs, UnixMs),
    store: &dyn MarketStore,
) -> Result<Vec<(Precision, Trade)>, StoreError> {
    let mut all: Vec<(Precision, Trade)> = Vec::new();
    let mut start = within.0;
    loop {
        let page = store
            .trades(id, span((start, within.1), TRADES_AT_ONCE, Newest::No))
            .await?;
        let full = page.rows.len() >= TRADES_AT_ONCE as usize;
        let last = page.rows.last().map(|trade| trade.time.to_ms());
        all.extend(page.rows.into_iter().map(|trade| (page.precision, trade)));
        match last {
            // The millisecond may go on on the next page: it is read again, and told apart later.
            Some(last) if full && last > start => start = last,
            _ => break,
        }
    }
    Ok(all)
}

pub fn span((start, end): (UnixMs, UnixMs), limit: u32, newest: Newest) -> Span {
    Span {
        start,
        end,
        limit,
        newest,
    }
}

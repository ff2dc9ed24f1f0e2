//! Bars that are not simply built on: made anew from all trades where these are whole, or from the
//! venue's finer bars where they are not.

use std::collections::{BTreeMap, BTreeSet};

use tradesuite_core::market::{OpenBar, fold};
use tradesuite_core::model::{
    Candle, Gap, GapKind, InstrumentId, Origin, Precision, Timeframe, Trade, TradeId, UnixMs,
};

use super::bars::touches;
use super::ledger::{BarKey, Ledger};
use super::resume::{MAX_GAPS, newest_id_before, parts_of, span, trades_of};
use crate::server::storage::{MarketStore, Newest, StoreError};

/// A bar made from all trades that are held of it.
struct Made {
    bar: OpenBar,
    precision: Precision,
}

impl Ledger {
    /// Makes the open hour and the open day of an instrument anew from the finer bars that are
    /// held by now: those of the venue where our own trades began late or have a hole.
    ///
    /// # Errors
    /// [`StoreError`] where these could not be read.
    pub async fn remake(
        &mut self,
        id: &InstrumentId,
        store: &dyn MarketStore,
    ) -> Result<(), StoreError> {
        for (timeframe, finer) in [
            (Timeframe::H1, Timeframe::M1),
            (Timeframe::D1, Timeframe::H1),
        ] {
            let Some(bars) = self.instruments.get_mut(id) else {
                return Ok(());
            };
            // A bar of whole trades is as right as it can be.
            let lacking = |bar: &Candle| !bar.closed && bar.origin != Origin::Trades;
            let Some(open) = bars.bars(timeframe).next_back().filter(lacking) else {
                continue;
            };
            let precision = bars.precision();
            let Some(parts) = parts_of(id, (timeframe, finer), open.time, bars, store).await?
            else {
                continue;
            };
            let figures = fold(&parts, finer, timeframe, UnixMs(i64::MIN));
            let Some(figures) = figures.first().filter(|bar| bar.volume >= open.volume) else {
                continue;
            };
            // Our own trades come out of order at times; before what the venue says nothing came.
            let first = (parts.first().filter(|part| part.origin != Origin::Venue))
                .and_then(|part| bars.open_bar(finer, part.time))
                .map_or((figures.time.to_ns(), TradeId(0)), |part| part.first);
            let is_replaced = bars.replace_open(timeframe, *figures, first);
            let remade = bars.bars(timeframe).next_back();
            if let Some(remade) = remade.filter(|_| is_replaced) {
                self.put_bars(id, precision, [(timeframe, remade)]);
            }
        }
        Ok(())
    }

    /// Makes every bar anew of which that is due.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not be read; then it is still due.
    pub(super) async fn make_all_anew(
        &mut self,
        store: &dyn MarketStore,
    ) -> Result<(), StoreError> {
        let mut keys = self.stored_bars.clone();
        for (id, start, end) in &self.filled {
            keys.extend(self.bars_with_trades(id, (*start, *end), store).await?);
        }
        let mut all = Vec::new();
        for key in keys {
            if let Some(made) = self.make_anew(&key, store).await? {
                all.push((key, made));
            }
        }
        self.stored_bars.clear();
        self.filled.clear();
        for (key, Made { bar, precision }) in all {
            if let Some(bars) = self.instruments.get_mut(&key.0) {
                bars.replace(key.1, bar, precision);
            }
            self.put_bars(&key.0, precision, [(key.1, bar.candle)]);
        }
        Ok(())
    }

    /// The bars of a stretch that have trades.
    async fn bars_with_trades(
        &self,
        id: &InstrumentId,
        (start, end): (UnixMs, UnixMs),
        store: &dyn MarketStore,
    ) -> Result<BTreeSet<BarKey>, StoreError> {
        let trades = self
            .all_trades(id, (start, UnixMs(end.0 + 1)), store)
            .await?;
        let bars_of = |time: UnixMs| {
            Timeframe::STORED.map(|timeframe| (id.clone(), timeframe, timeframe.floor(time)))
        };
        Ok(trades
            .iter()
            .flat_map(|(_, trade)| bars_of(trade.time.to_ms()))
            .collect())
    }

    /// Stored trades of a stretch and those that wait, in order.
    async fn all_trades(
        &self,
        id: &InstrumentId,
        (start, end): (UnixMs, UnixMs),
        store: &dyn MarketStore,
    ) -> Result<Vec<(Precision, Trade)>, StoreError> {
        let mut trades = trades_of(id, (start, end), store).await?;
        trades.extend(
            self.trades
                .iter()
                .filter(|record| record.instrument == *id)
                .filter(|record| (start..end).contains(&record.trade.time.to_ms()))
                .map(|record| (record.precision, record.trade)),
        );
        trades.sort_by_key(|(_, trade)| trade.key());
        trades.dedup_by_key(|(_, trade)| trade.key());
        Ok(trades)
    }

    /// A bar from the stored trades and those that wait; `None` where what stands there is as
    /// good, or better.
    async fn make_anew(
        &self,
        (id, timeframe, open): &BarKey,
        store: &dyn MarketStore,
    ) -> Result<Option<Made>, StoreError> {
        let end = timeframe.next(*open);
        let bars = self.instruments.get(id);
        let in_memory = bars.and_then(|bars| bars.bar(*timeframe, *open));
        if in_memory.is_some_and(|bar| bar.origin == Origin::Trades) {
            return Ok(None);
        }
        let stored = store
            .candles(
                id,
                *timeframe,
                span((*open, UnixMs(open.0 + 1)), 1, Newest::No),
            )
            .await?;
        let held_precision = match (in_memory, bars) {
            (Some(_), Some(bars)) => bars.precision(),
            _ => stored.precision,
        };
        let stored = stored.rows.first().copied();
        let trades = self.all_trades(id, (*open, end), store).await?;
        let Some(mut made) = made_of(*open, &trades) else {
            return Ok(None);
        };
        // Trades that a bar was made of may be held no longer: their file was damaged and set aside.
        // Where no bar is stored, nobody judged yet whether there are more than these.
        let own = stored.is_some_and(|stored| {
            let held = stored.rescaled(held_precision, made.precision);
            let fits = held.is_some_and(|held| held.volume <= made.bar.candle.volume);
            stored.origin == Origin::Trades && fits
        });
        let unbroken = bars
            .is_none_or(|bars| bars.judged(*timeframe, made.bar.candle).origin == Origin::Trades);
        let whole = unbroken
            && (own && in_memory.is_none()
                || self
                    .is_whole((id, *timeframe, *open), &trades, store)
                    .await?);
        if !whole {
            let held = in_memory.or(stored);
            let volume = |candle: Candle| candle.rescaled(held_precision, made.precision);
            let more = held
                .and_then(volume)
                .is_some_and(|held| held.volume > made.bar.candle.volume);
            let venue = stored.is_some_and(|stored| stored.origin == Origin::Venue);
            if more || venue && in_memory.is_none() {
                return Ok(None);
            }
        }
        let candle = &mut made.bar.candle;
        candle.origin = if whole { Origin::Trades } else { Origin::Both };
        candle.closed = in_memory.is_none_or(|bar| bar.closed);
        let revision = in_memory.or(stored).map(|held| held.revision);
        let revision = revision.max(stored.map(|stored| stored.revision));
        candle.revision = match revision {
            Some(revision) if candle.closed => revision.saturating_add(1),
            revision => revision.unwrap_or_default(),
        };
        Ok(Some(made))
    }

    /// Whether the trades of a bar are all that there were: numbered without holes from the last
    /// one before it on, and no gap in the ledger touches it.
    async fn is_whole(
        &self,
        (id, timeframe, open): (&InstrumentId, Timeframe, UnixMs),
        trades: &[(Precision, Trade)],
        store: &dyn MarketStore,
    ) -> Result<bool, StoreError> {
        let ids: BTreeSet<TradeId> = trades.iter().map(|(_, trade)| trade.id).collect();
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return Ok(false);
        };
        let waiting = self
            .trades
            .iter()
            .filter(|record| record.instrument == *id && record.trade.time.to_ms() < open)
            .map(|record| record.trade.id)
            .max();
        let before = newest_id_before(id, open, store).await?.max(waiting);
        let numbered = before.is_some_and(|before| before.0 + 1 == first.0)
            && last.0 - first.0 + 1 == ids.len() as u64;
        if !numbered {
            return Ok(false);
        }
        let within = span((open, timeframe.next(open)), MAX_GAPS, Newest::No);
        let stored = store.missing_trades(Some(id), within).await?;
        let waiting = self
            .gaps
            .iter()
            .filter(|gap| gap.instrument == *id)
            .cloned();
        // The latest word on each.
        let gaps: BTreeMap<UnixMs, Gap> = stored
            .into_iter()
            .chain(waiting)
            .filter(|gap| gap.kind == GapKind::Trades)
            .map(|gap| (gap.start, gap))
            .collect();
        Ok(!gaps.values().any(|gap| {
            let end = gap.end.unwrap_or(UnixMs(i64::MAX));
            !gap.filled && touches(timeframe, open, (gap.start, end))
        }))
    }
}

fn made_of(open: UnixMs, trades: &[(Precision, Trade)]) -> Option<Made> {
    let precision = trades
        .iter()
        .fold(Precision::default(), |all, (precision, _)| {
            all.widened(*precision)
        });
    let mut bar: Option<OpenBar> = None;
    for (from, trade) in trades {
        let Some(trade) = trade.rescaled(*from, precision) else {
            continue;
        };
        match &mut bar {
            Some(bar) => bar.add(&trade),
            None => bar = Some(OpenBar::from_trade(open, &trade)),
        }
    }
    Some(Made {
        bar: bar?,
        precision,
    })
}

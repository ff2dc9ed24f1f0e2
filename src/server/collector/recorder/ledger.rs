//! From committed events to what the store is to hold: gathers them until they are written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tradesuite_core::market::{Novelty, OpenBar, fold};
use tradesuite_core::model::{
    Candle, EventBody, Gap, GapKind, InstrumentId, MarketEvent, Origin, Position, Precision,
    Sequenced, Timeframe, Trade, UnixMs, UnixNs,
};

use super::bars::{Changed, InstrumentBars};
use super::resume::{is_stored, parts_of, resumed, trades_of};
use crate::server::storage::{
    BookChange, BookRecord, CandleRecord, MarketStore, Newest, Span, StoreBatch, StoreError,
    TradeRecord,
};

type BarKey = (InstrumentId, Timeframe, UnixMs);

/// Everything between the journal and the store.
#[derive(Default)]
pub struct Ledger {
    instruments: HashMap<InstrumentId, InstrumentBars>,
    /// Position of the last event taken.
    position: Option<Position>,
    events: usize,
    trades: Vec<TradeRecord>,
    bars: BTreeMap<BarKey, (Precision, Candle)>,
    /// Bars that only the store has, to be made anew from all trades.
    stored_bars: BTreeSet<BarKey>,
    book: Vec<BookRecord>,
    gaps: Vec<Gap>,
}

impl Ledger {
    /// Events taken since the last batch.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    /// Whether there is anything to write but the position.
    #[must_use]
    pub fn has_content(&self) -> bool {
        !(self.trades.is_empty()
            && self.bars.is_empty()
            && self.stored_bars.is_empty()
            && self.book.is_empty()
            && self.gaps.is_empty())
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// [`StoreError`] where the store had to be read and could not: the event was not taken, and
    /// may be given again.
    pub async fn take(
        &mut self,
        sequenced: &Sequenced,
        store: &dyn MarketStore,
    ) -> Result<(), StoreError> {
        let event = &sequenced.event;
        let id = &event.instrument;
        if !self.instruments.contains_key(id) {
            let held = resumed(id, event.precision, store).await?;
            self.instruments
                .insert(id.clone(), InstrumentBars::resume(held));
        }
        if let EventBody::Trade(trade) | EventBody::Backfill(trade) = &event.body {
            self.trade(event, trade, store).await?;
        } else {
            self.other(sequenced);
        }
        self.position = Some(sequenced.position);
        self.events += 1;
        Ok(())
    }

    /// Moves the clock of every instrument on, where their venues are silent.
    pub fn clock(&mut self, time: UnixNs) {
        let changes: Vec<_> = self
            .instruments
            .iter_mut()
            .map(|(id, bars)| (id.clone(), bars.precision(), bars.clock(time)))
            .collect();
        for (id, precision, changed) in changes {
            self.changed(&id, precision, changed);
        }
    }

    /// Instruments of which trades turned out to be missing since this was asked last.
    pub fn take_holed(&mut self) -> Vec<InstrumentId> {
        self.instruments
            .iter_mut()
            .filter_map(|(id, bars)| bars.take_holed().then(|| id.clone()))
            .collect()
    }

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
            let Some(open) = bars.bars(timeframe).next_back().filter(|bar| !bar.closed) else {
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
            if bars.replace_open(timeframe, *figures)
                && let Some(remade) = bars.bars(timeframe).next_back()
            {
                self.bars
                    .insert((id.clone(), timeframe, remade.time), (precision, remade));
            }
        }
        Ok(())
    }

    /// What is to be written now; nothing is kept of it.
    ///
    /// # Errors
    /// [`StoreError`] where stored bars could not be read; nothing is lost then.
    pub async fn batch(&mut self, store: &dyn MarketStore) -> Result<StoreBatch, StoreError> {
        let mut anew = Vec::new();
        for key in &self.stored_bars {
            anew.extend(self.make_anew(key, store).await?);
        }
        self.stored_bars.clear();
        for (key, precision, candle) in anew {
            self.bars.insert(key, (precision, candle));
        }
        self.events = 0;
        let bars = std::mem::take(&mut self.bars);
        Ok(StoreBatch {
            position: self.position,
            trades: std::mem::take(&mut self.trades),
            candles: bars
                .into_iter()
                .map(
                    |((instrument, timeframe, _), (precision, candle))| CandleRecord {
                        instrument,
                        timeframe,
                        precision,
                        candle,
                    },
                )
                .collect(),
            book: std::mem::take(&mut self.book),
            gaps: std::mem::take(&mut self.gaps),
            instruments: Vec::new(),
        })
    }

    async fn trade(
        &mut self,
        event: &MarketEvent,
        trade: &Trade,
        store: &dyn MarketStore,
    ) -> Result<(), StoreError> {
        let id = &event.instrument;
        let Some(bars) = self.instruments.get_mut(id) else {
            return Ok(());
        };
        match bars.novelty(trade.id) {
            Novelty::New => {}
            Novelty::Known => return Ok(()),
            Novelty::AskStore => {
                if is_stored(id, trade.id, trade.time, store).await? {
                    return Ok(());
                }
            }
        }
        let changed = match bars.trade(trade, event.precision) {
            Ok(changed) => changed,
            Err(error) => {
                tracing::error!(instrument = %id, %error, "a trade does not fit into its bars");
                Changed::default()
            }
        };
        let precision = bars.precision();
        self.trades.push(TradeRecord {
            instrument: id.clone(),
            precision: event.precision,
            trade: *trade,
        });
        self.changed(id, precision, changed);
        Ok(())
    }

    fn other(&mut self, sequenced: &Sequenced) {
        let Sequenced { position, event } = sequenced;
        let id = &event.instrument;
        let change = match &event.body {
            EventBody::BookSnapshot(delta) => Some(BookChange::Snapshot(delta.clone())),
            EventBody::BookUpdate(delta) => Some(BookChange::Update(delta.clone())),
            EventBody::BookStale { .. } => Some(BookChange::Stale),
            EventBody::Gap {
                kind,
                start,
                end,
                reason,
            } => {
                self.gap(id, *kind, (start.to_ms(), end.to_ms()), reason);
                None
            }
            EventBody::Trade(_) | EventBody::Backfill(_) | EventBody::Clock { .. } => None,
        };
        if let Some(change) = change {
            self.book.push(BookRecord {
                instrument: id.clone(),
                precision: event.precision,
                position: Some(*position),
                received: event.received,
                change,
            });
        }
        if let Some(time) = event.time()
            && let Some(bars) = self.instruments.get_mut(id)
        {
            let changed = bars.clock(time);
            let precision = bars.precision();
            self.changed(id, precision, changed);
        }
    }

    fn gap(
        &mut self,
        id: &InstrumentId,
        kind: GapKind,
        (start, end): (UnixMs, UnixMs),
        reason: &str,
    ) {
        self.gaps.push(Gap {
            instrument: id.clone(),
            kind,
            start,
            end: Some(end),
            reason: reason.to_owned(),
            filled: false,
        });
        if kind == GapKind::Trades
            && let Some(bars) = self.instruments.get_mut(id)
        {
            let changed = bars.gap(start, end);
            let precision = bars.precision();
            self.changed(id, precision, changed);
        }
    }

    fn changed(&mut self, id: &InstrumentId, precision: Precision, changed: Changed) {
        for (timeframe, candle) in changed.bars {
            self.bars
                .insert((id.clone(), timeframe, candle.time), (precision, candle));
        }
        for (timeframe, open) in changed.stored {
            self.stored_bars.insert((id.clone(), timeframe, open));
        }
    }

    /// A stored bar from the stored trades and those that wait; `None` where the venue's own bar
    /// stands there.
    async fn make_anew(
        &self,
        key: &BarKey,
        store: &dyn MarketStore,
    ) -> Result<Option<(BarKey, Precision, Candle)>, StoreError> {
        let (id, timeframe, open) = key;
        let one = Span {
            start: *open,
            end: UnixMs(open.0 + 1),
            limit: 1,
            newest: Newest::No,
        };
        let stored = store.candles(id, *timeframe, one).await?.rows.pop();
        if stored.is_some_and(|candle| candle.origin == Origin::Venue) {
            return Ok(None);
        }
        let end = timeframe.next(*open);
        let mut trades = trades_of(id, (*open, end), store).await?;
        trades.extend(
            self.trades
                .iter()
                .filter(|record| record.instrument == *id)
                .filter(|record| (*open..end).contains(&record.trade.time.to_ms()))
                .map(|record| (record.precision, record.trade)),
        );
        trades.sort_by_key(|(_, trade)| trade.key());
        trades.dedup_by_key(|(_, trade)| trade.key());
        let precision = trades
            .iter()
            .fold(Precision::default(), |all, (precision, _)| {
                all.widened(*precision)
            });
        let mut bar: Option<OpenBar> = None;
        for (from, trade) in trades {
            let Some(trade) = trade.rescaled(from, precision) else {
                continue;
            };
            match &mut bar {
                Some(bar) => bar.add(&trade),
                None => bar = Some(OpenBar::from_trade(*open, &trade)),
            }
        }
        Ok(bar.map(|bar| {
            let mut candle = Candle {
                closed: true,
                revision: stored.map_or(0, |candle| candle.revision.saturating_add(1)),
                ..bar.candle
            };
            if stored.is_some_and(|candle| candle.origin == Origin::Both) {
                candle.origin = Origin::Both;
            } else if let Some(bars) = self.instruments.get(id) {
                candle = bars.judged(*timeframe, candle);
            }
            (key.clone(), precision, candle)
        }))
    }
}

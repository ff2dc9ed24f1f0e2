//! From committed events to what the store is to hold: gathers them until they are written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tradesuite_core::market::Novelty;
use tradesuite_core::model::{
    Candle, EventBody, Gap, GapKind, InstrumentId, Position, Precision, Sequenced, Timeframe,
    Trade, UnixMs, UnixNs,
};

use super::bars::{Changed, InstrumentBars};
use super::lack::Lack;
use super::resume::{is_stored, resumed};
use crate::server::storage::{
    BookChange, BookRecord, CandleRecord, MarketStore, StoreBatch, StoreError, TradeRecord,
};

/// Instruments of which nothing was heard for so long, and none of whose bars is open, are
/// forgotten: the store knows as much of them.
const FORGET_NS: i64 = 3_600_000_000_000;

pub(super) type BarKey = (InstrumentId, Timeframe, UnixMs);
/// Bars of one instrument that wait to be written.
type WaitingBars = BTreeMap<(Timeframe, UnixMs), (Precision, Candle)>;

/// Everything between the journal and the store.
#[derive(Default)]
pub struct Ledger {
    pub(super) instruments: HashMap<InstrumentId, InstrumentBars>,
    /// Position of the last event taken.
    position: Option<Position>,
    /// Events up to here may have been written before, in part.
    replayed_until: Position,
    events: usize,
    pub(super) trades: Vec<TradeRecord>,
    /// Bars to be written. By instrument first: a trade changes four bars of one.
    bars: BTreeMap<InstrumentId, WaitingBars>,
    /// Bars to be made anew from all trades: those that only the store has, and those with figures
    /// of the venue.
    pub(super) stored_bars: BTreeSet<BarKey>,
    /// Stretches that are whole now, of which every bar is to be made anew.
    pub(super) filled: Vec<(InstrumentId, UnixMs, UnixMs)>,
    /// Instruments of which bars were put right.
    put_right: BTreeSet<InstrumentId>,
    book: Vec<BookRecord>,
    pub(super) gaps: Vec<Gap>,
}

impl Ledger {
    /// Goes on behind the store's position. Whoever was there before may have been killed while
    /// writing what was committed up to `replayed_until`, so that the store holds trades of it
    /// and their bars do not.
    #[must_use]
    pub fn replaying(replayed_until: Position) -> Self {
        Self {
            replayed_until,
            ..Self::default()
        }
    }

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
            self.trade(sequenced, trade, store).await?;
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

    /// Forgets instruments of which nothing is heard any more. To be called when everything is
    /// written.
    pub fn forget_idle(&mut self, now: UnixNs) {
        let since = UnixNs(now.0.saturating_sub(FORGET_NS));
        self.instruments.retain(|_, bars| !bars.is_idle(since));
    }

    /// What turned out to be missing since this was asked last.
    pub fn take_lacks(&mut self) -> Vec<(InstrumentId, Lack)> {
        self.instruments
            .iter_mut()
            .filter_map(|(id, bars)| Some((id.clone(), bars.take_lack()?)))
            .collect()
    }

    /// Nobody took note of this yet.
    pub fn lacks(&mut self, id: &InstrumentId, lack: Lack) {
        if let Some(bars) = self.instruments.get_mut(id) {
            bars.lacks(lack);
        }
    }

    /// Instruments of which bars were put right since this was asked last.
    pub fn take_put_right(&mut self) -> BTreeSet<InstrumentId> {
        std::mem::take(&mut self.put_right)
    }

    /// What is to be written now; nothing is kept of it.
    ///
    /// # Errors
    /// [`StoreError`] where stored bars could not be read; nothing is lost then.
    pub async fn batch(&mut self, store: &dyn MarketStore) -> Result<StoreBatch, StoreError> {
        self.make_all_anew(store).await?;
        for id in self.put_right.clone() {
            self.remake(&id, store).await?;
        }
        self.events = 0;
        let mut candles = Vec::new();
        for (instrument, bars) in std::mem::take(&mut self.bars) {
            candles.extend(
                bars.into_iter()
                    .map(|((timeframe, _), (precision, candle))| CandleRecord {
                        instrument: instrument.clone(),
                        timeframe,
                        precision,
                        candle,
                    }),
            );
        }
        Ok(StoreBatch {
            position: self.position,
            trades: std::mem::take(&mut self.trades),
            candles,
            book: std::mem::take(&mut self.book),
            gaps: std::mem::take(&mut self.gaps),
            instruments: Vec::new(),
        })
    }

    async fn trade(
        &mut self,
        Sequenced { position, event }: &Sequenced,
        trade: &Trade,
        store: &dyn MarketStore,
    ) -> Result<(), StoreError> {
        let id = &event.instrument;
        let Some(mut bars) = self.instruments.get_mut(id) else {
            return Ok(());
        };
        bars.hear(trade.time);
        let is_held = match bars.novelty(trade.id) {
            Novelty::New => false,
            Novelty::Known => return Ok(()),
            Novelty::AskStore => is_stored(id, trade.id, trade.time, store).await?,
        };
        // Venues and backfills repeat trades too. Of those that are replayed nobody can tell: bars
        // that have one already are the same when they are made anew.
        if is_held && *position > self.replayed_until {
            return Ok(());
        }
        let is_fetched = matches!(event.body, EventBody::Backfill(_));
        let ended = (!is_fetched).then(|| bars.take_open_gap()).flatten();
        if let Some((start, reason)) = ended {
            let end = Some(trade.time.to_ms());
            self.gap(id, GapKind::Trades, (start, end), &reason);
            bars = match self.instruments.get_mut(id) {
                Some(bars) => bars,
                None => return Ok(()),
            };
        }
        let taken = match (is_held, is_fetched) {
            (true, _) => bars.torn(trade, event.precision),
            (false, true) => bars.backfill(trade, event.precision),
            (false, false) => bars.trade(trade, event.precision),
        };
        let precision = bars.precision();
        if is_held {
            // Open bars with figures of the venue cannot be made of trades alone.
            self.put_right.insert(id.clone());
        }
        let changed = match taken {
            Ok(changed) => changed,
            Err(error) => {
                tracing::error!(instrument = %id, %error, "a trade does not fit into its bars");
                Changed::default()
            }
        };
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
                filled,
            } => {
                let stretch = (start.to_ms(), end.map(UnixNs::to_ms));
                match (filled, stretch) {
                    (true, (start, Some(end))) => self.filled(id, *kind, (start, end), reason),
                    _ => self.gap(id, *kind, stretch, reason),
                }
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
            bars.hear(time);
            let changed = bars.clock(time);
            let precision = bars.precision();
            self.changed(id, precision, changed);
        }
    }

    fn gap(
        &mut self,
        id: &InstrumentId,
        kind: GapKind,
        (mut start, end): (UnixMs, Option<UnixMs>),
        reason: &str,
    ) {
        // A venue's time may go back: a gap is known by its start, so that the end gives way.
        let end = end.map(|end| end.max(start));
        if kind == GapKind::Trades
            && let Some(bars) = self.instruments.get_mut(id)
        {
            // Whoever says what was missed meanwhile means the gap that stands open; a verdict on
            // an older one, which ended before, does not.
            if let Some(open) = bars.open_since()
                && end.is_none_or(|end| end > open)
            {
                bars.take_open_gap();
                start = open;
            }
            let changed = bars.gap(start, end, reason);
            let precision = bars.precision();
            self.changed(id, precision, changed);
        }
        self.gaps.push(Gap {
            instrument: id.clone(),
            kind,
            start,
            end,
            reason: reason.to_owned(),
            filled: false,
        });
    }

    fn filled(
        &mut self,
        id: &InstrumentId,
        kind: GapKind,
        (start, end): (UnixMs, UnixMs),
        reason: &str,
    ) {
        let end = end.max(start);
        let mut bars = self.instruments.get_mut(id);
        // What is fetched from before the first look was never said to be missing.
        let is_beginning = kind == GapKind::Trades
            && (bars.as_mut()).is_some_and(|bars| bars.begins_earlier(start, end));
        if !is_beginning {
            self.gaps.push(Gap {
                instrument: id.clone(),
                kind,
                start,
                end: Some(end),
                reason: reason.to_owned(),
                filled: true,
            });
        }
        if kind == GapKind::Trades
            && let Some(bars) = bars
        {
            let changed = bars.filled(start, end);
            let precision = bars.precision();
            self.changed(id, precision, changed);
            self.filled.push((id.clone(), start, end));
            self.put_right.insert(id.clone());
        }
    }

    fn changed(&mut self, id: &InstrumentId, precision: Precision, changed: Changed) {
        if !changed.bars.is_empty() {
            self.put_bars(id, precision, changed.bars);
        }
        for (timeframe, open) in changed.stored {
            self.stored_bars.insert((id.clone(), timeframe, open));
        }
    }

    /// Bars of an instrument as they are to be written, in the place of what they were before.
    pub(super) fn put_bars(
        &mut self,
        id: &InstrumentId,
        precision: Precision,
        bars: impl IntoIterator<Item = (Timeframe, Candle)>,
    ) {
        let waiting = match self.bars.get_mut(id) {
            Some(waiting) => waiting,
            None => self.bars.entry(id.clone()).or_default(),
        };
        for (timeframe, candle) in bars {
            waiting.insert((timeframe, candle.time), (precision, candle));
        }
    }
}

//! One instrument's state from its events: book, bars, tape, day's figures.
//!
//! No channels and no clock: it is fed events and asked for views.

use tradesuite_core::market::{
    BarEvent, CandleBuilder, DEFAULT_GRACE_MS, Novelty, OpenBar, OrderBook, PrecisionOverflow,
    Tape, TickerState, TradeIds, fold,
};
use tradesuite_core::model::{
    BookView, Candle, EventBody, GapKind, InstrumentId, Origin, Position, Precision, Sequenced,
    Timeframe, UnixMs, UnixNs,
};
use tradesuite_core::protocol::{CandleData, TickerData, TradeData};

use super::arrivals::{Arrival, Arrivals};
use super::warmup::Warm;
use super::withheld::Withheld;

/// Trades on the tape of a snapshot.
pub(super) const TAPE: usize = 200;

/// What an event changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// A trade came.
    pub trade: bool,
    /// A bar closed or was revised.
    pub bar_closed: bool,
    /// Bars, however old, are withheld no longer.
    pub released: bool,
    /// Levels changed.
    pub book: bool,
    /// The book became true or untrue.
    pub book_state: bool,
    /// Bars are over until this instant, where exchange time moved on.
    pub over_until: Option<UnixMs>,
}

/// The best levels at one moment.
#[derive(Clone, Debug)]
pub struct LiveBook {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// The levels.
    pub view: BookView,
    /// Why the levels may not be true, where they may not.
    pub stale_reason: Option<String>,
}

/// The newest bars of a stored timeframe.
#[derive(Clone, Debug)]
pub struct LiveBars {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending; the last one may be open.
    pub bars: Vec<Candle>,
    /// Bars are over until this instant.
    pub over_until: UnixMs,
    /// Which of them, and of those folded from them, are not to be shown yet.
    pub withheld: Withheld,
}

/// One instrument's state.
pub(super) struct Market {
    instrument: InstrumentId,
    book: OrderBook,
    candles: CandleBuilder,
    tape: Tape,
    ticker: TickerState,
    arrivals: Arrivals,
    /// Exchange time so far.
    clock: UnixNs,
    /// Position of the last event taken.
    position: Position,
    /// Trades up to here came with the warm-up.
    warm: Position,
    /// Which trades were taken: a venue repeats them, and so does a file that is played again.
    ids: TradeIds,
    /// Position of the last trade of which only the store can tell whether it is new.
    unsure: Option<Position>,
    withheld: Withheld,
    bar_events: Vec<BarEvent>,
    overflowed: bool,
}

impl Market {
    pub fn new(instrument: InstrumentId, withheld: Withheld) -> Self {
        Self {
            instrument,
            book: OrderBook::default(),
            candles: CandleBuilder::new(Precision::default(), DEFAULT_GRACE_MS),
            tape: Tape::new(TAPE),
            ticker: TickerState::new(),
            arrivals: Arrivals::default(),
            clock: UnixNs(i64::MIN),
            position: Position::default(),
            warm: Position::default(),
            ids: TradeIds::default(),
            unsure: None,
            withheld,
            bar_events: Vec::new(),
            overflowed: false,
        }
    }

    /// Position of the last event taken.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether trades after `position` are all still held, so that the state can be built anew
    /// from a store that is at `position`.
    pub fn reaches_back_to(&self, position: Position) -> bool {
        self.arrivals.reach_back_to(position)
    }

    /// Where the store has to be for it to know of old trades that came meanwhile; `None` where
    /// there were none since it was read.
    pub fn unsure(&self) -> Option<Position> {
        self.unsure
    }

    /// Takes over what the store holds and adds the trades that it does not hold yet.
    pub fn rebuild(&mut self, warm: &Warm) {
        let mut candles = CandleBuilder::new(warm.precision, DEFAULT_GRACE_MS);
        candles.resume(
            warm.bars
                .iter()
                .map(|(timeframe, bar)| (*timeframe, OpenBar::from_candle(*bar))),
        );
        let mut ticker = TickerState::new();
        let seeded = ticker.seed(&warm.day(), warm.precision);
        self.note(seeded);
        let mut tape = Tape::new(TAPE);
        let newest = warm.trades.iter().map(|trade| trade.id).max();
        self.ids.store_holds(newest);
        if let Some(since) = warm.open_gap {
            self.withheld.open(since);
        }
        for trade in &warm.trades {
            self.ids.take(trade.id);
            let taken = tape.push(trade, warm.precision);
            self.note(taken);
        }
        (self.candles, self.ticker, self.tape) = (candles, ticker, tape);
        self.warm = warm.position;
        self.unsure = self.unsure.filter(|unsure| *unsure > warm.position);
        let arrivals = std::mem::take(&mut self.arrivals);
        for arrival in arrivals.after(warm.position) {
            self.count(arrival);
        }
        self.arrivals = arrivals;
        self.advance(self.clock);
        self.quote();
    }

    /// Events up to `until` were not seen: the book is not true until its next snapshot, and bars
    /// and tape are to be built anew from a store that has them.
    pub fn missed(&mut self, until: Position) -> Change {
        self.arrivals.missed(until);
        let change = Change {
            book_state: !self.book.is_stale(),
            ..Change::default()
        };
        self.book.mark_stale("Some changes were not seen");
        self.quote();
        change
    }

    /// Takes an event of this instrument.
    pub fn take(&mut self, sequenced: &Sequenced) -> Change {
        let event = &sequenced.event;
        if sequenced.position <= self.position {
            return Change::default();
        }
        self.position = sequenced.position;
        let mut change = Change::default();
        match &event.body {
            EventBody::Trade(trade) | EventBody::Backfill(trade) => {
                if sequenced.position > self.warm {
                    match self.ids.novelty(trade.id) {
                        Novelty::New => {
                            let is_first = self.ids.newest().is_none();
                            self.withheld.trade(trade.time, is_first);
                            change.trade = true;
                            change.bar_closed = self.arrive(Arrival {
                                position: sequenced.position,
                                trade: *trade,
                                precision: event.precision,
                                is_fetched: matches!(event.body, EventBody::Backfill(_)),
                            });
                        }
                        Novelty::Known => {}
                        Novelty::AskStore => self.unsure = Some(sequenced.position),
                    }
                }
            }
            EventBody::BookSnapshot(delta) => {
                change.book_state = self.book.apply_snapshot(delta, event.precision).is_ok();
                self.quote();
            }
            EventBody::BookUpdate(delta) => {
                // Changes of a book that waits for its snapshot mean nothing.
                change.book = self.book.apply_update(delta, event.precision).is_ok();
                self.quote();
            }
            EventBody::BookStale { reason } => {
                change.book_state = !self.book.is_stale();
                self.book.mark_stale(reason.clone());
                self.quote();
            }
            EventBody::Gap {
                kind: GapKind::Trades,
                start,
                end,
                filled: false,
                ..
            } => self.lack(*start, *end),
            EventBody::Gap { .. } | EventBody::Clock { .. } => {}
        }
        if let Some(time) = event.time() {
            change.bar_closed |= self.advance(time);
            change.released = self.withheld.expire(self.clock);
            change.over_until = Some(self.candles.over_until());
        }
        change
    }

    /// What could be fetched of missing trades is in the store, to be read.
    pub fn release(&mut self) {
        self.withheld.release();
    }

    fn lack(&mut self, start: UnixNs, end: Option<UnixNs>) {
        match end {
            Some(end) => self.withheld.hole(start.to_ms(), end.to_ms(), self.clock),
            None => self.withheld.open(start.to_ms()),
        }
    }

    /// Takes a new trade. Returns whether a bar closed or was revised.
    fn arrive(&mut self, arrival: Arrival) -> bool {
        self.ids.take(arrival.trade.id);
        self.arrivals.push(arrival);
        self.count(&arrival)
    }

    /// Adds a trade to bars, figures and tape. Returns whether a bar closed or was revised.
    ///
    /// A bar with figures of the venue has a fetched trade already, or cannot tell, and so has a
    /// closed one any trade: both stay as they are until the store has made them anew.
    fn count(&mut self, arrival: &Arrival) -> bool {
        let (trade, precision) = (&arrival.trade, arrival.precision);
        let may_have =
            |bar: &Candle| bar.origin != Origin::Trades && (arrival.is_fetched || bar.closed);
        let open = Timeframe::M1.floor(trade.time.to_ms());
        let is_counted = {
            let mut newest = self.candles.bars(Timeframe::M1).rev();
            let minute = newest.find(|bar| bar.candle.time <= open);
            minute.is_some_and(|bar| bar.candle.time == open && may_have(&bar.candle))
        };
        self.bar_events.clear();
        let bars = &mut self.candles;
        let counted = bars.on_old_trade(trade, precision, may_have, &mut self.bar_events);
        self.note(counted);
        if !is_counted {
            let counted = self.ticker.on_trade(trade, precision);
            self.note(counted);
        } else if !arrival.is_fetched {
            // Of fetched ones it is said when they are in the store.
            self.unsure = Some(arrival.position);
        }
        let counted = self.tape.push(trade, precision);
        self.note(counted);
        self.any_closed()
    }

    /// Moves exchange time on. Returns whether a bar closed.
    fn advance(&mut self, time: UnixNs) -> bool {
        self.clock = self.clock.max(time);
        if self.clock == UnixNs(i64::MIN) {
            return false;
        }
        self.bar_events.clear();
        self.candles.on_clock(self.clock, &mut self.bar_events);
        self.ticker.on_clock(self.clock);
        self.any_closed()
    }

    fn any_closed(&self) -> bool {
        self.bar_events
            .iter()
            .any(|event| matches!(event, BarEvent::Closed(..) | BarEvent::Revised(..)))
    }

    /// Takes the best levels over into the day's figures.
    fn quote(&mut self) {
        let (bid, ask) = match self.book.is_stale() {
            true => (None, None),
            false => (self.book.best_bid(), self.book.best_ask()),
        };
        let precision = self.book.precision();
        let quoted = self.ticker.on_quotes(self.book.time(), bid, ask, precision);
        self.note(quoted);
    }

    /// Says once that a number did not fit; what was held stays as it was.
    fn note<T>(&mut self, result: Result<T, PrecisionOverflow>) {
        if let Err(error) = result
            && !std::mem::replace(&mut self.overflowed, true)
        {
            tracing::warn!(instrument = %self.instrument, %error, "a number cannot be shown");
        }
    }

    /// The best levels now.
    pub fn book(&self, depth: usize) -> LiveBook {
        LiveBook {
            precision: self.book.precision(),
            view: self.book.view(depth),
            stale_reason: self.book.stale_reason().map(str::to_owned),
        }
    }

    /// The day's figures now.
    ///
    /// What is not known of the whole 24 hours is not said of a part of them.
    pub fn ticker(&self) -> TickerData {
        let mut ticker = self.ticker.ticker();
        if !self.ticker.knows_the_day() {
            ticker.open_24h = None;
            ticker.high_24h = None;
            ticker.low_24h = None;
            ticker.volume_24h = None;
        }
        TickerData {
            precision: self.ticker.precision(),
            ticker,
        }
    }

    /// The newest bars of a stored timeframe.
    pub fn bars(&self, base: Timeframe) -> LiveBars {
        LiveBars {
            precision: self.candles.precision(),
            bars: self.candles.bars(base).map(|bar| bar.candle).collect(),
            over_until: self.candles.over_until(),
            withheld: self.withheld.clone(),
        }
    }

    /// The bars of the newest `buckets` buckets of any timeframe that may be shown.
    pub fn candles(&self, timeframe: Timeframe, buckets: u32) -> CandleData {
        let base = timeframe.stored_base();
        let newest = self
            .candles
            .bars(base)
            .next_back()
            .map(|bar| bar.candle.time);
        let start = newest.map(|newest| timeframe.back(newest, buckets - 1));
        let bars: Vec<Candle> = self
            .candles
            .bars(base)
            .map(|bar| bar.candle)
            .filter(|bar| Some(bar.time) >= start)
            .collect();
        let mut candles = fold(&bars, base, timeframe, self.candles.over_until());
        candles.retain(|bar| !self.withheld.hides(timeframe, bar));
        CandleData {
            precision: self.candles.precision(),
            candles,
        }
    }

    /// The newest trades by exchange time.
    pub fn tape(&self) -> TradeData {
        TradeData {
            precision: self.tape.precision(),
            trades: self.tape.iter().copied().collect(),
        }
    }

    /// Number of the arrival after the last one.
    pub fn arrived(&self) -> u64 {
        self.arrivals.count()
    }

    /// Trades in order of arrival from number `from` on; `None` where they are not all held.
    pub fn arrivals(&self, from: u64) -> Option<TradeData> {
        let precision = self.tape.precision();
        let trades = self
            .arrivals
            .since(from)?
            .map(|arrival| arrival.trade.rescaled(arrival.precision, precision))
            .collect::<Option<_>>()?;
        Some(TradeData { precision, trades })
    }
}

//! Bars of the stored timeframes from the trades of one instrument, whatever order they come in.
//!
//! It owns the newest bars of each timeframe, when they close, and their revisions. It must not
//! know where bars are stored: a trade for a bar that is no longer in memory is handed back, and
//! the store folds that bar anew from its trades. Bars without trades are not invented.

use std::collections::VecDeque;

use super::open_bar::OpenBar;
use super::precision::PrecisionOverflow;
use crate::model::{Candle, Precision, Timeframe, Trade, UnixMs, UnixNs};

/// How long after a bar's end exchange time has to be before it closes, so that trades that are a
/// little late still find it open.
pub const DEFAULT_GRACE_MS: i64 = 2_000;

/// Newest bars kept per timeframe for late trades: two minutes of seconds without a pause.
const KEPT_BARS: usize = 120;

/// What happened to a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarEvent {
    /// An open bar was opened or took a trade.
    Changed(Timeframe, Candle),
    /// A bar's end passed: once per bar.
    Closed(Timeframe, Candle),
    /// A late trade changed a bar that was over; its revision rose.
    Revised(Timeframe, Candle),
    /// A late trade belongs to the bar that opened at this time, which is no longer in memory or
    /// cannot take it.
    TooLate(Timeframe, UnixMs),
}

impl BarEvent {
    /// Timeframe and bar, where the bar is in memory.
    #[must_use]
    pub fn bar(&self) -> Option<(Timeframe, &Candle)> {
        match self {
            Self::Changed(timeframe, candle)
            | Self::Closed(timeframe, candle)
            | Self::Revised(timeframe, candle) => Some((*timeframe, candle)),
            Self::TooLate(..) => None,
        }
    }
}

/// Builds all of [`Timeframe::STORED`] for one instrument.
#[derive(Clone, Debug)]
pub struct CandleBuilder {
    precision: Precision,
    grace_ms: i64,
    /// Exchange time so far.
    clock: UnixMs,
    /// No bar closes before this exchange time.
    next_close: UnixMs,
    frames: [Frame; Timeframe::STORED.len()],
}

/// The newest bars of one timeframe.
#[derive(Clone, Debug)]
struct Frame {
    timeframe: Timeframe,
    /// Ascending by opening time, at most [`KEPT_BARS`].
    bars: VecDeque<OpenBar>,
    /// Bars that open earlier are the store's.
    start: UnixMs,
}

impl CandleBuilder {
    /// A builder that knows no bar yet. Bars close `grace_ms` after their end.
    #[must_use]
    pub fn new(precision: Precision, grace_ms: i64) -> Self {
        Self {
            precision,
            grace_ms,
            clock: UnixMs(i64::MIN),
            next_close: UnixMs(i64::MAX),
            frames: Timeframe::STORED.map(|timeframe| Frame {
                timeframe,
                bars: VecDeque::new(),
                start: UnixMs(i64::MIN),
            }),
        }
    }

    /// Goes on from stored bars at `precision`, in any order. Of each timeframe the newest bars
    /// without holes have to be given, at least those still open: whatever opened before the
    /// oldest one given is taken to be the store's.
    pub fn resume(&mut self, bars: impl IntoIterator<Item = (Timeframe, OpenBar)>) {
        for (timeframe, bar) in bars {
            let time = bar.candle.time;
            if let Some(frame) = self.frames.iter_mut().find(|f| f.timeframe == timeframe) {
                match frame.place(time) {
                    Ok(at) => frame.bars[at] = bar,
                    Err(at) => frame.bars.insert(at, bar),
                }
            }
        }
        for frame in &mut self.frames {
            let excess = frame.bars.len().saturating_sub(KEPT_BARS);
            frame.bars.drain(..excess);
            if let Some(first) = frame.bars.front() {
                frame.start = first.candle.time;
            }
            let closed = frame.bars.iter().rev().find(|bar| bar.candle.closed);
            if let Some(bar) = closed {
                let closed = close_time(frame.timeframe, bar.candle.time, self.grace_ms);
                self.clock = self.clock.max(closed);
            }
        }
        self.schedule();
    }

    /// Adds a trade to its bar of every stored timeframe and moves exchange time on. What happened
    /// is appended to `events`: closed bars first.
    ///
    /// A trade must be given once: repeated ids are not told apart here.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a figure does not fit at the finest precision seen; the trade
    /// was not taken then.
    pub fn on_trade(
        &mut self,
        trade: &Trade,
        precision: Precision,
        events: &mut Vec<BarEvent>,
    ) -> Result<(), PrecisionOverflow> {
        self.on_old_trade(trade, precision, |_| false, events)
    }

    /// Adds a trade that some bars may have already, as far as anybody knows: a fetched one, where
    /// a bar is the venue's own. Those of which `may_have` says so are left as they are, and said
    /// to be [`BarEvent::TooLate`]: the store is to fold them anew.
    ///
    /// # Errors
    /// As [`CandleBuilder::on_trade`].
    pub fn on_old_trade(
        &mut self,
        trade: &Trade,
        precision: Precision,
        may_have: impl Fn(&Candle) -> bool,
        events: &mut Vec<BarEvent>,
    ) -> Result<(), PrecisionOverflow> {
        let trade = &self.fit(trade, precision)?;
        self.on_clock(trade.time, events);
        let time = trade.time.to_ms();
        for frame in &mut self.frames {
            let open = frame.timeframe.floor(time);
            if frame.bar(open).is_some_and(|bar| may_have(&bar.candle)) {
                events.push(BarEvent::TooLate(frame.timeframe, open));
                continue;
            }
            let closes = close_time(frame.timeframe, open, self.grace_ms);
            let over = closes <= self.clock;
            let event = frame.take(trade, open, over, events);
            events.push(event);
            if !over {
                self.next_close = self.next_close.min(closes);
            }
        }
        Ok(())
    }

    /// Exchange time moved on, by whatever event: appends the bars that are over now.
    #[inline]
    pub fn on_clock(&mut self, time: UnixNs, events: &mut Vec<BarEvent>) {
        let time = time.to_ms();
        if time <= self.clock {
            return;
        }
        self.clock = time;
        if time >= self.next_close {
            for frame in &mut self.frames {
                frame.close(time, self.grace_ms, events);
            }
            self.schedule();
        }
    }

    /// The instant up to which bars are over: exchange time less the grace. What [`super::fold()`]
    /// needs to close the bars that it folds.
    #[must_use]
    pub fn over_until(&self) -> UnixMs {
        UnixMs(self.clock.0.saturating_sub(self.grace_ms))
    }

    /// Decimals of all bars.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The newest bars of a stored timeframe, ascending; none for the others.
    pub fn bars(&self, timeframe: Timeframe) -> impl DoubleEndedIterator<Item = &OpenBar> {
        self.frames
            .iter()
            .filter(move |frame| frame.timeframe == timeframe)
            .flat_map(|frame| &frame.bars)
    }

    fn fit(&mut self, trade: &Trade, given: Precision) -> Result<Trade, PrecisionOverflow> {
        if given == self.precision {
            return Ok(*trade);
        }
        let (from, to) = (self.precision, self.precision.widened(given));
        let fitted = trade
            .rescaled(given, to)
            .ok_or(PrecisionOverflow { from: given, to })?;
        if from != to {
            let mut widened = self.frames.clone();
            for bar in widened.iter_mut().flat_map(|frame| &mut frame.bars) {
                *bar = bar
                    .rescaled(from, to)
                    .ok_or(PrecisionOverflow { from, to })?;
            }
            (self.frames, self.precision) = (widened, to);
        }
        Ok(fitted)
    }

    /// Finds when the next bar closes.
    fn schedule(&mut self) {
        let grace_ms = self.grace_ms;
        self.next_close = self
            .frames
            .iter()
            .flat_map(|frame| {
                frame
                    .bars
                    .iter()
                    .filter(|bar| !bar.candle.closed)
                    .map(|bar| close_time(frame.timeframe, bar.candle.time, grace_ms))
            })
            .min()
            .unwrap_or(UnixMs(i64::MAX));
    }
}

impl Frame {
    /// Index of the bar that opens at `time`, or where it would have to stand.
    #[inline]
    fn place(&self, time: UnixMs) -> Result<usize, usize> {
        match self.bars.iter().rposition(|bar| bar.candle.time <= time) {
            Some(at) if self.bars[at].candle.time == time => Ok(at),
            Some(at) => Err(at + 1),
            None => Err(0),
        }
    }

    fn bar(&self, open: UnixMs) -> Option<&OpenBar> {
        self.place(open).ok().map(|at| &self.bars[at])
    }

    /// Adds the trade to the bar that opens at `open`, which is `over` or not.
    fn take(
        &mut self,
        trade: &Trade,
        open: UnixMs,
        over: bool,
        events: &mut Vec<BarEvent>,
    ) -> BarEvent {
        if open < self.start {
            return BarEvent::TooLate(self.timeframe, open);
        }
        let bar = match self.place(open) {
            Ok(at) => {
                let bar = &mut self.bars[at];
                bar.add(trade);
                bar
            }
            Err(0) if self.bars.len() == KEPT_BARS => {
                return BarEvent::TooLate(self.timeframe, open);
            }
            Err(mut at) => {
                if self.bars.len() == KEPT_BARS {
                    self.drop_oldest(events);
                    at -= 1;
                }
                self.bars.insert(at, OpenBar::from_trade(open, trade));
                &mut self.bars[at]
            }
        };
        if over {
            bar.candle.closed = true;
            bar.candle.revision = bar.candle.revision.saturating_add(1);
            BarEvent::Revised(self.timeframe, bar.candle)
        } else {
            BarEvent::Changed(self.timeframe, bar.candle)
        }
    }

    /// Hands the oldest bar over to the store, closed: nothing in memory could close it later.
    fn drop_oldest(&mut self, events: &mut Vec<BarEvent>) {
        if let Some(mut bar) = self.bars.pop_front() {
            self.start = self.timeframe.next(bar.candle.time);
            if !bar.candle.closed {
                bar.candle.closed = true;
                events.push(BarEvent::Closed(self.timeframe, bar.candle));
            }
        }
    }

    fn close(&mut self, clock: UnixMs, grace_ms: i64, events: &mut Vec<BarEvent>) {
        for bar in self.bars.iter_mut().filter(|bar| !bar.candle.closed) {
            if close_time(self.timeframe, bar.candle.time, grace_ms) <= clock {
                bar.candle.closed = true;
                events.push(BarEvent::Closed(self.timeframe, bar.candle));
            }
        }
    }
}

#[inline]
fn close_time(timeframe: Timeframe, open: UnixMs, grace_ms: i64) -> UnixMs {
    UnixMs(timeframe.next(open).0.saturating_add(grace_ms))
}

#[cfg(test)]
#[path = "candles_tests.rs"]
mod tests;

//! Last price, best quotes and the rolling 24 hours of one instrument.
//!
//! The window moves by whole minutes: the bars of the last 1,440 minutes and the running one. One
//! trade costs a few comparisons; only when the minute that held the extreme leaves is the window
//! searched again.

use std::collections::VecDeque;

use super::open_bar::TradeKey;
use super::precision::PrecisionOverflow;
use crate::model::{
    BookLevel, Candle, Precision, Price, Ticker, Timeframe, Trade, UnixMs, UnixNs, Volume,
};

const WINDOW_MS: i64 = 24 * 60 * 60 * 1_000;

/// A market whose oldest minute lies this close to the beginning of the window may have been quiet
/// until then.
const REACHED_MS: i64 = 60 * 60 * 1_000;

/// What one minute adds to the window.
#[derive(Clone, Copy, Debug)]
struct Minute {
    time: UnixMs,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    volume: Volume,
    /// The trade whose price is the open.
    first: TradeKey,
    /// The trade whose price is the close.
    last: TradeKey,
}

/// Bars to [`seed`] a ticker with: those of 1m, and where they do not reach back a day those of 1h
/// before them, since some venues give half a day of minutes (Kraken: the newest 720). Both are
/// ascending and at one precision. What stems from hours leaves the window by whole hours.
///
/// [`seed`]: TickerState::seed
#[must_use]
pub fn day_bars(minutes: &[Candle], hours: &[Candle]) -> Vec<Candle> {
    let Some((oldest, newest)) = minutes.first().zip(minutes.last()) else {
        return hours.to_vec();
    };
    // The hour in which the minutes begin is taken whole.
    let older = &hours[..hours.partition_point(|hour| hour.time <= oldest.time)];
    let is_day = newest.time.0 - oldest.time.0 >= WINDOW_MS - REACHED_MS;
    match older.last() {
        Some(last) if last.closed && !is_day => {
            let end = Timeframe::H1.next(last.time);
            let newer = minutes.partition_point(|minute| minute.time < end);
            [older, &minutes[newer..]].concat()
        }
        _ => minutes.to_vec(),
    }
}

/// Keeps one instrument's [`Ticker`] from trades, best quotes and exchange time.
#[derive(Clone, Debug, Default)]
pub struct TickerState {
    precision: Precision,
    ticker: Ticker,
    last: Option<TradeKey>,
    /// Ascending, within the window.
    minutes: VecDeque<Minute>,
    /// Close of the newest minute that left the window.
    before: Option<Price>,
}

impl TickerState {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The figures now.
    #[must_use]
    pub fn ticker(&self) -> Ticker {
        self.ticker
    }

    /// Whether what is held reaches back to the beginning of the 24 hours, so that their figures are
    /// not those of a part of them.
    #[must_use]
    pub fn knows_the_day(&self) -> bool {
        let reached = UnixMs(self.window_start().0 + REACHED_MS);
        let oldest = self.minutes.front();
        self.before.is_some() || oldest.is_some_and(|minute| minute.time <= reached)
    }

    /// Decimals of all figures.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Starts from [`day_bars`] at `precision`, ascending, older than any trade to come. Bars before
    /// the last 24 hours only say what the price was then.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a figure does not fit at the finest precision seen.
    pub fn seed(&mut self, bars: &[Candle], precision: Precision) -> Result<(), PrecisionOverflow> {
        let to = self.widen(precision)?;
        for bar in bars {
            let bar = bar.rescaled(precision, to).ok_or(PrecisionOverflow {
                from: precision,
                to,
            })?;
            let end = UnixNs(Timeframe::M1.next(bar.time).to_ns().0 - 1);
            let key = (bar.time.to_ns(), Default::default());
            self.add(Minute {
                time: Timeframe::M1.floor(bar.time),
                open: bar.open,
                high: bar.high,
                low: bar.low,
                close: bar.close,
                volume: bar.volume,
                first: key,
                last: key,
            });
            if self.last.is_none_or(|last| key >= last) {
                self.last = Some(key);
                self.ticker.last = Some(bar.close);
            }
            self.on_clock(if bar.closed { end } else { key.0 });
        }
        Ok(())
    }

    /// Takes a trade, new or late.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a figure does not fit at the finest precision seen.
    pub fn on_trade(&mut self, trade: &Trade, given: Precision) -> Result<(), PrecisionOverflow> {
        let to = self.widen(given)?;
        let trade = trade
            .rescaled(given, to)
            .ok_or(PrecisionOverflow { from: given, to })?;
        let key = trade.key();
        self.add(Minute {
            time: Timeframe::M1.floor(trade.time.to_ms()),
            open: trade.price,
            high: trade.price,
            low: trade.price,
            close: trade.price,
            volume: Volume::from(trade.quantity),
            first: key,
            last: key,
        });
        if self.last.is_none_or(|last| key >= last) {
            self.last = Some(key);
            self.ticker.last = Some(trade.price);
        }
        self.on_clock(trade.time);
        Ok(())
    }

    /// Takes over the best levels of the book; `None` where a side is empty or the book is stale.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a figure does not fit at the finest precision seen.
    pub fn on_quotes(
        &mut self,
        time: UnixNs,
        bid: Option<BookLevel>,
        ask: Option<BookLevel>,
        given: Precision,
    ) -> Result<(), PrecisionOverflow> {
        let to = self.widen(given)?;
        let fit = |level: Option<BookLevel>| match level {
            Some(level) => level
                .rescaled(given, to)
                .map(Some)
                .ok_or(PrecisionOverflow { from: given, to }),
            None => Ok(None),
        };
        let (bid, ask) = (fit(bid)?, fit(ask)?);
        self.ticker.bid = bid.map(|level| level.price);
        self.ticker.bid_quantity = bid.map(|level| level.quantity);
        self.ticker.ask = ask.map(|level| level.price);
        self.ticker.ask_quantity = ask.map(|level| level.quantity);
        self.on_clock(time);
        Ok(())
    }

    /// Exchange time moved on: minutes older than 24 hours leave the window.
    pub fn on_clock(&mut self, time: UnixNs) {
        if time <= self.ticker.time {
            return;
        }
        self.ticker.time = time;
        let start = self.window_start();
        let mut left = false;
        while let Some(minute) = self.minutes.front().filter(|m| m.time < start).copied() {
            self.minutes.pop_front();
            self.before = Some(minute.close);
            left = true;
        }
        if left {
            self.measure();
        }
    }

    fn window_start(&self) -> UnixMs {
        UnixMs(Timeframe::M1.floor(self.ticker.time.to_ms()).0 - WINDOW_MS)
    }

    /// Adds a trade's or a bar's figures to their minute.
    fn add(&mut self, new: Minute) {
        if self.ticker.time != UnixNs::default() && new.time < self.window_start() {
            return;
        }
        match self.minutes.iter().rposition(|held| held.time <= new.time) {
            Some(at) if self.minutes[at].time == new.time => {
                let minute = &mut self.minutes[at];
                minute.high = minute.high.max(new.high);
                minute.low = minute.low.min(new.low);
                minute.volume += new.volume;
                if new.first < minute.first {
                    minute.first = new.first;
                    minute.open = new.open;
                }
                if new.last >= minute.last {
                    minute.last = new.last;
                    minute.close = new.close;
                }
            }
            at => self.minutes.insert(at.map_or(0, |index| index + 1), new),
        }
        let ticker = &mut self.ticker;
        ticker.high_24h = Some(ticker.high_24h.map_or(new.high, |high| high.max(new.high)));
        ticker.low_24h = Some(ticker.low_24h.map_or(new.low, |low| low.min(new.low)));
        let mut volume = ticker.volume_24h.unwrap_or_default();
        volume += new.volume;
        ticker.volume_24h = Some(volume);
        ticker.open_24h = self.before.or(self.minutes.front().map(|m| m.open));
    }

    /// Computes the window's figures anew.
    fn measure(&mut self) {
        let mut volume = Volume::ZERO;
        for minute in &self.minutes {
            volume += minute.volume;
        }
        self.ticker.volume_24h = Some(volume);
        self.ticker.high_24h = self.minutes.iter().map(|minute| minute.high).max();
        self.ticker.low_24h = self.minutes.iter().map(|minute| minute.low).min();
        self.ticker.open_24h = self.before.or(self.minutes.front().map(|m| m.open));
    }

    /// Brings everything held to the finer of both precisions and returns it.
    fn widen(&mut self, given: Precision) -> Result<Precision, PrecisionOverflow> {
        let (from, to) = (self.precision, self.precision.widened(given));
        if from == to {
            return Ok(to);
        }
        let mut widened = self.clone();
        widened
            .rescale(from, to)
            .ok_or(PrecisionOverflow { from, to })?;
        *self = widened;
        Ok(to)
    }

    fn rescale(&mut self, from: Precision, to: Precision) -> Option<()> {
        let ticker = &mut self.ticker;
        let minutes = self.minutes.iter_mut();
        let prices = minutes.flat_map(|m| [&mut m.open, &mut m.high, &mut m.low, &mut m.close]);
        let last = [
            &mut ticker.last,
            &mut ticker.bid,
            &mut ticker.ask,
            &mut self.before,
        ];
        for price in prices.chain(last.into_iter().flatten()) {
            *price = price.rescaled(from.price, to.price)?;
        }
        let quotes = [&mut ticker.bid_quantity, &mut ticker.ask_quantity];
        for quantity in quotes.into_iter().flatten() {
            *quantity = quantity.rescaled(from.quantity, to.quantity)?;
        }
        for minute in &mut self.minutes {
            minute.volume = minute.volume.rescaled(from.quantity, to.quantity)?;
        }
        self.precision = to;
        if !self.minutes.is_empty() {
            self.measure();
        }
        Some(())
    }
}

#[cfg(test)]
#[path = "ticker_tests.rs"]
mod tests;

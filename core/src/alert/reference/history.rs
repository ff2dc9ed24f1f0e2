//! What happened on a market, and every operand out of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::alert::operand::{Reading, Silence, operand};
use crate::alert::value::Value;
use crate::indicator::{IndicatorSeries, Ohlcv};
use crate::market::{DEFAULT_GRACE_MS, OpenBar};
use crate::model::alert::Operand;
use crate::model::{
    BookDelta, Candle, Decimal, EventBody, MarketEvent, Precision, Side, Timeframe, Trade, UnixMs,
    UnixNs,
};

/// Everything is brought to this precision.
const FINE: Precision = Precision {
    price: 6,
    quantity: 6,
};
/// Bars that may still change, and so take late trades.
const REVISED: usize = 6;

/// All that happened on one market.
#[derive(Default)]
pub(super) struct History {
    /// In the order of arrival.
    trades: Vec<Trade>,
    /// The first exchange time, and the latest.
    first: Option<UnixNs>,
    clock: Option<UnixNs>,
    /// Trades that came before the last gap, and when that was over.
    gap: Option<(usize, UnixNs)>,
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
    believed: bool,
    /// When data came, milliseconds that had passed.
    heard: [u64; 2],
    /// Bars that were said to be over, or were made after that.
    over: BTreeSet<(Timeframe, UnixMs)>,
}

impl History {
    pub(super) fn clock(&self) -> UnixNs {
        self.clock.unwrap_or(UnixNs(i64::MIN))
    }

    /// Exchange time moves on; the bars of these widths that are over now.
    pub(super) fn advance(
        &mut self,
        time: UnixNs,
        frames: &[Timeframe],
    ) -> Vec<(Timeframe, UnixMs)> {
        self.first.get_or_insert(time);
        self.clock = self.clock.max(Some(time));
        let mut closed = Vec::new();
        for &frame in frames {
            for bar in self.bars(frame) {
                let end = frame.next(bar.time).0 + DEFAULT_GRACE_MS;
                if end <= self.clock().to_ms().0 && self.over.insert((frame, bar.time)) {
                    closed.push((frame, bar.time));
                }
            }
        }
        closed
    }

    /// What an event says beside its time.
    pub(super) fn take(&mut self, event: &MarketEvent, elapsed_ms: u64, frames: &[Timeframe]) {
        match &event.body {
            EventBody::Trade(trade) | EventBody::Backfill(trade) => {
                if let EventBody::Trade(_) = event.body {
                    self.heard[0] = elapsed_ms;
                }
                self.trades
                    .push(trade.rescaled(event.precision, FINE).expect("it fits"));
                for &frame in frames {
                    let open = frame.floor(trade.time.to_ms());
                    let end = frame.next(open).0 + DEFAULT_GRACE_MS;
                    if end <= self.clock().to_ms().0 {
                        self.over.insert((frame, open));
                    }
                }
            }
            EventBody::BookSnapshot(levels) => {
                self.heard[1] = elapsed_ms;
                self.bids.clear();
                self.asks.clear();
                self.believed = true;
                self.levels(levels, event.precision);
            }
            EventBody::BookUpdate(levels) => {
                self.heard[1] = elapsed_ms;
                if self.believed {
                    self.levels(levels, event.precision);
                }
            }
            EventBody::BookStale { .. } => self.believed = false,
            EventBody::Gap { end, .. } => {
                let until = end.map_or(self.clock(), |end| end.max(self.clock()));
                self.gap = Some((self.trades.len(), until));
            }
            EventBody::Clock { .. } => {}
        }
    }

    fn levels(&mut self, levels: &BookDelta, precision: Precision) {
        for (side, levels) in [
            (&mut self.bids, &levels.bids),
            (&mut self.asks, &levels.asks),
        ] {
            for level in levels {
                let level = level.rescaled(precision, FINE).expect("it fits");
                match level.quantity.0 {
                    0 => side.remove(&level.price.0),
                    quantity => side.insert(level.price.0, quantity),
                };
            }
        }
    }

    /// All bars, ascending: a trade does not count if six newer bars than its own were there.
    fn bars(&self, frame: Timeframe) -> Vec<Candle> {
        let mut bars: BTreeMap<UnixMs, Vec<&Trade>> = BTreeMap::new();
        for trade in &self.trades {
            let open = frame.floor(trade.time.to_ms());
            let oldest = bars.keys().rev().nth(REVISED - 1);
            if oldest.is_none_or(|oldest| open >= *oldest) {
                bars.entry(open).or_default().push(trade);
            }
        }
        let candle = |(open, mut trades): (UnixMs, Vec<&Trade>)| {
            trades.sort_by_key(|trade| trade.key());
            let mut bar = OpenBar::from_trade(open, trades[0]);
            trades[1..].iter().for_each(|trade| bar.add(trade));
            bar.candle
        };
        bars.into_iter().map(candle).collect()
    }

    /// Numbers of the steps of a window of so many seconds: width, count.
    fn steps(window_s: u32) -> (i64, i64) {
        let width_s = window_s.div_ceil(300);
        (
            i64::from(width_s) * 1_000_000_000,
            i64::from(window_s.div_ceil(width_s)),
        )
    }

    /// What takers bought and sold within a window, if all of it is known.
    fn flow(&self, window_s: u32) -> Option<[i128; 2]> {
        let (width, count) = Self::steps(window_s);
        let now = self.clock?.0.div_euclid(width);
        let unknown = self
            .gap
            .map_or(self.first?, |(_, until)| until)
            .0
            .div_euclid(width);
        if now - count < unknown {
            return None;
        }
        let mut sums = [0, 0];
        for trade in &self.trades {
            let step = trade.time.0.div_euclid(width);
            if now - count < step && step <= now {
                sums[usize::from(trade.side == Side::Sell)] += i128::from(trade.quantity.0);
            }
        }
        Some(sums)
    }

    /// The price that stood at the end of the step a time ago.
    fn past(&self, lookback_s: u32) -> Option<i64> {
        let (width, count) = Self::steps(lookback_s);
        let now = self.clock?.0.div_euclid(width);
        let known = self.gap.map_or(0, |(before, _)| before);
        let old = self.trades[known..].iter();
        let old = old.filter(|trade| trade.time.0.div_euclid(width) <= now - count);
        old.max_by_key(|trade| trade.key())
            .map(|trade| trade.price.0)
    }

    fn last(&self) -> Option<i64> {
        let last = self.trades.iter().max_by_key(|trade| trade.key());
        last.map(|trade| trade.price.0)
    }

    /// The value of an operand now, or as of a bar that closed.
    pub(super) fn value(
        &self,
        of: &Operand,
        elapsed_ms: u64,
        as_of: Option<(Timeframe, UnixMs)>,
    ) -> Option<Value> {
        let exact = |mantissa: i64| Some(Value::Exact(Decimal { mantissa, scale: 6 }));
        let (bid, ask) = match self.believed {
            true => (self.bids.keys().next_back(), self.asks.keys().next()),
            false => (None, None),
        };
        match of.name.as_str() {
            "last" => return exact(self.last()?),
            "bid" => return exact(*bid?),
            "ask" => return exact(*ask?),
            "spread" => return exact(ask? - bid?),
            "mid" => {
                let mantissa = (ask? + bid?) * 5;
                return Some(Value::Exact(Decimal { mantissa, scale: 7 }));
            }
            "spread_bps" => {
                let (bid, ask) = (*bid? as f64, *ask? as f64);
                return Value::real((ask - bid) / ((bid + ask) / 2.0) * 1e4);
            }
            _ => {}
        }
        let spec = operand(&of.name).expect("an operand");
        match spec
            .reading(&of.settings)
            .expect("settings that go together")
        {
            Reading::Book { levels, .. } => {
                if !self.believed {
                    return None;
                }
                let bids: i64 = self.bids.values().rev().take(levels.into()).sum();
                let asks: i64 = self.asks.values().take(levels.into()).sum();
                Value::real((bids - asks) as f64 / (bids + asks) as f64)
            }
            Reading::Bar { timeframe, ago, .. } => {
                let bars = self.bars_up_to(timeframe, as_of);
                // Only bars that may still change can be looked at.
                let bar = bars.get(bars.len().checked_sub(1 + usize::from(ago))?)?;
                match of.name.as_str() {
                    "open" => exact(bar.open.0),
                    "high" => exact(bar.high.0),
                    "low" => exact(bar.low.0),
                    "close" => exact(bar.close.0),
                    _ => exact(i64::try_from(bar.volume.0).expect("it fits")),
                }
            }
            Reading::Study {
                timeframe,
                params,
                output,
            } => {
                let bars = self.bars_up_to(timeframe, as_of);
                let bars = bars.iter().map(|bar| Ohlcv::from_candle(bar, FINE));
                let series = IndicatorSeries::new(params, 0, bars);
                Value::real(series.value(output, series.len() as i64 - 1)?)
            }
            Reading::Flow { window_s, .. } => {
                let [buys, sells] = self.flow(window_s)?;
                match of.name.as_str() {
                    "buy_ratio" => Value::real(buys as f64 / (buys + sells) as f64),
                    _ => exact(i64::try_from(buys - sells).expect("it fits")),
                }
            }
            Reading::Change { lookback_s } => {
                let (past, last) = (self.past(lookback_s)? as f64, self.last()? as f64);
                Value::real((last - past) / past * 100.0)
            }
            Reading::Silence(of) => {
                let since = match of {
                    Silence::Any => *self.heard.iter().max()?,
                    Silence::Trades => self.heard[0],
                    Silence::Book => self.heard[1],
                };
                Some(Value::Exact(Decimal {
                    mantissa: ((elapsed_ms - since) / 1_000) as i64,
                    scale: 0,
                }))
            }
            Reading::Last => exact(self.last()?),
        }
    }

    fn bars_up_to(&self, frame: Timeframe, as_of: Option<(Timeframe, UnixMs)>) -> Vec<Candle> {
        let newest = as_of.filter(|(of, _)| *of == frame).map(|(_, open)| open);
        let mut bars = self.bars(frame);
        bars.retain(|bar| newest.is_none_or(|newest| bar.time <= newest));
        bars
    }
}

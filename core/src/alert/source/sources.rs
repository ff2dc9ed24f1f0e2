//! All sources of one instrument: which of them there are is decided by the rules, what they hold
//! by the events.

use serde::{Deserialize, Serialize};

use super::{Bars, Book, Changed, Flow, Past};
use crate::alert::operand::{Reading, Silence};
use crate::alert::value::Value;
use crate::market::{DEFAULT_GRACE_MS, PrecisionOverflow, TradeKey};
use crate::model::{EventBody, GapKind, MarketEvent, Precision, Price, Timeframe, Trade, UnixNs};

/// Where a reading finds its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::alert) struct Place {
    source: usize,
    study: usize,
}

/// When data last came, milliseconds that have passed by the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heard {
    trades: u64,
    book: u64,
}

/// What the operands of one instrument read.
pub(in crate::alert) struct Sources {
    pub(super) precision: Precision,
    /// Exchange time so far; it never goes back.
    pub(super) clock: UnixNs,
    pub(super) last: Option<(TradeKey, Price)>,
    pub(super) book: Option<Book>,
    pub(super) bars: Vec<Bars>,
    pub(super) flows: Vec<Flow>,
    pub(super) pasts: Vec<Past>,
    pub(super) heard: Heard,
    /// Events that could not be taken: their digits do not fit.
    pub(super) refused: u64,
}

impl Sources {
    /// Before any event; data is missed from now on.
    pub(in crate::alert) fn new(elapsed_ms: u64) -> Self {
        Self {
            precision: Precision::default(),
            clock: UnixNs(i64::MIN),
            last: None,
            book: None,
            bars: Vec::new(),
            flows: Vec::new(),
            pasts: Vec::new(),
            heard: Heard {
                trades: elapsed_ms,
                book: elapsed_ms,
            },
            refused: 0,
        }
    }

    pub(in crate::alert) fn clock(&self) -> UnixNs {
        self.clock
    }

    pub(in crate::alert) fn precision(&self) -> Precision {
        self.precision
    }

    pub(in crate::alert) fn last(&self) -> Option<Price> {
        self.last.map(|(_, price)| price)
    }

    /// Events that could not be taken, and trades that were too late for a bar.
    pub(in crate::alert) fn left_out(&self) -> (u64, u64) {
        let late = self.bars.iter().map(Bars::too_late).max();
        (self.refused, late.unwrap_or(0))
    }

    /// Makes sure that there is what a reading needs, and says where.
    pub(in crate::alert) fn want(&mut self, reading: &Reading) -> Place {
        fn place<T>(held: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
            let found = held.iter().position(is);
            found.unwrap_or_else(|| {
                held.push(new());
                held.len() - 1
            })
        }
        let clock = self.clock;
        let mut study = 0;
        let source = match reading {
            Reading::Last | Reading::Silence(_) => 0,
            Reading::Book { .. } => {
                self.book.get_or_insert_default();
                0
            }
            Reading::Bar { timeframe, .. } | Reading::Study { timeframe, .. } => place(
                &mut self.bars,
                |bars| bars.timeframe() == *timeframe,
                || Bars::new(*timeframe),
            ),
            Reading::Flow { window_s, .. } => place(
                &mut self.flows,
                |flow| flow.window_s() == *window_s,
                || Flow::new(*window_s, clock),
            ),
            Reading::Change { lookback_s } => place(
                &mut self.pasts,
                |past| past.lookback_s() == *lookback_s,
                || Past::new(*lookback_s, clock),
            ),
        };
        if let Reading::Study { params, .. } = reading {
            study = self.bars[source].study(params, self.precision);
        }
        Place { source, study }
    }

    /// Makes sure that there are bars to close.
    pub(in crate::alert) fn want_bars(&mut self, timeframe: Timeframe) {
        if !self.bars.iter().any(|bars| bars.timeframe() == timeframe) {
            self.bars.push(Bars::new(timeframe));
        }
    }

    /// Forgets what none of these needs. Places are others afterwards.
    pub(in crate::alert) fn keep(&mut self, readings: &[&Reading], closes: &[Timeframe]) {
        let any = |is: &dyn Fn(&Reading) -> bool| readings.iter().any(|reading| is(reading));
        if !any(&|reading| matches!(reading, Reading::Book { .. })) {
            self.book = None;
        }
        self.flows.retain(|flow| {
            any(&|reading| matches!(reading, Reading::Flow { window_s, .. } if *window_s == flow.window_s()))
        });
        self.pasts.retain(|past| {
            any(&|reading| matches!(reading, Reading::Change { lookback_s } if *lookback_s == past.lookback_s()))
        });
        self.bars.retain(|bars| {
            let of = bars.timeframe();
            closes.contains(&of)
                || any(&|reading| match reading {
                    Reading::Bar { timeframe, .. } | Reading::Study { timeframe, .. } => {
                        *timeframe == of
                    }
                    _ => false,
                })
        });
        for bars in &mut self.bars {
            let of = bars.timeframe();
            bars.keep_studies(|held| {
                any(&|reading| matches!(reading, Reading::Study { timeframe, params, .. } if *timeframe == of && params == held))
            });
        }
    }

    /// Moves exchange time on, before anything else of an event is taken.
    pub(in crate::alert) fn advance(&mut self, time: UnixNs) -> Changed {
        if time <= self.clock {
            return Changed::default();
        }
        self.clock = time;
        let mut moved = false;
        for flow in &mut self.flows {
            moved |= flow.advance(time);
        }
        for past in &mut self.pasts {
            moved |= past.advance(time);
        }
        match moved {
            true => Changed::WINDOW,
            false => Changed::default(),
        }
    }

    /// The next bar that is over now, as its timeframe and its place; it counts as closed from
    /// here on.
    pub(in crate::alert) fn close_next(&mut self) -> Option<(Timeframe, usize)> {
        let clock = self.clock;
        self.bars.iter_mut().find_map(|bars| {
            let place = bars.close_next(clock, DEFAULT_GRACE_MS)?;
            Some((bars.timeframe(), place))
        })
    }

    /// Takes what an event says over.
    pub(in crate::alert) fn take(&mut self, event: &MarketEvent, elapsed_ms: u64) -> Changed {
        match &event.body {
            EventBody::Trade(trade) | EventBody::Backfill(trade) => {
                if let EventBody::Trade(_) = event.body {
                    self.heard.trades = elapsed_ms;
                }
                match self.fit(trade, event.precision) {
                    Ok(trade) => self.trade(&trade),
                    Err(_) => self.refused += 1,
                }
                let trade = Changed::TRADE.with(Changed::WINDOW);
                trade.with(Changed::CLOCK)
            }
            EventBody::BookSnapshot(levels) => {
                self.heard.book = elapsed_ms;
                if let Some(book) = &mut self.book {
                    book.replace(levels, event.precision);
                }
                Changed::BOOK.with(Changed::CLOCK)
            }
            EventBody::BookUpdate(levels) => {
                self.heard.book = elapsed_ms;
                if let Some(book) = &mut self.book {
                    book.change(levels, event.precision);
                }
                Changed::BOOK.with(Changed::CLOCK)
            }
            EventBody::BookStale { reason } => {
                if let Some(book) = &mut self.book {
                    book.mark_stale(reason);
                }
                Changed::BOOK.with(Changed::CLOCK)
            }
            EventBody::Gap {
                kind: GapKind::Trades,
                filled: false,
                end,
                ..
            } => {
                let until = end.map_or(self.clock, |end| end.max(self.clock));
                self.flows.iter_mut().for_each(|flow| flow.forget(until));
                self.pasts.iter_mut().for_each(Past::forget);
                Changed::WINDOW.with(Changed::CLOCK)
            }
            EventBody::Gap { .. } | EventBody::Clock { .. } => Changed::CLOCK,
        }
    }

    /// Adds a trade at the precision held.
    fn trade(&mut self, trade: &Trade) {
        self.windows(trade);
        for bars in &mut self.bars {
            bars.add(trade, self.clock, DEFAULT_GRACE_MS, self.precision);
        }
    }

    /// Adds a trade to everything but the bars.
    pub(super) fn windows(&mut self, trade: &Trade) {
        let key = trade.key();
        if self.last.is_none_or(|(last, _)| key >= last) {
            self.last = Some((key, trade.price));
        }
        for flow in &mut self.flows {
            flow.add(trade.time, trade.side, trade.quantity);
        }
        for past in &mut self.pasts {
            past.add(key, trade.price);
        }
    }

    /// The trade at the finer of both precisions, to which everything held is brought.
    pub(in crate::alert) fn fit(
        &mut self,
        trade: &Trade,
        given: Precision,
    ) -> Result<Trade, PrecisionOverflow> {
        let to = self.widen(given)?;
        let overflow = PrecisionOverflow { from: given, to };
        trade.rescaled(given, to).ok_or(overflow)
    }

    /// Brings everything held to the finer of both precisions.
    pub(in crate::alert) fn widen(
        &mut self,
        given: Precision,
    ) -> Result<Precision, PrecisionOverflow> {
        let (from, to) = (self.precision, self.precision.widened(given));
        if from == to {
            return Ok(to);
        }
        // Nothing is changed unless all of it fits.
        let mut widened = self.held();
        let fits = widened.rescale(from, to);
        fits.ok_or(PrecisionOverflow { from, to })?;
        let Held {
            last,
            bars,
            flows,
            pasts,
        } = widened;
        (self.last, self.bars) = (last, bars);
        (self.flows, self.pasts, self.precision) = (flows, pasts, to);
        Ok(to)
    }

    fn held(&self) -> Held {
        Held {
            last: self.last,
            bars: self.bars.clone(),
            flows: self.flows.clone(),
            pasts: self.pasts.clone(),
        }
    }

    /// The value of a reading now, or as of a closed bar for what is read of that timeframe.
    pub(in crate::alert) fn value(
        &self,
        reading: &Reading,
        place: Place,
        elapsed_ms: u64,
        closed: Option<(Timeframe, usize)>,
    ) -> Option<Value> {
        let precision = self.precision;
        let as_of = |of| closed.filter(|(timeframe, _)| *timeframe == of);
        match reading {
            Reading::Last => {
                let price = self.last()?;
                Some(Value::Exact(price.to_decimal(precision.price)))
            }
            Reading::Book { look, levels } => look(self.book.as_ref()?.sound()?, *levels),
            Reading::Bar {
                timeframe,
                ago,
                look,
            } => {
                let bars = self.bars.get(place.source)?;
                let as_of = as_of(*timeframe).map(|(_, place)| place);
                look(bars.bar(*ago, as_of)?, precision)
            }
            Reading::Study {
                timeframe, output, ..
            } => {
                let as_of = as_of(*timeframe).map(|(_, place)| (place, precision));
                let bars = self.bars.get(place.source)?;
                Value::real(bars.value(place.study, *output, as_of)?)
            }
            Reading::Flow { look, .. } => {
                let (buys, sells) = self.flows.get(place.source)?.sums()?;
                look(buys, sells, precision)
            }
            Reading::Change { .. } => {
                let past = self.pasts.get(place.source)?.price()?.0 as f64;
                let last = self.last()?.0 as f64;
                Value::real((last - past) / past.abs() * 100.0)
            }
            Reading::Silence(of) => {
                let since = match of {
                    Silence::Any => self.heard.trades.max(self.heard.book),
                    Silence::Trades => self.heard.trades,
                    Silence::Book => self.heard.book,
                };
                Value::of_sum(i128::from(elapsed_ms.saturating_sub(since) / 1_000), 0)
            }
        }
    }
}

/// What has the precision of the instrument. The book keeps its own.
struct Held {
    last: Option<(TradeKey, Price)>,
    bars: Vec<Bars>,
    flows: Vec<Flow>,
    pasts: Vec<Past>,
}

impl Held {
    fn rescale(&mut self, from: Precision, to: Precision) -> Option<()> {
        if let Some((_, price)) = &mut self.last {
            *price = price.rescaled(from.price, to.price)?;
        }
        let (bars, flows, pasts) = (&mut self.bars, &mut self.flows, &mut self.pasts);
        bars.iter_mut()
            .try_for_each(|bars| bars.rescale(from, to))?;
        flows
            .iter_mut()
            .try_for_each(|flow| flow.rescale(from, to))?;
        pasts.iter_mut().try_for_each(|past| past.rescale(from, to))
    }
}

//! All sources of one instrument: which of them there are is decided by the rules, what they hold
//! by the events.

use serde::{Deserialize, Serialize};

use super::{Bars, Book, Changed, Flow, Past};
use crate::market::{DEFAULT_GRACE_MS, TradeKey};
use crate::model::{EventBody, GapKind, MarketEvent, Precision, Price, Timeframe, Trade, UnixNs};

/// Where a reading finds its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::alert) struct Place {
    pub(super) source: usize,
    pub(super) study: usize,
}

/// When data last came, milliseconds that have passed by the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heard {
    pub(super) trades: u64,
    pub(super) book: u64,
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
}

//! Random events of two instruments, and what they amount to: worked out in the simplest way.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tradesuite_core::market::{OpenBar, OrderBook};
use tradesuite_core::model::{
    BookDelta, BookLevel, Candle, EventBody, GapKind, InstrumentId, MarketEvent, Origin, Price,
    Quantity, Sequenced, Timeframe, Trade, TradeId, UnixMs,
};

use super::nth;
use crate::server::collector::testing::{event, id};

/// Every bar from every trade once, and when it closed forgotten.
pub fn bars_of(events: &[Sequenced]) -> BTreeMap<(InstrumentId, Timeframe, UnixMs), Candle> {
    let mut trades: BTreeMap<(InstrumentId, TradeId), Trade> = BTreeMap::new();
    for sequenced in events {
        if let EventBody::Trade(trade) | EventBody::Backfill(trade) = sequenced.event.body {
            trades.insert((sequenced.event.instrument.clone(), trade.id), trade);
        }
    }
    let mut in_order: Vec<_> = trades.into_iter().collect();
    in_order.sort_by_key(|(_, trade)| trade.key());
    let mut bars: BTreeMap<_, OpenBar> = BTreeMap::new();
    for ((instrument, _), trade) in in_order {
        for timeframe in Timeframe::STORED {
            let open = timeframe.floor(trade.time.to_ms());
            bars.entry((instrument.clone(), timeframe, open))
                .and_modify(|bar| bar.add(&trade))
                .or_insert_with(|| OpenBar::from_trade(open, &trade));
        }
    }
    bars.into_iter()
        .map(|(key, bar)| (key, plain(bar.candle)))
        .collect()
}

/// What the ledger is to say: a gap that lasts is ended by the next trade, or by who knows more.
pub fn gaps_of(events: &[Sequenced]) -> BTreeMap<(InstrumentId, UnixMs), Option<UnixMs>> {
    let mut gaps = BTreeMap::new();
    let mut open: BTreeMap<InstrumentId, UnixMs> = BTreeMap::new();
    for Sequenced { event, .. } in events {
        let id = &event.instrument;
        match &event.body {
            EventBody::Trade(trade) => {
                if let Some(start) = open.remove(id) {
                    gaps.insert((id.clone(), start), Some(trade.time.to_ms().max(start)));
                }
            }
            EventBody::Gap { start, end, .. } => {
                let start = open.remove(id).unwrap_or(start.to_ms());
                let held = gaps.entry((id.clone(), start)).or_insert(None);
                *held = end.map(|end| end.to_ms().max(start)).or(*held);
                if end.is_none() {
                    open.insert(id.clone(), start);
                }
            }
            _ => {}
        }
    }
    gaps
}

/// The books as they stand after everything.
pub fn books_of(events: &[Sequenced]) -> BTreeMap<InstrumentId, OrderBook> {
    let mut books: BTreeMap<InstrumentId, OrderBook> = BTreeMap::new();
    for Sequenced { event, .. } in events {
        let applied = match &event.body {
            EventBody::BookSnapshot(delta) => {
                let book = books.entry(event.instrument.clone()).or_default();
                book.apply_snapshot(delta, event.precision)
            }
            EventBody::BookUpdate(delta) => {
                let book = books.entry(event.instrument.clone()).or_default();
                book.apply_update(delta, event.precision)
            }
            _ => continue,
        };
        // A change before the first whole book is none.
        let _ = applied;
    }
    books
}

/// Without what depends on when the bar was looked at.
pub fn plain(candle: Candle) -> Candle {
    Candle {
        closed: false,
        revision: 0,
        origin: Origin::Trades,
        ..candle
    }
}

pub fn some_event() -> impl Strategy<Value = (u8, MarketEventKind)> {
    let kind = prop_oneof![
        8 => Just(MarketEventKind::Trade),
        2 => (1..40_u64).prop_map(MarketEventKind::Again),
        1 => (0..200_000_i64).prop_map(MarketEventKind::Skip),
        2 => (any::<bool>(), 0..9_i64, 0..4_i64)
            .prop_map(|(whole, price, quantity)| MarketEventKind::Book { whole, price, quantity }),
        1 => Just(MarketEventKind::Gap),
        1 => Just(MarketEventKind::Clock),
    ];
    (0..2_u8, kind)
}

#[derive(Clone, Debug)]
pub enum MarketEventKind {
    /// The next trade.
    Trade,
    /// One of the last trades, or one that was skipped, from history.
    Again(u64),
    /// Trades that are missing for now.
    Skip(i64),
    /// A level a side, of the whole book or of what changed in it.
    Book {
        whole: bool,
        price: i64,
        quantity: i64,
    },
    Gap,
    Clock,
}

pub fn market(kinds: Vec<(u8, MarketEventKind)>) -> Vec<MarketEvent> {
    let instruments = [id("A-USD"), id("B-USD")];
    let mut next = [1_u64; 2];
    let mut events = Vec::new();
    for (which, kind) in kinds {
        let (instrument, next) = (
            &instruments[usize::from(which)],
            &mut next[usize::from(which)],
        );
        let lateness = |number: u64| i64::try_from(number % 5).unwrap() * 900;
        let body = match kind {
            MarketEventKind::Trade => {
                *next += 1;
                EventBody::Trade(nth(*next, lateness(*next)))
            }
            MarketEventKind::Again(back) => {
                let number = next.saturating_sub(back).max(1);
                EventBody::Backfill(nth(number, lateness(number)))
            }
            MarketEventKind::Skip(ms) => {
                *next += u64::try_from(ms).unwrap() / 4_000;
                continue;
            }
            MarketEventKind::Book {
                whole,
                price,
                quantity,
            } => {
                let side = |from: i64| {
                    let level = BookLevel {
                        price: Price(from + price),
                        quantity: Quantity(quantity),
                    };
                    vec![level]
                };
                let delta = BookDelta {
                    time: nth(*next, 0).time,
                    bids: side(9_000),
                    asks: side(9_100),
                };
                match whole {
                    true => EventBody::BookSnapshot(delta),
                    false => EventBody::BookUpdate(delta),
                }
            }
            MarketEventKind::Gap => EventBody::Gap {
                kind: GapKind::Trades,
                start: nth(*next, 0).time,
                end: Some(nth(*next + 1, 0).time).filter(|_| *next % 3 > 0),
                reason: "a hole".to_owned(),
                filled: false,
            },
            MarketEventKind::Clock => EventBody::Clock {
                time: nth(*next, 0).time,
            },
        };
        events.push(event(instrument, body));
    }
    events
}

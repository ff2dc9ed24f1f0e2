//! Recorders, from a log of events to a store.
//!
//! | module | what is tested |
//! |---|---|
//! | [`kills`] | recorders that are killed over stores that fail: everything is kept, once |
//! | [`torn`] | a store that was killed while writing: its bars get the trades that it has already |
//! | [`cut`] | a journal whose files are cut anywhere: the store holds a beginning of what there was |
//! | [`late`] | trades in any order, however late: the same bars |
//! | [`gaps`] | what is missing, in the ledger and in the bars |
//! | [`bars`] | bars of the venue, bars that close, bars that are forgotten |
//! | [`market`] | random events, and what they amount to |

mod bars;
mod cut;
mod gaps;
mod kills;
mod late;
mod market;
mod torn;

use std::sync::Mutex;

use async_trait::async_trait;
use tradesuite_core::model::{
    Candle, EventBody, GapKind, MarketEvent, Origin, Sequenced, Timeframe, Trade, UnixMs,
};

use super::*;
use crate::server::collector::testing::{MemoryStore, PRECISION, event, id, trade};
use crate::server::storage::CandleRecord;

/// A log in memory: batches of a few events, one every few milliseconds.
struct MemoryLog {
    events: Arc<Vec<Sequenced>>,
    next: usize,
    at_once: usize,
    passed: Arc<Mutex<Position>>,
}

#[async_trait]
impl CommittedEvents for MemoryLog {
    async fn next(&mut self) -> Result<Option<Batch>, String> {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let end = (self.next + self.at_once).min(self.events.len());
        let batch: Batch = self.events[self.next..end].into();
        self.next = end;
        Ok((!batch.is_empty()).then_some(batch))
    }

    fn is_caught_up(&self) -> bool {
        self.next >= self.events.len()
    }

    fn committed(&self) -> Position {
        self.events.last().map_or(Position(0), |last| last.position)
    }

    fn passed(&self, position: Position) {
        *self.passed.lock().unwrap() = position;
    }
}

fn numbered(events: Vec<MarketEvent>) -> Arc<Vec<Sequenced>> {
    let number = |(at, event)| Sequenced {
        position: Position(at as u64 + 1),
        event,
    };
    Arc::new(events.into_iter().enumerate().map(number).collect())
}

/// A trade whose time follows from its id, so that a repeated id is the same trade.
fn nth(number: u64, late_ms: i64) -> Trade {
    let start = 1_700_000_000_000;
    trade(
        number,
        start + i64::try_from(number).unwrap() * 400 - late_ms,
    )
}

fn gap(start: i64, end: Option<i64>, filled: bool) -> EventBody {
    EventBody::Gap {
        kind: GapKind::Trades,
        start: UnixMs(start).to_ns(),
        end: end.map(|end| UnixMs(end).to_ns()),
        reason: "a hole".to_owned(),
        filled,
    }
}

/// What a store holds after these events, the ledger begun anew before each where `restarts`.
async fn ledgered(bodies: Vec<EventBody>, restarts: bool) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let bodies = bodies.into_iter().map(|body| event(&id("A-USD"), body));
    let mut ledger = Ledger::default();
    for event in numbered(bodies.collect()).iter() {
        if restarts {
            ledger = Ledger::default();
        }
        ledger.take(event, store.as_ref()).await.unwrap();
        write_out(&mut ledger, &store).await;
    }
    store
}

/// Writes what a ledger has for the store.
async fn write_out(ledger: &mut Ledger, store: &MemoryStore) {
    let batch = ledger.batch(store).await.unwrap();
    store.write(batch).await.unwrap();
}

/// Writes minutes of the venue, each made of one trade.
async fn write_venue_minutes(store: &MemoryStore, minutes: &[(i64, Trade)]) {
    let minute = |(open, trade): &(i64, Trade)| CandleRecord {
        instrument: id("A-USD"),
        timeframe: Timeframe::M1,
        precision: PRECISION,
        candle: Candle {
            origin: Origin::Venue,
            closed: true,
            ..Candle::from_trade(UnixMs(*open), trade)
        },
    };
    let batch = StoreBatch {
        candles: minutes.iter().map(minute).collect(),
        ..StoreBatch::default()
    };
    store.write(batch).await.unwrap();
}

/// A recorder of a log without anything beside it.
fn recorder(events: impl CommittedEvents + 'static, store: Arc<dyn MarketStore>) -> Recorder {
    Recorder {
        events: Box::new(events),
        store,
        clock: None,
        jitter: Jitter::fixed(0.0),
        stop: CancellationToken::new(),
        progress: Arc::default(),
        mending: None,
    }
}

fn bar(store: &MemoryStore, timeframe: Timeframe, time: i64) -> Candle {
    let open = timeframe.floor(UnixMs(time));
    store.held.lock().unwrap().candles[&(id("A-USD"), timeframe, open)].candle
}

//! What the collector's tests share: a venue of one line of text per message, a sink and a journal
//! in memory, a scripted HTTP server, a venue with a history of bars.

mod log;
mod minutes;
mod venue;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::watch;
use tradesuite_core::model::{
    EventBody, InstrumentId, MarketEvent, Precision, Price, Quantity, Side, Trade, TradeId, UnixMs,
    UnixNs,
};

pub use self::log::MemoryJournal;
pub use self::minutes::{MinuteVenue, history};
pub use self::venue::{LineChecker, LineFeed, LineVenue, venue_candle};
use super::http::{Http, NoReply, Reply};
use super::sink::{EventSink, SinkClosed};
pub use crate::server::storage::memory::{Fault, Held, MemoryStore};

/// Decimals of everything in these tests.
pub const PRECISION: Precision = Precision {
    price: 2,
    quantity: 3,
};

/// `line:SYMBOL`.
pub fn id(symbol: &str) -> InstrumentId {
    InstrumentId::new("line", symbol).unwrap()
}

/// A trade whose figures follow from its id.
pub fn trade(id: u64, ms: i64) -> Trade {
    let number = i64::try_from(id).unwrap();
    Trade {
        id: TradeId(id),
        time: UnixMs(ms).to_ns(),
        received: UnixMs(ms).to_ns(),
        price: Price(10_000 + number % 97),
        quantity: Quantity(1 + number % 7),
        side: if id.is_multiple_of(3) {
            Side::Sell
        } else {
            Side::Buy
        },
    }
}

/// An event of an instrument at [`PRECISION`].
pub fn event(instrument: &InstrumentId, body: EventBody) -> MarketEvent {
    MarketEvent {
        instrument: instrument.clone(),
        precision: PRECISION,
        received: UnixNs(0),
        body,
    }
}

/// Keeps what it is given; tests wait for it.
#[derive(Default)]
pub struct MemorySink(watch::Sender<Vec<MarketEvent>>);

#[async_trait]
impl EventSink for MemorySink {
    async fn append(&self, events: Vec<MarketEvent>) -> Result<(), SinkClosed> {
        self.0.send_modify(|held| held.extend(events));
        Ok(())
    }
}

impl MemorySink {
    /// Waits for so many events and says them in a word each.
    pub async fn words(&self, count: usize) -> Vec<String> {
        let mut held = self.0.subscribe();
        let held = held.wait_for(|held| held.len() >= count).await.unwrap();
        held.iter().map(word).collect()
    }
}

fn word(event: &MarketEvent) -> String {
    let symbol = event.instrument.symbol();
    match &event.body {
        EventBody::Trade(trade) => format!("trade {symbol} {}", trade.id.0),
        EventBody::BookSnapshot(_) => format!("book {symbol}"),
        EventBody::BookStale { reason } => format!("stale {symbol}: {reason}"),
        body => format!("{body:?}"),
    }
}

/// Answers in the order laid out, then never again.
pub struct ScriptedHttp {
    answers: Mutex<VecDeque<Result<Reply, NoReply>>>,
    asked: Mutex<usize>,
}

impl ScriptedHttp {
    pub fn new(answers: Vec<Result<Reply, NoReply>>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into()),
            asked: Mutex::default(),
        })
    }

    /// Requests so far.
    pub fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

#[async_trait]
impl Http for ScriptedHttp {
    async fn get(
        &self,
        _base: &str,
        _path: &str,
        _query: &[(&'static str, String)],
    ) -> Result<Reply, NoReply> {
        *self.asked.lock().unwrap() += 1;
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Err(NoReply("nobody answers".to_owned())))
    }
}

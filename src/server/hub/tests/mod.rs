//! The hub as its listeners see it, with paused time.

use std::sync::Arc;
use std::time::Duration;

use tradesuite_core::market::{OpenBar, patch_view};
use tradesuite_core::model::{
    BookView, Candle, EventBody, Mode, Origin, Position, Price, ServerStatus, StoreState,
    StoreStatus, Timeframe, UnixMs, UnixNs,
};
use tradesuite_core::protocol::{Body, BookData, BookDepth, Data, Message, Topic};

use super::testing::{Events, PRECISION, bitcoin, delta, levels, trade};
use super::{Delivery, Hub, HubOptions, Outbox, OutboxLimits};
use crate::server::storage::memory::MemoryStore;
use crate::server::storage::{CandleRecord, MarketStore as _, StoreBatch, TradeRecord};

mod bars;
mod books;
mod readers;

fn hub() -> Hub {
    Hub::new(HubOptions::default(), Arc::new(MemoryStore::default()))
}

fn book() -> Topic {
    Topic::book(bitcoin())
}

fn minutes() -> Topic {
    Topic::Candles {
        instrument: bitcoin(),
        timeframe: Timeframe::M1,
    }
}

/// Listens to topics as a connection does.
async fn listen(hub: &Hub, topics: &[Topic]) -> Arc<Outbox> {
    listen_with(hub, topics, OutboxLimits::default()).await
}

async fn listen_with(hub: &Hub, topics: &[Topic], limits: OutboxLimits) -> Arc<Outbox> {
    let outbox = Outbox::new(limits);
    for topic in topics {
        outbox.expect(topic);
        hub.join(topic, &outbox).await;
    }
    outbox
}

fn status() -> ServerStatus {
    ServerStatus {
        version: String::new(),
        mode: Mode::Demo,
        uptime_s: 0,
        memory_bytes: 0,
        store: StoreStatus {
            kind: "memory".to_owned(),
            state: StoreState::Ok,
            bytes: 0,
            problem: None,
            kinds: Vec::new(),
        },
        connections: Vec::new(),
        rejected: 0,
        notices: Vec::new(),
    }
}

async fn next(outbox: &Outbox) -> Message {
    match outbox.next().await.expect("open") {
        Delivery::Frame(frame) => frame.message().clone(),
        Delivery::Cut(topics) => panic!("cut: {topics:?}"),
    }
}

/// The next message within a second of paused time; `None` where the hub has nothing to say.
async fn soon(outbox: &Outbox) -> Option<Message> {
    tokio::time::timeout(Duration::from_secs(1), next(outbox))
        .await
        .ok()
}

fn snapshot(at_ms: i64) -> EventBody {
    EventBody::BookSnapshot(delta(
        at_ms,
        &[(9_900, 5), (9_800, 6)],
        &[(10_100, 7), (10_200, 8)],
    ))
}

fn book_of(message: &Message) -> &BookData {
    match &message.body {
        Body::Snapshot(Data::Book(book)) | Body::Update(Data::Book(book)) => book,
        other => panic!("no book: {other:?}"),
    }
}

fn candles_of(message: &Message) -> Vec<Candle> {
    match &message.body {
        Body::Snapshot(Data::Candles(data)) | Body::Update(Data::Candles(data)) => {
            data.candles.clone()
        }
        other => panic!("no bars: {other:?}"),
    }
}

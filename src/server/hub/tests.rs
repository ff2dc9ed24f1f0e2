//! The hub as its listeners see it, with paused time.

use std::sync::Arc;
use std::time::Duration;

use tradesuite_core::market::{OpenBar, patch_view};
use tradesuite_core::model::{
    BookDelta, BookView, Candle, EventBody, Mode, Origin, Position, Price, ServerStatus,
    StoreState, StoreStatus, Timeframe, UnixMs, UnixNs,
};
use tradesuite_core::protocol::{Body, BookData, BookDepth, Data, Message, Topic};

use super::testing::{Events, PRECISION, bitcoin, delta, levels, trade};
use super::{Delivery, Hub, HubOptions, Outbox, OutboxLimits};
use crate::server::storage::memory::MemoryStore;
use crate::server::storage::{CandleRecord, MarketStore as _, StoreBatch, TradeRecord};

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

#[tokio::test(start_paused = true)]
async fn a_book_begins_with_a_snapshot_and_goes_on_with_changes() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(1_000)])).await;
    let outbox = listen(&hub, &[book()]).await;

    let first = next(&outbox).await;
    assert_eq!((first.seq, first.body.kind()), (0, "snapshot"));
    assert_eq!(book_of(&first).bids, levels(&[(9_900, 5), (9_800, 6)]));

    let change = EventBody::BookUpdate(delta(2_000, &[(9_900, 0)], &[(10_050, 1)]));
    hub.feed(&events.batch([change])).await;
    let second = next(&outbox).await;
    assert_eq!((second.seq, second.body.kind()), (1, "update"));
    assert_eq!(book_of(&second).bids, levels(&[(9_900, 0)]));
    assert_eq!(book_of(&second).asks, levels(&[(10_050, 1)]));
}

/// The first trade seen is not the first one of its minute.
#[tokio::test(start_paused = true)]
async fn a_bar_that_lacks_its_beginning_is_not_shown_until_it_is_mended() {
    let store = Arc::new(MemoryStore::default());
    let options = HubOptions {
        withhold: Duration::from_secs(60),
        ..HubOptions::default()
    };
    let (hub, mut events) = (Hub::new(options, store.clone()), Events::default());
    let outbox = listen(&hub, &[minutes()]).await;
    assert_eq!(candles_of(&next(&outbox).await), []);
    let seen = trade(9, 30_000, 10_000);
    hub.feed(&events.batch([EventBody::Trade(seen)])).await;
    while let Some(message) = soon(&outbox).await {
        assert_eq!(candles_of(&message), []);
    }
    let held = hub.bars(&bitcoin(), Timeframe::M1).await.expect("bars");
    assert!(held.withheld.hides(Timeframe::M1, &held.bars[0]));

    hub.feed(&events.batch([EventBody::Backfill(trade(8, 1_000, 9_000))]))
        .await;
    hub.mended(&bitcoin()).await;
    let shown = candles_of(&next(&outbox).await);
    assert_eq!(shown.len(), 1);
    assert_eq!(
        (shown[0].open, shown[0].close),
        (Price(9_000), Price(10_000))
    );
}

/// Whatever was said when: in the moment that a trade is said, its bar is.
#[tokio::test(start_paused = true)]
async fn trades_and_their_bars_are_said_together() {
    let (hub, mut events) = (hub(), Events::default());
    let bars = listen(&hub, &[minutes()]).await;
    next(&bars).await;
    let first = EventBody::Trade(trade(1, 1_000, 10_000));
    hub.feed(&events.batch([first])).await;
    next(&bars).await;
    // The tape is listened to in the middle of the bars' pause.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let both = listen(&hub, &[minutes(), Topic::Trades(bitcoin())]).await;
    for _ in 0..2 {
        next(&both).await;
    }
    for step in 2..20_u64 {
        let ms = i64::try_from(step).expect("small") * 1_000;
        let news = EventBody::Trade(trade(step, ms, 10_000 + ms));
        hub.feed(&events.batch([news])).await;
        let pair = [next(&both).await, next(&both).await];
        let at = tokio::time::Instant::now();
        assert_eq!(soon(&both).await, None);
        let kinds = pair.map(|message| message.topic.to_string());
        assert_ne!(kinds[0], kinds[1], "at {at:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_book_is_said_at_most_every_100_ms() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    let outbox = listen(&hub, &[book()]).await;
    let first = next(&outbox).await;
    let mut view = BookView {
        bids: book_of(&first).bids.clone(),
        asks: book_of(&first).asks.clone(),
        ..BookView::default()
    };
    let reader = tokio::spawn(async move {
        let mut messages = Vec::new();
        while let Some(message) = soon(&outbox).await {
            messages.push((tokio::time::Instant::now(), message));
        }
        messages
    });
    for step in 1..=50 {
        let change = EventBody::BookUpdate(delta(step, &[(9_900, step + 5)], &[]));
        hub.feed(&events.batch([change])).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let messages = reader.await.expect("reads");
    for (at, pair) in messages.windows(2).enumerate() {
        assert!(
            pair[1].0 - pair[0].0 >= Duration::from_millis(100),
            "message {at}"
        );
        assert_eq!(pair[1].1.seq, pair[0].1.seq + 1);
    }
    for (_, message) in &messages {
        let book = book_of(message);
        patch_view(
            &mut view,
            &BookDelta {
                time: book.time,
                bids: book.bids.clone(),
                asks: book.asks.clone(),
            },
        );
    }
    assert_eq!(view.bids[0], levels(&[(9_900, 55)])[0]);
}

#[tokio::test(start_paused = true)]
async fn all_listeners_see_the_same_numbers() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    let first = listen(&hub, &[book()]).await;
    next(&first).await;
    hub.feed(&events.batch([EventBody::BookUpdate(delta(1, &[(9_900, 9)], &[]))]))
        .await;
    assert_eq!(next(&first).await.seq, 1);

    let second = listen(&hub, &[book()]).await;
    let greeting = next(&second).await;
    assert_eq!((greeting.seq, greeting.body.kind()), (1, "snapshot"));
    assert_eq!(book_of(&greeting).bids[0], levels(&[(9_900, 9)])[0]);

    hub.feed(&events.batch([EventBody::BookUpdate(delta(2, &[(9_900, 3)], &[]))]))
        .await;
    let (one, two) = (next(&first).await, next(&second).await);
    assert_eq!(one, two);
    assert_eq!(one.seq, 2);
}

#[tokio::test(start_paused = true)]
async fn a_stale_book_is_said_at_once_and_returns_with_a_snapshot() {
    let (hub, mut events) = (hub(), Events::default());
    let outbox = listen(&hub, &[book()]).await;
    assert_eq!(
        next(&outbox).await.body,
        Body::Stale {
            reason: "no snapshot yet".into()
        }
    );

    hub.feed(&events.batch([snapshot(0)])).await;
    assert_eq!(next(&outbox).await.body.kind(), "snapshot");
    hub.feed(&events.batch([EventBody::BookStale {
        reason: "a hole".into(),
    }]))
    .await;
    let stale = next(&outbox).await;
    assert_eq!(
        (stale.seq, stale.body),
        (
            2,
            Body::Stale {
                reason: "a hole".into()
            }
        )
    );

    // Changes of a book that waits for its snapshot mean nothing.
    hub.feed(&events.batch([EventBody::BookUpdate(delta(1, &[(9_900, 9)], &[]))]))
        .await;
    assert_eq!(soon(&outbox).await, None);
    hub.feed(&events.batch([snapshot(2)])).await;
    let back = next(&outbox).await;
    assert_eq!((back.seq, back.body.kind()), (3, "snapshot"));
}

#[tokio::test(start_paused = true)]
async fn trades_travel_together_and_none_is_missing() {
    let (hub, mut events) = (hub(), Events::default());
    let topic = Topic::Trades(bitcoin());
    hub.feed(&events.batch([EventBody::Trade(trade(1, 1_000, 10_000))]))
        .await;
    let outbox = listen(&hub, std::slice::from_ref(&topic)).await;
    let mut ids = Vec::new();
    let mut seqs = Vec::new();
    let collect = |message: Message, ids: &mut Vec<u64>| match message.body {
        Body::Snapshot(Data::Trades(data)) | Body::Update(Data::Trades(data)) => {
            ids.extend(data.trades.iter().map(|trade| trade.id.0));
        }
        other => panic!("no trades: {other:?}"),
    };
    collect(next(&outbox).await, &mut ids);
    for id in 2..=40 {
        hub.feed(&events.batch([EventBody::Trade(trade(id, 1_000 + id as i64, 10_000))]))
            .await;
    }
    while let Some(message) = soon(&outbox).await {
        seqs.push(message.seq);
        collect(message, &mut ids);
    }
    assert_eq!(ids, (1..=40).collect::<Vec<u64>>());
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<u64>>());
    assert!(seqs.len() < 39, "39 trades came in {} messages", seqs.len());
}

#[tokio::test(start_paused = true)]
async fn bars_move_with_trades_and_close_with_exchange_time() {
    let (hub, mut events) = (hub(), Events::default());
    let outbox = listen(&hub, &[minutes()]).await;
    let bars = |message: Message| candles_of(&message);
    assert_eq!(bars(next(&outbox).await), []);

    hub.feed(&events.batch([EventBody::Trade(trade(1, 60_000, 10_000))]))
        .await;
    let open = bars(next(&outbox).await);
    assert_eq!(
        (open.len(), open[0].time, open[0].closed),
        (1, UnixMs(60_000), false)
    );

    hub.feed(&events.batch([EventBody::Trade(trade(2, 61_000, 10_500))]))
        .await;
    let moved = bars(next(&outbox).await);
    assert_eq!((moved[0].high, moved[0].trades), (Price(10_500), Some(2)));

    let over = EventBody::Clock {
        time: UnixMs(130_000).to_ns(),
    };
    hub.feed(&events.batch([over])).await;
    assert!(bars(next(&outbox).await)[0].closed);
}

#[tokio::test(start_paused = true)]
async fn a_folded_bar_closes_without_a_bar_of_its_base() {
    let (hub, mut events) = (hub(), Events::default());
    let topic = Topic::Candles {
        instrument: bitcoin(),
        timeframe: Timeframe::M5,
    };
    let outbox = listen(&hub, &[topic]).await;
    next(&outbox).await;
    hub.feed(&events.batch([
        EventBody::Trade(trade(1, 60_000, 10_000)),
        EventBody::Clock {
            time: UnixMs(130_000).to_ns(),
        },
    ]))
    .await;
    let closed = |message: Message| match message.body {
        // The first trade teaches an empty store's hub its decimals: that is a snapshot.
        Body::Snapshot(Data::Candles(data)) | Body::Update(Data::Candles(data)) => {
            data.candles[0].closed
        }
        other => panic!("no bars: {other:?}"),
    };
    assert!(!closed(next(&outbox).await));
    hub.feed(&events.batch([EventBody::Clock {
        time: UnixMs(302_001).to_ns(),
    }]))
    .await;
    assert!(closed(next(&outbox).await));
}

#[tokio::test(start_paused = true)]
async fn live_events_continue_what_the_store_holds() {
    let bar = Candle::from_trade(UnixMs(60_000), &trade(1, 60_000, 10_000));
    let store = MemoryStore::with(StoreBatch {
        position: Some(Position(1)),
        trades: vec![TradeRecord {
            instrument: bitcoin(),
            precision: PRECISION,
            trade: trade(1, 60_000, 10_000),
        }],
        candles: vec![CandleRecord {
            instrument: bitcoin(),
            timeframe: Timeframe::M1,
            precision: PRECISION,
            candle: bar,
        }],
        ..StoreBatch::default()
    });
    let hub = Hub::new(HubOptions::default(), store);
    let mut events = Events::default();
    // The first is in the store already.
    hub.feed(&events.batch([
        EventBody::Trade(trade(1, 60_000, 10_000)),
        EventBody::Trade(trade(2, 61_000, 9_000)),
    ]))
    .await;
    let live = hub.bars(&bitcoin(), Timeframe::M1).await.expect("followed");
    assert_eq!(live.bars.len(), 1);
    assert_eq!(live.bars[0].trades, Some(2));
    assert_eq!(
        (live.bars[0].low, live.bars[0].close),
        (Price(9_000), Price(9_000))
    );
    assert_eq!(live.bars[0].origin, Origin::Trades);
    let ticker = hub.ticker(&bitcoin()).await.expect("followed").ticker;
    // Of the day, two minutes are known: its figures are not.
    assert_eq!(
        (ticker.last, ticker.open_24h, ticker.volume_24h),
        (Some(Price(9_000)), None, None)
    );

    // Built anew from the store, and the trade that it does not hold yet is not lost.
    hub.refresh(&bitcoin()).await;
    let again = hub.bars(&bitcoin(), Timeframe::M1).await.expect("followed");
    assert_eq!(again.bars, live.bars);
}

/// The store after so many trades, one a second of the first minute.
fn recorded(trades: u64) -> StoreBatch {
    let trade = |id: u64| trade(id, id as i64 * 100, 10_000);
    let mut bar = OpenBar::from_trade(UnixMs(0), &trade(1));
    for id in 2..=trades {
        bar.add(&trade(id));
    }
    StoreBatch {
        position: Some(Position(trades)),
        trades: (1..=trades)
            .map(|id| TradeRecord {
                instrument: bitcoin(),
                precision: PRECISION,
                trade: trade(id),
            })
            .collect(),
        candles: vec![CandleRecord {
            instrument: bitcoin(),
            timeframe: Timeframe::M1,
            precision: PRECISION,
            candle: bar.candle,
        }],
        ..StoreBatch::default()
    }
}

/// Number of trades in the first minute, and their ids on the tape of a newcomer.
async fn shown(hub: &Hub) -> (Option<u64>, Vec<u64>) {
    let minute = hub.bars(&bitcoin(), Timeframe::M1).await.expect("followed");
    let outbox = listen(hub, &[Topic::Trades(bitcoin())]).await;
    let tape = match next(&outbox).await.body {
        Body::Snapshot(Data::Trades(data)) => data.trades.iter().map(|trade| trade.id.0).collect(),
        other => panic!("no trades: {other:?}"),
    };
    (minute.bars.first().and_then(|bar| bar.trades), tape)
}

#[tokio::test(start_paused = true)]
async fn trades_that_are_played_again_are_counted_once() {
    const TRADES: u64 = 300;
    let store = MemoryStore::with(recorded(TRADES));
    let hub = Hub::new(HubOptions::default(), store.clone());
    let mut events = Events::after(TRADES);
    let again: Vec<_> = (1..=TRADES)
        .map(|id| EventBody::Trade(trade(id, id as i64 * 100, 10_000)))
        .collect();
    // Once before anything else is known, and once more.
    for _ in 0..2 {
        hub.feed(&events.batch(again.clone())).await;
    }
    let expected = (Some(TRADES), (TRADES - 199..=TRADES).collect::<Vec<_>>());
    assert_eq!(shown(&hub).await, expected);
    // An old trade that is new after all comes with the store.
    let late = EventBody::Backfill(trade(0, 50, 10_000));
    hub.feed(&events.batch([late])).await;
    let mut batch = recorded(TRADES);
    batch.position = Some(Position(3 * TRADES + 1));
    batch.candles[0].candle.trades = Some(TRADES + 1);
    batch.candles[0].candle.revision = 1;
    store.write(batch).await.expect("written");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(shown(&hub).await.0, Some(TRADES + 1));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_never_at_rest_is_not_read_half() {
    const TRADES: u64 = 200;
    let store = MemoryStore::with(recorded(1));
    *store.meanwhile.lock().expect("whole") = (2..=TRADES).map(recorded).collect();
    let hub = Hub::new(HubOptions::default(), store);
    let mut events = Events::default();
    for id in 1..=TRADES {
        let body = EventBody::Trade(trade(id, id as i64 * 100, 10_000));
        hub.feed(&events.batch([body])).await;
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(shown(&hub).await, (Some(TRADES), (1..=TRADES).collect()));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_cut_begins_anew_and_slows_nobody() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    let tiny = OutboxLimits {
        states: 2,
        events: 2,
        total: 3,
    };
    let slow = listen_with(&hub, &[book()], tiny).await;
    let quick = listen(&hub, &[book()]).await;
    let mut last = next(&quick).await;
    for step in 1..=20 {
        hub.feed(&events.batch([EventBody::BookUpdate(delta(
            step,
            &[(9_900, step + 5)],
            &[],
        ))]))
        .await;
        let message = next(&quick).await;
        assert_eq!(message.seq, last.seq + 1);
        last = message;
    }
    let Some(Delivery::Cut(topics)) = slow.next().await else {
        panic!("the slow reader was not cut");
    };
    assert_eq!(topics, [book()]);
    // Not asked again for the snapshot yet: nothing comes.
    hub.feed(&events.batch([EventBody::BookUpdate(delta(21, &[(9_900, 77)], &[]))]))
        .await;
    next(&quick).await;
    hub.join(&book(), &slow).await;
    let fresh = next(&slow).await;
    assert_eq!((fresh.seq, fresh.body.kind()), (21, "snapshot"));
    assert_eq!(book_of(&fresh).bids[0], levels(&[(9_900, 77)])[0]);
    assert_eq!(soon(&slow).await, None);
}

#[tokio::test(start_paused = true)]
async fn leaving_ends_the_messages() {
    let (hub, mut events) = (hub(), Events::default());
    let shallow = Topic::Book {
        instrument: bitcoin(),
        depth: BookDepth {
            levels: 1,
            interval_ms: 500,
        },
    };
    hub.feed(&events.batch([snapshot(0)])).await;
    let outbox = listen(&hub, &[book(), shallow.clone()]).await;
    next(&outbox).await;
    assert_eq!(book_of(&next(&outbox).await).bids.len(), 1);
    hub.leave(&book(), &outbox).await;
    hub.feed(&events.batch([EventBody::BookUpdate(delta(1, &[(9_900, 9)], &[]))]))
        .await;
    assert_eq!(
        soon(&outbox).await.map(|message| message.topic),
        Some(shallow)
    );
    assert_eq!(soon(&outbox).await, None);
}

#[tokio::test(start_paused = true)]
async fn leaving_a_topic_that_nobody_serves_ends_no_other() {
    let hub = hub();
    let outbox = listen(&hub, &[Topic::Status]).await;
    assert_eq!(next(&outbox).await.body.kind(), "stale");
    hub.leave(&book(), &outbox).await;
    hub.publish_status(status());
    let heard = soon(&outbox).await.expect("the status");
    assert_eq!((heard.topic, heard.body.kind()), (Topic::Status, "update"));
}

#[tokio::test(start_paused = true)]
async fn an_idle_instrument_leaves_memory_unless_somebody_looks() {
    let (hub, mut events) = (hub(), Events::default());
    let ethereum = "coinbase:ETH-USD".parse().expect("an id");
    hub.feed(&events.batch([snapshot(0)])).await;
    hub.feed(&events.batch_of(&ethereum, [snapshot(0)])).await;
    let lease = hub.interest().lease(&ethereum);
    tokio::time::sleep(Duration::from_secs(700)).await;
    assert_eq!(hub.instruments(), std::slice::from_ref(&ethereum));
    drop(lease);
    tokio::time::sleep(Duration::from_secs(400)).await;
    assert_eq!(hub.instruments(), []);
}

#[tokio::test(start_paused = true)]
async fn closing_ends_every_task() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    hub.close().await;
    assert!(hub.book(&bitcoin(), 5).await.is_none());
    hub.feed(&events.batch([EventBody::Clock { time: UnixNs(1) }]))
        .await;
}

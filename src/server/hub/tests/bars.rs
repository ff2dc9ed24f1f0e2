//! Trades and the bars made of them.

use super::*;

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

#[tokio::test(start_paused = true)]
async fn a_bar_that_nobody_mends_is_shown_in_the_end_however_old() {
    let options = HubOptions {
        withhold: Duration::from_secs(60),
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(MemoryStore::default()));
    let mut events = Events::default();
    let seconds = Topic::Candles {
        instrument: bitcoin(),
        timeframe: Timeframe::S1,
    };
    let outbox = listen(&hub, &[seconds]).await;
    let one = |second: i64| EventBody::Trade(trade(second as u64, second * 1_000, 10_000));
    hub.feed(&events.batch((1..=59).map(one))).await;
    while soon(&outbox).await.is_some() {}
    let first = hub.bars(&bitcoin(), Timeframe::S1).await.expect("bars");
    assert!(first.withheld.hides(Timeframe::S1, &first.bars[0]));

    hub.feed(&events.batch([one(61)])).await;
    let again = next(&outbox).await;
    assert!(matches!(again.body, Body::Snapshot(_)), "{again:?}");
    let then = hub.bars(&bitcoin(), Timeframe::S1).await.expect("bars");
    assert!(!then.withheld.hides(Timeframe::S1, &then.bars[0]));
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

/// A hole of which the venue's bars are held before its trades come.
#[tokio::test(start_paused = true)]
async fn fetched_trades_are_not_counted_beside_the_venues_bar() {
    let venue = Candle {
        origin: Origin::Venue,
        closed: true,
        ..Candle::from_trade(UnixMs(60_000), &trade(1, 60_000, 10_000))
    };
    let store = Arc::new(MemoryStore::default());
    let held = |position, candle| StoreBatch {
        position: Some(Position(position)),
        candles: vec![CandleRecord {
            instrument: bitcoin(),
            timeframe: Timeframe::M1,
            precision: PRECISION,
            candle,
        }],
        ..StoreBatch::default()
    };
    store.write(held(0, venue)).await.expect("takes");
    let hub = Hub::new(HubOptions::default(), store.clone());
    let _reader = listen(&hub, &[minutes()]).await;
    let mut events = Events::default();
    let sold = |id, ms| trade(id, ms, 10_000);
    let shown = async || hub.bars(&bitcoin(), Timeframe::M1).await.expect("followed");
    assert_eq!(shown().await.bars, [venue]);
    hub.feed(&events.batch([
        EventBody::Trade(sold(9, 125_000)),
        EventBody::Backfill(sold(1, 60_000)),
        EventBody::Backfill(sold(2, 61_000)),
        EventBody::Backfill(sold(8, 121_000)),
    ]))
    .await;
    let bars = shown().await.bars;
    assert_eq!(bars[0], venue, "it has them already");
    assert_eq!(bars[1].trades, Some(2), "our own takes them");

    // The store has made it of all its trades.
    let made = Candle {
        origin: Origin::Trades,
        trades: Some(2),
        ..venue
    };
    store.write(held(3, made)).await.expect("takes");
    hub.mended(&bitcoin()).await;
    let bars = shown().await.bars;
    assert_eq!((bars[0], bars[1].trades), (made, Some(1)));
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

/// The journal has cut what was not shown yet: what the store has of it is taken from there.
#[tokio::test(start_paused = true)]
async fn events_that_were_missed_are_read_from_the_store() {
    const HELD: u64 = 40;
    let store = Arc::new(MemoryStore::default());
    let hub = Hub::new(HubOptions::default(), store.clone());
    let mut events = Events::default();
    let one = |id: u64| EventBody::Trade(trade(id, id as i64 * 100, 10_000));
    let batch = events.batch((1..=9).map(one).chain([snapshot(950)]));
    hub.feed(&batch).await;
    assert_eq!(shown(&hub).await.0, Some(9));
    let outbox = listen(&hub, &[book()]).await;
    assert!(matches!(next(&outbox).await.body, Body::Snapshot(_)));

    store.write(recorded(HELD)).await.unwrap();
    let after = Events::after(HELD).batch([one(HELD + 1)]);
    hub.feed(&after).await;
    assert!(matches!(next(&outbox).await.body, Body::Stale { .. }));
    let (trades, tape) = shown(&hub).await;
    assert_eq!(trades, Some(HELD + 1));
    assert_eq!(tape, (1..=HELD + 1).collect::<Vec<_>>());
    assert!(
        hub.book(&bitcoin(), 10)
            .await
            .unwrap()
            .stale_reason
            .is_some()
    );

    let whole = Events::after(HELD + 1).batch([snapshot(5_000)]);
    hub.feed(&whole).await;
    assert!(matches!(next(&outbox).await.body, Body::Snapshot(_)));
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

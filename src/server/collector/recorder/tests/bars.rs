//! Bars: of the venue where own trades are missing, closed when their venue is silent, forgotten
//! when they are over.

use tradesuite_core::model::Origin;

use super::*;
use crate::server::collector::testing::{PRECISION, venue_candle};
use crate::server::storage::CandleRecord;

#[tokio::test(start_paused = true)]
async fn bars_of_a_silent_venue_close_by_our_own_clock() {
    let ledger = &mut Ledger::default();
    let store = MemoryStore::default();
    let events = numbered(vec![event(&id("A-USD"), EventBody::Trade(nth(1, 0)))]);
    ledger.take(&events[0], &store).await.unwrap();
    ledger.batch(&store).await.unwrap();
    let after = |s: i64| UnixNs(nth(1, 0).time.0 + s * 1_000_000_000);
    ledger.clock(after(62));
    let closed: Vec<_> = ledger.batch(&store).await.unwrap().candles;
    let closed: Vec<_> = closed
        .iter()
        .filter(|record| record.candle.closed)
        .map(|record| record.timeframe)
        .collect();
    assert_eq!(closed, [Timeframe::S1, Timeframe::M1]);
}

#[tokio::test(start_paused = true)]
async fn the_open_day_is_made_right_with_the_venues_bars() {
    const HOUR: i64 = 3_600_000;
    const MINUTE: i64 = 60_000;
    let day = Timeframe::D1.floor(UnixMs(1_700_000_000_000)).0;
    let now = day + 5 * HOUR + 3 * MINUTE + 30_000;
    let (ledger, store) = (&mut Ledger::default(), MemoryStore::default());
    let first = event(&id("A-USD"), EventBody::Trade(trade(50, now)));
    let events = numbered(vec![first]);
    ledger.take(&events[0], &store).await.unwrap();
    write_out(ledger, &store).await;
    let beginning = Lack {
        beginning: true,
        between: None,
    };
    assert_eq!(ledger.take_lacks(), [(id("A-USD"), beginning)]);
    assert!(ledger.take_lacks().is_empty());
    let venue = |timeframe, times: Vec<i64>| {
        times.into_iter().map(move |time| CandleRecord {
            instrument: id("A-USD"),
            timeframe,
            precision: PRECISION,
            candle: venue_candle(time),
        })
    };
    let hours = venue(Timeframe::H1, (0..5).map(|n| day + n * HOUR).collect());
    let minutes = (0..3).map(|n| day + 5 * HOUR + n * MINUTE).collect();
    let batch = StoreBatch {
        candles: hours.chain(venue(Timeframe::M1, minutes)).collect(),
        ..StoreBatch::default()
    };
    store.write(batch).await.unwrap();
    ledger.remake(&id("A-USD"), &store).await.unwrap();
    let remade = ledger.batch(&store).await.unwrap().candles;
    let one = venue_candle(day);
    let own = trade(50, now);
    for (timeframe, time, bars) in [(Timeframe::H1, day + 5 * HOUR, 3), (Timeframe::D1, day, 8)] {
        let bar = remade
            .iter()
            .find(|record| record.timeframe == timeframe)
            .unwrap()
            .candle;
        assert_eq!(
            (bar.time, bar.closed, bar.origin),
            (UnixMs(time), false, Origin::Both)
        );
        assert_eq!((bar.open, bar.close), (one.open, own.price));
        assert_eq!(
            bar.volume.0,
            bars * one.volume.0 + i128::from(own.quantity.0)
        );
    }
    // Asked again, nothing is counted twice.
    ledger.remake(&id("A-USD"), &store).await.unwrap();
    assert_eq!(ledger.batch(&store).await.unwrap().candles, remade);
}

#[tokio::test(start_paused = true)]
async fn bars_of_the_venue_are_not_counted_a_second_time() {
    let (minute, hour) = (60_000, 3_600_000);
    let start = Timeframe::D1.floor(UnixMs(1_700_000_000_000)).0 + 5 * hour;
    let (ledger, store) = (&mut Ledger::default(), MemoryStore::default());
    let events = numbered(
        vec![
            EventBody::Trade(trade(0, start - 48 * hour)),
            EventBody::Trade(trade(1, start)),
            gap(start, None, false),
            EventBody::Trade(trade(4, start + 10 * minute)),
            EventBody::Backfill(trade(2, start + 2 * minute)),
            EventBody::Backfill(trade(3, start + 3 * minute)),
            gap(start, Some(start + 10 * minute), true),
        ]
        .into_iter()
        .map(|body| event(&id("A-USD"), body))
        .collect(),
    );
    for event in &events[..4] {
        ledger.take(event, &store).await.unwrap();
    }
    write_out(ledger, &store).await;
    // The venue's minutes come before its trades.
    let minutes = [(2, 2), (3, 3)].map(|(n, minutes)| (start + minutes * minute, trade(n, 0)));
    write_venue_minutes(&store, &minutes).await;
    ledger.remake(&id("A-USD"), &store).await.unwrap();
    write_out(ledger, &store).await;
    let all: i128 = (1..=4).map(|n| i128::from(trade(n, 0).quantity.0)).sum();
    let held = bar(&store, Timeframe::H1, start);
    assert_eq!((held.origin, held.volume.0), (Origin::Both, all));
    for (at, event) in events.iter().enumerate().skip(4) {
        ledger.take(event, &store).await.unwrap();
        write_out(ledger, &store).await;
        let held = bar(&store, Timeframe::H1, start);
        let whole = if at == 6 {
            Origin::Trades
        } else {
            Origin::Both
        };
        assert_eq!(
            (held.origin, held.volume.0),
            (whole, all),
            "after event {at}"
        );
    }
    // Further trades are added to the right figures.
    let last = trade(5, start + 11 * minute);
    let more = event(&id("A-USD"), EventBody::Trade(last));
    let more = Sequenced {
        position: Position(9),
        event: more,
    };
    ledger.take(&more, &store).await.unwrap();
    write_out(ledger, &store).await;
    let held = bar(&store, Timeframe::D1, start);
    let all = all + i128::from(last.quantity.0);
    assert_eq!((held.origin, held.volume.0), (Origin::Trades, all));
}

/// The venue's bar takes the place of one with a hole while its last trades wait in the log.
#[tokio::test(start_paused = true)]
async fn a_bar_of_the_venue_is_not_begun_anew_after_a_restart() {
    let minute = Timeframe::M1.floor(UnixMs(1_700_000_000_000)).0;
    let at = |number: u64| trade(number, minute + i64::try_from(number).unwrap() * 10_000);
    let (ledger, store) = (&mut Ledger::default(), MemoryStore::default());
    let events = numbered(
        vec![
            EventBody::Trade(at(1)),
            EventBody::Trade(at(2)),
            gap(minute + 20_000, Some(minute + 30_000), false),
            EventBody::Trade(at(3)),
            EventBody::Trade(at(4)),
        ]
        .into_iter()
        .map(|body| event(&id("A-USD"), body))
        .collect(),
    );
    for event in &events[..4] {
        ledger.take(event, &store).await.unwrap();
    }
    write_out(ledger, &store).await;
    write_venue_minutes(&store, &[(minute, at(1))]).await;
    assert_eq!(bar(&store, Timeframe::M1, minute).origin, Origin::Venue);

    let restarted = &mut Ledger::default();
    restarted.take(&events[4], &store).await.unwrap();
    write_out(restarted, &store).await;
    let held = bar(&store, Timeframe::M1, minute);
    let all: i128 = (1..=4).map(|n| i128::from(at(n).quantity.0)).sum();
    assert_ne!(held.origin, Origin::Trades, "it has a hole");
    assert!(
        held.origin == Origin::Venue || held.volume.0 == all,
        "{held:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn instruments_that_are_left_are_forgotten_once_their_bars_are_over() {
    let hour = 3_600_000;
    let day = Timeframe::D1.floor(UnixMs(1_700_000_000_000)).0;
    let (ledger, store) = (&mut Ledger::default(), MemoryStore::default());
    let first = event(&id("A-USD"), EventBody::Trade(trade(1, day + hour)));
    ledger
        .take(&numbered(vec![first])[0], &store)
        .await
        .unwrap();
    ledger.take_lacks();
    for (hours, known) in [(5, 1), (23, 1), (25, 0)] {
        let now = UnixMs(day + hours * hour).to_ns();
        ledger.clock(now);
        write_out(ledger, &store).await;
        ledger.forget_idle(now);
        assert_eq!(ledger.instruments.len(), known, "after {hours} h");
    }
    assert!(bar(&store, Timeframe::D1, day).closed);
}

/// A log on a slow disk: every reading takes a second, begun once however often it is asked.
struct SlowLog {
    inner: MemoryLog,
    ready: Option<tokio::time::Instant>,
}

#[async_trait]
impl CommittedEvents for SlowLog {
    async fn next(&mut self) -> Result<Option<Batch>, String> {
        let ready = tokio::time::Instant::now() + Duration::from_secs(1);
        tokio::time::sleep_until(*self.ready.get_or_insert(ready)).await;
        self.ready = None;
        let next = self.inner.events.get(self.inner.next).cloned();
        self.inner.next += 1;
        Ok(next.map(|event| Batch::from([event])))
    }

    fn is_caught_up(&self) -> bool {
        self.inner.is_caught_up()
    }

    fn committed(&self) -> Position {
        self.inner.committed()
    }

    fn passed(&self, position: Position) {
        self.inner.passed(position);
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_that_is_being_read_is_no_silence() {
    let events = numbered(
        (1..=20)
            .map(|n| event(&id("A-USD"), EventBody::Trade(nth(n, 0))))
            .collect(),
    );
    let store = Arc::new(MemoryStore::default());
    let recorder = Recorder {
        events: Box::new(SlowLog {
            inner: MemoryLog {
                events: events.clone(),
                next: 0,
                at_once: 1,
                passed: Arc::default(),
            },
            ready: None,
        }),
        store: store.clone(),
        // Long after everything in the log.
        clock: Some(Clock::manual(UnixNs(
            nth(20, 0).time.0 + 86_400_000_000_000,
        ))),
        jitter: Jitter::fixed(0.0),
        stop: CancellationToken::new(),
        progress: Arc::default(),
        mending: None,
    };
    recorder.run().await;
    let held = store.held.lock().unwrap();
    // A bar that had closed under its trades would have been revised by them.
    let revised: Vec<_> = (held.candles.iter())
        .filter(|(_, record)| record.candle.revision > 0)
        .collect();
    assert!(revised.is_empty(), "{revised:?}");
}

#[tokio::test(start_paused = true)]
async fn bars_that_were_open_at_the_end_close_without_another_trade() {
    let instrument = id("A-USD");
    let later = nth(1_000, 0).time;
    let events = numbered(vec![
        event(&instrument, EventBody::Trade(nth(1, 0))),
        event(&instrument, EventBody::Clock { time: later }),
    ]);
    let store = MemoryStore::default();
    for life in events.chunks(1) {
        let mut ledger = Ledger::default();
        ledger.take(&life[0], &store).await.unwrap();
        write_out(&mut ledger, &store).await;
    }
    let held = store.held.lock().unwrap();
    let closed = |timeframe| {
        held.candles
            .iter()
            .any(|((_, frame, _), bar)| *frame == timeframe && bar.candle.closed)
    };
    assert!(closed(Timeframe::S1) && closed(Timeframe::M1));
    assert!(!closed(Timeframe::D1));
}

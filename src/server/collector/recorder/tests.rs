//! Recorders that are killed over stores that fail: everything is kept, once.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use proptest::prelude::*;
use tradesuite_core::market::OpenBar;
use tradesuite_core::model::{
    BookDelta, Candle, EventBody, GapKind, InstrumentId, MarketEvent, Origin, Sequenced, Timeframe,
    Trade, TradeId, UnixMs,
};

use super::*;
use crate::server::collector::testing::{
    Fault, Held, MemoryStore, PRECISION, event, id, trade, venue_candle,
};
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

/// Runs recorder after recorder over one store, each killed after so many milliseconds, the last
/// one to the end.
async fn record(
    events: &Arc<Vec<Sequenced>>,
    faults: &[Option<Fault>],
    lives_ms: &[u64],
    at_once: usize,
) -> (Held, Position) {
    let store = Arc::new(MemoryStore::default());
    *store.faults.lock().unwrap() = faults.iter().copied().collect();
    let passed = Arc::new(Mutex::new(Position::default()));
    let lives = lives_ms.iter().map(|ms| Some(*ms)).chain([None]);
    for life in lives {
        let held = store.position().await.unwrap().unwrap_or_default();
        let stop = CancellationToken::new();
        let recorder = Recorder {
            events: Box::new(MemoryLog {
                events: events.clone(),
                next: usize::try_from(held.0).unwrap(),
                at_once,
                passed: passed.clone(),
            }),
            store: store.clone(),
            clock: None,
            jitter: Jitter::fixed(0.0),
            stop: stop.clone(),
            progress: Arc::default(),
            mending: None,
        };
        match life {
            Some(ms) => {
                let killed = tokio::time::timeout(Duration::from_millis(ms), recorder.run());
                let _ = killed.await;
            }
            None => recorder.run().await,
        }
    }
    let held = store.held.lock().unwrap().clone();
    let passed = *passed.lock().unwrap();
    (held, passed)
}

/// Every bar from every trade once, and when it closed forgotten.
fn bars_of(events: &[Sequenced]) -> BTreeMap<(InstrumentId, Timeframe, UnixMs), Candle> {
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
fn gaps_of(events: &[Sequenced]) -> BTreeMap<(InstrumentId, UnixMs), Option<UnixMs>> {
    let mut gaps = BTreeMap::new();
    let mut open: BTreeMap<InstrumentId, UnixMs> = BTreeMap::new();
    for Sequenced { event, .. } in events {
        let id = &event.instrument;
        match &event.body {
            EventBody::Trade(trade) => {
                if let Some(start) = open.remove(id) {
                    gaps.insert((id.clone(), start), Some(trade.time.to_ms()));
                }
            }
            EventBody::Gap { start, end, .. } => {
                let start = open.remove(id).unwrap_or(start.to_ms());
                let held = gaps.entry((id.clone(), start)).or_insert(None);
                *held = end.map(UnixNs::to_ms).or(*held);
                if end.is_none() {
                    open.insert(id.clone(), start);
                }
            }
            _ => {}
        }
    }
    gaps
}

/// Without what depends on when the bar was looked at.
fn plain(candle: Candle) -> Candle {
    Candle {
        closed: false,
        revision: 0,
        origin: Origin::Trades,
        ..candle
    }
}

fn stored_bars(held: &Held) -> BTreeMap<(InstrumentId, Timeframe, UnixMs), Candle> {
    held.candles
        .iter()
        .map(|(key, bar)| (key.clone(), plain(bar.candle)))
        .collect()
}

/// A trade whose time follows from its id, so that a repeated id is the same trade.
fn nth(number: u64, late_ms: i64) -> Trade {
    let start = 1_700_000_000_000;
    trade(
        number,
        start + i64::try_from(number).unwrap() * 400 - late_ms,
    )
}

fn some_event() -> impl Strategy<Value = (u8, MarketEventKind)> {
    let kind = prop_oneof![
        8 => Just(MarketEventKind::Trade),
        2 => (1..40_u64).prop_map(MarketEventKind::Again),
        1 => (0..200_000_i64).prop_map(MarketEventKind::Skip),
        2 => Just(MarketEventKind::Book),
        1 => Just(MarketEventKind::Gap),
        1 => Just(MarketEventKind::Clock),
    ];
    (0..2_u8, kind)
}

#[derive(Clone, Debug)]
enum MarketEventKind {
    /// The next trade.
    Trade,
    /// One of the last trades, or one that was skipped, from history.
    Again(u64),
    /// Trades that are missing for now.
    Skip(i64),
    Book,
    Gap,
    Clock,
}

fn market(kinds: Vec<(u8, MarketEventKind)>) -> Vec<MarketEvent> {
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
            MarketEventKind::Book => EventBody::BookUpdate(BookDelta::default()),
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

fn some_fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Fault::Refuse)),
        1 => Just(Some(Fault::LoseAnswer)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn everything_is_kept_once_whatever_is_killed_and_fails(
        kinds in prop::collection::vec(some_event(), 1..250),
        faults in prop::collection::vec(some_fault(), 0..20),
        lives_ms in prop::collection::vec(1..2_000_u64, 0..5),
        at_once in 1..30_usize,
    ) {
        let events = numbered(market(kinds));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (held, passed) = runtime.block_on(record(&events, &faults, &lives_ms, at_once));
        let count = |wanted: fn(&EventBody) -> bool| {
            events.iter().filter(|event| wanted(&event.event.body)).count()
        };
        let last = Position(events.len() as u64);
        prop_assert_eq!(held.position.unwrap_or_default(), last);
        // A life that finds everything written says nothing; none says too much.
        prop_assert!(passed <= last);
        prop_assert_eq!(stored_bars(&held), bars_of(&events));
        prop_assert_eq!(held.book.len(), count(|body| matches!(body, EventBody::BookUpdate(_))));
        let ledger = held.gaps.iter().map(|gap| {
            ((gap.instrument.clone(), gap.start), gap.end)
        });
        prop_assert_eq!(ledger.collect::<BTreeMap<_, _>>(), gaps_of(&events));
        prop_assert!(held.book.is_sorted_by_key(|record| record.position));
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_an_hour_gets_everything_later() {
    let events = numbered(
        (1..200)
            .map(|n| event(&id("A-USD"), EventBody::Trade(nth(n, 0))))
            .collect(),
    );
    let faults = vec![Some(Fault::Refuse); 400];
    let watch = Stopwatch::start();
    let (held, _) = record(&events, &faults, &[], 10).await;
    assert_eq!(held.trades.len(), 199);
    assert!(watch.elapsed() > Duration::from_secs(60));
}

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
    store
        .write(ledger.batch(&store).await.unwrap())
        .await
        .unwrap();
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
async fn a_gap_over_a_restart_shows_in_the_bars_on_both_sides() {
    let gap = EventBody::Gap {
        kind: GapKind::Trades,
        start: nth(1, 0).time,
        end: Some(nth(2, 0).time),
        reason: "a hole".to_owned(),
        filled: false,
    };
    let instrument = id("A-USD");
    let events = numbered(vec![
        event(&instrument, EventBody::Backfill(nth(0, 3_600_000 * 48))),
        event(&instrument, EventBody::Trade(nth(1, 0))),
        event(&instrument, gap),
        event(&instrument, EventBody::Trade(nth(2, 0))),
    ]);
    let store = MemoryStore::default();
    for life in [&events[..2], &events[2..]] {
        let mut ledger = Ledger::default();
        for event in life {
            ledger.take(event, &store).await.unwrap();
        }
        store
            .write(ledger.batch(&store).await.unwrap())
            .await
            .unwrap();
    }
    let held = store.held.lock().unwrap();
    let around = held
        .candles
        .iter()
        .filter(|((.., time), _)| *time > UnixMs(1_699_900_000_000));
    let origins: Vec<Origin> = around.map(|(_, bar)| bar.candle.origin).collect();
    assert_eq!(origins, vec![Origin::Both; origins.len()]);
    assert!(origins.len() >= 4);
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

/// The line broke again before the mender could say what became of the first break.
#[tokio::test(start_paused = true)]
async fn a_verdict_on_an_older_gap_leaves_the_open_one_alone() {
    let trade = |number| EventBody::Trade(nth(number, 0));
    let at = |number| nth(number, 0).time.to_ms().0;
    for restarts in [false, true] {
        let bodies = vec![
            trade(1),
            gap(at(1) + 1, None, false),
            trade(5),
            gap(at(5) + 1, None, false),
            gap(at(1) + 1, Some(at(5)), false),
            trade(9),
        ];
        let store = ledgered(bodies, restarts).await;
        let held = store.held.lock().unwrap();
        let gaps: Vec<_> = held.gaps.iter().map(|gap| (gap.start.0, gap.end)).collect();
        assert_eq!(
            gaps,
            [
                (at(1) + 1, Some(UnixMs(at(5)))),
                (at(5) + 1, Some(UnixMs(at(9)))),
            ],
            "restarts: {restarts}"
        );
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
        let batch = ledger.batch(store.as_ref()).await.unwrap();
        store.write(batch).await.unwrap();
    }
    store
}

fn bar(store: &MemoryStore, timeframe: Timeframe, time: i64) -> Candle {
    let open = timeframe.floor(UnixMs(time));
    store.held.lock().unwrap().candles[&(id("A-USD"), timeframe, open)].candle
}

#[tokio::test(start_paused = true)]
async fn bars_lack_trades_as_soon_as_nothing_is_heard_any_more() {
    let (minute, hour) = (60_000, 3_600_000);
    let start = Timeframe::H1.floor(UnixMs(1_700_000_000_000)).0;
    for restarts in [false, true] {
        let mut bodies = vec![
            EventBody::Trade(trade(1, start - 48 * hour)),
            EventBody::Trade(trade(2, start + minute)),
            gap(start + 2 * minute, None, false),
            EventBody::Clock {
                time: UnixMs(start + 2 * hour).to_ns(),
            },
        ];
        let store = ledgered(bodies.clone(), restarts).await;
        let held = bar(&store, Timeframe::H1, start);
        assert_eq!((held.origin, held.closed), (Origin::Both, true));
        assert_eq!(store.held.lock().unwrap().gaps[0].end, None);
        // The next trade ends it, whatever the gap's second half is called.
        bodies.push(EventBody::Trade(trade(3, start + 3 * hour)));
        let store = ledgered(bodies, restarts).await;
        let gaps = store.held.lock().unwrap().gaps.clone();
        let ends: Vec<_> = gaps.iter().map(|gap| (gap.start.0, gap.end)).collect();
        let end = Some(UnixMs(start + 3 * hour));
        assert_eq!(ends, [(start + 2 * minute, end)]);
        let held = bar(&store, Timeframe::H1, start + 3 * hour);
        assert_eq!(held.origin, Origin::Both);
    }
}

#[tokio::test(start_paused = true)]
async fn fetched_trades_make_bars_whole_again() {
    let (minute, hour) = (60_000, 3_600_000);
    let start = Timeframe::D1.floor(UnixMs(1_700_000_000_000)).0 + 10 * hour;
    let missed = [2, 4, 3].map(|n| EventBody::Backfill(trade(n, start + n as i64 * minute)));
    let mut bodies = vec![
        EventBody::Trade(trade(0, start - 48 * hour)),
        EventBody::Trade(trade(1, start + minute)),
        gap(start + minute, None, false),
        EventBody::Trade(trade(5, start + 20 * hour)),
    ];
    bodies.extend(missed);
    for restarts in [false, true] {
        let store = ledgered(bodies.clone(), restarts).await;
        // The trades are there, but nobody said yet that they are all.
        let held = bar(&store, Timeframe::H1, start);
        assert_eq!((held.origin, held.trades), (Origin::Both, Some(4)));
        let revision = held.revision;
        let mut bodies = bodies.clone();
        bodies.push(gap(start + minute, Some(start + 20 * hour), true));
        let store = ledgered(bodies, restarts).await;
        assert!(store.held.lock().unwrap().gaps[0].filled);
        for (timeframe, time, trades) in [
            (Timeframe::M1, start + 3 * minute, 1),
            (Timeframe::H1, start, 4),
            (Timeframe::D1, start, 4),
            (Timeframe::D1, start + 20 * hour, 1),
        ] {
            let held = bar(&store, timeframe, time);
            let seen = (held.origin, held.trades);
            assert_eq!(
                seen,
                (Origin::Trades, Some(trades)),
                "{timeframe} {restarts}"
            );
        }
        assert!(bar(&store, Timeframe::H1, start).revision >= revision);
    }
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
    store
        .write(ledger.batch(&store).await.unwrap())
        .await
        .unwrap();
    // The venue's minutes come before its trades.
    let minutes = [(2, 2), (3, 3)].map(|(n, minutes)| CandleRecord {
        instrument: id("A-USD"),
        timeframe: Timeframe::M1,
        precision: PRECISION,
        candle: Candle {
            origin: Origin::Venue,
            closed: true,
            ..Candle::from_trade(UnixMs(start + minutes * minute), &trade(n, 0))
        },
    });
    let batch = StoreBatch {
        candles: minutes.to_vec(),
        ..StoreBatch::default()
    };
    store.write(batch).await.unwrap();
    ledger.remake(&id("A-USD"), &store).await.unwrap();
    store
        .write(ledger.batch(&store).await.unwrap())
        .await
        .unwrap();
    let all: i128 = (1..=4).map(|n| i128::from(trade(n, 0).quantity.0)).sum();
    let held = bar(&store, Timeframe::H1, start);
    assert_eq!((held.origin, held.volume.0), (Origin::Both, all));
    for (at, event) in events.iter().enumerate().skip(4) {
        ledger.take(event, &store).await.unwrap();
        store
            .write(ledger.batch(&store).await.unwrap())
            .await
            .unwrap();
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
    store
        .write(ledger.batch(&store).await.unwrap())
        .await
        .unwrap();
    let held = bar(&store, Timeframe::D1, start);
    let all = all + i128::from(last.quantity.0);
    assert_eq!((held.origin, held.volume.0), (Origin::Trades, all));
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
        store
            .write(ledger.batch(&store).await.unwrap())
            .await
            .unwrap();
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
        store
            .write(ledger.batch(&store).await.unwrap())
            .await
            .unwrap();
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

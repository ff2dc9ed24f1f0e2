//! Recorders that are killed over stores that fail: everything is kept, once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tradesuite_core::model::{Candle, InstrumentId, Timeframe};

use super::market::{MarketEventKind, bars_of, gaps_of, market, plain, some_event};
use super::*;
use crate::server::collector::sink::EventSink;
use crate::server::collector::testing::{Fault, Held, MemoryJournal};

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
        let log = MemoryLog {
            events: events.clone(),
            next: usize::try_from(held.0).unwrap(),
            at_once,
            passed: passed.clone(),
        };
        let recorder = Recorder {
            stop: stop.clone(),
            ..recorder(log, store.clone())
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

fn stored_bars(held: &Held) -> BTreeMap<(InstrumentId, Timeframe, UnixMs), Candle> {
    held.candles
        .iter()
        .map(|(key, bar)| (key.clone(), plain(bar.candle)))
        .collect()
}

fn some_fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Fault::Refuse)),
        1 => Just(Some(Fault::LoseAnswer)),
        1 => Just(Some(Fault::Tear)),
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
        prop_assert_eq!(held.book.len(), count(|body| matches!(body, EventBody::BookSnapshot(_) | EventBody::BookUpdate(_))));
        let ledger = held.gaps.iter().map(|gap| {
            ((gap.instrument.clone(), gap.start), gap.end)
        });
        prop_assert_eq!(ledger.collect::<BTreeMap<_, _>>(), gaps_of(&events));
        prop_assert!(held.book.is_sorted_by_key(|record| record.position));
    }
}

/// Killed with the first write torn: the third trade is given again, and the fourth, which is the
/// oldest of all, comes after that.
#[tokio::test(start_paused = true)]
async fn a_trade_out_of_order_after_a_torn_write_opens_every_bar_of_its_own() {
    let book = MarketEventKind::Book {
        whole: false,
        price: 0,
        quantity: 0,
    };
    let again = MarketEventKind::Again(1);
    let mut kinds = vec![
        (1, MarketEventKind::Trade),
        (0, again.clone()),
        (0, MarketEventKind::Trade),
        (1, MarketEventKind::Trade),
        (0, book.clone()),
        (0, book.clone()),
        (0, again.clone()),
        (0, book.clone()),
        (0, book.clone()),
        (0, again),
        (0, book),
    ];
    kinds.extend(vec![(0, MarketEventKind::Trade); 27]);
    let events = numbered(market(kinds));
    let (held, _) = record(&events, &[None], &[200], 1).await;
    assert_eq!(stored_bars(&held), bars_of(&events));
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

/// No event comes with it, so that its position says nothing.
#[tokio::test(start_paused = true)]
async fn a_bar_that_closed_by_the_clock_is_written_again_where_that_failed() {
    let (journal, store) = (MemoryJournal::default(), Arc::new(MemoryStore::default()));
    *store.faults.lock().unwrap() = [None, Some(Fault::Refuse)].into();
    let last = nth(1, 0);
    let first = event(&id("A-USD"), EventBody::Trade(last));
    journal.append(vec![first]).await.unwrap();
    let (clock, progress) = (Clock::manual(last.time), Arc::new(Progress::default()));
    let recorder = Recorder {
        events: journal.tail(),
        store: store.clone(),
        clock: Some(clock.clone()),
        jitter: Jitter::fixed(0.0),
        stop: CancellationToken::new(),
        progress: progress.clone(),
        mending: None,
    };
    let (mut written, mut problem) = (progress.written(), progress.problem());
    let recording = tokio::spawn(recorder.run());
    written.wait_for(|at| *at == Position(1)).await.unwrap();
    let time = last.time.to_ms().0;
    assert!(!bar(&store, Timeframe::M1, time).closed);
    clock.set(UnixNs(last.time.0 + 3 * SILENCE_NS));
    problem.wait_for(Option::is_some).await.unwrap();
    problem.wait_for(Option::is_none).await.unwrap();
    assert!(bar(&store, Timeframe::M1, time).closed);
    recording.abort();
}

//! What the journal promises: every event once, in order, across restarts, kills and damage.

use std::path::Path;

use proptest::prelude::*;
use tradesuite_core::model::{
    BookDelta, BookLevel, EventBody, GapKind, InstrumentId, MarketEvent, Position, Precision,
    Price, Quantity, Side, Trade, TradeId, UnixNs,
};

use super::*;

fn any_delta() -> impl Strategy<Value = BookDelta> {
    let level = (any::<i64>(), any::<i64>()).prop_map(|(price, quantity)| BookLevel {
        price: Price(price),
        quantity: Quantity(quantity),
    });
    let levels = prop::collection::vec(level, 0..5);
    (any::<i64>(), levels.clone(), levels).prop_map(|(time, bids, asks)| BookDelta {
        time: UnixNs(time),
        bids,
        asks,
    })
}

fn any_body() -> impl Strategy<Value = EventBody> {
    let trade = (any::<u64>(), any::<[i64; 4]>(), any::<bool>()).prop_map(|(id, n, buy)| Trade {
        id: TradeId(id),
        time: UnixNs(n[0]),
        received: UnixNs(n[1]),
        price: Price(n[2]),
        quantity: Quantity(n[3]),
        side: if buy { Side::Buy } else { Side::Sell },
    });
    prop_oneof![
        trade.clone().prop_map(EventBody::Trade),
        trade.prop_map(EventBody::Backfill),
        any_delta().prop_map(EventBody::BookSnapshot),
        any_delta().prop_map(EventBody::BookUpdate),
        "\\PC{0,20}".prop_map(|reason| EventBody::BookStale { reason }),
        (
            any::<i64>(),
            any::<Option<i64>>(),
            "\\PC{0,20}",
            any::<bool>()
        )
            .prop_map(|(start, end, reason, filled)| EventBody::Gap {
                kind: GapKind::Trades,
                start: UnixNs(start),
                end: end.map(UnixNs),
                reason,
                filled,
            }),
        any::<i64>().prop_map(|time| EventBody::Clock { time: UnixNs(time) }),
    ]
}

/// Any event at all.
pub(crate) fn any_event() -> impl Strategy<Value = MarketEvent> {
    let instrument = prop::sample::select(vec!["coinbase:BTC-USD", "okx:UNI-USD-PERP"]);
    (instrument, 0..12_u8, 0..12_u8, any::<i64>(), any_body()).prop_map(
        |(instrument, price, quantity, received, body)| MarketEvent {
            instrument: instrument.parse().expect("an instrument"),
            precision: Precision { price, quantity },
            received: UnixNs(received),
            body,
        },
    )
}

fn event(number: i64) -> MarketEvent {
    MarketEvent {
        instrument: InstrumentId::new("coinbase", "BTC-USD").expect("an instrument"),
        precision: Precision::default(),
        received: UnixNs(number),
        body: EventBody::Clock {
            time: UnixNs(number),
        },
    }
}

fn open(path: &Path) -> Journal {
    Journal::open(path, JournalOptions::default()).expect("opens")
}

/// Everything from `from` on, until the journal is closed.
async fn drain(mut tail: Tail) -> Vec<Sequenced> {
    let mut all = Vec::new();
    while let Some(batch) = tail.next().await.expect("reads") {
        all.extend(batch.iter().cloned());
    }
    all
}

async fn reread(path: &Path) -> Vec<Sequenced> {
    let journal = open(path);
    let tail = journal.tail_from(Position(1), TailKind::Committed);
    journal.close().await.expect("closes");
    drain(tail).await
}

/// What a killed process leaves behind.
fn copy_as_killed(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        if Path::new(&name(from)).exists() {
            std::fs::copy(name(from), name(to)).expect("copies");
        }
    }
}

fn received(events: &[Sequenced]) -> Vec<(u64, i64)> {
    let pair = |s: &Sequenced| (s.position.0, s.event.received.0);
    events.iter().map(pair).collect()
}

#[tokio::test]
async fn numbers_go_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    for round in 0..3 {
        let journal = open(&path);
        assert_eq!(journal.appended(), Position(round * 2));
        let last = journal.append(vec![event(1), event(2)]).await;
        assert_eq!(last.expect("taken"), Position(round * 2 + 2));
        journal.close().await.expect("closes");
        assert!(matches!(
            journal.append(vec![event(3)]).await,
            Err(JournalError::Closed)
        ));
    }
    let numbers: Vec<u64> = reread(&path).await.iter().map(|s| s.position.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn what_is_committed_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, killed) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let journal = open(&path);
    journal
        .append(vec![event(1), event(2)])
        .await
        .expect("taken");
    let mut committed = journal.committed();
    let _ = committed.wait_for(|position| position.0 >= 2).await;
    copy_as_killed(&path, &killed);
    assert_eq!(received(&reread(&killed).await), [(1, 1), (2, 2)]);
}

#[tokio::test]
async fn every_tail_sees_every_event_once_and_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    let journal = open(&path);
    journal
        .append((1..=5).map(event).collect())
        .await
        .expect("taken");
    journal.close().await.expect("closes");

    let journal = open(&path);
    let live = tokio::spawn(drain(journal.tail_from(Position(3), TailKind::Live)));
    let committed = tokio::spawn(drain(journal.tail_from(Position(1), TailKind::Committed)));
    // More than the memory keeps, so that a slow reader falls back on the file.
    for round in 0..20 {
        let events = (0..1_000).map(|n| event(round * 1_000 + n + 6)).collect();
        journal.append(events).await.expect("taken");
    }
    journal.close().await.expect("closes");
    let late = drain(journal.tail_from(Position(1), TailKind::Live)).await;
    let expected: Vec<(u64, i64)> = (1..=20_005).map(|n| (n as u64, n)).collect();
    assert_eq!(received(&late), expected);
    assert_eq!(received(&committed.await.expect("runs")), expected);
    assert_eq!(received(&live.await.expect("runs")), expected[2..]);
}

#[tokio::test]
async fn a_live_tail_has_events_before_they_are_committed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path, JournalOptions::default()).expect("opens");
    let mut live = journal.tail_from(Position(1), TailKind::Live);
    journal.append(vec![event(7)]).await.expect("taken");
    assert_eq!(
        received(&live.next().await.expect("reads").expect("open")),
        [(1, 7)]
    );
}

#[tokio::test]
async fn cuts_only_what_every_consumer_has_passed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    for (passed, oldest) in [((2, 1), 1), ((3, 2), 3), ((9, 9), 5)] {
        let journal = open(&path);
        journal.register("store", None);
        journal.register("alerts", None);
        if journal.appended() == Position(0) {
            for pair in [[1, 2], [3, 4], [5, 6]] {
                let last = journal.append(pair.map(event).into()).await.expect("taken");
                let mut committed = journal.committed();
                let _ = committed.wait_for(|position| *position >= last).await;
            }
        }
        journal.passed("store", Position(passed.0));
        journal.passed("alerts", Position(passed.1));
        journal.close().await.expect("closes");
        let left = drain(journal.tail_from(Position(1), TailKind::Committed)).await;
        let on_disk = reread(&path).await;
        assert_eq!(
            on_disk.first().map(|s| s.position.0),
            Some(oldest),
            "{passed:?}"
        );
        assert_eq!(left.last().map(|s| s.position.0), Some(6));
    }
}

#[tokio::test]
async fn what_was_not_shown_is_cut_only_where_room_runs_out() {
    let empty_bytes = {
        let folder = tempfile::tempdir().expect("a folder");
        open(&folder.path().join("journal.db")).bytes()
    };
    for (limit_bytes, oldest) in [(empty_bytes * 8, 3), (empty_bytes * 3 / 2, 5)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        let options = JournalOptions {
            limit_bytes,
            ..JournalOptions::default()
        };
        let journal = Journal::open(&path, options).expect("opens");
        journal.register("store", None);
        let mut committed = journal.committed();
        for (index, pair) in [[1, 2], [3, 4], [5, 6]].into_iter().enumerate() {
            let last = journal.append(pair.map(event).into()).await.expect("taken");
            if index < 2 {
                let _ = committed.wait_for(|position| *position >= last).await;
            }
            journal.passed("store", Position(4));
            journal.shown(Position(2));
        }
        journal.close().await.expect("closes");
        let on_disk = reread(&path).await;
        assert_eq!(on_disk.first().map(|s| s.position.0), Some(oldest));
    }
}

/// A full journal keeps what arrives in memory, says so, and goes on once its consumer has passed.
#[tokio::test]
async fn a_full_journal_waits_for_its_consumer() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = JournalOptions {
        limit_bytes: 64 << 10,
        ..JournalOptions::default()
    };
    let journal = Journal::open(&folder.path().join("journal.db"), options).expect("opens");
    journal.register("store", None);
    let mut state = journal.state();
    let mut last = Position(0);
    while !matches!(*state.borrow_and_update(), JournalState::Full { .. }) {
        let events = (0..1_000).map(event).collect();
        last = journal.append(events).await.expect("taken");
        let mut committed = journal.committed();
        tokio::select! {
            _ = committed.wait_for(|position| *position >= last) => {}
            _ = state.changed() => {}
        }
    }
    let waiting = journal.append(vec![event(7)]).await.expect("taken");
    let mut live = journal.tail_from(waiting, TailKind::Live);
    let seen = live.next().await.expect("reads").expect("open");
    assert_eq!(received(&seen), [(waiting.0, 7)]);
    assert!(*journal.committed().borrow() < waiting);

    journal.passed("store", last);
    let mut committed = journal.committed();
    let _ = committed.wait_for(|position| *position >= waiting).await;
    assert!(*committed.borrow() >= waiting);
    let _ = state.wait_for(|state| *state == JournalState::Ok).await;
    journal.close().await.expect("closes");
}

#[tokio::test]
async fn no_number_is_given_twice_after_the_end_was_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    let journal = open(&path);
    journal.append(vec![event(1)]).await.expect("taken");
    journal.close().await.expect("closes");
    let journal = open(&path);
    journal.register("store", Some(Position(10)));
    journal.register("alerts", None);
    let tail = journal.tail_from(Position(1), TailKind::Committed);
    journal.append(vec![event(11)]).await.expect("taken");
    journal.close().await.expect("closes");
    assert_eq!(received(&drain(tail).await), [(1, 1), (11, 11)]);
    assert_eq!(received(&reread(&path).await), [(1, 1), (11, 11)]);
}

#[tokio::test]
async fn a_journal_from_the_future_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    open(&path).close().await.expect("closes");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    let header = [[9_u8; 1].as_slice(), &[0; 20]].concat();
    let mut packer = zstd::Encoder::new(Vec::new(), 1).expect("packs");
    std::io::Write::write_all(&mut packer, &header).expect("packs");
    let data = packer.finish().expect("packs");
    connection
        .execute("INSERT INTO batches VALUES (1, 1, ?1)", [data])
        .expect("inserts");
    let refused = Journal::open(&path, JournalOptions::default());
    assert!(matches!(refused, Err(JournalError::Newer)));
}

/// Where and how a file is damaged.
#[derive(Clone, Debug)]
enum Harm {
    Truncate(prop::sample::Index),
    Overwrite(prop::sample::Index, Vec<u8>),
}

fn any_harm() -> impl Strategy<Value = Harm> {
    let bytes = prop::collection::vec(any::<u8>(), 1..64);
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Harm::Truncate),
        (any::<prop::sample::Index>(), bytes).prop_map(|(at, bytes)| Harm::Overwrite(at, bytes)),
    ]
}

fn harm(path: &Path, harm: &Harm) {
    let mut content = std::fs::read(path).expect("reads");
    if content.is_empty() {
        return;
    }
    match harm {
        Harm::Truncate(at) => content.truncate(at.index(content.len())),
        Harm::Overwrite(at, bytes) => {
            let at = at.index(content.len());
            let end = (at + bytes.len()).min(content.len());
            content[at..end].copy_from_slice(&bytes[..end - at]);
        }
    }
    std::fs::write(path, content).expect("writes");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_damaged_journal_replays_to_a_prefix_and_goes_on(
        batches in prop::collection::vec(prop::collection::vec(any_event(), 1..30), 1..6),
        damage in any_harm(),
        in_log in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let folder = tempfile::tempdir().expect("a folder");
            let (path, killed) = (folder.path().join("a.db"), folder.path().join("b.db"));
            let journal = open(&path);
            let mut written = Vec::new();
            for events in batches {
                written.extend(events.iter().cloned());
                let last = journal.append(events).await.expect("taken");
                let _ = journal.committed().wait_for(|position| *position >= last).await;
            }
            if in_log {
                copy_as_killed(&path, &killed);
                harm(&folder.path().join("b.db-wal"), &damage);
            } else {
                journal.close().await.expect("closes");
                copy_as_killed(&path, &killed);
                harm(&killed, &damage);
            }
            let journal = open(&killed);
            let last = journal.append(vec![event(99)]).await.expect("taken");
            journal.close().await.expect("closes");
            let mut found = reread(&killed).await;
            let added = found.pop().expect("the new event");
            assert_eq!(added.position, last);
            assert!(found.len() <= written.len());
            for (index, (found, written)) in found.iter().zip(&written).enumerate() {
                assert_eq!(found.position.0, index as u64 + 1);
                assert_eq!(&found.event, written);
            }
        });
    }
}

//! Whole runs over a real journal and a real store: nothing is lost, nothing doubled, and what was
//! missed between them is known.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{GapKind, InstrumentId, Mode, Position, Timeframe, UnixMs, UnixNs};

use super::backoff::Jitter;
use super::directory::Directory;
use super::intake::Intake;
use super::recorder::Recorder;
use super::sink::JournalTail;
use super::status::StatusBoard;
use super::supervisor::{Supervisor, VenueFeed};
use super::transport::memory::{MemoryConnector, MemoryVenue};
use crate::server::clock::Clock;
use crate::server::exchange;
use crate::server::journal::{Journal, JournalOptions, TailKind};
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::SqliteStore;
use crate::server::storage::{MarketStore, Newest, Span};

/// The recorder's name in the journal.
const CONSUMER: &str = "store";
/// 2026-11-23T12:00:00Z, in seconds.
const NOON: i64 = 1_795_435_200;

fn everything() -> Span {
    Span {
        start: UnixMs(0),
        end: UnixMs(i64::MAX),
        limit: 1_000,
        newest: Newest::No,
    }
}

/// A whole run of the server's collecting half over a folder, while a venue tells something.
async fn run(folder: &std::path::Path, connector: MemoryConnector, tell: impl Future<Output = ()>) {
    let clock = Clock::manual(UnixMs((NOON + 3_600) * 1_000).to_ns());
    let directory = DataDirectory::open(folder, Mode::Live, clock.now()).unwrap();
    let store = SqliteStore::open(&directory).unwrap();
    let journal = folder.join("journal.db");
    let journal = Journal::open(&journal, JournalOptions::default()).unwrap();
    let coinbase = exchange::find("coinbase").unwrap();
    let feed = coinbase
        .feeds()
        .iter()
        .find(|feed| feed.spec().name == "exchange");
    let feed = VenueFeed {
        exchange: coinbase,
        feed: *feed.unwrap(),
        ws_url: "ws://memory".to_owned(),
        always: ["coinbase:BTC-USD".parse().unwrap()].into(),
    };
    let shared: Arc<dyn MarketStore> = Arc::new(store.clone());
    let held = shared.position().await.unwrap();
    journal.register(CONSUMER, held);
    let next = Position(held.unwrap_or_default().0 + 1);
    let recorder = Recorder {
        events: Box::new(JournalTail {
            journal: journal.clone(),
            consumer: CONSUMER,
            tail: journal.tail_from(next, TailKind::Committed),
        }),
        store: shared.clone(),
        clock: None,
        jitter: Jitter::fixed(0.0),
        stop: CancellationToken::new(),
        progress: Arc::default(),
        mending: None,
    };
    let recorder = tokio::spawn(recorder.run());
    let (looked_at, stop) = (watch::Sender::default(), CancellationToken::new());
    let supervisor = Supervisor {
        venue: feed,
        connector,
        new_checker: Arc::new(|exchange, feed| Box::new(Intake::new(exchange.spec(), feed))),
        clock,
        sink: Arc::new(journal.clone()),
        store: shared,
        unwritten: Arc::default(),
        directory: Directory::default(),
        looked_at: looked_at.subscribe(),
        board: StatusBoard::default(),
        jitter: Jitter::fixed(0.0),
        stop: stop.clone(),
    };
    let supervisor = tokio::spawn(supervisor.run());
    tell.await;
    stop.cancel();
    supervisor.await.unwrap();
    journal.close().await.unwrap();
    recorder.await.unwrap();
    let held = store.position().await.unwrap();
    assert_eq!(held, Some(journal.appended()));
    store.close().await;
}

async fn trade(venue: &MemoryVenue, id: i64) {
    let time = UnixMs((NOON + id) * 1_000).to_rfc3339();
    venue
        .say(&format!(
            r#"{{"type":"match","trade_id":{id},"maker_order_id":"a","taker_order_id":"b",
            "side":"sell","size":"0.5","price":"64000.01","product_id":"BTC-USD",
            "sequence":{id},"time":"{time}"}}"#
        ))
        .await;
}

#[tokio::test]
async fn runs_keep_every_trade_once_and_know_what_was_missed_between_them() {
    let folder = tempfile::tempdir().unwrap();
    for ids in [1..=40_i64, 31..=60, 71..=80] {
        let connector = MemoryConnector::default();
        let mut venue = connector.accept();
        let teller = connector.clone();
        let tell = async move {
            assert!(venue.sent.recv().await.is_some(), "it subscribes");
            for id in ids {
                trade(&venue, id).await;
            }
            // It comes back only after it has taken everything.
            let mut next = teller.accept();
            drop(venue);
            assert!(next.sent.recv().await.is_some(), "it comes back");
        };
        run(folder.path(), connector, tell).await;
    }
    let directory = DataDirectory::open(folder.path(), Mode::Live, UnixNs(0)).unwrap();
    let store = SqliteStore::open(&directory).unwrap();
    let id: InstrumentId = "coinbase:BTC-USD".parse().unwrap();
    let trades = store.trades(&id, everything()).await.unwrap();
    let ids: Vec<u64> = trades.rows.iter().map(|trade| trade.id.0).collect();
    assert_eq!(ids, (1..=60).chain(71..=80).collect::<Vec<_>>());
    let hours = store
        .candles(&id, Timeframe::H1, everything())
        .await
        .unwrap();
    assert_eq!(hours.rows.len(), 1);
    assert_eq!(hours.rows[0].trades, Some(70));
    let gaps = store.gaps(Some(&id), everything()).await.unwrap();
    let from_noon = |time: UnixMs| time.0 / 1_000 - NOON;
    let missed: Vec<_> = gaps
        .iter()
        .filter(|gap| gap.kind == GapKind::Trades)
        .map(|gap| (from_noon(gap.start), gap.end.map(from_noon)))
        .collect();
    // Nothing was missed between the first two, which only who compares the ids can tell; whether
    // anything is after the last, nobody knows.
    // A second before what was heard last: trades are gathered before they are told.
    assert_eq!(missed, [(39, Some(41)), (59, Some(71)), (79, None)]);
}

//! A store that was killed while writing: it has trades whose bars, gaps and position it has not.
//! The journal gives them again, and they are to be in every bar of theirs, once.

use std::path::Path;

use tradesuite_core::model::{Mode, Origin};

use super::cut::{ALL, expected, held};
use super::*;
use crate::server::collector::testing::Fault;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::SqliteStore;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

/// Ten in the morning.
fn start() -> i64 {
    Timeframe::D1.floor(UnixMs(1_700_000_000_000)).0 + 10 * HOUR
}

fn at(number: u64, ms: i64) -> EventBody {
    EventBody::Trade(trade(number, start() + ms))
}

fn events(bodies: Vec<EventBody>) -> Arc<Vec<Sequenced>> {
    let bodies = bodies.into_iter().map(|body| event(&id("A-USD"), body));
    numbered(bodies.collect())
}

/// Trades of an hour and a day that have begun long before the tear, and of a minute that begins
/// in it. The first [`WRITTEN`] are written, those up to [`TORN`] torn, the last one is new.
fn hour() -> Arc<Vec<Sequenced>> {
    events(vec![
        at(0, -48 * HOUR),
        at(1, 0),
        at(2, 10_000),
        at(3, 20_000),
        at(4, 2 * MINUTE),
        at(5, 2 * MINUTE + 500),
        at(6, 2 * MINUTE + 900),
    ])
}

const WRITTEN: usize = 3;
const TORN: usize = 6;

async fn batch_of(events: &[Sequenced], store: &dyn MarketStore) -> StoreBatch {
    let mut ledger = Ledger::default();
    for event in events {
        ledger.take(event, store).await.unwrap();
    }
    ledger.batch(store).await.unwrap()
}

/// A recorder that goes on where the store is, to the end.
async fn restarted(events: &Arc<Vec<Sequenced>>, store: Arc<dyn MarketStore>) {
    let held = store.position().await.unwrap().unwrap_or_default();
    let log = MemoryLog {
        events: events.clone(),
        next: usize::try_from(held.0).unwrap(),
        at_once: 2,
        passed: Arc::default(),
    };
    recorder(log, store).run().await;
}

/// Every bar has every trade once, and those of today are wholly our own.
async fn check(events: &[Sequenced], store: &dyn MarketStore) {
    assert_eq!(held(store).await, expected(events));
    for timeframe in Timeframe::STORED {
        let bars = store.candles(&id("A-USD"), timeframe, ALL).await.unwrap();
        let today = bars
            .rows
            .iter()
            .filter(|bar| bar.time.0 >= start() - 10 * HOUR);
        for bar in today {
            assert_eq!(bar.origin, Origin::Trades, "{timeframe} {bar:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bars_get_the_trades_of_a_torn_write() {
    let (events, store) = (hour(), Arc::new(MemoryStore::default()));
    let written = batch_of(&events[..WRITTEN], store.as_ref()).await;
    store.write(written).await.unwrap();
    let torn = batch_of(&events[WRITTEN..TORN], store.as_ref()).await;
    store.faults.lock().unwrap().push_back(Some(Fault::Tear));
    store.write(torn).await.unwrap_err();
    assert_eq!(store.held.lock().unwrap().trades.len(), TORN);
    restarted(&events, store.clone()).await;
    check(&events, store.as_ref()).await;
}

fn open(folder: &Path) -> Arc<SqliteStore> {
    let directory = DataDirectory::open(folder, Mode::Live, UnixNs(0)).unwrap();
    Arc::new(SqliteStore::open(&directory).unwrap())
}

#[tokio::test]
async fn files_that_were_torn_are_put_right() {
    let events = hour();
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let written = batch_of(&events[..WRITTEN], store.as_ref()).await;
    store.write(written).await.unwrap();
    let torn = batch_of(&events[WRITTEN..TORN], store.as_ref()).await;
    store.tear(torn).await.unwrap();
    store.close().await;
    drop(store);

    let store = open(folder.path());
    let trades = store.trades(&id("A-USD"), ALL).await.unwrap().rows;
    let position = store.position().await.unwrap();
    assert_eq!(
        (trades.len(), position),
        (TORN, Some(Position(WRITTEN as u64)))
    );
    restarted(&events, store.clone()).await;
    check(&events, store.as_ref()).await;
    store.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_torn_trade_ends_a_gap() {
    let store = Arc::new(MemoryStore::default());
    let events = events(vec![
        at(0, -48 * HOUR),
        at(1, 0),
        gap(start() + 1, None, false),
        at(4, 5 * MINUTE),
        at(5, 6 * MINUTE),
    ]);
    let written = batch_of(&events[..2], store.as_ref()).await;
    store.write(written).await.unwrap();
    let torn = batch_of(&events[2..4], store.as_ref()).await;
    store.faults.lock().unwrap().push_back(Some(Fault::Tear));
    store.write(torn).await.unwrap_err();
    restarted(&events, store.clone()).await;
    assert_eq!(held(store.as_ref()).await, expected(&events));
    let hour = bar(&store, Timeframe::H1, start());
    assert_eq!((hour.origin, hour.trades), (Origin::Both, Some(3)));
}

#[tokio::test(start_paused = true)]
async fn nobody_knows_what_was_before_a_first_write_that_was_torn() {
    let store = MemoryStore::default();
    let events = events(vec![at(7, 0), at(8, 5_000)]);
    let torn = batch_of(&events, &store).await;
    store.faults.lock().unwrap().push_back(Some(Fault::Tear));
    store.write(torn).await.unwrap_err();
    let mut ledger = Ledger::replaying(Position(2));
    for event in events.iter() {
        ledger.take(event, &store).await.unwrap();
    }
    let beginning = Lack {
        beginning: true,
        between: None,
    };
    assert_eq!(ledger.take_lacks(), [(id("A-USD"), beginning)]);
    let batch = ledger.batch(&store).await.unwrap();
    store.write(batch).await.unwrap();
    assert_eq!(held(&store).await, expected(&events));
    assert_eq!(bar(&store, Timeframe::D1, start()).origin, Origin::Both);
}

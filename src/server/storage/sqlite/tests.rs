//! The embedded store: what every store does, and what its files survive.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{BookLevel, Decimal, Mode, Origin, Price, Quantity, Side, TradeId};

use super::*;
use crate::server::storage::conformance::{self, MIDNIGHT, all, bar, delta, instrument, precision};
use crate::server::storage::{BookChange, BookRecord, CandleRecord, TradeRecord};

const SYMBOL: &str = "BTC-USD";

fn open(folder: &Path) -> SqliteStore {
    let directory = DataDirectory::open(folder, Mode::Live, UnixNs(0)).expect("opens");
    SqliteStore::open(&directory).expect("opens")
}

#[tokio::test]
async fn conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    conformance::check_all(&store).await;
    assert!(store.bytes().await.expect("counts") > 0);
    store.close().await;
    let refused = store.write(StoreBatch::default()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_newer_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = DataDirectory::open(folder.path(), Mode::Live, UnixNs(0)).expect("opens");
    let file = rusqlite::Connection::open(folder.path().join(CANDLES_FILE)).expect("opens");
    file.pragma_update(None, "user_version", 99).expect("sets");
    let refused = SqliteStore::open(&directory);
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn an_hour_of_a_busy_book_stays_small() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    // 100 changes a second around 64,000, times and quantities as fine as a venue's.
    let mut seed = 1_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((seed >> 33) % below) as i64
    };
    let mut position = 0;
    for second in 0..360 {
        let mut book = Vec::new();
        for tick in 0..100 {
            position += 1;
            let side = [(6_400_000 + random(4_000), random(2) * random(200_000_000))];
            let mut change = delta(second * 1_000 + tick * 10, &side, &[]);
            change.time.0 += random(1_000) * 1_000;
            book.push(BookRecord {
                instrument: instrument(SYMBOL),
                precision: precision(2, 8),
                position: Some(Position(position)),
                received: UnixNs(change.time.0 + 40_000_000 + random(5_000_000)),
                change: match position {
                    1 => BookChange::Snapshot(change),
                    _ => BookChange::Update(change),
                },
            });
        }
        store
            .write(StoreBatch {
                book,
                ..StoreBatch::default()
            })
            .await
            .expect("writes");
    }
    store.close().await;
    // A tenth of an hour: at most a tenth of 6 MB.
    let today = day::Day::of(UnixMs(MIDNIGHT).to_ns());
    let bytes = space::size_with_log(&today.file(&folder.path().join(BOOK_FOLDER)));
    assert!(bytes < 600_000, "{bytes}");
}

/// One step of a random life of a store.
#[derive(Clone, Debug)]
struct Step {
    batch: StoreBatch,
    /// Killed after this batch: which of the files had not got it yet.
    killed: Option<bool>,
}

fn any_trade() -> impl Strategy<Value = TradeRecord> {
    (0..200_u64, 0..3_u8, 1..1_000_i64, any::<bool>()).prop_map(|(id, decimals, size, buy)| {
        // Three days, several trades in one instant; the venue's time goes with its id.
        let time = UnixNs((MIDNIGHT - 86_400_000 + id as i64 / 3 * 3_600_000) * 1_000_000);
        TradeRecord {
            instrument: instrument(SYMBOL),
            precision: precision(decimals, 1),
            trade: Trade {
                id: TradeId(id),
                time,
                received: time,
                price: Price(100),
                quantity: Quantity(size),
                side: if buy { Side::Buy } else { Side::Sell },
            },
        }
    })
}

fn any_bar() -> impl Strategy<Value = CandleRecord> {
    // A venue's bars do not come from the journal: they are never written again.
    let origin = prop::sample::select(vec![Origin::Trades, Origin::Both]);
    let trades = prop::option::of(0..4_u64);
    (
        0..6_i64,
        origin,
        0..1_000_i64,
        any::<bool>(),
        0..2_u32,
        trades,
    )
        .prop_map(|(minutes, origin, close, closed, revision, trades)| {
            let mut record = bar(SYMBOL, minutes, origin, close);
            record.candle.closed = closed;
            record.candle.revision = revision;
            record.candle.trades = trades;
            record
        })
}

type AnyChange = (u8, i64, Vec<(i64, i64)>, Vec<(i64, i64)>);

fn any_change() -> impl Strategy<Value = AnyChange> {
    let side = |low: i64| prop::collection::vec((low..low + 20, 0..5_i64), 0..4);
    (0..12_u8, 0..40_i64, side(0), side(20))
}

/// Book records in order of position and time.
fn book_records(changes: &[AnyChange], position: &mut u64, time: &mut i64) -> Vec<BookRecord> {
    let mut records = Vec::new();
    for (kind, minutes, bids, asks) in changes {
        *position += 1;
        *time += minutes * 60_000;
        let delta = delta(*time, bids, asks);
        records.push(BookRecord {
            instrument: instrument(SYMBOL),
            precision: precision(kind % 3, 2),
            position: Some(Position(*position)),
            received: delta.time,
            change: match kind {
                0 | 1 => BookChange::Snapshot(delta),
                2 => BookChange::Stale,
                _ => BookChange::Update(delta),
            },
        });
    }
    records
}

fn any_life() -> impl Strategy<Value = Vec<Step>> {
    let batch = (
        prop::collection::vec(any_trade(), 0..20),
        prop::collection::vec(any_bar(), 0..8),
        prop::collection::vec(any_change(), 0..12),
        prop::option::weighted(0.3, any::<bool>()),
    );
    prop::collection::vec(batch, 1..10).prop_map(|batches| {
        let (mut position, mut time) = (0, 0);
        let step = |(trades, candles, changes, killed): (_, _, Vec<AnyChange>, _)| {
            let book = book_records(&changes, &mut position, &mut time);
            let batch = StoreBatch {
                position: Some(Position(position)),
                trades,
                candles,
                book,
                ..StoreBatch::default()
            };
            Step { batch, killed }
        };
        batches.into_iter().map(step).collect()
    })
}

/// What the store has to hold, in memory.
#[derive(Default)]
struct Reference {
    trades: BTreeMap<(UnixNs, u64), TradeRecord>,
    bars: BTreeMap<UnixMs, CandleRecord>,
    book: Vec<BookRecord>,
}

impl Reference {
    fn write(&mut self, batch: &StoreBatch) {
        for record in &batch.trades {
            let key = (record.trade.time, record.trade.id.0);
            self.trades.entry(key).or_insert_with(|| record.clone());
        }
        for record in &batch.candles {
            let held = self.bars.get(&record.candle.time);
            if held.is_none_or(|held| replaces(&record.candle, &held.candle)) {
                self.bars.insert(record.candle.time, record.clone());
            }
        }
        self.book.extend(batch.book.iter().cloned());
    }

    fn book_at(&self, at: UnixNs) -> Option<OrderBook> {
        let mut book: Option<OrderBook> = None;
        for record in self.book.iter().filter(|r| r.received <= at) {
            if matches!(record.change, BookChange::Snapshot(_)) {
                book.get_or_insert_default();
            }
            if let Some(book) = &mut book {
                history::advance(book, record.precision, &record.change);
            }
        }
        book
    }
}

fn replaces(new: &Candle, held: &Candle) -> bool {
    let held_trades = match new.trades {
        Some(_) if new.origin == held.origin => held.trades.unwrap_or(0),
        _ => 0,
    };
    (new.revision, new.closed, new.trades.unwrap_or(0)) >= (held.revision, held.closed, held_trades)
}

/// Copies what a killed process leaves behind.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("makes");
    for entry in std::fs::read_dir(from).expect("lists").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if !entry.path().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), target).expect("copies");
        }
    }
}

/// Plays a life; after each kill everything since the store's position is written again, cut into
/// other batches than before, as the journal does it.
async fn live(folder: &Path, life: &[Step]) -> SqliteStore {
    let mut generation = 0;
    let mut store = open(&folder.join("0"));
    for (index, step) in life.iter().enumerate() {
        let here = folder.join(generation.to_string());
        let there = folder.join((generation + 1).to_string());
        if step.killed.is_some() {
            copy_folder(&here, &there);
        }
        store.write(step.batch.clone()).await.expect("writes");
        let Some(between_commits) = step.killed else {
            continue;
        };
        // Killed either between the commits (`candles.db` is still the old one) or after them.
        for part in [TRADES_FOLDER, BOOK_FOLDER] {
            copy_folder(&here.join(part), &there.join(part));
        }
        if !between_commits {
            for suffix in ["", "-wal"] {
                let name = format!("{CANDLES_FILE}{suffix}");
                let _ = std::fs::copy(here.join(&name), there.join(&name));
            }
        }
        generation += 1;
        store = open(&there);
        let held = store.position().await.expect("reads");
        let missing = life[..=index].iter().map(|step| &step.batch);
        let mut again = StoreBatch::default();
        for batch in missing.filter(|batch| held.is_none() || batch.position >= held) {
            again.position = batch.position;
            again.trades.extend(batch.trades.iter().cloned());
            again.candles.extend(batch.candles.iter().cloned());
            again.book.extend(batch.book.iter().cloned());
        }
        store.write(again).await.expect("writes");
    }
    store
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn holds_what_the_reference_holds_whatever_is_killed_when(
        life in any_life(),
        moments in prop::collection::vec(0..4_000_i64, 6),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let folder = tempfile::tempdir().expect("a folder");
            let store = live(folder.path(), &life).await;
            let mut reference = Reference::default();
            for step in &life {
                reference.write(&step.batch);
            }
            check_rows(&store, &reference).await;
            for minutes in moments {
                let at = UnixMs(MIDNIGHT + minutes * 60_000);
                let found = store.book_at(&instrument(SYMBOL), at, 100).await.expect("reads");
                let expected = reference.book_at(at.to_ns());
                assert_eq!(found.is_some(), expected.is_some());
                if let (Some((found, view)), Some(expected)) = (found, expected) {
                    // A stale book keeps nothing that is promised but its being stale.
                    assert_eq!(view.stale, expected.is_stale());
                    let known = expected.precision();
                    let expected = expected.view(100);
                    assert_eq!(values(&view.bids, found), values(&expected.bids, known));
                    assert_eq!(values(&view.asks, found), values(&expected.asks, known));
                }
            }
            store.close().await;
        });
    }
}

/// Levels as numbers, whatever their decimals.
fn values(levels: &[BookLevel], precision: Precision) -> Vec<(Decimal, Decimal)> {
    let value = |level: &BookLevel| {
        let price = level.price.to_decimal(precision.price);
        let quantity = level.quantity.to_decimal(precision.quantity);
        (price.normalized(), quantity.normalized())
    };
    levels.iter().map(value).collect()
}

async fn check_rows(store: &SqliteStore, reference: &Reference) {
    let id = instrument(SYMBOL);
    let trades = store.trades(&id, all()).await.expect("reads");
    let expected: Vec<Trade> = reference
        .trades
        .values()
        .map(|record| {
            let trade = record.trade;
            let price = trade
                .price
                .rescaled(record.precision.price, trades.precision.price);
            Trade {
                price: price.expect("fits"),
                ..trade
            }
        })
        .collect();
    assert_eq!(trades.rows, expected);
    let bars = store
        .candles(&id, Timeframe::M1, all())
        .await
        .expect("reads");
    let expected: Vec<Candle> = reference
        .bars
        .values()
        .map(|record| record.candle)
        .collect();
    assert_eq!(bars.rows, expected);
}

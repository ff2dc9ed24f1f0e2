//! What the embedded store and the journal take and give: `cargo bench --features ssr --bench
//! store`. Each line is one figure; the goals stand beside them.
#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that fails has nothing to say"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;
use tradesuite::server::clock::Stopwatch;
use tradesuite::server::journal::{Journal, JournalOptions};
use tradesuite::server::storage::directory::DataDirectory;
use tradesuite::server::storage::sqlite::SqliteStore;
use tradesuite::server::storage::{
    BookChange, BookRecord, CandleRecord, MarketStore, Newest, Span, StoreBatch, TradeRecord,
};
use tradesuite_core::model::{
    BookDelta, BookLevel, Candle, Decimal, EventBody, InstrumentId, MarketEvent, Mode, Notional,
    Origin, Position, Precision, Price, Quantity, Side, Timeframe, Trade, TradeId, UnixMs, UnixNs,
    Volume,
};

/// 2026-11-23T00:00:00Z.
const MIDNIGHT: i64 = 1_795_392_000_000;
const MINUTES_OF_A_YEAR: i64 = 525_600;
const PRECISION: Precision = Precision {
    price: 2,
    quantity: 8,
};

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let directory = DataDirectory::open(folder.path(), Mode::Replay, UnixNs(0)).unwrap();
        let store = SqliteStore::open(&directory).unwrap();
        candles(&store).await;
        trades(&store).await;
        sealed(&store).await;
        book(&store).await;
        store.close().await;
        journal(&folder.path().join("journal.db")).await;
    });
}

fn instrument() -> InstrumentId {
    InstrumentId::new("coinbase", "BTC-USD").unwrap()
}

/// A small generator, the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit) as i64
    }
}

fn rate(count: i64, elapsed: Duration) -> i64 {
    (count as f64 / elapsed.as_secs_f64()) as i64
}

async fn candles(store: &SqliteStore) {
    let record = |minute: i64| CandleRecord {
        instrument: instrument(),
        timeframe: Timeframe::M1,
        precision: PRECISION,
        candle: Candle {
            time: UnixMs(MIDNIGHT - minute * 60_000),
            open: Price(6_421_355 + minute % 999),
            high: Price(6_431_355),
            low: Price(6_411_355),
            close: Price(6_421_355 + minute % 777),
            volume: Volume(1_234_567_890),
            buy_volume: Some(Volume(600_000_000)),
            quote_volume: Some(Notional(7_927_597_407_100_950)),
            trades: Some(700),
            closed: true,
            revision: 0,
            origin: Origin::Trades,
        },
    };
    let watch = Stopwatch::start();
    for start in (0..MINUTES_OF_A_YEAR).step_by(10_000) {
        let batch = StoreBatch {
            candles: (start..(start + 10_000).min(MINUTES_OF_A_YEAR))
                .map(record)
                .collect(),
            ..StoreBatch::default()
        };
        store.write(batch).await.unwrap();
    }
    let written = rate(MINUTES_OF_A_YEAR, watch.elapsed());
    println!("candles written: {written} a second");

    let mut random = Random(1);
    let mut times = Vec::new();
    for _ in 0..1_000 {
        let end = MIDNIGHT - random.below(MINUTES_OF_A_YEAR as u64 - 1_500) * 60_000;
        let span = Span {
            start: UnixMs(0),
            end: UnixMs(end),
            limit: 1_500,
            newest: Newest::Yes,
        };
        let watch = Stopwatch::start();
        let rows = store.candles(&instrument(), Timeframe::M1, span).await;
        times.push(watch.elapsed());
        assert_eq!(rows.unwrap().rows.len(), 1_500);
    }
    times.sort_unstable();
    let (median, p99) = (times[500], times[990]);
    println!("1,500 bars out of a year: median {median:?}, p99 {p99:?} (goal 5 ms)");
}

async fn trades(store: &SqliteStore) {
    const TRADES: i64 = 1_000_000;
    let record = |id: i64| {
        let time = UnixNs(MIDNIGHT * 1_000_000 + id * 70_123_000);
        TradeRecord {
            instrument: instrument(),
            precision: PRECISION,
            trade: Trade {
                id: TradeId(900_000_000 + id as u64),
                time,
                received: UnixNs(time.0 + 40_123_456),
                price: Price(6_421_355 + id % 99),
                quantity: Quantity(1_234_567 + id),
                side: Side::Buy,
            },
        }
    };
    let batches: Vec<StoreBatch> = (0..TRADES / 10_000)
        .map(|batch| StoreBatch {
            trades: (batch * 10_000..(batch + 1) * 10_000).map(record).collect(),
            ..StoreBatch::default()
        })
        .collect();
    let watch = Stopwatch::start();
    for batch in batches {
        store.write(batch).await.unwrap();
    }
    let written = rate(TRADES, watch.elapsed());
    println!("trades written: {written} a second (goal 150,000)");
}

/// Bytes that trades take.
async fn bytes_of_trades(store: &SqliteStore) -> u64 {
    let kinds = store.usage(UnixMs(MIDNIGHT)).await.unwrap();
    let trades = kinds.iter().find(|kind| kind.kind == "trades");
    trades.unwrap().bytes
}

/// The day of trades above once it is over, and the trades of a recording, every field kept.
async fn sealed(store: &SqliteStore) {
    let over = UnixMs(MIDNIGHT + 2 * 86_400_000);
    let before = bytes_of_trades(store).await;
    let watch = Stopwatch::start();
    store.seal_days(over).await.unwrap();
    let (took, after) = (watch.elapsed(), bytes_of_trades(store).await);
    println!(
        "a day of 1,000,000 trades sealed in {took:?}: {} kB became {} kB",
        before / 1_000,
        after / 1_000
    );
    let mut random = Random(3);
    let mut times = Vec::new();
    for _ in 0..200 {
        let end = UnixMs(MIDNIGHT + 1_000_000 + random.below(69_000_000));
        let span = Span {
            start: UnixMs(0),
            end,
            limit: 500,
            newest: Newest::Yes,
        };
        let watch = Stopwatch::start();
        let rows = store.trades(&instrument(), span).await.unwrap().rows;
        times.push(watch.elapsed());
        assert_eq!(rows.len(), 500);
    }
    times.sort_unstable();
    let (median, p99) = (times[100], times[198]);
    println!("500 trades out of a sealed day: median {median:?}, p99 {p99:?} (goal 5 ms)");

    let Some(recorded) = recorded_trades() else {
        return;
    };
    let count = recorded.len() as u64;
    let batch = StoreBatch {
        trades: recorded,
        ..StoreBatch::default()
    };
    store.write(batch).await.unwrap();
    store.seal_days(over).await.unwrap();
    let bytes = bytes_of_trades(store).await - after;
    println!(
        "{count} recorded trades sealed: {:.1} bytes a trade, two whole day files with their open logs (goal 15)",
        bytes as f64 / count as f64
    );
}

/// Trades of BTCUSDT on Binance, 651 seconds, with the nanoseconds at which they were received.
fn recorded_trades() -> Option<Vec<TradeRecord>> {
    let recording = "binance/ws-btcusdt-2024-08-08.jsonl.gz";
    let path = tradesuite_recordings::find("bytes a recorded trade", recording)?;
    let file = File::open(path).unwrap();
    let precision = Precision {
        price: 2,
        quantity: 5,
    };
    let mut records = Vec::new();
    for line in BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines() {
        let line = line.unwrap();
        if !line.contains("@trade") {
            continue;
        }
        let frame: BTreeMap<&str, &RawValue> = serde_json::from_str(&line).unwrap();
        let message: String = serde_json::from_str(frame["msg"].get()).unwrap();
        let trade = serde_json::from_str::<Value>(&message).unwrap()["data"].take();
        let decimal = |name: &str| Decimal::parse(trade[name].as_str().unwrap()).unwrap();
        let received = Decimal::parse(frame["t"].get()).unwrap();
        records.push(TradeRecord {
            instrument: "binance:BTC-USDT".parse().unwrap(),
            precision,
            trade: Trade {
                id: TradeId(trade["t"].as_u64().unwrap()),
                time: UnixMs(trade["T"].as_i64().unwrap()).to_ns(),
                received: UnixNs(received.mantissa_at(9).unwrap()),
                price: Price::from_decimal(decimal("p"), precision.price).unwrap(),
                quantity: Quantity::from_decimal(decimal("q"), precision.quantity).unwrap(),
                side: match trade["m"].as_bool() {
                    Some(true) => Side::Sell,
                    _ => Side::Buy,
                },
            },
        });
    }
    Some(records)
}

/// An hour of 100 changes a second, in batches of a quarter of a second.
async fn book(store: &SqliteStore) {
    let before = store.bytes().await.unwrap();
    let mut random = Random(2);
    let mut position = 0;
    let watch = Stopwatch::start();
    for quarter in 0..14_400 {
        let mut book = Vec::new();
        for tick in 0..25 {
            position += 1;
            let time = UnixNs(
                (MIDNIGHT + quarter * 250 + tick * 10) * 1_000_000 + random.below(1_000) * 1_000,
            );
            let level = BookLevel {
                price: Price(6_400_000 + random.below(4_000)),
                quantity: Quantity(random.below(2) * random.below(200_000_000)),
            };
            let delta = BookDelta {
                time,
                bids: vec![level],
                asks: Vec::new(),
            };
            book.push(BookRecord {
                instrument: instrument(),
                precision: PRECISION,
                position: Some(Position(position)),
                received: UnixNs(time.0 + 40_000_000 + random.below(5_000_000)),
                change: match position {
                    1 => BookChange::Snapshot(delta),
                    _ => BookChange::Update(delta),
                },
            });
        }
        let batch = StoreBatch {
            book,
            ..StoreBatch::default()
        };
        store.write(batch).await.unwrap();
    }
    let elapsed = watch.elapsed();
    let bytes = (store.bytes().await.unwrap() - before) / 1_000;
    println!("an hour of book: {bytes} kB with its open log (goal 6,000), written in {elapsed:?}");
    let watch = Stopwatch::start();
    let end = UnixMs(MIDNIGHT + 3_599_000);
    store.book_at(&instrument(), end, 50).await.unwrap();
    println!("book at the end of that hour: {:?}", watch.elapsed());
}

async fn journal(path: &std::path::Path) {
    const EVENTS: i64 = 1_000_000;
    let event = |number: i64| MarketEvent {
        instrument: instrument(),
        precision: PRECISION,
        received: UnixNs(MIDNIGHT * 1_000_000 + number),
        body: EventBody::BookUpdate(BookDelta {
            time: UnixNs(MIDNIGHT * 1_000_000 + number * 1_000),
            bids: vec![BookLevel {
                price: Price(6_421_355 + number % 1_000),
                quantity: Quantity(number * 77 % 100_000_000),
            }],
            asks: Vec::new(),
        }),
    };
    let journal = Journal::open(path, JournalOptions::default()).unwrap();
    let watch = Stopwatch::start();
    for start in (0..EVENTS).step_by(50) {
        let events = (start..start + 50).map(event).collect();
        journal.append(events).await.unwrap();
    }
    journal.close().await.unwrap();
    let taken = rate(EVENTS, watch.elapsed());
    println!("journal events committed: {taken} a second (goal 100,000)");
}

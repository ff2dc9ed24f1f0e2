//! Makes a data directory with 1,000,000 one-minute bars of BTC-USD up to now, as if the server had
//! kept them: `cargo run --release --features ssr --example fill -- FOLDER`. The benchmark of the
//! page starts a server on it.

use std::path::Path;

use anyhow::Context as _;
use tradesuite::server::clock::Clock;
use tradesuite::server::storage::directory::DataDirectory;
use tradesuite::server::storage::sqlite::SqliteStore;
use tradesuite::server::storage::{CandleRecord, MarketStore as _, StoreBatch};
use tradesuite_core::model::{
    Candle, InstrumentId, Mode, Origin, Precision, Price, Timeframe, UnixMs, Volume,
};

const BARS: i64 = 1_000_000;
const BATCH: i64 = 20_000;
const MINUTE_MS: i64 = 60_000;
const INSTRUMENT: &str = "coinbase:BTC-USD";
const PRECISION: Precision = Precision {
    price: 2,
    quantity: 8,
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .context("a folder has to be named")?;
    let now = Clock::system().now();
    let directory = DataDirectory::open(Path::new(&folder), Mode::Demo, now)?;
    let store = SqliteStore::open(&directory)?;
    let instrument: InstrumentId = INSTRUMENT.parse()?;
    let end = now.to_ms().0.div_euclid(MINUTE_MS);
    for batch in 0..BARS / BATCH {
        let first = end - BARS + batch * BATCH;
        let candles = (first..first + BATCH).map(|minute| CandleRecord {
            instrument: instrument.clone(),
            timeframe: Timeframe::M1,
            precision: PRECISION,
            candle: bar(minute),
        });
        store
            .write(StoreBatch {
                candles: candles.collect(),
                ..StoreBatch::default()
            })
            .await?;
    }
    store.close().await;
    Ok(())
}

/// Waves of three lengths: every screen has something to draw.
fn bar(minute: i64) -> Candle {
    let at = |minute: i64| {
        let wave = |length: f64, height: f64| (minute as f64 / length).sin() * height;
        let price = 64_000.0 + wave(40_000.0, 9_000.0) + wave(700.0, 600.0) + wave(9.0, 45.0);
        (price * 100.0) as i64
    };
    let (open, close) = (at(minute), at(minute + 1));
    Candle {
        time: UnixMs(minute * MINUTE_MS),
        open: Price(open),
        high: Price(open.max(close) + 700),
        low: Price(open.min(close) - 900),
        close: Price(close),
        volume: Volume(i128::from(
            100_000_000 + (minute * 7_919).rem_euclid(900_000_000),
        )),
        buy_volume: None,
        quote_volume: None,
        trades: None,
        closed: true,
        revision: 0,
        origin: Origin::Venue,
    }
}

//! Trades into all stored timeframes, a year of minutes into days, and the live folded bar.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tradesuite_core::market::{CandleBuilder, DEFAULT_GRACE_MS, fold};
use tradesuite_core::model::{
    Candle, Precision, Price, Quantity, Side, Timeframe, Trade, TradeId, UnixMs,
};

const START_MS: i64 = 1_790_000_000_000;

/// Trades 37 ms apart.
fn trades(count: i64) -> Vec<Trade> {
    let trade = |id: i64| Trade {
        id: TradeId(id as u64),
        time: UnixMs(START_MS + id * 37).to_ns(),
        received: UnixMs(START_MS + id * 37).to_ns(),
        price: Price(6_421_355 + id * 7_919 % 101),
        quantity: Quantity(1 + id * 104_729 % 997),
        side: if id % 2 == 0 { Side::Buy } else { Side::Sell },
    };
    (0..count).map(trade).collect()
}

fn minutes(count: i64) -> Vec<Candle> {
    let minute = |(index, trade): (usize, Trade)| Candle {
        closed: true,
        ..Candle::from_trade(
            UnixMs(START_MS / 60_000 * 60_000 + index as i64 * 60_000),
            &trade,
        )
    };
    trades(count).into_iter().enumerate().map(minute).collect()
}

fn build(criterion: &mut Criterion) {
    let trades = trades(10_000);
    let precision = Precision::default();
    let mut group = criterion.benchmark_group("candles");
    group.throughput(Throughput::Elements(trades.len() as u64));
    group.bench_function("trades into 1s 1m 1h 1d", |bencher| {
        let mut events = Vec::new();
        bencher.iter(|| {
            let mut builder = CandleBuilder::new(precision, DEFAULT_GRACE_MS);
            for trade in &trades {
                events.clear();
                builder
                    .on_trade(black_box(trade), precision, &mut events)
                    .expect("fits");
            }
            builder
        });
    });
    group.finish();
}

fn folds(criterion: &mut Criterion) {
    let year = minutes(365 * 1_440);
    let mut group = criterion.benchmark_group("fold");
    group.throughput(Throughput::Elements(year.len() as u64));
    for target in [Timeframe::M5, Timeframe::H1, Timeframe::Month1] {
        group.bench_function(format!("a year of 1m into {target}"), |bencher| {
            bencher.iter(|| fold(black_box(&year), Timeframe::M1, target, UnixMs(i64::MIN)));
        });
    }
    group.finish();
}

criterion_group!(benches, build, folds);
criterion_main!(benches);

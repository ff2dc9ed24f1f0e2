//! Indicators over 100,000 bars, and one revision of the live bar at the end of them.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tradesuite_core::indicator::{INDICATORS, IndicatorSeries, Ohlcv, Params, indicator};
use tradesuite_core::model::UnixMs;

const BARS: i64 = 100_000;

fn bar(number: i64) -> Ohlcv {
    let wave = |period: f64| (number as f64 / period).sin() * 400.0;
    let (open, close) = (64_000.0 + wave(90.0), 64_000.0 + wave(89.0));
    let volume = 100.0 + wave(7.0).abs();
    Ohlcv {
        time: UnixMs(1_790_000_000_000 + number * 60_000),
        open,
        high: open.max(close) + 7.0,
        low: open.min(close) - 9.0,
        close,
        volume,
        buy_volume: Some(volume / 3.0),
        quote_volume: Some(volume * open),
    }
}

fn batch(criterion: &mut Criterion) {
    let bars: Vec<_> = (0..BARS).map(bar).collect();
    let mut group = criterion.benchmark_group("indicator over 100,000 bars");
    group.throughput(Throughput::Elements(BARS as u64));
    for spec in INDICATORS {
        let params = Params::defaults(spec);
        group.bench_function(BenchmarkId::from_parameter(spec.id), |bencher| {
            bencher.iter(|| IndicatorSeries::new(params.clone(), 0, bars.iter().copied()));
        });
    }
    group.finish();
}

fn revise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("live bar revised");
    for id in ["bollinger", "macd", "vwap_session"] {
        let spec = indicator(id).expect("an indicator");
        let bars = (0..BARS).map(bar);
        let mut series = IndicatorSeries::new(Params::defaults(spec), 0, bars);
        group.bench_function(id, |bencher| {
            bencher.iter(|| series.revise_last(black_box(bar(BARS - 1))));
        });
    }
    group.finish();
}

criterion_group!(benches, batch, revise);
criterion_main!(benches);

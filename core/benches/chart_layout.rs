//! One frame of a chart that is dragged: viewport, scales, labels and rectangles, without the
//! canvas, with 200, 2,000 and 10,000 bars in view of 1280 CSS pixels.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tradesuite_core::chart::{Bar, ChartSize, ChartView};
use tradesuite_core::model::{Precision, Price, Timeframe, UnixMs, Volume};

fn bar(number: i64) -> Bar {
    let wave = |period: f64| ((number as f64 / period).sin() * 40_000.0) as i64;
    let (open, close) = (6_400_000 + wave(90.0), 6_400_000 + wave(89.0));
    Bar {
        time: UnixMs(number * 60_000),
        open: Price(open),
        high: Price(open.max(close) + 700),
        low: Price(open.min(close) - 900),
        close: Price(close),
        volume: Volume(1_000_000 + i128::from(wave(7.0).abs())),
        buy_volume: None,
        quote_volume: None,
        closed: true,
    }
}

fn dragged_frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chart_layout");
    for in_view in [200, 2_000, 10_000] {
        let size = ChartSize {
            width: 1_280.0,
            height: 720.0,
            ratio: 1.0,
        };
        let precision = Precision {
            price: 2,
            quantity: 8,
        };
        let mut view = ChartView::new(Timeframe::M1, precision, size);
        view.merge((0..30_000).map(bar));
        view.axis_mut()
            .show(20_000.0 - f64::from(in_view), 20_000.0);
        let mut px = 3.0;
        group.bench_function(BenchmarkId::from_parameter(in_view), |bencher| {
            bencher.iter(|| {
                px = -px;
                view.axis_mut().pan_by(px);
                view.lay_out(&|_| 0)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, dragged_frame);
criterion_main!(benches);

//! Recorded frames of the venues: decoding alone, and the whole way from text to checked events and
//! books, checksums included. `cargo bench --features ssr --bench decode`.
//!
//! Reads `../shared/market-data`, or the folder that `TRADESUITE_MARKET_DATA` names.

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tradesuite::server::collector::intake::Intake;
use tradesuite::server::exchange::{Decoded, Exchange, Feed, find_by_url};
use tradesuite::server::replay::capture::{Capture, Channel};
use tradesuite_core::model::UnixNs;

/// Name of the measurements, recording, address it was recorded at.
const RECORDINGS: [(&str, &str, &str); 2] = [
    (
        "coinbase exchange feed",
        "coinbase/exchange-feed-2021-04-17.jsonl.gz",
        "wss://ws-feed.pro.coinbase.com",
    ),
    (
        "kraken v2",
        "kraken/ws-v2-book25-btcusd-2026-08-02.jsonl",
        "wss://ws.kraken.com/v2",
    ),
];

fn frames(path: &Path) -> Vec<(UnixNs, String)> {
    Capture::open(path)
        .expect("the recording opens")
        .map(|frame| frame.expect("the recording is whole"))
        .filter(|frame| frame.channel == Channel::Ws)
        .map(|frame| (frame.received.unwrap_or_default(), frame.text))
        .collect()
}

fn decode(criterion: &mut Criterion) {
    for (name, recording, url) in RECORDINGS {
        measure(criterion, name, recording, url);
    }
}

fn measure(criterion: &mut Criterion, name: &str, recording: &str, url: &str) {
    let Some(path) = tradesuite_recordings::find(name, recording) else {
        return;
    };
    let frames = frames(&path);
    let (exchange, feed): (&dyn Exchange, &dyn Feed) = find_by_url(url).expect("a known venue");
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(frames.len() as u64));
    group.bench_function("decode", |bencher| {
        let mut decoder = feed.decoder();
        let mut out = Decoded::default();
        bencher.iter(|| {
            for (received, text) in &frames {
                out.clear();
                decoder
                    .decode(text, *received, &mut out)
                    .expect("a recorded frame");
                black_box(&out);
            }
        });
    });
    group.bench_function("decode, check, normalise and apply", |bencher| {
        bencher.iter_batched_ref(
            || (Intake::new(exchange.spec(), feed), Vec::new()),
            |(intake, events)| {
                for (received, text) in &frames {
                    events.clear();
                    intake.frame(text, *received, events);
                    black_box(&*events);
                }
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);

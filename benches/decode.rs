//! Recorded frames of the venues: decoding alone, and the whole way from text to checked events and
//! books, checksums included; and one frame of twenty changed levels.
//! `cargo bench --features ssr --bench decode`.
//!
//! Reads `../shared/market-data`, or the folder that `TRADESUITE_MARKET_DATA` names.

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tradesuite::server::collector::intake::Intake;
use tradesuite::server::exchange::{Decoded, Exchange, Feed, find_by_url};
use tradesuite::server::replay::capture::{Capture, Channel};
use tradesuite_core::model::{UnixNs, VenueBody};

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

/// Changed levels in the frame that is measured alone.
const LEVELS: usize = 20;

/// One frame that changes twenty levels, in the words of each venue.
fn twenty_levels(criterion: &mut Criterion) {
    let coinbase: Vec<_> = (0..LEVELS)
        .map(|at| {
            format!(
                r#"{{"side":"bid","event_time":"2026-08-24T22:34:13.592233Z","price_level":"788{at:02}.05","new_quantity":"0.0476{at:02}7"}}"#
            )
        })
        .collect();
    let kraken: Vec<_> = (0..LEVELS)
        .map(|at| format!(r#"{{"price":633{at:02}.2,"qty":0.1310{at:02}02}}"#))
        .collect();
    let frames = [
        (
            "wss://advanced-trade-ws.coinbase.com",
            format!(
                r#"{{"channel":"l2_data","client_id":"","timestamp":"2026-08-24T22:34:13.813365299Z","sequence_num":2,"events":[{{"type":"update","product_id":"BTC-USD","updates":[{}]}}]}}"#,
                coinbase.join(",")
            ),
        ),
        (
            "wss://ws.kraken.com/v2",
            format!(
                r#"{{"channel":"book","type":"update","data":[{{"symbol":"BTC/USD","bids":[{}],"asks":[],"checksum":261162761,"timestamp":"2026-08-02T03:35:53.442354Z"}}]}}"#,
                kraken.join(",")
            ),
        ),
    ];
    let mut group = criterion.benchmark_group("one frame of twenty levels");
    for (url, text) in frames {
        let (exchange, feed) = find_by_url(url).expect("a known venue");
        let mut decoder = feed.decoder();
        let mut out = Decoded::default();
        decoder
            .decode(&text, UnixNs(0), &mut out)
            .expect("a frame in the venue's words");
        let VenueBody::Book { bids, .. } = &out.events[0].body else {
            panic!("not a book: {:?}", out.events[0]);
        };
        assert_eq!(bids.len(), LEVELS);
        group.bench_function(exchange.spec().id, |bencher| {
            bencher.iter(|| {
                out.clear();
                decoder
                    .decode(&text, UnixNs(0), &mut out)
                    .expect("a frame in the venue's words");
                black_box(&out);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decode, twenty_levels);
criterion_main!(benches);

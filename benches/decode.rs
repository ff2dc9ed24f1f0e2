//! Frames of Coinbase's Exchange feed as recorded on 2021-04-17: decoding alone, and the whole way
//! from text to checked events and books. `cargo bench --features ssr --bench decode`.
//!
//! Reads `../shared/market-data`, or the folder that `TRADESUITE_MARKET_DATA` names.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tradesuite::server::collector::intake::Intake;
use tradesuite::server::exchange::{Decoded, Exchange, Feed, find_by_url};
use tradesuite::server::replay::capture::{Capture, Channel};
use tradesuite_core::model::UnixNs;

const RECORDING: &str = "coinbase/exchange-feed-2021-04-17.jsonl.gz";
const URL: &str = "wss://ws-feed.pro.coinbase.com";

fn frames(path: &Path) -> Vec<(UnixNs, String)> {
    Capture::open(path)
        .expect("the recording opens")
        .map(|frame| frame.expect("the recording is whole"))
        .filter(|frame| frame.channel == Channel::Ws)
        .map(|frame| (frame.received.unwrap_or_default(), frame.text))
        .collect()
}

#[expect(
    clippy::print_stdout,
    reason = "what a benchmark has to say goes beside its results"
)]
fn decode(criterion: &mut Criterion) {
    let folder = std::env::var_os("TRADESUITE_MARKET_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/market-data"),
        PathBuf::from,
    );
    let path = folder.join(RECORDING);
    if !path.is_file() {
        println!("left out: decode (no {})", path.display());
        return;
    }
    let frames = frames(&path);
    let (exchange, feed): (&dyn Exchange, &dyn Feed) =
        find_by_url(URL).expect("Coinbase is a known venue");
    let mut group = criterion.benchmark_group("coinbase exchange feed");
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

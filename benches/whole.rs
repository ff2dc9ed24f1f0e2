//! The whole way of the simulated market's frames: decoded, checked, numbered and committed by the
//! journal, folded into books and bars, written to SQLite, and told to ten listeners of the hub.
//! `cargo bench --features ssr --bench whole`.
#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that fails has nothing to say"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tradesuite::server::clock::{Clock, Stopwatch};
use tradesuite::server::collector::backoff::Jitter;
use tradesuite::server::collector::intake::Intake;
use tradesuite::server::collector::recorder::{Progress, Recorder};
use tradesuite::server::collector::sink::JournalTail;
use tradesuite::server::exchange;
use tradesuite::server::hub::{Delivery, Hub, HubOptions, Outbox, OutboxLimits};
use tradesuite::server::journal::{Journal, JournalOptions, TailKind};
use tradesuite::server::simulator::floor::Floor;
use tradesuite::server::simulator::market::{Market, listing};
use tradesuite::server::simulator::venue::coinbase::dialect::AdvancedTrade;
use tradesuite::server::simulator::venue::line::{Dialect as _, Said};
use tradesuite::server::storage::MarketStore;
use tradesuite::server::storage::directory::DataDirectory;
use tradesuite::server::storage::sqlite::SqliteStore;
use tradesuite_core::model::{MarketEvent, Mode, Position, UnixNs};
use tradesuite_core::protocol::Topic;

/// 2026-11-23T08:00:00Z.
const START: i64 = 1_795_420_800_000_000_000;
const STEP_NS: i64 = 50_000_000;
/// Market time that is played.
const PLAYED_NS: i64 = 180_000_000_000;
/// Orders a second over all instruments.
const RATE: f64 = 2_000.0;
const INSTRUMENTS: &str = "24";
/// Frames that are handed to the journal together: what a socket has ready under load.
const AT_ONCE: usize = 64;
const LISTENERS: usize = 10;

fn main() {
    let (frames, symbols) = frames();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for run in 0..3 {
        let path = folder.path().join(run.to_string());
        let (elapsed, events) = runtime.block_on(whole(&frames, &symbols, &path));
        let count = frames.len() as f64;
        println!(
            "whole way of {count} frames ({events} events), {LISTENERS} listeners: {:.0} frames a second (goal 100,000)",
            count / elapsed.as_secs_f64()
        );
    }
    decoding(&frames);
}

/// What one line of the simulated Coinbase sends, with when.
fn frames() -> (Vec<(UnixNs, String)>, Vec<&'static str>) {
    let listings = listing::select(INSTRUMENTS).unwrap();
    let symbols: Vec<_> = listings.iter().map(|listing| listing.symbol).collect();
    let clock = Clock::manual(UnixNs(START));
    let market = Market::new(&listings, 1, RATE, UnixNs(START));
    let mut floor = Floor::new(market, clock.clone());
    floor.step();
    let mut joined = AdvancedTrade::join(&mut floor);
    let mut dialect = AdvancedTrade::default();
    let feed = exchange::find("coinbase").unwrap().feeds()[0];
    for request in feed.subscribe(&symbols) {
        if let Said::Wish(wish) = dialect.read(&request, UnixNs(START)) {
            AdvancedTrade::carry_out(&mut floor, joined.id, &wish).unwrap();
        }
    }
    let mut frames = Vec::new();
    for now in (START..START + PLAYED_NS).step_by(STEP_NS as usize) {
        clock.set(UnixNs(now));
        floor.step();
        while let Ok(frame) = joined.queue.try_recv() {
            frames.push((UnixNs(now), dialect.word(&frame)));
        }
    }
    (frames, symbols)
}

async fn whole(frames: &[(UnixNs, String)], symbols: &[&str], path: &Path) -> (Duration, u64) {
    let coinbase = exchange::find("coinbase").unwrap();
    let directory = DataDirectory::open(path, Mode::Replay, UnixNs(START)).unwrap();
    let store: Arc<dyn MarketStore> = Arc::new(SqliteStore::open(&directory).unwrap());
    let journal = Journal::open(&path.join("journal.db"), JournalOptions::default()).unwrap();
    journal.register("store", None);
    let progress = Arc::new(Progress::default());
    let recorder = Recorder {
        events: Box::new(JournalTail {
            journal: journal.clone(),
            consumer: "store",
            tail: journal.tail_from(Position(1), TailKind::Committed),
        }),
        store: Arc::clone(&store),
        clock: None,
        jitter: Jitter::system(),
        stop: CancellationToken::new(),
        progress: Arc::clone(&progress),
        mending: None,
    };
    let recorder = tokio::spawn(recorder.run());
    let hub = Hub::new(HubOptions::default(), Arc::clone(&store));
    let mut live = journal.tail_from(Position(1), TailKind::Live);
    let told = hub.clone();
    let publisher = tokio::spawn(async move {
        while let Ok(Some(batch)) = live.next().await {
            told.feed(&batch).await;
        }
    });
    let listeners: Vec<_> = (0..LISTENERS).map(|at| symbols[at % 3]).collect();
    for symbol in listeners {
        listen(&hub, symbol).await;
    }

    let mut intake = Intake::new(coinbase.spec(), coinbase.feeds()[0]);
    intake.opened();
    let watch = Stopwatch::start();
    let mut events: Vec<MarketEvent> = Vec::new();
    let mut last = Position::default();
    for together in frames.chunks(AT_ONCE) {
        for (received, text) in together {
            intake.frame(text, *received, &mut events);
        }
        last = journal.append(std::mem::take(&mut events)).await.unwrap();
    }
    let _ = progress
        .written()
        .wait_for(|written| *written >= last)
        .await;
    let elapsed = watch.elapsed();
    assert_eq!(intake.counts().rejected, 0);
    journal.close().await.unwrap();
    recorder.await.unwrap();
    publisher.await.unwrap();
    hub.close().await;
    store.close().await;
    (elapsed, last.0)
}

/// A listener as the page is one: book, trades and bars, each message in MsgPack.
async fn listen(hub: &Hub, symbol: &str) {
    let outbox = Outbox::new(OutboxLimits::default());
    let topics = ["book", "trades", "candles"].map(|kind| match kind {
        "candles" => format!("candles/coinbase:{symbol}/1m"),
        other => format!("{other}/coinbase:{symbol}"),
    });
    for topic in topics {
        let topic: Topic = topic.parse().unwrap();
        outbox.expect(&topic);
        hub.join(&topic, &outbox).await;
    }
    let hub = hub.clone();
    tokio::spawn(async move {
        while let Some(delivery) = outbox.next().await {
            match delivery {
                Delivery::Frame(frame) => drop(frame.msgpack()),
                Delivery::Cut(topics) => {
                    for topic in topics {
                        hub.join(&topic, &outbox).await;
                    }
                }
            }
        }
    });
}

/// One kind of frame after the other, decoded alone.
fn decoding(frames: &[(UnixNs, String)]) {
    let feed = exchange::find("coinbase").unwrap().feeds()[0];
    for (what, channel, each) in [
        ("trade", "\"market_trades\"", "\"trade_id\""),
        ("book level", "\"l2_data\"", "\"new_quantity\""),
    ] {
        let of_it =
            |(_, text): &&(UnixNs, String)| text.contains(channel) && text.contains("\"update\"");
        let chosen: Vec<_> = frames.iter().filter(of_it).collect();
        let said: usize = chosen
            .iter()
            .map(|(_, text)| text.matches(each).count())
            .sum();
        let mut decoder = feed.decoder();
        let mut out = exchange::Decoded::default();
        let watch = Stopwatch::start();
        for (received, text) in chosen {
            out.clear();
            decoder.decode(text, *received, &mut out).unwrap();
        }
        let one = watch.elapsed() / u32::try_from(said.max(1)).unwrap();
        println!("decoding a {what}: {one:?}, of {said} (goals: a trade 1 µs, twenty levels 5 µs)");
    }
}

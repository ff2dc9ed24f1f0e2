//! Recordings of real venues, played. They are not part of the project: they are read from
//! `../shared/market-data` beside it, or from the folder that `TRADESUITE_MARKET_DATA` names, and
//! a test that finds none says by name that it was left out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tradesuite_core::market::{OrderBook, TickRule};
use tradesuite_core::model::{
    EventBody, InstrumentId, MarketEvent, Timeframe, UnixMs, UnixNs, VenueEvent,
};

use tradesuite_recordings as recordings;

use super::capture::{Capture, Channel};
use super::playback::Playback;
use super::{Played, Speed, Summary, play, summarize};
use crate::server::exchange::{Decoded, EXCHANGES, find, find_by_url};

const EXCHANGE_FEED: &str = "coinbase/exchange-feed-2021-04-17.jsonl.gz";
const ADVANCED_BOOK: &str = "coinbase/advanced-trade-l2-btcusd-2026-08-24.jsonl";
const ADVANCED_TRADES: &str = "coinbase/advanced-trade-trades-ticker-2026.jsonl";

/// Recorded with books alone: without trades, the rule of the takers' sides cannot be held against
/// them.
const KRAKEN_BOOKS: [&str; 3] = [
    "kraken/ws-v2-book10-btcusd-2026-08-01.jsonl",
    "kraken/ws-v2-book25-btcusd-2026-08-02.jsonl",
    "kraken/ws-v2-book25-ethusd-2026-08-02.jsonl",
];

fn summary_of(path: PathBuf) -> Summary {
    summarize(&[path], None).expect("a recording")
}

fn id(symbol: &str) -> InstrumentId {
    InstrumentId::new("coinbase", symbol).unwrap()
}

fn events_of(path: &Path) -> Vec<MarketEvent> {
    let mut playback = Playback::new(None).unwrap();
    let mut events = Vec::new();
    playback.begin(path);
    for frame in Capture::open(path).unwrap() {
        playback.frame(&frame.unwrap(), &mut events).unwrap();
    }
    events
}

#[test]
fn the_exchange_feed_ends_with_the_known_books() {
    let Some(path) = recordings::find("the_exchange_feed_ends_with_the_known_books", EXCHANGE_FEED)
    else {
        return;
    };
    let summary = summary_of(path);
    assert_eq!((summary.frames, summary.errors), (6_942, 0));
    let all: u64 = summary.instruments.values().map(|i| i.trades).sum();
    assert_eq!((summary.instruments.len(), all), (6, 84));
    let applied: u64 = summary.instruments.values().map(|i| i.book.updates).sum();
    assert_eq!(applied, 6_750);
    for (instrument, entry) in &summary.instruments {
        let book = &entry.book;
        assert_eq!(
            (book.snapshots, book.crossed, book.dropped),
            (1, 0, 0),
            "{instrument}"
        );
        assert_eq!((entry.gaps, book.stale), (0, false), "{instrument}");
    }
    let skl = serde_json::to_value(&summary.instruments[&id("SKL-USD")]).unwrap();
    let updates = skl["book"]["updates"].clone();
    let expected = serde_json::json!({
        "trades": 52, "taker_buys": 18, "volume": "46731.3", "gaps": 0,
        "book": { "snapshots": 1, "updates": updates, "dropped": 0, "crossed": 0, "stale": false,
                  "bids": 816, "asks": 1341, "best_bid": ["0.7902", "468"],
                  "best_ask": ["0.7911", "450"], "digest": "39388bfba329e2e0" },
        "checksums": { "passed": 0, "failed": 0 },
        "top_of_book": { "compared": 0, "equal": 0 },
    });
    assert_eq!(skl, expected);
}

#[test]
fn the_advanced_trade_book_is_whole() {
    let Some(path) = recordings::find("the_advanced_trade_book_is_whole", ADVANCED_BOOK) else {
        return;
    };
    let summary = summary_of(path);
    assert_eq!(
        (summary.frames, summary.errors, summary.missing_messages),
        (12, 0, 0)
    );
    let entry = &summary.instruments[&id("BTC-USD")];
    let book = &entry.book;
    assert_eq!(
        (book.snapshots, book.updates, book.crossed, entry.gaps),
        (1, 10, 0, 0)
    );
    let best = |price: &str, quantity: &str| Some([price.to_owned(), quantity.to_owned()]);
    assert_eq!(book.best_bid, best("78856.05", "0.04868904"));
    assert_eq!(book.best_ask, best("78856.06", "0.08023149"));
}

#[test]
fn three_recordings_on_one_address_are_told_apart() {
    let test = "three_recordings_on_one_address_are_told_apart";
    let Some(path) = recordings::find(test, ADVANCED_TRADES) else {
        return;
    };
    let summary = summary_of(path);
    // The second recording counts from 0 again; in the third messages 3 to 246 and 248 are missing.
    assert_eq!(
        (summary.frames, summary.errors, summary.missing_messages),
        (8, 0, 245)
    );
    let btc = &summary.instruments[&id("BTC-USD")];
    assert_eq!((btc.trades, btc.taker_buys, btc.gaps), (8, 1, 1));
    assert_eq!(btc.volume, "0.01047631");
    let eth = &summary.instruments[&id("ETH-USD")];
    assert_eq!((eth.trades, eth.taker_buys, eth.gaps), (1, 1, 0));
    assert_eq!(eth.volume, "0.84275842");
}

#[test]
fn takers_buy_at_the_ask() {
    let Some(path) = recordings::find("takers_buy_at_the_ask", EXCHANGE_FEED) else {
        return;
    };
    let mut books = std::collections::BTreeMap::<InstrumentId, OrderBook>::new();
    let mut rule = TickRule::default();
    for event in events_of(&path) {
        let book = books.entry(event.instrument).or_default();
        match event.body {
            EventBody::BookSnapshot(delta) => book.apply_snapshot(&delta, event.precision).unwrap(),
            EventBody::BookUpdate(delta) => book.apply_update(&delta, event.precision).unwrap(),
            EventBody::Trade(trade) if book.precision() == event.precision => {
                let (bid, ask) = (book.best_bid(), book.best_ask());
                rule.on_trade(
                    trade.price,
                    trade.side,
                    bid.map(|l| l.price),
                    ask.map(|l| l.price),
                );
            }
            _ => {}
        }
    }
    assert!(rule.decided >= 50, "{rule:?}");
    assert!(rule.agreement().unwrap() > 0.9, "{rule:?}");
}

#[test]
fn every_checksum_of_kraken_is_ours() {
    // Messages with a book, and levels that are held at the end.
    let known = [(301, 10), (2_052, 25), (1_129, 25)];
    for (file, (checksums, depth)) in KRAKEN_BOOKS.into_iter().zip(known) {
        let Some(path) = recordings::find("every_checksum_of_kraken_is_ours", file) else {
            return;
        };
        let summary = summary_of(path);
        assert_eq!(summary.errors, 0, "{file}");
        assert_eq!(summary.instruments.len(), 1, "{file}");
        let (instrument, entry) = summary.instruments.iter().next().unwrap();
        assert!(instrument.as_str().starts_with("kraken:"), "{instrument}");
        let (checks, book) = (&entry.checksums, &entry.book);
        assert_eq!((checks.passed, checks.failed), (checksums, 0), "{file}");
        assert_eq!(book.snapshots + book.updates, checksums, "{file}");
        assert_eq!((book.bids, book.asks), (depth, depth), "{file}");
        assert_eq!((book.crossed, book.dropped, entry.gaps), (0, 0, 0));
        assert!(!book.stale, "{file}");
    }
}

#[test]
fn seven_subscriptions_on_one_line_end_with_the_known_book() {
    let test = "seven_subscriptions_on_one_line_end_with_the_known_book";
    let Some(path) = recordings::find(test, KRAKEN_BOOKS[0]) else {
        return;
    };
    let summary = summary_of(path);
    let instrument = InstrumentId::new("kraken", "BTC-USD").unwrap();
    let book = &summary.instruments[&instrument].book;
    let best = |price: &str, quantity: &str| Some([price.to_owned(), quantity.to_owned()]);
    assert_eq!(book.best_bid, best("63004.9", "0.01661321"));
    assert_eq!(book.best_ask, best("63005", "0.74804549"));
    assert_eq!((book.snapshots, book.updates), (5, 296));
}

#[test]
fn who_reads_the_events_has_the_same_book_without_knowing_its_depth() {
    let test = "who_reads_the_events_has_the_same_book_without_knowing_its_depth";
    for file in KRAKEN_BOOKS {
        let Some(path) = recordings::find(test, file) else {
            return;
        };
        let mut book = OrderBook::default();
        for event in events_of(&path) {
            match &event.body {
                EventBody::BookSnapshot(delta) => book.apply_snapshot(delta, event.precision),
                EventBody::BookUpdate(delta) => book.apply_update(delta, event.precision),
                other => panic!("{other:?}"),
            }
            .unwrap();
        }
        let summary = summary_of(path);
        let expected = summary.instruments.values().next().unwrap();
        assert_eq!(book.digest(), expected.book.digest, "{file}");
    }
}

#[test]
fn a_recorded_change_that_is_lost_or_altered_is_never_shown() {
    let test = "a_recorded_change_that_is_lost_or_altered_is_never_shown";
    let Some(path) = recordings::find(test, KRAKEN_BOOKS[0]) else {
        return;
    };
    let frames: Vec<_> = Capture::open(&path).unwrap().map(Result::unwrap).collect();
    let first_update = frames
        .iter()
        .position(|frame| frame.text.contains("\"update\",\"data\":[{\"symbol\""))
        .unwrap();
    let altered = frames[first_update]
        .text
        .replace("2.08665551", "2.08665552");
    assert_ne!(altered, frames[first_update].text);
    for replacement in [None, Some(altered)] {
        let mut playback = Playback::new(None).unwrap();
        let mut events = Vec::new();
        let mut failures = 0;
        // Up to the second snapshot, which mends it.
        for (index, frame) in frames.iter().take(25).enumerate() {
            let mut frame = frame.clone();
            if index == first_update {
                match &replacement {
                    None => continue,
                    Some(text) => frame.text.clone_from(text),
                }
            }
            let verdict = playback.frame(&frame, &mut events).unwrap();
            assert_eq!(verdict.resync.is_some(), verdict.checksum_failures > 0);
            failures += verdict.checksum_failures;
        }
        let words: Vec<_> = events
            .iter()
            .map(|event| match &event.body {
                EventBody::BookSnapshot(_) => "snapshot",
                EventBody::BookUpdate(_) => "update",
                EventBody::BookStale { .. } => "stale",
                EventBody::Gap { .. } => "gap",
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(failures, 1);
        assert_eq!(words, ["snapshot", "stale", "snapshot", "gap"]);
    }
}

#[test]
fn the_recorded_pairs_candles_and_trades_of_kraken_are_read() {
    let test = "the_recorded_pairs_candles_and_trades_of_kraken_are_read";
    let kraken = find("kraken").unwrap();
    let Some(path) = recordings::find(test, "kraken/asset-pairs-2021-04-17.jsonl") else {
        return;
    };
    let frame = Capture::open(&path).unwrap().next().unwrap().unwrap();
    let list = kraken.parse_instruments(frame.text.as_bytes()).unwrap();
    // The eleven that are left out are dark pools.
    assert_eq!((list.instruments.len(), list.left_out), (293, 11));
    let btc = InstrumentId::new("kraken", "BTC-USDT").unwrap();
    let instrument = list.instruments.iter().find(|one| one.id == btc).unwrap();
    assert_eq!(instrument.venue_symbol, "BTC/USDT");
    let files = [
        "kraken/rest-ohlc-1m-xbtusdt-2025-11-10.json",
        "kraken/rest-trades-xbtusdt-2025-11-10.json",
    ];
    let [Some(candles), Some(trades)] = files.map(|file| recordings::find(test, file)) else {
        return;
    };
    let bars = kraken
        .parse_candles(instrument, &std::fs::read(candles).unwrap())
        .unwrap();
    let trades = kraken
        .parse_trades(instrument, &std::fs::read(trades).unwrap())
        .unwrap();
    assert_eq!(trades.len(), 1_000);
    // The trades begin within a minute; from the next one on, every bar counts its own.
    let minute_of = |event: &VenueEvent| Timeframe::M1.floor(event.time.to_ms());
    let mut counted = std::collections::BTreeMap::<UnixMs, u64>::new();
    for trade in &trades {
        *counted.entry(minute_of(trade)).or_default() += 1;
    }
    counted.pop_first();
    let bars: std::collections::BTreeMap<_, _> = bars
        .candles
        .iter()
        .filter(|bar| bar.time > minute_of(&trades[0]))
        .map(|bar| (bar.time, bar.trades.unwrap()))
        .collect();
    assert_eq!(bars, counted);
}

#[test]
fn no_mutation_of_a_recorded_frame_panics() {
    let test = "no_mutation_of_a_recorded_frame_panics";
    let [ten, deep, ether] = KRAKEN_BOOKS;
    let files = [
        EXCHANGE_FEED,
        ADVANCED_BOOK,
        ADVANCED_TRADES,
        ten,
        deep,
        ether,
    ];
    let Some(paths) = files
        .map(|file| recordings::find(test, file))
        .into_iter()
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let frames: Vec<_> = paths
        .iter()
        .flat_map(|path| Capture::open(path).unwrap().take(200))
        .map(Result::unwrap)
        .filter(|frame| frame.channel == Channel::Ws && frame.text.len() < 4_000)
        .collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8);
    let mut runner = proptest::test_runner::TestRunner::default();
    runner
        .run(
            &(any::<prop::sample::Index>(), changes),
            |(index, changes)| {
                let frame = &frames[index.index(frames.len())];
                let mut bytes = frame.text.as_bytes().to_vec();
                for (at, byte) in changes {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                let text = String::from_utf8_lossy(&bytes);
                let (_, feed) = find_by_url(&frame.url).expect("a known address");
                let _ = feed
                    .decoder()
                    .decode(&text, UnixNs(1), &mut Decoded::default());
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn the_recorded_products_are_read() {
    let test = "the_recorded_products_are_read";
    let Some(path) = recordings::find(test, "coinbase/products-2021-04-17.jsonl") else {
        return;
    };
    let frame = Capture::open(&path).unwrap().next().unwrap().unwrap();
    assert_eq!(frame.channel, Channel::Http);
    let exchange = find("coinbase").unwrap();
    let list = exchange.parse_instruments(frame.text.as_bytes()).unwrap();
    assert_eq!((list.instruments.len(), list.left_out), (162, 0));
    let skl = list
        .instruments
        .iter()
        .find(|i| i.id == id("SKL-USD"))
        .unwrap();
    assert_eq!((skl.precision.price, skl.precision.quantity), (4, 1));
    assert_eq!(skl.min_quantity.unwrap().to_string(), "5");
    // The precision that its recorded digits teach is no finer.
    let Some(path) = recordings::find(test, EXCHANGE_FEED) else {
        return;
    };
    let learnt = events_of(&path)
        .into_iter()
        .filter(|event| event.instrument == skl.id)
        .map(|event| event.precision)
        .next_back();
    assert_eq!(learnt, Some(skl.precision));
}

/// Two seconds of two trades and a message that cannot be read.
fn small_capture() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let trade = |id| {
        format!(
            r#"{{"type":"match","trade_id":{id},"side":"buy","size":"0.10","price":"2","product_id":"A-B","time":"2026-08-12T19:27:40Z"}}"#
        )
    };
    let url = "wss://ws-feed.exchange.coinbase.com";
    for (t, text) in [
        (100, trade(1)),
        (101, "no JSON".to_owned()),
        (102, trade(3)),
    ] {
        let line = serde_json::json!({"t": t, "ch": "ws", "url": url, "msg": text});
        writeln!(file, "{line}").unwrap();
    }
    file
}

#[test]
fn errors_and_gaps_are_counted() {
    let file = small_capture();
    let summary = summary_of(file.path().to_owned());
    assert_eq!((summary.frames, summary.errors), (3, 1));
    let entry = &summary.instruments[&id("A-B")];
    assert_eq!((entry.trades, entry.taker_buys, entry.gaps), (2, 0, 1));
    assert_eq!(entry.volume, "0.2");
    assert_eq!(entry.book.best_bid, None);
}

#[test]
fn a_second_file_goes_on_where_the_first_ended() {
    let file = small_capture();
    let twice = [file.path().to_owned(), file.path().to_owned()];
    let summary = summarize(&twice, None).unwrap();
    assert_eq!((summary.frames, summary.errors), (6, 2));
    // Its trades are known already.
    assert_eq!(summary.instruments[&id("A-B")].trades, 2);
}

#[test]
fn the_venue_is_named_where_the_address_does_not_say_it() {
    let folder = tempfile::tempdir().unwrap();
    let venue = folder.path().join("coinbase");
    std::fs::create_dir(&venue).unwrap();
    let line = r#"{"t":1,"ch":"ws","url":"wss://127.0.0.1:4000/","msg":"{\"channel\":\"heartbeats\",\"sequence_num\":0}"}"#;
    let (unknown, in_folder) = (folder.path().join("a.jsonl"), venue.join("a.jsonl"));
    for path in [&unknown, &in_folder] {
        std::fs::write(path, line).unwrap();
    }
    let error = summarize(std::slice::from_ref(&unknown), None)
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with(
            "line 1: no exchange is known at \"wss://127.0.0.1:4000/\"; name it with --exchange"
        ),
        "{error}"
    );
    for (path, exchange) in [(unknown.clone(), Some("coinbase")), (in_folder, None)] {
        assert_eq!(summarize(&[path], exchange).unwrap().errors, 0);
    }
    let error = summarize(&[unknown], Some("nowhere"))
        .unwrap_err()
        .to_string();
    assert_eq!(error, "no exchange is called \"nowhere\"");
    assert!(!EXCHANGES.is_empty());
}

async fn played(speed: Speed) -> (Duration, Played, usize) {
    let file = small_capture();
    let (sink, mut events) = mpsc::channel(16);
    let begun = tokio::time::Instant::now();
    let files = vec![file.path().to_owned()];
    let played = play(files, None, speed, sink, CancellationToken::new())
        .await
        .unwrap();
    let mut batches = 0;
    while let Ok(batch) = events.try_recv() {
        assert!(!batch.is_empty());
        batches += 1;
    }
    (begun.elapsed(), played, batches)
}

#[tokio::test(start_paused = true)]
async fn plays_at_the_pace_of_the_recording() {
    let expected = Played {
        frames: 3,
        events: 3,
        errors: 1,
    };
    let (elapsed, played_at_half, batches) = played(Speed::Times(0.5)).await;
    assert!((4_000..4_100).contains(&elapsed.as_millis()), "{elapsed:?}");
    assert_eq!((played_at_half, batches), (expected, 2));
    let (elapsed, played_at_once, batches) = played(Speed::Max).await;
    assert_eq!(
        (elapsed.as_millis(), played_at_once, batches),
        (0, expected, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_play_ends_when_it_is_told_to() {
    let file = small_capture();
    let (sink, _events) = mpsc::channel(16);
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    let files = vec![file.path().to_owned()];
    let played = play(files, None, Speed::Times(1e-6), sink, shutdown)
        .await
        .unwrap();
    assert!(played.frames < 3);
}

#[test]
fn speeds_are_numbers_above_zero_or_max() {
    assert_eq!("max".parse(), Ok(Speed::Max));
    assert_eq!("2.5".parse(), Ok(Speed::Times(2.5)));
    for text in ["", "0", "-1", "nan", "inf", "fast"] {
        assert!(text.parse::<Speed>().is_err(), "{text}");
    }
}

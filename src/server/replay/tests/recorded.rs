//! Recordings of real venues, read to their known ends.

use super::*;

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

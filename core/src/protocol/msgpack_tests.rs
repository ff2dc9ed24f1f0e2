//! Test vectors and laws of the encodings.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::model::{
    BookLevel, Candle, ConnectionState, ConnectionStatus, InstrumentId, Mode, Notional, Origin,
    Precision, Price, Quantity, ServerStatus, Side, StoreState, StoreStatus, Timeframe, Trade,
    TradeId, UnixMs, UnixNs, Volume,
};
use crate::protocol::{BookData, CandleData, TradeData};

const PRECISION: Precision = Precision {
    price: 2,
    quantity: 8,
};

fn bitcoin() -> InstrumentId {
    "coinbase:BTC-USD".parse().expect("an id")
}

fn vectors() -> Vec<(&'static str, Message)> {
    let candle = |time, open, high, low, close| Candle {
        time: UnixMs(time),
        open: Price(open),
        high: Price(high),
        low: Price(low),
        close: Price(close),
        volume: Volume(125_000_000),
        buy_volume: Some(Volume(75_000_000)),
        quote_volume: Some(Notional(80_266_875_000_000)),
        trades: Some(3),
        closed: true,
        revision: 0,
        origin: Origin::Trades,
    };
    let trade = |id, price, side| Trade {
        id: TradeId(id),
        time: UnixNs(1_795_442_262_123_456_789),
        received: UnixNs(1_795_442_262_150_000_000),
        price: Price(price),
        quantity: Quantity(1_500_000),
        side,
    };
    let level = |price, quantity| BookLevel {
        price: Price(price),
        quantity: Quantity(quantity),
    };
    let message = |topic, seq, body| Message { topic, seq, body };
    vec![
        (
            "candles",
            message(
                Topic::Candles {
                    instrument: bitcoin(),
                    timeframe: Timeframe::M1,
                },
                1,
                Body::Snapshot(Data::Candles(CandleData {
                    precision: PRECISION,
                    candles: vec![
                        candle(
                            1_795_442_220_000,
                            6_421_300,
                            6_421_500,
                            6_421_000,
                            6_421_355,
                        ),
                        Candle {
                            closed: false,
                            buy_volume: None,
                            quote_volume: None,
                            trades: None,
                            origin: Origin::Venue,
                            revision: 1,
                            ..candle(
                                1_795_442_280_000,
                                6_421_355,
                                6_421_400,
                                6_421_355,
                                6_421_390,
                            )
                        },
                    ],
                })),
            ),
        ),
        (
            "trades",
            message(
                Topic::Trades(bitcoin()),
                2,
                Body::Update(Data::Trades(TradeData {
                    precision: PRECISION,
                    trades: vec![
                        trade(914_020_001, 6_421_355, Side::Buy),
                        trade(914_020_002, 6_421_350, Side::Sell),
                    ],
                })),
            ),
        ),
        (
            "book",
            message(
                Topic::book(bitcoin()),
                7,
                Body::Update(Data::Book(BookData {
                    precision: PRECISION,
                    time: UnixNs(1_795_442_262_123_456_789),
                    sequence: 4_711,
                    bids: vec![level(6_421_350, 25_000_000), level(6_421_310, 0)],
                    asks: Vec::new(),
                })),
            ),
        ),
        (
            "book_stale",
            message(
                Topic::book(bitcoin()),
                8,
                Body::Stale {
                    reason: "a message of the venue is missing".into(),
                },
            ),
        ),
        (
            "ticker",
            message(
                Topic::Ticker(bitcoin()),
                3,
                Body::Snapshot(Data::Ticker(TickerData {
                    precision: PRECISION,
                    ticker: Ticker {
                        time: UnixNs(1_795_442_262_123_456_789),
                        last: Some(Price(6_421_355)),
                        open_24h: Some(Price(6_400_000)),
                        volume_24h: Some(Volume(912_345_678_901)),
                        ..Ticker::default()
                    },
                })),
            ),
        ),
        (
            "status",
            message(
                Topic::Status,
                4,
                Body::Update(Data::Status(Box::new(ServerStatus {
                    version: "0.1.0".into(),
                    mode: Mode::Demo,
                    uptime_s: 61,
                    memory_bytes: 52_428_800,
                    store: StoreStatus {
                        kind: "sqlite".into(),
                        state: StoreState::Ok,
                        bytes: 4_096,
                        problem: None,
                        kinds: Vec::new(),
                    },
                    connections: vec![ConnectionStatus {
                        exchange: "coinbase".into(),
                        state: ConnectionState::Live,
                        messages_per_s: 41.5,
                        age_ms: Some(12),
                        gaps: 0,
                        resyncs: 1,
                        checksum_failures: 0,
                        reconnects: 1,
                        last_error: None,
                        retry_at: None,
                    }],
                    rejected: 0,
                    notices: Vec::new(),
                }))),
            ),
        ),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .chunks(32)
        .map(|line| {
            line.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn test_vectors_stay_as_they_are() {
    for (name, message) in vectors() {
        let packed = message.to_msgpack();
        assert_eq!(
            Message::from_msgpack(&packed).as_ref(),
            Ok(&message),
            "{name}"
        );
        insta::assert_snapshot!(
            format!("vector_{name}"),
            format!("json\n{}\n\nmsgpack\n{}", message.to_json(), hex(&packed))
        );
    }
}

#[test]
fn fields_of_later_versions_are_passed_over() {
    #[derive(Serialize)]
    struct Later {
        v: u8,
        topic: &'static str,
        seq: u64,
        kind: &'static str,
        new: [u8; 3],
        data: LaterStale,
    }
    #[derive(Serialize)]
    struct LaterStale {
        since: i64,
        reason: &'static str,
    }
    let later = |v| {
        rmp_serde::to_vec_named(&Later {
            v,
            topic: "status",
            seq: 9,
            kind: "stale",
            new: [1, 2, 3],
            data: LaterStale {
                since: 5,
                reason: "late",
            },
        })
        .expect("msgpack")
    };
    assert_eq!(
        Message::from_msgpack(&later(1)).map(|message| message.body),
        Ok(Body::Stale {
            reason: "late".into()
        })
    );
    assert_eq!(
        Message::from_msgpack(&later(2)),
        Err(DecodeError::Version(2))
    );
}

#[test]
fn columns_that_do_not_fit_together_are_refused() {
    #[derive(Serialize)]
    struct Uneven {
        price_decimals: u8,
        quantity_decimals: u8,
        time: i64,
        sequence: u64,
        bid_price: Vec<i64>,
        bid_quantity: Vec<i64>,
        ask_price: Vec<i64>,
        ask_quantity: Vec<i64>,
    }
    let topic = Topic::book(bitcoin());
    for (price_decimals, bid_price) in [(2, vec![1, 2]), (19, vec![1])] {
        let bytes = rmp_serde::to_vec_named(&Outgoing {
            v: VERSION,
            topic: &topic,
            seq: 1,
            kind: "update",
            data: Uneven {
                price_decimals,
                quantity_decimals: 8,
                time: 0,
                sequence: 0,
                bid_price,
                bid_quantity: vec![1],
                ask_price: Vec::new(),
                ask_quantity: Vec::new(),
            },
        })
        .expect("msgpack");
        assert_eq!(
            Message::from_msgpack(&bytes),
            Err(DecodeError::Columns(topic.clone()))
        );
    }
}

#[test]
fn claimed_lengths_allocate_nothing() {
    // {"v":1,"topic":"trades/a:B-C","seq":1,"kind":"update","data":{"time": array of 2^32-1 …
    let mut bytes = vec![0x85, 0xa1, b'v', 1, 0xa5];
    bytes.extend(b"topic");
    bytes.push(0xac);
    bytes.extend(b"trades/a:B-C");
    bytes.push(0xa3);
    bytes.extend(b"seq");
    bytes.push(1);
    bytes.push(0xa4);
    bytes.extend(b"kind");
    bytes.push(0xa6);
    bytes.extend(b"update");
    bytes.push(0xa4);
    bytes.extend(b"data");
    bytes.extend([0x81, 0xa4]);
    bytes.extend(b"time");
    bytes.extend([0xdd, 0xff, 0xff, 0xff, 0xff]);
    assert!(matches!(
        Message::from_msgpack(&bytes),
        Err(DecodeError::Malformed(_))
    ));
}

fn any_precision() -> impl Strategy<Value = Precision> {
    (0..=18_u8, 0..=18_u8).prop_map(|(price, quantity)| Precision { price, quantity })
}

fn any_candle() -> impl Strategy<Value = Candle> {
    (
        any::<[i64; 5]>(),
        any::<i128>(),
        option::of(any::<i128>()),
        option::of(any::<i128>()),
        option::of(any::<u64>()),
        any::<bool>(),
        any::<u32>(),
        0..3_u8,
    )
        .prop_map(
            |(prices, volume, buys, quote, trades, closed, revision, origin)| Candle {
                time: UnixMs(prices[0]),
                open: Price(prices[1]),
                high: Price(prices[2]),
                low: Price(prices[3]),
                close: Price(prices[4]),
                volume: Volume(volume),
                buy_volume: buys.map(Volume),
                quote_volume: quote.map(Notional),
                trades,
                closed,
                revision,
                origin: [Origin::Trades, Origin::Venue, Origin::Both][usize::from(origin)],
            },
        )
}

fn any_trade() -> impl Strategy<Value = Trade> {
    (any::<u64>(), any::<[i64; 4]>(), any::<bool>()).prop_map(|(id, numbers, buy)| Trade {
        id: TradeId(id),
        time: UnixNs(numbers[0]),
        received: UnixNs(numbers[1]),
        price: Price(numbers[2]),
        quantity: Quantity(numbers[3]),
        side: if buy { Side::Buy } else { Side::Sell },
    })
}

fn any_levels() -> impl Strategy<Value = Vec<BookLevel>> {
    vec(
        (any::<i64>(), any::<i64>()).prop_map(|(price, quantity)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        }),
        0..20,
    )
}

fn any_ticker() -> impl Strategy<Value = Ticker> {
    (
        any::<i64>(),
        any::<[Option<i64>; 8]>(),
        option::of(any::<i128>()),
    )
        .prop_map(|(time, numbers, volume)| Ticker {
            time: UnixNs(time),
            last: numbers[0].map(Price),
            bid: numbers[1].map(Price),
            bid_quantity: numbers[2].map(Quantity),
            ask: numbers[3].map(Price),
            ask_quantity: numbers[4].map(Quantity),
            open_24h: numbers[5].map(Price),
            high_24h: numbers[6].map(Price),
            low_24h: numbers[7].map(Price),
            volume_24h: volume.map(Volume),
        })
}

fn any_payload() -> impl Strategy<Value = (Topic, Data)> {
    let candles = (any_precision(), vec(any_candle(), 0..20)).prop_map(|(precision, candles)| {
        (
            Topic::Candles {
                instrument: bitcoin(),
                timeframe: Timeframe::H4,
            },
            Data::Candles(CandleData { precision, candles }),
        )
    });
    let trades = (any_precision(), vec(any_trade(), 0..20)).prop_map(|(precision, trades)| {
        (
            Topic::Trades(bitcoin()),
            Data::Trades(TradeData { precision, trades }),
        )
    });
    let book = (
        any_precision(),
        any::<(i64, u64)>(),
        any_levels(),
        any_levels(),
    )
        .prop_map(|(precision, (time, sequence), bids, asks)| {
            (
                Topic::book(bitcoin()),
                Data::Book(BookData {
                    precision,
                    time: UnixNs(time),
                    sequence,
                    bids,
                    asks,
                }),
            )
        });
    let ticker = (any_precision(), any_ticker()).prop_map(|(precision, ticker)| {
        (
            Topic::Ticker(bitcoin()),
            Data::Ticker(TickerData { precision, ticker }),
        )
    });
    prop_oneof![candles, trades, book, ticker]
}

proptest! {
    #[test]
    fn decoding_what_was_encoded_is_identity((topic, data) in any_payload(), seq in any::<u64>(), snapshot in any::<bool>()) {
        let body = if snapshot { Body::Snapshot(data) } else { Body::Update(data) };
        let message = Message { topic, seq, body };
        prop_assert_eq!(Message::from_msgpack(&message.to_msgpack()), Ok(message.clone()));
        let json: serde_json::Value = serde_json::from_str(&message.to_json()).expect("json");
        prop_assert_eq!(json["seq"].as_u64(), Some(seq));
    }

    #[test]
    fn no_bytes_panic_the_decoder(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Message::from_msgpack(&bytes);
    }

    #[test]
    fn damaged_messages_never_panic((topic, data) in any_payload(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let message = Message { topic, seq: 1, body: Body::Update(data) };
        let mut bytes = message.to_msgpack();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Message::from_msgpack(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = Message::from_msgpack(&bytes);
    }
}

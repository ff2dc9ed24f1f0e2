//! Frames as they are recorded and documented, and mutations of them.

use proptest::prelude::*;
use tradesuite_core::model::{Decimal, Side};

use super::*;

const RECEIVED: UnixNs = UnixNs(1_785_552_833_000_000_000);

const FRAMES: [&str; 9] = [
    r#"{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":15413894943188002760}]}"#,
    r#"{"method":"subscribe","result":{"channel":"book","depth":10,"snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2026-08-01T02:53:53.184174Z","time_out":"2026-08-01T02:53:53.184216Z"}"#,
    r#"{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":63004.9,"qty":0.01876947},{"price":63000.0,"qty":0.00005100}],"asks":[{"price":63005.0,"qty":2.07265551}],"checksum":2531248887,"timestamp":"2026-08-01T02:53:53.398143Z"}]}"#,
    r#"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[{"price":63005.9,"qty":0.00000000},{"price":63008.6,"qty":0.00039677}],"checksum":3629011692,"timestamp":"2026-08-01T02:53:54.966086Z"}]}"#,
    r#"{"channel":"heartbeat"}"#,
    r#"{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell","price":63004.9,"qty":0.50000000,"ord_type":"market","trade_id":4665907,"timestamp":"2026-08-01T02:53:55.708706Z"},{"symbol":"BTC/USD","side":"buy","price":63005.0,"qty":40.0,"ord_type":"limit","trade_id":4665906,"timestamp":"2026-08-01T02:53:54.708706Z"}]}"#,
    r#"{"error":"Currency pair not supported XBT/USD","method":"subscribe","success":false,"symbol":"XBT/USD","time_in":"2026-08-01T02:53:53.184174Z","time_out":"2026-08-01T02:53:53.184216Z"}"#,
    r#"{"method":"unsubscribe","result":{"channel":"book","depth":10,"symbol":"BTC/USD"},"success":true,"time_in":"2026-08-01T02:53:56.345070Z","time_out":"2026-08-01T02:53:56.345138Z"}"#,
    r#"{"method":"pong","req_id":101,"time_in":"2023-09-24T14:10:23.799685Z","time_out":"2023-09-24T14:10:23.799703Z"}"#,
];

/// What a connection says frame by frame.
fn decode(frames: &[&str]) -> Result<Decoded, DecodeError> {
    let mut decoder = WebSocketV2.decoder();
    let mut out = Decoded::default();
    for frame in frames {
        out.clear();
        decoder.decode(frame, RECEIVED, &mut out)?;
    }
    Ok(out)
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal")
}

fn upkeep(frames: &[&str]) -> BookUpkeep {
    decode(frames).expect("messages").events[0].body.upkeep()
}

#[test]
fn books_keep_their_digits_and_say_how_they_are_proven() {
    let out = decode(&FRAMES[..3]).expect("messages");
    assert_eq!(out.venue_time, Some(UnixNs(1_785_552_833_398_143_000)));
    let event = &out.events[0];
    assert_eq!(event.instrument.as_str(), "kraken:BTC-USD");
    assert_eq!(Some(event.time), out.venue_time);
    let VenueBody::Book {
        snapshot: true,
        bids,
        asks,
        upkeep,
    } = &event.body
    else {
        panic!("a snapshot");
    };
    assert_eq!(bids[1], (decimal("63000.0"), decimal("0.00005100")));
    assert_eq!(asks[..], [(decimal("63005.0"), decimal("2.07265551"))]);
    let written = Precision {
        price: 1,
        quantity: 8,
    };
    let expected = BookUpkeep {
        depth: Some(10),
        checksum: Some(BookChecksum {
            value: 2_531_248_887,
            written,
        }),
    };
    assert_eq!(*upkeep, expected);
}

#[test]
fn the_depth_is_the_acknowledged_one_or_the_least_that_holds_the_snapshot() {
    let wider = FRAMES[1].replace("\"depth\":10", "\"depth\":500");
    let empty = FRAMES[3].replace(r#"{"price":63005.9,"qty":0.00000000},"#, "");
    for (frames, depth) in [
        (vec![FRAMES[2], FRAMES[3]], Some(10)),
        (vec![&wider, FRAMES[2], &empty], Some(500)),
        (vec![FRAMES[2], &wider, FRAMES[3]], Some(500)),
        (vec![FRAMES[3]], None),
    ] {
        assert_eq!(upkeep(&frames).depth, depth, "{frames:?}");
    }
    for (levels, depth) in [
        (10, Some(10)),
        (11, Some(25)),
        (1_000, Some(1_000)),
        (1_001, None),
    ] {
        assert_eq!(offered(levels), depth);
    }
}

#[test]
fn a_deletion_does_not_say_how_quantities_are_written() {
    let bare = r#"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":63000.0,"qty":0}],"asks":[],"checksum":1,"timestamp":"2026-08-01T02:53:54.966086Z"}]}"#;
    let written = upkeep(&[FRAMES[2], bare])
        .checksum
        .expect("a checksum")
        .written;
    assert_eq!((written.price, written.quantity), (1, 8));
    let finer = FRAMES[3].replace("63008.6", "63008.65");
    let written = upkeep(&[FRAMES[2], &finer])
        .checksum
        .expect("a checksum")
        .written;
    assert_eq!((written.price, written.quantity), (2, 8));
}

#[test]
fn trades_come_out_ascending_with_the_takers_side() {
    let out = decode(&[FRAMES[5]]).expect("a message");
    assert_eq!(out.venue_time, Some(UnixNs(1_785_552_835_708_706_000)));
    let seen: Vec<_> = out
        .events
        .into_iter()
        .map(|event| match event.body {
            VenueBody::Trade {
                id, side, history, ..
            } => (id.0, side, history),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        seen,
        [
            (4_665_906, Side::Buy, false),
            (4_665_907, Side::Sell, false)
        ]
    );
    let history = FRAMES[5].replace("update", "snapshot");
    let out = decode(&[&history]).expect("a message");
    assert_eq!(out.venue_time, None);
}

#[test]
fn says_what_concerns_the_connection() {
    let notices = |frame: &str| decode(&[frame]).expect("a message").notices;
    assert_eq!(notices(FRAMES[0]), []);
    assert_eq!(notices(FRAMES[1]), [Notice::Subscribed]);
    assert_eq!(notices(FRAMES[4]), [Notice::Heartbeat]);
    assert_eq!(notices(FRAMES[7]), []);
    assert_eq!(notices(FRAMES[8]), [Notice::Heartbeat]);
    let refused = |words: &str| [Notice::Refused(words.to_owned())];
    assert_eq!(
        notices(FRAMES[6]),
        refused("Currency pair not supported XBT/USD")
    );
    let maintained = FRAMES[0].replace("\"online\"", "\"maintenance\"");
    assert_eq!(
        notices(&maintained),
        refused("the exchange says that it is in maintenance")
    );
    assert_eq!(
        notices(r#"{"channel":"ohlc","type":"update","data":[]}"#),
        [Notice::Unknown("ohlc".to_owned())]
    );
}

#[test]
fn malformed_messages_are_errors() {
    for frame in [
        "",
        "[]",
        "{}",
        r#"{"channel":"book"}"#,
        r#"{"channel":"book","type":"snapshot"}"#,
        r#"{"channel":"book","type":"delta","data":[]}"#,
        r#"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[]}]}"#,
        r#"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":0,"qty":1}],"asks":[],"checksum":1}]}"#,
        r#"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":1,"qty":-1}],"asks":[],"checksum":1}]}"#,
        r#"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[],"checksum":4294967296}]}"#,
        r#"{"channel":"book","type":"update","data":[{"symbol":"btc","bids":[],"asks":[],"checksum":1}]}"#,
        r#"{"channel":"trade","type":"update","data":[{"symbol":"A/B","side":"buy","price":1,"qty":0,"trade_id":1,"timestamp":"2026-08-01T02:53:54Z"}]}"#,
        r#"{"channel":"trade","type":"update","data":[{"symbol":"A/B","side":"hold","price":1,"qty":1,"trade_id":1,"timestamp":"2026-08-01T02:53:54Z"}]}"#,
    ] {
        assert!(decode(&[frame]).is_err(), "{frame}");
    }
}

#[test]
fn subscribes_by_the_venues_names() {
    let frames = WebSocketV2.subscribe(&["BTC/USD", "ETH-USD"]);
    assert_eq!(
        frames,
        [
            r#"{"method":"subscribe","params":{"channel":"book","depth":100,"snapshot":true,"symbol":["BTC/USD","ETH/USD"]}}"#,
            r#"{"method":"subscribe","params":{"channel":"trade","snapshot":true,"symbol":["BTC/USD","ETH/USD"]}}"#,
        ]
    );
    assert_eq!(WebSocketV2.unsubscribe(&["BTC/USD"]).len(), 2);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&[&String::from_utf8_lossy(&bytes)]);
    }

    #[test]
    fn no_mutation_panics(
        index in 0..FRAMES.len(),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = FRAMES[index].as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let _ = decode(&[&String::from_utf8_lossy(&bytes)]);
    }
}

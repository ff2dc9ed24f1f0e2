//! Candles and trades of the past: requests, payloads after the documentation, arbitrary bytes.

use proptest::prelude::*;
use tradesuite_core::model::InstrumentId;

use super::*;

fn btc_usd() -> Instrument {
    let id = InstrumentId::new("kraken", "BTC-USD").expect("an id");
    let precision = Precision {
        price: 1,
        quantity: 8,
    };
    Instrument {
        venue_symbol: "BTC/USD".to_owned(),
        ..Instrument::undescribed(id, precision)
    }
}

#[test]
fn asks_for_bars_from_the_one_that_opens_at_the_start() {
    let instrument = btc_usd();
    let query = |timeframe| VenueCandleQuery {
        instrument: &instrument,
        timeframe,
        start: UnixMs(1_688_671_200_000),
        end: UnixMs(1_688_674_800_000),
    };
    let request = candles_request(&query(Timeframe::H1)).expect("a request");
    assert_eq!(request.path, "/0/public/OHLC");
    let expected = [
        ("pair", "XBTUSD"),
        ("interval", "60"),
        ("since", "1688671199"),
    ];
    assert_eq!(
        request.query,
        expected.map(|(name, value)| (name, value.to_owned()))
    );
    for timeframe in [Timeframe::S1, Timeframe::H2, Timeframe::W1] {
        assert_eq!(candles_request(&query(timeframe)), None, "{timeframe}");
    }
}

#[test]
fn reads_bars_without_those_of_silent_minutes() {
    let body = r#"{"error":[],"result":{"XXBTZUSD":[
        [1688671200,"30306.1","30306.2","30305.7","30305.7","30306.1","3.39243896",23],
        [1688671260,"30305.7","30305.7","30305.7","30305.7","0.0","0.00000000",0],
        [1688671320,"30300.35","30300.4","30291.4","30291.4","30294.7","2.13024789",25]],
        "last":1688671260}}"#;
    let read = parse_candles(&btc_usd(), body.as_bytes()).expect("bars");
    assert_eq!((read.precision.price, read.precision.quantity), (2, 8));
    let seen: Vec<_> = read
        .candles
        .iter()
        .map(|bar| (bar.time.0, bar.open.0, bar.trades, bar.quote_volume))
        .collect();
    assert_eq!(
        seen,
        [
            (1_688_671_200_000, 3_030_610, Some(23), None),
            (1_688_671_320_000, 3_030_035, Some(25), None),
        ]
    );
}

#[test]
fn asks_for_trades_and_reads_them() {
    let instrument = btc_usd();
    let request = trades_request(&VenueTradeQuery {
        instrument: &instrument,
        start: UnixMs(1_762_795_433_000),
        end: UnixMs(1_762_795_434_000),
        limit: 5_000,
    });
    assert_eq!(
        request.query[1..],
        [
            ("since", "1762795432999999999".to_owned()),
            ("count", "1000".to_owned())
        ]
    );
    let body = r#"{"error":[],"result":{"XXBTZUSD":[
        ["105433.60000","0.00027625",1762795433.9717445,"b","l","",10218208],
        ["105410.10000","0.00005000",1762795457.8467374,"s","m","",10218209]],
        "last":"1762795457846737400"}}"#;
    let events = parse_trades(&instrument, body.as_bytes()).expect("trades");
    let seen: Vec<_> = events
        .into_iter()
        .map(|event| match event.body {
            VenueBody::Trade {
                id, side, history, ..
            } => (id.0, event.time.0, side, history),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        seen,
        [
            (10_218_208, 1_762_795_433_971_744_500, Side::Buy, true),
            (10_218_209, 1_762_795_457_846_737_400, Side::Sell, true),
        ]
    );
}

#[test]
fn what_is_no_answer_is_an_error() {
    for rows in [
        r#"["0","1",1.5,"b","l","",1]"#,
        r#"["1","1",-1.5,"b","l","",1]"#,
        r#"["1","1",1.5,"x","l","",1]"#,
        r#"["1","1",1.5,"b","l",""]"#,
    ] {
        let body = format!(r#"{{"error":[],"result":{{"A":[{rows}],"last":"1"}}}}"#);
        assert!(parse_trades(&btc_usd(), body.as_bytes()).is_err(), "{rows}");
        assert!(
            parse_candles(&btc_usd(), body.as_bytes()).is_err(),
            "{rows}"
        );
    }
    let nothing = br#"{"error":[],"result":{"last":"1"}}"#;
    assert!(parse_trades(&btc_usd(), nothing).is_err());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_candles(&btc_usd(), &bytes);
        let _ = parse_trades(&btc_usd(), &bytes);
        let _ = super::super::pairs::parse(&bytes);
    }
}

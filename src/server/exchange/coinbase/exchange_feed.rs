//! The Exchange feed: `level2_batch`, `matches`, `heartbeat`, `ticker`.
//!
//! Its book changes carry no number, so a lost one is not seen. Trade ids are contiguous per
//! product, and `last_match` names the one before the subscription.
//!
//! <https://docs.cdp.coinbase.com/exchange/websocket-feed/channels>

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::json;
use tradesuite_core::model::{
    BookUpkeep, InstrumentId, TradeId, UnixNs, VenueBody, VenueEvent, VenueLevel,
};

use super::symbols::Symbols;
use super::wire::{Changes, Digits, Levels, MaybeDigits};
use crate::server::exchange::{
    DecodeError, Decoded, Decoder, Feed, FeedSpec, Notice, parse_side, parse_time, positive,
    required, shorten,
};

static SPEC: FeedSpec = FeedSpec {
    name: "exchange",
    docs: "https://docs.cdp.coinbase.com/exchange/websocket-feed/channels",
    ws_url: "wss://ws-feed.exchange.coinbase.com",
    hosts: &[
        "ws-feed.exchange.coinbase.com",
        "ws-feed.pro.coinbase.com",
        "ws-feed.gdax.com",
        "ws-feed-public.sandbox.exchange.coinbase.com",
        "ws-feed-public.sandbox.pro.coinbase.com",
    ],
    proof: "Trade ids are contiguous per product. Book changes are not numbered: one that is lost \
            stays unseen until bids and asks cross or the line is opened again.",
    numbered: false,
    silence_ms: 10_000,
    instruments_per_connection: 30,
};

/// The Exchange feed.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeFeed;

impl Feed for ExchangeFeed {
    fn spec(&self) -> &'static FeedSpec {
        &SPEC
    }

    fn subscribe(&self, symbols: &[&str]) -> Vec<String> {
        vec![request("subscribe", symbols)]
    }

    fn unsubscribe(&self, symbols: &[&str]) -> Vec<String> {
        vec![request("unsubscribe", symbols)]
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(ExchangeDecoder::default())
    }
}

fn request(kind: &str, symbols: &[&str]) -> String {
    json!({
        "type": kind,
        "product_ids": symbols,
        "channels": ["level2_batch", "matches", "heartbeat", "ticker"],
    })
    .to_string()
}

/// Any message of the feed. The kinds share fields, so one flat struct reads them in one pass
/// whatever the order of their keys.
///
/// ```json
/// {"type":"snapshot","product_id":"SKL-USD","asks":[["0.7911","450"]],"bids":[["0.7902","468"]]}
/// {"type":"l2update","product_id":"SKL-USD","changes":[["sell","0.7923","7441.5"]],"time":"2021-04-17T16:43:37.075351Z"}
/// {"type":"match","trade_id":1568268,"side":"sell","size":"450","price":"0.791","product_id":"SKL-USD","sequence":201390075,"time":"2021-04-17T16:43:37.121358Z"}
/// {"type":"ticker","product_id":"NU-GBP","price":"0.4394","best_bid":"0.4385","best_ask":"0.4394","time":"2021-04-17T16:43:18.435588Z"}
/// {"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}
/// {"type":"error","message":"Failed to subscribe","reason":"XX-USD is not a valid product"}
/// ```
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    product_id: Option<&'a str>,
    time: Option<&'a str>,
    #[serde(default)]
    changes: Changes,
    bids: Option<Levels>,
    asks: Option<Levels>,
    trade_id: Option<u64>,
    /// The maker's.
    side: Option<&'a str>,
    price: Option<Digits>,
    size: Option<Digits>,
    #[serde(default)]
    best_bid: MaybeDigits,
    #[serde(default)]
    best_bid_size: MaybeDigits,
    #[serde(default)]
    best_ask: MaybeDigits,
    #[serde(default)]
    best_ask_size: MaybeDigits,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
}

#[derive(Default)]
struct ExchangeDecoder {
    symbols: Symbols,
    /// The newest time that the venue said, for messages that have none.
    venue_time: Option<UnixNs>,
}

impl Decoder for ExchangeDecoder {
    fn decode(
        &mut self,
        frame: &str,
        received: UnixNs,
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        let message: Message<'_> = serde_json::from_str(frame)?;
        let said = message
            .time
            .map(|text| parse_time("time", text))
            .transpose()?;
        let at = said.or(self.venue_time).unwrap_or(received);
        match message.kind.as_ref() {
            "l2update" => {
                let Changes { bids, asks } = message.changes;
                let instrument = self.instrument(message.product_id)?;
                push_book(out, instrument, at, false, bids, asks);
            }
            "match" => {
                let event = self.trade(&message, required("time", said)?)?;
                out.events.push(event);
            }
            "snapshot" => {
                let instrument = self.instrument(message.product_id)?;
                let bids = required("bids", message.bids)?.0;
                let asks = required("asks", message.asks)?.0;
                push_book(out, instrument, at, true, bids, asks);
            }
            "ticker" => {
                let event = self.ticker(&message, at)?;
                out.events.push(event);
            }
            "heartbeat" => out.notices.push(Notice::Heartbeat),
            "last_match" => out.notices.push(Notice::LastTrade {
                instrument: self.instrument(message.product_id)?,
                id: TradeId(required("trade_id", message.trade_id)?),
                time: required("time", said)?,
            }),
            "subscriptions" => out.notices.push(Notice::Subscribed),
            "error" => out.notices.push(refusal(&message)),
            other => out.notices.push(Notice::Unknown(shorten(other).to_owned())),
        }
        // A last match may be days old: it does not say what time it is now.
        if message.kind != "last_match" && said.is_some() {
            self.venue_time = self.venue_time.max(said);
            out.venue_time = said;
        }
        Ok(())
    }
}

fn push_book(
    out: &mut Decoded,
    instrument: InstrumentId,
    time: UnixNs,
    snapshot: bool,
    bids: Vec<VenueLevel>,
    asks: Vec<VenueLevel>,
) {
    out.events.push(VenueEvent {
        instrument,
        time,
        body: VenueBody::Book {
            snapshot,
            bids,
            asks,
            upkeep: BookUpkeep::default(),
        },
    });
}

fn refusal(message: &Message<'_>) -> Notice {
    let parts = [&message.message, &message.reason];
    let said: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.as_deref())
        .map(shorten)
        .collect();
    Notice::Refused(said.join(": "))
}

impl ExchangeDecoder {
    fn instrument(&mut self, product: Option<&str>) -> Result<InstrumentId, DecodeError> {
        self.symbols.id(required("product_id", product)?)
    }

    fn trade(&mut self, message: &Message<'_>, time: UnixNs) -> Result<VenueEvent, DecodeError> {
        Ok(VenueEvent {
            instrument: self.instrument(message.product_id)?,
            time,
            body: VenueBody::Trade {
                id: TradeId(required("trade_id", message.trade_id)?),
                price: positive("price", required("price", message.price)?.0)?,
                quantity: positive("size", required("size", message.size)?.0)?,
                // "The side field indicates the maker order side."
                side: parse_side(required("side", message.side)?)?.opposite(),
                history: false,
            },
        })
    }

    fn ticker(&mut self, message: &Message<'_>, time: UnixNs) -> Result<VenueEvent, DecodeError> {
        let quote = |price: MaybeDigits, size: MaybeDigits| price.0.zip(size.0);
        Ok(VenueEvent {
            instrument: self.instrument(message.product_id)?,
            time,
            body: VenueBody::Ticker {
                last: message.price.map(|digits| digits.0),
                bid: quote(message.best_bid, message.best_bid_size),
                ask: quote(message.best_ask, message.best_ask_size),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tradesuite_core::model::{Decimal, Side};

    const RECEIVED: UnixNs = UnixNs(1_618_677_817_000_000_000);

    const FRAMES: [&str; 8] = [
        r#"{"type":"subscriptions","channels":[{"name":"level2","product_ids":["SKL-USD"]}]}"#,
        r#"{"type":"snapshot","product_id":"SKL-USD","asks":[["0.7911","450"]],"bids":[["0.7902","468"],["0.7900","1"]]}"#,
        r#"{"type":"last_match","trade_id":1568267,"maker_order_id":"a","taker_order_id":"b","side":"sell","size":"70","price":"0.4394","product_id":"SKL-USD","sequence":108779525,"time":"2021-04-17T16:43:18.435588Z"}"#,
        r#"{"type":"l2update","product_id":"SKL-USD","changes":[["sell","0.7923","7441.5"]],"time":"2021-04-17T16:43:37.075351Z"}"#,
        r#"{"type":"match","trade_id":1568268,"maker_order_id":"a","taker_order_id":"b","side":"sell","size":"450","price":"0.791","product_id":"SKL-USD","sequence":201390075,"time":"2021-04-17T16:43:37.121358Z"}"#,
        r#"{"type":"ticker","sequence":1,"product_id":"SKL-USD","price":"0.4394","best_bid":"0.4385","best_bid_size":"2","best_ask":"0.4394","side":"buy","time":"2021-04-17T16:43:38.435588Z","trade_id":563678}"#,
        r#"{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"SKL-USD","time":"2021-04-17T16:43:39Z"}"#,
        r#"{"type":"error","message":"Failed to subscribe","reason":"XX-\"YY\" is not a valid product"}"#,
    ];

    fn decode(frame: &str) -> Result<Decoded, DecodeError> {
        let mut out = Decoded::default();
        ExchangeFeed.decoder().decode(frame, RECEIVED, &mut out)?;
        Ok(out)
    }

    fn only(frame: &str) -> VenueEvent {
        let mut out = decode(frame).expect("a message");
        assert_eq!(out.events.len(), 1, "{frame}");
        out.events.remove(0)
    }

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    #[test]
    fn turns_the_makers_side_around() {
        let event = only(FRAMES[4]);
        assert_eq!(event.instrument.as_str(), "coinbase:SKL-USD");
        assert_eq!(event.time, UnixNs(1_618_677_817_121_358_000));
        let expected = VenueBody::Trade {
            id: TradeId(1_568_268),
            price: decimal("0.791"),
            quantity: decimal("450"),
            side: Side::Buy,
            history: false,
        };
        assert_eq!(event.body, expected);
    }

    #[test]
    fn a_snapshot_without_a_time_takes_the_receive_time() {
        let event = only(FRAMES[1]);
        assert_eq!(event.time, RECEIVED);
        let VenueBody::Book {
            snapshot,
            bids,
            asks,
            ..
        } = event.body
        else {
            panic!("a book");
        };
        assert!(snapshot);
        assert_eq!((bids.len(), asks.len()), (2, 1));
        assert_eq!(bids[1], (decimal("0.7900"), decimal("1")));
    }

    #[test]
    fn reads_changes_and_quotes() {
        let VenueBody::Book {
            snapshot,
            bids,
            asks,
            ..
        } = only(FRAMES[3]).body
        else {
            panic!("a book");
        };
        assert!(!snapshot && bids.is_empty());
        assert_eq!(asks, [(decimal("0.7923"), decimal("7441.5"))]);
        let expected = VenueBody::Ticker {
            last: Some(decimal("0.4394")),
            bid: Some((decimal("0.4385"), decimal("2"))),
            ask: None,
        };
        assert_eq!(only(FRAMES[5]).body, expected);
    }

    #[test]
    fn says_what_concerns_the_connection() {
        let notices = |frame: &str| decode(frame).expect("a message").notices;
        assert_eq!(notices(FRAMES[0]), [Notice::Subscribed]);
        assert_eq!(notices(FRAMES[6]), [Notice::Heartbeat]);
        assert!(matches!(
            notices(FRAMES[2])[..],
            [Notice::LastTrade {
                id: TradeId(1_568_267),
                ..
            }]
        ));
        assert_eq!(
            notices(FRAMES[7]),
            [Notice::Refused(
                "Failed to subscribe: XX-\"YY\" is not a valid product".to_owned()
            )]
        );
        assert_eq!(
            notices(r#"{"type":"auction","product_id":"LTC-USD"}"#),
            [Notice::Unknown("auction".to_owned())]
        );
    }

    #[test]
    fn malformed_messages_are_errors() {
        for frame in [
            "",
            "[]",
            "{}",
            r#"{"type":"match"}"#,
            r#"{"type":"snapshot","product_id":"SKL-USD","bids":[]}"#,
            r#"{"type":"l2update","product_id":"lower","changes":[]}"#,
            r#"{"type":"l2update","product_id":"A-B","changes":[["both","1","1"]]}"#,
            r#"{"type":"l2update","product_id":"A-B","changes":[],"time":"yesterday"}"#,
            r#"{"type":"match","trade_id":1,"side":"sell","size":"0","price":"1","product_id":"A-B","time":"2021-04-17T16:43:39Z"}"#,
        ] {
            assert!(decode(frame).is_err(), "{frame}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&String::from_utf8_lossy(&bytes));
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
            let _ = decode(&String::from_utf8_lossy(&bytes));
        }
    }
}

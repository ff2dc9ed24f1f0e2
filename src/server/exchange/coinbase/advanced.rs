//! Advanced Trade market data: `level2`, `market_trades`, `ticker`, `heartbeats`.
//!
//! `sequence_num` counts every message of a connection, all channels together, from 0, so that a
//! hole is seen.
//!
//! <https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels>

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::json;
use tradesuite_core::model::{BookUpkeep, TradeId, UnixNs, VenueBody, VenueEvent};

use super::symbols::Symbols;
use super::wire::{BookSide, Changes, Digits, MaybeDigits, level};
use crate::server::exchange::{
    DecodeError, Decoded, Decoder, Feed, FeedSpec, Notice, is_snapshot, parse_side, parse_time,
    positive, required, shorten,
};

/// Channels that are asked for, product by product.
const CHANNELS: [&str; 3] = ["level2", "market_trades", "ticker"];

static SPEC: FeedSpec = FeedSpec {
    name: "advanced",
    docs: "https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels",
    ws_url: "wss://advanced-trade-ws.coinbase.com",
    hosts: &["advanced-trade-ws.coinbase.com"],
    proof: "Every message of a connection is numbered, and trade ids are contiguous per product: a \
            lost message is seen, except for a connection's first. What the venue itself leaves \
            out of a message is not.",
    numbered: true,
    silence_ms: 10_000,
    instruments_per_connection: 30,
};

/// Advanced Trade market data.
#[derive(Clone, Copy, Debug)]
pub struct AdvancedTrade;

impl Feed for AdvancedTrade {
    fn spec(&self) -> &'static FeedSpec {
        &SPEC
    }

    fn subscribe(&self, symbols: &[&str]) -> Vec<String> {
        let mut frames = requests("subscribe", symbols);
        frames.push(json!({"type": "subscribe", "channel": "heartbeats"}).to_string());
        frames
    }

    fn unsubscribe(&self, symbols: &[&str]) -> Vec<String> {
        // Not the heartbeats: they belong to the connection and its other products.
        requests("unsubscribe", symbols)
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(AdvancedDecoder::default())
    }
}

fn requests(kind: &str, symbols: &[&str]) -> Vec<String> {
    CHANNELS
        .iter()
        .map(|channel| {
            json!({"type": kind, "product_ids": symbols, "channel": channel}).to_string()
        })
        .collect()
}

/// Any message of the feed.
///
/// ```json
/// {"channel":"l2_data","timestamp":"2026-08-24T22:34:13.813365299Z","sequence_num":2,"events":[…]}
/// {"type":"error","message":"no such channel"}
/// ```
#[derive(Deserialize)]
struct Message<'a> {
    channel: Option<&'a str>,
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    timestamp: Option<&'a str>,
    sequence_num: Option<u64>,
    #[serde(borrow, default)]
    events: Vec<Event<'a>>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
}

/// One event of any channel: the channels share no field but `type`.
///
/// ```json
/// {"type":"update","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2026-08-24T22:34:13.592233Z","price_level":"78856.05","new_quantity":"0.04868907"}]}
/// {"type":"snapshot","trades":[{"product_id":"BTC-USD","trade_id":"1069726291","price":"63310.25","size":"0.00000043","time":"2026-08-12T19:27:47.532655Z","side":"BUY"}]}
/// {"type":"update","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"63320.73","best_bid":"63320.73","best_ask":"63320.74","best_bid_quantity":"0.12636254","best_ask_quantity":"0.49679101"}]}
/// {"current_time":"2026-04-07 14:30:10.000000000+00:00","heartbeat_counter":42}
/// {"subscriptions":{"level2":["BTC-USD"]}}
/// ```
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    product_id: Option<&'a str>,
    #[serde(borrow)]
    updates: Option<Updates<'a>>,
    #[serde(borrow, default)]
    trades: Vec<TradeRow<'a>>,
    #[serde(borrow, default)]
    tickers: Vec<TickerRow<'a>>,
}

#[derive(Deserialize)]
struct TradeRow<'a> {
    product_id: &'a str,
    trade_id: &'a str,
    price: Digits,
    size: Digits,
    time: &'a str,
    /// The maker's.
    side: &'a str,
}

#[derive(Deserialize)]
struct TickerRow<'a> {
    product_id: &'a str,
    #[serde(default)]
    price: MaybeDigits,
    #[serde(default)]
    best_bid: MaybeDigits,
    #[serde(default)]
    best_bid_quantity: MaybeDigits,
    #[serde(default)]
    best_ask: MaybeDigits,
    #[serde(default)]
    best_ask_quantity: MaybeDigits,
}

/// Book changes, and the time of the last of them.
struct Updates<'a> {
    changes: Changes,
    event_time: Option<&'a str>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Updates<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Row<'a> {
            side: BookSide,
            event_time: Option<&'a str>,
            price_level: Digits,
            new_quantity: Digits,
        }
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Updates<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("book updates")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Updates<'de>, A::Error> {
                let mut changes = Changes::default();
                let mut event_time = None;
                while let Some(row) = rows.next_element::<Row<'de>>()? {
                    let level = level(row.price_level, row.new_quantity)?;
                    match row.side {
                        BookSide::Bid => changes.bids.push(level),
                        BookSide::Ask => changes.asks.push(level),
                    }
                    event_time = row.event_time.or(event_time);
                }
                Ok(Updates {
                    changes,
                    event_time,
                })
            }
        }
        deserializer.deserialize_seq(Rows)
    }
}

#[derive(Default)]
struct AdvancedDecoder {
    symbols: Symbols,
}

impl Decoder for AdvancedDecoder {
    fn decode(
        &mut self,
        frame: &str,
        received: UnixNs,
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        let message: Message<'_> = serde_json::from_str(frame)?;
        out.sequence = message.sequence_num;
        out.venue_time = message
            .timestamp
            .map(|text| parse_time("timestamp", text))
            .transpose()?;
        let sent = out.venue_time.unwrap_or(received);
        let Some(channel) = message.channel else {
            out.notices.push(notice(&message)?);
            return Ok(());
        };
        match channel {
            "l2_data" => {
                for event in message.events {
                    let event = self.book(event, sent)?;
                    out.events.push(event);
                }
            }
            "market_trades" => {
                for event in &message.events {
                    self.trades(event, out)?;
                }
            }
            "ticker" | "ticker_batch" => {
                for row in message.events.iter().flat_map(|event| &event.tickers) {
                    let event = self.ticker(row, sent)?;
                    out.events.push(event);
                }
            }
            "heartbeats" => out.notices.push(Notice::Heartbeat),
            "subscriptions" => out.notices.push(Notice::Subscribed),
            other => out.notices.push(Notice::Unknown(shorten(other).to_owned())),
        }
        Ok(())
    }
}

/// A message outside of the channels.
fn notice(message: &Message<'_>) -> Result<Notice, DecodeError> {
    let kind = required("channel", message.kind.as_deref())?;
    Ok(match (kind, message.message.as_deref()) {
        ("error", said) => Notice::Refused(shorten(said.unwrap_or("no reason given")).to_owned()),
        _ => Notice::Unknown(shorten(kind).to_owned()),
    })
}

impl AdvancedDecoder {
    fn book(&mut self, event: Event<'_>, sent: UnixNs) -> Result<VenueEvent, DecodeError> {
        let updates = required("updates", event.updates)?;
        let changed = updates
            .event_time
            // The venue's "unknown" is the first instant of the year 1 or of 1970.
            .filter(|text| !text.starts_with("0001-") && !text.starts_with("1970-"))
            .map(|text| parse_time("event_time", text))
            .transpose()?;
        Ok(VenueEvent {
            instrument: self.symbols.id(required("product_id", event.product_id)?)?,
            time: changed.unwrap_or(sent),
            body: VenueBody::Book {
                snapshot: is_snapshot("events.type", event.kind)?,
                bids: updates.changes.bids,
                asks: updates.changes.asks,
                upkeep: BookUpkeep::default(),
            },
        })
    }

    /// The venue sends the newest trade first; what is written is ascending.
    fn trades(&mut self, event: &Event<'_>, out: &mut Decoded) -> Result<(), DecodeError> {
        let history = is_snapshot("events.type", event.kind)?;
        let first = out.events.len();
        for row in &event.trades {
            let id = row.trade_id.parse().map_err(|_| DecodeError::Field {
                field: "trade_id",
                reason: format!("{:?} is no number", shorten(row.trade_id)),
            })?;
            out.events.push(VenueEvent {
                instrument: self.symbols.id(row.product_id)?,
                time: parse_time("time", row.time)?,
                body: VenueBody::Trade {
                    id: TradeId(id),
                    price: positive("price", row.price.0)?,
                    quantity: positive("size", row.size.0)?,
                    // The maker's side, as on the Exchange feed's `match`.
                    side: parse_side(row.side)?.opposite(),
                    history,
                },
            });
        }
        out.events[first..].sort_by_key(|event| match event.body {
            VenueBody::Trade { id, .. } => id,
            VenueBody::Book { .. } | VenueBody::Ticker { .. } => TradeId::default(),
        });
        Ok(())
    }

    fn ticker(&mut self, row: &TickerRow<'_>, sent: UnixNs) -> Result<VenueEvent, DecodeError> {
        Ok(VenueEvent {
            instrument: self.symbols.id(row.product_id)?,
            time: sent,
            body: VenueBody::Ticker {
                last: row.price.0,
                bid: row.best_bid.0.zip(row.best_bid_quantity.0),
                ask: row.best_ask.0.zip(row.best_ask_quantity.0),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tradesuite_core::model::{Decimal, Side};

    const RECEIVED: UnixNs = UnixNs(1_787_610_854_000_000_000);

    const FRAMES: [&str; 6] = [
        r#"{"channel":"l2_data","timestamp":"2026-08-24T22:34:13.793075885Z","sequence_num":0,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"78856.05","new_quantity":"0.0476177"},{"side":"offer","event_time":"0001-01-01T00:00:00Z","price_level":"78856.06","new_quantity":"0.5"}]}]}"#,
        r#"{"channel":"l2_data","client_id":"","timestamp":"2026-08-24T22:34:13.813365299Z","sequence_num":2,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2026-08-24T22:34:13.592233Z","price_level":"78856.05","new_quantity":"0"}]}]}"#,
        r#"{"channel":"market_trades","timestamp":"2026-08-12T19:27:48.364886251Z","sequence_num":2,"events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"1069726293","price":"63310.25","size":"0.00000012","time":"2026-08-12T19:27:48.298771Z","side":"BUY"},{"product_id":"BTC-USD","trade_id":"1069726292","price":"63310.25","size":"0.00000012","time":"2026-08-12T19:27:48.266642Z","side":"SELL"}]}]}"#,
        r#"{"channel":"ticker","timestamp":"2026-08-12T19:27:33.829058895Z","sequence_num":3,"events":[{"type":"update","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"63320.73","best_bid":"63318.86","best_ask":"63318.87","best_bid_quantity":"0.2275291","best_ask_quantity":""}]}]}"#,
        r#"{"channel":"heartbeats","timestamp":"2026-04-07T14:30:10Z","sequence_num":4,"events":[{"current_time":"2026-04-07 14:30:10.000000000+00:00","heartbeat_counter":42}]}"#,
        r#"{"channel":"subscriptions","timestamp":"2026-08-24T22:34:13.813379359Z","sequence_num":5,"events":[{"subscriptions":{"level2":["BTC-USD"]}}]}"#,
    ];

    fn decode(frame: &str) -> Result<Decoded, DecodeError> {
        let mut out = Decoded::default();
        AdvancedTrade.decoder().decode(frame, RECEIVED, &mut out)?;
        Ok(out)
    }

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    #[test]
    fn reads_books_with_the_time_of_the_change() {
        let snapshot = decode(FRAMES[0]).expect("a message");
        assert_eq!(snapshot.sequence, Some(0));
        assert_eq!(snapshot.events[0].time, UnixNs(1_787_610_853_793_075_885));
        let VenueBody::Book {
            snapshot: true,
            bids,
            asks,
            ..
        } = &snapshot.events[0].body
        else {
            panic!("a snapshot");
        };
        assert_eq!(bids[..], [(decimal("78856.05"), decimal("0.0476177"))]);
        assert_eq!(asks[..], [(decimal("78856.06"), decimal("0.5"))]);
        let update = decode(FRAMES[1]).expect("a message");
        assert_eq!(update.events[0].time, UnixNs(1_787_610_853_592_233_000));
        assert_eq!(update.venue_time, Some(UnixNs(1_787_610_853_813_365_299)));
        assert!(matches!(
            update.events[0].body,
            VenueBody::Book {
                snapshot: false,
                ..
            }
        ));
    }

    #[test]
    fn trades_come_out_ascending_with_the_takers_side() {
        let seen: Vec<_> = decode(FRAMES[2])
            .expect("a message")
            .events
            .into_iter()
            .map(|event| match event.body {
                VenueBody::Trade {
                    id, side, history, ..
                } => (id.0, side, history),
                _ => panic!("only trades"),
            })
            .collect();
        assert_eq!(
            seen,
            [
                (1_069_726_292, Side::Buy, false),
                (1_069_726_293, Side::Sell, false),
            ]
        );
        let snapshot = FRAMES[2].replace("\"update\"", "\"snapshot\"");
        let events = decode(&snapshot).expect("a message").events;
        assert!(
            events
                .iter()
                .all(|event| matches!(event.body, VenueBody::Trade { history: true, .. }))
        );
    }

    #[test]
    fn reads_quotes_and_what_concerns_the_connection() {
        let ticker = decode(FRAMES[3]).expect("a message");
        let expected = VenueBody::Ticker {
            last: Some(decimal("63320.73")),
            bid: Some((decimal("63318.86"), decimal("0.2275291"))),
            ask: None,
        };
        assert_eq!(ticker.events[0].body, expected);
        let notices = |frame: &str| decode(frame).expect("a message").notices;
        assert_eq!(notices(FRAMES[4]), [Notice::Heartbeat]);
        assert_eq!(notices(FRAMES[5]), [Notice::Subscribed]);
        assert_eq!(
            notices(r#"{"type":"error","message":"bad \"channel\""}"#),
            [Notice::Refused("bad \"channel\"".to_owned())]
        );
        let futures = r#"{"channel":"futures_balance_summary","sequence_num":9,"events":[]}"#;
        assert!(matches!(notices(futures)[..], [Notice::Unknown(_)]));
        assert_eq!(decode(futures).expect("a message").sequence, Some(9));
    }

    #[test]
    fn malformed_messages_are_errors() {
        for frame in [
            "",
            "null",
            "{}",
            r#"{"channel":"l2_data","events":[{}]}"#,
            r#"{"channel":"l2_data","events":[{"type":"other","product_id":"A-B","updates":[]}]}"#,
            r#"{"channel":"l2_data","sequence_num":-1,"events":[]}"#,
            r#"{"channel":"market_trades","events":[{"type":"update","trades":[{"product_id":"A-B","trade_id":"x","price":"1","size":"1","time":"2026-08-12T19:27:48Z","side":"BUY"}]}]}"#,
            r#"{"channel":"market_trades","events":[{"type":"update","trades":[{"product_id":"A-B","trade_id":"1","price":"1","size":"1","time":"2026-08-12T19:27:48Z","side":"UNKNOWN"}]}]}"#,
        ] {
            assert!(decode(frame).is_err(), "{frame}");
        }
    }

    #[test]
    fn subscribes_channel_by_channel() {
        let frames = AdvancedTrade.subscribe(&["BTC-USD", "ETH-USD"]);
        assert_eq!(frames.len(), 4);
        assert_eq!(
            frames[0],
            r#"{"channel":"level2","product_ids":["BTC-USD","ETH-USD"],"type":"subscribe"}"#
        );
        assert!(frames[3].contains("heartbeats") && !frames[3].contains("product_ids"));
        assert_eq!(AdvancedTrade.unsubscribe(&["BTC-USD"]).len(), 3);
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

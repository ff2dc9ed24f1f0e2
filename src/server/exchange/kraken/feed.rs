//! WebSocket v2: `book` and `trade`, with the heartbeats that come where nothing else does.
//!
//! Messages are not numbered. Every book message carries the CRC32 of the best ten levels instead,
//! and trade ids are contiguous per instrument.
//!
//! <https://docs.kraken.com/api/docs/websocket-v2/book>,
//! <https://docs.kraken.com/api/docs/websocket-v2/trade>

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{
    BookChecksum, BookUpkeep, Precision, TradeId, UnixNs, VenueBody, VenueEvent,
};

use super::checksum;
use super::symbols::{Symbols, ws_symbol};
use super::wire::{Digits, Levels};
use crate::server::exchange::{
    DecodeError, Decoded, Decoder, Feed, FeedSpec, Notice, is_snapshot, parse_side, parse_time,
    positive, required, shorten,
};

/// Levels a side that are subscribed: enough for the panels, and little enough that a book of a
/// hundred instruments costs no noticeable traffic.
const DEPTH: u32 = 100;

/// Depths that the venue offers.
const DEPTHS: [u32; 5] = [10, 25, 100, 500, 1_000];

static SPEC: FeedSpec = FeedSpec {
    name: "v2",
    docs: "https://docs.kraken.com/api/docs/websocket-v2/book",
    ws_url: "wss://ws.kraken.com/v2",
    hosts: &["ws.kraken.com"],
    proof: "Every book message carries a checksum of the best ten levels a side, and trade ids are \
            contiguous per pair: what is lost there is seen at once. A change that is lost below \
            the tenth level stays unseen until it comes among the best ten.",
    numbered: false,
    silence_ms: 10_000,
    instruments_per_connection: 50,
};

/// WebSocket v2.
#[derive(Clone, Copy, Debug)]
pub struct WebSocketV2;

impl Feed for WebSocketV2 {
    fn spec(&self) -> &'static FeedSpec {
        &SPEC
    }

    fn subscribe(&self, symbols: &[&str]) -> Vec<String> {
        let symbols = named(symbols);
        let book = json!({"channel": "book", "symbol": symbols, "depth": DEPTH, "snapshot": true});
        // The last fifty trades connect what was seen before with what comes.
        let trade = json!({"channel": "trade", "symbol": symbols, "snapshot": true});
        [book, trade]
            .map(|params| json!({"method": "subscribe", "params": params}).to_string())
            .into()
    }

    fn unsubscribe(&self, symbols: &[&str]) -> Vec<String> {
        let symbols = named(symbols);
        let book = json!({"channel": "book", "symbol": symbols, "depth": DEPTH});
        let trade = json!({"channel": "trade", "symbol": symbols});
        [book, trade]
            .map(|params| json!({"method": "unsubscribe", "params": params}).to_string())
            .into()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(V2Decoder::default())
    }

    fn checksum(&self, book: &OrderBook, written: Precision) -> Option<u32> {
        checksum::checksum(book, written)
    }
}

fn named(symbols: &[&str]) -> Vec<String> {
    symbols.iter().map(|symbol| ws_symbol(symbol)).collect()
}

/// Any message of the feed.
///
/// ```json
/// {"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":7204881492680171915}]}
/// {"channel":"heartbeat"}
/// {"method":"subscribe","result":{"channel":"book","depth":10,"snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2026-08-01T02:53:53.184174Z","time_out":"2026-08-01T02:53:53.184216Z"}
/// {"error":"Currency pair not supported XBT/USD","method":"subscribe","success":false,"symbol":"XBT/USD","time_in":"2026-08-01T02:53:53.184174Z","time_out":"2026-08-01T02:53:53.184216Z"}
/// ```
#[derive(Deserialize)]
struct Message<'a> {
    channel: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    /// Of another shape in every channel.
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    method: Option<&'a str>,
    success: Option<bool>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    #[serde(borrow)]
    result: Option<Acknowledged<'a>>,
}

/// What an acknowledgement is about.
#[derive(Deserialize)]
struct Acknowledged<'a> {
    symbol: Option<&'a str>,
    depth: Option<u32>,
}

/// One instrument's book, or what changed in it.
///
/// ```json
/// {"symbol":"BTC/USD","bids":[],"asks":[{"price":63005.9,"qty":0.00000000},{"price":63008.6,"qty":0.00039677}],"checksum":3629011692,"timestamp":"2026-08-01T02:53:54.966086Z"}
/// ```
#[derive(Deserialize)]
struct Book<'a> {
    symbol: &'a str,
    #[serde(default)]
    bids: Levels,
    #[serde(default)]
    asks: Levels,
    checksum: u32,
    /// Snapshots did not always have one.
    timestamp: Option<&'a str>,
}

/// An execution.
///
/// ```json
/// {"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665906,"timestamp":"2023-09-25T07:49:37.708706Z"}
/// ```
#[derive(Deserialize)]
struct TradeRow<'a> {
    symbol: &'a str,
    /// The taker's.
    side: &'a str,
    price: Digits,
    qty: Digits,
    trade_id: u64,
    timestamp: &'a str,
}

#[derive(Deserialize)]
struct Status<'a> {
    system: Option<&'a str>,
}

#[derive(Default)]
struct V2Decoder {
    symbols: Symbols,
}

impl Decoder for V2Decoder {
    fn decode(
        &mut self,
        frame: &str,
        received: UnixNs,
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        let message: Message<'_> = serde_json::from_str(frame)?;
        match message.channel {
            Some("book") => {
                let snapshot = is_snapshot("type", message.kind)?;
                let books: Vec<Book<'_>> = data(&message)?;
                for book in books {
                    let event = self.book(book, snapshot, received)?;
                    out.venue_time = out.venue_time.max(Some(event.time));
                    out.events.push(event);
                }
            }
            Some("trade") => {
                let history = is_snapshot("type", message.kind)?;
                let mut rows: Vec<TradeRow<'_>> = data(&message)?;
                rows.sort_by_key(|row| row.trade_id);
                for row in rows {
                    let event = self.trade(&row, history)?;
                    // What happened before the subscription does not say what time it is now.
                    if !history {
                        out.venue_time = out.venue_time.max(Some(event.time));
                    }
                    out.events.push(event);
                }
            }
            Some("heartbeat") => out.notices.push(Notice::Heartbeat),
            Some("status") => {
                let statuses: Vec<Status<'_>> = data(&message)?;
                let troubles = statuses.iter().filter_map(|status| status.system);
                for system in troubles.filter(|system| *system != "online") {
                    let words = format!("the exchange says that it is in {}", shorten(system));
                    out.notices.push(Notice::Refused(words));
                }
            }
            Some(other) => out.notices.push(Notice::Unknown(shorten(other).to_owned())),
            None => self.answer(&message, out)?,
        }
        Ok(())
    }
}

impl V2Decoder {
    fn book(
        &mut self,
        book: Book<'_>,
        snapshot: bool,
        received: UnixNs,
    ) -> Result<VenueEvent, DecodeError> {
        let time = book
            .timestamp
            .map_or(Ok(received), |text| parse_time("timestamp", text))?;
        let market = self.symbols.get(book.symbol)?;
        market.learn(&book.bids, &book.asks);
        if snapshot && market.depth.is_none() {
            let levels = book.bids.levels.len().max(book.asks.levels.len());
            market.depth = offered(levels);
        }
        Ok(VenueEvent {
            instrument: market.id.clone(),
            time,
            body: VenueBody::Book {
                snapshot,
                bids: book.bids.levels,
                asks: book.asks.levels,
                upkeep: BookUpkeep {
                    depth: market.depth,
                    checksum: Some(BookChecksum {
                        value: book.checksum,
                        written: market.written,
                    }),
                },
            },
        })
    }

    fn trade(&mut self, row: &TradeRow<'_>, history: bool) -> Result<VenueEvent, DecodeError> {
        Ok(VenueEvent {
            instrument: self.symbols.get(row.symbol)?.id.clone(),
            time: parse_time("timestamp", row.timestamp)?,
            body: VenueBody::Trade {
                id: TradeId(row.trade_id),
                price: positive("price", row.price.0)?,
                quantity: positive("qty", row.qty.0)?,
                side: parse_side(row.side)?,
                history,
            },
        })
    }

    /// The answer to something that was asked.
    fn answer(&mut self, message: &Message<'_>, out: &mut Decoded) -> Result<(), DecodeError> {
        if message.success == Some(false) || message.error.is_some() {
            let words = message.error.as_deref().unwrap_or("no reason given");
            out.notices.push(Notice::Refused(shorten(words).to_owned()));
            return Ok(());
        }
        match required("channel", message.method)? {
            "subscribe" => {
                let about = message.result.as_ref();
                if let Some((symbol, depth)) = about.and_then(|a| a.symbol.zip(a.depth)) {
                    self.symbols.get(symbol)?.depth = Some(depth);
                }
                out.notices.push(Notice::Subscribed);
            }
            "unsubscribe" => {}
            "pong" => out.notices.push(Notice::Heartbeat),
            other => out.notices.push(Notice::Unknown(shorten(other).to_owned())),
        }
        Ok(())
    }
}

/// The least depth that the venue offers for so many levels: a snapshot that comes before its
/// acknowledgement does not say which was subscribed.
fn offered(levels: usize) -> Option<u32> {
    DEPTHS
        .into_iter()
        .find(|depth| usize::try_from(*depth).is_ok_and(|depth| levels <= depth))
}

fn data<'a, T: Deserialize<'a>>(message: &Message<'a>) -> Result<Vec<T>, DecodeError> {
    let raw = required("data", message.data)?;
    Ok(serde_json::from_str(raw.get())?)
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;

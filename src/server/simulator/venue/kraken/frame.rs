//! Messages of the feed, worded once for all lines. Prices and quantities are bare numbers with all
//! their decimals.
//!
//! The wording is that of real frames, for example
//! `{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[{"price":63005.0,"qty":2.08665551}],"checksum":2532652056,"timestamp":"2026-08-01T02:53:53.646219Z"}]}`.
//! The side of a trade is the taker's.

use serde_json::{Value, json};
use tradesuite_core::model::{BookLevel, Side, Trade, UnixNs};

use super::names;
use super::view::View;
use crate::server::simulator::market::listing::Listing;
use crate::server::simulator::venue::digits::{self, push_fixed, push_time};
use crate::server::simulator::venue::frame::Frame;

fn kind(snapshot: bool) -> &'static str {
    if snapshot { "snapshot" } else { "update" }
}

/// A book, or what changed in it; the checksum is of the book as it is then.
pub fn book(
    listing: &Listing,
    time: UnixNs,
    levels: &View,
    checksum: u32,
    snapshot: bool,
) -> Frame {
    let mut text = String::with_capacity(256);
    text.push_str("{\"channel\":\"book\",\"type\":\"");
    text.push_str(kind(snapshot));
    text.push_str("\",\"data\":[{\"symbol\":\"");
    text.push_str(&names::symbol(listing));
    text.push_str("\",\"bids\":[");
    push_levels(&mut text, listing, &levels.bids);
    text.push_str("],\"asks\":[");
    push_levels(&mut text, listing, &levels.asks);
    text.push_str("],\"checksum\":");
    text.push_str(&checksum.to_string());
    text.push_str(",\"timestamp\":\"");
    push_time(&mut text, time);
    text.push_str("\"}]}");
    Frame::plain(text, snapshot)
}

fn push_levels(out: &mut String, listing: &Listing, levels: &[BookLevel]) {
    for (index, level) in levels.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "," });
        out.push_str("{\"price\":");
        push_fixed(out, level.price.0, listing.precision.price);
        out.push_str(",\"qty\":");
        push_fixed(out, level.quantity.0, listing.precision.quantity);
        out.push('}');
    }
}

/// Executions of an instrument, oldest first.
pub fn trades<'a>(
    listing: &Listing,
    snapshot: bool,
    trades: impl Iterator<Item = &'a Trade>,
) -> Frame {
    let symbol = names::symbol(listing);
    let mut text = String::with_capacity(256);
    text.push_str("{\"channel\":\"trade\",\"type\":\"");
    text.push_str(kind(snapshot));
    text.push_str("\",\"data\":[");
    for (index, trade) in trades.enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        text.push_str("{\"symbol\":\"");
        text.push_str(&symbol);
        text.push_str("\",\"side\":\"");
        text.push_str(match trade.side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        });
        text.push_str("\",\"price\":");
        push_fixed(&mut text, trade.price.0, listing.precision.price);
        text.push_str(",\"qty\":");
        push_fixed(&mut text, trade.quantity.0, listing.precision.quantity);
        text.push_str(",\"ord_type\":\"market\",\"trade_id\":");
        text.push_str(&trade.id.0.to_string());
        text.push_str(",\"timestamp\":\"");
        push_time(&mut text, trade.time);
        text.push_str("\"}");
    }
    text.push_str("]}");
    Frame::plain(text, snapshot)
}

/// What is said before anything is asked.
pub fn status() -> String {
    let data = json!([{"version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": 7_204_881_492_680_171_915_u64}]);
    json!({"channel": "status", "type": "update", "data": data}).to_string()
}

/// A sign of life.
pub fn heartbeat() -> Frame {
    Frame::plain("{\"channel\":\"heartbeat\"}".to_owned(), false)
}

/// A request was carried out.
pub fn acknowledgement(method: &str, result: Value, time: UnixNs) -> Frame {
    let at = digits::time(time);
    let text = json!({
        "method": method,
        "result": result,
        "success": true,
        "time_in": at,
        "time_out": at,
    });
    Frame::plain(text.to_string(), false)
}

/// A request makes no sense.
pub fn error(method: Option<&str>, symbol: Option<&str>, message: &str, time: UnixNs) -> String {
    let at = digits::time(time);
    let mut answer = json!({"error": message, "success": false, "time_in": at, "time_out": at});
    for (name, value) in [("method", method), ("symbol", symbol)] {
        if let Some(value) = value {
            answer[name] = json!(value);
        }
    }
    answer.to_string()
}

/// The answer to a ping.
pub fn pong(request: Option<u64>, time: UnixNs) -> String {
    let at = digits::time(time);
    let mut answer = json!({"method": "pong", "time_in": at, "time_out": at});
    if let Some(request) = request {
        answer["req_id"] = json!(request);
    }
    answer.to_string()
}

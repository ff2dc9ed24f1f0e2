//! Messages of the feed, worded once for all lines: what differs between lines is their number
//! alone, and its place is remembered.
//!
//! The wording is that of real frames, for example
//! `{"channel":"l2_data","timestamp":"2026-08-24T22:34:13.873923087Z","sequence_num":8,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"offer","event_time":"2026-08-24T22:34:13.848009Z","price_level":"78856.06","new_quantity":"0.1898315"}]}]}`.
//! The side of a trade is the maker's.

use std::collections::HashSet;

use tradesuite_core::model::{BookLevel, Price, Quantity, Side, Trade, UnixNs};

use super::channel::Channel;
use crate::server::simulator::market::book::BookSide;
use crate::server::simulator::market::desk::Desk;
use crate::server::simulator::market::flow::Move;
use crate::server::simulator::venue::digits::{push_decimal, push_time};
use crate::server::simulator::venue::frame::Frame;

/// A message whose words are being put together.
struct Draft(Frame);

impl Draft {
    fn begin(channel: &str, time: UnixNs, snapshot: bool) -> Self {
        let mut text = String::with_capacity(512);
        text.push_str("{\"channel\":\"");
        text.push_str(channel);
        text.push_str("\",\"timestamp\":\"");
        push_time(&mut text, time);
        text.push_str("\",\"sequence_num\":");
        let number_at = Some(text.len());
        text.push_str(",\"events\":[");
        Self(Frame {
            text,
            number_at,
            snapshot,
        })
    }

    fn end(mut self) -> Frame {
        self.0.text.push_str("]}");
        self.0
    }

    fn text(&mut self) -> &mut String {
        &mut self.0.text
    }

    fn push(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.text.push_str(part);
        }
    }
}

fn kind(snapshot: bool) -> &'static str {
    if snapshot { "snapshot" } else { "update" }
}

/// The whole book of an instrument.
pub fn book_snapshot(desk: &Desk, time: UnixNs) -> Frame {
    let book = desk.flow().book();
    let side = |side| {
        let level = move |level: BookLevel| (side, level.price, level.quantity);
        book.levels(side).into_iter().map(level)
    };
    let levels = side(BookSide::Bid).chain(side(BookSide::Ask));
    book_message(desk, time, time, true, levels)
}

/// What changed in the book within a step: the last state of every level that was touched.
pub fn book_update(desk: &Desk, time: UnixNs) -> Option<Frame> {
    let mut touched = HashSet::new();
    let mut levels = Vec::new();
    let mut last = None;
    for step in desk.moves().iter().rev() {
        if let Move::Level {
            time,
            side,
            price,
            quantity,
        } = *step
        {
            last.get_or_insert(time);
            if touched.insert((side, price)) {
                levels.push((side, price, quantity));
            }
        }
    }
    let event_time = last?;
    Some(book_message(
        desk,
        time,
        event_time,
        false,
        levels.into_iter().rev(),
    ))
}

fn book_message(
    desk: &Desk,
    time: UnixNs,
    event_time: UnixNs,
    snapshot: bool,
    levels: impl Iterator<Item = (BookSide, Price, Quantity)>,
) -> Frame {
    let listing = desk.listing();
    let mut frame = Draft::begin(Channel::Level2.message_name(), time, snapshot);
    frame.push(&[
        "{\"type\":\"",
        kind(snapshot),
        "\",\"product_id\":\"",
        listing.symbol,
    ]);
    frame.push(&["\",\"updates\":["]);
    let mut stamp = String::with_capacity(32);
    push_time(&mut stamp, event_time);
    for (index, (side, price, quantity)) in levels.enumerate() {
        let side = match side {
            BookSide::Bid => "bid",
            BookSide::Ask => "offer",
        };
        let comma = if index == 0 { "" } else { "," };
        frame.push(&[comma, "{\"side\":\"", side, "\",\"event_time\":\"", &stamp]);
        frame.push(&["\",\"price_level\":\""]);
        push_decimal(frame.text(), price.0, listing.precision.price);
        frame.push(&["\",\"new_quantity\":\""]);
        push_decimal(frame.text(), quantity.0, listing.precision.quantity);
        frame.push(&["\"}"]);
    }
    frame.push(&["]}"]);
    frame.end()
}

/// Executions of an instrument, newest first.
pub fn trades<'a>(
    desk: &Desk,
    time: UnixNs,
    snapshot: bool,
    newest_first: impl Iterator<Item = &'a Trade>,
) -> Frame {
    let mut frame = Draft::begin(Channel::MarketTrades.message_name(), time, snapshot);
    frame.push(&["{\"type\":\"", kind(snapshot), "\",\"trades\":["]);
    for (index, trade) in newest_first.enumerate() {
        if index > 0 {
            frame.text().push(',');
        }
        push_trade(frame.text(), desk, trade, "");
    }
    frame.push(&["]}"]);
    frame.end()
}

/// Appends one execution as an object; `more` comes before its end.
pub fn push_trade(out: &mut String, desk: &Desk, trade: &Trade, more: &str) {
    let listing = desk.listing();
    out.push_str("{\"product_id\":\"");
    out.push_str(listing.symbol);
    out.push_str("\",\"trade_id\":\"");
    out.push_str(&trade.id.0.to_string());
    out.push_str("\",\"price\":\"");
    push_decimal(out, trade.price.0, listing.precision.price);
    out.push_str("\",\"size\":\"");
    push_decimal(out, trade.quantity.0, listing.precision.quantity);
    out.push_str("\",\"time\":\"");
    push_time(out, trade.time);
    out.push_str("\",\"side\":\"");
    out.push_str(match trade.side {
        Side::Buy => "SELL",
        Side::Sell => "BUY",
    });
    out.push('"');
    out.push_str(more);
    out.push('}');
}

/// Last price, best quotes and the day's figures.
pub fn ticker(desk: &Desk, time: UnixNs, snapshot: bool) -> Option<Frame> {
    let listing = desk.listing();
    let (price_decimals, quantity_decimals) = (listing.precision.price, listing.precision.quantity);
    let book = desk.flow().book();
    let (bid, ask) = (book.best(BookSide::Bid)?, book.best(BookSide::Ask)?);
    let (day, (year_low, year_high)) = (desk.day(), desk.year_range());
    let last = desk.last_price()?;
    let change = (last as f64 / day.open.max(1) as f64 - 1.0) * 100.0;
    let mut frame = Draft::begin(Channel::Ticker.message_name(), time, snapshot);
    frame.push(&[
        "{\"type\":\"",
        kind(snapshot),
        "\",\"tickers\":[{\"type\":\"ticker\"",
    ]);
    frame.push(&[",\"product_id\":\"", listing.symbol]);
    for (name, count, decimals) in [
        ("price", last, price_decimals),
        ("volume_24_h", day.volume, quantity_decimals),
        ("low_24_h", day.low, price_decimals),
        ("high_24_h", day.high, price_decimals),
        ("low_52_w", year_low, price_decimals),
        ("high_52_w", year_high, price_decimals),
    ] {
        frame.push(&["\",\"", name, "\":\""]);
        push_decimal(frame.text(), count, decimals);
    }
    frame.push(&["\",\"price_percent_chg_24_h\":\"", &format!("{change:.14}")]);
    for (name, count, decimals) in [
        ("best_bid", bid.0, price_decimals),
        ("best_ask", ask.0, price_decimals),
        ("best_bid_quantity", bid.1, quantity_decimals),
        ("best_ask_quantity", ask.1, quantity_decimals),
    ] {
        frame.push(&["\",\"", name, "\":\""]);
        push_decimal(frame.text(), count, decimals);
    }
    frame.push(&["\"}]}"]);
    Some(frame.end())
}

/// A sign of life.
pub fn heartbeat(time: UnixNs, counter: u64) -> Frame {
    let mut frame = Draft::begin(Channel::Heartbeats.message_name(), time, false);
    frame.push(&["{\"current_time\":\""]);
    push_time(frame.text(), time);
    frame.push(&["\",\"heartbeat_counter\":", &counter.to_string(), "}"]);
    frame.end()
}

/// All that a line has subscribed, by channel in the order of their names.
pub fn subscriptions(time: UnixNs, wanted: &[(Channel, Vec<&str>)]) -> Frame {
    let mut frame = Draft::begin("subscriptions", time, false);
    frame.push(&["{\"subscriptions\":{"]);
    for (index, (channel, products)) in wanted.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        frame.push(&[
            comma,
            "\"",
            channel.name(),
            "\":[\"",
            &products.join("\",\""),
            "\"]",
        ]);
    }
    frame.push(&["}}"]);
    frame.end()
}

/// What the venue answers to a request that it does not understand. It carries no number.
pub fn error(message: &str) -> String {
    serde_json::json!({"type": "error", "message": message}).to_string()
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;

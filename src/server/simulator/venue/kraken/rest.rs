//! The addresses of the venue: the feed and the REST interface.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use tradesuite_core::model::{Side, Trade};

use super::dialect::WebSocketV2;
use super::names;
use crate::server::simulator::App;
use crate::server::simulator::floor::Closed;
use crate::server::simulator::market::bars::Bar;
use crate::server::simulator::market::desk::Desk;
use crate::server::simulator::market::listing::Listing;
use crate::server::simulator::market::walk::MINUTE_NS;
use crate::server::simulator::venue::digits::{decimal, push_fixed};
use crate::server::simulator::venue::gate::{Turned, guarded, json_body};
use crate::server::simulator::venue::line;

/// Bars in one answer.
const MOST_BARS: i64 = 720;
/// Executions in one answer.
const MOST_TRADES: usize = 1_000;
/// Widths of bars, minutes.
const INTERVALS: [i64; 8] = [1, 5, 15, 30, 60, 240, 1_440, 10_080];
/// Greatest message that a client may send.
const MOST_REQUEST_BYTES: usize = 65_536;

/// A request that is refused, as the venue says it: `{"error":["EQuery:Unknown asset pair"]}`, with
/// status 200 where the venue itself is well.
#[derive(Debug)]
struct Refusal(StatusCode, &'static str);

const UNKNOWN_PAIR: Refusal = Refusal(StatusCode::OK, "EQuery:Unknown asset pair");
const ARGUMENTS: Refusal = Refusal(StatusCode::OK, "EGeneral:Invalid arguments");
const INTERNAL: Refusal = Refusal(StatusCode::INTERNAL_SERVER_ERROR, "EGeneral:Internal error");
const BUSY: Refusal = Refusal(StatusCode::OK, "EService:Busy");

impl From<Closed> for Refusal {
    fn from(_: Closed) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, "EService:Unavailable")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json_body(json!({"error": [self.1]}).to_string());
        *response.status_mut() = self.0;
        response
    }
}

/// Its addresses.
pub fn router(app: &App) -> Router<App> {
    let routes = Router::new()
        .route("/0/public/AssetPairs", get(pairs))
        .route("/0/public/OHLC", get(candles))
        .route("/0/public/Trades", get(trades))
        .route("/v2", get(upgrade));
    guarded(routes, app, turn_away)
}

fn turn_away(why: Turned) -> Response {
    match why {
        Turned::Blocked => Refusal(StatusCode::FORBIDDEN, "EGeneral:Permission denied"),
        Turned::TooMany => Refusal(StatusCode::TOO_MANY_REQUESTS, "EGeneral:Too many requests"),
        Turned::Failed => INTERNAL,
        Turned::Busy => BUSY,
    }
    .into_response()
}

async fn upgrade(State(app): State<App>, socket: WebSocketUpgrade) -> Response {
    socket
        .max_message_size(MOST_REQUEST_BYTES)
        .on_upgrade(move |socket| line::serve(socket, WebSocketV2::default(), app))
}

/// `GET /0/public/AssetPairs`: what is listed.
async fn pairs(State(app): State<App>) -> Result<Response, Refusal> {
    let pairs: Map<String, Value> = app
        .floor
        .ask(|floor| floor.market.desks().iter().map(word_pair).collect())
        .await?;
    Ok(json_body(json!({"error": [], "result": pairs}).to_string()))
}

fn word_pair(desk: &Desk) -> (String, Value) {
    let listing = desk.listing();
    let precision = listing.precision;
    let pair = json!({
        "altname": names::pair(listing),
        "wsname": names::ws_name(listing),
        "aclass_base": "currency",
        "base": listing.base(),
        "aclass_quote": "currency",
        "quote": listing.quote(),
        "lot": "unit",
        "pair_decimals": precision.price,
        "lot_decimals": precision.quantity,
        "lot_multiplier": 1,
        "ordermin": decimal(1, precision.quantity),
        "costmin": "0.5",
        "tick_size": decimal(1, precision.price),
        "status": "online",
    });
    (names::pair(listing), pair)
}

fn number<T: std::str::FromStr>(
    query: &HashMap<String, String>,
    name: &str,
    default: T,
) -> Result<T, Refusal> {
    match query.get(name).filter(|text| !text.is_empty()) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| ARGUMENTS),
    }
}

/// `GET /0/public/OHLC`: the newest bars, ascending, the running one last.
///
/// `{"error":[],"result":{"XXBTZUSD":[[1688671200,"30306.1","30306.2","30305.7","30305.7","30306.1","3.39243896",23]],"last":1688672160}}`
async fn candles(
    State(app): State<App>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let width: i64 = number(&query, "interval", 1)?;
    let since_s: i64 = number(&query, "since", 0)?;
    if !INTERVALS.contains(&width) {
        return Err(ARGUMENTS);
    }
    let pair = query.get("pair").cloned().unwrap_or_default();
    let asked = app
        .floor
        .ask(move |floor| {
            let market = &floor.market;
            let desk = &market.desks()[names::find_pair(market, &pair)?];
            let now = market.time().0.div_euclid(MINUTE_NS);
            let running = now.div_euclid(width) * width;
            let span = (running - (MOST_BARS - 1) * width, running + width);
            let played: Vec<Bar> = desk.played().between(span.0, span.1).collect();
            Some((desk.history().clone(), desk.listing(), played, now, span))
        })
        .await?;
    let (history, listing, played, now, span) = asked.ok_or(UNKNOWN_PAIR)?;
    let oldest = now - i64::from(app.history_days) * 1_440;
    let after_since = since_s.div_euclid(60) + 1;
    let from = span.0.max(oldest).max(after_since);
    // Hours of minutes are work for a thread of its own.
    let bars =
        tokio::task::spawn_blocking(move || history.bars(width, (from, span.1), &played, now))
            .await
            .map_err(|_| INTERNAL)?;
    Ok(json_body(word_bars(listing, &bars, span.1 - width)))
}

fn word_bars(listing: &Listing, bars: &[Bar], running: i64) -> String {
    let mut out = String::with_capacity(60 + bars.len() * 120);
    out.push_str("{\"error\":[],\"result\":{\"");
    out.push_str(&names::pair(listing));
    out.push_str("\":[");
    for (index, bar) in bars.iter().enumerate() {
        out.push_str(if index == 0 { "[" } else { ",[" });
        out.push_str(&(bar.minute * 60).to_string());
        let average = (bar.high + bar.low + bar.close) / 3;
        for price in [bar.open, bar.high, bar.low, bar.close, average] {
            out.push_str(",\"");
            push_fixed(&mut out, price, listing.precision.price);
            out.push('"');
        }
        out.push_str(",\"");
        push_fixed(&mut out, bar.volume, listing.precision.quantity);
        out.push_str("\",");
        out.push_str(&bar.trades.to_string());
        out.push(']');
    }
    let committed = bars.iter().rev().find(|bar| bar.minute < running);
    let last = committed.map_or(0, |bar| bar.minute * 60);
    out.push_str(&format!("],\"last\":{last}}}}}"));
    out
}

/// `GET /0/public/Trades`: executions after `since` (nanoseconds), ascending; without it the newest.
///
/// `{"error":[],"result":{"XBTUSDT":[["105433.60000","0.00027625",1762795433.9717445,"b","l","",10218208]],"last":"1762820035982277754"}}`
async fn trades(
    State(app): State<App>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let count = number(&query, "count", MOST_TRADES)?.clamp(1, MOST_TRADES);
    let since_ns: i64 = number(&query, "since", 0)?;
    let pair = query.get("pair").cloned().unwrap_or_default();
    let body = app
        .floor
        .ask(move |floor| {
            let desk = &floor.market.desks()[names::find_pair(&floor.market, &pair)?];
            let all = desk.trades();
            let first = match since_ns {
                ..=0 => all.len().saturating_sub(count),
                _ => all.partition_point(|trade| trade.time.0 <= since_ns),
            };
            let chosen: Vec<&Trade> = all.iter().skip(first).take(count).collect();
            Some(word_trades(desk.listing(), &chosen, since_ns))
        })
        .await?
        .ok_or(UNKNOWN_PAIR)?;
    Ok(json_body(body))
}

fn word_trades(listing: &Listing, trades: &[&Trade], since_ns: i64) -> String {
    let mut out = String::with_capacity(60 + trades.len() * 80);
    out.push_str("{\"error\":[],\"result\":{\"");
    out.push_str(&names::pair(listing));
    out.push_str("\":[");
    for (index, trade) in trades.iter().enumerate() {
        out.push_str(if index == 0 { "[\"" } else { ",[\"" });
        push_fixed(&mut out, trade.price.0, listing.precision.price);
        out.push_str("\",\"");
        push_fixed(&mut out, trade.quantity.0, listing.precision.quantity);
        out.push_str("\",");
        push_fixed(&mut out, trade.time.0, 9);
        out.push_str(match trade.side {
            Side::Buy => ",\"b\",\"m\",\"\",",
            Side::Sell => ",\"s\",\"m\",\"\",",
        });
        out.push_str(&trade.id.0.to_string());
        out.push(']');
    }
    let last = trades.last().map_or(since_ns, |trade| trade.time.0);
    out.push_str(&format!("],\"last\":\"{last}\"}}}}"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The venue's answers have status 200, also where they are refusals.
    #[tokio::test]
    async fn that_it_is_busy_is_said_in_an_answer() {
        let response = turn_away(Turned::Busy);
        assert_eq!(response.status(), StatusCode::OK);
        let body = axum::body::to_bytes(response.into_body(), 100).await;
        assert_eq!(body.unwrap(), r#"{"error":["EService:Busy"]}"#);
    }
}

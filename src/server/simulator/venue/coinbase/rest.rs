//! The addresses of the venue: the feed and the REST interface.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use thiserror::Error;
use tradesuite_core::model::{Trade, UnixNs};

use super::dialect::AdvancedTrade;
use super::{candles, frame, products};
use crate::server::simulator::App;
use crate::server::simulator::floor::Closed;
use crate::server::simulator::market::book::BookSide;
use crate::server::simulator::venue::gate::{Turned, guarded, json_body};
use crate::server::simulator::venue::{digits, line};

/// Executions in one answer.
const MOST_TRADES: usize = 1_000;
const SECOND_NS: i64 = 1_000_000_000;
/// Greatest message that a client may send.
const MOST_REQUEST_BYTES: usize = 65_536;

/// A request that is refused, as the venue says it:
/// `{"error":"INVALID_ARGUMENT","error_details":"…","message":"…"}`.
#[derive(Debug, Error)]
#[error("{details}")]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    details: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, details: impl Into<String>) -> Self {
        Self {
            status,
            code,
            details: details.into(),
        }
    }

    /// A query that cannot be answered.
    pub fn argument(details: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", details)
    }

    /// A product that is not listed.
    pub fn unknown_product() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "valid product_id is required",
        )
    }

    /// The simulator itself failed.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL",
            "internal error",
        )
    }
}

impl From<Closed> for Refusal {
    fn from(closed: Closed) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            closed.to_string(),
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({
            "error": self.code,
            "error_details": self.details,
            "message": self.details,
        });
        let mut response = json_body(body.to_string());
        *response.status_mut() = self.status;
        response
    }
}

/// Its addresses.
pub fn router(app: &App) -> Router<App> {
    let routes = Router::new()
        .route("/api/v3/brokerage/time", get(time))
        .route("/api/v3/brokerage/market/products", get(products::list))
        .route("/api/v3/brokerage/market/products/{id}", get(products::get))
        .route(
            "/api/v3/brokerage/market/products/{id}/candles",
            get(candles::get),
        )
        .route("/api/v3/brokerage/market/products/{id}/ticker", get(trades))
        .route("/", get(upgrade));
    guarded(routes, app, turn_away)
}

fn turn_away(why: Turned) -> Response {
    let refusal = match why {
        Turned::Blocked => Refusal::new(
            StatusCode::FORBIDDEN,
            "PERMISSION_DENIED",
            "not available in your location",
        ),
        Turned::TooMany => Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "RESOURCE_EXHAUSTED",
            "too many requests",
        ),
        Turned::Failed => Refusal::internal(),
        Turned::Busy => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            "too much to do",
        ),
    };
    refusal.into_response()
}

/// The feed has the address of the host alone.
async fn upgrade(State(app): State<App>, socket: WebSocketUpgrade) -> Response {
    socket
        .max_message_size(MOST_REQUEST_BYTES)
        .on_upgrade(move |socket| line::serve(socket, AdvancedTrade::default(), app))
}

async fn time(State(app): State<App>) -> Response {
    let now = app.clock.now();
    let body = json!({
        "iso": digits::time(UnixNs(now.0 / SECOND_NS * SECOND_NS)),
        "epochSeconds": (now.0 / SECOND_NS).to_string(),
        "epochMillis": now.to_ms().0.to_string(),
    });
    json_body(body.to_string())
}

/// `GET …/products/{id}/ticker`: executions, newest first, and the best quotes.
///
/// `{"trades":[{"trade_id":"995098663","product_id":"BTC-USD","price":"68923.67","size":"0.00064","time":"2026-04-07T00:28:58.544778Z","side":"SELL","bid":"","ask":"","exchange":"coinbase"}],"best_bid":"68923.66","best_ask":"68923.67"}`
async fn trades(
    State(app): State<App>,
    Path(symbol): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let number = |name: &str| match query.get(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse::<i64>()
            .map(Some)
            .map_err(|_| Refusal::argument(format!("{name} argument is invalid"))),
    };
    let limit = number("limit")?
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0)
        .ok_or_else(|| Refusal::argument("limit argument is invalid"))?
        .min(MOST_TRADES);
    let start = number("start")?.map_or(i64::MIN, |seconds| seconds.saturating_mul(SECOND_NS));
    let end = number("end")?.map_or(i64::MAX, |seconds| seconds.saturating_mul(SECOND_NS));
    let body = app
        .floor
        .ask(move |floor| {
            let desk = &floor.market.desks()[floor.market.find(&symbol)?];
            let mut out = String::from("{\"trades\":[");
            let within = |trade: &&Trade| (start..=end).contains(&trade.time.0);
            let newest_first = desk.trades().iter().rev().filter(within).take(limit);
            for (index, trade) in newest_first.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                let more = ",\"bid\":\"\",\"ask\":\"\",\"exchange\":\"coinbase\"";
                frame::push_trade(&mut out, desk, trade, more);
            }
            let best = |side| {
                let price = desk.flow().book().best(side).map_or(0, |(price, _)| price);
                digits::decimal(price, desk.listing().precision.price)
            };
            let (bid, ask) = (best(BookSide::Bid), best(BookSide::Ask));
            out.push_str(&format!(
                "],\"best_bid\":\"{bid}\",\"best_ask\":\"{ask}\"}}"
            ));
            Some(out)
        })
        .await?
        .ok_or_else(Refusal::unknown_product)?;
    Ok(json_body(body))
}

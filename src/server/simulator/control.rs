//! The simulator's own controls: its state and trades, to compare with what a client holds, faults
//! at run time, and standing still.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tradesuite_core::market::{BookError, OrderBook};
use tradesuite_core::model::{BookDelta, BookLevel, Trade, UnixNs};

use super::App;
use super::floor::{Closed, Floor};
use super::market::book::BookSide;
use super::market::desk::Desk;
use super::venue::digits::decimal;
use super::venue::gate::json_body;

/// `/sim/…`
pub fn routes() -> Router<App> {
    Router::new()
        .route("/sim/state", get(state))
        .route("/sim/trades/{symbol}", get(trades))
        .route("/sim/book/{symbol}", get(book))
        .route("/sim/faults", get(faults).post(change_faults))
        .route("/sim/pause", post(pause))
        .route("/sim/resume", post(resume))
}

/// What of the state is asked for.
#[derive(Deserialize)]
struct Wanted {
    /// Levels a side that books are cut to first, for those who see no more of them.
    depth: Option<usize>,
}

async fn state(State(app): State<App>, Query(wanted): Query<Wanted>) -> Response {
    let seed = app.seed;
    let described = app.floor.ask(move |floor| describe(floor, seed, &wanted));
    answer(described.await)
}

async fn pause(State(app): State<App>, Query(wanted): Query<Wanted>) -> Response {
    let seed = app.seed;
    let paused = app.floor.ask(move |floor| {
        floor.pause(true);
        describe(floor, seed, &wanted)
    });
    answer(paused.await)
}

async fn resume(State(app): State<App>) -> Response {
    let resumed = app.floor.ask(|floor| {
        floor.pause(false);
        json!({"paused": false})
    });
    answer(resumed.await)
}

/// `?after=ID`
#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

/// `[[id, unix_ns, "price", "quantity", "buy"], …]`: the newest trades after an id, oldest first,
/// as the market itself has them, whatever the venues' faces say.
async fn trades(
    State(app): State<App>,
    Path(symbol): Path<String>,
    Query(After { after }): Query<After>,
) -> Response {
    let asked = app.floor.ask(move |floor| {
        let desk = &floor.market.desks()[floor.market.find(&symbol)?];
        let precision = desk.listing().precision;
        let rows = desk.trades().iter().filter(|trade| trade.id.0 > after);
        let row = |trade: &Trade| {
            json!([
                trade.id.0,
                trade.time.0,
                decimal(trade.price.0, precision.price),
                decimal(trade.quantity.0, precision.quantity),
                trade.side.name(),
            ])
        };
        Some(rows.map(row).collect::<Value>())
    });
    match asked.await {
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Ok(Some(rows)) => json_body(rows.to_string()),
        Err(closed) => (StatusCode::SERVICE_UNAVAILABLE, closed.to_string()).into_response(),
    }
}

/// `?depth=N`
#[derive(Deserialize)]
struct Depth {
    depth: usize,
}

/// `{"bids": [["price", "quantity"], …], "asks": …}`, best first, as the market itself has it.
async fn book(
    State(app): State<App>,
    Path(symbol): Path<String>,
    Query(Depth { depth }): Query<Depth>,
) -> Response {
    let asked = app.floor.ask(move |floor| {
        let desk = &floor.market.desks()[floor.market.find(&symbol)?];
        let precision = desk.listing().precision;
        let mirror = mirror(desk, floor.market.time()).ok()?;
        let side = |levels: &[BookLevel]| -> Value {
            let levels = levels.iter().map(|level| {
                json!([
                    decimal(level.price.0, precision.price),
                    decimal(level.quantity.0, precision.quantity),
                ])
            });
            levels.collect()
        };
        let view = mirror.view(depth);
        Some(json!({"bids": side(&view.bids), "asks": side(&view.asks)}))
    });
    match asked.await {
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Ok(Some(book)) => json_body(book.to_string()),
        Err(closed) => (StatusCode::SERVICE_UNAVAILABLE, closed.to_string()).into_response(),
    }
}

async fn faults(State(app): State<App>) -> Response {
    json_body(app.faults.state().plan.to_json().to_string())
}

async fn change_faults(State(app): State<App>, body: Bytes) -> Response {
    let changed = serde_json::from_slice::<Map<String, Value>>(&body)
        .map_err(|error| error.to_string())
        .and_then(|changes| {
            app.faults
                .change(&changes)
                .map_err(|error| error.to_string())
        });
    match changed {
        Ok(plan) => json_body(plan.to_json().to_string()),
        Err(message) => {
            let mut response = json_body(json!({"error": message}).to_string());
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
    }
}

fn answer(asked: Result<Value, Closed>) -> Response {
    match asked {
        Ok(value) => json_body(value.to_string()),
        Err(closed) => (StatusCode::SERVICE_UNAVAILABLE, closed.to_string()).into_response(),
    }
}

/// `{"time","seed","paused","lines","slow_lines","instruments":{"BTC-USD":{…}}}`. While the market
/// is paused it equals what every line has been sent.
fn describe(floor: &Floor, seed: u64, wanted: &Wanted) -> Value {
    let market = &floor.market;
    let instruments: Map<String, Value> = market
        .desks()
        .iter()
        .map(|desk| {
            (
                desk.listing().symbol.to_owned(),
                describe_desk(desk, market.time(), wanted),
            )
        })
        .collect();
    json!({
        "time": market.time().to_ms().0,
        "seed": seed,
        "paused": floor.is_paused(),
        "lines": floor.publishers.line_count(),
        "slow_lines": floor.publishers.slow_lines(),
        "instruments": instruments,
    })
}

/// The desk's book as a client would hold it.
fn mirror(desk: &Desk, time: UnixNs) -> Result<OrderBook, BookError> {
    let precision = desk.listing().precision;
    let mut mirror = OrderBook::new(precision);
    mirror.apply_snapshot(&desk.flow().book().snapshot(time), precision)?;
    Ok(mirror)
}

fn describe_desk(desk: &Desk, time: UnixNs, wanted: &Wanted) -> Value {
    let (book, precision) = (desk.flow().book(), desk.listing().precision);
    let (digest, levels) = match mirror(desk, time) {
        Ok(mut mirror) => {
            let depth = wanted.depth.unwrap_or(usize::MAX);
            mirror.cut_to(depth, &mut BookDelta::default());
            (mirror.digest(), (mirror.bid_count(), mirror.ask_count()))
        }
        Err(error) => (error.to_string(), (0, 0)),
    };
    let best = |side| {
        book.best(side).map(|(price, quantity)| {
            json!([
                decimal(price, precision.price),
                decimal(quantity, precision.quantity)
            ])
        })
    };
    json!({
        "digest": digest,
        "bids": levels.0,
        "asks": levels.1,
        "best_bid": best(BookSide::Bid),
        "best_ask": best(BookSide::Ask),
        "last_trade_id": desk.flow().last_trade().0,
        "last_price": desk.last_price().map(|price| decimal(price, precision.price)),
        "trades": desk.trade_count(),
        "actions": desk.flow().actions(),
    })
}

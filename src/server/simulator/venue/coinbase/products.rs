//! `GET …/products` and `…/products/{id}`: what is listed, with the day's figures.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::rest::Refusal;
use crate::server::simulator::App;
use crate::server::simulator::market::desk::Desk;
use crate::server::simulator::venue::digits::decimal;
use crate::server::simulator::venue::gate::json_body;

/// All products.
pub async fn list(State(app): State<App>) -> Result<Response, Refusal> {
    let products: Vec<Value> = app
        .floor
        .ask(|floor| floor.market.desks().iter().map(word).collect())
        .await?;
    let count = products.len();
    Ok(json_body(
        json!({"products": products, "num_products": count}).to_string(),
    ))
}

/// One product.
pub async fn get(State(app): State<App>, Path(symbol): Path<String>) -> Result<Response, Refusal> {
    let product = app
        .floor
        .ask(move |floor| {
            let index = floor.market.find(&symbol)?;
            Some(word(&floor.market.desks()[index]))
        })
        .await?
        .ok_or_else(Refusal::unknown_product)?;
    Ok(json_body(product.to_string()))
}

fn word(desk: &Desk) -> Value {
    let listing = desk.listing();
    let precision = listing.precision;
    let day = desk.day();
    let last = desk.last_price().unwrap_or(0);
    let change = (last as f64 / day.open.max(1) as f64 - 1.0) * 100.0;
    let (tick, step) = (decimal(1, precision.price), decimal(1, precision.quantity));
    let quote_volume = day.volume as f64 / 10_f64.powi(i32::from(precision.quantity)) * last as f64
        / 10_f64.powi(i32::from(precision.price));
    let quote_name = if listing.quote() == "USD" {
        "US Dollar"
    } else {
        listing.quote()
    };
    json!({
        "product_id": listing.symbol,
        "price": decimal(last, precision.price),
        "price_percentage_change_24h": format!("{change:.8}"),
        "volume_24h": decimal(day.volume, precision.quantity),
        "volume_percentage_change_24h": "0",
        "base_increment": step,
        "quote_increment": tick,
        "price_increment": tick,
        "quote_min_size": "1",
        "quote_max_size": "150000000",
        "base_min_size": step,
        "base_max_size": "1000000000",
        "base_name": listing.name,
        "quote_name": quote_name,
        "watched": false,
        "is_disabled": false,
        "new": false,
        "status": "online",
        "cancel_only": false,
        "limit_only": false,
        "post_only": false,
        "trading_disabled": false,
        "auction_mode": false,
        "product_type": "SPOT",
        "quote_currency_id": listing.quote(),
        "base_currency_id": listing.base(),
        "fcm_trading_session_details": null,
        "mid_market_price": "",
        "alias": "",
        "alias_to": [],
        "base_display_symbol": listing.base(),
        "quote_display_symbol": listing.quote(),
        "view_only": false,
        "display_name": listing.symbol,
        "product_venue": "CBE",
        "approximate_quote_24h_volume": format!("{quote_volume:.2}"),
    })
}

//! `GET ticker`, `GET tickers`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::protocol::TickerRow;
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use super::schema;
use crate::server::service::Service;

/// The day's figures of several instruments.
#[derive(Serialize, ToSchema)]
pub(super) struct Tickers {
    /// By instrument.
    #[schema(value_type = Vec<schema::Ticker>)]
    tickers: Vec<TickerRow>,
}

/// The day's figures of one instrument.
#[utoipa::path(
    get, path = "/ticker", tag = "market",
    params(
        ("instrument" = String, Query, description = "Such as coinbase:BTC-USD", example = "coinbase:BTC-USD"),
        ("numbers" = Option<String>, Query, description = "`number` or `string`"),
    ),
    responses(
        (status = 200, body = schema::Ticker),
        (status = 400, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn read(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<TickerRow>, Problem> {
    let instrument = params.instrument(&service);
    let style = params.numbers();
    let instrument = params.check_with(instrument)?;
    let data = service.ticker(&instrument).await?;
    Ok(Json(TickerRow::new(
        instrument,
        &data.ticker,
        data.precision,
        style,
    )))
}

/// The day's figures of all instruments that are followed now.
#[utoipa::path(
    get, path = "/tickers", tag = "market",
    params(
        ("exchange" = Option<String>, Query, description = "Of one venue only"),
        ("numbers" = Option<String>, Query, description = "`number` or `string`"),
    ),
    responses((status = 200, body = Tickers), (status = 400, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<Tickers>, Problem> {
    let exchange = params.optional::<String>("exchange");
    let style = params.numbers();
    params.check()?;
    let tickers = service
        .tickers(exchange.as_deref())
        .await
        .into_iter()
        .map(|(instrument, data)| TickerRow::new(instrument, &data.ticker, data.precision, style))
        .collect();
    Ok(Json(Tickers { tickers }))
}

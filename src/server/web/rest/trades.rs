//! `GET trades`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::InstrumentId;
use tradesuite_core::protocol::TradeRow;
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use super::schema;
use crate::server::service::{Cursor, Service};

/// A page of trades.
#[derive(Serialize, ToSchema)]
pub(super) struct Trades {
    #[schema(value_type = String, example = "coinbase:BTC-USD")]
    instrument: InstrumentId,
    /// Ascending by time, then id.
    #[schema(value_type = Vec<schema::Trade>)]
    trades: Vec<TradeRow>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
    /// Why the newest trades may be missing, in one sentence: the store is behind or takes nothing.
    /// Else null.
    notice: Option<String>,
}

/// Trades.
#[utoipa::path(
    get, path = "/trades", tag = "market",
    params(
        ("instrument" = String, Query, description = "Such as coinbase:BTC-USD", example = "coinbase:BTC-USD"),
        ("start" = Option<String>, Query, description = "Earliest exchange time"),
        ("end" = Option<String>, Query, description = "Before which the last trade happened"),
        ("limit" = Option<u32>, Query, description = "1 to 5000, 500 if absent"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("numbers" = Option<String>, Query, description = "`number` or `string`"),
    ),
    responses(
        (status = 200, body = Trades),
        (status = 400, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn list(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<Trades>, Problem> {
    let instrument = params.instrument(&service);
    let page = params.page(500, 5_000);
    let style = params.numbers();
    let instrument = params.check_with(instrument)?;
    let answer = service.trades(&instrument, page).await?;
    let trades = answer
        .trades
        .iter()
        .map(|trade| TradeRow::new(trade, answer.precision, style))
        .collect();
    Ok(Json(Trades {
        instrument,
        trades,
        next: answer.next.as_ref().map(Cursor::to_string),
        notice: answer.notice,
    }))
}

//! `GET exchanges`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::Timeframe;
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use crate::server::service::Service;

/// A venue.
#[derive(Serialize, ToSchema)]
pub(super) struct Exchange {
    /// In instrument ids.
    #[schema(example = "coinbase")]
    id: &'static str,
    /// For people.
    #[schema(example = "Coinbase")]
    label: &'static str,
    /// Of the venue's own candle history.
    #[schema(value_type = Vec<String>, example = json!(["1m", "5m", "1h"]))]
    timeframes: &'static [Timeframe],
    /// How its book is proven, and what escapes that proof.
    proof: &'static str,
}

/// Venues.
#[derive(Serialize, ToSchema)]
pub(super) struct Exchanges {
    /// The one meant by a bare symbol first.
    exchanges: Vec<Exchange>,
}

/// Venues that are configured.
#[utoipa::path(get, path = "/exchanges", tag = "market", responses((status = 200, body = Exchanges)))]
pub(super) async fn list(
    State(service): State<Service>,
    params: Params,
) -> Result<Json<Exchanges>, Problem> {
    params.check()?;
    let exchanges = service
        .exchanges()
        .into_iter()
        .map(|info| Exchange {
            id: info.id,
            label: info.label,
            timeframes: info.timeframes,
            proof: info.proof,
        })
        .collect();
    Ok(Json(Exchanges { exchanges }))
}

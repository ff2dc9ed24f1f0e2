//! `GET gaps`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::Gap;
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use super::schema;
use crate::server::service::{Cursor, Service};

/// A page of gaps.
#[derive(Serialize, ToSchema)]
pub(super) struct Gaps {
    /// Ascending by start.
    #[schema(value_type = Vec<schema::Gap>)]
    gaps: Vec<Gap>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
}

/// Times at which data is known to be missing.
#[utoipa::path(
    get, path = "/gaps", tag = "market",
    params(
        ("instrument" = Option<String>, Query, description = "Of one instrument only"),
        ("start" = Option<String>, Query, description = "Earliest"),
        ("end" = Option<String>, Query, description = "Latest, exclusive"),
        ("limit" = Option<u32>, Query, description = "1 to 5000, 500 if absent"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, body = Gaps),
        (status = 400, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn list(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<Gaps>, Problem> {
    let instrument = params.optional_instrument(&service);
    let page = params.page(500, 5_000);
    params.check()?;
    let (gaps, next) = service.gaps(instrument.as_ref(), page).await?;
    Ok(Json(Gaps {
        gaps,
        next: next.as_ref().map(Cursor::to_string),
    }))
}

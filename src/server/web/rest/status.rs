//! `GET status`, `GET time`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::{ServerStatus, UnixMs};
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use super::schema;
use crate::server::service::Service;

/// The server's clock.
#[derive(Serialize, ToSchema)]
pub(super) struct Time {
    /// Unix milliseconds.
    #[schema(value_type = i64)]
    time: UnixMs,
    /// Unix microseconds.
    time_us: i64,
    /// RFC 3339, UTC.
    #[schema(example = "2026-11-23T13:57:42.123Z")]
    iso: String,
}

/// How the server, its store and its connections are doing.
#[utoipa::path(get, path = "/status", tag = "server", responses((status = 200, body = schema::Status)))]
pub(super) async fn read(
    State(service): State<Service>,
    params: Params,
) -> Result<Json<ServerStatus>, Problem> {
    params.check()?;
    Ok(Json(service.status().await))
}

/// The server's clock.
#[utoipa::path(get, path = "/time", tag = "server", responses((status = 200, body = Time)))]
pub(super) async fn time(
    State(service): State<Service>,
    params: Params,
) -> Result<Json<Time>, Problem> {
    params.check()?;
    let now = service.clock().now();
    Ok(Json(Time {
        time: now.to_ms(),
        time_us: now.to_us(),
        iso: now.to_ms().to_rfc3339(),
    }))
}

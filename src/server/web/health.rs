//! Whether the process lives, and whether it can answer.

use axum::extract::State;

use super::problem::Problem;
use crate::server::service::Service;

/// `GET /healthz`: the process lives.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: store and hub are up.
pub(super) async fn ready(State(service): State<Service>) -> Result<&'static str, Problem> {
    service.ready().await?;
    Ok("ready\n")
}

//! The door: REST, the live socket, health, and what keeps strangers out.
//!
//! | file | what it owns |
//! |---|---|
//! | `state` | what handlers are given |
//! | `entrance` | accepting connections, how many and how long |
//! | `access` | which Host and Origin are answered |
//! | `security` | headers of every answer, the page's content security policy |
//! | `rest` | `/api/v1`, one file an endpoint, and its description |
//! | `socket` | `/ws/v1` |
//! | `health` | `/healthz`, `/readyz` |
//!
//! Handlers are a few lines over [`Service`](crate::server::service::Service) and
//! [`Documents`](crate::server::service::Documents): they read the query, ask, and write the
//! answer.

mod access;
#[cfg(test)]
mod documents_tests;
mod entrance;
mod health;
mod problem;
#[cfg(test)]
mod recorded_tests;
mod rest;
mod security;
mod socket;
mod state;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

pub use self::access::Access;
pub use self::entrance::{EntranceLimits, serve};
pub use self::problem::{FieldError, Problem};
pub use self::rest::openapi;
pub use self::security::{MISSING, page_policy};
pub use self::state::{AppState, SocketLimits};

/// Largest request body, bytes.
const BODY_LIMIT: usize = 1 << 20;
/// Longest time that an answer of REST may take.
const REST_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that is served. `pages` are the page's own routes, behind the same door.
pub fn router(state: AppState, pages: Router<AppState>) -> Router {
    let rest = rest::router()
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            REST_TIMEOUT,
        ));
    let access = state.access.clone();
    Router::new()
        .nest("/api/v1", rest)
        .route("/ws/v1", get(socket::connect))
        .route("/ws/v1/{*topic}", get(socket::connect_to_topic))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(pages)
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(middleware::map_response(problem::explain_too_large))
        .layer(middleware::from_fn_with_state(access, access::check))
        .layer(middleware::from_fn(security::headers))
        .with_state(state)
}

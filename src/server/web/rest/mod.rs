//! `/api/v1`, and its description.
//!
//! An endpoint is a file here and a line in [`documented`]: routes, description and the page to
//! try it follow from that.

mod book;
mod candles;
mod conditions;
mod coverage;
mod current;
mod docs;
mod drawings;
mod exchanges;
mod gaps;
mod instruments;
mod named;
mod params;
mod rename;
#[expect(dead_code, reason = "these types are only described, never made")]
mod schema;
mod settings;
mod status;
mod tickers;
mod trades;
mod watchlists;
mod workspaces;

use axum::Router;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[cfg(test)]
pub(super) use self::schema::fields;
use super::problem::Problem;
use super::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "TradeSuite",
        description = "Reads the market: instruments, candles, trades, books, tickers, and what is known to be missing; \
            keeps what the page's user made: workspaces, watchlists, drawings, settings.\n\n\
            Times are Unix milliseconds; parameters take RFC 3339 too. A span is half open: `start` inclusive, `end` exclusive \
            (`from` and `to` are the same). `start` with `limit` gives the oldest after `start`, else the newest before `end`; \
            answers ascend. Prices and quantities are JSON numbers written exactly, never in scientific form; \
            `numbers=string` gives strings. `side` is the taker's. Instruments are written `coinbase:BTC-USD`; `symbol` is the \
            same as `instrument`, and a bare `BTC-USD` means the first configured venue. A parameter that an endpoint does not \
            have is an error. Errors are `application/problem+json` with a stable `code`.\n\n\
            The live socket is at `/ws/v1`.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(Problem))
)]
struct Info;

fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Description::default())
        .routes(routes!(exchanges::list))
        .routes(routes!(instruments::list))
        .routes(routes!(candles::list))
        .routes(routes!(trades::list))
        .routes(routes!(book::read))
        .routes(routes!(tickers::read))
        .routes(routes!(tickers::list))
        .routes(routes!(gaps::list))
        .routes(routes!(coverage::read))
        .routes(routes!(status::read))
        .routes(routes!(status::time))
        .routes(routes!(workspaces::list))
        .routes(routes!(
            workspaces::read,
            workspaces::write,
            workspaces::delete
        ))
        .routes(routes!(workspaces::rename))
        .routes(routes!(current::read, current::write, current::delete))
        .routes(routes!(watchlists::list))
        .routes(routes!(
            watchlists::read,
            watchlists::write,
            watchlists::delete
        ))
        .routes(routes!(watchlists::rename))
        .routes(routes!(drawings::read, drawings::write, drawings::delete))
        .routes(routes!(settings::read, settings::write, settings::delete))
}

/// The description of everything below `/api/v1`.
#[must_use]
pub fn openapi() -> Description {
    Info::openapi().nest("/api/v1", documented().into_openapi())
}

/// Everything below `/api/v1`.
pub(super) fn router() -> Router<AppState> {
    let (router, _) = documented().split_for_parts();
    router
        .route("/openapi.json", get(docs::description))
        .route("/docs", get(docs::index))
        .route("/docs/{file}", get(docs::file))
        .fallback(async || Problem::not_found("unknown_address", "there is no such address"))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
}

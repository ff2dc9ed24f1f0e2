//! The page: rendered on the server, its files, its server functions.

use std::net::SocketAddr;

use any_spawner::Executor;
use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use leptos::config::get_configuration;
use leptos::nonce::use_nonce;
use leptos::prelude::{FromServerFnError as _, LeptosOptions, provide_context, use_context};
use leptos::server_fn::axum::get_server_fn_service;

use leptos_axum::ResponseOptions;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeader;

use crate::api::PageError;
use crate::server::service::{Documents, Service, ServiceError};
use crate::server::web::{AppState, MISSING, Problem, page_policy};
use crate::ui::address::{PANEL_PATH, Page};
use crate::ui::shell::{self, shell};

/// Largest error of a server function, bytes.
const LONGEST_ERROR: usize = 64 * 1024;

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Where the page's files lie and what they are called, from the environment (`LEPTOS_…`).
///
/// # Errors
/// Where the environment has values that cannot be used.
pub fn options(address: SocketAddr) -> anyhow::Result<LeptosOptions> {
    let mut options = get_configuration(None)
        .context("failed to read the page's settings")?
        .leptos_options;
    options.output_name = "tradesuite".into();
    options.site_addr = address;
    Ok(options)
}

/// The page's routes.
pub fn routes(state: &AppState) -> Router<AppState> {
    // Rendering spawns tasks. It fails only where that was set up before.
    let _ = Executor::init_tokio();
    let site = state.leptos.site_root.to_string();
    let files = ServeDir::new(site)
        .append_index_html_on_directories(false)
        .fallback(get(missing))
        .precompressed_br()
        .precompressed_gzip();
    // An address of its own for every build: nothing there ever changes.
    let kept = SetResponseHeader::if_not_present(files.clone(), CACHE_CONTROL, FOREVER);
    Router::new()
        .route("/", get(page))
        .route(PANEL_PATH, get(page))
        .route("/docs", get(async || Redirect::to("/api/v1/docs")))
        .route("/fn/{*function}", get(call).post(call))
        .nest_service(&shell::files(), kept)
        .fallback_service(files)
}

async fn page(
    State(options): State<LeptosOptions>,
    State(service): State<Service>,
    State(documents): State<Documents>,
    request: Request,
) -> impl IntoResponse {
    let shown = Page::at(request.uri().path());
    let context = move || {
        provide_context(service.clone());
        provide_context(documents.clone());
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
            response.insert_header(CONTENT_SECURITY_POLICY, page_policy(&nonce));
        }
    };
    let render = leptos_axum::render_app_to_stream_with_context(context, move || {
        shell(options.clone(), shown)
    });
    render(request).await
}

async fn call(
    State(service): State<Service>,
    State(documents): State<Documents>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    if get_server_fn_service(path, request.method().clone()).is_none() {
        return Problem::not_found("unknown_address", "there is no such function").into_response();
    }
    let context = move || {
        provide_context(service.clone());
        provide_context(documents.clone());
    };
    let response = leptos_axum::handle_server_fns_with_context(context, request).await;
    let response = response.into_response();
    match response.status() {
        StatusCode::INTERNAL_SERVER_ERROR => judged(response).await,
        _ => response,
    }
}

impl From<ServiceError> for PageError {
    fn from(error: ServiceError) -> Self {
        match error.is_not_found() {
            true => Self::NotFound(error.to_string()),
            false => Self::Failed(error.to_string()),
        }
    }
}

/// An error with the status that its cause has.
async fn judged(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_ERROR).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    parts.status = match PageError::de(body.clone()) {
        PageError::BadRequest(_) => StatusCode::BAD_REQUEST,
        PageError::NotFound(_) => StatusCode::NOT_FOUND,
        PageError::Failed(_) | PageError::Unreachable(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Response::from_parts(parts, Body::from(body))
}

/// Says that there is no such page, in the looks of the others.
async fn missing() -> Response {
    let page = format!(
        include_str!("missing.html"),
        style = format_args!("{}/pkg/tradesuite.css", shell::files())
    );
    let headers = [(CONTENT_SECURITY_POLICY, MISSING)];
    (StatusCode::NOT_FOUND, headers, Html(page)).into_response()
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;

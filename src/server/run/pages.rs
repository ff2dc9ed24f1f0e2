//! The page: rendered on the server, its files, its server functions.

use std::net::SocketAddr;

use any_spawner::Executor;
use anyhow::Context as _;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::IntoResponse;
use axum::routing::get;
use leptos::config::get_configuration;
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};

use leptos_axum::ResponseOptions;
use tower_http::services::ServeDir;

use crate::server::service::{Documents, Service};
use crate::server::web::{AppState, page_policy};
use crate::ui::shell::shell;

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
        .precompressed_br()
        .precompressed_gzip();
    Router::new()
        .route("/", get(page))
        .route("/fn/{*function}", get(call).post(call))
        .fallback_service(files)
}

async fn page(
    State(options): State<LeptosOptions>,
    State(service): State<Service>,
    State(documents): State<Documents>,
    request: Request,
) -> impl IntoResponse {
    let context = move || {
        provide_context(service.clone());
        provide_context(documents.clone());
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
            response.insert_header(CONTENT_SECURITY_POLICY, page_policy(&nonce));
        }
    };
    let render =
        leptos_axum::render_app_to_stream_with_context(context, move || shell(options.clone()));
    render(request).await
}

async fn call(
    State(service): State<Service>,
    State(documents): State<Documents>,
    request: Request,
) -> impl IntoResponse {
    let context = move || {
        provide_context(service.clone());
        provide_context(documents.clone());
    };
    leptos_axum::handle_server_fns_with_context(context, request).await
}

//! `GET openapi.json` and `GET docs`: the description, and a page to try it. All files of the page
//! are in the program.

use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, serve};

use super::super::problem::Problem;
use super::super::security;
use super::named::Named;

/// The page's last style sheet, and what is added to it: names in prose must not cover the lines
/// above and below.
const OWN_STYLE: &str = "index.css";
const STYLE: &[u8] =
    b"\n.swagger-ui .markdown p, .swagger-ui .renderedMarkdown p { line-height: 1.9; }
.swagger-ui .markdown code, .swagger-ui .renderedMarkdown code { padding: 2px 5px; }\n";

static DESCRIPTION: LazyLock<OpenApi> = LazyLock::new(super::openapi);

/// `GET openapi.json`
pub(super) async fn description() -> Json<&'static OpenApi> {
    Json(&DESCRIPTION)
}

/// `GET docs`: the page finds its files below it.
pub(super) async fn index() -> Redirect {
    Redirect::to("/api/v1/docs/index.html")
}

/// `GET docs/{file}`
pub(super) async fn file(Named(name): Named) -> Result<Response, Problem> {
    let config = Arc::new(Config::from("/api/v1/openapi.json"));
    let missing = || Problem::not_found("unknown_address", "there is no such file");
    let file = serve(&name, config)
        .map_err(|_| missing())?
        .ok_or_else(missing)?;
    let kind = HeaderValue::try_from(file.content_type).map_err(|_| missing())?;
    let mut bytes = file.bytes.into_owned();
    if name == OWN_STYLE {
        bytes.extend_from_slice(STYLE);
    }
    let headers = [
        (CONTENT_TYPE, kind),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(security::DOCS),
        ),
    ];
    Ok((headers, bytes).into_response())
}

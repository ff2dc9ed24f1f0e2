//! `GET/PUT/DELETE drawings/{instrument}`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tradesuite_core::model::Shelf;

use super::super::problem::Problem;
use super::conditions::{Body, Condition, answer, saved};
use super::named::Named;
use super::params::Params;
use crate::server::service::Documents;

const SHELF: Shelf = Shelf::Drawings;

/// What is drawn on the charts of an instrument: lines, measures, anchored averages. The version is the entity tag; 404 until something was saved.
#[utoipa::path(
    get, path = "/drawings/{instrument}", tag = "documents",
    params(("instrument" = String, Path, description = "Whose", example = "coinbase:BTC-USD")),
    responses(
        (status = 200, body = Object, headers(("ETag" = String, description = "The version"))),
        (status = 304, description = "They are what If-None-Match names"),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn read(
    State(documents): State<Documents>,
    Named(name): Named,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    params.check()?;
    Ok(answer(documents.get(SHELF, &name).await?, &headers))
}

/// Saves the drawings of an instrument, on the same conditions as a workspace.
#[utoipa::path(
    put, path = "/drawings/{instrument}", tag = "documents",
    params(
        ("instrument" = String, Path, description = "Whose", example = "coinbase:BTC-USD"),
        ("If-Match" = Option<String>, Header, description = "The version that is replaced"),
        ("If-None-Match" = Option<String>, Header, description = "`*` where there is none yet"),
    ),
    request_body = Object,
    responses(
        (status = 201, description = "Saved for the first time", headers(("ETag" = String, description = "The version"))),
        (status = 204, description = "Replaced", headers(("ETag" = String, description = "The version"))),
        (status = 400, body = Problem),
        (status = 412, body = Problem, description = "Somebody else saved meanwhile"),
        (status = 413, body = Problem),
        (status = 422, body = Problem, description = "Every mistake with its place"),
        (status = 428, body = Problem, description = "Neither If-Match nor If-None-Match")
    )
)]
pub(super) async fn write(
    State(documents): State<Documents>,
    Named(name): Named,
    Condition(expected): Condition,
    params: Params,
    Body(text): Body,
) -> Result<Response, Problem> {
    params.check()?;
    let version = documents.put(SHELF, &name, &text, expected).await?;
    Ok(saved(version, expected))
}

/// Deletes the drawings of an instrument, in the version that `If-Match` names.
#[utoipa::path(
    delete, path = "/drawings/{instrument}", tag = "documents",
    params(
        ("instrument" = String, Path, description = "Whose", example = "coinbase:BTC-USD"),
        ("If-Match" = String, Header, description = "The version, or `*`"),
    ),
    responses(
        (status = 204, description = "They are gone"),
        (status = 412, body = Problem, description = "Somebody else saved or deleted meanwhile"),
        (status = 428, body = Problem)
    )
)]
pub(super) async fn delete(
    State(documents): State<Documents>,
    Named(name): Named,
    Condition(expected): Condition,
    params: Params,
) -> Result<Response, Problem> {
    params.check()?;
    documents.delete(SHELF, &name, expected).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

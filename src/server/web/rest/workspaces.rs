//! `GET workspaces`, `GET/PUT/DELETE workspaces/{name}`, `POST workspaces/{name}/rename`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tradesuite_core::model::Shelf;
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::conditions::{Body, Condition, Row, answer, saved};
use super::named::Named;
use super::params::Params;
use super::rename::new_name;
use crate::server::service::Documents;

const SHELF: Shelf = Shelf::Workspaces;

/// Workspaces that are kept.
#[derive(Serialize, ToSchema)]
pub(super) struct Workspaces {
    /// By name.
    workspaces: Vec<Row>,
}

/// Workspaces that are kept.
#[utoipa::path(
    get, path = "/workspaces", tag = "documents",
    responses((status = 200, body = Workspaces))
)]
pub(super) async fn list(
    State(documents): State<Documents>,
    params: Params,
) -> Result<Json<Workspaces>, Problem> {
    params.check()?;
    let rows = documents.list(SHELF).await?;
    let workspaces = rows.into_iter().map(Row::from).collect();
    Ok(Json(Workspaces { workspaces }))
}

/// A workspace: the JSON that the page writes to a file too. Its version is the entity tag.
#[utoipa::path(
    get, path = "/workspaces/{name}", tag = "documents",
    params(("name" = String, Path, description = "Its name", example = "Trader")),
    responses(
        (status = 200, body = Object, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "It is what If-None-Match names"),
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

/// Saves a workspace. `If-Match` names the version that is replaced (`*` for any),
/// `If-None-Match: *` says that there is none yet.
#[utoipa::path(
    put, path = "/workspaces/{name}", tag = "documents",
    params(
        ("name" = String, Path, description = "Its name, as in the document", example = "Trader"),
        ("If-Match" = Option<String>, Header, description = "The version that is replaced"),
        ("If-None-Match" = Option<String>, Header, description = "`*` for a new one"),
    ),
    request_body = Object,
    responses(
        (status = 201, description = "There is a new one", headers(("ETag" = String, description = "Its version"))),
        (status = 204, description = "It is replaced", headers(("ETag" = String, description = "Its version"))),
        (status = 400, body = Problem),
        (status = 409, body = Problem, description = "No more are kept"),
        (status = 412, body = Problem, description = "Somebody else saved it meanwhile"),
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

/// Deletes a workspace, in the version that `If-Match` names.
#[utoipa::path(
    delete, path = "/workspaces/{name}", tag = "documents",
    params(
        ("name" = String, Path, description = "Its name", example = "Trader"),
        ("If-Match" = String, Header, description = "The version, or `*`"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 412, body = Problem, description = "Somebody else saved or deleted it meanwhile"),
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

/// Gives a workspace another name: `{"name":"New"}`.
#[utoipa::path(
    post, path = "/workspaces/{name}/rename", tag = "documents",
    params(
        ("name" = String, Path, description = "Its name", example = "Trader"),
        ("If-Match" = String, Header, description = "The version, or `*`"),
    ),
    request_body = Object,
    responses(
        (status = 204, description = "It has the new name", headers(("ETag" = String, description = "Its version"))),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "The name is in use"),
        (status = 412, body = Problem, description = "Somebody else saved it meanwhile"),
        (status = 422, body = Problem),
        (status = 428, body = Problem)
    )
)]
pub(super) async fn rename(
    State(documents): State<Documents>,
    Named(name): Named,
    Condition(expected): Condition,
    params: Params,
    Body(text): Body,
) -> Result<Response, Problem> {
    params.check()?;
    let new = new_name(&text)?;
    let version = documents
        .rename(SHELF, &name, new.as_str(), expected)
        .await?;
    Ok(saved(version, expected))
}

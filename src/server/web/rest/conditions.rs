//! Documents over HTTP: their versions as entity tags (RFC 9110), what a change expects, and
//! bodies.
//!
//! A change without a condition is refused (428): that is how two windows that save at once are
//! told, not overwritten.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tradesuite_core::model::{DocumentRow, StoredDocument, UnixMs};
use utoipa::ToSchema;

use super::super::problem::Problem;
use crate::server::service::Expected;

/// A kept document's line in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Row {
    /// Its name.
    #[schema(example = "Trader")]
    name: String,
    /// Its version: the number in its entity tag.
    version: u64,
    /// When it was saved, Unix milliseconds.
    #[schema(value_type = i64)]
    updated: UnixMs,
    /// Length of its text.
    bytes: u64,
}

impl From<DocumentRow> for Row {
    fn from(row: DocumentRow) -> Self {
        Self {
            name: row.name,
            version: row.version,
            updated: row.updated,
            bytes: row.bytes,
        }
    }
}

/// What a change expects of the document: `If-Match` with the version that was read, or `*` for
/// any; `If-None-Match: *` for a new one.
pub(super) struct Condition(pub Expected);

impl<S: Send + Sync> FromRequestParts<S> for Condition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        expected(&parts.headers).map(Self)
    }
}

fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    let bad = |name: &str, reason: &str| Err(Problem::parameter(name, reason));
    match (
        single(headers, &IF_MATCH)?,
        single(headers, &IF_NONE_MATCH)?,
    ) {
        (None, None) => Err(Problem::precondition_required()),
        (Some(_), Some(_)) => bad("If-Match", "not together with If-None-Match"),
        (None, Some("*")) => Ok(Expected::Absent),
        (None, Some(_)) => bad("If-None-Match", "only * can be expected to be absent"),
        (Some("*"), None) => Ok(Expected::Present),
        (Some(tag), None) => match version_of(tag) {
            Some(version) => Ok(Expected::Version(version)),
            None => bad(
                "If-Match",
                "one entity tag as it was given, such as \"17\", or *",
            ),
        },
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if value.to_str().is_ok() => Ok(value.to_str().ok()),
        _ => Err(Problem::parameter(name.as_str(), "given once, in ASCII")),
    }
}

fn version_of(tag: &str) -> Option<u64> {
    let digits = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

fn tag(version: u64) -> String {
    format!("\"{version}\"")
}

/// A document with its tag; 304 where the asker has it already.
pub(super) fn answer(document: StoredDocument, headers: &HeaderMap) -> Response {
    let tag = tag(document.version);
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|held| matches!(held.trim(), "*") || held.trim().trim_start_matches("W/") == tag);
    match known {
        true => (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response(),
        false => {
            let kind = (CONTENT_TYPE, "application/json".to_owned());
            ([(ETAG, tag), kind], document.text).into_response()
        }
    }
}

/// The new version of what was saved: 201 for a new document, else 204.
pub(super) fn saved(version: u64, expected: Expected) -> Response {
    let status = match expected {
        Expected::Absent => StatusCode::CREATED,
        Expected::Present | Expected::Version(_) => StatusCode::NO_CONTENT,
    };
    (status, [(ETAG, tag(version))]).into_response()
}

/// The body of a change, which has to be called JSON.
pub(super) struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Problem::not_json());
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) => Err(rejected(&error)),
        }
    }
}

fn rejected(error: &BytesRejection) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::parameter("body", "the body did not arrive whole"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_what_it_expects() {
        for (headers, expected) in [
            (vec![("if-match", "\"17\"")], Ok(Expected::Version(17))),
            (vec![("if-match", "*")], Ok(Expected::Present)),
            (vec![("if-none-match", "*")], Ok(Expected::Absent)),
            (vec![], Err(428)),
            (vec![("if-match", "17")], Err(400)),
            (vec![("if-match", "\"+17\"")], Err(400)),
            (vec![("if-match", "W/\"17\"")], Err(400)),
            (vec![("if-match", "\"99999999999999999999\"")], Err(400)),
            (vec![("if-match", "\"1\""), ("if-match", "\"2\"")], Err(400)),
            (vec![("if-match", "*"), ("if-none-match", "*")], Err(400)),
            (vec![("if-none-match", "\"17\"")], Err(400)),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                map.append(*name, value.parse().expect("a value"));
            }
            let read = super::expected(&map).map_err(|problem| problem.status);
            assert_eq!(read, expected, "{headers:?}");
        }
    }
}

//! Errors as `application/problem+json` (RFC 9457), with a stable code for programs.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::service::ServiceError;

/// What is wrong with one parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Its name.
    #[schema(example = "timeframe")]
    pub field: String,
    /// What is wrong, in one sentence.
    pub message: String,
}

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; the code in another form.
    #[serde(rename = "type")]
    #[schema(example = "urn:tradesuite:problem:bad_parameter")]
    pub kind: String,
    /// The kind of problem, for people.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// The kind of problem, for programs; never changes.
    #[schema(example = "bad_parameter")]
    pub code: &'static str,
    /// This problem, for people.
    pub detail: String,
    /// Parameters that are wrong.
    pub errors: Vec<FieldError>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:tradesuite:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Parameters that are wrong; 400.
    #[must_use]
    pub fn parameters(errors: Vec<FieldError>) -> Self {
        let detail = errors
            .iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect::<Vec<_>>()
            .join("; ");
        Self {
            errors,
            ..Self::new(StatusCode::BAD_REQUEST, "bad_parameter", detail)
        }
    }

    /// Not for this asker; 403.
    #[must_use]
    pub fn forbidden(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// Not there; 404.
    #[must_use]
    pub fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// Not in this way; 405.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this address is asked with another method",
        )
    }

    /// More than is taken; 413.
    #[must_use]
    pub fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("a request may have a body of {limit} bytes at the most"),
        )
    }

    /// Not at the moment; 503.
    #[must_use]
    pub fn unavailable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let detail = error.to_string();
        match error {
            ServiceError::UnknownInstrument(_) => Self::not_found("unknown_instrument", detail),
            ServiceError::NotRecorded(_) => Self::not_found("not_recorded", detail),
            ServiceError::NotKept(_) => Self::unavailable("not_kept", detail),
            ServiceError::NotArriving(_) => Self::unavailable("not_arriving", detail),
            ServiceError::Store(ref store) if store.is_retryable() => {
                tracing::warn!(%error, "the store did not answer");
                Self::unavailable("store_unavailable", detail)
            }
            ServiceError::Store(_) | ServiceError::Precision(_) => {
                tracing::error!(%error, "a question could not be answered");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

//! Errors as `application/problem+json` (RFC 9457), with a stable code for programs.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use tradesuite_core::model::untrusted::{Fault, Refused};

use crate::server::service::{DocumentError, ServiceError};

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

    /// One parameter or header that is wrong; 400.
    #[must_use]
    pub fn parameter(field: &str, message: &str) -> Self {
        Self::parameters(vec![FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        }])
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

    /// More than is read; 413.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the body is larger than anything that is read here",
        )
    }

    /// Not in this form; 415.
    #[must_use]
    pub fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "a document comes with Content-Type: application/json",
        )
    }

    /// Not without a condition; 428.
    #[must_use]
    pub fn precondition_required() -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            "say with If-Match which version is changed, or with If-None-Match: * that it is new",
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

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::TooLarge { .. } => Self {
                detail,
                ..Self::too_large()
            },
            Refused::NotJson(_) | Refused::TooDeep { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "bad_json", detail)
            }
            Refused::Wrong(faults) => {
                let error = |fault: Fault| FieldError {
                    field: fault.at,
                    message: fault.reason,
                };
                Self {
                    errors: faults.into_iter().map(error).collect(),
                    ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_document", detail)
                }
            }
        }
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        let detail = error.to_string();
        match error {
            DocumentError::BadName(_) => Self::parameter("name", &detail),
            DocumentError::Unknown { .. } => Self::not_found("unknown_document", detail),
            DocumentError::Refused(refused) => refused.into(),
            DocumentError::Differs(_) => {
                Self::new(StatusCode::PRECONDITION_FAILED, "differs", detail)
            }
            DocumentError::NameTaken(_) => Self::new(StatusCode::CONFLICT, "name_taken", detail),
            DocumentError::Full { .. } => Self::new(StatusCode::CONFLICT, "too_many", detail),
            DocumentError::Store(error) => ServiceError::Store(error).into(),
        }
    }
}

/// Gives the body limit's own answer, a bare text, the form of every other problem.
pub(super) async fn explain_too_large(response: Response) -> Response {
    let is_bare = response
        .headers()
        .get(CONTENT_TYPE)
        .is_none_or(|kind| kind != "application/problem+json");
    match response.status() == StatusCode::PAYLOAD_TOO_LARGE && is_bare {
        true => Problem::too_large().into_response(),
        false => response,
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

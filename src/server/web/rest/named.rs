//! The name in an address, such as that of a document: what is no text is said like any other
//! mistake.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::super::problem::Problem;

/// The one part of an address that is chosen by the asker.
pub(super) struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // An address has one such part, so only what is no UTF-8 is refused here.
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Problem::parameter("name", "not in UTF-8, percent-encoded")),
        }
    }
}

//! Why a server function gave no answer, by what the caller can do about it. The server's HTTP side
//! makes the status of it.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a server function gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "detail", rename_all = "snake_case")]
pub enum PageError {
    /// The question makes no sense; asking it again does not help.
    #[error("{0}")]
    BadRequest(String),
    /// What was asked for does not exist.
    #[error("{0}")]
    NotFound(String),
    /// The server could not answer now.
    #[error("{0}")]
    Failed(String),
    /// The server did not say anything.
    #[error("{0}")]
    Unreachable(String),
}

impl FromServerFnError for PageError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::BadRequest(error.to_string()),
            ServerFnErrorErr::Request(_) => {
                Self::Unreachable("the server cannot be reached".to_owned())
            }
            _ => Self::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_travel_and_bad_arguments_are_told_apart() {
        let bad = ServerFnErrorErr::Args("no timeframe".to_owned());
        let bad = PageError::from_server_fn_error(bad);
        assert!(matches!(&bad, PageError::BadRequest(detail) if detail.contains("no timeframe")));
        assert_eq!(PageError::de(bad.ser()), bad);
        let lost = ServerFnErrorErr::Request("no route".to_owned());
        let lost = PageError::from_server_fn_error(lost);
        assert!(matches!(lost, PageError::Unreachable(_)));
    }
}

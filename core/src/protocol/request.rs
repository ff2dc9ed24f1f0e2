//! What a client asks and how it is answered: JSON text in every format of the socket.

use serde::{Deserialize, Serialize};

/// What a client asks. Topics are text here, so that each can be answered by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Request {
    /// Starts listening; each topic begins with a snapshot. Asking again for a topic that is
    /// listened to already brings a fresh snapshot.
    Subscribe {
        /// Comes back in the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// What to listen to.
        topics: Vec<String>,
    },
    /// Stops listening.
    Unsubscribe {
        /// Comes back in the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// What to listen to no longer.
        topics: Vec<String>,
    },
    /// Asks for a sign of life.
    Ping {
        /// Comes back in the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
    },
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not a request at all.
    BadRequest,
    /// The text names no topic.
    BadTopic,
    /// No such instrument here.
    UnknownInstrument,
    /// The topic exists, but is not served by this server.
    Unavailable,
    /// More topics than one connection may listen to.
    TooManyTopics,
}

/// The answer to a request: one `error` for each topic refused, and one `ok` for the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Reply {
    /// Done.
    Ok {
        /// As asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// The topics it holds for, as messages will name them; absent for a ping.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        topics: Vec<String>,
        /// The server's clock, Unix milliseconds; only for a ping.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<i64>,
    },
    /// Not done.
    Error {
        /// As asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// The topic refused; absent where the whole request is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// For programs.
        code: ErrorCode,
        /// For people.
        detail: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_what_scripts_send() {
        for (text, expected) in [
            (
                r#"{"op":"subscribe","id":1,"topics":["status"]}"#,
                Request::Subscribe {
                    id: Some(1),
                    topics: vec!["status".into()],
                },
            ),
            (
                r#"{"op":"unsubscribe","topics":["status"],"later":true}"#,
                Request::Unsubscribe {
                    id: None,
                    topics: vec!["status".into()],
                },
            ),
            (r#"{"op":"ping"}"#, Request::Ping { id: None }),
        ] {
            assert_eq!(serde_json::from_str::<Request>(text).expect(text), expected);
        }
    }

    #[test]
    fn replies_leave_out_what_they_do_not_say() {
        for (reply, expected) in [
            (
                Reply::Ok {
                    id: Some(1),
                    topics: Vec::new(),
                    time: None,
                },
                r#"{"op":"ok","id":1}"#,
            ),
            (
                Reply::Error {
                    id: Some(2),
                    topic: Some("tape/x".into()),
                    code: ErrorCode::BadTopic,
                    detail: "unknown topic".into(),
                },
                r#"{"op":"error","id":2,"topic":"tape/x","code":"bad_topic","detail":"unknown topic"}"#,
            ),
        ] {
            let text = serde_json::to_string(&reply).expect("json");
            assert_eq!(text, expected);
            assert_eq!(serde_json::from_str::<Reply>(&text).expect("json"), reply);
        }
    }
}

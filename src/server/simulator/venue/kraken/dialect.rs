//! What a client of Kraken asks for.

use std::time::Duration;

use serde::Deserialize;
use tradesuite_core::model::UnixNs;

use super::frame;
use super::publisher::{Channel, Wish};
use crate::server::simulator::floor::Floor;
use crate::server::simulator::venue::frame::Frame;
use crate::server::simulator::venue::line::{Dialect, Said};
use crate::server::simulator::venue::lines::{Joined, LineId};

/// Depths that a book can have, the usual one first.
const DEPTHS: [u32; 5] = [10, 25, 100, 500, 1_000];

/// A request of the client.
///
/// ```json
/// {"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":100,"snapshot":true},"req_id":1}
/// ```
#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    params: Option<Params>,
    req_id: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Params {
    channel: String,
    #[serde(default)]
    symbol: Vec<String>,
    depth: Option<u32>,
    snapshot: Option<bool>,
}

/// WebSocket v2 on one connection.
#[derive(Debug, Default)]
pub struct WebSocketV2 {
    subscribed: bool,
}

fn read_request(text: &str, now: UnixNs) -> Said<Wish> {
    let refused = |method: Option<&str>, message: &str| {
        Said::Answered(frame::error(method, None, message, now))
    };
    let Ok(request) = serde_json::from_str::<Request>(text) else {
        return refused(None, "Malformed request");
    };
    let method = request.method.as_str();
    let subscribe = match method {
        "ping" => return Said::Answered(frame::pong(request.req_id, now)),
        "subscribe" => true,
        "unsubscribe" => false,
        _ => return refused(None, "Unknown method"),
    };
    let Some(params) = request.params else {
        return refused(Some(method), "params field is required");
    };
    if params.symbol.is_empty() {
        return refused(Some(method), "Symbol(s) not provided");
    }
    let channel = match (params.channel.as_str(), params.depth.unwrap_or(DEPTHS[0])) {
        ("book", depth) if DEPTHS.contains(&depth) => Channel::Book(depth),
        ("book", _) => return refused(Some(method), "Subscription depth not supported"),
        ("trade", _) => Channel::Trade,
        _ => return refused(Some(method), "Channel not supported"),
    };
    Said::Wish(Wish {
        subscribe,
        channel,
        symbols: params.symbol,
        snapshot: params.snapshot.unwrap_or(channel != Channel::Trade),
    })
}

impl Dialect for WebSocketV2 {
    type Wish = Wish;

    const FIRST_SUBSCRIBE: Option<Duration> = None;

    fn join(floor: &mut Floor) -> Joined {
        floor.publishers.kraken.join()
    }

    fn leave(floor: &mut Floor, id: LineId) {
        floor.publishers.kraken.leave(id);
    }

    fn carry_out(floor: &mut Floor, id: LineId, wish: &Wish) -> Result<(), String> {
        floor.publishers.kraken.carry_out(id, wish, &floor.market);
        Ok(())
    }

    fn greeting(&mut self, _now: UnixNs) -> Option<String> {
        Some(frame::status())
    }

    fn read(&mut self, text: &str, now: UnixNs) -> Said<Wish> {
        read_request(text, now)
    }

    fn carried_out(&mut self, wish: &Wish) {
        self.subscribed |= wish.subscribe;
    }

    fn has_subscribed(&self) -> bool {
        self.subscribed
    }

    fn beats(&self) -> bool {
        self.subscribed
    }

    fn heartbeat(&mut self, _now: UnixNs) -> Frame {
        frame::heartbeat()
    }

    fn word(&mut self, frame: &Frame) -> String {
        frame.text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_requests_and_says_what_is_wrong() {
        let read = |text: &str| read_request(text, UnixNs(0));
        let wish = Wish {
            subscribe: true,
            channel: Channel::Book(10),
            symbols: vec!["BTC/USD".to_owned()],
            snapshot: true,
        };
        assert_eq!(
            read(r#"{"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"]}}"#),
            Said::Wish(wish)
        );
        for (text, message) in [
            ("", "Malformed request"),
            (r#"{"method":"hello"}"#, "Unknown method"),
            (r#"{"method":"subscribe"}"#, "params field is required"),
            (
                r#"{"method":"subscribe","params":{"channel":"book"}}"#,
                "Symbol(s) not provided",
            ),
            (
                r#"{"method":"subscribe","params":{"channel":"book","symbol":["A/B"],"depth":7}}"#,
                "Subscription depth not supported",
            ),
            (
                r#"{"method":"subscribe","params":{"channel":"level9","symbol":["A/B"]}}"#,
                "Channel not supported",
            ),
            (r#"{"method":"ping","req_id":7}"#, r#""req_id":7"#),
        ] {
            let Said::Answered(answer) = read(text) else {
                panic!("{text}");
            };
            assert!(answer.contains(message), "{answer}");
        }
    }

    proptest! {
        #[test]
        fn no_request_panics(text in "\\PC{0,80}") {
            let _ = read_request(&text, UnixNs(0));
        }
    }
}

//! What a client of Coinbase asks for, and how its messages are numbered.

use std::time::Duration;

use serde::Deserialize;
use tradesuite_core::model::UnixNs;

use super::channel::Channel;
use super::frame;
use super::publisher::Wish;
use crate::server::simulator::floor::Floor;
use crate::server::simulator::venue::frame::Frame;
use crate::server::simulator::venue::line::{Dialect, Said};
use crate::server::simulator::venue::lines::{Joined, LineId};

/// A request of the client.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

fn read_request(text: &str) -> Result<Wish, String> {
    let request: Request =
        serde_json::from_str(text).map_err(|_| "failed to parse message".to_owned())?;
    let subscribe = match request.kind.as_str() {
        "subscribe" => true,
        "unsubscribe" => false,
        other => return Err(format!("{other} is not a valid message type")),
    };
    let channel = Channel::find(&request.channel)
        .ok_or_else(|| format!("{} is not a valid channel", request.channel))?;
    Ok(Wish {
        subscribe,
        channel,
        products: request.product_ids,
    })
}

/// Advanced Trade on one connection.
#[derive(Debug, Default)]
pub struct AdvancedTrade {
    next_number: u64,
    heartbeats: u64,
    beats: bool,
    subscribed: bool,
}

impl Dialect for AdvancedTrade {
    type Wish = Wish;

    /// "You must send a subscribe message within 5 seconds or you are disconnected."
    const FIRST_SUBSCRIBE: Option<Duration> = Some(Duration::from_secs(5));

    fn join(floor: &mut Floor) -> Joined {
        floor.publishers.coinbase.join()
    }

    fn leave(floor: &mut Floor, id: LineId) {
        floor.publishers.coinbase.leave(id);
    }

    fn carry_out(floor: &mut Floor, id: LineId, wish: &Wish) -> Result<(), String> {
        let carried_out = floor.publishers.coinbase.carry_out(id, wish, &floor.market);
        carried_out.map_err(|message| frame::error(&message))
    }

    fn read(&mut self, text: &str, _now: UnixNs) -> Said<Wish> {
        match read_request(text) {
            Ok(wish) => Said::Wish(wish),
            Err(message) => Said::Answered(frame::error(&message)),
        }
    }

    fn carried_out(&mut self, wish: &Wish) {
        self.subscribed |= wish.subscribe;
        if wish.channel == Channel::Heartbeats {
            self.beats = wish.subscribe;
        }
    }

    fn has_subscribed(&self) -> bool {
        self.subscribed
    }

    fn beats(&self) -> bool {
        self.beats
    }

    fn heartbeat(&mut self, now: UnixNs) -> Frame {
        self.heartbeats += 1;
        frame::heartbeat(now, self.heartbeats)
    }

    fn word(&mut self, frame: &Frame) -> String {
        let text = frame.numbered(self.next_number);
        self.next_number += 1;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_requests_and_says_what_is_wrong() {
        let wish =
            read_request(r#"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"level2"}"#);
        let wish = wish.expect("a wish");
        assert!(wish.subscribe && wish.channel == Channel::Level2 && wish.products == ["BTC-USD"]);
        for (text, message) in [
            ("", "failed to parse message"),
            (
                r#"{"type":"subscribe","channel":"full"}"#,
                "full is not a valid channel",
            ),
            (
                r#"{"type":"hello","channel":"level2"}"#,
                "hello is not a valid message type",
            ),
        ] {
            assert_eq!(read_request(text).expect_err(text), message);
        }
    }

    proptest! {
        #[test]
        fn no_request_panics(text in "\\PC{0,80}") {
            let _ = read_request(&text);
        }
    }
}

//! A message that is encoded at most once per format, by whoever needs it first.

use std::sync::OnceLock;

use bytes::Bytes;
use tradesuite_core::protocol::Message;

/// One message, shared by all who listen.
#[derive(Debug)]
pub struct Frame {
    message: Message,
    json: OnceLock<Bytes>,
    msgpack: OnceLock<Bytes>,
}

impl Frame {
    /// Not encoded yet.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self {
            message,
            json: OnceLock::new(),
            msgpack: OnceLock::new(),
        }
    }

    /// The message itself.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// As JSON text.
    #[must_use]
    pub fn json(&self) -> Bytes {
        self.json
            .get_or_init(|| self.message.to_json().into())
            .clone()
    }

    /// As MsgPack.
    #[must_use]
    pub fn msgpack(&self) -> Bytes {
        self.msgpack
            .get_or_init(|| self.message.to_msgpack().into())
            .clone()
    }
}

//! One topic's numbering and listeners.

use std::sync::Arc;

use tradesuite_core::protocol::{Body, Message, Topic};

use super::frame::Frame;
use super::outbox::Outbox;

/// Numbers messages and hands them to all who listen.
pub(super) struct Channel {
    topic: Topic,
    /// Number of the last message.
    seq: u64,
    listeners: Vec<Arc<Outbox>>,
}

impl Channel {
    pub fn new(topic: Topic) -> Self {
        Self {
            topic,
            seq: 0,
            listeners: Vec::new(),
        }
    }

    /// Sends the next message to all; those whose connection is gone are forgotten.
    pub fn publish(&mut self, body: Body) {
        self.seq += 1;
        let frame = self.frame(body);
        self.listeners.retain(|listener| listener.push(&frame));
    }

    /// Greets a listener with the state as of the last message, and keeps it.
    pub fn greet(&mut self, listener: &Arc<Outbox>, state: Body) {
        listener.greet(&self.frame(state));
        if !self
            .listeners
            .iter()
            .any(|known| Arc::ptr_eq(known, listener))
        {
            self.listeners.push(Arc::clone(listener));
        }
    }

    /// Forgets a listener.
    pub fn leave(&mut self, listener: &Arc<Outbox>) {
        self.listeners.retain(|known| !Arc::ptr_eq(known, listener));
    }

    pub fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    fn frame(&self, body: Body) -> Arc<Frame> {
        Arc::new(Frame::new(Message {
            topic: self.topic.clone(),
            seq: self.seq,
            body,
        }))
    }
}

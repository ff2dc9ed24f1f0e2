//! The topic `status`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tradesuite_core::model::ServerStatus;
use tradesuite_core::protocol::{Body, Data, Topic};

use super::channel::Channel;
use super::outbox::Outbox;

/// How the server is doing, for all who listen.
pub(super) struct StatusChannel(Mutex<State>);

struct State {
    channel: Channel,
    last: Option<ServerStatus>,
}

impl Default for StatusChannel {
    fn default() -> Self {
        Self(Mutex::new(State {
            channel: Channel::new(Topic::Status),
            last: None,
        }))
    }
}

impl StatusChannel {
    pub fn publish(&self, status: ServerStatus) {
        let mut state = self.lock();
        state
            .channel
            .publish(Body::Update(Data::Status(Box::new(status.clone()))));
        state.last = Some(status);
    }

    pub fn join(&self, listener: &Arc<Outbox>) {
        let mut state = self.lock();
        let body = match &state.last {
            Some(status) => Body::Snapshot(Data::Status(Box::new(status.clone()))),
            None => Body::Stale {
                reason: "the server is starting".to_owned(),
            },
        };
        state.channel.greet(listener, body);
    }

    pub fn leave(&self, listener: &Arc<Outbox>) {
        self.lock().channel.leave(listener);
    }

    /// A holder that panicked left a whole state behind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

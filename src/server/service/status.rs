//! How the whole server is doing.

use std::time::Duration;

use tradesuite_core::model::{ServerStatus, StoreState, StoreStatus};

use super::{Service, memory};

/// How often listeners of the topic `status` hear of it.
const EVERY: Duration = Duration::from_secs(1);

impl Service {
    /// Everything that the status panel shows.
    pub async fn status(&self) -> ServerStatus {
        let parts = &self.0.parts;
        let (state, problem, bytes) = match (parts.store.bytes().await, self.keeping()) {
            (Ok(bytes), (state, problem)) => (state, problem, bytes),
            (Err(error), _) => (StoreState::Failed, Some(error.to_string()), 0),
        };
        ServerStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: parts.mode,
            uptime_s: self.0.uptime.elapsed().as_secs(),
            memory_bytes: memory::resident_bytes(),
            store: StoreStatus {
                kind: parts.store.kind().to_owned(),
                state,
                bytes,
                problem,
            },
            connections: parts.board.connections(parts.clock.now()),
            rejected: parts.board.rejected(),
        }
    }

    /// Says every second how the server is doing, until dropped.
    pub async fn publish_status(&self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            every.tick().await;
            let status = self.status().await;
            self.0.parts.hub.publish_status(status);
        }
    }
}

//! How the whole server is doing.

use std::time::Duration;

use tradesuite_core::model::{KindStatus, ServerStatus, StoreState, StoreStatus, UnixMs};

use super::{Service, memory};
use crate::server::storage::StoreError;

/// How often listeners of the topic `status` hear of it, whether anything changed or not.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether a connection went from one state to another: that is said at once,
/// since who looks shall know within three seconds that a venue is silent, and silence takes two to
/// be told.
const LOOK: Duration = Duration::from_millis(200);

impl Service {
    /// Everything that the status panel shows.
    pub async fn status(&self) -> ServerStatus {
        let parts = &self.0.parts;
        let now = parts.clock.now();
        let space = self.space(now.to_ms()).await;
        let (state, problem, (bytes, kinds)) = match (space, self.keeping()) {
            (Ok(space), (StoreState::Ok, _)) => (StoreState::Ok, self.lost().await, space),
            (Ok(space), (state, problem)) => (state, problem, space),
            (Err(error), _) => (
                StoreState::Failed,
                Some(error.to_string()),
                Default::default(),
            ),
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
                kinds,
            },
            connections: parts.board.connections(now),
            rejected: parts.board.rejected(),
            notices: parts.board.notices(),
        }
    }

    /// In one sentence, what of the store was damaged.
    async fn lost(&self) -> Option<String> {
        match self.0.parts.store.set_aside().await {
            Ok(names) if names.is_empty() => None,
            Ok(names) => Some(format!(
                "what was damaged was set aside and is held no longer: {}",
                names.join(", ")
            )),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Bytes that the store takes, and of each kind in it where it says so.
    async fn space(&self, now: UnixMs) -> Result<(u64, Vec<KindStatus>), StoreError> {
        let store = &self.0.parts.store;
        let kinds = store.usage(now).await?;
        let bytes = match kinds[..] {
            [] => store.bytes().await?,
            _ => kinds.iter().map(|kind| kind.bytes).sum(),
        };
        Ok((bytes, kinds))
    }

    /// Says how the server is doing every second, and at once when a connection's state is another;
    /// until dropped.
    pub async fn publish_status(&self) {
        let parts = &self.0.parts;
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut due = tokio::time::Instant::now();
        let mut said = Vec::new();
        loop {
            let now = look.tick().await;
            let states = parts.board.states(parts.clock.now());
            if now >= due || states != said {
                due = now + EVERY;
                said = states;
                let status = self.status().await;
                parts.hub.publish_status(status);
            }
        }
    }
}

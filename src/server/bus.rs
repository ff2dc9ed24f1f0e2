//! The stream of numbered events inside the process.
//!
//! A [`Bus`] hands every batch to every listener at once, before it is durable. It is bounded: a
//! listener that falls behind by more than [`CAPACITY`] batches is told so and reads what it
//! missed from the journal (see [`crate::server::journal`]), so that nobody slows the collector
//! down and nothing is lost.

use std::sync::Arc;

use tokio::sync::broadcast;
use tradesuite_core::model::Sequenced;

/// Batches that a listener may be behind before it has to read from the journal.
pub const CAPACITY: usize = 4_096;

/// Events in order of arrival, shared by all listeners.
pub type Batch = Arc<[Sequenced]>;

/// A cheap handle on the stream.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Batch>);

impl Default for Bus {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Bus {
    /// Hands a batch to all who listen now; nobody listening is not an error.
    pub fn publish(&self, batch: Batch) {
        let _ = self.0.send(batch);
    }

    /// Listens from the next batch on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Batch> {
        self.0.subscribe()
    }
}

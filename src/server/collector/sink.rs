//! Where checked events go, and where committed ones come from: the journal, seen from here.

use async_trait::async_trait;
use thiserror::Error;
use tradesuite_core::model::{MarketEvent, Position};

use crate::server::bus::Batch;

/// The other side is gone; the process is shutting down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the journal is closed")]
pub struct SinkClosed;

/// Takes events in order of arrival.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Hands events over; waits while the other side is full, which holds back the socket.
    ///
    /// # Errors
    /// [`SinkClosed`] where nothing is taken any more.
    async fn append(&self, events: Vec<MarketEvent>) -> Result<(), SinkClosed>;
}

/// Yields committed events from some position on, each once and in order.
#[async_trait]
pub trait CommittedEvents: Send + Sync {
    /// The next events, at least one; waits for them. `None` after the last one of a closed log.
    /// May be dropped while waiting without losing any.
    ///
    /// # Errors
    /// One sentence where the log cannot be read at the moment.
    async fn next(&mut self) -> Result<Option<Batch>, String>;

    /// Everything up to here is held elsewhere now.
    fn passed(&self, position: Position);
}

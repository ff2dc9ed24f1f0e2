//! Where checked events go, and where committed ones come from: the journal, seen from here.

use async_trait::async_trait;
use thiserror::Error;
use tradesuite_core::model::{MarketEvent, Position};

use crate::server::journal::Batch;
use crate::server::journal::{Journal, Tail};

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

    /// Whether everything committed so far was yielded.
    fn is_caught_up(&self) -> bool;

    /// Position of the last event committed so far.
    fn committed(&self) -> Position;

    /// Everything up to here is held elsewhere now.
    fn passed(&self, position: Position);
}

#[async_trait]
impl EventSink for Journal {
    async fn append(&self, events: Vec<MarketEvent>) -> Result<(), SinkClosed> {
        match self.append(events).await {
            Ok(_) => Ok(()),
            Err(_) => Err(SinkClosed),
        }
    }
}

/// A journal's committed tail, read by one named consumer.
#[derive(Debug)]
pub struct JournalTail {
    /// Where passing is reported.
    pub journal: Journal,
    /// The consumer's name in the journal.
    pub consumer: &'static str,
    /// Where it reads.
    pub tail: Tail,
}

#[async_trait]
impl CommittedEvents for JournalTail {
    async fn next(&mut self) -> Result<Option<Batch>, String> {
        self.tail.next().await.map_err(|error| error.to_string())
    }

    fn is_caught_up(&self) -> bool {
        self.tail.is_caught_up()
    }

    fn committed(&self) -> Position {
        *self.journal.committed().borrow()
    }

    fn passed(&self, position: Position) {
        self.journal.passed(self.consumer, position);
    }
}

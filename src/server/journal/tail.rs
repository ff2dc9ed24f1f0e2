//! Reading the journal on from a position, each event once and in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;
use tradesuite_core::model::Position;

use super::Batch;
use super::window::{self, Place};
use super::{JournalError, Shared, file, lock};

/// Which events a tail yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TailKind {
    /// As soon as they are taken. For what is shown and forgotten.
    Live,
    /// Only what is committed. For consumers that keep results: they never get ahead of the log.
    Committed,
}

/// A reader of the journal. Each has its own place; it may be as slow as it likes.
#[derive(Debug)]
pub struct Tail {
    shared: Arc<Shared>,
    next: Position,
    limit: watch::Receiver<Position>,
}

impl Tail {
    pub(super) fn new(shared: Arc<Shared>, from: Position, kind: TailKind) -> Self {
        let limit = match kind {
            TailKind::Live => shared.appended.subscribe(),
            TailKind::Committed => shared.committed.subscribe(),
        };
        Self {
            next: Position(from.0.max(1)),
            limit,
            shared,
        }
    }

    /// Position of the event that comes next.
    #[must_use]
    pub fn position(&self) -> Position {
        self.next
    }

    /// Waits for the next events; `None` once the journal is closed and everything was read.
    /// Nothing is lost when the future is dropped before it is done.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] where the file cannot be read.
    pub async fn next(&mut self) -> Result<Option<Batch>, JournalError> {
        loop {
            // Read before the limit: whoever closes has moved the limit before.
            let closed = self.shared.closed.load(Ordering::Acquire);
            let limit = *self.limit.borrow_and_update();
            if self.next <= limit {
                let batch = self.read().await?;
                self.next = Position(window::last(&batch).0 + 1);
                return Ok(Some(batch));
            }
            if closed || self.limit.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    async fn read(&self) -> Result<Batch, JournalError> {
        let place = {
            let inner = self.shared.lock();
            inner.window.at(self.next, *self.shared.committed.borrow())
        };
        if let Place::Memory(batch) = place {
            return Ok(batch);
        }
        let shared = Arc::clone(&self.shared);
        let from = self.next;
        let read = move || {
            let mut reader = lock(&shared.reader);
            file::read(&mut reader, &shared.path, from)
        };
        let batch = match tokio::task::spawn_blocking(read).await {
            Ok(found) => found?,
            Err(error) => return Err(JournalError::Unusable(error.to_string())),
        };
        batch.ok_or_else(|| {
            JournalError::Unusable(format!("the event at position {} is missing", from.0))
        })
    }
}

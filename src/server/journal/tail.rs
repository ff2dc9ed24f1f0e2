//! Reading the journal on from a position, each event once and in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;
use tokio::task::JoinHandle;
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
    /// The file being read. Kept here, so that who stops waiting and asks again waits for the same
    /// reading: a slow disk is never begun anew.
    reading: Option<JoinHandle<Result<Option<Batch>, JournalError>>>,
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
            reading: None,
            shared,
        }
    }

    /// Position of the event that comes next.
    #[must_use]
    pub fn position(&self) -> Position {
        self.next
    }

    /// Whether everything there is was yielded.
    #[must_use]
    pub fn is_caught_up(&self) -> bool {
        self.next > *self.limit.borrow()
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

    async fn read(&mut self) -> Result<Batch, JournalError> {
        let from = self.next;
        if self.reading.is_none() {
            let place = {
                let inner = self.shared.lock();
                inner.window.at(from, *self.shared.committed.borrow())
            };
            if let Place::Memory(batch) = place {
                return Ok(batch);
            }
        }
        let shared = Arc::clone(&self.shared);
        let reading = self.reading.get_or_insert_with(|| {
            tokio::task::spawn_blocking(move || {
                let mut reader = lock(&shared.reader);
                file::read(&mut reader, &shared.path, from)
            })
        });
        let read = reading.await;
        self.reading = None;
        let batch = match read {
            Ok(found) => found?,
            Err(error) => return Err(JournalError::Unusable(error.to_string())),
        };
        batch.ok_or_else(|| {
            JournalError::Unusable(format!("the event at position {} is missing", from.0))
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tradesuite_core::model::{EventBody, MarketEvent, Precision, UnixNs};

    use super::*;
    use crate::server::journal::{Journal, JournalOptions};

    #[tokio::test]
    async fn who_stops_waiting_for_a_slow_disk_goes_on_waiting_for_the_same_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let open = || Journal::open(&path, JournalOptions::default()).unwrap();
        let journal = open();
        let event = MarketEvent {
            instrument: "coinbase:BTC-USD".parse().unwrap(),
            precision: Precision::default(),
            received: UnixNs(1),
            body: EventBody::Clock { time: UnixNs(1) },
        };
        journal.append(vec![event]).await.unwrap();
        journal.close().await.unwrap();
        let journal = open();
        let mut tail = journal.tail_from(Position(1), TailKind::Committed);
        assert!(!tail.is_caught_up());
        {
            let shared = Arc::clone(&tail.shared);
            let _slow = lock(&shared.reader);
            let mut begun = None;
            for _ in 0..3 {
                assert!(tail.next().now_or_never().is_none());
                let reading = tail.reading.as_ref().map(JoinHandle::id);
                assert!(reading.is_some());
                assert_eq!(*begun.get_or_insert(reading), reading);
            }
        }
        let batch = tail.next().await.unwrap().unwrap();
        assert_eq!(window::last(&batch), Position(1));
        assert!(tail.is_caught_up());
        journal.close().await.unwrap();
    }
}

//! The journal as the collector sees it.

use async_trait::async_trait;
use tradesuite_core::model::{MarketEvent, Position};

use crate::server::bus::Batch;
use crate::server::collector::sink::{CommittedEvents, EventSink, SinkClosed};
use crate::server::journal::{Journal, Tail};

/// Takes the collector's events.
pub struct JournalSink(pub Journal);

#[async_trait]
impl EventSink for JournalSink {
    async fn append(&self, events: Vec<MarketEvent>) -> Result<(), SinkClosed> {
        // A journal that cannot commit goes on taking; only a closed one refuses.
        self.0
            .append(events)
            .await
            .map(|_| ())
            .map_err(|_| SinkClosed)
    }
}

/// A consumer's place in the journal.
pub struct JournalTail {
    journal: Journal,
    tail: Tail,
    consumer: &'static str,
}

impl JournalTail {
    /// Reads from where `tail` stands, passing positions as `consumer`.
    pub fn new(journal: Journal, tail: Tail, consumer: &'static str) -> Self {
        Self {
            journal,
            tail,
            consumer,
        }
    }
}

#[async_trait]
impl CommittedEvents for JournalTail {
    async fn next(&mut self) -> Result<Option<Batch>, String> {
        self.tail.next().await.map_err(|error| error.to_string())
    }

    fn passed(&self, position: Position) {
        self.journal.passed(self.consumer, position);
    }
}

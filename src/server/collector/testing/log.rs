//! A journal in memory: what is appended is numbered and read by one who records.

use async_trait::async_trait;
use tokio::sync::watch;
use tradesuite_core::model::{EventBody, MarketEvent, Position, Sequenced};

use crate::server::collector::sink::{CommittedEvents, EventSink, SinkClosed};
use crate::server::journal::Batch;

/// A cheap handle on the log.
#[derive(Clone, Default)]
pub struct MemoryJournal(watch::Sender<Vec<Sequenced>>);

impl MemoryJournal {
    /// Reads from the beginning.
    pub fn tail(&self) -> Box<dyn CommittedEvents> {
        Box::new(MemoryTail {
            log: self.0.subscribe(),
            next: 0,
        })
    }

    /// The ids of trades that came as fetched ones.
    pub fn fetched(&self) -> Vec<u64> {
        let log = self.0.borrow();
        let fetched = log
            .iter()
            .filter_map(|sequenced| match &sequenced.event.body {
                EventBody::Backfill(trade) => Some(trade.id.0),
                _ => None,
            });
        fetched.collect()
    }
}

#[async_trait]
impl EventSink for MemoryJournal {
    async fn append(&self, events: Vec<MarketEvent>) -> Result<(), SinkClosed> {
        self.0.send_modify(|log| {
            for event in events {
                let position = Position(log.len() as u64 + 1);
                log.push(Sequenced { position, event });
            }
        });
        Ok(())
    }
}

struct MemoryTail {
    log: watch::Receiver<Vec<Sequenced>>,
    next: usize,
}

#[async_trait]
impl CommittedEvents for MemoryTail {
    async fn next(&mut self) -> Result<Option<Batch>, String> {
        let next = self.next;
        let Ok(log) = self.log.wait_for(|log| log.len() > next).await else {
            return Ok(None);
        };
        self.next = log.len();
        Ok(Some(log[next..].into()))
    }

    fn is_caught_up(&self) -> bool {
        self.next >= self.log.borrow().len()
    }

    fn committed(&self) -> Position {
        Position(self.log.borrow().len() as u64)
    }

    fn passed(&self, _position: Position) {}
}

//! The newest events in memory: all that are not yet committed, and some that are, so that tails
//! which keep up never touch the disk. It must not know about the file.

use std::collections::VecDeque;
use std::sync::Arc;

use tradesuite_core::model::{EventBody, MarketEvent, Position};

use super::Batch;

/// Committed events that stay in memory, KiB.
const KEEP_KIB: u32 = 16 * 1_024;
/// Batches at the most that are committed at once.
const GROUP_BATCHES: usize = 8_192;

/// Batches in order of position.
#[derive(Debug, Default)]
pub(super) struct Window {
    batches: VecDeque<(Batch, u32)>,
    /// How many of them, from the front, are committed.
    committed: usize,
    committed_kib: u32,
}

/// Where the next event of a tail is.
pub(super) enum Place {
    /// Here.
    Memory(Batch),
    /// Older than what is held here.
    Older,
}

/// Memory that an event takes, rounded up to KiB.
pub(super) fn kib(event: &MarketEvent) -> u32 {
    let levels = match &event.body {
        EventBody::BookSnapshot(delta) | EventBody::BookUpdate(delta) => {
            delta.bids.len() + delta.asks.len()
        }
        _ => 0,
    };
    1 + u32::try_from(levels / 64).unwrap_or(u32::MAX / 2)
}

pub(super) fn first(batch: &Batch) -> Position {
    batch.first().map_or(Position(0), |event| event.position)
}

pub(super) fn last(batch: &Batch) -> Position {
    batch.last().map_or(Position(0), |event| event.position)
}

impl Window {
    pub fn push(&mut self, batch: Batch, kib: u32) {
        self.batches.push_back((batch, kib));
    }

    /// What the writer is to commit next.
    pub fn uncommitted(&self) -> Vec<Batch> {
        self.batches
            .iter()
            .skip(self.committed)
            .take(GROUP_BATCHES)
            .map(|(batch, _)| Arc::clone(batch))
            .collect()
    }

    pub fn has_uncommitted(&self) -> bool {
        self.committed < self.batches.len()
    }

    /// Events that would be lost now.
    pub fn uncommitted_events(&self) -> u64 {
        let batches = self.batches.iter().skip(self.committed);
        batches.map(|(batch, _)| batch.len() as u64).sum()
    }

    /// Marks the oldest `count` uncommitted batches as committed and forgets the oldest of all.
    /// Returns the room they gave back, KiB.
    pub fn commit(&mut self, count: usize) -> u32 {
        let fresh = self.batches.iter().skip(self.committed).take(count);
        let freed = fresh.map(|(_, kib)| kib).sum();
        self.committed += count;
        self.committed_kib += freed;
        while self.committed_kib > KEEP_KIB && self.committed > 0 {
            if let Some((_, kib)) = self.batches.pop_front() {
                self.committed_kib -= kib;
                self.committed -= 1;
            }
        }
        freed
    }

    /// The batch that holds `position`, or the next one where numbers were skipped. `committed` is
    /// the end of the file.
    pub fn at(&self, position: Position, committed: Position) -> Place {
        let index = self
            .batches
            .partition_point(|(batch, _)| last(batch) < position);
        let Some((batch, _)) = self.batches.get(index) else {
            return Place::Older;
        };
        if first(batch) > position && position <= committed {
            return Place::Older;
        }
        let skip = batch.partition_point(|event| event.position < position);
        Place::Memory(if skip == 0 {
            Arc::clone(batch)
        } else {
            batch[skip..].into()
        })
    }
}

//! Which books of a line are waited for, and until when. It must not know how they are asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use tradesuite_core::model::{EventBody, InstrumentId, MarketEvent};

use crate::server::clock::Stopwatch;

/// A book that was asked for is there after this long, or the venue's answer was lost: the largest
/// come within two seconds, also over a slow line.
pub const BOOK_DEADLINE: Duration = Duration::from_secs(10);
/// After so many tries the waits grow: an instrument may have no book while its market is closed.
const QUICK_TRIES: u32 = 3;
/// Longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Books that are waited for.
#[derive(Debug, Default)]
pub struct Books {
    waiting: BTreeMap<InstrumentId, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    since: Stopwatch,
    /// How often its book was asked for in vain.
    asked: u32,
}

impl Books {
    /// The book of this instrument was asked for, or is of no use any more.
    pub fn expect(&mut self, id: &InstrumentId) {
        let asked = self.waiting.get(id).map_or(0, |waiting| waiting.asked);
        let since = Stopwatch::start();
        self.waiting.insert(id.clone(), Waiting { since, asked });
    }

    /// The book of this instrument is not wanted any more.
    pub fn forget(&mut self, id: &InstrumentId) {
        self.waiting.remove(id);
    }

    /// Learns from checked events which books came and which cannot be believed any more.
    pub fn take(&mut self, events: &[MarketEvent]) {
        for event in events {
            match &event.body {
                EventBody::BookSnapshot(_) => self.forget(&event.instrument),
                EventBody::BookStale { .. } if !self.waiting.contains_key(&event.instrument) => {
                    self.expect(&event.instrument);
                }
                _ => {}
            }
        }
    }

    /// Whether any book is waited for.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many books are waited for.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How often the most patient one was asked for in vain.
    #[must_use]
    pub fn asked(&self) -> u32 {
        let asked = self.waiting.values().map(|waiting| waiting.asked);
        asked.max().unwrap_or_default()
    }

    /// How long until one is late.
    #[must_use]
    pub fn wait(&self) -> Duration {
        let waits = self.waiting.values().map(Waiting::left);
        waits.min().unwrap_or_default()
    }

    /// Those that are late, to be asked for now.
    #[must_use]
    pub fn ask(&mut self) -> Vec<InstrumentId> {
        let mut late = Vec::new();
        for (id, waiting) in &mut self.waiting {
            if waiting.left().is_zero() {
                waiting.asked += 1;
                waiting.since = Stopwatch::start();
                late.push(id.clone());
            }
        }
        late
    }
}

impl Waiting {
    /// The wait doubles with every further try in vain.
    fn left(&self) -> Duration {
        let further = self.asked.saturating_sub(QUICK_TRIES).min(8);
        let patience = BOOK_DEADLINE.saturating_mul(1_u32 << further);
        patience
            .min(LONGEST_WAIT)
            .saturating_sub(self.since.elapsed())
    }
}

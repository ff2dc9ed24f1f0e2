//! All that has to be kept to go on later as if nothing had happened: to be written in one
//! transaction with the position of the newest event and the fires up to it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::engine::{Counts, Engine, Moment};
use super::leaf::Memory;
use super::trigger::Standing;
use super::wall::Wall;
use crate::alert::source::SavedSources;
use crate::alert::text::watch_text;
use crate::model::alert::RuleId;
use crate::model::{InstrumentId, Position};

/// The newest form of [`Saved`].
const VERSION: u32 = 1;

/// The state of an [`Engine`], without the rules themselves.
#[derive(Serialize, Deserialize)]
pub struct Saved {
    version: u32,
    wall: Wall,
    moment: Moment,
    counts: Counts,
    markets: Vec<(InstrumentId, SavedSources)>,
    rules: Vec<SavedRule>,
    retired: Vec<(RuleId, u64)>,
}

#[derive(Serialize, Deserialize)]
struct SavedRule {
    id: RuleId,
    /// The rule as it was: the state of another one says nothing.
    text: String,
    memories: Vec<Memory>,
    standing: Standing,
}

/// Why a state cannot be gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RestoreError {
    /// Another program wrote it.
    #[error("the state of the rules is of version {0}, this program knows {VERSION}")]
    Version(u32),
}

impl Saved {
    /// The newest event that it knows: go on with the one after it.
    #[must_use]
    pub fn position(&self) -> Position {
        self.moment.position
    }
}

impl Engine {
    /// The state now.
    #[must_use]
    pub fn saved(&self) -> Saved {
        let markets = self.markets.iter();
        let rules = self.markets.values().flat_map(|market| market.rules());
        Saved {
            version: VERSION,
            wall: self.wall,
            moment: self.moment,
            counts: self.counts,
            markets: markets
                .map(|(instrument, market)| (instrument.clone(), market.sources.saved()))
                .collect(),
            rules: rules
                .map(|rule| SavedRule {
                    id: rule.id,
                    text: watch_text(&rule.watch),
                    memories: rule.memories.clone(),
                    standing: rule.standing,
                })
                .collect(),
            retired: self
                .retired
                .iter()
                .map(|(id, fired)| (*id, *fired))
                .collect(),
        }
    }

    /// Goes on from a state. The rules have been given to [`Engine::set`] before; one that was
    /// edited since begins anew.
    ///
    /// # Errors
    /// [`RestoreError`]; nothing was changed.
    pub fn restore(&mut self, saved: &Saved) -> Result<(), RestoreError> {
        if saved.version != VERSION {
            return Err(RestoreError::Version(saved.version));
        }
        self.wall = saved.wall;
        self.moment = saved.moment;
        self.counts = saved.counts;
        for (id, fired) in &saved.retired {
            self.retired.insert(*id, *fired);
        }
        for kept in &saved.rules {
            let Some(rule) = self.rule_mut(kept.id) else {
                self.retired.insert(kept.id, kept.standing.fired);
                continue;
            };
            let same = watch_text(&rule.watch) == kept.text;
            if same && rule.memories.len() == kept.memories.len() {
                rule.memories.clone_from(&kept.memories);
                rule.standing = kept.standing;
            } else {
                rule.standing.fired = kept.standing.fired;
            }
        }
        for (instrument, kept) in &saved.markets {
            if let Some(market) = self.markets.get_mut(instrument) {
                market.sources.restore(kept);
            }
        }
        let elapsed_ms = self.wall.elapsed_ms();
        for market in self.markets.values_mut() {
            market.restored(elapsed_ms);
        }
        Ok(())
    }
}

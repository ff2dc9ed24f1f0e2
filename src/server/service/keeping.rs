//! Whether what arrives is kept: journal and market store, seen together.

use tokio::sync::watch;
use tradesuite_core::model::{Position, StoreState};

use crate::server::collector::recorder::Progress;
use crate::server::journal::{Journal, JournalState};

/// Committed events that may wait for the store before it counts as behind: ten seconds of a busy
/// market.
const BEHIND_EVENTS: u64 = 20_000;

/// Follows the journal and the recorder behind it.
#[derive(Clone, Debug)]
pub struct Keeping {
    journal: watch::Receiver<JournalState>,
    committed: watch::Receiver<Position>,
    written: watch::Receiver<Position>,
    problem: watch::Receiver<Option<String>>,
}

impl Keeping {
    /// Follows these two.
    #[must_use]
    pub fn new(journal: &Journal, progress: &Progress) -> Self {
        Self {
            journal: journal.state(),
            committed: journal.committed(),
            written: progress.written(),
            problem: progress.problem(),
        }
    }

    /// What the status says, and in one sentence what is wrong.
    pub(super) fn state(&self) -> (StoreState, Option<String>) {
        let waiting = {
            let (committed, written) = (self.committed.borrow().0, self.written.borrow().0);
            committed.saturating_sub(written)
        };
        words(
            &self.journal.borrow(),
            self.problem.borrow().as_deref(),
            waiting,
        )
    }
}

/// `problem` is why the store takes nothing, `waiting` the number of events that it lacks.
fn words(
    journal: &JournalState,
    problem: Option<&str>,
    waiting: u64,
) -> (StoreState, Option<String>) {
    match (journal, problem) {
        (JournalState::Failing { reason }, _) => (
            StoreState::Failed,
            Some(format!(
                "nothing can be written ({reason}); what arrives waits in memory as far as there is room"
            )),
        ),
        (JournalState::Full { limit, .. }, _) => (
            StoreState::Failed,
            Some(format!(
                "the journal is full ({:.1} GB), because the store does not take what is in it; what arrives waits in memory as far as there is room",
                *limit as f64 / 1e9
            )),
        ),
        (JournalState::Ok, Some(problem)) => (
            StoreState::Failed,
            Some(format!("{problem}; the journal keeps everything meanwhile")),
        ),
        (JournalState::Ok, None) if waiting > BEHIND_EVENTS => (
            StoreState::Behind,
            Some(format!(
                "{waiting} events wait to be written into the store"
            )),
        ),
        (JournalState::Ok, None) => (StoreState::Ok, None),
    }
}

#[cfg(test)]
impl Keeping {
    /// A store that takes nothing.
    pub(super) fn stuck(problem: &str) -> Self {
        let at = |position| watch::channel(Position(position)).1;
        Self {
            journal: watch::channel(JournalState::Ok).1,
            committed: at(7),
            written: at(3),
            problem: watch::channel(Some(problem.to_owned())).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_said() {
        let failing = JournalState::Failing {
            reason: "database or disk is full".to_owned(),
        };
        let full = JournalState::Full {
            bytes: 8_100_000_000,
            limit: 8_000_000_000,
        };
        let locked = Some("the store cannot be reached at the moment: locked");
        for (journal, problem, waiting, state, said) in [
            (&JournalState::Ok, None, 0, StoreState::Ok, None),
            (&JournalState::Ok, None, BEHIND_EVENTS, StoreState::Ok, None),
            (
                &JournalState::Ok,
                None,
                30_000,
                StoreState::Behind,
                Some("30000 events wait"),
            ),
            (
                &JournalState::Ok,
                locked,
                30_000,
                StoreState::Failed,
                Some("locked; the journal keeps"),
            ),
            (&full, locked, 0, StoreState::Failed, Some("full (8.0 GB)")),
            (
                &failing,
                None,
                0,
                StoreState::Failed,
                Some("(database or disk is full)"),
            ),
        ] {
            let (found, words) = words(journal, problem, waiting);
            assert_eq!(found, state, "{journal:?} {problem:?} {waiting}");
            match said {
                None => assert_eq!(words, None),
                Some(said) => assert!(words.is_some_and(|words| words.contains(said)), "{said}"),
            }
        }
    }
}

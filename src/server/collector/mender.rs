//! Mends what collecting began too late for: when trades of an instrument turn out to be missing,
//! the venue's bars since the beginning of the day are fetched, so that its open hour and day are
//! right, and once more when the minute with the hole is over.

use std::collections::VecDeque;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{InstrumentId, Timeframe};

use super::history::History;
use super::recorder::Holes;
use crate::server::clock::{Clock, Stopwatch};

/// Longest that one instrument holds up the others.
const PATIENCE: Duration = Duration::from_secs(20);
/// After the end of a minute, its bar is surely in the venue's history.
const SETTLED_MS: i64 = 8_000;
/// Wait before trying again what failed.
const TRY_AGAIN: Duration = Duration::from_secs(60);
/// Tries of one instrument.
const TRIES: u32 = 10;

/// Fetches for the recorder.
pub struct Mender {
    /// Fetches.
    pub history: History,
    /// Time of day.
    pub clock: Clock,
    /// From the recorder and back.
    pub holes: Holes,
    /// Ends it.
    pub stop: CancellationToken,
}

/// What is to be done later.
struct Task {
    instrument: InstrumentId,
    since: Stopwatch,
    wait: Duration,
    tries_left: u32,
}

impl Mender {
    /// Goes on until it is told to stop.
    pub async fn run(mut self) {
        let mut later: VecDeque<Task> = VecDeque::new();
        loop {
            let wait = later.iter().map(Task::remaining).min();
            let stop = self.stop.clone();
            let task = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    let due = later.iter().position(|task| task.remaining().is_zero());
                    due.and_then(|at| later.remove(at))
                }
                holed = self.holes.holed.recv() => match holed {
                    Some(instrument) => Some(Task::now(instrument)),
                    None => return,
                },
            };
            let Some(task) = task else { continue };
            let again = tokio::select! {
                () = stop.cancelled() => return,
                again = self.mend(task) => again,
            };
            if let Some(again) = again {
                later.retain(|task| task.instrument != again.instrument);
                later.push_back(again);
            }
        }
    }

    /// Fetches what there is; when to look again.
    async fn mend(&self, task: Task) -> Option<Task> {
        let Task {
            instrument,
            tries_left,
            ..
        } = task;
        let now = self.clock.now().to_ms();
        let mut failed = false;
        for (timeframe, since) in [
            (Timeframe::M1, Timeframe::H1.floor(now)),
            (Timeframe::H1, Timeframe::D1.floor(now)),
        ] {
            let missing = self
                .history
                .ensure(&instrument, timeframe, (since, now), PATIENCE)
                .await;
            failed |= missing.problem.is_some();
        }
        // The receiver ends with the recorder.
        let _ = self.holes.fetched.send(instrument.clone()).await;
        let wait = if failed {
            TRY_AGAIN
        } else if tries_left == TRIES {
            // Once more when the minute in which it began is over.
            let over_ms = Timeframe::M1.next(now).0 - now.0 + SETTLED_MS;
            Duration::from_millis(u64::try_from(over_ms).unwrap_or_default())
        } else {
            return None;
        };
        (tries_left > 1).then(|| Task {
            instrument,
            since: Stopwatch::start(),
            wait,
            tries_left: tries_left - 1,
        })
    }
}

impl Task {
    fn now(instrument: InstrumentId) -> Self {
        Self {
            instrument,
            since: Stopwatch::start(),
            wait: Duration::ZERO,
            tries_left: TRIES,
        }
    }

    fn remaining(&self) -> Duration {
        self.wait.saturating_sub(self.since.elapsed())
    }
}

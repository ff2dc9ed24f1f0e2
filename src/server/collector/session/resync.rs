//! When all books of a line are asked for again after a hole. It must not know how.

use std::time::Duration;

use crate::server::clock::Stopwatch;

/// After this long without a new hole the count of resyncs starts anew.
const RESYNC_MEMORY: Duration = Duration::from_secs(60);
/// Wait before books are asked for again, at the most.
const RESYNC_SPREAD: Duration = Duration::from_secs(1);

/// When books are asked for again.
#[derive(Default)]
pub struct Resync {
    since: Option<Stopwatch>,
    count: u32,
    due_after: Option<Duration>,
}

impl Resync {
    /// Times that books were asked for again, holes long ago forgotten.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Books are asked for now.
    pub fn begin(&mut self) {
        self.due_after = None;
    }

    /// Takes note of a hole; whether it is the one that makes books be asked for again.
    pub fn plan(&mut self, chance: f64) -> bool {
        if self.due_after.is_some() {
            return false;
        }
        if self
            .since
            .is_some_and(|since| since.elapsed() >= RESYNC_MEMORY)
        {
            self.count = 0;
        }
        self.since = Some(Stopwatch::start());
        self.count += 1;
        self.due_after = Some(RESYNC_SPREAD.mul_f64(chance));
        true
    }

    pub fn is_due(&self) -> bool {
        self.due_after.is_some()
    }

    pub fn wait(&self) -> Duration {
        match (self.due_after, self.since) {
            (Some(after), Some(since)) => after.saturating_sub(since.elapsed()),
            _ => Duration::ZERO,
        }
    }
}

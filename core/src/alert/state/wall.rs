//! Time that has passed by the server's clock. A clock that is set back takes nothing away, so
//! that a cooldown neither ends twice nor lasts for as long as the clock was wrong.

use serde::{Deserialize, Serialize};

use crate::model::UnixMs;

/// How much time has passed since the engine began, downtime included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wall {
    last: Option<UnixMs>,
    elapsed_ms: u64,
}

impl Wall {
    /// It is `now`; what has passed in all.
    pub(super) fn pass(&mut self, now: UnixMs) -> u64 {
        let passed = self.last.map_or(0, |last| now.0.saturating_sub(last.0));
        self.elapsed_ms += u64::try_from(passed).unwrap_or(0);
        self.last = Some(now);
        self.elapsed_ms
    }

    pub(super) fn elapsed_ms(&self) -> u64 {
        self.elapsed_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_takes_nothing_away() {
        let mut wall = Wall::default();
        let passed = [1_000, 1_500, 900, 1_000, 1_000, 5_000].map(|now| wall.pass(UnixMs(now)));
        assert_eq!(passed, [0, 500, 500, 600, 600, 4_600]);
    }
}

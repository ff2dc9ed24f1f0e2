//! How long to wait before the next try. Pure: chance is an argument, nothing sleeps here.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// Ceiling of the first wait.
const FIRST: Duration = Duration::from_secs(1);
/// Ceiling of every wait.
const CAP: Duration = Duration::from_secs(60);
/// No wait is shorter, so that a line that breaks at once is not opened in a tight loop.
const FLOOR: Duration = Duration::from_millis(250);
/// A line that held this long was a good one: the next wait is short again.
const GOOD: Duration = Duration::from_secs(60);

/// Waits that double up to a cap, each drawn from the whole range below its ceiling ("full
/// jitter"), so that many clients of one venue do not come back at the same moment.
#[derive(Clone, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure; `chance` is uniform in 0..1.
    pub fn next(&mut self, chance: f64) -> Duration {
        let ceiling = FIRST
            .saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX))
            .min(CAP);
        self.failures = self.failures.saturating_add(1);
        ceiling.mul_f64(chance.clamp(0.0, 1.0)).max(FLOOR)
    }

    /// Takes note of how long the last try lasted.
    pub fn lasted(&mut self, duration: Duration) {
        if duration >= GOOD {
            self.failures = 0;
        }
    }

    /// Forgets all failures.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// A source of chance for spreading waits; not fit for secrets.
#[derive(Clone)]
pub struct Jitter(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Jitter {
    /// Different on every call and in every process.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            // The standard library seeds every map from the system's randomness.
            let bits = RandomState::new().build_hasher().finish();
            (bits >> 11) as f64 / (1_u64 << 53) as f64
        }))
    }

    /// Always the same, for tests.
    #[must_use]
    pub fn fixed(chance: f64) -> Self {
        Self(Arc::new(move || chance))
    }

    /// A number in 0..1.
    #[must_use]
    pub fn draw(&self) -> f64 {
        (self.0)()
    }
}

impl std::fmt::Debug for Jitter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Jitter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doubles_up_to_the_cap_and_starts_anew_after_a_good_minute() {
        let mut backoff = Backoff::default();
        let seconds: Vec<u64> = (0..9).map(|_| backoff.next(1.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.lasted(Duration::from_secs(59));
        assert_eq!(backoff.next(1.0), CAP);
        backoff.lasted(Duration::from_secs(60));
        assert_eq!(backoff.next(1.0), FIRST);
    }

    #[test]
    fn chance_differs_from_call_to_call() {
        let jitter = Jitter::system();
        let draws: std::collections::BTreeSet<u64> =
            (0..32).map(|_| jitter.draw().to_bits()).collect();
        assert!(draws.len() > 16);
        assert_eq!(Jitter::fixed(0.5).draw().to_bits(), 0.5_f64.to_bits());
    }

    proptest! {
        #[test]
        fn every_wait_is_within_its_bounds(failures in 0..200_u32, chance in 0.0..1.0_f64) {
            let wait = Backoff { failures }.next(chance);
            prop_assert!((FLOOR..=CAP).contains(&wait));
        }
    }
}

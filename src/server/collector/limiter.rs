//! Keeps within what a venue allows: a token bucket, and the sleeping around it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::server::clock::Stopwatch;

/// Part of a venue's stated limit that is used: its clock and ours do not tick alike.
const HEADROOM: f64 = 0.8;

/// Tokens that come back at a steady rate. Time is an argument, counted from the bucket's start.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    per_s: f64,
    capacity: f64,
    /// Below zero while callers wait for tokens that are already promised to them.
    tokens: f64,
    at: Duration,
    held_until: Duration,
}

impl TokenBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(per_s: f64, capacity: f64) -> Self {
        Self {
            per_s,
            capacity,
            tokens: capacity,
            at: Duration::ZERO,
            held_until: Duration::ZERO,
        }
    }

    /// Takes a token and says how long to wait before using it. Callers are served in order.
    pub fn take(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.per_s).min(self.capacity) - 1.0;
        let owed = Duration::from_secs_f64((-self.tokens / self.per_s).max(0.0));
        owed.max(self.held_until.saturating_sub(now))
    }

    /// Gives out nothing for a while: the venue said so.
    pub fn hold(&mut self, now: Duration, pause: Duration) {
        self.held_until = self.held_until.max(now + pause);
    }
}

/// A cheap handle on one venue's bucket.
#[derive(Clone, Debug)]
pub struct Limiter {
    bucket: Arc<Mutex<TokenBucket>>,
    watch: Stopwatch,
}

impl Limiter {
    /// Allows `per_s` a second at the most, with some room left to the venue's own limit.
    #[must_use]
    pub fn per_second(per_s: u32) -> Self {
        let rate = (f64::from(per_s.max(1)) * HEADROOM).max(0.5);
        Self {
            bucket: Arc::new(Mutex::new(TokenBucket::new(rate, rate.max(1.0)))),
            watch: Stopwatch::start(),
        }
    }

    /// Waits for one's turn.
    pub async fn turn(&self) {
        let wait = self.with(TokenBucket::take);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Lets nobody through for a while.
    pub fn hold(&self, pause: Duration) {
        self.with(|bucket, now| bucket.hold(now, pause));
    }

    fn with<T>(&self, act: impl FnOnce(&mut TokenBucket, Duration) -> T) -> T {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut bucket, self.watch.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_burst_is_free_and_then_the_rate_holds() {
        let mut bucket = TokenBucket::new(4.0, 2.0);
        let waits: Vec<u128> = (0..5)
            .map(|_| bucket.take(Duration::ZERO).as_millis())
            .collect();
        assert_eq!(waits, [0, 0, 250, 500, 750]);
        assert_eq!(bucket.take(Duration::from_secs(10)), Duration::ZERO);
    }

    #[test]
    fn what_the_venue_asks_for_is_waited() {
        let mut bucket = TokenBucket::new(4.0, 2.0);
        bucket.hold(Duration::ZERO, Duration::from_secs(7));
        assert_eq!(bucket.take(Duration::from_secs(3)), Duration::from_secs(4));
        assert_eq!(bucket.take(Duration::from_secs(9)), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn turns_come_at_the_rate() {
        let limiter = Limiter::per_second(5);
        let watch = Stopwatch::start();
        for _ in 0..8 {
            limiter.turn().await;
        }
        // A burst of 4, then 4 a second.
        assert_eq!(watch.elapsed().as_millis() / 10, 100);
    }

    proptest! {
        #[test]
        fn no_second_sees_more_than_burst_and_rate(gaps_ms in prop::collection::vec(0..400_u64, 1..80)) {
            let mut bucket = TokenBucket::new(5.0, 5.0);
            let mut now = Duration::ZERO;
            let mut used = Vec::new();
            for gap in gaps_ms {
                now += Duration::from_millis(gap);
                used.push(now + bucket.take(now));
            }
            for start in &used {
                let end = *start + Duration::from_secs(1);
                prop_assert!(used.iter().filter(|at| (start..&end).contains(at)).count() <= 10);
            }
        }
    }
}

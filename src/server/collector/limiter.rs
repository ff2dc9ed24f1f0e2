//! Keeps within what a venue allows: a token bucket, and the sleeping around it. What somebody waits
//! for goes before what is only fetched ahead.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

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
        let wait = self.until_free(now);
        self.tokens -= 1.0;
        wait
    }

    /// Takes a token if one can be used at once.
    ///
    /// # Errors
    /// How long until one may be free.
    pub fn take_free(&mut self, now: Duration) -> Result<(), Duration> {
        let wait = self.until_free(now);
        if wait.is_zero() {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(wait)
    }

    /// How long until the next token.
    fn until_free(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.per_s).min(self.capacity);
        let owed = Duration::from_secs_f64(((1.0 - self.tokens) / self.per_s).max(0.0));
        owed.max(self.held_until.saturating_sub(now))
    }

    /// Gives out nothing for a while: the venue said so.
    pub fn hold(&mut self, now: Duration, pause: Duration) {
        self.held_until = self.held_until.max(now + pause);
    }
}

/// Whether somebody waits for what a request brings. A cheap handle; a request that waits for its
/// turn hears when it becomes so.
#[derive(Clone, Debug)]
pub struct Demand(Arc<watch::Sender<bool>>);

impl Demand {
    /// Somebody waits for it.
    #[must_use]
    pub fn awaited() -> Self {
        Self(Arc::new(watch::Sender::new(true)))
    }

    /// It is fetched ahead, and lets others pass.
    #[must_use]
    pub fn ahead() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Somebody waits for it from now on, if somebody waits for the other.
    pub fn join(&self, other: &Self) {
        if *other.0.borrow() {
            self.0.send_replace(true);
        }
    }

    async fn is_awaited(&self) {
        // It cannot fail: the sender is in this handle.
        let mut heard = self.0.subscribe();
        let _awaited = heard.wait_for(|awaited| *awaited).await;
    }
}

/// A cheap handle on one venue's bucket.
#[derive(Clone, Debug)]
pub struct Limiter {
    bucket: Arc<Mutex<TokenBucket>>,
    /// Held by the first of those that fetch ahead.
    ahead: Arc<tokio::sync::Mutex<()>>,
    watch: Stopwatch,
}

impl Limiter {
    /// Allows `per_s` a second at the most, with some room left to the venue's own limit.
    #[must_use]
    pub fn per_second(per_s: u32) -> Self {
        let rate = (f64::from(per_s.max(1)) * HEADROOM).max(0.5);
        Self {
            bucket: Arc::new(Mutex::new(TokenBucket::new(rate, rate.max(1.0)))),
            ahead: Arc::default(),
            watch: Stopwatch::start(),
        }
    }

    /// Waits for one's turn, which comes before that of all who fetch ahead.
    pub async fn turn(&self) {
        let wait = self.with(TokenBucket::take);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Waits for one's turn: as long as nobody waits for the answer, until nobody else wants one.
    pub async fn turn_by(&self, demand: &Demand) {
        let is_awaited = tokio::select! {
            biased;
            () = demand.is_awaited() => true,
            () = self.free_turn() => false,
        };
        if is_awaited {
            self.turn().await;
        }
    }

    async fn free_turn(&self) {
        let _first = self.ahead.lock().await;
        while let Err(wait) = self.with(TokenBucket::take_free) {
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

    #[tokio::test(start_paused = true)]
    async fn who_is_waited_for_goes_before_who_fetches_ahead() {
        let limiter = Limiter::per_second(5);
        let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let ask = |name: &'static str, demand: &Demand| {
            let (limiter, demand, said) = (limiter.clone(), demand.clone(), said.clone());
            async move {
                limiter.turn_by(&demand).await;
                said.send(name).unwrap();
            }
        };
        for _ in 0..4 {
            limiter.turn().await;
        }
        let (first, second, raised) = (Demand::ahead(), Demand::ahead(), Demand::ahead());
        let ahead = [("first", &first), ("second", &second), ("raised", &raised)];
        let mut tasks: Vec<_> = ahead
            .map(|(name, demand)| tokio::spawn(ask(name, demand)))
            .into();
        tokio::task::yield_now().await;
        tasks.push(tokio::spawn(ask("person", &Demand::awaited())));
        tokio::task::yield_now().await;
        raised.join(&Demand::ahead());
        tokio::task::yield_now().await;
        raised.join(&Demand::awaited());
        let watch = Stopwatch::start();
        for task in tasks {
            task.await.unwrap();
        }
        let order: Vec<_> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
        assert_eq!(order, ["person", "raised", "first", "second"]);
        // One every quarter of a second: nobody's turn was given away.
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

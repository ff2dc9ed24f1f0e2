//! The one place where the time of day is read. Everything else is given a [`Clock`], so that
//! tests turn its hands themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;
use tradesuite_core::model::UnixNs;

/// A cheap handle on the time of day.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Manual(AtomicI64),
}

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that stands still until [`Clock::set`] moves it.
    #[must_use]
    pub fn manual(start: UnixNs) -> Self {
        Self(Arc::new(Source::Manual(AtomicI64::new(start.0))))
    }

    /// The time of day.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is where time is read"
    )]
    pub fn now(&self) -> UnixNs {
        match self.0.as_ref() {
            Source::System => {
                // Before 1970 the machine's clock is unset; 0 then shows that plainly.
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                UnixNs(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
            }
            Source::Manual(now) => UnixNs(now.load(Ordering::Acquire)),
        }
    }

    /// Moves a manual clock; the machine's own clock is not moved.
    pub fn set(&self, now: UnixNs) {
        if let Source::Manual(hands) = self.0.as_ref() {
            hands.store(now.0, Ordering::Release);
        }
    }
}

/// Measures elapsed time, unmoved by changes of the time of day. It reads tokio's instants, so that
/// a test that pauses time pauses it too.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

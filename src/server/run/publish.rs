//! The task that shows what the journal takes: reads it on and feeds the hub.

use tradesuite_core::model::Position;

use crate::server::collector::backoff::{Backoff, Jitter};
use crate::server::hub::Hub;
use crate::server::journal::{Journal, Tail};

/// What the task needs.
pub struct Publisher {
    /// Events to be shown.
    pub tail: Tail,
    /// Told how far they were, so that it does not cut what comes next.
    pub journal: Journal,
    /// Shows them.
    pub hub: Hub,
    /// Spreads tries.
    pub jitter: Jitter,
}

impl Publisher {
    /// Runs until the journal is closed and everything was shown. What cannot be read is tried
    /// again for as long as the server runs, since without it nothing live is seen.
    pub async fn run(mut self) {
        let mut backoff = Backoff::default();
        self.say_shown();
        loop {
            match self.tail.next().await {
                Ok(Some(batch)) => {
                    backoff.reset();
                    self.hub.feed(&batch).await;
                    self.say_shown();
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "live events cannot be read; it is tried again");
                    tokio::time::sleep(backoff.next(self.jitter.draw())).await;
                }
            }
        }
    }

    fn say_shown(&self) {
        self.journal
            .shown(Position(self.tail.position().0.saturating_sub(1)));
    }
}

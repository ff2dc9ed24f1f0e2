//! Beginning to look at an instrument: it is collected from now on, and what its live figures
//! need of the past is fetched.

use std::time::Duration;

use tradesuite_core::model::{InstrumentId, Timeframe, UnixMs};

use super::Service;
use crate::server::hub::Lease;

/// Bars that the day's figures and the open bars of every timeframe are made of.
const NEEDED: [(Timeframe, u32); 3] = [
    (Timeframe::M1, 24 * 60 + 30),
    (Timeframe::H1, 48),
    (Timeframe::D1, 93),
];

/// How long each stretch of them is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

impl Service {
    /// Wants an instrument until the lease is dropped, and a while longer.
    pub fn follow(&self, instrument: &InstrumentId) -> Lease {
        let interest = self.hub().interest();
        let new = !interest.is_wanted(instrument);
        let lease = interest.lease(instrument);
        if new && self.0.history.is_some() {
            let (service, instrument) = (self.clone(), instrument.clone());
            self.0.tasks.spawn(async move {
                service.fetch_needed(&instrument).await;
            });
        }
        lease
    }

    /// Has the store take in the newest bars of the venue, then the hub those of the store.
    async fn fetch_needed(&self, instrument: &InstrumentId) {
        let Some(history) = &self.0.history else {
            return;
        };
        let now = self.clock().now().to_ms();
        let mut fetched = false;
        for (timeframe, bars) in NEEDED {
            let stretch = (timeframe.back(now, bars).max(UnixMs(0)), now);
            let ensure = |patience| history.ensure(instrument, timeframe, stretch, patience);
            if !ensure(Duration::ZERO).await.stretches.is_empty() {
                ensure(PATIENCE).await;
                fetched = true;
            }
        }
        if fetched {
            self.hub().refresh(instrument).await;
        }
    }
}

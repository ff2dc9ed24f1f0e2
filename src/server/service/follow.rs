//! Beginning to look at an instrument: it is collected from now on, and what its live figures
//! need of the past is fetched.

use std::time::Duration;

use tradesuite_core::model::{InstrumentId, Timeframe, UnixMs};

use super::Service;
use crate::server::collector::backoff::{Backoff, Jitter};
use crate::server::collector::history::{History, Missing};
use crate::server::collector::limiter::Demand;
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
            let fetching = async move { service.fetch_needed(&instrument).await };
            let closing = self.0.closing.clone();
            self.0
                .tasks
                .spawn(closing.run_until_cancelled_owned(fetching));
        }
        lease
    }

    /// Has the store take in the newest bars of the venue, then the hub those of the store. Tries
    /// until nothing is missing, as long as the instrument is wanted.
    async fn fetch_needed(&self, instrument: &InstrumentId) {
        let Some(history) = &self.0.history else {
            return;
        };
        let (mut backoff, jitter) = (Backoff::default(), Jitter::system());
        while !self.fetch_once(history, instrument).await {
            tokio::time::sleep(backoff.next(jitter.draw())).await;
            if !self.hub().interest().is_wanted(instrument) {
                return;
            }
        }
    }

    /// Fetches what is missing; whether nothing is any more.
    async fn fetch_once(&self, history: &History, instrument: &InstrumentId) -> bool {
        let now = self.clock().now().to_ms();
        // A watchlist begins many at once, and none of them may hold up a chart.
        let ahead = Demand::ahead();
        let (mut fetched, mut is_whole) = (false, true);
        for (timeframe, bars) in NEEDED {
            let stretch = (timeframe.back(now, bars).max(UnixMs(0)), now);
            let ensure =
                |patience| history.ensure(instrument, timeframe, stretch, patience, &ahead);
            let before = ensure(Duration::ZERO).await;
            if before == Missing::default() {
                continue;
            }
            let after = ensure(PATIENCE).await;
            fetched |= after.stretches != before.stretches;
            is_whole &= after == Missing::default();
        }
        if fetched {
            self.hub().refresh(instrument).await;
        }
        is_whole
    }
}

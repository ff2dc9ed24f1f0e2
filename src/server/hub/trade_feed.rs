//! The topic `trades`: the newest trades, then those that come, gathered for a moment.

use std::time::Duration;

use tradesuite_core::protocol::{Body, Data};

use super::feed::{Feed, Urgency};
use super::market::{Change, Market};

/// Shortest time between two messages about trades.
pub(super) const TRADE_INTERVAL: Duration = Duration::from_millis(50);

#[derive(Default)]
pub(super) struct TradeFeed {
    /// Number of the first arrival not said yet.
    next: u64,
}

impl Feed for TradeFeed {
    fn interval(&self) -> Duration {
        TRADE_INTERVAL
    }

    fn urgency(&self, change: Change) -> Urgency {
        match change.trade {
            true => Urgency::Soon,
            false => Urgency::Never,
        }
    }

    fn snapshot(&mut self, market: &Market) -> Body {
        self.next = market.arrived();
        Body::Snapshot(Data::Trades(market.tape()))
    }

    fn update(&mut self, market: &Market) -> Option<Body> {
        match market.arrivals(self.next) {
            Some(trades) if trades.trades.is_empty() => None,
            Some(trades) => {
                self.next = market.arrived();
                Some(Body::Update(Data::Trades(trades)))
            }
            None => Some(self.snapshot(market)),
        }
    }
}

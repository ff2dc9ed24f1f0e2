//! The topic `ticker`: all figures of the day, whenever one of them has changed.

use std::time::Duration;

use tradesuite_core::model::{Ticker, UnixNs};
use tradesuite_core::protocol::{Body, Data, TickerData};

use super::feed::{Feed, Urgency};
use super::market::{Change, Market};

#[derive(Default)]
pub(super) struct TickerFeed {
    /// What listeners were told.
    shown: TickerData,
}

impl Feed for TickerFeed {
    fn interval(&self) -> Duration {
        Duration::from_millis(250)
    }

    fn urgency(&self, change: Change) -> Urgency {
        match change.trade || change.book || change.book_state {
            true => Urgency::Soon,
            false => Urgency::Never,
        }
    }

    fn snapshot(&mut self, market: &Market) -> Body {
        self.shown = market.ticker();
        Body::Snapshot(Data::Ticker(self.shown))
    }

    fn update(&mut self, market: &Market) -> Option<Body> {
        let figures = |data: TickerData| TickerData {
            ticker: Ticker {
                time: UnixNs::default(),
                ..data.ticker
            },
            ..data
        };
        let now = market.ticker();
        let changed = figures(now) != figures(self.shown);
        self.shown = now;
        changed.then_some(Body::Update(Data::Ticker(now)))
    }
}

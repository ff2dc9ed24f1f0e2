//! The topic `candles`: the last closed bar and the open one, then every bar that changes.

use std::time::Duration;

use tradesuite_core::model::{Candle, Timeframe};
use tradesuite_core::protocol::{Body, CandleData, Data};

use super::feed::{Feed, Urgency};
use super::market::{Change, Market};
use super::trade_feed::TRADE_INTERVAL;

/// Buckets that are watched for changes; late trades revise bars that are over.
const WATCHED: u32 = 3;
/// Bars of a snapshot: history that was read a moment before joins without a hole.
const SNAPSHOT: usize = 2;

pub(super) struct CandleFeed {
    timeframe: Timeframe,
    /// What listeners were told.
    shown: CandleData,
}

impl CandleFeed {
    pub fn new(timeframe: Timeframe) -> Self {
        Self {
            timeframe,
            shown: CandleData::default(),
        }
    }
}

impl Feed for CandleFeed {
    fn interval(&self) -> Duration {
        // As for the trades that change them.
        TRADE_INTERVAL
    }

    fn urgency(&self, change: Change) -> Urgency {
        // A folded bar may be over without a bar of its base closing at that moment.
        let over = self.shown.candles.last().is_some_and(|bar| {
            !bar.closed && Some(self.timeframe.next(bar.time)) <= change.over_until
        });
        match change {
            _ if over => Urgency::Now,
            Change {
                bar_closed: true, ..
            } => Urgency::Now,
            Change { trade: true, .. } => Urgency::Soon,
            _ => Urgency::Never,
        }
    }

    fn snapshot(&mut self, market: &Market) -> Body {
        self.shown = market.candles(self.timeframe, WATCHED);
        let first = self.shown.candles.len().saturating_sub(SNAPSHOT);
        Body::Snapshot(Data::Candles(CandleData {
            precision: self.shown.precision,
            candles: self.shown.candles[first..].to_vec(),
        }))
    }

    fn update(&mut self, market: &Market) -> Option<Body> {
        let now = market.candles(self.timeframe, WATCHED);
        if now.precision != self.shown.precision {
            return Some(self.snapshot(market));
        }
        let changed: Vec<Candle> = now
            .candles
            .iter()
            .filter(|bar| !self.shown.candles.contains(bar))
            .copied()
            .collect();
        self.shown = now;
        let precision = self.shown.precision;
        (!changed.is_empty()).then_some(Body::Update(Data::Candles(CandleData {
            precision,
            candles: changed,
        })))
    }
}

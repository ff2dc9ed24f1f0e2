//! Bars that lack trades which are being fetched: they are not shown until they are right.
//!
//! Where trades are missing, the bars at both edges of the hole have seen a part of theirs only.
//! The collector fetches the rest within seconds, or the venue's bars in their place, and says so.
//! No channels and no clock.

use std::time::Duration;

use tradesuite_core::model::{Candle, Origin, Timeframe, UnixMs, UnixNs};

/// The edges of holes.
#[derive(Clone, Debug, Default)]
pub struct Withheld {
    /// Each with the exchange time until which it is waited for.
    edges: Vec<(UnixMs, UnixNs)>,
    /// Since when trades are missing, while the next one has not come.
    open_since: Option<UnixMs>,
    patience_ns: i64,
}

impl Withheld {
    /// Holds bars back for at most `patience` of exchange time; never, where that is nothing.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self {
            patience_ns: i64::try_from(patience.as_nanos()).unwrap_or(i64::MAX),
            ..Self::default()
        }
    }

    /// Trades are missing from then on.
    pub fn open(&mut self, since: UnixMs) {
        self.open_since = Some(self.open_since.map_or(since, |open| open.min(since)));
    }

    /// Trades are missing between these instants.
    pub fn hole(&mut self, start: UnixMs, end: UnixMs, now: UnixNs) {
        self.edge(start, now);
        self.edge(end, now);
        self.open_since = self.open_since.filter(|since| end <= *since);
    }

    /// A trade came; `is_first` where none was known before it.
    pub fn trade(&mut self, time: UnixNs, is_first: bool) {
        if let Some(since) = self.open_since.take() {
            self.hole(since, time.to_ms(), time);
        }
        if is_first {
            self.edge(time.to_ms(), time);
        }
    }

    /// What could be fetched was, and is in the bars.
    pub fn release(&mut self) {
        self.edges.clear();
    }

    /// Exchange time moved on; whether a bar need not be waited for any more.
    pub fn expire(&mut self, now: UnixNs) -> bool {
        let before = self.edges.len();
        self.edges.retain(|(_, until)| now < *until);
        self.edges.len() < before
    }

    /// Whether a bar is not to be shown yet. A venue's own bar lacks nothing.
    #[must_use]
    pub fn hides(&self, timeframe: Timeframe, bar: &Candle) -> bool {
        let within = |(edge, _): &(UnixMs, UnixNs)| timeframe.floor(*edge) == bar.time;
        bar.origin != Origin::Venue && self.edges.iter().any(within)
    }

    fn edge(&mut self, at: UnixMs, now: UnixNs) {
        if self.patience_ns > 0 {
            let until = UnixNs(now.0.saturating_add(self.patience_ns));
            self.edges.push((at, until));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::hub::testing::trade;

    const NONE: [i64; 0] = [];

    fn bar(minute: i64, origin: Origin) -> Candle {
        let mut bar = Candle::from_trade(UnixMs(minute * 60_000), &trade(1, minute * 60_000, 100));
        bar.origin = origin;
        bar
    }

    fn hidden(withheld: &Withheld) -> Vec<i64> {
        let hides = |minute: &i64| withheld.hides(Timeframe::M1, &bar(*minute, Origin::Trades));
        (0..10).filter(hides).collect()
    }

    fn at(ms: i64) -> UnixNs {
        UnixMs(ms).to_ns()
    }

    #[test]
    fn bars_at_the_edges_of_a_hole_wait_until_it_is_mended() {
        let mut withheld = Withheld::new(Duration::from_secs(60));
        withheld.trade(at(130_000), true);
        assert_eq!(hidden(&withheld), [2], "the first trade ever");
        withheld.trade(at(131_000), false);
        withheld.release();
        assert_eq!(hidden(&withheld), NONE);

        withheld.open(UnixMs(190_000));
        assert_eq!(hidden(&withheld), NONE, "until now nothing is wrong");
        withheld.trade(at(400_000), false);
        assert_eq!(hidden(&withheld), [3, 6]);
        assert!(!withheld.hides(Timeframe::M1, &bar(3, Origin::Venue)));
        assert!(withheld.hides(Timeframe::M5, &bar(5, Origin::Both)));
        assert!(!withheld.expire(at(459_000)));
        assert!(withheld.expire(at(460_000)), "nobody mends it");
        assert_eq!(hidden(&withheld), NONE);
    }

    #[test]
    fn nothing_is_withheld_where_nobody_mends() {
        let mut withheld = Withheld::new(Duration::ZERO);
        withheld.trade(at(130_000), true);
        withheld.hole(UnixMs(1), UnixMs(61_000), at(130_000));
        assert_eq!(hidden(&withheld), NONE);
    }
}

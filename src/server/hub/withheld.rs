//! Bars that lack trades which are being fetched: they are not shown until they are right.
//!
//! Where trades are missing, the bars at both edges of the hole have seen a part of theirs only,
//! and those between get theirs one after the other. The collector fetches them within seconds, or
//! the venue's bars in their place, and says so. No channels and no clock.

use std::time::Duration;

use tradesuite_core::model::{Candle, Origin, Timeframe, UnixMs, UnixNs};

/// Where trades are missing.
#[derive(Clone, Debug, Default)]
pub struct Withheld {
    holes: Vec<Hole>,
    open: Option<OpenHole>,
    patience_ns: i64,
}

/// From the last trade before it to the first behind it.
#[derive(Clone, Copy, Debug)]
struct Hole {
    start: UnixMs,
    end: UnixMs,
    /// The exchange time until which its bars are waited for.
    until: UnixNs,
}

/// Where trades are missing and the next one has not come. The bar that it began in may be whole;
/// but one that closed since then lacks what nobody heard.
#[derive(Clone, Copy, Debug)]
struct OpenHole {
    since: UnixMs,
    /// Until when closed bars are waited for; not known before the first event.
    until: Option<UnixNs>,
    is_waited_for: bool,
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
        let open = self.open.get_or_insert(OpenHole {
            since,
            until: None,
            is_waited_for: self.patience_ns > 0,
        });
        open.since = open.since.min(since);
    }

    /// Trades are missing between these instants.
    pub fn hole(&mut self, start: UnixMs, end: UnixMs, now: UnixNs) {
        if self.patience_ns > 0 {
            let until = self.until(now);
            self.holes.push(Hole { start, end, until });
        }
        self.open = self.open.filter(|open| end <= open.since);
    }

    /// A trade came; `is_first` where none was known before it.
    pub fn trade(&mut self, time: UnixNs, is_first: bool) {
        if let Some(open) = self.open.take() {
            self.hole(open.since, time.to_ms(), time);
        }
        if is_first {
            self.hole(time.to_ms(), time.to_ms(), time);
        }
    }

    /// What could be fetched was, and is in the bars.
    pub fn release(&mut self) {
        self.holes.clear();
    }

    /// Exchange time moved on; whether a bar need not be waited for any more.
    pub fn expire(&mut self, now: UnixNs) -> bool {
        let before = self.holes.len();
        self.holes.retain(|hole| now < hole.until);
        let patience_over = self.until(now);
        let is_over = self.open.as_mut().is_some_and(|open| {
            let was_waited_for = open.is_waited_for;
            open.is_waited_for &= now < *open.until.get_or_insert(patience_over);
            was_waited_for && !open.is_waited_for
        });
        is_over || self.holes.len() < before
    }

    /// Whether a bar is not to be shown yet. A venue's own bar lacks nothing.
    #[must_use]
    pub fn hides(&self, timeframe: Timeframe, bar: &Candle) -> bool {
        let lies_in = |hole: &Hole| {
            timeframe.floor(hole.start) <= bar.time && bar.time <= timeframe.floor(hole.end)
        };
        let began_before =
            |open: OpenHole| open.is_waited_for && timeframe.floor(open.since) <= bar.time;
        let is_cut_off = bar.closed && self.open.is_some_and(began_before);
        bar.origin != Origin::Venue && (is_cut_off || self.holes.iter().any(lies_in))
    }

    fn until(&self, now: UnixNs) -> UnixNs {
        UnixNs(now.0.saturating_add(self.patience_ns))
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
        assert_eq!(hidden(&withheld), [3, 4, 5, 6]);
        assert!(!withheld.hides(Timeframe::M1, &bar(3, Origin::Venue)));
        assert!(withheld.hides(Timeframe::M5, &bar(5, Origin::Both)));
        assert!(!withheld.expire(at(459_000)));
        assert!(withheld.expire(at(460_000)), "nobody mends it");
        assert_eq!(hidden(&withheld), NONE);
    }

    #[test]
    fn a_bar_that_closed_while_no_trade_came_is_waited_for_but_not_for_ever() {
        let mut withheld = Withheld::new(Duration::from_secs(60));
        withheld.open(UnixMs(190_000));
        let closed = Candle {
            closed: true,
            ..bar(3, Origin::Trades)
        };
        let earlier = Candle {
            closed: true,
            ..bar(2, Origin::Trades)
        };
        assert!(withheld.hides(Timeframe::M1, &closed));
        assert!(!withheld.hides(Timeframe::M1, &earlier));
        assert!(!withheld.expire(at(250_000)));
        assert!(withheld.hides(Timeframe::M1, &closed));
        assert!(withheld.expire(at(310_000)));
        assert!(!withheld.hides(Timeframe::M1, &closed));
        assert!(!withheld.expire(at(311_000)), "said once");
    }

    #[test]
    fn nothing_is_withheld_where_nobody_mends() {
        let mut withheld = Withheld::new(Duration::ZERO);
        withheld.trade(at(130_000), true);
        withheld.hole(UnixMs(1), UnixMs(61_000), at(130_000));
        assert_eq!(hidden(&withheld), NONE);
    }
}

//! The newest trades of an instrument in order of arrival: for updates, and to go on from what the
//! store holds.

use std::collections::VecDeque;

use tradesuite_core::model::{Position, Precision, Trade};

/// Trades that are held.
const HELD: usize = 4_096;

/// A trade that came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// Of the event that brought it.
    pub position: Position,
    pub trade: Trade,
    /// Decimals of the trade.
    pub precision: Precision,
    /// Whether it was fetched afterwards.
    pub is_fetched: bool,
}

/// The newest trades and how many came in all.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    newest: VecDeque<Arrival>,
    /// Number of the arrival after the last one.
    count: u64,
    /// Number of the first arrival since events were missed.
    whole_since: u64,
    /// Up to here some events may not have been seen.
    missed: Position,
}

impl Arrivals {
    /// Adds a trade.
    pub fn push(&mut self, arrival: Arrival) {
        if self.newest.len() == HELD {
            self.newest.pop_front();
        }
        self.newest.push_back(arrival);
        self.count += 1;
    }

    /// Events up to `until` were not seen: what came before them leads nowhere.
    pub fn missed(&mut self, until: Position) {
        self.missed = until;
        self.whole_since = self.count;
        self.newest.clear();
    }

    /// Number of the arrival after the last one.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether all trades after `position` are held.
    pub fn reach_back_to(&self, position: Position) -> bool {
        let are_all_held = self.newest.len() as u64 == self.count - self.whole_since;
        let is_next = |first: &Arrival| first.position.0 <= position.0 + 1;
        position >= self.missed && (are_all_held || self.newest.front().is_some_and(is_next))
    }

    /// Those after `position`.
    pub fn after(&self, position: Position) -> impl Iterator<Item = &Arrival> {
        let newest = self.newest.iter();
        newest.filter(move |arrival| arrival.position > position)
    }

    /// Those from number `from` on; `None` where they are not all held.
    pub fn since(&self, from: u64) -> Option<impl Iterator<Item = &Arrival>> {
        let wanted = usize::try_from(self.count.checked_sub(from)?).ok()?;
        let first = self.newest.len().checked_sub(wanted)?;
        Some(self.newest.range(first..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::hub::testing::{PRECISION, trade};

    fn arrival(position: u64) -> Arrival {
        Arrival {
            position: Position(position),
            trade: trade(position, 0, 1),
            precision: PRECISION,
            is_fetched: false,
        }
    }

    #[test]
    fn what_is_forgotten_or_missed_is_known() {
        let mut arrivals = Arrivals::default();
        assert!(arrivals.reach_back_to(Position(0)));
        for position in 1..=HELD as u64 + 10 {
            arrivals.push(arrival(position));
        }
        for (position, reaches) in [(0, false), (9, false), (10, true), (900, true)] {
            assert_eq!(arrivals.reach_back_to(Position(position)), reaches);
        }
        assert!(arrivals.since(9).is_none());
        assert_eq!(arrivals.since(10).map(Iterator::count), Some(HELD));

        arrivals.missed(Position(5_000));
        arrivals.push(arrival(5_001));
        for (position, reaches) in [(4_999, false), (5_000, true)] {
            assert_eq!(arrivals.reach_back_to(Position(position)), reaches);
        }
        assert!(arrivals.since(10).is_none());
        assert_eq!(arrivals.after(Position(5_000)).count(), 1);
    }
}

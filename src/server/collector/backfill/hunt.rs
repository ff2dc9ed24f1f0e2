//! Which trades of a gap are still missing, and what to ask for next. Pure.

use std::collections::{BTreeMap, BTreeSet};

use tradesuite_core::model::{TradeId, UnixMs, UnixNs};

/// The trades of a gap, numbered without holes where all are held.
#[derive(Debug)]
pub struct Hunt {
    /// The last trade before the gap, the first one after it, and what is held between.
    held: BTreeMap<TradeId, UnixNs>,
    /// Holes of which the venue gave nothing, by the trade behind each.
    vain: BTreeSet<TradeId>,
}

/// A stretch to ask for, half open, and the trades on both sides of what is missing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Earliest.
    pub start: UnixMs,
    /// Before which the last one happened.
    pub end: UnixMs,
    before: TradeId,
    behind: TradeId,
}

impl Hunt {
    /// What is held from the last trade before a gap to the first one after it.
    #[must_use]
    pub fn new(held: impl IntoIterator<Item = (TradeId, UnixNs)>) -> Self {
        Self {
            held: held.into_iter().collect(),
            vain: BTreeSet::new(),
        }
    }

    /// How many trades are missing.
    #[must_use]
    pub fn missing(&self) -> u64 {
        match (self.held.first_key_value(), self.held.last_key_value()) {
            (Some((first, _)), Some((last, _))) => last.0 - first.0 + 1 - self.held.len() as u64,
            _ => 0,
        }
    }

    /// What is to be asked for next: the newest hole of which the venue may still give something.
    #[must_use]
    pub fn next(&self) -> Option<Hole> {
        let hole = |(before, behind): ((&TradeId, &UnixNs), (&TradeId, &UnixNs))| {
            let (times, ids) = ((before.1, behind.1), (*before.0, *behind.0));
            (ids.0.0 + 1 < ids.1.0 && !self.vain.contains(&ids.1)).then(|| Hole {
                // Venues number almost in order of time.
                start: times.0.min(times.1).to_ms(),
                end: UnixMs(times.0.max(times.1).to_ms().0 + 1),
                before: ids.0,
                behind: ids.1,
            })
        };
        let pairs = self.held.iter().zip(self.held.iter().skip(1));
        pairs.filter_map(hole).next_back()
    }

    /// Takes the venue's answer about a hole: which of its trades were missing, each once.
    pub fn take<T>(
        &mut self,
        hole: Hole,
        answer: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> Option<(TradeId, UnixNs)>,
    ) -> Vec<T> {
        let (first, last) = match (self.held.first_key_value(), self.held.last_key_value()) {
            (Some((first, _)), Some((last, _))) => (*first, *last),
            _ => return Vec::new(),
        };
        let mut inside = false;
        let mut found = Vec::new();
        for trade in answer {
            let Some((id, time)) = key(&trade) else {
                continue;
            };
            if id <= first || last <= id || self.held.contains_key(&id) {
                continue;
            }
            inside |= hole.before < id && id < hole.behind;
            self.held.insert(id, time);
            found.push(trade);
        }
        if !inside {
            self.vain.insert(hole.behind);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(id: u64) -> (TradeId, UnixNs) {
        // Three trades a second.
        let time = UnixMs(i64::try_from(id).unwrap() * 333);
        (TradeId(id), time.to_ns())
    }

    /// A venue that knows whole seconds and gives so many trades at once, newest or oldest first.
    fn answer(hole: Hole, venue: &[u64], at_once: usize, newest: bool) -> Vec<(TradeId, UnixNs)> {
        let (start, end) = (
            hole.start.0 / 1_000 * 1_000,
            (hole.end.0 + 999) / 1_000 * 1_000,
        );
        let mut found: Vec<_> = venue
            .iter()
            .map(|id| at(*id))
            .filter(|(_, time)| (start..end).contains(&time.to_ms().0))
            .collect();
        if newest {
            found.drain(..found.len().saturating_sub(at_once));
        }
        found.truncate(at_once);
        found
    }

    #[test]
    fn a_gap_without_missing_trades_asks_for_nothing() {
        let hunt = Hunt::new([at(7), at(8)]);
        assert_eq!((hunt.missing(), hunt.next()), (0, None));
    }

    proptest! {
        #[test]
        fn what_the_venue_has_is_found_once(
            length in 2..200_u64,
            held in prop::collection::btree_set(1..200_u64, 0..20),
            gone in prop::collection::btree_set(1..200_u64, 0..5),
            at_once in 10..50_usize,
            newest in any::<bool>(),
        ) {
            let last = 100 + length;
            let inside = held.iter().map(|n| 100 + n).filter(|id| *id < last);
            let ends = [100, last];
            let held: BTreeSet<u64> = inside.chain(ends).collect();
            let venue: Vec<u64> = (80..last + 20).filter(|id| !gone.contains(&(id - 80))).collect();
            let mut hunt = Hunt::new(held.iter().map(|id| at(*id)));
            let mut found = BTreeSet::new();
            let mut asked = 0;
            while let Some(hole) = hunt.next() {
                asked += 1;
                prop_assert!(asked < 400, "it goes on for ever");
                for (id, _) in hunt.take(hole, answer(hole, &venue, at_once, newest), |t| Some(*t)) {
                    prop_assert!(found.insert(id.0), "{} came twice", id.0);
                }
            }
            let wanted: BTreeSet<u64> = venue
                .into_iter()
                .filter(|id| (100..last).contains(id) && !held.contains(id))
                .collect();
            prop_assert_eq!(hunt.missing(), last - 101 - found.len() as u64 - (held.len() as u64 - 2));
            prop_assert_eq!(found, wanted);
        }
    }
}

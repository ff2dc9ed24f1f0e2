//! Whether numbered streams are whole: trade ids of one instrument, message numbers of one
//! connection.
//!
//! It says what is missing; what to do about it (record a gap, fetch, ask for a new book) is the
//! collector's business.

use crate::model::{TradeId, UnixNs};

/// Holes that are remembered per instrument; the oldest is forgotten first.
const MAX_HOLES: usize = 32;

/// What a trade id says about the ids before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuity {
    /// The next id, or the first one ever: nothing is missing.
    Next,
    /// Seen before: to be dropped.
    Repeat,
    /// An id out of a hole reported before: new, although late.
    Late,
    /// The trade is new, and ids before it are missing.
    Jump {
        /// First missing id.
        from: TradeId,
        /// Last missing id.
        to: TradeId,
        /// Exchange time of the last trade before the hole.
        since: UnixNs,
    },
}

impl Continuity {
    /// Whether the trade is to be taken.
    #[must_use]
    pub fn is_new(self) -> bool {
        self != Self::Repeat
    }
}

/// Trade ids of one instrument at a venue that numbers them contiguously.
///
/// An id below the newest counts as repeated unless it lies in a remembered hole, so that a
/// reordered or fetched trade is taken once.
#[derive(Clone, Debug, Default)]
pub struct TradeContinuity {
    last: Option<(TradeId, UnixNs)>,
    /// Missing ids, both ends inclusive, ascending.
    holes: Vec<(u64, u64)>,
}

impl TradeContinuity {
    /// Goes on after a trade that is already held.
    #[must_use]
    pub fn resume(last: TradeId, time: UnixNs) -> Self {
        Self {
            last: Some((last, time)),
            holes: Vec::new(),
        }
    }

    /// The newest id seen.
    #[must_use]
    pub fn last(&self) -> Option<TradeId> {
        self.last.map(|(id, _)| id)
    }

    /// Ids still missing in remembered holes.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.holes.iter().map(|(from, to)| to - from + 1).sum()
    }

    /// Takes note of the next trade.
    pub fn check(&mut self, id: TradeId, time: UnixNs) -> Continuity {
        let Some((last, since)) = self.last else {
            self.last = Some((id, time));
            return Continuity::Next;
        };
        if id <= last {
            return self.fill(id.0);
        }
        self.last = Some((id, time));
        let first_missing = last.0 + 1;
        if id.0 == first_missing {
            return Continuity::Next;
        }
        if self.holes.len() == MAX_HOLES {
            self.holes.remove(0);
        }
        self.holes.push((first_missing, id.0 - 1));
        Continuity::Jump {
            from: TradeId(first_missing),
            to: TradeId(id.0 - 1),
            since,
        }
    }

    fn fill(&mut self, id: u64) -> Continuity {
        let Some(at) = self
            .holes
            .iter()
            .position(|&(from, to)| (from..=to).contains(&id))
        else {
            return Continuity::Repeat;
        };
        let (from, to) = self.holes.remove(at);
        if id < to {
            self.holes.insert(at, (id + 1, to));
        }
        if from < id {
            self.holes.insert(at, (from, id - 1));
        }
        Continuity::Late
    }
}

/// What a message number says about the numbers before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceStep {
    /// The expected number.
    Next,
    /// A number from before: the message was sent again.
    Repeat,
    /// Messages `expected` up to but not including `got` are missing.
    Jump {
        /// First missing number.
        expected: u64,
        /// Number of the message that came.
        got: u64,
    },
}

/// Numbers of a connection's messages, rising by one. The first is taken as it comes: what was lost
/// before it is not seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct SequenceCheck {
    expected: Option<u64>,
}

impl SequenceCheck {
    /// Takes note of the next message; after a jump it goes on from the number that came.
    pub fn check(&mut self, got: u64) -> SequenceStep {
        let expected = self.expected.unwrap_or(got);
        if got < expected {
            return SequenceStep::Repeat;
        }
        self.expected = Some(got.saturating_add(1));
        if got == expected {
            SequenceStep::Next
        } else {
            SequenceStep::Jump { expected, got }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn repeats_are_told_from_holes() {
        let mut ids = TradeContinuity::default();
        let jump = |from, to, since| Continuity::Jump {
            from: TradeId(from),
            to: TradeId(to),
            since: UnixNs(since),
        };
        for (id, time, expected) in [
            (7, 70, Continuity::Next),
            (8, 80, Continuity::Next),
            (8, 80, Continuity::Repeat),
            (5, 50, Continuity::Repeat),
            (12, 120, jump(9, 11, 80)),
            (10, 100, Continuity::Late),
            (10, 100, Continuity::Repeat),
            (9, 90, Continuity::Late),
            (11, 110, Continuity::Late),
            (13, 130, Continuity::Next),
        ] {
            assert_eq!(ids.check(TradeId(id), UnixNs(time)), expected, "{id}");
        }
        assert_eq!(ids.missing(), 0);
    }

    #[test]
    fn goes_on_after_a_restart() {
        let mut ids = TradeContinuity::resume(TradeId(41), UnixNs(1));
        assert_eq!(ids.check(TradeId(41), UnixNs(1)), Continuity::Repeat);
        assert_eq!(ids.check(TradeId(42), UnixNs(2)), Continuity::Next);
        assert_eq!(ids.last(), Some(TradeId(42)));
    }

    #[test]
    fn message_numbers_repeat_jump_and_start() {
        let mut numbers = SequenceCheck::default();
        for (got, expected) in [
            (0, SequenceStep::Next),
            (1, SequenceStep::Next),
            (1, SequenceStep::Repeat),
            (
                4,
                SequenceStep::Jump {
                    expected: 2,
                    got: 4,
                },
            ),
            (5, SequenceStep::Next),
        ] {
            assert_eq!(numbers.check(got), expected, "{got}");
        }
        assert_eq!(SequenceCheck::default().check(9), SequenceStep::Next);
    }

    proptest! {
        #[test]
        fn every_id_is_taken_exactly_once(ids in prop::collection::vec(1..60_u64, 1..200)) {
            let mut continuity = TradeContinuity::default();
            let first = ids[0];
            let mut taken = std::collections::BTreeSet::new();
            for id in ids {
                let new = continuity.check(TradeId(id), UnixNs(0)).is_new();
                // What lies before the first trade ever seen is history, not a hole.
                prop_assert_eq!(new, id >= first && taken.insert(id));
            }
        }
    }
}

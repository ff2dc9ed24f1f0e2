//! Which trades of one instrument were taken before: venues repeat them, and so do replays.

use std::collections::{HashSet, VecDeque};

use crate::model::TradeId;

/// Ids remembered: more than ever wait to be written, so that the store knows all others.
const REMEMBERED: usize = 16_384;

/// Whether a trade is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// Not taken before.
    New,
    /// Taken before.
    Known,
    /// Older than what is remembered: only the store can tell.
    AskStore,
}

/// The ids taken so far, the last of them one by one. Venues number almost in order of time.
#[derive(Clone, Debug, Default)]
pub struct TradeIds {
    /// Up to here ids may have been taken without being remembered.
    forgotten: Option<TradeId>,
    newest: Option<TradeId>,
    ids: HashSet<TradeId>,
    in_order: VecDeque<TradeId>,
}

impl TradeIds {
    /// Goes on from a store that holds ids up to `newest`.
    #[must_use]
    pub fn after(newest: Option<TradeId>) -> Self {
        let mut ids = Self::default();
        ids.store_holds(newest);
        ids
    }

    /// The store holds ids up to `newest`, whether they were taken here or not.
    pub fn store_holds(&mut self, newest: Option<TradeId>) {
        self.forgotten = self.forgotten.max(newest);
        self.newest = self.newest.max(newest);
    }

    /// The highest id taken.
    #[must_use]
    pub fn newest(&self) -> Option<TradeId> {
        self.newest
    }

    /// Whether this trade was taken before.
    #[must_use]
    pub fn novelty(&self, id: TradeId) -> Novelty {
        if self.ids.contains(&id) {
            Novelty::Known
        } else if Some(id) <= self.forgotten {
            Novelty::AskStore
        } else {
            Novelty::New
        }
    }

    /// Takes a trade; the id that was taken longest ago is no longer remembered.
    pub fn take(&mut self, id: TradeId) {
        self.newest = self.newest.max(Some(id));
        if self.ids.insert(id) {
            self.in_order.push_back(id);
        }
        if self.in_order.len() > REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.ids.remove(&oldest);
            self.forgotten = self.forgotten.max(Some(oldest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_trades_are_told_from_new_ones() {
        let mut ids = TradeIds::after(Some(TradeId(7)));
        ids.take(TradeId(9));
        for (id, expected) in [
            (6, Novelty::AskStore),
            (7, Novelty::AskStore),
            (8, Novelty::New),
            (9, Novelty::Known),
            (10, Novelty::New),
        ] {
            assert_eq!(ids.novelty(TradeId(id)), expected, "{id}");
        }
        assert_eq!(ids.newest(), Some(TradeId(9)));
        assert_eq!(TradeIds::default().novelty(TradeId(0)), Novelty::New);
    }

    #[test]
    fn what_is_forgotten_is_not_taken_for_new() {
        let mut ids = TradeIds::default();
        for id in 1..=REMEMBERED as u64 + 2 {
            ids.take(TradeId(id));
        }
        assert_eq!(ids.novelty(TradeId(2)), Novelty::AskStore);
        assert_eq!(ids.novelty(TradeId(3)), Novelty::Known);
    }

    proptest! {
        #[test]
        fn none_is_new_twice(taken in prop::collection::vec(0..200_u64, 0..100)) {
            let mut ids = TradeIds::after(Some(TradeId(20)));
            let mut seen = HashSet::new();
            for id in taken.into_iter().map(TradeId) {
                let expected = match id {
                    id if seen.contains(&id) => Novelty::Known,
                    TradeId(..=20) => Novelty::AskStore,
                    _ => Novelty::New,
                };
                prop_assert_eq!(ids.novelty(id), expected);
                ids.take(id);
                seen.insert(id);
            }
        }
    }
}

//! Sets of time: which stretches are known, which are missing. Pure.

use serde::{Deserialize, Serialize};
use tradesuite_core::model::{Timeframe, UnixMs};

pub use crate::server::storage::Stretch;

/// Stretches that neither touch nor overlap, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ranges(Vec<Stretch>);

impl Ranges {
    /// Adds a stretch; an empty one changes nothing.
    pub fn add(&mut self, (mut start, mut end): Stretch) {
        if start >= end {
            return;
        }
        self.0.retain(|&(held_start, held_end)| {
            let apart = held_end < start || end < held_start;
            if !apart {
                start = start.min(held_start);
                end = end.max(held_end);
            }
            apart
        });
        let at = self
            .0
            .partition_point(|&(held_start, _)| held_start < start);
        self.0.insert(at, (start, end));
    }

    /// Takes a stretch out; whether anything of it was in the set.
    pub fn remove(&mut self, (start, end): Stretch) -> bool {
        let before = self.0.clone();
        self.0 = before
            .iter()
            .flat_map(|&(held_start, held_end)| {
                [
                    (held_start, held_end.min(start)),
                    (held_start.max(end), held_end),
                ]
            })
            .filter(|(start, end)| start < end)
            .collect();
        self.0 != before
    }

    /// What of a stretch is not in the set, ascending.
    #[must_use]
    pub fn missing(&self, (start, end): Stretch) -> Vec<Stretch> {
        let mut missing = Vec::new();
        let mut from = start;
        for &(held_start, held_end) in &self.0 {
            if held_end <= from {
                continue;
            }
            if held_start >= end {
                break;
            }
            if from < held_start {
                missing.push((from, held_start));
            }
            from = held_end;
        }
        if from < end {
            missing.push((from, end));
        }
        missing
    }
}

/// The pages that these stretches lie in, newest first, each once. A page has `bars` bars and
/// begins where all pages of its timeframe do, so that two who ask ask for the same ones.
#[must_use]
pub fn pages(stretches: &[Stretch], timeframe: Timeframe, bars: u32) -> Vec<Stretch> {
    let width = timeframe.nominal_ms() * i64::from(bars.max(1));
    let mut pages: Vec<Stretch> = Vec::new();
    for &(start, end) in stretches.iter().rev() {
        let mut page = (end.0 - 1).div_euclid(width) * width;
        while page + width > start.0 {
            if pages.last().is_none_or(|(newest, _)| page < newest.0) {
                pages.push((UnixMs(page), UnixMs(page + width)));
            }
            page -= width;
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stretch((start, end): (i64, i64)) -> Stretch {
        (UnixMs(start), UnixMs(end))
    }

    fn ranges(stretches: &[(i64, i64)]) -> Ranges {
        let mut ranges = Ranges::default();
        for held in stretches {
            ranges.add(stretch(*held));
        }
        ranges
    }

    #[test]
    fn stretches_that_touch_become_one() {
        for (added, expected) in [
            (vec![(0, 10), (20, 30)], vec![(0, 10), (20, 30)]),
            (vec![(0, 10), (10, 30)], vec![(0, 30)]),
            (vec![(20, 30), (0, 10), (5, 25)], vec![(0, 30)]),
            (vec![(0, 10), (5, 5), (9, 3)], vec![(0, 10)]),
        ] {
            let expected = Ranges(expected.into_iter().map(stretch).collect());
            assert_eq!(ranges(&added), expected, "{added:?}");
        }
    }

    #[test]
    fn pages_are_aligned_and_newest_first() {
        let minute = |count: i64| UnixMs(count * 60_000);
        let stretches = [(minute(3), minute(4)), (minute(8), minute(25))];
        assert_eq!(
            pages(&stretches, Timeframe::M1, 10),
            [
                (minute(20), minute(30)),
                (minute(10), minute(20)),
                (minute(0), minute(10)),
            ]
        );
        assert!(pages(&[], Timeframe::M1, 10).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_taken_out_is_missing_and_nothing_else(
            added in prop::collection::vec((0..100_i64, 0..100_i64), 0..12),
            (start, length) in (0..100_i64, 1..60_i64),
        ) {
            let (before, mut after) = (ranges(&added), ranges(&added));
            let taken = (start, start + length);
            prop_assert_eq!(after.remove(stretch(taken)), before != after);
            for at in 0..160 {
                let missing = |held: &Ranges| !held.missing(stretch((at, at + 1))).is_empty();
                let out = (taken.0..taken.1).contains(&at);
                prop_assert_eq!(missing(&after), out || missing(&before), "{}", at);
            }
        }

        #[test]
        fn known_and_missing_make_the_whole(
            added in prop::collection::vec((0..100_i64, 0..100_i64), 0..12),
            (start, length) in (0..100_i64, 0..60_i64),
        ) {
            let held = ranges(&added);
            let asked = stretch((start, start + length));
            let missing = held.missing(asked);
            for at in start..start + length {
                let known = added.iter().any(|(start, end)| (*start..*end).contains(&at));
                let lacks = missing.iter().any(|(start, end)| (start.0..end.0).contains(&at));
                prop_assert!(known != lacks, "{at}");
            }
            let mut all = held;
            for stretch in missing {
                all.add(stretch);
            }
            prop_assert!(all.missing(asked).is_empty());
        }
    }
}

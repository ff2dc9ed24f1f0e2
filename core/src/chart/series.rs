//! The bars a chart holds: a window of an instrument's history, ascending by open time.
//!
//! Each bar has an index that stays its own: the first page loaded starts at 0, later bars count
//! up, and history that is put before it gets negative indexes. Bars live in pages aligned on
//! those indexes, each with its extremes, so that the range of ten thousand visible bars is read
//! from some forty pages, and far pages are dropped whole.

use std::collections::VecDeque;
use std::ops::Range;

use crate::model::{Precision, UnixMs};

use super::axis::Bounds;
use super::bar::{Bar, Extremes};

const PAGE: usize = 256;
const PAGE_BARS: i64 = PAGE as i64;

/// Slots outside the series' bounds hold copies of neighbours, never read.
struct Page {
    bars: Box<[Bar]>,
    extremes: Extremes,
}

/// The chart's bars.
pub struct Series {
    precision: Precision,
    /// Index of the first bar and one past the last.
    held: Range<i64>,
    /// Number of the first page: its slots are `PAGE_BARS × number ..`.
    first_page: i64,
    pages: VecDeque<Page>,
    /// Index of the oldest bar whose figures changed since that was asked for.
    changed: Option<i64>,
}

impl Series {
    /// Nothing held yet, of an instrument with this precision.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        Self {
            precision,
            held: 0..0,
            first_page: 0,
            pages: VecDeque::new(),
            changed: None,
        }
    }

    /// Decimals of every price and volume held.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Moves every bar to a finer precision; each keeps its index. `false` where a number does
    /// not fit: then nothing was changed.
    #[must_use]
    pub fn widen(&mut self, to: Precision) -> bool {
        let from = self.precision;
        let widened: Option<Vec<Bar>> = self
            .slices(self.held.clone())
            .flat_map(|(_, bars)| bars)
            .map(|bar| bar.rescaled(from, to))
            .collect();
        let Some(bars) = widened else {
            return false;
        };
        let (first, changed) = (self.held.start, self.changed);
        *self = Self::new(to);
        for (bar, index) in bars.into_iter().zip(first..) {
            self.put(index, bar);
        }
        // The same figures, written longer.
        self.changed = changed;
        true
    }

    /// How many bars are held.
    #[must_use]
    pub fn len(&self) -> usize {
        (self.held.end - self.held.start) as usize
    }

    /// Whether no bar is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Indexes of the first and the last bar.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        (!self.is_empty()).then(|| Bounds {
            first: self.held.start,
            last: self.held.end - 1,
        })
    }

    /// The bar at an index.
    #[must_use]
    pub fn bar(&self, index: i64) -> Option<&Bar> {
        if !self.held.contains(&index) {
            return None;
        }
        let (page, slot) = self.place(index);
        self.pages.get(page).map(|page| &page.bars[slot])
    }

    /// The bar that opened at a time.
    #[must_use]
    pub fn at(&self, time: UnixMs) -> Option<&Bar> {
        self.bar(self.index_at_or_after(time))
            .filter(|bar| bar.time == time)
    }

    /// The oldest bar held.
    #[must_use]
    pub fn first(&self) -> Option<&Bar> {
        self.bar(self.held.start)
    }

    /// The newest bar held.
    #[must_use]
    pub fn last(&self) -> Option<&Bar> {
        self.bar(self.held.end - 1)
    }

    /// Index of the first bar that opens at `time` or later; one past the last where none does.
    #[must_use]
    pub fn index_at_or_after(&self, time: UnixMs) -> i64 {
        let (mut low, mut high) = (self.held.start, self.held.end);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.bar(middle) {
                Some(bar) if bar.time < time => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// The bars of a range of indexes, clipped to what is held, as slices with their first index.
    pub fn slices(&self, range: Range<i64>) -> impl Iterator<Item = (i64, &[Bar])> {
        let end = range.end.min(self.held.end);
        let mut at = range.start.max(self.held.start);
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (page, slot) = self.place(at);
            let count = (PAGE - slot).min((end - at) as usize);
            let start = at;
            at += count as i64;
            Some((start, &self.pages.get(page)?.bars[slot..slot + count]))
        })
    }

    /// Extremes of a range of indexes; `None` where no bar of it is held.
    #[must_use]
    pub fn extremes(&self, range: Range<i64>) -> Option<Extremes> {
        self.slices(range)
            .filter_map(|(start, bars)| {
                let page_start = start.div_euclid(PAGE_BARS) * PAGE_BARS;
                let held = self.held_of_page(page_start);
                if bars.len() as i64 == held.end - held.start {
                    self.pages
                        .get(self.place(start).0)
                        .map(|page| page.extremes)
                } else {
                    Extremes::over(bars)
                }
            })
            .reduce(Extremes::with)
    }

    /// Puts a bar where its time belongs: replaces the one that opened then, else adds it. A bar
    /// that was missing in the middle moves the older ones one index down, so that the newest
    /// keep their places.
    pub fn upsert(&mut self, bar: Bar) {
        if !self.put_in_place(bar) {
            self.rebuild_with(vec![bar]);
        }
    }

    /// Takes bars over, in any order: history before what is held, new bars after it, revisions
    /// of bars held. Of two that opened at once the later in the list stays.
    pub fn merge(&mut self, bars: impl IntoIterator<Item = Bar>) {
        let mut bars: Vec<Bar> = bars.into_iter().collect();
        bars.sort_by_key(|bar| bar.time);
        let before = match self.first() {
            Some(first) => bars.partition_point(|bar| bar.time < first.time),
            None => 0,
        };
        let rest = bars.split_off(before);
        // Of two that opened at once the later comes first this way, and stays.
        for bar in bars.into_iter().rev() {
            if self.first().is_none_or(|first| bar.time < first.time) {
                self.put(self.held.start - 1, bar);
            }
        }
        let missing: Vec<Bar> = rest
            .into_iter()
            .filter(|bar| !self.put_in_place(*bar))
            .collect();
        if !missing.is_empty() {
            self.rebuild_with(missing);
        }
    }

    /// Replaces the bar that opened at the same time, or adds one at the end; `false` where its
    /// place is before the last bar and taken by no other.
    fn put_in_place(&mut self, bar: Bar) -> bool {
        let index = match self.last().map(|last| last.time) {
            Some(newest) if bar.time == newest => self.held.end - 1,
            Some(newest) if bar.time < newest => self.index_at_or_after(bar.time),
            _ => self.held.end,
        };
        let fits =
            index == self.held.end || self.bar(index).is_some_and(|held| held.time == bar.time);
        if fits {
            self.put(index, bar);
        }
        fits
    }

    /// Adds bars that were missing before the last one; that one keeps its index.
    fn rebuild_with(&mut self, missing: Vec<Bar>) {
        let mut all: Vec<Bar> = self
            .slices(self.held.clone())
            .flat_map(|(_, bars)| bars.iter().copied())
            .chain(missing)
            .collect();
        // Stable, so that of two that were missing at once the later one comes last.
        all.sort_by_key(|bar| bar.time);
        all.reverse();
        all.dedup_by_key(|bar| bar.time);
        let last = self.held.end - 1;
        self.held = 0..0;
        for (bar, index) in all.into_iter().zip((i64::MIN..=last).rev()) {
            self.put(index, bar);
        }
    }

    /// Drops bars until at most `bars` are held, whichever lie farthest from `keep`. Whole pages
    /// are dropped, so a few more may stay. Says whether the newest bars were among them: then
    /// live bars no longer follow on, and the series has to be loaded anew to come back to now.
    pub fn shrink_to(&mut self, bars: usize, keep: Range<i64>) -> bool {
        let mut lost_newest = false;
        while self.len() >= bars + PAGE {
            let left = keep.start - self.held.start;
            let right = self.held.end - keep.end;
            if left.max(right) < PAGE_BARS {
                break;
            }
            if left >= right {
                self.pages.pop_front();
                self.first_page += 1;
                self.held.start = self.first_page * PAGE_BARS;
            } else {
                self.pages.pop_back();
                self.held.end = (self.first_page + self.pages.len() as i64) * PAGE_BARS;
                lost_newest = true;
            }
        }
        lost_newest
    }

    /// Index of the oldest bar that came or whose figures changed since the last call; that a bar
    /// closed changes none.
    pub fn take_changed(&mut self) -> Option<i64> {
        self.changed.take()
    }

    /// Page in the deque and slot in it.
    fn place(&self, index: i64) -> (usize, usize) {
        let page = index.div_euclid(PAGE_BARS) - self.first_page;
        (
            usize::try_from(page).unwrap_or(usize::MAX),
            index.rem_euclid(PAGE_BARS) as usize,
        )
    }

    fn held_of_page(&self, page_start: i64) -> Range<i64> {
        self.held.start.max(page_start)..self.held.end.min(page_start + PAGE_BARS)
    }

    /// Writes a bar at an index that is held or adjoins what is held.
    fn put(&mut self, index: i64, bar: Bar) {
        let number = index.div_euclid(PAGE_BARS);
        let page_of_one = || Page {
            bars: vec![bar; PAGE].into_boxed_slice(),
            extremes: Extremes::of(&bar),
        };
        if self.is_empty() {
            self.held = index..index;
            self.first_page = number;
            self.pages.clear();
        }
        while number < self.first_page {
            self.pages.push_front(page_of_one());
            self.first_page -= 1;
        }
        while number >= self.first_page + self.pages.len() as i64 {
            self.pages.push_back(page_of_one());
        }
        let added = !self.held.contains(&index);
        self.held = self.held.start.min(index)..self.held.end.max(index + 1);
        let page_start = number * PAGE_BARS;
        let held = self.held_of_page(page_start);
        let (page, slot) = self.place(index);
        let Some(page) = self.pages.get_mut(page) else {
            return;
        };
        let before = std::mem::replace(&mut page.bars[slot], bar);
        let closed = bar.closed;
        if added || (Bar { closed, ..before }) != bar {
            self.changed = Some(self.changed.map_or(index, |changed| changed.min(index)));
        }
        let old = Extremes::of(&before);
        let new = Extremes::of(&bar);
        if added || old.with(new) == new {
            page.extremes = page.extremes.with(new);
        } else {
            // The old bar may have made the extremes: look for them again.
            let slots = (held.start - page_start) as usize..(held.end - page_start) as usize;
            page.extremes = Extremes::over(&page.bars[slots]).unwrap_or(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{bar, bar_at};
    use crate::model::Price;
    use proptest::prelude::*;

    fn series(times: impl IntoIterator<Item = i64>) -> Series {
        let mut series = Series::new(Precision::default());
        series.merge(times.into_iter().map(bar));
        series
    }

    fn times(series: &Series) -> Vec<i64> {
        series
            .slices(i64::MIN / 2..i64::MAX / 2)
            .flat_map(|(_, bars)| bars.iter().map(|bar| bar.time.0))
            .collect()
    }

    #[test]
    fn history_gets_negative_indexes_and_moves_nothing() {
        let mut series = series(1_000..1_010);
        let newest = *series.last().expect("a bar");
        series.merge((0..1_000).map(bar));
        assert_eq!(
            series.bounds(),
            Some(Bounds {
                first: -1_000,
                last: 9
            })
        );
        assert_eq!(series.bar(9), Some(&newest));
        assert_eq!(series.bar(-1_000).map(|bar| bar.time.0), Some(0));
        assert_eq!(series.bar(-1_001), None);
        assert_eq!(series.index_at_or_after(UnixMs(1_003)), 3);
        assert_eq!(series.index_at_or_after(UnixMs(99_999)), 10);
    }

    #[test]
    fn finer_decimals_keep_every_bar_in_its_place() {
        let mut series = series(1_000..1_300);
        series.merge((700..1_000).map(bar));
        let (bounds, to) = (
            series.bounds(),
            Precision {
                price: 2,
                quantity: 1,
            },
        );
        assert!(series.widen(to));
        assert_eq!((series.bounds(), series.precision()), (bounds, to));
        for time in 700..1_300 {
            let expected = bar(time).rescaled(Precision::default(), to);
            assert_eq!(series.at(UnixMs(time)).copied(), expected);
        }
        let too_fine = Precision {
            price: 18,
            quantity: 1,
        };
        assert!(!series.widen(too_fine));
        assert_eq!((series.len(), series.precision()), (600, to));
    }

    #[test]
    fn a_missing_bar_moves_the_older_ones() {
        let mut series = series([10, 20, 40, 50]);
        series.upsert(bar(30));
        assert_eq!(times(&series), [10, 20, 30, 40, 50]);
        assert_eq!(series.bounds(), Some(Bounds { first: -1, last: 3 }));
        assert_eq!(series.bar(3).map(|bar| bar.time.0), Some(50));
    }

    #[test]
    fn a_revision_that_takes_the_extreme_back_is_seen() {
        let mut series = series(0..600);
        let wild = Bar {
            high: Price(9_999),
            ..bar(300)
        };
        series.upsert(wild);
        assert_eq!(series.extremes(0..600).map(|e| e.high), Some(Price(9_999)));
        series.upsert(bar(300));
        let calm = Extremes::over(&(0..600).map(bar).collect::<Vec<_>>());
        assert_eq!(series.extremes(0..600), calm);
    }

    #[test]
    fn far_pages_are_dropped_and_the_near_ones_stay() {
        let mut series = series(0..10_000);
        assert!(!series.shrink_to(2_000, 9_800..10_000));
        assert!((2_000..2_512).contains(&series.len()), "{}", series.len());
        assert_eq!(series.last().map(|bar| bar.time.0), Some(9_999));
        let first = series.first().expect("a bar").time.0;
        series.merge((first - 500..first).map(bar));
        assert_eq!(times(&series), (first - 500..10_000).collect::<Vec<_>>());
        assert!(
            series.shrink_to(600, first..first + 100),
            "the newest were far away"
        );
        assert!(
            series
                .bar(series.index_at_or_after(UnixMs(first)))
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn any_order_of_pages_gives_the_same_bars(
            pages in prop::collection::vec(prop::collection::vec((0_i64..2_000, 0_i64..90), 0..300), 1..5),
            range in (-2_000_i64..2_000, 0_i64..3_000),
        ) {
            let mut series = Series::new(Precision::default());
            let mut expected = std::collections::BTreeMap::new();
            for page in pages {
                let page = page.into_iter().map(|(time, price)| (time, bar_at(time, price)));
                series.merge(page.clone().map(|(_, bar)| bar));
                expected.extend(page);
            }
            prop_assert_eq!(times(&series), expected.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(series.len(), expected.len());
            let bars: Vec<Bar> = series
                .slices(range.0..range.0 + range.1)
                .flat_map(|(_, bars)| bars.iter().copied())
                .collect();
            prop_assert_eq!(series.extremes(range.0..range.0 + range.1), Extremes::over(&bars));
            for bar in &bars {
                prop_assert_eq!(expected.get(&bar.time.0), Some(bar));
            }
        }
    }
}

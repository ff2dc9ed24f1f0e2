//! What fills a bar, steady while the book breathes: a high percentile of the sizes in view over
//! the last half minute. A wall is cut off at the edge and does not make everything else invisible.

use std::collections::VecDeque;

use crate::chart::book::Group;
use crate::model::Volume;

/// The size that fills a bar is this percentile of the sizes looked at.
const FULL_PERCENTILE: f64 = 0.9;
/// How far back is looked, milliseconds.
const WINDOW_MS: f64 = 30_000.0;
/// A sample of the sizes in view is taken this often, milliseconds.
const SAMPLE_MS: f64 = 1_000.0;
/// The full size is kept while the percentile stays within this factor of it.
const KEPT_WITHIN: f64 = 1.3;

/// What fills a row's bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WidthScale {
    full_size: f64,
    full_total: f64,
    /// Oldest first.
    samples: VecDeque<Sample>,
    pool: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Sample {
    at_ms: f64,
    sizes: Vec<f64>,
}

impl WidthScale {
    /// Looks at the groups in view, best first, at a time that does not run backwards.
    pub fn observe(&mut self, now_ms: f64, bids: &[Group], asks: &[Group]) {
        let is_due = self
            .samples
            .back()
            .is_none_or(|last| now_ms - last.at_ms >= SAMPLE_MS);
        if !is_due || bids.len() + asks.len() == 0 {
            return;
        }
        let mut sample = Sample::default();
        while self
            .samples
            .front()
            .is_some_and(|old| now_ms - old.at_ms > WINDOW_MS)
        {
            // The memory of one that is forgotten serves the new one.
            sample = self.samples.pop_front().unwrap_or_default();
        }
        sample.at_ms = now_ms;
        sample.sizes.clear();
        sample.sizes.extend(bids.iter().chain(asks).map(size));
        self.samples.push_back(sample);
        self.pool.clear();
        let looked_at = self.samples.iter().flat_map(|sample| &sample.sizes);
        self.pool.extend(looked_at);
        let at = ((self.pool.len() - 1) as f64 * FULL_PERCENTILE) as usize;
        let (_, percentile, _) = self.pool.select_nth_unstable_by(at, f64::total_cmp);
        self.full_size = steady(self.full_size, *percentile);
        let total = |side: &[Group]| -> f64 {
            // A wall counts as no more than a full bar here too.
            side.iter()
                .map(|group| size(group).min(self.full_size))
                .sum()
        };
        self.full_total = steady(self.full_total, total(bids).max(total(asks)));
    }

    /// Width of a size's bar, 0 to 1.
    #[must_use]
    pub fn share(&self, quantity: Volume) -> f64 {
        share(quantity, self.full_size)
    }

    /// Width of a sum's bar, 0 to 1.
    #[must_use]
    pub fn total_share(&self, total: Volume) -> f64 {
        share(total, self.full_total)
    }
}

fn size(group: &Group) -> f64 {
    group.amount.quantity.to_f64(0)
}

/// What was kept, while what is seen is near it.
pub(super) fn steady(kept: f64, seen: f64) -> f64 {
    let stays = kept > 0.0 && seen <= kept * KEPT_WITHIN && seen >= kept / KEPT_WITHIN;
    if stays { kept } else { seen }
}

fn share(quantity: Volume, full: f64) -> f64 {
    if full > 0.0 {
        (quantity.to_f64(0) / full).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::book::Amount;
    use crate::model::{Price, Quantity};
    use proptest::prelude::*;

    fn side(sizes: &[i64]) -> Vec<Group> {
        let group = |(at, size): (usize, &i64)| Group {
            price: Price(100 - at as i64),
            amount: Amount::new(Price(100), Quantity(*size)),
            is_partial: false,
        };
        sizes.iter().enumerate().map(group).collect()
    }

    fn full_size(scale: &WidthScale) -> f64 {
        scale.full_size
    }

    #[test]
    fn it_looks_once_a_second_and_half_a_minute_back() {
        let mut scale = WidthScale::default();
        scale.observe(0.0, &side(&[10; 10]), &[]);
        scale.observe(900.0, &side(&[1_000; 10]), &[]);
        assert_eq!(full_size(&scale), 10.0, "too early");
        for second in 1..=40 {
            scale.observe(f64::from(second) * 1_000.0, &side(&[1_000; 10]), &[]);
        }
        assert_eq!(full_size(&scale), 1_000.0);
        assert_eq!(scale.samples.len(), 31);
    }

    #[test]
    fn what_breathes_a_little_changes_nothing() {
        let mut scale = WidthScale::default();
        for second in 0..60 {
            let sizes = [100 + second % 20; 12];
            scale.observe(second as f64 * 1_000.0, &side(&sizes), &side(&sizes));
        }
        assert_eq!(full_size(&scale), 100.0);
    }

    #[test]
    fn an_empty_book_has_no_bars() {
        let mut scale = WidthScale::default();
        scale.observe(0.0, &[], &[]);
        assert_eq!(
            (scale.share(Volume(5)), scale.total_share(Volume(5))),
            (0.0, 0.0)
        );
    }

    proptest! {
        // A case looks at the book for half a minute.
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// However long it stands there, and however large it is.
        #[test]
        fn one_wall_does_not_rescale(
            sizes in prop::collection::vec(50_i64..60, 10..40),
            wall in 60_i64..1_000_000_000,
            place in 0_usize..10,
            seconds in 1_u32..40,
        ) {
            let quiet = side(&sizes);
            let mut walled = sizes.clone();
            walled[place] = wall;
            let walled = side(&walled);
            let (mut calm, mut scale) = (WidthScale::default(), WidthScale::default());
            for second in 0..seconds {
                let now_ms = f64::from(second) * 1_000.0;
                calm.observe(now_ms, &quiet, &quiet);
                scale.observe(now_ms, &quiet, &walled);
            }
            prop_assert!((50.0..60.0).contains(&full_size(&scale)));
            prop_assert!((scale.full_total / calm.full_total - 1.0).abs() < 0.3);
            prop_assert_eq!(scale.share(Volume(wall.into())), 1.0);
        }
    }
}

//! Which sizes stand out.

use crate::model::Decimal;

/// Rows that a percentile looks back on.
pub(super) const WINDOW: usize = 2_000;
/// Rows needed before any stands out by a percentile.
const LEAST: usize = 100;

/// How much a row stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SizeClass {
    /// Not at all.
    #[default]
    Ordinary,
    /// Seen at a glance.
    Large,
    /// Seen from across the room.
    Huge,
}

/// From which size on a row stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClassRule {
    /// Larger than this percentage of the instrument's latest 2,000 rows (nearest rank).
    Percentiles {
        /// 0 to 100.
        large: f64,
        /// 0 to 100.
        huge: f64,
    },
    /// At least this size, in the tape's unit.
    Sizes {
        /// Inclusive.
        large: Decimal,
        /// Inclusive.
        huge: Decimal,
    },
}

/// The least size of each class, counts of the unit's decimals; `None` where none stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Thresholds {
    large: Option<i128>,
    huge: Option<i128>,
}

impl Thresholds {
    /// Of a rule; `sizes` are those of the latest rows, in any order.
    pub fn new(rule: ClassRule, decimals: u8, mut sizes: Vec<i128>) -> Self {
        match rule {
            ClassRule::Sizes { large, huge } => Self {
                large: Some(least_count(large, decimals)),
                huge: Some(least_count(huge, decimals)),
            },
            ClassRule::Percentiles { large, huge } => Self {
                large: above(&mut sizes, large),
                huge: above(&mut sizes, huge),
            },
        }
    }

    pub fn class(&self, size: i128) -> SizeClass {
        let reaches = |least: Option<i128>| least.is_some_and(|least| size >= least);
        match (reaches(self.huge), reaches(self.large)) {
            (true, _) => SizeClass::Huge,
            (_, true) => SizeClass::Large,
            _ => SizeClass::Ordinary,
        }
    }
}

/// One count more than the percentile: where most rows have one size, it is not large.
fn above(sizes: &mut [i128], percent: f64) -> Option<i128> {
    if sizes.len() < LEAST {
        return None;
    }
    let rank = (sizes.len() as f64 * percent.clamp(0.0, 100.0) / 100.0).ceil() as usize;
    let at = rank.clamp(1, sizes.len()) - 1;
    let (_, size, _) = sizes.select_nth_unstable(at);
    Some(*size + 1)
}

/// The smallest count of 10^−`decimals` that is not below a written size.
pub(super) fn least_count(size: Decimal, decimals: u8) -> i128 {
    let mantissa = i128::from(size.mantissa);
    let power = |digits: u8| 10_i128.pow(u32::from(digits));
    if decimals >= size.scale {
        // 19 digits by at most 36 more: saturates far beyond any size.
        mantissa.saturating_mul(power(decimals - size.scale))
    } else {
        let factor = power(size.scale - decimals);
        mantissa.div_euclid(factor) + i128::from(mantissa.rem_euclid(factor) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_written_size_is_compared_exactly() {
        for (text, decimals, expected) in [
            ("0.7", 8, 70_000_000),
            ("0.7", 0, 1),
            ("1.0", 0, 1),
            ("1.01", 1, 11),
            ("0", 4, 0),
            ("25000", 10, 250_000_000_000_000),
        ] {
            let size = Decimal::parse(text).expect("a decimal");
            assert_eq!(
                least_count(size, decimals),
                expected,
                "{text} at {decimals}"
            );
        }
    }

    #[test]
    fn what_is_common_does_not_stand_out() {
        let rule = ClassRule::Percentiles {
            large: 98.0,
            huge: 99.8,
        };
        let young = Thresholds::new(rule, 0, vec![1; LEAST - 1]);
        assert_eq!(young.class(i128::MAX), SizeClass::Ordinary);
        let even = Thresholds::new(rule, 0, vec![100; LEAST]);
        assert_eq!(even.class(100), SizeClass::Ordinary);
        assert_eq!(even.class(101), SizeClass::Huge);
    }

    proptest! {
        #[test]
        fn no_more_than_the_rest_stands_out(
            sizes in prop::collection::vec(0..500_i128, LEAST..400),
            large in 0.0..100.0_f64,
            more in 0.0..100.0_f64,
        ) {
            let huge = large + (100.0 - large) * more / 100.0;
            let count = sizes.len() as f64;
            let rule = ClassRule::Percentiles { large, huge };
            let thresholds = Thresholds::new(rule, 0, sizes.clone());
            let share = |least: SizeClass| {
                sizes.iter().filter(|size| thresholds.class(**size) >= least).count() as f64 / count
            };
            prop_assert!(share(SizeClass::Large) <= 1.0 - large / 100.0 + 1e-9);
            prop_assert!(share(SizeClass::Huge) <= 1.0 - huge / 100.0 + 1e-9);
        }
    }
}

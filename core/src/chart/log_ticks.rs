//! Which prices a logarithmic axis names.
//!
//! Decades are cut into equal parts as fine as there is room for, each part again by itself: the
//! lower half of a decade has more room than the upper. What is named depends on the zoom alone,
//! so that labels travel with their prices.

use super::price_scale::PriceScale;

/// Into how many equal parts a stretch is cut, the finest first.
const PARTS: [i64; 5] = [10, 5, 4, 3, 2];

/// The prices to name, at least `min_gap` device pixels apart, multiples of the instrument's
/// tick, in no order.
pub(super) fn log_prices(scale: &PriceScale, min_gap: f64, tick: i64) -> Vec<i64> {
    let (low, high) = scale.range();
    let axis = Axis {
        low,
        high,
        px: scale.px_per_count(1.0),
        min_gap,
        tick: tick.max(1),
    };
    let mut out = Vec::new();
    // Where even decades are too close, some are left out.
    let every = (min_gap / axis.distance(1, 10)).ceil().max(1.0) as u32;
    let mut decade = 1_i64;
    for power in 0_u32.. {
        if decade as f64 > high {
            break;
        }
        if power % every == 0 {
            axis.name(decade, &mut out);
        }
        let Some(next) = decade.checked_mul(10) else {
            break;
        };
        if every == 1 && (next as f64) >= low {
            axis.cut_decade(decade, &mut out);
        }
        decade = next;
    }
    out
}

struct Axis {
    low: f64,
    high: f64,
    /// Device pixels per unit of the logarithm.
    px: f64,
    min_gap: f64,
    tick: i64,
}

impl Axis {
    fn distance(&self, from: i64, to: i64) -> f64 {
        self.px * (to as f64 / from as f64).ln()
    }

    fn name(&self, price: i64, out: &mut Vec<i64>) {
        let is_shown = (self.low..=self.high).contains(&(price as f64));
        if is_shown && price % self.tick == 0 {
            out.push(price);
        }
    }

    /// Names what lies between a power of ten and the next.
    fn cut_decade(&self, decade: i64, out: &mut Vec<i64>) {
        const ALL: &[i64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        const SOME: &[i64] = &[1, 2, 5, 10];
        let fits = |marks: &&&[i64]| {
            marks.windows(2).all(|pair| {
                self.distance(pair[0], pair[1]) >= self.min_gap && decade % self.tick == 0
            })
        };
        let Some(marks) = [ALL, SOME].iter().find(fits) else {
            return;
        };
        for pair in marks.windows(2) {
            let (from, to) = (pair[0] * decade, pair[1] * decade);
            if pair[1] < 10 {
                self.name(to, out);
            }
            self.cut(from, to - from, out);
        }
    }

    /// Names what lies inside a stretch, its ends not.
    fn cut(&self, from: i64, width: i64, out: &mut Vec<i64>) {
        let to = from + width;
        if (to as f64) < self.low || from as f64 > self.high {
            return;
        }
        let fits = |parts: &i64| {
            let part = width / parts;
            width % parts == 0
                && part % self.tick == 0
                && is_round(part)
                && self.distance(to - part, to) >= self.min_gap
        };
        let Some(parts) = PARTS.into_iter().find(fits) else {
            return;
        };
        let part = width / parts;
        for number in 0..parts {
            let start = from + number * part;
            if number > 0 {
                self.name(start, out);
            }
            self.cut(start, part, out);
        }
    }
}

/// 1, 2, 2.5 or 5 × 10^k.
fn is_round(mut number: i64) -> bool {
    while number % 10 == 0 {
        number /= 10;
    }
    matches!(number, 1 | 2 | 5 | 25)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::price_scale::{Rows, ScaleMode};
    use proptest::prelude::*;

    fn scale(low: f64, high: f64, height: i32) -> PriceScale {
        PriceScale::of((low, high), ScaleMode::Log, Rows { top: 0, height })
    }

    fn prices(low: f64, high: f64, tick: i64) -> Vec<i64> {
        let mut prices = log_prices(&scale(low, high, 400), 40.0, tick);
        prices.sort_unstable();
        prices
    }

    #[test]
    fn decades_are_cut_as_finely_as_there_is_room() {
        assert_eq!(
            prices(900.0, 110_000.0, 1),
            [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]
        );
        assert_eq!(
            prices(1_000.0, 4_000.0, 1),
            [1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 4_000]
        );
        assert_eq!(
            prices(6_400_000.0, 6_440_000.0, 1),
            [
                6_400_000, 6_405_000, 6_410_000, 6_415_000, 6_420_000, 6_425_000, 6_430_000,
                6_435_000, 6_440_000
            ]
        );
        assert_eq!(prices(1.0, 1e17, 1).first(), Some(&1));
    }

    proptest! {
        #[test]
        fn labels_never_overlap_and_are_ticks(
            low in 1.0_f64..1e9,
            ratio in 1.0001_f64..1e6,
            height in 60_i32..3_000,
            gap in 12.0_f64..80.0,
            tick in prop::sample::select(vec![1_i64, 2, 5, 10, 25, 50, 100]),
        ) {
            let scale = scale(low, low * ratio, height);
            let mut prices = log_prices(&scale, gap, tick);
            prices.sort_unstable();
            for price in &prices {
                prop_assert_eq!(price % tick, 0);
            }
            for pair in prices.windows(2) {
                let apart = scale.y(pair[0] as f64) - scale.y(pair[1] as f64);
                prop_assert!(apart >= gap - 1e-6, "{:?} {}", pair, apart);
            }
        }

        /// Wherever one pans, what is named in both places is named in both.
        #[test]
        fn labels_travel_with_their_prices(low in 1_000.0_f64..1e6, by in 1.0_f64..1.5) {
            let (here, there) = (prices(low, low * 3.0, 1), prices(low * by, low * by * 3.0, 1));
            let both = low * by..low * 3.0;
            let shared = |list: &[i64]| -> Vec<i64> { list.iter().copied().filter(|p| both.contains(&(*p as f64))).collect() };
            prop_assert_eq!(shared(&here), shared(&there));
        }
    }
}

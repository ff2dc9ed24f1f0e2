//! Which prices the axis names, and how wide it must be for them.

use crate::model::Price;

use super::format;
use super::log_ticks::log_prices;
use super::price_scale::PriceScale;

/// Sizes of the axis font in CSS pixels, measured by the painter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelMetrics {
    /// Width of a digit (all are equal in tabular figures).
    pub digit: f64,
    /// Width of a comma or a point.
    pub separator: f64,
    /// Height of a line.
    pub height: f64,
}

impl Default for LabelMetrics {
    /// Inter at 11 px.
    fn default() -> Self {
        Self {
            digit: 7.0,
            separator: 3.4,
            height: 16.0,
        }
    }
}

impl LabelMetrics {
    /// Width of a figure as [`format`] prints it.
    #[must_use]
    pub fn width(&self, text: &str) -> f64 {
        text.chars()
            .map(|c| {
                if matches!(c, ',' | '.' | ':') {
                    self.separator
                } else {
                    self.digit
                }
            })
            .sum()
    }
}

/// A price that the axis names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceTick {
    /// A multiple of the step.
    pub price: Price,
    /// Row of the grid line, device pixels from the top.
    pub y: i32,
    /// With the instrument's own decimals.
    pub label: String,
}

/// The smallest step of which ticks are at least `min_gap` device pixels apart: 1, 2, 2.5 or
/// 5 × 10^k that is a multiple of the instrument's tick (that many ticks, where the tick itself
/// divides no such number).
#[must_use]
pub fn price_step(scale: &PriceScale, min_gap: f64, tick: i64) -> i64 {
    const QUARTERS: [i64; 4] = [4, 8, 10, 20];
    let tick = tick.max(1);
    let least = (min_gap / scale.px_per_count(scale.range().1)).max(1.0);
    let round_tick = {
        let mut rest = tick;
        while rest % 10 == 0 {
            rest /= 10;
        }
        matches!(rest, 1 | 2 | 5 | 25)
    };
    let unit = if round_tick { 1 } else { tick };
    let mut power = 1_i64;
    loop {
        for quarters in QUARTERS {
            let Some(step) = power
                .checked_mul(quarters)
                .and_then(|s| s.checked_mul(unit))
            else {
                return i64::MAX;
            };
            // Quarters of a power: only what is whole exists.
            if step % 4 == 0 && (step / 4) as f64 >= least && (step / 4) % tick == 0 {
                return step / 4;
            }
        }
        power = match power.checked_mul(10) {
            Some(power) => power,
            None => return i64::MAX,
        };
    }
}

/// The axis' labels from the top down, at least `min_gap` device pixels apart. `out` is reused.
pub fn price_ticks(
    scale: &PriceScale,
    min_gap: f64,
    tick: i64,
    decimals: u8,
    out: &mut Vec<PriceTick>,
) {
    out.clear();
    if scale.is_log() {
        let mut prices = log_prices(scale, min_gap, tick);
        prices.sort_unstable_by(|a, b| b.cmp(a));
        out.extend(prices.into_iter().map(|price| PriceTick {
            price: Price(price),
            y: scale.row(Price(price)),
            label: format::price(Price(price), decimals),
        }));
        return;
    }
    let step = price_step(scale, min_gap, tick);
    let (low, high) = scale.range();
    let mut number = (high / step as f64).floor() as i64;
    while let Some(price) = number.checked_mul(step).map(Price) {
        if (price.0 as f64) < low {
            break;
        }
        out.push(PriceTick {
            price,
            y: scale.row(price),
            label: format::price(price, decimals),
        });
        number -= 1;
    }
}

/// The axis has room for this where it counts in percent.
const WIDEST_PERCENT: &str = "+100.00 %";

/// The axis' width in characters: it grows at once, and shrinks only when two are spare, so that
/// panning does not make it breathe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxisWidth {
    digits: u32,
    decimals: u8,
    is_percent: bool,
}

impl AxisWidth {
    /// Makes room for the largest price that may be named, and for percent where the axis counts in
    /// them. Says whether the width changed.
    pub fn fit(&mut self, largest: f64, decimals: u8, is_percent: bool) -> bool {
        let whole = largest.abs() / 10_f64.powi(i32::from(decimals));
        let digits = whole.max(1.0).log10().floor() as u32 + 1;
        let fits = digits <= self.digits && self.digits < digits + 2;
        if fits && decimals == self.decimals && is_percent == self.is_percent {
            return false;
        }
        *self = Self {
            digits,
            decimals,
            is_percent,
        };
        true
    }

    /// Width of the widest label, CSS pixels.
    #[must_use]
    pub fn label_width(&self, metrics: LabelMetrics) -> f64 {
        let digits = self.digits + u32::from(self.decimals);
        let separators = self.digits.saturating_sub(1) / 3 + u32::from(self.decimals > 0);
        let price = f64::from(digits) * metrics.digit + f64::from(separators) * metrics.separator;
        if self.is_percent {
            price.max(metrics.width(WIDEST_PERCENT))
        } else {
            price
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_are_round_and_fit_the_tick() {
        for (span, tick, expected) in [
            (40_000.0, 1, 5_000),
            (30_000.0, 1, 5_000),
            (18_000.0, 1, 2_500),
            (40.0, 1, 5),
            (15.0, 1, 2),
            (4.0, 1, 1),
            (4.0, 50, 50),
            (900.0, 25, 200),
            (900.0, 50, 200),
            (800.0, 50, 100),
            (100.0, 3, 15),
        ] {
            let scale = PriceScale::over(6_400_000.0, 6_400_000.0 + span, 400);
            let step = price_step(&scale, 45.0, tick);
            assert_eq!(step, expected, "span {span}, tick {tick}");
        }
    }

    #[test]
    fn the_axis_keeps_its_width() {
        let mut width = AxisWidth::default();
        assert!(width.fit(9_800_000.0, 2, false));
        assert!(!width.fit(900_000.0, 2, false), "one spare digit stays");
        assert!(width.fit(10_100_000.0, 2, false));
        assert!(!width.fit(9_900_000.0, 2, false));
        assert!(width.fit(900_000.0, 2, false));
        assert!(
            (width.label_width(LabelMetrics::default())
                - LabelMetrics::default().width("9,000.00"))
            .abs()
                < 1e-9
        );
    }

    fn is_round(step: i64, tick: i64) -> bool {
        let stripped = |mut n: i64| {
            while n % 10 == 0 {
                n /= 10;
            }
            n
        };
        matches!(stripped(step), 1 | 2 | 25 | 5)
            || step % tick == 0 && matches!(stripped(step / tick), 1 | 2 | 25 | 5)
    }

    proptest! {
        #[test]
        fn labels_never_overlap_and_are_ticks(
            low in 0_i64..10_000_000_000,
            span in 1.0_f64..1e10,
            height in 60_i32..4_000,
            gap in 12.0_f64..80.0,
            tick in prop::sample::select(vec![1_i64, 2, 5, 10, 25, 50, 100, 3, 125]),
            decimals in 0_u8..10,
        ) {
            let scale = PriceScale::over(low as f64, low as f64 + span, height);
            let mut ticks = Vec::new();
            price_ticks(&scale, gap, tick, decimals, &mut ticks);
            let step = price_step(&scale, gap, tick);
            prop_assert!(is_round(step, tick), "{}", step);
            for tick_label in &ticks {
                prop_assert_eq!(tick_label.price.0 % tick, 0);
                let shown = tick_label.label.split_once('.').map_or(0, |(_, d)| d.len());
                prop_assert_eq!(shown, usize::from(decimals));
                prop_assert!((0..=height).contains(&tick_label.y));
            }
            for pair in ticks.windows(2) {
                prop_assert!(f64::from(pair[1].y - pair[0].y) >= gap - 1.0);
            }
        }
    }
}

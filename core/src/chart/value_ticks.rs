//! Which values an axis names that counts no prices: an indicator's pane, percent.

use super::format;
use super::price_scale::PriceScale;

/// 1, 2, 2.5 or 5 × 10^k.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RoundStep {
    /// 4, 8, 10 or 20.
    quarters: i32,
    power: i32,
}

impl RoundStep {
    /// The smallest that is at least `least`, which is positive.
    fn at_least(least: f64) -> Self {
        let power = least.log10().floor() as i32;
        // The power before, because logarithms are rounded.
        (power - 1..=power + 1)
            .flat_map(|power| [4, 8, 10, 20].map(|quarters| Self { quarters, power }))
            .find(|step| step.value() >= least * (1.0 - 1e-12))
            .unwrap_or(Self {
                quarters: 40,
                power: power + 1,
            })
    }

    fn value(self) -> f64 {
        f64::from(self.quarters) / 4.0 * 10_f64.powi(self.power)
    }

    /// Decimals that its multiples need.
    fn decimals(self) -> u8 {
        let of_step = i32::from(self.quarters == 10);
        u8::try_from((of_step - self.power).clamp(0, 12)).unwrap_or(0)
    }
}

/// A value that an axis names.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueTick {
    /// A multiple of the step.
    pub value: f64,
    /// Row of the grid line, device pixels from the chart's top.
    pub y: i32,
    /// As people read it.
    pub label: String,
}

/// The values to name from the top down, at least `min_gap` device pixels apart.
#[must_use]
pub fn value_ticks(scale: &PriceScale, min_gap: f64) -> Vec<ValueTick> {
    let (low, high) = scale.range();
    let step = RoundStep::at_least(min_gap / scale.px_per_count(low));
    multiples(step, (low, high))
        .map(|value| ValueTick {
            value,
            y: scale.y(value).round() as i32,
            label: short(value, step.decimals()),
        })
        .collect()
}

/// The same in percent above `base`, a price.
#[must_use]
pub fn percent_ticks(scale: &PriceScale, base: f64, min_gap: f64) -> Vec<ValueTick> {
    let (low, high) = scale.range();
    let percent = |price: f64| (price / base - 1.0) * 100.0;
    let px_per_percent = scale.px_per_count(base) * base / 100.0;
    let step = RoundStep::at_least(min_gap / px_per_percent);
    multiples(step, (percent(low), percent(high)))
        .map(|value| ValueTick {
            value,
            y: scale.y(base * (1.0 + value / 100.0)).round() as i32,
            label: format::signed_percent(value, step.decimals().max(2)),
        })
        .collect()
}

/// Multiples of a step in a range, from the top down.
fn multiples(step: RoundStep, (low, high): (f64, f64)) -> impl Iterator<Item = f64> {
    let step = step.value();
    let first = (high / step).floor();
    (0_u32..)
        .map(move |number| (first - f64::from(number)) * step)
        .take_while(move |value| *value >= low && step > 0.0)
}

/// Large values are written short: an axis has little room.
fn short(value: f64, decimals: u8) -> String {
    if value.abs() >= 100_000.0 {
        format::compact(value)
    } else {
        format::decimal(value, decimals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::price_scale::{Rows, ScaleMode};
    use proptest::prelude::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        let rows = Rows {
            top: 100,
            height: 100,
        };
        let scale = PriceScale::of((low, high), ScaleMode::Linear, rows);
        let ticks = value_ticks(&scale, 30.0);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn values_are_round_and_short() {
        for (low, high, expected) in [
            (0.0, 100.0, vec!["100", "50", "0"]),
            (-0.8, 0.8, vec!["0.5", "0.0", "−0.5"]),
            (0.0, 0.06, vec!["0.06", "0.04", "0.02", "0.00"]),
            (0.0, 7.0, vec!["5.0", "2.5", "0.0"]),
            (1e6, 3e6, vec!["3.0M", "2.0M", "1.0M"]),
        ] {
            assert_eq!(labels(low, high), expected, "{low} to {high}");
        }
    }

    #[test]
    fn percent_counts_from_its_base() {
        let rows = Rows {
            top: 0,
            height: 200,
        };
        let scale = PriceScale::of((9_900.0, 10_300.0), ScaleMode::Percent, rows);
        let ticks = percent_ticks(&scale, 10_000.0, 40.0);
        let found: Vec<(&str, i32)> = ticks.iter().map(|t| (t.label.as_str(), t.y)).collect();
        let expected = [
            ("+3.00 %", 0),
            ("+2.00 %", 50),
            ("+1.00 %", 100),
            ("0.00 %", 150),
            ("−1.00 %", 200),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn labels_never_overlap_nor_repeat(low in -1e6_f64..1e6, span in 1e-6_f64..1e6, height in 40_i32..2_000, gap in 12.0_f64..60.0) {
            let scale = PriceScale::of((low, low + span), ScaleMode::Linear, Rows { top: 7, height });
            let ticks = value_ticks(&scale, gap);
            for pair in ticks.windows(2) {
                prop_assert!(f64::from(pair[1].y - pair[0].y) >= gap - 1.0);
                prop_assert!(pair[0].label != pair[1].label || pair[0].value.abs() > 99_999.0);
            }
            for tick in &ticks {
                prop_assert!((7..=7 + height).contains(&tick.y));
            }
        }
    }
}

//! Where prices stand from top to bottom.
//!
//! Linear for now; logarithm and percent would be other ways through [`PriceScale::y`] and
//! [`PriceScale::price`], and nothing else knows how they are computed.

use crate::model::Price;

use super::bar::Extremes;

/// Share of the plot left free above the highest price.
const MARGIN_ABOVE: f64 = 0.10;
/// Share left free below the lowest: most of it belongs to the volume.
const MARGIN_BELOW: f64 = 0.15;

/// A range of prices over a height in device pixels, counted from the top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceScale {
    low: f64,
    high: f64,
    height: f64,
}

impl PriceScale {
    /// Shows the extremes with free room above and below. Prices that are all the same get
    /// `tick`s around them.
    #[must_use]
    pub fn fit(extremes: Extremes, height: i32, tick: i64) -> Self {
        let (mut low, mut high) = (extremes.low.0 as f64, extremes.high.0 as f64);
        let least = 4.0 * tick.max(1) as f64;
        if high - low < least {
            let middle = f64::midpoint(low, high);
            (low, high) = (middle - least / 2.0, middle + least / 2.0);
        }
        let span = (high - low) / (1.0 - MARGIN_ABOVE - MARGIN_BELOW);
        Self::over(
            low - span * MARGIN_BELOW,
            high + span * MARGIN_ABOVE,
            height,
        )
    }

    /// Shows `low` at the bottom and `high` at the top, counts of 10^−decimals.
    #[must_use]
    pub fn over(low: f64, high: f64, height: i32) -> Self {
        Self {
            low,
            high: if high > low { high } else { low + 1.0 },
            height: f64::from(height.max(1)),
        }
    }

    /// Height in device pixels.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Prices at the bottom and at the top.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Device pixels per count.
    #[must_use]
    pub fn px_per_count(&self) -> f64 {
        self.height / (self.high - self.low)
    }

    /// Device pixels from the top; outside the plot for prices outside the range.
    #[must_use]
    pub fn y(&self, price: f64) -> f64 {
        (self.high - price) * self.px_per_count()
    }

    /// The row of pixels nearest to a price.
    #[must_use]
    pub fn row(&self, price: Price) -> i32 {
        self.y(price.0 as f64).round() as i32
    }

    /// The price at device pixels from the top.
    #[must_use]
    pub fn price(&self, y: f64) -> f64 {
        self.high - y / self.px_per_count()
    }

    /// The price at `y`, as a multiple of the instrument's tick.
    #[must_use]
    pub fn price_on_tick(&self, y: f64, tick: i64) -> Price {
        let tick = tick.max(1);
        Price(((self.price(y) / tick as f64).round() as i64).saturating_mul(tick))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Volume;
    use proptest::prelude::*;

    fn extremes(low: i64, high: i64) -> Extremes {
        Extremes {
            low: Price(low),
            high: Price(high),
            volume: Volume::ZERO,
        }
    }

    #[test]
    fn extremes_stand_inside_the_margins() {
        let scale = PriceScale::fit(extremes(1_000, 2_000), 400, 1);
        assert!((scale.y(2_000.0) - 40.0).abs() < 1e-9);
        assert!((scale.y(1_000.0) - 340.0).abs() < 1e-9);
    }

    #[test]
    fn a_flat_market_has_a_range() {
        let scale = PriceScale::fit(extremes(500, 500), 400, 25);
        let (low, high) = scale.range();
        assert!(low < 450.0 + 25.0 && high > 525.0);
        assert_eq!(scale.price_on_tick(scale.y(500.0), 25), Price(500));
    }

    proptest! {
        #[test]
        fn price_undoes_y(low in 0_i64..1_000_000_000_000, span in 0_i64..1_000_000_000, height in 1..5_000, at in 0.0_f64..1.0) {
            let scale = PriceScale::fit(extremes(low, low + span), height, 1);
            let y = at * f64::from(height);
            prop_assert!((scale.y(scale.price(y)) - y).abs() < 1e-2);
        }
    }
}

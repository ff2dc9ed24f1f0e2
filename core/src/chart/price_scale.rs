//! Where prices, or an indicator's values, stand from top to bottom.
//!
//! Linear, or by the logarithm. The percent scale is linear: only its labels differ
//! ([`super::price_ticks`]).

use serde::{Deserialize, Serialize};

use crate::model::Price;

use super::bar::Extremes;

/// Share of the plot left free above the highest price.
const MARGIN_ABOVE: f64 = 0.10;
/// Share left free below the lowest: most of it belongs to the volume.
const MARGIN_BELOW: f64 = 0.15;

/// How a price axis counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScaleMode {
    /// Equal differences are equally far apart.
    #[default]
    Linear,
    /// Equal ratios are equally far apart.
    Log,
    /// Linear, counted in percent of the first close in view.
    Percent,
}

impl ScaleMode {
    /// Every mode, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Log, Self::Percent];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Log => "log",
            Self::Percent => "percent",
        }
    }

    /// The name in the menu.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Linear => "Linear",
            Self::Log => "Logarithm",
            Self::Percent => "Percent",
        }
    }
}

/// Rows of device pixels that a scale covers, from the chart's top edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The first.
    pub top: i32,
    /// How many.
    pub height: i32,
}

impl Rows {
    /// One past the last row.
    #[must_use]
    pub fn bottom(self) -> i32 {
        self.top + self.height
    }
}

/// A range of prices over rows of device pixels, counted from the chart's top edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceScale {
    low: f64,
    high: f64,
    top: f64,
    height: f64,
    is_log: bool,
    /// What the highest row stands for on the axis' own measure: a price, or its logarithm.
    measure_high: f64,
    /// Device pixels per unit of that measure.
    px: f64,
}

impl PriceScale {
    /// Shows the extremes with free room above and below. Prices that are all the same get
    /// `tick`s around them.
    #[must_use]
    pub fn fit(extremes: Extremes, height: i32, tick: i64) -> Self {
        let range = (extremes.low.0 as f64, extremes.high.0 as f64);
        let least = 4.0 * tick.max(1) as f64;
        let rows = Rows { top: 0, height };
        Self::with_margins(range, least, ScaleMode::Linear, rows)
    }

    /// Shows a range with the price pane's free room above and below; one narrower than `least`
    /// is widened to it.
    #[must_use]
    pub fn with_margins(range: (f64, f64), least: f64, mode: ScaleMode, rows: Rows) -> Self {
        Self::spread(range, least, (MARGIN_ABOVE, MARGIN_BELOW), mode, rows)
    }

    /// Shows a range with shares of the height left free above and below it.
    #[must_use]
    pub fn spread(
        (mut low, mut high): (f64, f64),
        least: f64,
        (above, below): (f64, f64),
        mode: ScaleMode,
        rows: Rows,
    ) -> Self {
        if high - low < least {
            let middle = f64::midpoint(low, high);
            (low, high) = (middle - least / 2.0, middle + least / 2.0);
        }
        let is_log = mode == ScaleMode::Log && low > 0.0;
        let measure = |price: f64| if is_log { price.ln() } else { price };
        let (bottom, top) = (measure(low), measure(high));
        let span = (top - bottom) / (1.0 - above - below);
        let price = |measure: f64| if is_log { measure.exp() } else { measure };
        let range = (price(bottom - span * below), price(top + span * above));
        Self::of(range, mode, rows)
    }

    /// Shows `low` at the bottom and `high` at the top, counts of 10^−decimals, linear.
    #[must_use]
    pub fn over(low: f64, high: f64, height: i32) -> Self {
        let rows = Rows { top: 0, height };
        Self::of((low, high), ScaleMode::Linear, rows)
    }

    /// Shows a range as a mode counts. A logarithm needs prices above zero: a range that is not
    /// wholly there is linear.
    #[must_use]
    pub fn of((low, high): (f64, f64), mode: ScaleMode, rows: Rows) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let is_log = mode == ScaleMode::Log && low > 0.0;
        let measure = |price: f64| if is_log { price.ln() } else { price };
        let height = f64::from(rows.height.max(1));
        Self {
            low,
            high,
            top: f64::from(rows.top),
            height,
            is_log,
            measure_high: measure(high),
            px: height / (measure(high) - measure(low)),
        }
    }

    /// The first row of device pixels.
    #[must_use]
    pub fn top(&self) -> f64 {
        self.top
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

    /// Whether equal ratios are equally far apart.
    #[must_use]
    pub fn is_log(&self) -> bool {
        self.is_log
    }

    /// Device pixels per count at a price.
    #[must_use]
    pub fn px_per_count(&self, price: f64) -> f64 {
        if self.is_log {
            self.px / price.max(f64::MIN_POSITIVE)
        } else {
            self.px
        }
    }

    /// Device pixels from the chart's top; outside the pane for prices outside the range.
    #[must_use]
    pub fn y(&self, price: f64) -> f64 {
        self.top + (self.measure_high - self.measure(price)) * self.px
    }

    /// [`Self::y`], at most a few heights outside the pane: a line to there looks as if it went
    /// on, and a canvas takes no coordinate too large.
    #[must_use]
    pub fn near(&self, price: f64) -> f64 {
        let reach = 4.0 * self.height;
        self.y(price)
            .clamp(self.top - reach, self.top + self.height + reach)
    }

    /// The row of pixels nearest to a price.
    #[must_use]
    pub fn row(&self, price: Price) -> i32 {
        self.y(price.0 as f64).round() as i32
    }

    /// The price at device pixels from the chart's top.
    #[must_use]
    pub fn price(&self, y: f64) -> f64 {
        let measure = self.measure_high - (y - self.top) / self.px;
        if self.is_log { measure.exp() } else { measure }
    }

    /// The price at `y`, as a multiple of the instrument's tick.
    #[must_use]
    pub fn price_on_tick(&self, y: f64, tick: i64) -> Price {
        let tick = tick.max(1);
        Price(((self.price(y) / tick as f64).round() as i64).saturating_mul(tick))
    }

    /// The range that shows its middle `factor` times as large.
    #[must_use]
    pub fn stretched(&self, factor: f64) -> (f64, f64) {
        let middle = self.top + self.height / 2.0;
        let half = self.height / 2.0 / factor;
        (self.price(middle + half), self.price(middle - half))
    }

    /// The range after everything moved down by so many device pixels.
    #[must_use]
    pub fn moved(&self, px: f64) -> (f64, f64) {
        (
            self.price(self.top + self.height - px),
            self.price(self.top - px),
        )
    }

    fn measure(&self, price: f64) -> f64 {
        if self.is_log {
            price.max(f64::MIN_POSITIVE).ln()
        } else {
            price
        }
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

    const ROWS: Rows = Rows {
        top: 50,
        height: 400,
    };

    #[test]
    fn extremes_stand_inside_the_margins() {
        let scale = PriceScale::fit(extremes(1_000, 2_000), 400, 1);
        assert!((scale.y(2_000.0) - 40.0).abs() < 1e-9);
        assert!((scale.y(1_000.0) - 340.0).abs() < 1e-9);
        for mode in ScaleMode::ALL {
            let scale = PriceScale::with_margins((1_000.0, 2_000.0), 1.0, mode, ROWS);
            assert!((scale.y(2_000.0) - 90.0).abs() < 1e-9, "{mode:?}");
            assert!((scale.y(1_000.0) - 390.0).abs() < 1e-9, "{mode:?}");
        }
    }

    #[test]
    fn a_flat_market_has_a_range() {
        let scale = PriceScale::fit(extremes(500, 500), 400, 25);
        let (low, high) = scale.range();
        assert!(low < 450.0 + 25.0 && high > 525.0);
        assert_eq!(scale.price_on_tick(scale.y(500.0), 25), Price(500));
    }

    #[test]
    fn equal_ratios_are_equally_far_apart() {
        let scale = PriceScale::of((1_000.0, 16_000.0), ScaleMode::Log, ROWS);
        for (price, y) in [
            (1_000.0, 450.0),
            (2_000.0, 350.0),
            (4_000.0, 250.0),
            (16_000.0, 50.0),
        ] {
            assert!((scale.y(price) - y).abs() < 1e-9, "{price}");
        }
        assert!((scale.px_per_count(2_000.0) / scale.px_per_count(4_000.0) - 2.0).abs() < 1e-9);
        let below_zero = PriceScale::of((-5.0, 16_000.0), ScaleMode::Log, ROWS);
        assert!(!below_zero.is_log());
    }

    #[test]
    fn names_are_those_of_the_settings() {
        for mode in ScaleMode::ALL {
            let name = serde_json::to_string(&mode).expect("a name");
            assert_eq!(name, format!("{:?}", mode.name()));
        }
    }

    proptest! {
        #[test]
        fn price_undoes_y(low in 1_i64..1_000_000_000_000, span in 0_i64..1_000_000_000, height in 1..5_000, at in 0.0_f64..1.0, mode in prop::sample::select(ScaleMode::ALL.to_vec())) {
            let rows = Rows { top: 30, height };
            let range = (low as f64, (low + span) as f64);
            let scale = PriceScale::with_margins(range, 4.0, mode, rows);
            let y = 30.0 + at * f64::from(height);
            prop_assert!((scale.y(scale.price(y)) - y).abs() < 1e-2);
        }

        #[test]
        fn stretching_keeps_the_middle_and_moving_the_size(factor in 0.2_f64..5.0, px in -300.0_f64..300.0, mode in prop::sample::select(ScaleMode::ALL.to_vec())) {
            let scale = PriceScale::of((4_000.0, 7_000.0), mode, ROWS);
            let stretched = PriceScale::of(scale.stretched(factor), mode, ROWS);
            prop_assert!((stretched.price(250.0) / scale.price(250.0) - 1.0).abs() < 1e-9 || !stretched.is_log() && scale.is_log());
            let moved = scale.moved(px);
            if mode != ScaleMode::Log || moved.0 > 0.0 {
                let moved = PriceScale::of(moved, mode, ROWS);
                prop_assert!((moved.y(5_000.0) - scale.y(5_000.0) - px).abs() < 1e-6);
            }
        }
    }
}

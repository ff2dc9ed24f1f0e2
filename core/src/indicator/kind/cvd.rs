//! Cumulative volume delta: taker buys less taker sells, added up.
//!
//! A bar of which the buy volume is not known has no value, and the sum starts anew, at zero,
//! behind it: a line never bridges what nobody counted.

use serde::{Deserialize, Serialize};

use crate::indicator::field::RESET;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static CVD: IndicatorSpec = IndicatorSpec {
    id: "cvd",
    label: "Cumulative volume delta",
    short: "CVD",
    about: "What takers bought less what they sold, added up over the day or over all bars.",
    place: Place::AROUND_ZERO,
    fields: &[RESET],
    ascending: &[],
    outputs: &[Output::line("value", "CVD", Unit::Volume, 0)],
    warm_up: |_, _| 0,
    start: |params| {
        Box::new(Cvd {
            resets_daily: params.resets_daily(),
            day: i64::MIN,
            sum: None,
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Cvd {
    resets_daily: bool,
    day: i64,
    /// `None` before the first bar and behind one that is not known.
    sum: Option<f64>,
}

impl Cvd {
    fn sum_with(&self, bar: &Ohlcv) -> Option<f64> {
        let goes_on = !self.resets_daily || bar.day() == self.day;
        let sum = self.sum.filter(|_| goes_on).unwrap_or(0.0);
        Some(sum + bar.delta()?)
    }
}

impl Indicator for Cvd {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if let Some(sum) = self.sum_with(bar) {
            out[0] = sum;
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.sum = self.sum_with(bar);
        self.day = bar.day();
    }
}

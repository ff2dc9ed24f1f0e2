//! Simple moving average: the mean of the last prices.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::Window;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static SMA: IndicatorSpec = IndicatorSpec {
    id: "sma",
    label: "Simple moving average",
    short: "SMA",
    about: "The mean of the last prices.",
    place: Place::OverPrice,
    fields: &[Field::bars("period", "Period", 1, 20), SOURCE],
    ascending: &[],
    outputs: &[Output::line("value", "SMA", Unit::Price, 0)],
    warm_up: |params, _| params.bars("period") - 1,
    start: |params| {
        Box::new(Sma {
            source: params.source(),
            prices: Window::new(params.bars("period") - 1),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Sma {
    source: Source,
    /// All of the period but the bar that is looked at.
    prices: Window,
}

impl Indicator for Sma {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.prices.is_full() {
            out[0] = self.prices.sums_with(self.source.of(bar)).mean();
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.prices.push(self.source.of(bar));
    }
}

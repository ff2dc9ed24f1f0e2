//! Volatility: the sample standard deviation of the last closes, the newest included, as a share
//! of the newest.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::Window;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static VOLATILITY: IndicatorSpec = IndicatorSpec {
    id: "volatility",
    label: "Volatility",
    short: "Vol",
    about: "The sample standard deviation of the last closes, as a share of the price.",
    place: Place::AROUND_ZERO,
    fields: &[Field::bars("period", "Period", 2, 14)],
    ascending: &[],
    outputs: &[Output::line("value", "Volatility", Unit::Plain, 6)],
    warm_up: |params, _| params.bars("period") - 1,
    start: |params| {
        Box::new(Volatility {
            before: Window::new(params.bars("period") - 1),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Volatility {
    /// Closes of the bars before the newest.
    before: Window,
}

impl Indicator for Volatility {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.before.is_full() {
            let share = self.before.sums_with(bar.close).sample_deviation() / bar.close.abs();
            if share.is_finite() {
                out[0] = share;
            }
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.before.push(bar.close);
    }
}

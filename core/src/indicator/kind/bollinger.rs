//! Bollinger bands: a moving average and the standard deviation around it.
//!
//! Source: J. Bollinger, "Bollinger on Bollinger Bands", 2001. The deviation is that of the
//! population, as there and in TA-Lib.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::Window;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static BOLLINGER: IndicatorSpec = IndicatorSpec {
    id: "bollinger",
    label: "Bollinger bands",
    short: "BB",
    about: "The mean of the last prices, and a channel some standard deviations around it.",
    place: Place::OverPrice,
    fields: &[
        Field::bars("period", "Period", 2, 20),
        Field::factor("multiplier", "Deviations", 2.0),
        SOURCE,
    ],
    ascending: &[],
    outputs: &[
        Output::band("upper", "Upper", 5, 2),
        Output::line("middle", "Middle", Unit::Price, 5),
        Output::line("lower", "Lower", Unit::Price, 5),
    ],
    warm_up: |params, _| params.bars("period") - 1,
    start: |params| {
        Box::new(Bollinger {
            source: params.source(),
            multiplier: params.factor("multiplier"),
            prices: Window::new(params.bars("period") - 1),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Bollinger {
    source: Source,
    multiplier: f64,
    /// All of the period but the bar that is looked at.
    prices: Window,
}

impl Indicator for Bollinger {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.prices.is_full() {
            let sums = self.prices.sums_with(self.source.of(bar));
            let (middle, reach) = (sums.mean(), self.multiplier * sums.deviation());
            out.copy_from_slice(&[middle + reach, middle, middle - reach]);
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.prices.push(self.source.of(bar));
    }
}

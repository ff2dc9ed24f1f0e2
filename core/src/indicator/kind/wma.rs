//! Weighted moving average: the newest price counts as often as the period is long, the oldest
//! once.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::Ring;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static WMA: IndicatorSpec = IndicatorSpec {
    id: "wma",
    label: "Weighted moving average",
    short: "WMA",
    about: "A mean of the last prices in which newer ones weigh more, in equal steps.",
    place: Place::OverPrice,
    fields: &[Field::bars("period", "Period", 1, 20), SOURCE],
    ascending: &[],
    outputs: &[Output::line("value", "WMA", Unit::Price, 2)],
    warm_up: |params, _| params.bars("period") - 1,
    start: |params| {
        Box::new(Wma {
            source: params.source(),
            prices: Ring::new(params.bars("period") - 1),
            sum: 0.0,
            weighted: 0.0,
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Wma {
    source: Source,
    /// All of the period but the bar that is looked at.
    prices: Ring,
    sum: f64,
    /// The oldest price once, the next twice, and so on.
    weighted: f64,
}

impl Indicator for Wma {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.prices.is_full() {
            let period = self.prices.len() as f64 + 1.0;
            let weighted = self.weighted + period * self.source.of(bar);
            out[0] = weighted / (period * (period + 1.0) / 2.0);
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        let price = self.source.of(bar);
        if let Some(oldest) = self.prices.oldest() {
            self.weighted -= self.sum;
            self.sum -= oldest;
        }
        if self.prices.push(price) {
            (self.sum, self.weighted) = (0.0, 0.0);
            for (price, weight) in self.prices.iter().zip(1_u32..) {
                self.sum += price;
                self.weighted += price * f64::from(weight);
            }
        } else {
            self.sum += price;
            self.weighted += price * self.prices.len() as f64;
        }
    }
}

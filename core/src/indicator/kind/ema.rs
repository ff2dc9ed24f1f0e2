//! Exponential moving average, begun with the mean of its first period as TA-Lib does.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::Average;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static EMA: IndicatorSpec = IndicatorSpec {
    id: "ema",
    label: "Exponential moving average",
    short: "EMA",
    about: "A mean in which the weight of a price fades by the same share with every bar.",
    place: Place::OverPrice,
    fields: &[Field::bars("period", "Period", 1, 20), SOURCE],
    ascending: &[],
    outputs: &[Output::line("value", "EMA", Unit::Price, 1)],
    warm_up: |params, _| params.bars("period") - 1,
    start: |params| {
        Box::new(Ema {
            source: params.source(),
            average: Average::exponential(params.bars("period")),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Ema {
    source: Source,
    average: Average,
}

impl Indicator for Ema {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if let Some(value) = self.average.with(self.source.of(bar)).value() {
            out[0] = value;
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.average = self.average.with(self.source.of(bar));
    }
}

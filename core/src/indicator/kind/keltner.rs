//! Keltner channel in the form of Linda Raschke: an exponential average and the average true
//! range around it.
//!
//! Of closes, as charts usually have it; with the source `hlc3` it is TA-Lib's `KC`.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::{Average, TrueRange};
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static KELTNER: IndicatorSpec = IndicatorSpec {
    id: "keltner",
    label: "Keltner channel",
    short: "KC",
    about: "An exponential average of prices, and a channel some average true ranges around it.",
    place: Place::OverPrice,
    fields: &[
        Field::bars("period", "Period", 1, 20),
        Field::bars("range_period", "Period of the range", 1, 10),
        Field::factor("multiplier", "Ranges", 2.0),
        SOURCE,
    ],
    ascending: &[],
    outputs: &[
        Output::band("upper", "Upper", 6, 2),
        Output::line("middle", "Middle", Unit::Price, 6),
        Output::line("lower", "Lower", Unit::Price, 6),
    ],
    warm_up: |params, _| (params.bars("period") - 1).max(params.bars("range_period")),
    start: |params| {
        Box::new(Keltner {
            source: params.source(),
            multiplier: params.factor("multiplier"),
            middle: Average::exponential(params.bars("period")),
            previous: TrueRange::default(),
            range: Average::wilder(params.bars("range_period")),
        })
    },
};

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Keltner {
    source: Source,
    multiplier: f64,
    middle: Average,
    previous: TrueRange,
    range: Average,
}

impl Keltner {
    fn with(self, bar: &Ohlcv) -> Self {
        let range = self.previous.of(bar);
        Self {
            middle: self.middle.with(self.source.of(bar)),
            previous: self.previous.with(bar),
            range: range.map_or(self.range, |range| self.range.with(range)),
            ..self
        }
    }
}

impl Indicator for Keltner {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        let next = self.with(bar);
        if let (Some(middle), Some(range)) = (next.middle.value(), next.range.value()) {
            let reach = self.multiplier * range;
            out.copy_from_slice(&[middle + reach, middle, middle - reach]);
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        *self = self.with(bar);
    }
}

//! Relative strength index with Wilder's smoothing.
//!
//! Source: J. W. Wilder, "New Concepts in Technical Trading Systems", 1978; as in TA-Lib it is 0
//! where prices have not moved at all.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::Average;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static RSI: IndicatorSpec = IndicatorSpec {
    id: "rsi",
    label: "Relative strength index",
    short: "RSI",
    about: "The share of rises in all that prices moved lately, from 0 to 100.",
    place: Place::percent(&[30.0, 70.0]),
    fields: &[Field::bars("period", "Period", 1, 14), SOURCE],
    ascending: &[],
    outputs: &[Output::line("value", "RSI", Unit::Plain, 0)],
    warm_up: |params, _| params.bars("period"),
    start: |params| {
        let average = Average::wilder(params.bars("period"));
        Box::new(Rsi {
            source: params.source(),
            price: None,
            rise: average,
            fall: average,
        })
    },
};

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Rsi {
    source: Source,
    price: Option<f64>,
    rise: Average,
    fall: Average,
}

impl Rsi {
    fn with(self, bar: &Ohlcv) -> Self {
        let price = self.source.of(bar);
        let next = Self {
            price: Some(price),
            ..self
        };
        match self.price {
            None => next,
            Some(last) => Self {
                rise: self.rise.with((price - last).max(0.0)),
                fall: self.fall.with((last - price).max(0.0)),
                ..next
            },
        }
    }
}

impl Indicator for Rsi {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        let next = self.with(bar);
        if let (Some(rise), Some(fall)) = (next.rise.value(), next.fall.value()) {
            let moved = rise + fall;
            out[0] = if moved > 0.0 {
                100.0 * (rise / moved)
            } else {
                0.0
            };
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        *self = self.with(bar);
    }
}

//! Average true range with Wilder's smoothing.
//!
//! Source: J. W. Wilder, "New Concepts in Technical Trading Systems", 1978. As in TA-Lib the
//! first bar, which has no close before it, does not count.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::{Average, TrueRange};
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static ATR: IndicatorSpec = IndicatorSpec {
    id: "atr",
    label: "Average true range",
    short: "ATR",
    about: "How far prices reach within a bar on average, the step from the close before \
            included.",
    place: Place::Pane {
        bounds: None,
        guides: &[],
    },
    fields: &[Field::bars("period", "Period", 1, 14)],
    ascending: &[],
    outputs: &[Output::line("value", "ATR", Unit::Price, 0)],
    warm_up: |params, _| params.bars("period"),
    start: |params| {
        Box::new(Atr {
            previous: TrueRange::default(),
            average: Average::wilder(params.bars("period")),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Atr {
    previous: TrueRange,
    average: Average,
}

impl Atr {
    fn average_with(&self, bar: &Ohlcv) -> Average {
        let range = self.previous.of(bar);
        range.map_or(self.average, |range| self.average.with(range))
    }
}

impl Indicator for Atr {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if let Some(value) = self.average_with(bar).value() {
            out[0] = value;
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.average = self.average_with(bar);
        self.previous = self.previous.with(bar);
    }
}

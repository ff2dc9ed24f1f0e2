//! Volume-weighted average price of the UTC day, with bands of standard deviations.
//!
//! Exact where bars carry their quote volume, else of typical prices. The deviation is that of
//! the bars' own average prices, weighted by volume: bars do not tell how prices spread inside.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::VolumePrice;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static VWAP_SESSION: IndicatorSpec = IndicatorSpec {
    id: "vwap_session",
    label: "VWAP of the day",
    short: "VWAP",
    about: "What a unit cost on average since midnight UTC, with bands of standard deviations.",
    place: Place::OverPrice,
    fields: &[
        Field::factor("inner", "Inner bands, deviations", 1.0),
        Field::factor("outer", "Outer bands, deviations", 2.0),
    ],
    ascending: &[("inner", "outer")],
    outputs: &[
        Output::line("value", "VWAP", Unit::Price, 3),
        Output::band("upper", "Upper", 3, 2),
        Output::line("lower", "Lower", Unit::Price, 3),
        Output::line("outer_upper", "Outer upper", Unit::Price, 3),
        Output::line("outer_lower", "Outer lower", Unit::Price, 3),
    ],
    warm_up: |_, _| 0,
    start: |params| {
        Box::new(SessionVwap {
            factors: [params.factor("inner"), params.factor("outer")],
            day: i64::MIN,
            sums: VolumePrice::default(),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct SessionVwap {
    factors: [f64; 2],
    day: i64,
    sums: VolumePrice,
}

impl SessionVwap {
    fn sums_with(&self, bar: &Ohlcv) -> VolumePrice {
        if bar.day() == self.day {
            self.sums.with(bar)
        } else {
            VolumePrice::default().with(bar)
        }
    }
}

impl Indicator for SessionVwap {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        self.sums_with(bar).write_bands(self.factors, out);
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.sums = self.sums_with(bar);
        self.day = bar.day();
    }
}

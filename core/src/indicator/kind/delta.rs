//! Volume delta of each bar: taker buys less taker sells; a gap where that is not known.

use serde::{Deserialize, Serialize};

use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static DELTA: IndicatorSpec = IndicatorSpec {
    id: "delta",
    label: "Volume delta",
    short: "Delta",
    about: "What takers bought less what they sold within each bar.",
    place: Place::AROUND_ZERO,
    fields: &[],
    ascending: &[],
    outputs: &[Output::histogram("value", "Delta", Unit::Volume)],
    warm_up: |_, _| 0,
    start: |_| Box::new(Delta),
};

#[derive(Clone, Serialize, Deserialize)]
struct Delta;

impl Indicator for Delta {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if let Some(delta) = bar.delta() {
            out[0] = delta;
        }
    }

    fn take(&mut self, _: &Ohlcv) {}
}

//! Relative volume: how many times the mean volume of the bars before it a bar has traded.
//!
//! The bar itself is left out of the mean, as in the volume z-score. Where nothing was traded
//! before, there is no ratio.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::Window;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static RVOL: IndicatorSpec = IndicatorSpec {
    id: "rvol",
    label: "Relative volume",
    short: "RVOL",
    about: "How many times the mean volume of the bars before it a bar has traded.",
    place: Place::Pane {
        bounds: None,
        guides: &[1.0],
    },
    fields: &[Field::bars("period", "Period", 1, 20)],
    ascending: &[],
    outputs: &[Output::histogram("value", "RVOL", Unit::Plain)],
    warm_up: |params, _| params.bars("period"),
    start: |params| {
        Box::new(RelativeVolume {
            volumes: Window::new(params.bars("period")),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct RelativeVolume {
    volumes: Window,
}

impl Indicator for RelativeVolume {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.volumes.is_full() {
            let ratio = bar.volume / self.volumes.sums().mean();
            if ratio.is_finite() && ratio >= 0.0 {
                out[0] = ratio;
            }
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.volumes.push(bar.volume);
    }
}

//! On-balance volume: the sum of volumes, of rising bars added, of falling ones taken away.
//!
//! Source: J. E. Granville, "New Key to Stock Market Profits", 1963. As in TA-Lib it begins with
//! the first bar's volume.

use serde::{Deserialize, Serialize};

use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static OBV: IndicatorSpec = IndicatorSpec {
    id: "obv",
    label: "On-balance volume",
    short: "OBV",
    about: "Volumes added up, those of bars that closed higher less those of bars that closed \
            lower.",
    place: Place::Pane {
        bounds: None,
        guides: &[],
    },
    fields: &[],
    ascending: &[],
    outputs: &[Output::line("value", "OBV", Unit::Volume, 0)],
    warm_up: |_, _| 0,
    start: |_| Box::new(Obv::default()),
};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Obv {
    close: Option<f64>,
    sum: f64,
}

impl Obv {
    fn sum_with(&self, bar: &Ohlcv) -> f64 {
        match self.close {
            Some(close) if bar.close < close => self.sum - bar.volume,
            Some(close) if bar.close == close => self.sum,
            _ => self.sum + bar.volume,
        }
    }
}

impl Indicator for Obv {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        out[0] = self.sum_with(bar);
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.sum = self.sum_with(bar);
        self.close = Some(bar.close);
    }
}

//! Volume z-score: how many standard deviations a bar's volume lies from the mean of the bars
//! before it.
//!
//! The bar itself is left out of mean and (sample) deviation, so that one outlier is not measured
//! by itself: inside its own window of n bars no score could pass (n - 1) / √n. Where volumes do
//! not differ, the same volume again scores 0 and any other has no score.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::Window;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static VOLUME_Z: IndicatorSpec = IndicatorSpec {
    id: "volume_z",
    label: "Volume z-score",
    short: "Volume z",
    about: "How many standard deviations the volume of a bar lies from the mean of the bars \
            before it.",
    place: Place::Pane {
        bounds: None,
        guides: &[0.0, 2.0],
    },
    fields: &[Field::bars("period", "Period", 2, 20)],
    ascending: &[],
    outputs: &[Output::histogram("value", "z", Unit::Plain)],
    warm_up: |params, _| params.bars("period"),
    start: |params| {
        Box::new(VolumeZ {
            volumes: Window::new(params.bars("period")),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct VolumeZ {
    volumes: Window,
}

impl Indicator for VolumeZ {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.volumes.is_full() {
            let sums = self.volumes.sums();
            let (distance, deviation) = (bar.volume - sums.mean(), sums.sample_deviation());
            if deviation > 0.0 {
                out[0] = distance / deviation;
            } else if distance == 0.0 {
                out[0] = 0.0;
            }
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.volumes.push(bar.volume);
    }
}

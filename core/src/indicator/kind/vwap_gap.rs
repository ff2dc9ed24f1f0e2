//! How far the price is from the volume-weighted average price of the UTC day.

use serde::{Deserialize, Serialize};

use crate::indicator::part::VolumePrice;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static VWAP_GAP: IndicatorSpec = IndicatorSpec {
    id: "vwap_gap",
    label: "Distance from the day's VWAP",
    short: "VWAP gap",
    about: "How far the price is from what a unit cost on average since midnight UTC, percent.",
    place: Place::AROUND_ZERO,
    fields: &[],
    ascending: &[],
    outputs: &[Output::histogram("value", "Gap, %", Unit::Plain)],
    warm_up: |_, _| 0,
    start: |_| {
        Box::new(VwapGap {
            day: i64::MIN,
            sums: VolumePrice::default(),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct VwapGap {
    day: i64,
    sums: VolumePrice,
}

impl VwapGap {
    fn sums_with(&self, bar: &Ohlcv) -> VolumePrice {
        let goes_on = bar.day() == self.day;
        let sums = if goes_on {
            self.sums
        } else {
            VolumePrice::default()
        };
        sums.with(bar)
    }
}

impl Indicator for VwapGap {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        let mut bands = [f64::NAN; 5];
        self.sums_with(bar).write_bands([1.0, 2.0], &mut bands);
        let gap = (bar.close - bands[0]) / bands[0].abs() * 100.0;
        if gap.is_finite() {
            out[0] = gap;
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.sums = self.sums_with(bar);
        self.day = bar.day();
    }
}

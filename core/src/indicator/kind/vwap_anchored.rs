//! Volume-weighted average price since a time, with bands of standard deviations; reckoned as
//! that of the day is.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, FieldKind};
use crate::indicator::part::VolumePrice;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};
use crate::model::UnixMs;

pub(super) static VWAP_ANCHORED: IndicatorSpec = IndicatorSpec {
    id: "vwap_anchored",
    label: "VWAP since a time",
    short: "AVWAP",
    about: "What a unit cost on average since a bar of the user's choice, with bands of standard \
            deviations.",
    place: Place::OverPrice,
    fields: &[
        Field {
            name: "anchor",
            label: "Since",
            kind: FieldKind::Time,
        },
        Field::factor("inner", "Inner bands, deviations", 1.0),
        Field::factor("outer", "Outer bands, deviations", 2.0),
    ],
    ascending: &[("inner", "outer")],
    outputs: &[
        Output::line("value", "VWAP", Unit::Price, 4),
        Output::band("upper", "Upper", 4, 2),
        Output::line("lower", "Lower", Unit::Price, 4),
        Output::line("outer_upper", "Outer upper", Unit::Price, 4),
        Output::line("outer_lower", "Outer lower", Unit::Price, 4),
    ],
    warm_up: |_, _| 0,
    start: |params| {
        Box::new(AnchoredVwap {
            factors: [params.factor("inner"), params.factor("outer")],
            anchor: UnixMs(params.factor("anchor") as i64),
            sums: VolumePrice::default(),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct AnchoredVwap {
    factors: [f64; 2],
    /// Bars that open earlier count for nothing.
    anchor: UnixMs,
    sums: VolumePrice,
}

impl Indicator for AnchoredVwap {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if bar.time >= self.anchor {
            self.sums.with(bar).write_bands(self.factors, out);
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        if bar.time >= self.anchor {
            self.sums = self.sums.with(bar);
        }
    }
}

//! Donchian channel: highest high and lowest low of the last bars, the newest included.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::Extreme;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static DONCHIAN: IndicatorSpec = IndicatorSpec {
    id: "donchian",
    label: "Donchian channel",
    short: "DC",
    about: "The highest high and the lowest low of the last bars, and the middle between them.",
    place: Place::OverPrice,
    fields: &[Field::bars("period", "Period", 1, 20)],
    ascending: &[],
    outputs: &[
        Output::band("upper", "Upper", 7, 2),
        Output::line("middle", "Middle", Unit::Price, 7),
        Output::line("lower", "Lower", Unit::Price, 7),
    ],
    warm_up: |params, _| params.bars("period") - 1,
    start: |params| {
        let before = params.bars("period") - 1;
        Box::new(Donchian {
            highs: Extreme::highest(before),
            lows: Extreme::lowest(before),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Donchian {
    highs: Extreme,
    lows: Extreme,
}

impl Indicator for Donchian {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if self.highs.is_full() {
            let (upper, lower) = (self.highs.with(bar.high), self.lows.with(bar.low));
            out.copy_from_slice(&[upper, (upper + lower) / 2.0, lower]);
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        self.highs.push(bar.high);
        self.lows.push(bar.low);
    }
}

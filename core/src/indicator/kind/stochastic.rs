//! Stochastic oscillator: where the close lies in the range of the last bars.
//!
//! Source: G. Lane's %K and %D, both smoothed by plain means. As in TA-Lib it is 0 where the
//! range is empty.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::{Extreme, Window};
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static STOCHASTIC: IndicatorSpec = IndicatorSpec {
    id: "stochastic",
    label: "Stochastic",
    short: "Stoch",
    about: "Where the close lies between the lowest low and the highest high of the last bars, \
            from 0 to 100.",
    place: Place::percent(&[20.0, 80.0]),
    fields: &[
        Field::bars("period", "Period", 1, 14),
        Field::bars("k", "Smoothing of %K", 1, 3),
        Field::bars("d", "Smoothing of %D", 1, 3),
    ],
    ascending: &[],
    outputs: &[
        Output::line("k", "%K", Unit::Plain, 0),
        Output::line("d", "%D", Unit::Plain, 1),
    ],
    warm_up: |params, output| {
        let first = params.bars("period") + params.bars("k") - 2;
        if output == 0 {
            first
        } else {
            first + params.bars("d") - 1
        }
    },
    start: |params| {
        let before = params.bars("period") - 1;
        Box::new(Stochastic {
            highs: Extreme::highest(before),
            lows: Extreme::lowest(before),
            raw: Window::new(params.bars("k") - 1),
            smoothed: Window::new(params.bars("d") - 1),
        })
    },
};

#[derive(Clone, Serialize, Deserialize)]
struct Stochastic {
    highs: Extreme,
    lows: Extreme,
    /// All of the smoothing of %K but the bar that is looked at.
    raw: Window,
    /// All of the smoothing of %D but the bar that is looked at.
    smoothed: Window,
}

impl Stochastic {
    fn raw(&self, bar: &Ohlcv) -> Option<f64> {
        let (high, low) = (self.highs.with(bar.high), self.lows.with(bar.low));
        let place = || (bar.close - low) / (high - low) * 100.0;
        let raw = if high > low { place() } else { 0.0 };
        self.highs.is_full().then_some(raw)
    }

    fn k(&self, raw: f64) -> Option<f64> {
        self.raw.is_full().then(|| self.raw.sums_with(raw).mean())
    }
}

impl Indicator for Stochastic {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        if let Some(k) = self.raw(bar).and_then(|raw| self.k(raw)) {
            out[0] = k;
            if self.smoothed.is_full() {
                out[1] = self.smoothed.sums_with(k).mean();
            }
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        if let Some(raw) = self.raw(bar) {
            if let Some(k) = self.k(raw) {
                self.smoothed.push(k);
            }
            self.raw.push(raw);
        }
        self.highs.push(bar.high);
        self.lows.push(bar.low);
    }
}

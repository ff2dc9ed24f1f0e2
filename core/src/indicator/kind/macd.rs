//! Moving average convergence/divergence: a fast exponential average less a slow one.
//!
//! Source: G. Appel, "The Moving Average Convergence Divergence Method", 1979. As in TA-Lib the
//! fast average begins so late that both have their first value on the same bar.

use serde::{Deserialize, Serialize};

use crate::indicator::field::{Field, SOURCE, Source};
use crate::indicator::part::Average;
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static MACD: IndicatorSpec = IndicatorSpec {
    id: "macd",
    label: "MACD",
    short: "MACD",
    about: "A fast average of prices less a slow one, an average of that, and the distance \
            between both.",
    place: Place::AROUND_ZERO,
    fields: &[
        Field::bars("fast", "Fast period", 1, 12),
        Field::bars("slow", "Slow period", 2, 26),
        Field::bars("signal", "Signal period", 1, 9),
        SOURCE,
    ],
    ascending: &[("fast", "slow")],
    outputs: &[
        Output::line("macd", "MACD", Unit::Price, 0),
        Output::line("signal", "Signal", Unit::Price, 1),
        Output::histogram("histogram", "Histogram", Unit::Price),
    ],
    warm_up: |params, output| {
        let first = params.bars("slow") - 1;
        if output == 0 {
            first
        } else {
            first + params.bars("signal") - 1
        }
    },
    start: |params| {
        Box::new(Macd {
            source: params.source(),
            wait: params.bars("slow") - params.bars("fast"),
            fast: Average::exponential(params.bars("fast")),
            slow: Average::exponential(params.bars("slow")),
            signal: Average::exponential(params.bars("signal")),
        })
    },
};

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Macd {
    source: Source,
    /// Bars that the fast average does not see.
    wait: usize,
    fast: Average,
    slow: Average,
    signal: Average,
}

impl Macd {
    fn with(self, bar: &Ohlcv) -> Self {
        let price = self.source.of(bar);
        let mut next = Self {
            slow: self.slow.with(price),
            wait: self.wait.saturating_sub(1),
            ..self
        };
        if self.wait == 0 {
            next.fast = self.fast.with(price);
        }
        if let Some(distance) = next.distance() {
            next.signal = self.signal.with(distance);
        }
        next
    }

    fn distance(&self) -> Option<f64> {
        Some(self.fast.value()? - self.slow.value()?)
    }
}

impl Indicator for Macd {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        let next = self.with(bar);
        if let Some(distance) = next.distance() {
            out[0] = distance;
            if let Some(signal) = next.signal.value() {
                out[1] = signal;
                out[2] = distance - signal;
            }
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        *self = self.with(bar);
    }
}

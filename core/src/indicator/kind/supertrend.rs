//! Supertrend: a stop that trails the price by some average true ranges, and turns when the
//! price closes beyond it.
//!
//! Source: O. Seban's indicator in the form of TradingView and of TA-Lib's `SUPERTREND`: both
//! bands are carried, each only ever moves towards the price until a close has passed it, and
//! the first direction is up unless the first close lies below the lower band.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::{Average, TrueRange};
use crate::indicator::spec::{Colour, IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static SUPERTREND: IndicatorSpec = IndicatorSpec {
    id: "supertrend",
    label: "Supertrend",
    short: "Supertrend",
    about: "A stop that trails the price by some average true ranges, below it in a rising trend \
            and above it in a falling one.",
    place: Place::OverPrice,
    fields: &[
        Field::bars("period", "Period", 1, 10),
        Field::factor("multiplier", "Ranges", 3.0),
    ],
    ascending: &[],
    outputs: &[
        Output::line("up", "Up", Unit::Price, 0).coloured(Colour::Up),
        Output::line("down", "Down", Unit::Price, 0).coloured(Colour::Down),
        Output::hidden("value", "Stop"),
        Output::hidden("direction", "Direction: 1 up, -1 down"),
    ],
    warm_up: |params, _| params.bars("period"),
    start: |params| {
        Box::new(Supertrend {
            multiplier: params.factor("multiplier"),
            previous: TrueRange::default(),
            range: Average::wilder(params.bars("period")),
            stop: None,
        })
    },
};

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Supertrend {
    multiplier: f64,
    previous: TrueRange,
    range: Average,
    stop: Option<Stop>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Stop {
    lower: f64,
    upper: f64,
    close: f64,
    rises: bool,
}

impl Supertrend {
    fn with(self, bar: &Ohlcv) -> Self {
        let range = self.previous.of(bar);
        let range = range.map_or(self.range, |range| self.range.with(range));
        Self {
            previous: self.previous.with(bar),
            range,
            stop: range.value().map(|range| self.stop_after(bar, range)),
            ..self
        }
    }

    fn stop_after(&self, bar: &Ohlcv, range: f64) -> Stop {
        let reach = self.multiplier * range;
        let (mut lower, mut upper) = (bar.median() - reach, bar.median() + reach);
        let mut rises = true;
        if let Some(last) = self.stop {
            if last.close >= last.lower {
                lower = lower.max(last.lower);
            }
            if last.close <= last.upper {
                upper = upper.min(last.upper);
            }
            rises = last.rises;
        }
        let turns = if rises {
            bar.close < lower
        } else {
            bar.close > upper
        };
        Stop {
            lower,
            upper,
            close: bar.close,
            rises: rises != turns,
        }
    }
}

impl Indicator for Supertrend {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        match self.with(bar).stop {
            Some(stop) if stop.rises => {
                out.copy_from_slice(&[stop.lower, f64::NAN, stop.lower, 1.0]);
            }
            Some(stop) => out.copy_from_slice(&[f64::NAN, stop.upper, stop.upper, -1.0]),
            None => {}
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        *self = self.with(bar);
    }
}

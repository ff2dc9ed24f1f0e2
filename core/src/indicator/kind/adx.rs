//! Average directional index with its two directional indicators.
//!
//! Source: J. W. Wilder, "New Concepts in Technical Trading Systems", 1978, with the sums begun
//! as in TA-Lib: over one bar less than the period, then smoothed from the next on. Where nothing
//! moved, the directional indicators are 0 and the index stays.

use serde::{Deserialize, Serialize};

use crate::indicator::field::Field;
use crate::indicator::part::{Average, TrueRange};
use crate::indicator::spec::{IndicatorSpec, Output, Place, Unit};
use crate::indicator::{Indicator, Ohlcv};

pub(super) static ADX: IndicatorSpec = IndicatorSpec {
    id: "adx",
    label: "Average directional index",
    short: "ADX",
    about: "How strong a trend is, whichever its direction, from 0 to 100, and which of both \
            directions prevails.",
    place: Place::percent(&[25.0]),
    fields: &[Field::bars("period", "Period", 2, 14)],
    ascending: &[],
    outputs: &[
        Output::line("adx", "ADX", Unit::Plain, 0),
        Output::line("plus_di", "+DI", Unit::Plain, 1),
        Output::line("minus_di", "-DI", Unit::Plain, 2),
    ],
    warm_up: |params, output| {
        let period = params.bars("period");
        if output == 0 { 2 * period - 1 } else { period }
    },
    start: |params| {
        let sum = WilderSum {
            period: params.bars("period"),
            seen: 0,
            sum: 0.0,
        };
        Box::new(Adx {
            last: None,
            previous: TrueRange::default(),
            plus: sum,
            minus: sum,
            range: sum,
            index: Average::wilder(params.bars("period")),
        })
    },
};

/// A sum that loses a share of itself with every number once it has begun.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct WilderSum {
    period: usize,
    seen: usize,
    sum: f64,
}

impl WilderSum {
    fn with(self, number: f64) -> Self {
        let begun = self.seen + 1 >= self.period;
        let lost = if begun {
            self.sum / self.period as f64
        } else {
            0.0
        };
        Self {
            seen: (self.seen + 1).min(self.period),
            sum: self.sum - lost + number,
            ..self
        }
    }

    fn has_begun(&self) -> bool {
        self.seen == self.period
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Adx {
    /// High and low of the bar before.
    last: Option<(f64, f64)>,
    previous: TrueRange,
    plus: WilderSum,
    minus: WilderSum,
    range: WilderSum,
    index: Average,
}

impl Adx {
    fn with(self, bar: &Ohlcv) -> Self {
        let mut next = Self {
            last: Some((bar.high, bar.low)),
            previous: self.previous.with(bar),
            ..self
        };
        if let (Some((high, low)), Some(range)) = (self.last, self.previous.of(bar)) {
            let (up, down) = (bar.high - high, low - bar.low);
            let counts = |move_: f64, other: f64| {
                if move_ > 0.0 && move_ > other {
                    move_
                } else {
                    0.0
                }
            };
            next.plus = self.plus.with(counts(up, down));
            next.minus = self.minus.with(counts(down, up));
            next.range = self.range.with(range);
            if next.range.has_begun() {
                next.index = next.index_after();
            }
        }
        next
    }

    fn index_after(&self) -> Average {
        let (plus, minus) = self.directions();
        if plus + minus > 0.0 {
            self.index
                .with(100.0 * ((plus - minus).abs() / (plus + minus)))
        } else if self.index.value().is_none() {
            self.index.with(0.0)
        } else {
            self.index
        }
    }

    /// +DI and -DI.
    fn directions(&self) -> (f64, f64) {
        if self.range.sum > f64::MIN_POSITIVE {
            let share = |sum: WilderSum| 100.0 * (sum.sum / self.range.sum);
            (share(self.plus), share(self.minus))
        } else {
            (0.0, 0.0)
        }
    }
}

impl Indicator for Adx {
    fn values(&self, bar: &Ohlcv, out: &mut [f64]) {
        let next = self.with(bar);
        if next.range.has_begun() {
            (out[1], out[2]) = next.directions();
        }
        if let Some(index) = next.index.value() {
            out[0] = index;
        }
    }

    fn take(&mut self, bar: &Ohlcv) {
        *self = self.with(bar);
    }
}

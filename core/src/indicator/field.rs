//! The parameters that an indicator takes, as a form is drawn from them.

use serde::{Deserialize, Serialize};

use super::ohlcv::Ohlcv;

/// Longest window, in bars: a bound of what a thousand rules may hold in memory.
pub const LONGEST_PERIOD: u32 = 1_000;

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Name in JSON.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What may be entered.
    pub kind: FieldKind,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A number of bars.
    Bars {
        /// Least.
        min: u32,
        /// Most.
        max: u32,
        /// Where nothing is said.
        default: u32,
    },
    /// A factor without a unit.
    Factor {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
        /// Of an input field's arrows.
        step: f64,
        /// Where nothing is said.
        default: f64,
    },
    /// An instant, Unix milliseconds; 0 where nothing is said.
    Time,
    /// One of a list, the first where nothing is said.
    Choice(&'static [Choice]),
}

/// One of the things to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Name in JSON.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
}

impl Field {
    /// A number of bars from `min` to [`LONGEST_PERIOD`].
    #[must_use]
    pub const fn bars(name: &'static str, label: &'static str, min: u32, default: u32) -> Self {
        Self {
            name,
            label,
            kind: FieldKind::Bars {
                min,
                max: LONGEST_PERIOD,
                default,
            },
        }
    }

    /// A factor from 0.1 to 20, in steps of a tenth.
    #[must_use]
    pub const fn factor(name: &'static str, label: &'static str, default: f64) -> Self {
        Self {
            name,
            label,
            kind: FieldKind::Factor {
                min: 0.1,
                max: 20.0,
                step: 0.1,
                default,
            },
        }
    }

    /// The value where nothing is said, as [`super::Params`] keeps it.
    #[must_use]
    pub fn default(&self) -> f64 {
        match self.kind {
            FieldKind::Bars { default, .. } => f64::from(default),
            FieldKind::Factor { default, .. } => default,
            FieldKind::Time | FieldKind::Choice(_) => 0.0,
        }
    }
}

const fn choice(name: &'static str, label: &'static str) -> Choice {
    Choice { name, label }
}

/// Which price of a bar is averaged; the choices stand in the order of [`Source::ALL`].
pub(super) const SOURCE: Field = Field {
    name: "source",
    label: "Source",
    kind: FieldKind::Choice(&[
        choice("close", "Close"),
        choice("open", "Open"),
        choice("high", "High"),
        choice("low", "Low"),
        choice("hl2", "(High + low) / 2"),
        choice("hlc3", "(High + low + close) / 3"),
        choice("ohlc4", "(Open + high + low + close) / 4"),
    ]),
};

/// When a running sum starts anew; the choices stand in the order day, never.
pub(super) const RESET: Field = Field {
    name: "reset",
    label: "Start anew",
    kind: FieldKind::Choice(&[choice("day", "Each UTC day"), choice("never", "Never")]),
};

/// The price of a bar that an indicator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Source {
    Close,
    Open,
    High,
    Low,
    Median,
    Typical,
    Mean,
}

impl Source {
    pub(super) const ALL: [Self; 7] = [
        Self::Close,
        Self::Open,
        Self::High,
        Self::Low,
        Self::Median,
        Self::Typical,
        Self::Mean,
    ];

    pub(super) fn of(self, bar: &Ohlcv) -> f64 {
        match self {
            Self::Close => bar.close,
            Self::Open => bar.open,
            Self::High => bar.high,
            Self::Low => bar.low,
            Self::Median => bar.median(),
            Self::Typical => bar.typical(),
            Self::Mean => bar.mean(),
        }
    }
}

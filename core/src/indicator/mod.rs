//! Indicators: what is drawn over or below the bars, and what rules compare.
//!
//! Bars are taken in order, as floats ([`Ohlcv`]); a bar that is missing is not invented, so a
//! window of twenty bars is the last twenty that there are, and what starts anew each day starts
//! with the first bar of that day. An older bar that changes, or history put before the first,
//! means starting again.
//!
//! Values follow TA-Lib 0.8 where it has the indicator; the tests hold its numbers.
//!
//! | item | what it owns |
//! |---|---|
//! | [`INDICATORS`], [`indicator()`] | the table: one file each in `kind` |
//! | [`IndicatorSpec`] | what the table says: place, fields, outputs, styles |
//! | [`Field`], [`Params`] | what may be set, and a choice of it that was checked |
//! | [`IndicatorState`], [`SavedIndicator`] | the newest values alone: what a rule holds, and keeps |
//! | [`IndicatorSeries`] | columns over a history: what a chart draws |
//! | [`HeikinAshi`] | averaged bars, made in the same way |
//! | [`PriorLevels`] | high, low and close of the day and the week before |

mod field;
mod heikin_ashi;
mod kind;
mod ohlcv;
mod params;
mod part;
mod prior_levels;
mod series;
mod spec;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hand_tests;
#[cfg(test)]
mod law_tests;
#[cfg(test)]
mod talib_bars_tests;
#[cfg(test)]
mod talib_tests;

pub use field::{Choice, Field, FieldKind, LONGEST_PERIOD};
pub use heikin_ashi::HeikinAshi;
pub use kind::{INDICATORS, indicator};
pub use ohlcv::Ohlcv;
pub use params::{ParamError, Params};
pub use prior_levels::{PriorLevels, PriorRange};
pub use series::{IndicatorSeries, IndicatorState, SavedIndicator};
pub use spec::{Colour, Indicator, IndicatorSpec, Kept, Output, Place, Style, Unit};

//! Indicators: what is drawn over or below the bars, and what rules compare.
//!
//! Bars are taken in order, as floats ([`Ohlcv`]); a bar that is missing is not invented, so a
//! window of twenty bars is the last twenty that there are, and what starts anew each day starts
//! with the first bar of that day. An older bar that changes, or history put before the first,
//! means starting again.
//!
//! Values follow TA-Lib 0.8 where it has the indicator; the tests hold its numbers.
//!
//! They are our own, although the crate quantedge-ta is sound, incremental and revises a live bar
//! too. Its `compute` changes the state at every look: a running sum takes the live bar's old value
//! out and puts the new one in, so that the last digits depend on how often the bar was revised.
//! Here a look changes nothing ([`Indicator::values`]), and a server that starts again, or a chart
//! that loads its bars afresh, has the same values to the bit; the alert rules rest on that. Its
//! VWAP of the day begins anew only with a bar that opens at midnight, and ours with the first bar
//! that there is. Delta, CVD and the z-score of the volume would be ours in any case.
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
mod kept;
mod kind;
mod ohlcv;
mod params;
mod part;
mod prior_levels;
#[cfg(feature = "engine")]
mod saved;
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
pub use kept::Kept;
pub use kind::{INDICATORS, indicator};
pub use ohlcv::Ohlcv;
pub use params::{ParamError, Params};
pub use prior_levels::{PriorLevels, PriorRange};
#[cfg(feature = "engine")]
pub use saved::SavedIndicator;
pub use series::{IndicatorSeries, IndicatorState};
pub use spec::{Colour, Indicator, IndicatorSpec, Output, Place, Style, Unit};

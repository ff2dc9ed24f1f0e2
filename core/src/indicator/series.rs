//! An indicator over bars: the newest values alone, or the whole history in columns.

use std::ops::Range;

use super::ohlcv::Ohlcv;
use super::params::Params;
use super::spec::{Indicator, IndicatorSpec};

/// An indicator that follows bars and keeps the newest values: what a rule holds.
pub struct IndicatorState {
    spec: &'static IndicatorSpec,
    /// Knows every bar before `newest`.
    pub(super) before: Box<dyn Indicator>,
    /// May still be revised.
    pub(super) newest: Option<Ohlcv>,
    is_sound: bool,
    values: Box<[f64]>,
}

impl Clone for IndicatorState {
    fn clone(&self) -> Self {
        Self {
            before: self.before.copied(),
            values: self.values.clone(),
            ..*self
        }
    }
}

impl IndicatorState {
    /// Before any bar.
    #[must_use]
    pub fn new(params: &Params) -> Self {
        let spec = params.spec();
        Self {
            spec,
            before: (spec.start)(params),
            newest: None,
            is_sound: false,
            values: vec![f64::NAN; spec.outputs.len()].into(),
        }
    }

    /// What is calculated.
    #[must_use]
    pub fn spec(&self) -> &'static IndicatorSpec {
        self.spec
    }

    /// A new bar opens: the one before it is final.
    pub fn push(&mut self, bar: Ohlcv) {
        if let Some(last) = self.newest.filter(|_| self.is_sound) {
            self.before.take(&last);
        }
        self.revise_last(bar);
    }

    /// The newest bar changed. The cost does not depend on how many came before.
    pub fn revise_last(&mut self, bar: Ohlcv) {
        self.values.fill(f64::NAN);
        self.is_sound = bar.is_sound();
        if self.is_sound {
            self.before.values(&bar, &mut self.values);
        }
        self.newest = Some(bar);
    }

    /// The newest bar.
    #[must_use]
    pub fn newest(&self) -> Option<&Ohlcv> {
        self.newest.as_ref()
    }

    /// Its value of an output, where there is one.
    #[must_use]
    pub fn value(&self, output: usize) -> Option<f64> {
        self.values
            .get(output)
            .copied()
            .filter(|value| !value.is_nan())
    }
}

/// An indicator over a history of bars, one column per output, aligned with the bars.
///
/// Bars have the indexes that they have in the chart's series: history may be put before
/// the first by [`IndicatorSeries::recompute`], and dropped from the front. A change of an older
/// bar than the newest, too, needs a recomputation.
pub struct IndicatorSeries {
    params: Params,
    state: IndicatorState,
    /// Index of the first bar.
    first: i64,
    /// Not a number where there is no value.
    columns: Vec<Vec<f64>>,
}

impl IndicatorSeries {
    /// Over bars, ascending, of which the first has this index.
    #[must_use]
    pub fn new(params: Params, first: i64, bars: impl IntoIterator<Item = Ohlcv>) -> Self {
        let mut series = Self {
            state: IndicatorState::new(&params),
            columns: vec![Vec::new(); params.spec().outputs.len()],
            first,
            params,
        };
        series.fill(bars);
        series
    }

    /// Forgets everything and starts again over other bars: after history was put before them,
    /// an older one changed, or the newest were dropped.
    pub fn recompute(&mut self, first: i64, bars: impl IntoIterator<Item = Ohlcv>) {
        self.state = IndicatorState::new(&self.params);
        self.first = first;
        self.columns.iter_mut().for_each(Vec::clear);
        self.fill(bars);
    }

    fn fill(&mut self, bars: impl IntoIterator<Item = Ohlcv>) {
        let bars = bars.into_iter();
        for column in &mut self.columns {
            column.reserve(bars.size_hint().0);
        }
        bars.for_each(|bar| self.push(bar));
    }

    /// A new bar opens: the one before it is final.
    pub fn push(&mut self, bar: Ohlcv) {
        self.state.push(bar);
        for (column, value) in self.columns.iter_mut().zip(&self.state.values) {
            column.push(*value);
        }
    }

    /// The newest bar changed. Where there is none yet, the bar is added.
    pub fn revise_last(&mut self, bar: Ohlcv) {
        if self.is_empty() {
            return self.push(bar);
        }
        self.state.revise_last(bar);
        for (column, value) in self.columns.iter_mut().zip(&self.state.values) {
            if let Some(last) = column.last_mut() {
                *last = *value;
            }
        }
    }

    /// Takes a live bar over by its time: revises the newest or adds one. `false` where it is
    /// older than the newest: then nothing was changed, and a recomputation is needed.
    #[must_use]
    pub fn upsert(&mut self, bar: Ohlcv) -> bool {
        match self.state.newest().map(|newest| newest.time) {
            Some(newest) if bar.time < newest => return false,
            Some(newest) if bar.time == newest => self.revise_last(bar),
            _ => self.push(bar),
        }
        true
    }

    /// Drops the values of the oldest bars. What they contributed to later ones stays.
    pub fn drop_front(&mut self, bars: usize) {
        let bars = bars.min(self.len().saturating_sub(1));
        self.first += bars as i64;
        for column in &mut self.columns {
            column.drain(..bars);
        }
    }

    /// What is calculated, and how.
    #[must_use]
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Indexes of the bars that are covered.
    #[must_use]
    pub fn range(&self) -> Range<i64> {
        self.first..self.first + self.len() as i64
    }

    /// How many bars are covered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Whether no bar is covered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of an output at the bar with an index, where there is one.
    #[must_use]
    pub fn value(&self, output: usize, index: i64) -> Option<f64> {
        let (_, values) = self.values(output, index..index + 1);
        values.first().copied().filter(|value| !value.is_nan())
    }

    /// The values of an output over a range of indexes, clipped to what is covered, with the
    /// index of the first. Not a number where there is none.
    #[must_use]
    pub fn values(&self, output: usize, range: Range<i64>) -> (i64, &[f64]) {
        let held = self.range();
        let start = range.start.clamp(held.start, held.end);
        let end = range.end.clamp(start, held.end);
        let slots = (start - held.start) as usize..(end - held.start) as usize;
        let column = self.columns.get(output).map_or(&[][..], Vec::as_slice);
        (start, column.get(slots).unwrap_or_default())
    }

    /// Lowest and highest value of all outputs that are drawn, over a range of indexes: what a
    /// scale has to hold.
    #[must_use]
    pub fn extremes(&self, range: Range<i64>) -> Option<(f64, f64)> {
        let drawn = self.params.spec().outputs.iter().enumerate();
        drawn
            .filter(|(_, output)| output.style != super::spec::Style::Hidden)
            .flat_map(|(place, _)| self.values(place, range.clone()).1)
            .filter(|value| !value.is_nan())
            .fold(None, |found, &value| match found {
                None => Some((value, value)),
                Some((low, high)) => Some((value.min(low), value.max(high))),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::fixture::bar;
    use crate::indicator::indicator;
    use serde_json::json;

    fn sma(first: i64, closes: &[f64]) -> IndicatorSeries {
        let spec = indicator("sma").expect("an indicator");
        let params = Params::from_json(spec, &json!({"period": 2})).expect("parameters");
        let bars = closes.iter().zip(first..);
        IndicatorSeries::new(params, first, bars.map(|(close, time)| bar(time, *close)))
    }

    #[test]
    fn values_stand_at_the_index_of_their_bar() {
        let mut series = sma(-2, &[1.0, 2.0, 4.0]);
        assert_eq!(series.range(), -2..1);
        assert_eq!(series.value(0, -2), None);
        assert_eq!(series.value(0, -1), Some(1.5));
        assert_eq!(series.values(0, -1..9), (-1, &[1.5, 3.0][..]));
        assert_eq!(series.values(7, -1..9).1, &[] as &[f64]);
        assert_eq!(series.values(0, 5..9).1, &[] as &[f64]);
        assert_eq!(series.extremes(-2..1), Some((1.5, 3.0)));
        series.drop_front(2);
        assert_eq!(series.range(), 0..1);
        assert_eq!(series.value(0, 0), Some(3.0));
        series.push(bar(1, 6.0));
        assert_eq!(series.value(0, 1), Some(5.0));
        series.drop_front(9);
        assert_eq!(series.range(), 1..2);
    }

    #[test]
    fn a_live_bar_revises_the_newest_or_follows_it() {
        let mut series = sma(0, &[]);
        assert_eq!((series.is_empty(), series.extremes(0..9)), (true, None));
        for (time, close, value) in [
            (0, 1.0, None),
            (0, 2.0, None),
            (1, 9.0, Some(5.5)),
            (1, 4.0, Some(3.0)),
            (5, 6.0, Some(5.0)),
        ] {
            assert!(series.upsert(bar(time, close)));
            assert_eq!(series.value(0, series.range().end - 1), value);
        }
        assert!(!series.upsert(bar(4, 1.0)), "older than the newest");
        assert_eq!(series.len(), 3);
        series.recompute(-1, [bar(0, 2.0), bar(1, 4.0), bar(4, 1.0), bar(5, 6.0)]);
        assert_eq!(series.values(0, 1..3), (1, &[2.5, 3.5][..]));
    }

    #[test]
    fn a_bar_that_is_not_sound_leaves_no_trace() {
        let mut series = sma(0, &[1.0, f64::NAN, 3.0]);
        assert_eq!(series.value(0, 1), None);
        assert_eq!(series.value(0, 2), Some(2.0));
        series.revise_last(bar(2, f64::INFINITY));
        assert_eq!(series.value(0, 2), None);
        series.revise_last(bar(2, 5.0));
        assert_eq!(series.value(0, 2), Some(3.0));
    }
}

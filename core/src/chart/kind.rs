//! How a chart's bars are drawn, and the bars that are drawn instead of the market's own.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::bar::{Bar, Extremes};
use super::series::Series;
use crate::indicator::{HeikinAshi, Ohlcv};
use crate::model::Price;

/// How bars are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Solid bodies.
    #[default]
    Candles,
    /// Bodies of bars that rose are outlines; the colour says whether the close is above the one
    /// before it.
    HollowCandles,
    /// Open to the left, close to the right of a stem.
    Bars,
    /// A line through the closes.
    Line,
    /// The line, and what is below it shaded.
    Area,
    /// Candles of averages (Valcu, "Using the Heikin-Ashi Technique", 2004).
    HeikinAshi,
}

impl ChartKind {
    /// Every kind, in the order of the menu.
    pub const ALL: [Self; 6] = [
        Self::Candles,
        Self::HollowCandles,
        Self::Bars,
        Self::Line,
        Self::Area,
        Self::HeikinAshi,
    ];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Candles => "candles",
            Self::HollowCandles => "hollow-candles",
            Self::Bars => "bars",
            Self::Line => "line",
            Self::Area => "area",
            Self::HeikinAshi => "heikin-ashi",
        }
    }

    /// The name in the menu.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Candles => "Candles",
            Self::HollowCandles => "Hollow candles",
            Self::Bars => "Bars",
            Self::Line => "Line",
            Self::Area => "Area",
            Self::HeikinAshi => "Heikin Ashi",
        }
    }

    /// Whether only closes are drawn.
    #[must_use]
    pub fn is_line(self) -> bool {
        matches!(self, Self::Line | Self::Area)
    }
}

/// Bars after which nothing is left of where a Heikin Ashi open began: each halves it, and a
/// price has fewer binary digits.
const FORGOTTEN: i64 = 64;

/// The Heikin Ashi bars of a range of indexes, clipped to what is held, from its first index on.
/// `out` is reused. They depend on the bars around them alone, not on how much history is held,
/// but for the first few of all.
pub fn heikin_ashi(series: &Series, range: Range<i64>, out: &mut Vec<Bar>) -> i64 {
    out.clear();
    let Some(bounds) = series.bounds() else {
        return range.start;
    };
    let start = range.start.max(bounds.first);
    let mut averages = HeikinAshi::default();
    for (first, bars) in series.slices(start - FORGOTTEN..range.end) {
        for (bar, index) in bars.iter().zip(first..) {
            let averaged = averages.take(&in_counts(bar));
            if index >= start {
                out.push(rounded(bar, &averaged));
            }
        }
    }
    start
}

/// Prices as counts of 10^−decimals: averages need no unit.
fn in_counts(bar: &Bar) -> Ohlcv {
    Ohlcv {
        time: bar.time,
        open: bar.open.0 as f64,
        high: bar.high.0 as f64,
        low: bar.low.0 as f64,
        close: bar.close.0 as f64,
        volume: 0.0,
        buy_volume: None,
        quote_volume: None,
    }
}

/// A bar to be drawn: rounding to counts moves nothing by a pixel.
fn rounded(bar: &Bar, averaged: &Ohlcv) -> Bar {
    let price = |counts: f64| Price(counts.round() as i64);
    Bar {
        open: price(averaged.open),
        high: price(averaged.high),
        low: price(averaged.low),
        close: price(averaged.close),
        ..*bar
    }
}

/// The bars that a chart draws: the market's own, or what is derived from them.
#[derive(Debug, Default)]
pub struct DrawnBars {
    kind: ChartKind,
    /// Index of the first derived bar.
    start: i64,
    derived: Vec<Bar>,
}

impl DrawnBars {
    /// How they are drawn.
    #[must_use]
    pub fn kind(&self) -> ChartKind {
        self.kind
    }

    /// Changes how they are drawn.
    pub fn set_kind(&mut self, kind: ChartKind) {
        self.kind = kind;
    }

    /// Derives what a range of indexes needs and answers its extremes; `None` where it is empty.
    pub fn prepare(&mut self, series: &Series, range: Range<i64>) -> Option<Extremes> {
        match self.kind {
            ChartKind::HeikinAshi => {
                self.start = heikin_ashi(series, range, &mut self.derived);
                Extremes::over(&self.derived)
            }
            ChartKind::Line | ChartKind::Area => series
                .slices(range)
                .flat_map(|(_, bars)| bars)
                .map(Extremes::of_close)
                .reduce(Extremes::with),
            _ => series.extremes(range),
        }
    }

    /// The derived bars as a slice with its first index; `None` where the market's own are drawn.
    pub(super) fn derived(&self) -> Option<(i64, &[Bar])> {
        (self.kind == ChartKind::HeikinAshi).then_some((self.start, &*self.derived))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::minutes;
    use crate::model::{Precision, UnixMs, Volume};

    #[test]
    fn names_are_those_of_the_settings() {
        for kind in ChartKind::ALL {
            let name = serde_json::to_string(&kind).expect("a name");
            assert_eq!(name, format!("{:?}", kind.name()));
            assert!(!kind.label().is_empty());
        }
    }

    #[test]
    fn heikin_ashi_bars_are_averages() {
        let bar = |time: i64, [open, high, low, close]: [i64; 4]| Bar {
            time: UnixMs(time),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(close),
            volume: Volume(1),
            buy_volume: None,
            quote_volume: None,
            closed: true,
        };
        let mut series = Series::new(Precision::default());
        series.merge([
            bar(0, [100, 140, 80, 120]),
            bar(1, [120, 180, 110, 150]),
            bar(2, [150, 155, 60, 75]),
        ]);
        let mut out = Vec::new();
        assert_eq!(heikin_ashi(&series, -10..10, &mut out), 0);
        let figures: Vec<[i64; 4]> = out
            .iter()
            .map(|bar| [bar.open.0, bar.high.0, bar.low.0, bar.close.0])
            .collect();
        // By hand: open (100 + 120) / 2, close (100 + 140 + 80 + 120) / 4, and so on.
        let expected = [
            [110, 140, 80, 110],
            [110, 180, 110, 140],
            [125, 155, 60, 110],
        ];
        assert_eq!(figures, expected);
    }

    #[test]
    fn how_much_history_is_held_changes_no_bar() {
        let (all, some) = (minutes(0..900), minutes(300..900));
        let (mut from_all, mut from_some) = (Vec::new(), Vec::new());
        heikin_ashi(&all, 400..900, &mut from_all);
        heikin_ashi(&some, 100..600, &mut from_some);
        assert_eq!(from_all.len(), 500);
        assert_eq!(from_all, from_some);
    }

    #[test]
    fn lines_are_as_high_as_their_closes() {
        let series = minutes(0..50);
        let mut drawn = DrawnBars::default();
        let whole = drawn.prepare(&series, 0..50).expect("bars");
        drawn.set_kind(ChartKind::Line);
        let closes = drawn.prepare(&series, 0..50).expect("bars");
        assert!(whole.low < closes.low && closes.high < whole.high);
        assert_eq!(whole.volume, closes.volume);
    }
}

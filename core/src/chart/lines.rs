//! What is marked over the bars: levels of the day and the week before, and the lines and measures
//! that a person drew.

use super::measure::{Anchor, Measure};
use super::price_scale::PriceScale;
use super::series::Series;
use crate::model::{Price, Timeframe, UnixMs};

/// A level that is known, not drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceLine {
    /// Counts of the chart's precision.
    pub price: Price,
    /// What stands beside it.
    pub label: &'static str,
}

/// A line that a person drew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnLine {
    /// Its name among the drawings of the instrument.
    pub id: u32,
    /// Counts of the chart's precision.
    pub price: Price,
}

/// A measure that a person kept: times and prices, counts of the chart's precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnMeasure {
    /// Its name among the drawings of the instrument.
    pub id: u32,
    /// Where it was begun.
    pub from: (UnixMs, Price),
    /// Where it was ended.
    pub to: (UnixMs, Price),
}

impl DrawnMeasure {
    /// The bars that it spans here, whatever their width was where it was drawn.
    #[must_use]
    pub fn on(&self, series: &Series, timeframe: Timeframe) -> Measure {
        let anchor = |(time, price): (UnixMs, Price)| Anchor {
            index: series.index_at_or_after(timeframe.floor(time)),
            time,
            price,
        };
        Measure {
            from: anchor(self.from),
            to: anchor(self.to),
        }
    }
}

/// Everything that is marked on a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceLines {
    /// Levels that are known.
    pub levels: Vec<PriceLine>,
    /// Lines, the last drawn on top.
    pub drawn: Vec<DrawnLine>,
    /// Measures, the last drawn on top.
    pub measures: Vec<DrawnMeasure>,
}

impl PriceLines {
    /// The nearest line within `reach` rows of one.
    #[must_use]
    pub fn near(&self, y: f64, scale: &PriceScale, reach: f64) -> Option<u32> {
        let distance = |line: &DrawnLine| (scale.y(line.price.0 as f64) - y).abs();
        let lines = self.drawn.iter().map(|line| (line.id, distance(line)));
        lines
            .filter(|(_, distance)| *distance <= reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(id, _)| id)
    }

    /// The price of a line.
    #[must_use]
    pub fn price_of(&self, id: u32) -> Option<Price> {
        let line = self.drawn.iter().find(|line| line.id == id)?;
        Some(line.price)
    }

    /// Moves a line to another price.
    pub fn move_to(&mut self, id: u32, price: Price) {
        if let Some(held) = self.drawn.iter_mut().find(|line| line.id == id) {
            held.price = price;
        }
    }

    /// Prices at finer decimals; those that do not fit are gone.
    pub(super) fn rescale(&mut self, from: u8, to: u8) {
        let fits = |price: &mut Price| {
            let rescaled = price.rescaled(from, to);
            *price = rescaled.unwrap_or(*price);
            rescaled.is_some()
        };
        self.drawn.retain_mut(|line| fits(&mut line.price));
        self.levels.retain_mut(|line| fits(&mut line.price));
        self.measures
            .retain_mut(|measure| fits(&mut measure.from.1) && fits(&mut measure.to.1));
    }
}

/// The row of a price, where that is in the pane.
#[must_use]
pub fn row_in_pane(price: Price, scale: &PriceScale) -> Option<i32> {
    let y = scale.y(price.0 as f64).round();
    let shown = scale.top()..scale.top() + scale.height();
    shown.contains(&y).then_some(y as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::minutes;

    fn line(id: u32, price: i64) -> DrawnLine {
        DrawnLine {
            id,
            price: Price(price),
        }
    }

    #[test]
    fn lines_are_found_and_moved_by_their_id() {
        let scale = PriceScale::over(0.0, 400.0, 400);
        let mut lines = PriceLines {
            levels: vec![PriceLine {
                price: Price(900),
                label: "PDH",
            }],
            drawn: vec![line(7, 100), line(9, 200)],
            measures: Vec::new(),
        };
        assert_eq!(lines.near(303.0, &scale, 4.0), Some(7));
        assert_eq!(lines.near(250.0, &scale, 4.0), None);
        lines.move_to(9, Price(350));
        assert_eq!(lines.price_of(9), Some(Price(350)));
        assert_eq!(row_in_pane(Price(350), &scale), Some(50));
        assert_eq!(row_in_pane(Price(900), &scale), None, "it is outside");
        lines.rescale(0, 2);
        assert_eq!(lines.drawn, [line(7, 10_000), line(9, 35_000)]);
        assert_eq!(lines.levels[0].price, Price(90_000));
    }

    #[test]
    fn a_measure_spans_the_bars_of_every_width() {
        let series = minutes(0..20);
        let noon = 1_795_435_200_000;
        let measure = DrawnMeasure {
            id: 1,
            from: (UnixMs(noon + 60_000), Price(100)),
            to: (UnixMs(noon + 5 * 60_000 + 30_000), Price(110)),
        };
        let there = measure.on(&series, Timeframe::M1);
        assert_eq!(there.to.index - there.from.index, 4);
        assert_eq!(
            there.texts(0)[1],
            "4 bars, 4 min",
            "times stay what they were"
        );
    }
}

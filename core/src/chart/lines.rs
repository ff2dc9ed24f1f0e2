//! Prices that are marked across the chart: levels of the day and the week before, and those that
//! a person drew.

use super::price_scale::PriceScale;
use crate::model::Price;

/// A line at a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceLine {
    /// Counts of the chart's precision.
    pub price: Price,
    /// What stands beside it; empty for a line that was drawn.
    pub label: &'static str,
}

/// The lines of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceLines {
    /// Levels that are known, not drawn.
    pub levels: Vec<PriceLine>,
    /// Drawn by a person.
    drawn: Vec<Price>,
}

impl PriceLines {
    /// Those drawn, in the order they were.
    #[must_use]
    pub fn drawn(&self) -> &[Price] {
        &self.drawn
    }

    /// Takes over what is drawn; twice the same price is once.
    pub fn set_drawn(&mut self, prices: impl IntoIterator<Item = Price>) {
        self.drawn.clear();
        for price in prices {
            if !self.drawn.contains(&price) {
                self.drawn.push(price);
            }
        }
    }

    /// Draws a line at a price; where one is drawn within `reach` rows, takes that away instead.
    pub fn toggle(&mut self, price: Price, scale: &PriceScale, reach: f64) {
        match self.near(scale.y(price.0 as f64), scale, reach) {
            Some(at) => {
                self.drawn.remove(at);
            }
            None => self.drawn.push(price),
        }
    }

    /// Place among those drawn of the nearest within `reach` rows of one.
    #[must_use]
    pub fn near(&self, y: f64, scale: &PriceScale, reach: f64) -> Option<usize> {
        let distance = |price: &Price| (scale.y(price.0 as f64) - y).abs();
        let lines = self.drawn.iter().enumerate();
        lines
            .map(|(at, price)| (at, distance(price)))
            .filter(|(_, distance)| *distance <= reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(at, _)| at)
    }

    /// Moves one to another price.
    pub fn move_to(&mut self, at: usize, price: Price) {
        if let Some(held) = self.drawn.get_mut(at) {
            *held = price;
        }
    }

    /// All of them with their row of device pixels, where that is in the pane.
    pub fn rows<'a>(
        &'a self,
        scale: &'a PriceScale,
    ) -> impl Iterator<Item = (i32, PriceLine)> + 'a {
        let drawn = self.drawn.iter().map(|price| PriceLine {
            price: *price,
            label: "",
        });
        let all = self.levels.iter().cloned().chain(drawn);
        let shown = scale.top()..scale.top() + scale.height();
        all.map(|line| (scale.y(line.price.0 as f64).round(), line))
            .filter(move |(y, _)| shown.contains(y))
            .map(|(y, line)| (y as i32, line))
    }

    /// Prices at finer decimals; those that do not fit are gone.
    pub(super) fn rescale(&mut self, from: u8, to: u8) {
        self.drawn = self
            .drawn
            .iter()
            .filter_map(|price| price.rescaled(from, to))
            .collect();
        self.levels.retain_mut(|line| {
            let price = line.price.rescaled(from, to);
            line.price = price.unwrap_or(line.price);
            price.is_some()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_drawn_moved_and_taken_away() {
        let scale = PriceScale::over(0.0, 400.0, 400);
        let mut lines = PriceLines::default();
        lines.toggle(Price(100), &scale, 4.0);
        lines.toggle(Price(200), &scale, 4.0);
        assert_eq!(lines.near(303.0, &scale, 4.0), Some(0));
        assert_eq!(lines.near(250.0, &scale, 4.0), None);
        lines.move_to(1, Price(350));
        lines.levels.push(PriceLine {
            price: Price(900),
            label: "PDH",
        });
        let rows: Vec<i32> = lines.rows(&scale).map(|(y, _)| y).collect();
        assert_eq!(rows, [300, 50], "what is outside is not drawn");
        lines.toggle(Price(102), &scale, 4.0);
        assert_eq!(lines.drawn(), [Price(350)]);
        lines.rescale(0, 2);
        assert_eq!(lines.drawn(), [Price(35_000)]);
        assert_eq!(lines.levels[0].price, Price(90_000));
    }
}

//! How far it is from one place of the chart to another.

use super::format;
use crate::model::{Price, UnixMs};

/// A place of the chart that stays with its bar and price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The bar.
    pub index: i64,
    /// When it opened, UTC.
    pub time: UnixMs,
    /// The price, counts of the chart's precision.
    pub price: Price,
}

/// From one place to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Where it began.
    pub from: Anchor,
    /// Where it ends.
    pub to: Anchor,
}

impl Measure {
    /// Whether it does not fall.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.to.price >= self.from.price
    }

    /// Two lines of text: the price, and the time.
    #[must_use]
    pub fn texts(&self, decimals: u8) -> [String; 2] {
        let by = i128::from(self.to.price.0) - i128::from(self.from.price.0);
        let percent = by as f64 / self.from.price.0 as f64 * 100.0;
        let bars = self.to.index - self.from.index;
        let noun = if bars.abs() == 1 { "bar" } else { "bars" };
        let span = format::duration((self.to.time.0 - self.from.time.0).abs());
        [
            format!(
                "{} ({})",
                format::signed(by, decimals, decimals),
                format::percent(percent)
            ),
            format!("{} {noun}, {span}", format::grouped(i128::from(bars), 0)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_way_there() {
        let anchor = |index: i64, price| Anchor {
            index,
            time: UnixMs(index * 60_000),
            price: Price(price),
        };
        let there = Measure {
            from: anchor(10, 10_000),
            to: anchor(130, 10_250),
        };
        assert_eq!(there.texts(2), ["+2.50 (+2.50 %)", "120 bars, 2 h"]);
        let back = Measure {
            from: there.to,
            to: Anchor {
                index: 129,
                ..there.from
            },
        };
        assert_eq!(back.texts(2), ["−2.50 (−2.44 %)", "−1 bar, 2 h"]);
        assert!(there.is_up() && !back.is_up());
    }
}

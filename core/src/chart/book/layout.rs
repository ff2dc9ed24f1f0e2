//! Rows of an order book panel: asks above, bids below, two bars a row from the right.

use crate::chart::book::{Amount, Group, WidthScale};
use crate::model::{Price, Side};

/// Height of a row, CSS pixels.
const ROW: f64 = 18.0;
/// Height of the line with last price and spread, CSS pixels.
const MIDDLE: f64 = 30.0;

/// How many rows fit, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BookLayout {
    /// Rows of each side.
    pub rows: usize,
    /// Top of the line with last price and spread, CSS pixels.
    pub middle_y: f64,
}

impl BookLayout {
    /// Height of a row, CSS pixels.
    pub const ROW: f64 = ROW;
    /// Height of the line between the sides, CSS pixels.
    pub const MIDDLE: f64 = MIDDLE;

    /// As many whole rows a side as fit into `height` CSS pixels.
    #[must_use]
    pub fn new(height: f64) -> Self {
        let rows = ((height - MIDDLE) / 2.0 / ROW).floor().max(0.0);
        Self {
            rows: rows as usize,
            middle_y: rows * ROW,
        }
    }

    /// Top of the row of a side's level, the best being 0.
    #[must_use]
    pub fn row_y(&self, side: Side, level: usize) -> f64 {
        match side {
            Side::Sell => self.middle_y - (level + 1) as f64 * ROW,
            Side::Buy => self.middle_y + MIDDLE + level as f64 * ROW,
        }
    }

    /// Fills `out` with a side's rows, best first.
    pub fn rows(&self, side: Side, groups: &[Group], scale: &WidthScale, out: &mut Vec<BookRow>) {
        out.clear();
        let mut total = Amount::ZERO;
        for (at, group) in groups.iter().take(self.rows).enumerate() {
            total += group.amount;
            out.push(BookRow {
                price: group.price,
                amount: group.amount,
                total,
                is_partial: group.is_partial,
                y: self.row_y(side, at),
                size_share: scale.share(group.amount.quantity),
                total_share: scale.total_share(total.quantity),
            });
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BookRow {
    /// The group's price.
    pub price: Price,
    /// What rests there.
    pub amount: Amount,
    /// What rests from the best price to this one.
    pub total: Amount,
    /// Whether there may be more than what is known.
    pub is_partial: bool,
    /// Top of the row, CSS pixels.
    pub y: f64,
    /// Width of the size bar, 0 to 1 of the panel.
    pub size_share: f64,
    /// Width of the cumulative bar, 0 to 1 of the panel.
    pub total_share: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Quantity, Volume};

    #[test]
    fn rows_grow_away_from_the_middle() {
        let layout = BookLayout::new(30.0 + 18.0 * 7.5);
        assert_eq!(layout.rows, 3);
        assert_eq!(layout.row_y(Side::Sell, 0), 36.0);
        assert_eq!(layout.row_y(Side::Sell, 2), 0.0);
        assert_eq!(layout.row_y(Side::Buy, 0), 84.0);
        assert_eq!(BookLayout::new(0.0).rows, 0);
    }

    #[test]
    fn totals_run_from_the_best() {
        let group = |price| Group {
            price: Price(price),
            amount: Amount::new(Price(price), Quantity(5)),
            is_partial: false,
        };
        let groups: Vec<_> = (0..9).map(|at| group(100 - at)).collect();
        let mut rows = Vec::new();
        BookLayout::new(30.0 + 18.0 * 6.0).rows(
            Side::Buy,
            &groups,
            &WidthScale::default(),
            &mut rows,
        );
        let totals: Vec<_> = rows.iter().map(|row| row.total.quantity).collect();
        assert_eq!(totals, [Volume(5), Volume(10), Volume(15)]);
    }
}

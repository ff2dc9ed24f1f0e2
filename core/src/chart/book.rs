//! Rows of an order book panel: asks above, bids below, two bars a row from the right.

use crate::model::{BookLevel, Price, Side, Volume};

/// Height of a row, CSS pixels.
const ROW: f64 = 18.0;
/// Height of the line with last price and spread, CSS pixels.
const MIDDLE: f64 = 30.0;
/// The size that fills a row is this percentile of the sizes in view: a wall is cut off at the
/// panel's edge and does not make everything else invisible.
const FULL_PERCENTILE: f64 = 0.9;
/// The full size is kept while the percentile stays within this factor of it.
const KEPT_WITHIN: f64 = 1.3;

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

    /// Fills `out` with a side's rows, best first; `Buy` is the bids.
    pub fn rows(
        &self,
        side: Side,
        levels: &[(Price, Volume)],
        scale: &WidthScale,
        out: &mut Vec<BookRow>,
    ) {
        out.clear();
        let mut total = Volume::ZERO;
        for (at, (price, quantity)) in levels.iter().take(self.rows).enumerate() {
            total += *quantity;
            out.push(BookRow {
                price: *price,
                quantity: *quantity,
                total,
                y: self.row_y(side, at),
                size_share: scale.share(*quantity),
                total_share: scale.total_share(total),
            });
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BookRow {
    /// The level's price.
    pub price: Price,
    /// Base units resting there.
    pub quantity: Volume,
    /// Base units from the best level to this one.
    pub total: Volume,
    /// Top of the row, CSS pixels.
    pub y: f64,
    /// Width of the size bar, 0 to 1 of the panel.
    pub size_share: f64,
    /// Width of the cumulative bar, 0 to 1 of the panel.
    pub total_share: f64,
}

/// What fills a row, steady while the book breathes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WidthScale {
    full_size: f64,
    full_total: f64,
    sizes: Vec<f64>,
}

impl WidthScale {
    /// Looks at the levels in view, best first.
    pub fn observe(&mut self, bids: &[(Price, Volume)], asks: &[(Price, Volume)]) {
        self.sizes.clear();
        self.sizes.extend(
            bids.iter()
                .chain(asks)
                .map(|(_, quantity)| quantity.to_f64(0)),
        );
        if self.sizes.is_empty() {
            return;
        }
        let total = |side: &[(Price, Volume)]| side.iter().map(|(_, q)| q.to_f64(0)).sum::<f64>();
        let at = ((self.sizes.len() - 1) as f64 * FULL_PERCENTILE) as usize;
        let (_, percentile, _) = self.sizes.select_nth_unstable_by(at, f64::total_cmp);
        self.full_size = steady(self.full_size, *percentile);
        self.full_total = steady(self.full_total, total(bids).max(total(asks)));
    }

    fn share(&self, quantity: Volume) -> f64 {
        share(quantity, self.full_size)
    }

    fn total_share(&self, total: Volume) -> f64 {
        share(total, self.full_total)
    }
}

fn steady(kept: f64, seen: f64) -> f64 {
    let stays = kept > 0.0 && seen <= kept * KEPT_WITHIN && seen >= kept / KEPT_WITHIN;
    if stays { kept } else { seen }
}

fn share(quantity: Volume, full: f64) -> f64 {
    if full > 0.0 {
        (quantity.to_f64(0) / full).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Joins levels into steps of `step` counts, away from the spread, so that no size is shown at a
/// better price than it has. At most `rows` steps, best first.
pub fn grouped_levels(
    side: Side,
    levels: &[BookLevel],
    step: i64,
    rows: usize,
    out: &mut Vec<(Price, Volume)>,
) {
    out.clear();
    let step = step.max(1);
    for level in levels {
        let down = level.price.0.div_euclid(step) * step;
        let price = match side {
            Side::Sell if down < level.price.0 => Price(down + step),
            _ => Price(down),
        };
        let full = out.len() == rows;
        match out.last_mut() {
            Some((last, quantity)) if *last == price => *quantity += level.quantity.into(),
            _ if full => return,
            _ => out.push((price, level.quantity.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Quantity;
    use proptest::prelude::*;

    fn levels(rows: &[(i64, i64)]) -> Vec<BookLevel> {
        rows.iter()
            .map(|&(price, quantity)| BookLevel {
                price: Price(price),
                quantity: Quantity(quantity),
            })
            .collect()
    }

    fn grouped(side: Side, rows: &[(i64, i64)], step: i64, count: usize) -> Vec<(i64, i128)> {
        let mut out = Vec::new();
        grouped_levels(side, &levels(rows), step, count, &mut out);
        out.into_iter()
            .map(|(price, volume)| (price.0, volume.0))
            .collect()
    }

    #[test]
    fn grouping_moves_no_size_nearer() {
        let asks = [(101, 1), (104, 2), (105, 3), (106, 4)];
        assert_eq!(grouped(Side::Sell, &asks, 5, 9), [(105, 6), (110, 4)]);
        let bids = [(99, 1), (96, 2), (95, 3), (94, 4)];
        assert_eq!(grouped(Side::Buy, &bids, 5, 9), [(95, 6), (90, 4)]);
        assert_eq!(grouped(Side::Buy, &bids, 1, 2), [(99, 1), (96, 2)]);
    }

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
    fn one_wall_does_not_rescale() {
        let side: Vec<(Price, Volume)> = (0..10)
            .map(|at| (Price(100 - at), Volume(50 + i128::from(at))))
            .collect();
        let mut scale = WidthScale::default();
        scale.observe(&side, &side);
        let before = scale.share(Volume(50));
        let mut walled = side.clone();
        walled[4].1 = Volume(50_000);
        scale.observe(&side, &walled);
        assert_eq!(scale.share(Volume(50)), before);
        assert_eq!(scale.share(Volume(50_000)), 1.0);
    }

    proptest! {
        #[test]
        fn grouping_loses_nothing(rows in prop::collection::vec((1_i64..40, 1_i64..1_000), 1..60), step in 1_i64..50) {
            let mut price = 10_000;
            let bids: Vec<(i64, i64)> = rows.iter().map(|&(gap, size)| { price -= gap; (price, size) }).collect();
            let out = grouped(Side::Buy, &bids, step, usize::MAX);
            let sum: i64 = bids.iter().map(|level| level.1).sum();
            prop_assert_eq!(out.iter().map(|level| level.1).sum::<i128>(), i128::from(sum));
            prop_assert!(out.windows(2).all(|pair| pair[0].0 > pair[1].0));
        }
    }
}

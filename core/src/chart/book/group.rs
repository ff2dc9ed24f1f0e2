//! Levels joined at wider steps, and which steps there are to choose from.

use crate::chart::book::Amount;
use crate::model::{BookLevel, Price, Side};

/// Levels a side that are asked for one after the other, until the rows are filled.
const DEPTHS: [u16; 3] = [50, 200, 1_000];
/// The widest step is this share of the price: ten rows a side then cover two percent of it.
const WIDEST: i64 = 500;
/// The step that is chosen by itself is at least this share of the price, a tenth of a basis point.
const AUTOMATIC: f64 = 1e-5;

/// Levels joined at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// A multiple of the step: no level in it has a worse price.
    pub price: Price,
    /// The sum of its levels.
    pub amount: Amount,
    /// Whether the book is cut inside of it: there may be more than what is known.
    pub is_partial: bool,
}

/// Where a price stands when prices are joined at `step` counts: bids and what was sold into them
/// at or below it, asks and what was bought from them at or above it, so that no size is shown at
/// a better price than it has.
#[must_use]
pub fn group_price(side: Side, price: Price, step: i64) -> Price {
    let step = step.max(1);
    let below = price.0.div_euclid(step) * step;
    match side {
        Side::Sell if below < price.0 => Price(below.saturating_add(step)),
        _ => Price(below),
    }
}

/// Joins levels, given best first, at `step` counts; at most `rows` groups, best first. `is_cut`
/// says that the side has more levels than are given.
pub fn group_levels(
    side: Side,
    levels: &[BookLevel],
    is_cut: bool,
    step: i64,
    rows: usize,
    out: &mut Vec<Group>,
) {
    out.clear();
    for level in levels {
        let price = group_price(side, level.price, step);
        let is_full = out.len() == rows;
        match out.last_mut() {
            Some(last) if last.price == price => last.amount += (*level).into(),
            _ if is_full => return,
            _ => out.push(Group {
                price,
                amount: (*level).into(),
                is_partial: false,
            }),
        }
    }
    if let (true, Some(level), Some(last)) = (is_cut, levels.last(), out.last_mut()) {
        last.is_partial = level.price != last.price;
    }
}

/// Group sizes to choose from, in ticks: 1, 2 and 5 times powers of ten, up to a 500th of the
/// price. Ascending, never empty.
pub fn group_sizes(tick: i64, price: Price) -> impl Iterator<Item = i64> + Clone {
    let most = (price.0 / WIDEST / tick.max(1)).max(1);
    (0..=18)
        .map(|digits| 10_i64.pow(digits))
        .flat_map(|power| [1, 2, 5].map(|times| power.checked_mul(times)))
        .map_while(move |size| size.filter(|size| *size <= most))
}

/// The group size, in ticks, that suits a price axis: a tenth of a basis point or the next wider.
#[must_use]
pub fn auto_group(tick: i64, price: Price) -> i64 {
    let wanted = price.0 as f64 * AUTOMATIC / tick.max(1) as f64;
    let mut widest = 1;
    for size in group_sizes(tick, price) {
        widest = size;
        if size as f64 >= wanted {
            break;
        }
    }
    widest
}

/// The depth to ask for where `held` levels a side do not fill the rows; `None` for the deepest.
#[must_use]
pub fn next_depth(held: u16) -> Option<u16> {
    DEPTHS.into_iter().find(|depth| *depth > held)
}

/// The bids' share of what rests in the best groups of both sides, as many of each; `None` where
/// a side is empty.
#[must_use]
pub fn imbalance(bids: &[Group], asks: &[Group]) -> Option<f64> {
    let rows = bids.len().min(asks.len());
    let sum = |side: &[Group]| -> f64 {
        let sizes = side.iter().take(rows);
        sizes.map(|group| group.amount.quantity.to_f64(0)).sum()
    };
    let (bid, ask) = (sum(bids), sum(asks));
    (rows > 0).then(|| bid / (bid + ask))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Notional, Quantity, Volume};
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
        group_levels(side, &levels(rows), false, step, count, &mut out);
        out.into_iter()
            .map(|group| (group.price.0, group.amount.quantity.0))
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
    fn only_a_group_that_may_hold_more_is_partial() {
        for (rows, step, is_cut, expected) in [
            (&[(99, 1), (96, 2)][..], 5, true, true),
            (&[(99, 1), (94, 2)], 5, true, true),
            (&[(99, 1), (95, 2)], 5, true, false),
            (&[(99, 1), (94, 2)], 5, false, false),
            (&[(99, 1), (94, 2)], 1, true, false),
        ] {
            let mut out = Vec::new();
            group_levels(Side::Buy, &levels(rows), is_cut, step, 9, &mut out);
            assert_eq!(
                out.last().map(|group| group.is_partial),
                Some(expected),
                "{rows:?}"
            );
            assert!(out.iter().rev().skip(1).all(|group| !group.is_partial));
        }
    }

    #[test]
    fn sizes_follow_tick_and_price() {
        for (tick, price, sizes, automatic) in [
            (1, 981, &[1][..], 1),
            (1, 18_430, &[1, 2, 5, 10, 20], 1),
            (25, 500_000, &[1, 2, 5, 10, 20], 1),
            (1, 267_000, &[1, 2, 5, 10, 20, 50, 100, 200, 500], 5),
            (0, 0, &[1], 1),
        ] {
            let found: Vec<i64> = group_sizes(tick, Price(price)).collect();
            assert_eq!(found, sizes, "{tick} of {price}");
            assert_eq!(
                auto_group(tick, Price(price)),
                automatic,
                "{tick} of {price}"
            );
        }
        assert_eq!(auto_group(1, Price(8_300_000)), 100);
    }

    #[test]
    fn deeper_until_there_is_no_deeper() {
        let asked: Vec<_> = std::iter::successors(Some(50), |held| next_depth(*held)).collect();
        assert_eq!(asked, DEPTHS);
    }

    #[test]
    fn imbalance_compares_as_many_of_each() {
        let side = |sizes: &[i64]| -> Vec<Group> {
            let rows: Vec<_> = sizes
                .iter()
                .enumerate()
                .map(|(at, size)| (at as i64, *size))
                .collect();
            let mut out = Vec::new();
            group_levels(Side::Sell, &levels(&rows), false, 1, 99, &mut out);
            out
        };
        assert_eq!(imbalance(&side(&[3]), &side(&[1, 100])), Some(0.75));
        assert_eq!(imbalance(&side(&[3]), &[]), None);
    }

    proptest! {
        #[test]
        fn grouping_loses_nothing_and_betters_nothing(
            rows in prop::collection::vec((1_i64..40, 1_i64..1_000), 1..60),
            step in 1_i64..50,
            is_bid in any::<bool>(),
        ) {
            let side = if is_bid { Side::Buy } else { Side::Sell };
            let mut price = 10_000;
            let raw: Vec<(i64, i64)> = rows
                .iter()
                .map(|&(gap, size)| {
                    price += if is_bid { -gap } else { gap };
                    (price, size)
                })
                .collect();
            let mut out = Vec::new();
            group_levels(side, &levels(&raw), false, step, usize::MAX, &mut out);
            // Each group is the sum of exactly the raw levels that round to it.
            for group in &out {
                let mut sum = Amount::ZERO;
                for level in levels(&raw).into_iter().filter(|level| group_price(side, level.price, step) == group.price) {
                    sum += level.into();
                }
                prop_assert_eq!(group.amount, sum);
                prop_assert_eq!(group.price.0 % step, 0);
            }
            let total: i64 = raw.iter().map(|level| level.1).sum();
            prop_assert_eq!(out.iter().map(|g| g.amount.quantity.0).sum::<i128>(), i128::from(total));
            let worth: i128 = raw.iter().map(|level| i128::from(level.0 * level.1)).sum();
            prop_assert_eq!(out.iter().map(|g| g.amount.notional.0).sum::<i128>(), worth);
            for &(price, _) in &raw {
                let shown = group_price(side, Price(price), step).0;
                let worse_by = if is_bid { price - shown } else { shown - price };
                prop_assert!((0..step).contains(&worse_by));
            }
            prop_assert!(out.windows(2).all(|pair| (pair[0].price > pair[1].price) == is_bid));
        }

        #[test]
        fn sizes_ascend_from_one(tick in 1_i64..1_000, price in 0_i64..i64::MAX) {
            let sizes: Vec<i64> = group_sizes(tick, Price(price)).collect();
            prop_assert_eq!(sizes.first(), Some(&1));
            prop_assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(sizes.contains(&auto_group(tick, Price(price))));
        }
    }

    #[test]
    fn a_group_adds_up_both_units() {
        let mut out = Vec::new();
        group_levels(
            Side::Buy,
            &levels(&[(99, 1), (96, 2)]),
            false,
            5,
            9,
            &mut out,
        );
        let expected = Amount {
            quantity: Volume(3),
            notional: Notional(99 + 2 * 96),
        };
        assert_eq!(out[0].amount, expected);
    }
}

//! Those who rest orders: how deep the book is, where its levels stand, how they follow the worth
//! and compete for the best price.

use super::book::BookSide;
use super::flow::{Situation, Stage};
use super::listing::Listing;
use super::noise::Draws;

/// Levels that a side has when nothing is going on, where there are enough ticks for them.
const LEVELS: f64 = 380.0;
/// Part of the ticks within reach that carry orders where ticks are coarse.
const OCCUPIED: f64 = 0.6;
/// Greatest distance of an ordinary order, as a part of the price: the first, or as far as it takes
/// to find room for the levels where ticks are coarse, up to the second.
const REACH: (f64, f64) = (0.03, 0.25);
/// Mean size of a level near the touch, as a part of a minute's notional, and at least as many
/// average orders.
const LEVEL_SHARE: f64 = 0.004;
const LEVEL_ORDERS: f64 = 2.5;
/// Mispricing, in tolerances, from which makers pull what would be run over.
const WITHDRAW_FROM: f64 = 2.5;
/// Orders pulled in one go.
const WITHDRAWN_AT_ONCE: usize = 12;
/// Steps between round prices, counts of the last decimal.
const ROUND_STEPS: [i64; 11] = [
    5, 10, 25, 50, 100, 500, 1_000, 2_500, 10_000, 50_000, 100_000,
];

/// The makers of one instrument.
#[derive(Debug)]
pub struct Makers {
    /// Counts of base units that one unit of quote currency buys, times one count of price.
    quantity_scale: f64,
    level_notional: f64,
    spread: i64,
    /// Greatest distance of an ordinary order, as a part of the price.
    reach: f64,
    /// Levels of a side when nothing is going on.
    levels: usize,
}

impl Makers {
    /// Makers who quote a listing to takers of this average order size, quote currency.
    pub fn new(listing: &Listing, order_notional: f64) -> Self {
        let price_decimals = i32::from(listing.precision.price);
        let decimals = price_decimals + i32::from(listing.precision.quantity);
        let ticks = listing.base_price * 10_f64.powi(price_decimals);
        let reach = (LEVELS / OCCUPIED / ticks).clamp(REACH.0, REACH.1);
        Self {
            quantity_scale: 10_f64.powi(decimals),
            level_notional: (listing.minute_notional * LEVEL_SHARE)
                .max(order_notional * LEVEL_ORDERS),
            spread: listing.spread_ticks,
            reach,
            levels: (ticks * reach * OCCUPIED).clamp(4.0, LEVELS) as usize,
        }
    }

    /// Fills an empty book.
    pub fn open(&self, situation: &Situation, stage: &mut Stage<'_>) {
        let middle = situation.fair_counts.round() as i64;
        let half = self.spread / 2;
        let touches = [
            (BookSide::Bid, middle - half),
            (BookSide::Ask, middle - half + self.spread),
        ];
        for (side, touch) in touches {
            self.place(situation, stage, side, touch);
            for _ in 0..20 * self.levels {
                if stage.book.count(side) >= self.levels {
                    break;
                }
                let price = self.somewhere(situation, stage.draws, side, touch);
                self.place(situation, stage, side, price);
            }
        }
    }

    /// Pulls orders that the worth has run past.
    pub fn withdraw(&self, situation: &Situation, stage: &mut Stage<'_>) {
        if situation.mispricing.abs() < WITHDRAW_FROM {
            return;
        }
        let side = if situation.mispricing > 0.0 {
            BookSide::Ask
        } else {
            BookSide::Bid
        };
        for _ in 0..WITHDRAWN_AT_ONCE {
            let Some((best, _)) = stage.book.best(side) else {
                return;
            };
            let run_over = (situation.fair_counts - best as f64) * side.inwards() as f64;
            if run_over < situation.tolerance || stage.book.count(side) <= self.fewest_levels() {
                return;
            }
            stage.rest(situation.time, side, best, 0);
        }
    }

    /// One ordinary change: a new order, a cancellation, a change of size.
    pub fn rearrange(&self, situation: &Situation, stage: &mut Stage<'_>) {
        let side = if stage.draws.chance(0.5) {
            BookSide::Bid
        } else {
            BookSide::Ask
        };
        let Some((touch, _)) = stage.book.best(side) else {
            return self.open(situation, stage);
        };
        let count = stage.book.count(side);
        let price = self.somewhere(situation, stage.draws, side, touch);
        if stage.draws.chance(0.35) {
            return self.resize(situation, stage, side, price);
        }
        let shortage = 1.0 - count as f64 / self.levels as f64;
        if stage.draws.chance((0.5 + 2.0 * shortage).clamp(0.1, 0.95)) {
            self.place(situation, stage, side, price);
        } else if count > self.levels && stage.draws.chance(0.2) {
            if let Some((farthest, _)) = stage.book.farthest(side) {
                stage.rest(situation.time, side, farthest, 0);
            }
        } else if count > self.fewest_levels()
            && let Some((price, _)) = stage.book.at_or_behind(side, price)
        {
            stage.rest(situation.time, side, price, 0);
        }
    }

    /// Closes a spread that has opened, from the side that is nearer to the worth, and fills up
    /// behind the new best price.
    pub fn compete(&self, situation: &Situation, stage: &mut Stage<'_>) {
        let (Some((bid, _)), Some((ask, _))) = (
            stage.book.best(BookSide::Bid),
            stage.book.best(BookSide::Ask),
        ) else {
            return self.open(situation, stage);
        };
        let wanted = if stage.draws.chance(0.9) {
            self.spread
        } else {
            self.spread * 2
        };
        if ask - bid <= wanted || stage.draws.chance(0.12) {
            return;
        }
        // A worth outside the spread draws one side up to the other; within it, makers meet there.
        let meeting = situation.fair_counts.clamp(bid as f64, ask as f64) as i64;
        let new_bid = (meeting - self.spread / 2).clamp(bid, ask - wanted);
        for (side, price, old) in [
            (BookSide::Bid, new_bid, bid),
            (BookSide::Ask, new_bid + wanted, ask),
        ] {
            if price == old {
                continue;
            }
            self.place(situation, stage, side, price);
            let vacated = (old - price).abs();
            for _ in 0..(vacated / 40).clamp(0, 3) {
                let behind = stage.draws.log_uniform(vacated as f64) as i64;
                let price = rounded(price + side.inwards() * behind, behind, stage.draws);
                self.place(situation, stage, side, price);
            }
        }
    }

    /// Levels that cancelling leaves in any case.
    fn fewest_levels(&self) -> usize {
        self.levels / 8 + 1
    }

    /// A price at a distance as people choose it: dense at the touch, then round numbers.
    fn somewhere(
        &self,
        situation: &Situation,
        draws: &mut Draws,
        side: BookSide,
        touch: i64,
    ) -> i64 {
        let reach = situation.fair_counts * self.reach;
        let distance = if draws.chance(0.75) {
            draws.log_uniform(reach.max(2.0))
        } else {
            draws.between(1.0, reach.max(2.0) / 2.0)
        };
        let price = touch + side.inwards() * distance as i64;
        rounded(price, distance as i64, draws).max(1)
    }

    fn place(&self, situation: &Situation, stage: &mut Stage<'_>, side: BookSide, price: i64) {
        if !stage.book.rests(side, price) {
            return;
        }
        let quantity = self.size(situation, stage.draws, price);
        let resting = stage.book.quantity_at(side, price);
        // Joining a level makes it deeper, but not without end.
        let joined = if resting > 4 * quantity {
            quantity
        } else {
            resting + quantity
        };
        stage.rest(situation.time, side, price, joined);
    }

    fn resize(&self, situation: &Situation, stage: &mut Stage<'_>, side: BookSide, price: i64) {
        let Some((price, resting)) = stage.book.at_or_behind(side, price) else {
            return;
        };
        let quantity = if stage.draws.chance(0.5) {
            self.size(situation, stage.draws, price)
        } else {
            (resting as f64 * stage.draws.between(0.6, 1.4)) as i64
        };
        stage.rest(situation.time, side, price, quantity.max(1));
    }

    /// Size of a new order, counts: more behind the touch and at round prices, less in bursts.
    fn size(&self, situation: &Situation, draws: &mut Draws, price: i64) -> i64 {
        let distance_bps =
            ((price as f64 - situation.fair_counts) / situation.fair_counts).abs() * 1e4;
        let zeros = trailing_zeros(price);
        let notional =
            self.level_notional * (0.35 + distance_bps).powf(0.55) * (1.0 + 0.6 * f64::from(zeros))
                / situation.fair.intensity.max(0.2).sqrt().min(3.0)
                * draws.lognormal(1.1);
        let quantity = notional / price as f64 * self.quantity_scale;
        let exact = (quantity as i64).max(1);
        if draws.chance(0.35) {
            two_digits(exact)
        } else {
            exact
        }
    }
}

/// Moves a price onto a round number that suits the distance, as half of all orders do.
fn rounded(price: i64, distance: i64, draws: &mut Draws) -> i64 {
    if draws.chance(0.45) {
        return price;
    }
    let fitting = ROUND_STEPS
        .iter()
        .filter(|&&step| step * 3 <= distance)
        .count();
    let coarsest = fitting.saturating_sub((draws.uniform() * 3.0) as usize);
    match coarsest.checked_sub(1) {
        Some(index) => price.div_euclid(ROUND_STEPS[index]) * ROUND_STEPS[index],
        None => price,
    }
}

fn trailing_zeros(mut price: i64) -> u32 {
    let mut zeros = 0;
    while price != 0 && price % 10 == 0 {
        price /= 10;
        zeros += 1;
    }
    zeros
}

/// Cuts a count to its first two digits: people type 0.25, not 0.25381947.
fn two_digits(count: i64) -> i64 {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    count / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_to_two_digits() {
        for (count, expected) in [(1, 1), (99, 99), (123, 120), (25_381_947, 25_000_000)] {
            assert_eq!(two_digits(count), expected);
        }
        assert_eq!(trailing_zeros(8_300_000), 5);
        assert_eq!(trailing_zeros(0), 0);
    }
}

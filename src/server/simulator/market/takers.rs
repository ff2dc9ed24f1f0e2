//! Those who trade at once: how often, on which side, how much, and how far they walk the book.

use super::book::BookSide;
use super::flow::{Situation, Stage};
use super::listing::Listing;
use super::noise::Draws;

/// Part of all actions that trade while book and worth agree.
const EAGERNESS: f64 = 0.15;
/// Part of an average minute's notional that these actions bring on average, measured over days
/// of play; the rest comes from informed orders and liquidations.
const CALIBRATION: f64 = 0.72;
/// Spread of order sizes: standard deviation of the logarithm.
const SIZE_SIGMA: f64 = 1.7;
/// Tail exponent of the length of parent orders; signs of trades then have a long memory. After
/// Lillo, Mike, Farmer: "Theory for Long Memory in Supply and Demand", 2005.
const PARENT_ALPHA: f64 = 1.5;
const LONGEST_PARENT: f64 = 120.0;
/// Levels that one order may take.
const DEEPEST_WALK: usize = 60;

/// The takers of one instrument.
#[derive(Debug)]
pub struct Takers {
    quantity_scale: f64,
    mean_notional: f64,
    /// Side of the book that the current parent order takes, and its child orders left.
    parent: (BookSide, u32),
}

impl Takers {
    /// Takers of a listing whose flow has `rate` actions a second.
    pub fn new(listing: &Listing, rate: f64) -> Self {
        let decimals = i32::from(listing.precision.price) + i32::from(listing.precision.quantity);
        Self {
            quantity_scale: 10_f64.powi(decimals),
            mean_notional: listing.minute_notional * CALIBRATION / (rate * 60.0 * EAGERNESS),
            parent: (BookSide::Ask, 0),
        }
    }

    /// Size of an average order, quote currency.
    pub fn order_notional(&self) -> f64 {
        self.mean_notional
    }

    /// Probability that the next action trades.
    pub fn eagerness(&self, situation: &Situation) -> f64 {
        let informed = (situation.mispricing.abs() / 3.0).min(1.0) * 0.2;
        let forced = if situation.fair.rush == 0 { 0.0 } else { 0.25 };
        EAGERNESS + informed + forced
    }

    /// Sends one order that takes what rests.
    pub fn take(&mut self, situation: &Situation, stage: &mut Stage<'_>) {
        let side = self.choose_side(situation, stage.draws);
        let Some((best, resting)) = stage.book.best(side) else {
            return;
        };
        let rush = situation.fair.rush != 0;
        let draws = &mut *stage.draws;
        let mut notional = self.mean_notional
            * situation.fair.intensity.powf(0.3)
            * draws.lognormal(SIZE_SIGMA)
            * if rush { 2.5 } else { 1.0 };
        if draws.chance(0.08) {
            notional *= 1e-3;
        } else if draws.chance(0.004) {
            notional *= 12.0;
        }
        let mut quantity = ((notional / best as f64 * self.quantity_scale) as i64).max(1);
        let informed = (side == BookSide::Ask) == (situation.mispricing > 0.0)
            && situation.mispricing.abs() > 1.0;
        if informed && draws.chance(0.35) {
            // Who knows better takes what is mispriced, within his means.
            let means = 3.0 * self.mean_notional / best as f64 * self.quantity_scale;
            quantity = quantity.max((resting + resting / 3).min(means as i64));
        }
        let patience = situation.tolerance * if rush { 6.0 } else { 2.0 };
        let limit = situation.fair_counts + side.inwards() as f64 * patience;
        walk(situation, stage, side, quantity, limit);
    }

    fn choose_side(&mut self, situation: &Situation, draws: &mut Draws) -> BookSide {
        if situation.fair.rush != 0 && draws.chance(0.9) {
            return if situation.fair.rush > 0 {
                BookSide::Ask
            } else {
                BookSide::Bid
            };
        }
        let pressure = situation.mispricing.clamp(-4.0, 4.0);
        let buy_probability = 0.5 + 0.5 * (0.8 * pressure).tanh();
        let toss = |draws: &mut Draws| {
            if draws.chance(buy_probability) {
                BookSide::Ask
            } else {
                BookSide::Bid
            }
        };
        if draws.chance(0.25) {
            return toss(draws);
        }
        let (side, left) = self.parent;
        let against = (side == BookSide::Ask) != (pressure > 0.0) && pressure.abs() > 1.5;
        self.parent = if left == 0 || (against && draws.chance(0.6)) {
            let length = draws.pareto(PARENT_ALPHA).min(LONGEST_PARENT) * 2.0;
            (toss(draws), length as u32)
        } else {
            (side, left - 1)
        };
        self.parent.0
    }
}

/// Takes from the best price on until the quantity is filled or the limit is reached. The best
/// level is taken in any case, the last level of a side never whole.
fn walk(situation: &Situation, stage: &mut Stage<'_>, side: BookSide, quantity: i64, limit: f64) {
    let mut left = quantity;
    for step in 0..DEEPEST_WALK {
        let Some((price, resting)) = stage.book.best(side) else {
            return;
        };
        let beyond = (price as f64 - limit) * side.inwards() as f64 > 0.0;
        if left <= 0 || (step > 0 && beyond) {
            return;
        }
        let available = if stage.book.count(side) == 1 {
            resting - 1
        } else {
            resting
        };
        let mut filled = left.min(available);
        if filled <= 0 {
            return;
        }
        // Several orders may stand behind one price.
        if filled > 1 && stage.draws.chance(0.3) {
            let first = ((filled as f64 * stage.draws.uniform()) as i64).clamp(1, filled - 1);
            stage.fill(situation.time, side, price, first);
            left -= first;
            filled -= first;
        }
        stage.fill(situation.time, side, price, filled);
        left -= filled;
    }
}

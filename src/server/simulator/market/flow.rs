//! The order flow of one instrument: orders that rest, move and trade one after the other, so that
//! the book follows what the instrument is worth. Deterministic in seed and start; how finely it
//! is advanced changes nothing. It reads no clock and words nothing for a venue.

use tradesuite_core::model::{Precision, Price, Quantity, Side, Trade, TradeId, UnixNs};

use super::book::{BookSide, RestingOrders};
use super::fair::{Fair, FairPrice};
use super::listing::Listing;
use super::makers::Makers;
use super::noise::{Draws, Noise};
use super::takers::Takers;
use super::walk::FINEST_DEPTH;

const SECOND_NS: f64 = 1e9;
/// Trade ids begin at this many per second since 1970, so that a later start continues above.
const IDS_PER_SECOND: i64 = 4_000;
/// Smallest and greatest pace relative to the average.
const PACE: (f64, f64) = (0.25, 5.0);

/// Something that everybody who watches the instrument sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// What rests at a price is now `quantity`; 0: nothing.
    Level {
        /// When.
        time: UnixNs,
        /// Where.
        side: BookSide,
        /// Quote currency per base unit.
        price: Price,
        /// Base units.
        quantity: Quantity,
    },
    /// An execution.
    Trade(Trade),
}

/// The state of the market that makers and takers look at when they act.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// When.
    pub time: UnixNs,
    /// What the instrument is worth.
    pub fair: Fair,
    /// The same as a count of the last price decimal.
    pub fair_counts: f64,
    /// How far from it a price may stand before somebody profits, the same count.
    pub tolerance: f64,
    /// Worth less middle of the book, in tolerances: positive where the book is too low.
    pub mispricing: f64,
}

/// Everything that can be changed by acting: the book, and what has been told about it.
#[derive(Debug)]
pub struct Stage<'a> {
    /// The resting orders.
    pub book: &'a mut RestingOrders,
    /// Randomness of the order flow.
    pub draws: &'a mut Draws,
    /// Number of the last trade.
    pub last_trade: &'a mut TradeId,
    /// What happened, in order.
    pub moves: &'a mut Vec<Move>,
}

impl Stage<'_> {
    /// Sets what rests at a price and tells it.
    pub fn rest(&mut self, time: UnixNs, side: BookSide, price: i64, quantity: i64) {
        if self.book.set(side, price, quantity) {
            self.moves.push(Move::Level {
                time,
                side,
                price: Price(price),
                quantity: Quantity(quantity.max(0)),
            });
        }
    }

    /// Fills a resting order of the maker's `side` at a price and tells it.
    pub fn fill(&mut self, time: UnixNs, side: BookSide, price: i64, quantity: i64) {
        let resting = self.book.quantity_at(side, price);
        self.last_trade.0 += 1;
        self.moves.push(Move::Trade(Trade {
            id: *self.last_trade,
            time,
            received: time,
            price: Price(price),
            quantity: Quantity(quantity),
            side: match side {
                BookSide::Bid => Side::Sell,
                BookSide::Ask => Side::Buy,
            },
        }));
        self.rest(time, side, price, resting - quantity);
    }
}

/// One instrument's order flow.
#[derive(Debug)]
pub struct OrderFlow {
    listing: &'static Listing,
    fair: FairPrice,
    book: RestingOrders,
    makers: Makers,
    takers: Takers,
    draws: Draws,
    last_trade: TradeId,
    /// Actions a second on average.
    rate: f64,
    next_ns: i64,
    actions: u64,
}

impl OrderFlow {
    /// A flow of `rate` actions a second with a full book at `start`.
    pub fn new(listing: &'static Listing, seed: u64, rate: f64, start: UnixNs) -> Self {
        let takers = Takers::new(listing, rate);
        let mut flow = Self {
            listing,
            fair: FairPrice::new(listing, seed, FINEST_DEPTH),
            book: RestingOrders::default(),
            makers: Makers::new(listing, takers.order_notional()),
            takers,
            draws: Noise::new(seed, listing.symbol).at(400, start.0),
            last_trade: TradeId(
                u64::try_from(start.0 / 1_000_000_000 * IDS_PER_SECOND).unwrap_or(0),
            ),
            rate,
            next_ns: start.0,
            actions: 0,
        };
        flow.open(start);
        flow
    }

    /// Plays everything up to and including `to` and appends it to `moves`.
    pub fn advance(&mut self, to: UnixNs, moves: &mut Vec<Move>) {
        while self.next_ns <= to.0 {
            let situation = self.situation(UnixNs(self.next_ns));
            self.act(&situation, moves);
            self.actions += 1;
            let pace = situation.fair.intensity.sqrt().clamp(PACE.0, PACE.1)
                * if situation.fair.rush == 0 { 1.0 } else { 3.0 };
            let gap = self.draws.exponential() / (self.rate * pace) * SECOND_NS;
            // Venues stamp in microseconds.
            self.next_ns += (gap as i64 / 1_000).max(1) * 1_000;
        }
    }

    /// Leaves out what would have happened before `to`: the market was halted.
    pub fn skip_to(&mut self, to: UnixNs) {
        self.next_ns = self.next_ns.max(to.0 / 1_000 * 1_000);
    }

    /// The resting orders.
    pub fn book(&self) -> &RestingOrders {
        &self.book
    }

    /// What is traded.
    pub fn listing(&self) -> &'static Listing {
        self.listing
    }

    /// Number of the last trade.
    pub fn last_trade(&self) -> TradeId {
        self.last_trade
    }

    /// Orders placed, moved, cancelled and taken so far.
    pub fn actions(&self) -> u64 {
        self.actions
    }

    fn open(&mut self, start: UnixNs) {
        let situation = self.situation(start);
        let mut moves = Vec::new();
        let mut stage = Stage {
            book: &mut self.book,
            draws: &mut self.draws,
            last_trade: &mut self.last_trade,
            moves: &mut moves,
        };
        self.makers.open(&situation, &mut stage);
    }

    fn situation(&mut self, time: UnixNs) -> Situation {
        let fair = self.fair.at(time.0);
        let Precision { price, .. } = self.listing.precision;
        let fair_counts = fair.log_price.exp() * 10_f64.powi(i32::from(price));
        let tolerance = (fair_counts * 0.3e-4).max(0.5 * self.listing.spread_ticks as f64);
        let middle = match (self.book.best(BookSide::Bid), self.book.best(BookSide::Ask)) {
            (Some((bid, _)), Some((ask, _))) => (bid + ask) as f64 / 2.0,
            _ => fair_counts,
        };
        Situation {
            time,
            fair,
            fair_counts,
            tolerance,
            mispricing: (fair_counts - middle) / tolerance,
        }
    }

    fn act(&mut self, situation: &Situation, moves: &mut Vec<Move>) {
        let mut stage = Stage {
            book: &mut self.book,
            draws: &mut self.draws,
            last_trade: &mut self.last_trade,
            moves,
        };
        self.makers.withdraw(situation, &mut stage);
        if stage.draws.chance(self.takers.eagerness(situation)) {
            self.takers.take(situation, &mut stage);
        } else {
            self.makers.rearrange(situation, &mut stage);
        }
        self.makers.compete(situation, &mut stage);
    }
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;

//! The synthetic market: what instruments are worth, who rests and takes orders, and the past.
//!
//! Pure: deterministic in seed and time, and time is an argument. It must not know any venue's
//! protocol, a socket, or a clock.
//!
//! | module | what it owns |
//! |---|---|
//! | [`noise`] | random numbers as a function of place |
//! | [`listing`] | the table of instruments |
//! | [`walk`] | the random walk that can be asked for any instant |
//! | [`fair`] | an instrument's worth: common move, own move, liquidations |
//! | [`book`] | resting orders |
//! | [`flow`], `makers`, `takers` | orders one after the other |
//! | [`bars`], [`history`] | bars as they were played, and worked out for any day |
//! | [`desk`] | one instrument with all of that, its newest trades and its day's figures |

pub mod bars;
pub mod book;
pub mod desk;
pub mod fair;
pub mod flow;
pub mod history;
pub mod listing;
mod makers;
pub mod noise;
mod takers;
pub mod walk;

use tradesuite_core::model::UnixNs;

use self::desk::Desk;
use self::listing::Listing;

/// Silence after which the market counts as halted instead of being played through.
const LONGEST_CATCH_UP_NS: i64 = 10_000_000_000;

/// All instruments of one world.
#[derive(Debug)]
pub struct Market {
    desks: Vec<Desk>,
    time: UnixNs,
}

impl Market {
    /// A market of `rate` actions a second over all instruments, opened at `start`.
    pub fn new(listings: &[&'static Listing], seed: u64, rate: f64, start: UnixNs) -> Self {
        let all: f64 = listings.iter().map(|listing| listing.activity).sum();
        let desk = |listing: &&'static Listing| {
            Desk::new(listing, seed, rate * listing.activity / all, start)
        };
        Self {
            desks: listings.iter().map(desk).collect(),
            time: start,
        }
    }

    /// Plays everything up to `to`; what happened is in each desk's moves until the next call.
    /// A jump beyond ten seconds (the machine slept) halts the market in between.
    pub fn advance(&mut self, to: UnixNs) {
        let halted = to.0 - self.time.0 > LONGEST_CATCH_UP_NS;
        for desk in &mut self.desks {
            if halted {
                desk.skip_to(to);
            }
            desk.advance(to);
        }
        self.time = self.time.max(to);
    }

    /// Plays a stretch of any length, to have a past to show.
    pub fn warm_up(&mut self, to: UnixNs) {
        while self.time < to {
            let step = to.0.min(self.time.0 + LONGEST_CATCH_UP_NS);
            self.advance(UnixNs(step));
        }
    }

    /// Brings the 24-hour figures of all instruments up to the minute.
    pub fn refresh_days(&mut self) {
        for desk in &mut self.desks {
            desk.refresh_day(self.time);
        }
    }

    /// Place of an instrument in [`Market::desks`].
    pub fn find(&self, symbol: &str) -> Option<usize> {
        self.desks
            .iter()
            .position(|desk| desk.listing().symbol == symbol)
    }

    /// The instruments, in the order they were listed.
    pub fn desks(&self) -> &[Desk] {
        &self.desks
    }

    /// Up to when the market was played.
    pub fn time(&self) -> UnixNs {
        self.time
    }
}

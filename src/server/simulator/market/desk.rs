//! One instrument as a venue runs it: its order flow, newest trades, played bars and the figures
//! of its last 24 hours.

use std::collections::VecDeque;

use tradesuite_core::model::{Trade, UnixNs};

use super::bars::{Bar, PlayedBars};
use super::book::BookSide;
use super::fair::FairPrice;
use super::flow::{Move, OrderFlow};
use super::history::History;
use super::listing::Listing;
use super::walk::{MINUTE_DEPTH, MINUTE_NS};

/// Trades kept for those who ask for missed ones: at least so many, and all of so long. A client
/// that is cut off again and again waits a minute between two tries, and as long to ask.
const KEPT_TRADES: usize = 20_000;
const KEPT_NS: i64 = 600_000_000_000;
const DAY_MINUTES: i64 = 1_440;

/// Figures of the last 24 hours, in counts of the last decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayFigures {
    /// Price 24 hours ago.
    pub open: i64,
    /// Highest price.
    pub high: i64,
    /// Lowest price.
    pub low: i64,
    /// Base units traded.
    pub volume: i64,
}

/// One instrument of the market.
#[derive(Debug)]
pub struct Desk {
    flow: OrderFlow,
    history: History,
    played: PlayedBars,
    trades: VecDeque<Trade>,
    moves: Vec<Move>,
    day: DayFigures,
    day_minute: i64,
    /// Lowest and highest daily price of the year before the opening.
    year: (i64, i64),
    trade_count: u64,
}

impl Desk {
    /// A desk with `rate` actions a second, opened at `start`.
    pub fn new(listing: &'static Listing, seed: u64, rate: f64, start: UnixNs) -> Self {
        Self {
            flow: OrderFlow::new(listing, seed, rate, start),
            history: History::new(listing, seed),
            played: PlayedBars::default(),
            trades: VecDeque::new(),
            moves: Vec::new(),
            day: DayFigures::default(),
            day_minute: i64::MIN,
            year: year_range(listing, seed, start),
            trade_count: 0,
        }
    }

    pub(super) fn advance(&mut self, to: UnixNs) {
        self.moves.clear();
        self.flow.advance(to, &mut self.moves);
        for step in &self.moves {
            let Move::Trade(trade) = step else { continue };
            self.played.push(trade);
            let is_old = |held: &&Trade| held.time.0 < trade.time.0 - KEPT_NS;
            if self.trades.len() >= KEPT_TRADES && self.trades.front().as_ref().is_some_and(is_old)
            {
                self.trades.pop_front();
            }
            self.trades.push_back(*trade);
            self.trade_count += 1;
            self.day.high = self.day.high.max(trade.price.0);
            self.day.low = self.day.low.min(trade.price.0);
            self.day.volume += trade.quantity.0;
        }
    }

    pub(super) fn skip_to(&mut self, to: UnixNs) {
        self.flow.skip_to(to);
    }

    /// Works the day's figures out anew where a minute has passed since. Costs a day of minutes
    /// the first time.
    pub fn refresh_day(&mut self, now: UnixNs) {
        let minute = now.0.div_euclid(MINUTE_NS);
        if minute == self.day_minute {
            return;
        }
        let span = (minute - DAY_MINUTES, minute + 1);
        let played: Vec<Bar> = self.played.between(span.0, span.1).collect();
        let hours = self
            .history
            .bars(60, (span.0 / 60 * 60, span.1), &played, minute);
        let Some(first) = hours.first() else { return };
        self.day = DayFigures {
            open: first.open,
            high: hours.iter().map(|bar| bar.high).max().unwrap_or(first.high),
            low: hours.iter().map(|bar| bar.low).min().unwrap_or(first.low),
            volume: hours.iter().map(|bar| bar.volume).sum(),
        };
        self.day_minute = minute;
    }

    /// What is traded here.
    pub fn listing(&self) -> &'static Listing {
        self.flow.listing()
    }

    /// Orders and book.
    pub fn flow(&self) -> &OrderFlow {
        &self.flow
    }

    /// The past, worked out.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The bars that were played.
    pub fn played(&self) -> &PlayedBars {
        &self.played
    }

    /// What happened in the last step.
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// The newest trades, oldest first.
    pub fn trades(&self) -> &VecDeque<Trade> {
        &self.trades
    }

    /// Price of the newest trade, or of the best bid where nobody traded yet.
    pub fn last_price(&self) -> Option<i64> {
        let best_bid = || self.flow.book().best(BookSide::Bid).map(|(price, _)| price);
        self.trades
            .back()
            .map(|trade| trade.price.0)
            .or_else(best_bid)
    }

    /// Trades since the market opened.
    pub fn trade_count(&self) -> u64 {
        self.trade_count
    }

    /// Lowest and highest price of the last 52 weeks, from one price a day.
    pub fn year_range(&self) -> (i64, i64) {
        (
            self.year.0.min(self.day.low),
            self.year.1.max(self.day.high),
        )
    }

    /// Figures of the last 24 hours, a minute old at most.
    pub fn day(&self) -> DayFigures {
        self.day
    }
}

fn year_range(listing: &Listing, seed: u64, start: UnixNs) -> (i64, i64) {
    let mut fair = FairPrice::new(listing, seed, MINUTE_DEPTH);
    let counts = 10_f64.powi(i32::from(listing.precision.price));
    (0..364).fold((i64::MAX, 0), |(low, high), day| {
        let log_price = fair.at(start.0 - day * DAY_MINUTES * MINUTE_NS).log_price;
        let price = (log_price.exp() * counts).round() as i64;
        (low.min(price), high.max(price))
    })
}

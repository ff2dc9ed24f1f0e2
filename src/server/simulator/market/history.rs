//! The past of an instrument: bars of any day, worked out from the walk without playing its
//! trades. Minutes that were played live take precedence over worked-out ones. Every wider bar is
//! the fold of its minutes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::bars::{Bar, fold};
use super::fair::{Fair, FairPrice};
use super::listing::Listing;
use super::noise::Noise;
use super::walk::{MINUTE_DEPTH, MINUTE_NS};

/// Quote currency of an average trade, where trades are not played one by one.
const TRADE_NOTIONAL: f64 = 1_500.0;
/// Minutes of the chunks that are worked out and remembered together.
const HOUR: i64 = 60;
/// Hours remembered per instrument: more than a year. When full, all are forgotten.
const REMEMBERED_HOURS: usize = 12_000;

/// A handle on one instrument's past.
#[derive(Clone, Debug)]
pub struct History {
    listing: &'static Listing,
    seed: u64,
    hours: Arc<Mutex<BTreeMap<i64, Bar>>>,
}

impl History {
    /// The past of a listing in the world of this seed.
    pub fn new(listing: &'static Listing, seed: u64) -> Self {
        Self {
            listing,
            seed,
            hours: Arc::default(),
        }
    }

    /// Bars of `width` minutes (a divisor of a day) that open in `[from_minute, to_minute)`,
    /// ascending. `played` are the minutes that were traded live, ascending; minutes at or after
    /// `now_minute` exist only if they were played.
    pub fn bars(
        &self,
        width: i64,
        (from_minute, to_minute): (i64, i64),
        played: &[Bar],
        now_minute: i64,
    ) -> Vec<Bar> {
        let from = from_minute + (-from_minute).rem_euclid(width);
        let to = to_minute + (-to_minute).rem_euclid(width);
        let worked_to = to.min(now_minute);
        let first_played = played.first().map_or(worked_to, |bar| bar.minute);
        let whole_hours_to = first_played.min(worked_to).div_euclid(HOUR) * HOUR;
        let mut bars = Vec::new();
        let mut minute = from;
        let mut fair = FairPrice::new(self.listing, self.seed, MINUTE_DEPTH);
        if width % HOUR == 0 {
            while minute < whole_hours_to {
                bars.push(self.hour(&mut fair, minute));
                minute += HOUR;
            }
        }
        let mut live = played
            .iter()
            .filter(|bar| (minute..to).contains(&bar.minute))
            .peekable();
        for minute in minute..worked_to {
            bars.push(match live.next_if(|bar| bar.minute == minute) {
                Some(bar) => *bar,
                None => self.minute(&mut fair, minute),
            });
        }
        bars.extend(live);
        fold(bars, width)
    }

    fn hour(&self, fair: &mut FairPrice, open: i64) -> Bar {
        if let Some(bar) = self.remembered().get(&open) {
            return *bar;
        }
        let minutes = (open..open + HOUR).map(|minute| self.minute(fair, minute));
        let bar = fold(minutes, HOUR)[0];
        let mut hours = self.remembered();
        if hours.len() >= REMEMBERED_HOURS {
            hours.clear();
        }
        hours.insert(open, bar);
        bar
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Bar>> {
        // What is remembered is always whole: a panic elsewhere cannot have spoilt it.
        self.hours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works one minute out.
    fn minute(&self, fair: &mut FairPrice, minute: i64) -> Bar {
        let start_ns = minute * MINUTE_NS;
        let opening = fair.at(start_ns);
        let closing = fair.at(start_ns + MINUTE_NS);
        let (lowest_push, highest_push) = fair.peaks(start_ns, start_ns + MINUTE_NS);
        let mut draws = Noise::new(self.seed, self.listing.symbol).at(300, minute);
        let (low, high) = bridge_extremes(&opening, &closing, &mut || draws.uniform());
        let notional = self.notional(&opening, draws.lognormal(0.4));
        let counts = 10_f64.powi(i32::from(self.listing.precision.price));
        let price = |log: f64| ((log.exp() * counts).round() as i64).max(1);
        let (open, close) = (price(opening.log_price), price(closing.log_price));
        Bar {
            minute,
            open,
            high: price(high + highest_push).max(open).max(close),
            low: price(low + lowest_push).min(open).min(close),
            close,
            volume: self.volume(notional, opening.log_price),
            trades: ((notional / TRADE_NOTIONAL) as i64).max(1),
        }
    }

    /// Quote currency traded in a minute: it grows with the intensity, as the order flow's does.
    fn notional(&self, fair: &Fair, noise: f64) -> f64 {
        self.listing.minute_notional * fair.intensity.powf(0.8) * noise
    }

    fn volume(&self, notional: f64, log_price: f64) -> i64 {
        let counts = 10_f64.powi(i32::from(self.listing.precision.quantity));
        ((notional / log_price.exp() * counts) as i64).max(1)
    }
}

/// Lowest and highest point of a Brownian bridge between two known ends, drawn from the exact
/// distribution of each: P(max > x) = exp(−2(x−a)(x−b)/σ²).
fn bridge_extremes(opening: &Fair, closing: &Fair, uniform: &mut dyn FnMut() -> f64) -> (f64, f64) {
    let (a, b) = (opening.log_price, closing.log_price);
    let mut reach = || {
        let squared = (a - b).powi(2) - 2.0 * opening.variance * uniform().ln();
        squared.sqrt() / 2.0
    };
    let middle = (a + b) / 2.0;
    (middle - reach(), middle + reach())
}

#[cfg(test)]
mod tests {
    use super::super::listing::LISTINGS;
    use super::*;

    const NOW: i64 = 29_800_000;

    fn history(index: usize) -> History {
        History::new(&LISTINGS[index], 42)
    }

    #[test]
    fn wider_bars_are_the_fold_of_their_minutes() {
        let from = NOW - 3 * 1_440;
        for index in [0, 2, 10] {
            let history = history(index);
            let minutes = history.bars(1, (from, NOW), &[], NOW);
            assert_eq!(minutes.len(), 3 * 1_440);
            for width in [5, 15, 30, 60, 120, 360, 1_440] {
                let first = from + (-from).rem_euclid(width);
                let inside = minutes.iter().filter(|bar| bar.minute >= first).copied();
                let bars = history.bars(width, (from, NOW), &[], NOW);
                assert_eq!(bars, fold(inside, width), "{width} minutes");
            }
        }
    }

    #[test]
    fn bars_are_sound_and_join() {
        let bars = history(0).bars(1, (NOW - 5_000, NOW), &[], NOW);
        for pair in bars.windows(2) {
            assert_eq!(pair[0].close, pair[1].open);
            assert_eq!(pair[0].minute + 1, pair[1].minute);
        }
        for bar in bars {
            assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
            assert!(bar.volume > 0 && bar.low > 0);
        }
    }

    #[test]
    fn played_minutes_take_precedence() {
        let played = [
            Bar {
                minute: NOW - 1,
                open: 5,
                high: 6,
                low: 4,
                close: 5,
                volume: 9,
                trades: 2,
            },
            Bar {
                minute: NOW,
                open: 5,
                high: 5,
                low: 5,
                close: 5,
                volume: 1,
                trades: 1,
            },
        ];
        let bars = history(0).bars(1, (NOW - 3, NOW + 10), &played, NOW);
        assert_eq!(bars.len(), 4);
        assert_eq!(bars[2..], played);
        let hour = history(0).bars(60, (NOW - 60, NOW + 60), &played, NOW);
        assert_eq!(hour.last().map(|bar| bar.close), Some(5));
    }

    #[test]
    fn prices_stay_around_their_base_for_years() {
        let listing = &LISTINGS[0];
        let mut fair = FairPrice::new(listing, 42, MINUTE_DEPTH);
        for day in 0..2_000 {
            let price = fair.at((NOW - day * 1_440) * MINUTE_NS).log_price.exp();
            let ratio = price / listing.base_price;
            assert!((0.2..5.0).contains(&ratio), "{day} days ago: {price}");
        }
    }
}

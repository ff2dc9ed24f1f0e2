//! The last 24 hours as a line: closes an hour apart, and the last price at its end.

use crate::model::{Candle, Timeframe, UnixMs};

/// Width of a step.
const STEP: Timeframe = Timeframe::H1;
/// Steps of a day.
const STEPS: u32 = 24;

/// A day's line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// Opening time of the bucket and its last price, ascending.
    points: Vec<(UnixMs, f64)>,
    /// Whether the past is in it.
    is_loaded: bool,
}

impl Trend {
    /// Width of a step, and how many are asked for.
    pub const ASKED: (Timeframe, u32) = (STEP, STEPS + 1);

    /// Whether the past is in it.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Takes the past: bars, ascending, at so many decimals of price. What was heard since then
    /// stays.
    pub fn load(&mut self, candles: &[Candle], decimals: u8) {
        let heard = std::mem::take(&mut self.points);
        let points = candles
            .iter()
            .map(|bar| (bar.time, bar.close.to_f64(decimals)));
        self.points = points.collect();
        self.is_loaded = true;
        for (time, price) in heard {
            self.follow(time, price);
        }
    }

    /// Takes the last price of a moment; one before the newest is not heard.
    pub fn follow(&mut self, time: UnixMs, price: f64) {
        let bucket = STEP.floor(time);
        match self.points.last_mut() {
            Some((last, held)) if *last == bucket => *held = price,
            Some((last, _)) if *last > bucket => return,
            _ => self.points.push((bucket, price)),
        }
        let first = STEP.back(bucket, STEPS);
        self.points.retain(|(time, _)| *time >= first);
    }

    /// The line in a box of this size, from its top left corner; empty while there are fewer than
    /// two points. A price that does not move is in the middle. Time, not the number of points, says
    /// where one stands: hours without trades are as wide as others.
    #[must_use]
    pub fn line(&self, width: f64, height: f64) -> Vec<(f64, f64)> {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return Vec::new();
        };
        let span = (last.0.0 - first.0.0) as f64;
        if span <= 0.0 {
            return Vec::new();
        }
        let prices = || self.points.iter().map(|(_, price)| *price);
        let least = prices().fold(f64::INFINITY, f64::min);
        let most = prices().fold(f64::NEG_INFINITY, f64::max);
        let down = |price: f64| match most > least {
            true => (most - price) / (most - least) * height,
            false => height / 2.0,
        };
        let across = |time: UnixMs| (time.0 - first.0.0) as f64 / span * width;
        let points = self.points.iter();
        points
            .map(|(time, price)| (across(*time), down(*price)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Price, Volume};

    const HOUR: i64 = 3_600_000;

    fn bar(hour: i64, close: i64) -> Candle {
        Candle {
            time: UnixMs(hour * HOUR),
            open: Price(close),
            high: Price(close),
            low: Price(close),
            close: Price(close),
            volume: Volume(1),
            buy_volume: None,
            quote_volume: None,
            trades: None,
            closed: true,
            revision: 0,
            origin: Origin::Venue,
        }
    }

    #[test]
    fn the_past_is_joined_with_what_is_heard() {
        let mut trend = Trend::default();
        trend.follow(UnixMs(2 * HOUR + 5), 3.0);
        assert!(!trend.is_loaded() && trend.line(10.0, 10.0).is_empty());
        trend.load(&[bar(0, 100), bar(1, 200), bar(2, 250)], 2);
        assert!(trend.is_loaded());
        assert_eq!(
            trend.line(10.0, 8.0),
            [(0.0, 8.0), (5.0, 4.0), (10.0, 0.0)],
            "1.00, 2.00 and the 3.0 that was heard"
        );
        trend.follow(UnixMs(HOUR), 9.0);
        assert_eq!(
            trend.line(10.0, 8.0)[2],
            (10.0, 0.0),
            "an old price is not heard"
        );
    }

    #[test]
    fn it_holds_a_day() {
        let mut trend = Trend::default();
        for hour in 0..40 {
            trend.follow(UnixMs(hour * HOUR), hour as f64);
        }
        let line = trend.line(24.0, 24.0);
        assert_eq!(line.len(), 25);
        assert_eq!((line[0], line[24]), ((0.0, 24.0), (24.0, 0.0)));
    }

    #[test]
    fn a_price_that_rests_is_in_the_middle_and_a_pause_is_wide() {
        let mut trend = Trend::default();
        for hour in [0, 1, 4] {
            trend.follow(UnixMs(hour * HOUR), 7.0);
        }
        assert_eq!(trend.line(8.0, 6.0), [(0.0, 3.0), (2.0, 3.0), (8.0, 3.0)]);
    }
}

//! What an indicator sees of a bar.

use serde::{Deserialize, Serialize};

use crate::model::{Candle, Precision, UnixMs};

const MS_PER_DAY: i64 = 86_400_000;
/// Beyond any price or sum of 128 bits, and small enough that sums of its square are no infinity.
const LARGEST: f64 = 1e60;

/// A bar in floating point: prices in quote currency per base unit, volumes in base units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ohlcv {
    /// Opening time, UTC.
    pub time: UnixMs,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Base units traded.
    pub volume: f64,
    /// Base units that takers bought, where it is known.
    pub buy_volume: Option<f64>,
    /// Sum of price × quantity, where it is known.
    pub quote_volume: Option<f64>,
}

impl Ohlcv {
    /// The nearest floats to an exact candle of this precision.
    #[must_use]
    pub fn from_candle(candle: &Candle, precision: Precision) -> Self {
        let Precision { price, quantity } = precision;
        Self {
            time: candle.time,
            open: candle.open.to_f64(price),
            high: candle.high.to_f64(price),
            low: candle.low.to_f64(price),
            close: candle.close.to_f64(price),
            volume: candle.volume.to_f64(quantity),
            buy_volume: candle.buy_volume.map(|buys| buys.to_f64(quantity)),
            quote_volume: candle
                .quote_volume
                .map(|quote| quote.to_f64(precision.notional())),
        }
    }

    /// Whether every number can be reckoned with, and open and close lie between low and high. A
    /// bar that is not sound has no values and leaves no trace in any indicator.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        // Whatever is not a number is neither above nor below another.
        let fits = |value: f64| value.abs() <= LARGEST;
        let between = |value: f64| self.low <= value && value <= self.high;
        // The quotient, which is the price paid on average, has to fit as well.
        let paid = |quote: f64| {
            fits(quote) && (self.volume == 0.0 || quote.abs() <= self.volume * LARGEST)
        };
        fits(self.low)
            && fits(self.high)
            && between(self.open)
            && between(self.close)
            && (0.0..=LARGEST).contains(&self.volume)
            && self.buy_volume.is_none_or(fits)
            && self.quote_volume.is_none_or(paid)
    }

    /// Middle of the range.
    #[must_use]
    pub fn median(&self) -> f64 {
        (self.high + self.low) / 2.0
    }

    /// Mean of high, low and close.
    #[must_use]
    pub fn typical(&self) -> f64 {
        (self.high + self.low + self.close) / 3.0
    }

    /// Mean of the four prices.
    #[must_use]
    pub fn mean(&self) -> f64 {
        (self.open + self.high + self.low + self.close) / 4.0
    }

    /// What a base unit cost on average: exact from the quote volume, else the typical price.
    #[must_use]
    pub fn average_paid(&self) -> f64 {
        match self.quote_volume {
            Some(quote) if self.volume > 0.0 => quote / self.volume,
            _ => self.typical(),
        }
    }

    /// Taker buys less taker sells, base units, where they are known.
    #[must_use]
    pub fn delta(&self) -> Option<f64> {
        self.buy_volume.map(|buys| 2.0 * buys - self.volume)
    }

    /// Days from 1970-01-01 to the bar's opening, UTC.
    #[must_use]
    pub fn day(&self) -> i64 {
        self.time.0.div_euclid(MS_PER_DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::fixture::bar;
    use crate::model::{Notional, Origin, Price, Volume};

    #[test]
    fn a_candle_keeps_its_numbers_and_what_it_does_not_know() {
        let candle = Candle {
            time: UnixMs(1_795_435_200_000),
            open: Price(6_421_355),
            high: Price(6_421_400),
            low: Price(6_420_000),
            close: Price(6_421_000),
            volume: Volume(15_000),
            buy_volume: None,
            quote_volume: Some(Notional(96_318_000_000)),
            trades: None,
            closed: true,
            revision: 0,
            origin: Origin::Venue,
        };
        let precision = Precision {
            price: 2,
            quantity: 4,
        };
        let bar = Ohlcv::from_candle(&candle, precision);
        assert_eq!((bar.open, bar.low, bar.volume), (64_213.55, 64_200.0, 1.5));
        assert_eq!((bar.buy_volume, bar.delta()), (None, None));
        assert_eq!(bar.average_paid(), 64_212.0);
    }

    #[test]
    fn what_cannot_be_reckoned_with_is_not_sound() {
        let fair = bar(0, 10.0);
        assert!(fair.is_sound());
        for broken in [
            Ohlcv {
                close: f64::NAN,
                ..fair
            },
            Ohlcv {
                high: f64::INFINITY,
                ..fair
            },
            Ohlcv { low: 11.0, ..fair },
            Ohlcv {
                volume: -1.0,
                ..fair
            },
            Ohlcv {
                quote_volume: Some(1e300),
                ..fair
            },
            Ohlcv {
                volume: 1e-300,
                quote_volume: Some(1.0),
                ..fair
            },
        ] {
            assert!(!broken.is_sound(), "{broken:?}");
        }
    }
}

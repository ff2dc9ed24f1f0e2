//! What a chart knows of one bar, and the extremes of several.

use crate::chart::SizeUnit;
use crate::indicator::Ohlcv;
use crate::model::{Candle, Notional, Precision, Price, UnixMs, Volume};

/// What a chart knows of a candle, at the series' precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Opening time, UTC.
    pub time: UnixMs,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Base units traded.
    pub volume: Volume,
    /// Base units that takers bought, where it is known.
    pub buy_volume: Option<Volume>,
    /// Sum of price × quantity, where it is known.
    pub quote_volume: Option<Notional>,
    /// Whether the bucket is over.
    pub closed: bool,
}

impl From<&Candle> for Bar {
    fn from(candle: &Candle) -> Self {
        Self {
            time: candle.time,
            open: candle.open,
            high: candle.high,
            low: candle.low,
            close: candle.close,
            volume: candle.volume,
            buy_volume: candle.buy_volume,
            quote_volume: candle.quote_volume,
            closed: candle.closed,
        }
    }
}

impl Bar {
    /// Closed at or above its open: drawn in the colour for up.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.close >= self.open
    }

    /// The same bar at another precision; `None` where a number does not fit.
    #[must_use]
    pub fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        let price = |value: Price| value.rescaled(from.price, to.price);
        let volume = |value: Volume| value.rescaled(from.quantity, to.quantity);
        Some(Self {
            open: price(self.open)?,
            high: price(self.high)?,
            low: price(self.low)?,
            close: price(self.close)?,
            volume: volume(self.volume)?,
            buy_volume: match self.buy_volume {
                Some(buys) => Some(volume(buys)?),
                None => None,
            },
            quote_volume: match self.quote_volume {
                Some(quote) => Some(quote.rescaled(from.notional(), to.notional())?),
                None => None,
            },
            ..self
        })
    }

    /// What an indicator sees of it.
    #[must_use]
    pub fn ohlcv(&self, precision: Precision) -> Ohlcv {
        Ohlcv {
            time: self.time,
            open: self.open.to_f64(precision.price),
            high: self.high.to_f64(precision.price),
            low: self.low.to_f64(precision.price),
            close: self.close.to_f64(precision.price),
            volume: self.volume.to_f64(precision.quantity),
            buy_volume: self.buy_volume.map(|buys| buys.to_f64(precision.quantity)),
            quote_volume: None,
        }
    }

    /// The same with its volumes in a unit. Buys are not known in quote currency: they have the
    /// bar's average price.
    #[must_use]
    pub fn ohlcv_in(&self, unit: SizeUnit, precision: Precision) -> Ohlcv {
        let bar = self.ohlcv(precision);
        if unit == SizeUnit::Base {
            return bar;
        }
        let average = self.average_price(precision);
        Ohlcv {
            volume: self.paid(precision).unwrap_or(bar.volume * average),
            buy_volume: bar.buy_volume.map(|buys| buys * average),
            ..bar
        }
    }

    /// What was paid in sum, quote currency, where it is known.
    pub(super) fn paid(&self, precision: Precision) -> Option<f64> {
        let paid = self.quote_volume?;
        Some(paid.to_f64(precision.notional()))
    }

    /// What a base unit cost on average: from what was paid, else the typical price.
    pub(super) fn average_price(&self, precision: Precision) -> f64 {
        let base = self.volume.to_f64(precision.quantity);
        match self.paid(precision) {
            Some(paid) if base > 0.0 => paid / base,
            _ => self.ohlcv(precision).typical(),
        }
    }

    /// Taker buys less taker sells, base units.
    #[must_use]
    pub fn delta(&self) -> Option<i128> {
        self.buy_volume.map(|buys| 2 * buys.0 - self.volume.0)
    }
}

/// Lowest and highest price and largest volume of a range of bars, as counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extremes {
    /// Lowest low.
    pub low: Price,
    /// Highest high.
    pub high: Price,
    /// Largest volume of one bar.
    pub volume: Volume,
}

impl Extremes {
    pub(super) fn of(bar: &Bar) -> Self {
        Self {
            low: bar.low,
            high: bar.high,
            volume: bar.volume,
        }
    }

    /// Of the close alone, with the whole volume.
    pub(super) fn of_close(bar: &Bar) -> Self {
        Self {
            low: bar.close,
            high: bar.close,
            volume: bar.volume,
        }
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            volume: self.volume.max(other.volume),
        }
    }

    pub(super) fn over(bars: &[Bar]) -> Option<Self> {
        bars.iter().map(Self::of).reduce(Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_in_quote_currency_are_what_was_paid() {
        let precision = Precision {
            price: 1,
            quantity: 2,
        };
        let known = Bar {
            time: UnixMs(0),
            open: Price(1_000),
            high: Price(1_300),
            low: Price(900),
            close: Price(1_100),
            volume: Volume(400),
            buy_volume: Some(Volume(300)),
            quote_volume: Some(Notional(480_000)),
            closed: true,
        };
        let unknown = Bar {
            quote_volume: None,
            buy_volume: None,
            ..known
        };
        for (bar, unit, volume, buys) in [
            (known, SizeUnit::Base, 4.0, Some(3.0)),
            // 480 for 4: 120 each.
            (known, SizeUnit::Quote, 480.0, Some(360.0)),
            // The typical price is 110.
            (unknown, SizeUnit::Quote, 440.0, None),
        ] {
            let seen = bar.ohlcv_in(unit, precision);
            assert_eq!((seen.volume, seen.buy_volume), (volume, buys), "{unit:?}");
            assert_eq!(seen.close, 110.0);
        }
    }
}

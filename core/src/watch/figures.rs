//! A row's figures, worked out of the day's.

use crate::chart::SizeUnit;
use crate::model::{Precision, Ticker};

/// How far a price has come since 24 hours ago.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayChange {
    /// Counts of the price's decimals.
    pub counts: i64,
    /// In percent of the price then.
    pub percent: f64,
}

/// What a row says beside its name. What is not known is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Last price, quote currency per base unit.
    pub last: Option<f64>,
    /// Since 24 hours ago.
    pub change: Option<DayChange>,
    /// Traded in 24 hours, in the unit asked for.
    pub volume: Option<f64>,
    /// Best ask less best bid in 1/10,000 of their middle.
    pub spread_bp: Option<f64>,
}

impl Figures {
    /// The figures of a day. Volume in the quote currency is counted at the last price, since
    /// venues say nothing of the prices of the day's trades.
    #[must_use]
    pub fn of(ticker: &Ticker, precision: Precision, unit: SizeUnit) -> Self {
        let last = ticker.last.map(|last| last.to_f64(precision.price));
        let base = ticker
            .volume_24h
            .map(|volume| volume.to_f64(precision.quantity));
        let change = ticker.last.zip(ticker.open_24h);
        let change = change.filter(|(_, open)| open.0 > 0).map(|(last, open)| {
            let counts = last.0 - open.0;
            DayChange {
                counts,
                percent: counts as f64 / open.0 as f64 * 100.0,
            }
        });
        let quotes = ticker.bid.zip(ticker.ask);
        let spread_bp = quotes
            .map(|(bid, ask)| (ask.0 as f64 - bid.0 as f64, ask.0 as f64 + bid.0 as f64))
            .filter(|(_, twice_the_mid)| *twice_the_mid > 0.0)
            .map(|(spread, twice_the_mid)| spread / (twice_the_mid / 2.0) * 1e4);
        Self {
            last,
            change,
            volume: match unit {
                SizeUnit::Base => base,
                SizeUnit::Quote => base.zip(last).map(|(base, last)| base * last),
            },
            spread_bp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Price, Volume};

    const PRECISION: Precision = Precision {
        price: 2,
        quantity: 1,
    };

    fn ticker() -> Ticker {
        Ticker {
            last: Some(Price(10_200)),
            open_24h: Some(Price(10_000)),
            bid: Some(Price(9_999)),
            ask: Some(Price(10_001)),
            volume_24h: Some(Volume(55)),
            ..Ticker::default()
        }
    }

    #[test]
    fn a_row_follows_from_the_day() {
        let figures = Figures::of(&ticker(), PRECISION, SizeUnit::Base);
        assert_eq!(figures.last, Some(102.0));
        let change = figures.change.expect("both prices are known");
        assert_eq!((change.counts, change.percent), (200, 2.0));
        assert_eq!(figures.volume, Some(5.5));
        assert!((figures.spread_bp.expect("both sides") - 2.0).abs() < 1e-12);
        let quote = Figures::of(&ticker(), PRECISION, SizeUnit::Quote);
        assert_eq!(quote.volume, Some(561.0));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let nothing = Figures::of(&Ticker::default(), PRECISION, SizeUnit::Quote);
        assert_eq!(nothing, Figures::default());
        let from_nothing = Ticker {
            open_24h: Some(Price(0)),
            ask: None,
            ..ticker()
        };
        let figures = Figures::of(&from_nothing, PRECISION, SizeUnit::Quote);
        assert_eq!((figures.change, figures.spread_bp), (None, None));
    }
}

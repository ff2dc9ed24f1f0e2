//! Small invented markets for the tests of this module.

use crate::model::{Precision, Price, Quantity, Timeframe, UnixMs, Volume};

use super::bar::Bar;
use super::series::Series;

/// A bar that is a function of its time alone.
pub(crate) fn bar(time: i64) -> Bar {
    bar_at(time, time * 7_919 % 100)
}

/// A bar around a price.
pub(crate) fn bar_at(time: i64, price: i64) -> Bar {
    let swing = (time * 31).rem_euclid(11) - 5;
    Bar {
        time: UnixMs(time),
        open: Price(1_000 + price),
        high: Price(1_000 + price + swing.max(0) + 3),
        low: Price(1_000 + price + swing.min(0) - 2),
        close: Price(1_000 + price + swing),
        volume: Volume::from(Quantity(10 + price.rem_euclid(40))),
        buy_volume: Some(Volume(5)),
        quote_volume: None,
        closed: true,
    }
}

/// Minute bars `from..to`, counted from 2026-11-23T12:00:00Z, at two price decimals.
pub(crate) fn minutes(range: std::ops::Range<i64>) -> Series {
    let mut series = Series::new(Precision {
        price: 2,
        quantity: 4,
    });
    series.merge(range.map(minute));
    series
}

/// The minute bar that many minutes after 2026-11-23T12:00:00Z.
pub(crate) fn minute(number: i64) -> Bar {
    let wave = (number as f64 / 9.0).sin() * 900.0 + (number as f64 / 40.0).sin() * 2_500.0;
    let mut bar = bar_at(number, wave as i64);
    for price in [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close] {
        price.0 += 6_400_000;
    }
    bar.time = UnixMs(1_795_435_200_000 + number * Timeframe::M1.nominal_ms());
    bar
}

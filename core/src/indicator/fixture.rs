//! Small invented bars for the tests of this module.

use crate::model::UnixMs;

use super::ohlcv::Ohlcv;

/// A bar of one price: ten base units, six of them bought.
pub(super) fn bar(time: i64, price: f64) -> Ohlcv {
    Ohlcv {
        time: UnixMs(time),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 10.0,
        buy_volume: Some(6.0),
        quote_volume: None,
    }
}

/// A bar of a high, a low and a close.
pub(super) fn hlc(time: i64, high: f64, low: f64, close: f64) -> Ohlcv {
    Ohlcv {
        high,
        low,
        close,
        ..bar(time, close)
    }
}

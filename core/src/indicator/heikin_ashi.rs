//! Heikin ashi: bars averaged so that a trend keeps one colour.
//!
//! Source: D. Valcu, "Using the Heikin-Ashi Technique", Technical Analysis of Stocks &
//! Commodities, 2004. The close is the mean of the four prices, the open the middle of the
//! averaged bar before; the first opens in the middle of its own body.

use super::ohlcv::Ohlcv;

/// The averaged bar before the newest. The newest is a pure look, as in
/// [`super::Indicator`]: revise it as often as need be, then take it.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeikinAshi {
    /// Open and close.
    before: Option<(f64, f64)>,
}

impl HeikinAshi {
    /// The averaged form of the bar that follows the ones taken; volumes are its own. A bar that
    /// is not sound stays as it is.
    #[must_use]
    pub fn look(&self, bar: &Ohlcv) -> Ohlcv {
        if !bar.is_sound() {
            return *bar;
        }
        let (open, close) = self.before.unwrap_or((bar.open, bar.close));
        let (open, close) = ((open + close) / 2.0, bar.mean());
        Ohlcv {
            open,
            high: bar.high.max(open).max(close),
            low: bar.low.min(open).min(close),
            close,
            ..*bar
        }
    }

    /// Takes a bar as final, and gives its averaged form.
    pub fn take(&mut self, bar: &Ohlcv) -> Ohlcv {
        let averaged = self.look(bar);
        if bar.is_sound() {
            self.before = Some((averaged.open, averaged.close));
        }
        averaged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::fixture::bar;

    #[test]
    fn a_small_table_by_hand() {
        // close = (o+h+l+c)/4; open = (o+c)/2 of the averaged bar before, first (o+c)/2.
        //   o   h   l   c  |  open            close  high  low
        //  10  14   8  12  |  (10+12)/2 = 11   11    14     8
        //  12  16  12  15  |  (11+11)/2 = 11   13.75 16    11
        //  15  15   9   9  |  (11+13.75)/2 = 12.375  12  15  9
        let rows = [
            ([10.0, 14.0, 8.0, 12.0], [11.0, 14.0, 8.0, 11.0]),
            ([12.0, 16.0, 12.0, 15.0], [11.0, 16.0, 11.0, 13.75]),
            ([15.0, 15.0, 9.0, 9.0], [12.375, 15.0, 9.0, 12.0]),
        ];
        let mut state = HeikinAshi::default();
        for (time, ([open, high, low, close], expected)) in (0..).zip(rows) {
            let plain = Ohlcv {
                open,
                high,
                low,
                close,
                ..bar(time, close)
            };
            // A look, however often and at whatever, leaves no trace.
            let _ = state.look(&bar(time, 1e9));
            let looked = state.look(&plain);
            let taken = state.take(&plain);
            assert_eq!(looked, taken);
            assert_eq!([taken.open, taken.high, taken.low, taken.close], expected);
            assert_eq!(taken.volume, plain.volume);
        }
        let broken = bar(3, f64::NAN);
        assert!(state.take(&broken).close.is_nan());
        assert_eq!(state.look(&bar(4, 12.0)).open, (12.375 + 12.0) / 2.0);
    }
}

//! The mean of prices weighted by volume, and how far prices spread around it.

use serde::{Deserialize, Serialize};

use crate::indicator::ohlcv::Ohlcv;

/// Sums since some bar, of differences from that bar's price, so that little is lost to rounding.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(in crate::indicator) struct VolumePrice {
    origin: Option<f64>,
    volume: f64,
    moment: f64,
    squares: f64,
}

impl VolumePrice {
    /// After one more bar.
    pub(in crate::indicator) fn with(self, bar: &Ohlcv) -> Self {
        let price = bar.average_paid();
        let origin = self.origin.unwrap_or(price);
        let distance = price - origin;
        Self {
            origin: Some(origin),
            volume: self.volume + bar.volume,
            moment: self.moment + bar.volume * distance,
            squares: self.squares + bar.volume * distance * distance,
        }
    }

    /// The mean price, and the deviation of the bars' own mean prices from it, by volume. `None`
    /// as long as nothing was traded.
    fn mean_and_deviation(&self) -> Option<(f64, f64)> {
        let origin = self.origin.filter(|_| self.volume > 0.0)?;
        let shift = self.moment / self.volume;
        let variance = self.squares / self.volume - shift * shift;
        Some((origin + shift, variance.max(0.0).sqrt()))
    }

    /// Writes the mean and bands at two multiples of the deviation: mean, upper, lower, upper,
    /// lower.
    pub(in crate::indicator) fn write_bands(&self, factors: [f64; 2], out: &mut [f64]) {
        if let Some((mean, deviation)) = self.mean_and_deviation() {
            let [inner, outer] = factors.map(|factor| factor * deviation);
            let bands = [mean, mean + inner, mean - inner, mean + outer, mean - outer];
            out.copy_from_slice(&bands);
        }
    }
}

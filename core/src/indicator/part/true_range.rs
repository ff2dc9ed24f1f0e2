//! How far a bar reaches, the step from the previous close included.

use serde::{Deserialize, Serialize};

use crate::indicator::ohlcv::Ohlcv;

/// The previous close. Source: J. W. Wilder, "New Concepts in Technical Trading Systems", 1978.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(in crate::indicator) struct TrueRange {
    close: Option<f64>,
}

impl TrueRange {
    /// Of a bar; the first of all has none, as in TA-Lib.
    pub(in crate::indicator) fn of(&self, bar: &Ohlcv) -> Option<f64> {
        let close = self.close?;
        Some(bar.high.max(close) - bar.low.min(close))
    }

    /// After one more bar.
    pub(in crate::indicator) fn with(self, bar: &Ohlcv) -> Self {
        Self {
            close: Some(bar.close),
        }
    }
}

//! Averages that never forget: each number moves them by a fixed share of its distance.

use serde::{Deserialize, Serialize};

/// An exponential average. It begins with the plain mean of its first numbers, as TA-Lib does.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(in crate::indicator) struct Average {
    length: u32,
    /// Share of the distance that a number moves the average by.
    weight: f64,
    seen: u32,
    /// The sum of the first numbers, then the average.
    value: f64,
}

impl Average {
    /// With the weight 2 / (length + 1).
    pub(in crate::indicator) fn exponential(length: usize) -> Self {
        Self::new(length, 2.0 / (length as f64 + 1.0))
    }

    /// With the weight 1 / length. Source: J. W. Wilder, "New Concepts in Technical Trading
    /// Systems", 1978.
    pub(in crate::indicator) fn wilder(length: usize) -> Self {
        Self::new(length, 1.0 / length as f64)
    }

    fn new(length: usize, weight: f64) -> Self {
        Self {
            length: u32::try_from(length).unwrap_or(u32::MAX),
            weight,
            seen: 0,
            value: 0.0,
        }
    }

    /// After one more number.
    pub(in crate::indicator) fn with(self, number: f64) -> Self {
        if self.seen == self.length {
            let value = self.value + self.weight * (number - self.value);
            return Self { value, ..self };
        }
        let (seen, sum) = (self.seen + 1, self.value + number);
        let value = if seen == self.length {
            sum / f64::from(self.length)
        } else {
            sum
        };
        Self {
            seen,
            value,
            ..self
        }
    }

    /// The average, once the first numbers are in.
    pub(in crate::indicator) fn value(&self) -> Option<f64> {
        (self.seen == self.length).then_some(self.value)
    }
}

//! Mean and deviation over a sliding window.

use serde::{Deserialize, Serialize};

use super::ring::Ring;

/// The last numbers with their sums.
///
/// Sums are of differences from a number of the window and are made anew each time the window
/// has passed through once. So a mean of equal numbers is that number, their deviation is zero,
/// and rounding errors do not grow with the length of the history.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::indicator) struct Window {
    numbers: Ring,
    sums: Sums,
}

/// Sums over a window.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(in crate::indicator) struct Sums {
    count: usize,
    /// Subtracted from every number.
    origin: f64,
    sum: f64,
    squares: f64,
    /// The largest square that went into the sums.
    peak: f64,
}

impl Sums {
    fn around(origin: f64) -> Self {
        Self {
            count: 0,
            origin,
            sum: 0.0,
            squares: 0.0,
            peak: 0.0,
        }
    }

    fn with(self, value: f64) -> Self {
        let distance = value - self.origin;
        let square = distance * distance;
        Self {
            count: self.count + 1,
            sum: self.sum + distance,
            squares: self.squares + square,
            peak: self.peak.max(square),
            ..self
        }
    }

    fn without(self, value: f64) -> Self {
        let distance = value - self.origin;
        Self {
            count: self.count - 1,
            sum: self.sum - distance,
            squares: self.squares - distance * distance,
            ..self
        }
    }

    pub(in crate::indicator) fn mean(&self) -> f64 {
        self.origin + self.sum / self.count as f64
    }

    /// Standard deviation of the numbers themselves.
    pub(in crate::indicator) fn deviation(&self) -> f64 {
        (self.sum_of_squares() / self.count as f64).sqrt()
    }

    /// Standard deviation of what the numbers are a sample of; two at least are needed.
    pub(in crate::indicator) fn sample_deviation(&self) -> f64 {
        (self.sum_of_squares() / (self.count as f64 - 1.0)).sqrt()
    }

    /// Squares of the distances from the mean. What is as small as the rounding errors of the
    /// sums is nothing.
    fn sum_of_squares(&self) -> f64 {
        let squares = self.squares - self.sum * self.sum / self.count as f64;
        let noise = self.peak * self.count as f64 * (16.0 * f64::EPSILON);
        if squares > noise { squares } else { 0.0 }
    }
}

impl Window {
    pub(in crate::indicator) fn new(length: usize) -> Self {
        Self {
            numbers: Ring::new(length),
            sums: Sums::around(0.0),
        }
    }

    pub(in crate::indicator) fn is_full(&self) -> bool {
        self.numbers.is_full()
    }

    /// Over the numbers held.
    pub(in crate::indicator) fn sums(&self) -> Sums {
        self.sums
    }

    /// Over the numbers held and one more.
    pub(in crate::indicator) fn sums_with(&self, value: f64) -> Sums {
        if self.sums.count == 0 {
            return Sums::around(value).with(value);
        }
        self.sums.with(value)
    }

    pub(in crate::indicator) fn push(&mut self, value: f64) {
        let oldest = self.numbers.oldest();
        if self.numbers.push(value) {
            let sums = Sums::around(value);
            self.sums = self.numbers.iter().fold(sums, Sums::with);
        } else if self.numbers.len() > 0 {
            let sums = match oldest {
                Some(oldest) => self.sums.without(oldest),
                None if self.sums.count == 0 => Sums::around(value),
                None => self.sums,
            };
            self.sums = sums.with(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_adding_up(
            numbers in prop::collection::vec(-1e6..1e6_f64, 1..200),
            length in 1..20_usize,
        ) {
            let mut window = Window::new(length);
            let plain = |held: &[f64]| {
                let count = held.len() as f64;
                let mean = held.iter().sum::<f64>() / count;
                let squares: f64 = held.iter().map(|x| (x - mean).powi(2)).sum();
                (mean, (squares / count).sqrt())
            };
            for (count, &number) in numbers.iter().enumerate() {
                prop_assert_eq!(window.is_full(), count >= length);
                let looked = window.sums_with(number);
                window.push(number);
                for (sums, held) in [(looked, length + 1), (window.sums(), length)] {
                    let (mean, deviation) = plain(&numbers[(count + 1).saturating_sub(held)..=count]);
                    prop_assert!((sums.mean() - mean).abs() < 1e-6);
                    // A ten millionth of the numbers' range.
                    prop_assert!((sums.deviation() - deviation).abs() < 0.2);
                }
            }
        }
    }

    #[test]
    fn equal_numbers_do_not_deviate_after_unequal_ones() {
        let mut window = Window::new(5);
        for number in [0.1, 7e9, 3.3, -2.2, 1e-9, 0.3, 0.3, 0.3, 0.3, 0.3] {
            window.push(number);
        }
        assert_eq!(window.sums().mean(), 0.3);
        assert_eq!(window.sums().sample_deviation(), 0.0);
    }
}

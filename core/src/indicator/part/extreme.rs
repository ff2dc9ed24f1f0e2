//! The highest or lowest of a sliding window, in constant time on average.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The extreme of the last `length` numbers and one more.
///
/// Kept are only the numbers that no later one outdoes, so that the first is the extreme.
/// Source: D. Lemire, "Streaming maximum-minimum filter using no more than three comparisons per
/// element", 2006.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::indicator) struct Extreme {
    length: usize,
    /// 1 for the highest, -1 for the lowest.
    sign: f64,
    /// How many numbers came.
    seen: u64,
    /// When each came and its value times the sign, falling.
    candidates: VecDeque<(u64, f64)>,
}

impl Extreme {
    pub(in crate::indicator) fn highest(length: usize) -> Self {
        Self::new(length, 1.0)
    }

    pub(in crate::indicator) fn lowest(length: usize) -> Self {
        Self::new(length, -1.0)
    }

    fn new(length: usize, sign: f64) -> Self {
        Self {
            length,
            sign,
            seen: 0,
            candidates: VecDeque::new(),
        }
    }

    pub(in crate::indicator) fn is_full(&self) -> bool {
        self.seen >= self.length as u64
    }

    /// Of the numbers held and one more.
    pub(in crate::indicator) fn with(&self, value: f64) -> f64 {
        match self.candidates.front() {
            Some((_, extreme)) => self.sign * extreme.max(value * self.sign),
            None => value,
        }
    }

    pub(in crate::indicator) fn push(&mut self, value: f64) {
        let value = value * self.sign;
        while self.candidates.back().is_some_and(|last| last.1 <= value) {
            self.candidates.pop_back();
        }
        self.seen += 1;
        self.candidates.push_back((self.seen, value));
        let gone = self.seen.saturating_sub(self.length as u64);
        while self.candidates.front().is_some_and(|first| first.0 <= gone) {
            self.candidates.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_looking_at_all(
            numbers in prop::collection::vec(-50..50_i32, 1..100),
            length in 0..9_usize,
        ) {
            let (mut highest, mut lowest) = (Extreme::highest(length), Extreme::lowest(length));
            for (count, &number) in numbers.iter().enumerate() {
                let window = &numbers[count.saturating_sub(length)..=count];
                let number = f64::from(number);
                let (high, low) = (window.iter().max(), window.iter().min());
                prop_assert_eq!(Some(highest.with(number) as i32), high.copied());
                prop_assert_eq!(Some(lowest.with(number) as i32), low.copied());
                prop_assert_eq!(highest.is_full(), count >= length);
                highest.push(number);
                lowest.push(number);
            }
        }
    }
}

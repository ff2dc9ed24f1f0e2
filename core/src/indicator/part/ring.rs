//! The last numbers of a stream.

use serde::{Deserialize, Serialize};

/// The last `length` numbers, oldest first.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::indicator) struct Ring {
    slots: Box<[f64]>,
    filled: usize,
    /// Where the next number goes; the oldest stands there once all slots are filled.
    at: usize,
}

impl Ring {
    pub(in crate::indicator) fn new(length: usize) -> Self {
        Self {
            slots: vec![0.0; length].into(),
            filled: 0,
            at: 0,
        }
    }

    pub(in crate::indicator) fn is_full(&self) -> bool {
        self.filled == self.slots.len()
    }

    pub(in crate::indicator) fn len(&self) -> usize {
        self.filled
    }

    /// The number that goes when the next comes.
    pub(in crate::indicator) fn oldest(&self) -> Option<f64> {
        (self.is_full() && !self.slots.is_empty()).then(|| self.slots[self.at])
    }

    /// Adds a number, drops the oldest where there is no more room, and says whether every slot
    /// was written once since this was last said: time to sum up anew, so that the errors of
    /// running sums cannot pile up.
    pub(in crate::indicator) fn push(&mut self, value: f64) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        self.slots[self.at] = value;
        self.filled = (self.filled + 1).min(self.slots.len());
        self.at = (self.at + 1) % self.slots.len();
        self.at == 0
    }

    /// Oldest first.
    pub(in crate::indicator) fn iter(&self) -> impl Iterator<Item = f64> {
        let start = if self.is_full() { self.at } else { 0 };
        let (young, old) = self.slots[..self.filled].split_at(start);
        old.iter().chain(young).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_ones_in_order() {
        let mut ring = Ring::new(3);
        let mut round = Vec::new();
        for value in 1..=7 {
            round.push(ring.push(f64::from(value)));
        }
        assert_eq!(ring.iter().collect::<Vec<_>>(), [5.0, 6.0, 7.0]);
        assert_eq!(ring.oldest(), Some(5.0));
        assert_eq!(round, [false, false, true, false, false, true, false]);
    }

    #[test]
    fn a_ring_without_slots_is_full_of_nothing() {
        let mut ring = Ring::new(0);
        assert!(!ring.push(1.0));
        assert!(ring.is_full());
        assert_eq!((ring.oldest(), ring.iter().count()), (None, 0));
    }
}

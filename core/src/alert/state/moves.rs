//! How far a value has moved within a time: the lowest or highest that stood at any moment of it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::alert::value::Value;
use crate::model::UnixNs;
use crate::model::alert::Direction;

/// The values within a time that no later one outdoes. A value stands until the next comes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Extremes {
    /// The first is the extreme. Each with the time at which another took its place.
    held: VecDeque<(Value, Option<UnixNs>)>,
}

impl Extremes {
    /// The value is this now, or is not known; the extreme of the time that ends now.
    pub(super) fn see(
        &mut self,
        value: Option<Value>,
        now: UnixNs,
        within_ns: i64,
        direction: Direction,
    ) -> Option<Value> {
        if let Some((newest, until @ None)) = self.held.back_mut() {
            if value.is_some_and(|value| value == *newest) {
                self.drop_old(now, within_ns);
                return self.held.front().map(|(extreme, _)| *extreme);
            }
            *until = Some(now);
        }
        if let Some(value) = value {
            while self.held.back().is_some_and(|(held, _)| match direction {
                Direction::Up => held.compare(value).is_ge(),
                Direction::Down => held.compare(value).is_le(),
            }) {
                self.held.pop_back();
            }
            self.held.push_back((value, None));
        }
        self.drop_old(now, within_ns);
        value.and(self.held.front()).map(|(extreme, _)| *extreme)
    }

    fn drop_old(&mut self, now: UnixNs, within_ns: i64) {
        let start = now.0.saturating_sub(within_ns);
        while let Some((_, Some(until))) = self.held.front() {
            if until.0 > start {
                return;
            }
            self.held.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_until_the_next_comes() {
        let mut lowest = Extremes::default();
        for (time, value, expected) in [
            (0, Some(5.0), Some(5.0)),
            (10, Some(3.0), Some(3.0)),
            (20, Some(7.0), Some(3.0)),
            // 3 stood until 20, so within the last ten it did until just before 30.
            (29, Some(7.0), Some(3.0)),
            (30, Some(7.0), Some(7.0)),
            (31, None, None),
            (35, Some(9.0), Some(7.0)),
            (41, Some(8.0), Some(8.0)),
        ] {
            let value = value.and_then(Value::real);
            let seen = lowest.see(value, UnixNs(time), 10, Direction::Up);
            assert_eq!(seen, expected.and_then(Value::real), "{time}");
        }
    }
}

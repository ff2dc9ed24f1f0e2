//! The price that stood a time ago: at the end of the newest step that lies as far back.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Steps;
use crate::market::TradeKey;
use crate::model::{Precision, Price, UnixNs};

/// The last price of each step within a lookback, and of the one before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::alert) struct Past {
    lookback_s: u32,
    /// The step that exchange time is in.
    now: i64,
    /// Ascending. The first may lie before the lookback, the others lie within it.
    steps: VecDeque<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    step: i64,
    last: TradeKey,
    price: Price,
}

impl Past {
    /// Before anything is known, but that it is `now`.
    pub(in crate::alert) fn new(lookback_s: u32, now: UnixNs) -> Self {
        Self {
            lookback_s,
            now: Steps::of(lookback_s).at(now),
            steps: VecDeque::new(),
        }
    }

    pub(in crate::alert) fn lookback_s(&self) -> u32 {
        self.lookback_s
    }

    /// Exchange time moved on. `true` where a step began: then the price may be another.
    pub(in crate::alert) fn advance(&mut self, now: UnixNs) -> bool {
        let now = Steps::of(self.lookback_s).at(now);
        let moved = now > self.now;
        self.now = self.now.max(now);
        if moved {
            self.drop_old();
        }
        moved
    }

    /// Adds a trade, new or late.
    pub(in crate::alert) fn add(&mut self, key: TradeKey, price: Price) {
        let step = Steps::of(self.lookback_s).at(key.0);
        let place = self.steps.iter().rposition(|held| held.step <= step);
        let last = key;
        match place {
            Some(at) if self.steps[at].step == step => {
                let held = &mut self.steps[at];
                if last >= held.last {
                    (held.last, held.price) = (last, price);
                }
            }
            _ => {
                let at = place.map_or(0, |before| before + 1);
                self.steps.insert(at, Step { step, last, price });
                self.drop_old();
            }
        }
    }

    /// Of what lies before the lookback only the newest says something.
    fn drop_old(&mut self) {
        let before = Steps::of(self.lookback_s).before(self.now);
        while self
            .steps
            .get(1)
            .is_some_and(|second| second.step <= before)
        {
            self.steps.pop_front();
        }
    }

    /// Trades are missing: which price stood is not known.
    pub(in crate::alert) fn forget(&mut self) {
        self.steps.clear();
    }

    /// The price, where what is held reaches back as far.
    pub(in crate::alert) fn price(&self) -> Option<Price> {
        let before = Steps::of(self.lookback_s).before(self.now);
        let first = self.steps.front().filter(|first| first.step <= before);
        first.map(|first| first.price)
    }

    pub(in crate::alert) fn rescale(&mut self, from: Precision, to: Precision) -> Option<()> {
        for step in &mut self.steps {
            step.price = step.price.rescaled(from.price, to.price)?;
        }
        Some(())
    }
}

//! What takers bought and sold within the last steps of exchange time, late trades included.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Steps;
use crate::model::{Precision, Quantity, Side, UnixNs, Volume};

/// Sums over a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::alert) struct Flow {
    window_s: u32,
    /// The step that exchange time is in.
    now: i64,
    /// All trades from this step on are known; the largest number before any event.
    known_from: i64,
    /// Steps with trades, ascending, all of them within the window.
    steps: VecDeque<Step>,
    /// Of all steps.
    buys: Volume,
    sells: Volume,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    step: i64,
    buys: Volume,
    sells: Volume,
}

impl Flow {
    /// Before anything is known, but that it is `now`.
    pub(in crate::alert) fn new(window_s: u32, now: UnixNs) -> Self {
        let step = Steps::of(window_s).at(now);
        Self {
            window_s,
            now: step,
            // The running step has begun already.
            known_from: match now {
                UnixNs(i64::MIN) => i64::MAX,
                _ => step + 1,
            },
            steps: VecDeque::new(),
            buys: Volume::ZERO,
            sells: Volume::ZERO,
        }
    }

    pub(in crate::alert) fn window_s(&self) -> u32 {
        self.window_s
    }

    /// Exchange time moved on. `true` where a step began: then the sums may be others.
    pub(in crate::alert) fn advance(&mut self, now: UnixNs) -> bool {
        let steps = Steps::of(self.window_s);
        let now = steps.at(now);
        if now <= self.now {
            return false;
        }
        self.now = now;
        if self.known_from == i64::MAX {
            self.known_from = now + 1;
        }
        let gone = steps.before(now);
        while let Some(step) = self.steps.front().filter(|step| step.step <= gone) {
            self.buys.0 -= step.buys.0;
            self.sells.0 -= step.sells.0;
            self.steps.pop_front();
        }
        true
    }

    /// Adds a trade, new or late. Each must be added once.
    pub(in crate::alert) fn add(&mut self, time: UnixNs, side: Side, quantity: Quantity) {
        let steps = Steps::of(self.window_s);
        let step = steps.at(time);
        if step <= steps.before(self.now) {
            return;
        }
        // Nearly all trades belong to the newest step.
        let at = match self.steps.iter().rposition(|held| held.step <= step) {
            Some(at) if self.steps[at].step == step => at,
            before => {
                let at = before.map_or(0, |before| before + 1);
                let (buys, sells) = (Volume::ZERO, Volume::ZERO);
                self.steps.insert(at, Step { step, buys, sells });
                at
            }
        };
        let held = &mut self.steps[at];
        let (part, whole) = match side {
            Side::Buy => (&mut held.buys, &mut self.buys),
            Side::Sell => (&mut held.sells, &mut self.sells),
        };
        *part += quantity.into();
        *whole += quantity.into();
    }

    /// All trades since then have been given.
    pub(in crate::alert) fn know_from(&mut self, time: UnixNs) {
        let steps = Steps::of(self.window_s);
        // A step that had begun before is not whole.
        let whole = steps.at(UnixNs(time.0.saturating_sub(1))) + 1;
        self.known_from = self.known_from.min(whole);
    }

    /// Forgets all trades.
    pub(in crate::alert) fn clear(&mut self, now: UnixNs) {
        *self = Self::new(self.window_s, now);
    }

    /// Trades are missing up to this time.
    pub(in crate::alert) fn forget(&mut self, until: UnixNs) {
        self.known_from = Steps::of(self.window_s).at(until) + 1;
    }

    /// Bought and sold volume, once the whole window is known.
    pub(in crate::alert) fn sums(&self) -> Option<(Volume, Volume)> {
        let first = Steps::of(self.window_s).before(self.now) + 1;
        (first >= self.known_from).then_some((self.buys, self.sells))
    }

    pub(in crate::alert) fn rescale(&mut self, from: Precision, to: Precision) -> Option<()> {
        let fit = |volume: &mut Volume| {
            *volume = volume.rescaled(from.quantity, to.quantity)?;
            Some(())
        };
        for step in &mut self.steps {
            fit(&mut step.buys)?;
            fit(&mut step.sells)?;
        }
        fit(&mut self.buys)?;
        fit(&mut self.sells)
    }
}

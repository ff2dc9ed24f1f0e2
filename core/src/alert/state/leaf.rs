//! One comparison as it is followed: what it compares, and on which side it was before.

use serde::{Deserialize, Serialize};

use super::moves::Extremes;
use super::sides::{Taken, channel, level};
use crate::alert::value::Value;
use crate::model::Decimal;
use crate::model::alert::{ChannelOperator, Direction, LevelOperator};

const NS_PER_S: i64 = 1_000_000_000;

/// A comparison whose operands were found.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// Slot of the left operand.
    pub(super) left: usize,
    pub(super) against: Against,
}

#[derive(Clone, Debug)]
pub(super) enum Against {
    Level(LevelOperator, Side),
    Channel(ChannelOperator, Side, Side),
    Move(Direction, Decimal, u32),
}

#[derive(Clone, Debug)]
pub(super) enum Side {
    Slot(usize),
    Number(Decimal),
}

/// What a comparison remembers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Whether it was on its far side: above what is crossed upwards, inside what is entered.
    pub(super) side: Option<bool>,
    /// Whether it came over from the other side and has not gone back.
    pub(super) crossed: bool,
    extremes: Extremes,
}

/// What a comparison says. `None` where a value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// In this moment.
    pub(super) now: Option<bool>,
    /// Right after it, when nothing changes any more.
    pub(super) rest: Option<bool>,
}

impl Verdict {
    pub(super) fn lasting(held: bool) -> Self {
        Self {
            now: Some(held),
            rest: Some(held),
        }
    }

    pub(super) const UNKNOWN: Self = Self {
        now: None,
        rest: None,
    };
}

impl Leaf {
    /// Looks at the values, and remembers.
    pub(super) fn look(
        &self,
        memory: &mut Memory,
        values: &impl Fn(usize) -> Option<Value>,
        taken: &Taken,
    ) -> Verdict {
        let side = |side: &Side| match side {
            Side::Slot(slot) => values(*slot),
            Side::Number(number) => Some(Value::Exact(*number)),
        };
        let left = values(self.left);
        match &self.against {
            Against::Level(operator, right) => match (left, side(right)) {
                (Some(left), Some(right)) => level(*operator, left, right, memory, taken),
                _ => Verdict::UNKNOWN,
            },
            Against::Channel(operator, low, high) => match (left, side(low), side(high)) {
                (Some(left), Some(low), Some(high)) => {
                    channel(*operator, left, [low, high], memory, taken)
                }
                _ => Verdict::UNKNOWN,
            },
            Against::Move(direction, percent, within_s) => {
                let within_ns = i64::from(*within_s) * NS_PER_S;
                let extremes = &mut memory.extremes;
                let base = extremes.see(left, taken.clock, within_ns, *direction);
                match (left, base) {
                    (Some(left), Some(base)) => {
                        let moved = left.has_moved(base, *direction, *percent);
                        memory.side = Some(moved);
                        Verdict::lasting(moved)
                    }
                    _ => Verdict::UNKNOWN,
                }
            }
        }
    }

    /// Whether what it says may change just because time passes.
    pub(super) fn may_fade(&self, memory: &Memory) -> bool {
        matches!(self.against, Against::Move(..)) && memory.side == Some(true)
    }
}

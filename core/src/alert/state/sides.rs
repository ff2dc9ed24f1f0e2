//! On which side of a level or a channel a value is, how far it has to go back, and what a change
//! of sides means.

use super::leaf::{Memory, Verdict};
use crate::alert::value::Value;
use crate::model::UnixNs;
use crate::model::alert::{ChannelOperator, Hysteresis, LevelOperator};

/// How the rule wants its comparisons taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) hysteresis: Option<Hysteresis>,
    /// Whether it has to hold for a while: then what crossed holds until it goes back.
    pub(super) held: bool,
    pub(super) clock: UnixNs,
}

impl Taken {
    fn margin(&self, level: Value) -> f64 {
        match self.hysteresis {
            None => 0.0,
            Some(Hysteresis::Absolute(distance)) => distance.to_f64(),
            Some(Hysteresis::Percent(percent)) => level.to_f64().abs() * percent.to_f64() / 100.0,
        }
    }

    /// Whether the value is below the level by more than the margin, if that counts here.
    fn below(&self, value: Value, level: Value, counts: bool) -> bool {
        match self.margin(level) {
            margin if counts && margin > 0.0 => value.to_f64() < level.to_f64() - margin,
            _ => value.compare(level).is_lt(),
        }
    }

    fn above(&self, value: Value, level: Value, counts: bool) -> bool {
        match self.margin(level) {
            margin if counts && margin > 0.0 => value.to_f64() > level.to_f64() + margin,
            _ => value.compare(level).is_gt(),
        }
    }
}

/// A comparison with a level.
pub(super) fn level(
    operator: LevelOperator,
    left: Value,
    right: Value,
    memory: &mut Memory,
    taken: &Taken,
) -> Verdict {
    let before = memory.side;
    let was = before == Some(true);
    // `None` where the value is on neither side.
    let (far, near) = match operator {
        LevelOperator::Greater | LevelOperator::CrossesAbove => (
            taken.above(left, right, false),
            taken.below(left, right, was),
        ),
        LevelOperator::Less | LevelOperator::CrossesBelow => (
            taken.below(left, right, false),
            taken.above(left, right, was),
        ),
        LevelOperator::Crosses => (
            taken.above(left, right, before == Some(false)),
            taken.below(left, right, was),
        ),
    };
    match operator {
        LevelOperator::Greater | LevelOperator::Less => {
            // With a margin, what held goes on up to the margin's end.
            let edge = taken.margin(right);
            let stays = was
                && edge > 0.0
                && match operator {
                    LevelOperator::Greater => left.to_f64() > right.to_f64() - edge,
                    _ => left.to_f64() < right.to_f64() + edge,
                };
            let holds = far || stays;
            memory.side = Some(holds);
            Verdict::lasting(holds)
        }
        LevelOperator::Crosses => {
            memory.side = side(far, near, before);
            momentary(
                before.is_some() && memory.side != before,
                memory.side.is_some(),
                memory,
                taken,
            )
        }
        LevelOperator::CrossesAbove | LevelOperator::CrossesBelow => {
            arrives(far, near, memory, taken)
        }
    }
}

/// A comparison with a channel.
pub(super) fn channel(
    operator: ChannelOperator,
    left: Value,
    [low, high]: [Value; 2],
    memory: &mut Memory,
    taken: &Taken,
) -> Verdict {
    let was = memory.side == Some(true);
    let outside = |counts| taken.below(left, low, counts) || taken.above(left, high, counts);
    let deep_inside = |counts: bool| {
        let margin = |level| if counts { taken.margin(level) } else { 0.0 };
        match (margin(low), margin(high)) {
            (below, above) if below > 0.0 || above > 0.0 => {
                let value = left.to_f64();
                value > low.to_f64() + below && value < high.to_f64() - above
            }
            _ => !outside(false),
        }
    };
    match operator {
        ChannelOperator::Inside => {
            let holds = !outside(was);
            memory.side = Some(holds);
            Verdict::lasting(holds)
        }
        ChannelOperator::Outside => {
            let holds = if was {
                !deep_inside(true)
            } else {
                outside(false)
            };
            memory.side = Some(holds);
            Verdict::lasting(holds)
        }
        ChannelOperator::Enters | ChannelOperator::Leaves => {
            let enters = operator == ChannelOperator::Enters;
            let (far, near) = if enters {
                (!outside(false), outside(was))
            } else {
                (outside(false), deep_inside(was))
            };
            arrives(far, near, memory, taken)
        }
    }
}

/// The side after a value that was on this one: neither leaves it as it is.
fn side(far: bool, near: bool, before: Option<bool>) -> Option<bool> {
    match (far, near) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => before,
    }
}

/// What a comparison says that waits for its far side, from the near one only.
fn arrives(far: bool, near: bool, memory: &mut Memory, taken: &Taken) -> Verdict {
    let changed = far && memory.side == Some(false);
    memory.side = side(far, near, memory.side);
    momentary(changed, memory.side == Some(true), memory, taken)
}

/// What is true in the moment of a change, or, where it has to hold for a while, from then on for
/// as long as it stays.
fn momentary(changed: bool, stays: bool, memory: &mut Memory, taken: &Taken) -> Verdict {
    memory.crossed = stays && (memory.crossed || changed);
    match taken.held {
        true => Verdict::lasting(memory.crossed),
        false => Verdict {
            now: Some(changed),
            rest: Some(false),
        },
    }
}

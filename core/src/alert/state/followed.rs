//! One rule as it is followed: its condition with the places of its operands, and where it stands.

use std::sync::Arc;

use super::fire::{Evidence, Seen};
use super::leaf::{Against, Leaf, Memory, Side, Verdict};
use super::sides::Taken;
use super::trigger::{Look, Standing};
use crate::alert::text::{condition_text, operand_text};
use crate::alert::value::Value;
use crate::model::alert::{Comparison, Condition, Operand, RuleId, Term, Test, Watch};
use crate::model::{Decimal, UnixMs, UnixNs};

/// A rule that is followed.
pub(super) struct Followed {
    pub(super) id: RuleId,
    pub(super) watch: Arc<Watch>,
    pub(super) snoozed_until: Option<UnixMs>,
    tree: Tree,
    leaves: Vec<Leaf>,
    /// Slots of all operands, in the order of [`Condition::values`].
    pub(super) slots: Vec<usize>,
    /// How far back the operands look.
    reach_ms: i64,
    pub(super) memories: Vec<Memory>,
    pub(super) standing: Standing,
    /// The event for which it was last looked up: it is looked at once an event.
    pub(super) mark: u64,
}

/// The condition over the places of its comparisons.
#[derive(Clone, Debug)]
enum Tree {
    All(Vec<Self>),
    Any(Vec<Self>),
    Leaf(usize),
}

impl Followed {
    /// The condition keeps to its limits. `slot` gives the place of an operand and how far back it looks, milliseconds.
    pub(super) fn new(
        id: RuleId,
        watch: Arc<Watch>,
        snoozed_until: Option<UnixMs>,
        mut slot: impl FnMut(&Operand) -> (usize, i64),
    ) -> Self {
        let values = watch.condition.values();
        let found: Vec<(usize, i64)> = values.iter().map(|(_, operand)| slot(operand)).collect();
        let mut leaves = Vec::new();
        let tree = compile(&watch.condition, &mut leaves, &mut |operand| {
            slot(operand).0
        });
        let within = watch
            .condition
            .tests()
            .into_iter()
            .map(|test| match test.comparison {
                Comparison::Move { within_s, .. } => i64::from(within_s) * 1_000,
                _ => 0,
            });
        let reach_ms = found.iter().map(|(_, reach)| *reach).chain(within).max();
        Self {
            id,
            snoozed_until,
            tree,
            slots: found.iter().map(|(slot, _)| *slot).collect(),
            reach_ms: reach_ms.unwrap_or(0),
            memories: vec![Memory::default(); leaves.len()],
            leaves,
            standing: Standing::default(),
            mark: 0,
            watch,
        }
    }

    /// Looks at the values. Where the rule fires, since when the condition held.
    pub(super) fn look(
        &mut self,
        values: &impl Fn(usize) -> Option<Value>,
        look: &Look,
        wall: UnixMs,
    ) -> Option<UnixNs> {
        if self.standing.done {
            return None;
        }
        let taken = Taken {
            hysteresis: self.watch.hysteresis,
            held: self.watch.hold_s > 0,
            clock: look.clock,
        };
        // Every comparison looks, also those on which nothing depends any more: it remembers.
        let mut verdicts = [Verdict::UNKNOWN; Condition::LIMITS.tests];
        let leaves = self.leaves.iter().zip(&mut self.memories);
        for ((leaf, memory), verdict) in leaves.zip(&mut verdicts) {
            *verdict = leaf.look(memory, values, &taken);
        }
        let verdict = Verdict {
            now: self.tree.holds(&|leaf| verdicts[leaf].now),
            rest: self.tree.holds(&|leaf| verdicts[leaf].rest),
        };
        let look = Look {
            quiet: look.quiet || self.is_quiet(wall),
            ..*look
        };
        let fired = self.standing.step(&self.watch, verdict, &look);
        let mut leaves = self.leaves.iter().zip(&self.memories);
        let fades = leaves.any(|(leaf, memory)| leaf.may_fade(memory));
        self.standing.waits |= fades && !self.standing.done;
        fired
    }

    /// Whether nothing may be told at this time of the server's clock.
    fn is_quiet(&self, wall: UnixMs) -> bool {
        self.snoozed_until.is_some_and(|until| wall < until)
            || self.watch.expires.is_some_and(|expires| wall >= expires)
            || self.watch.hours.is_some_and(|hours| !hours.contains(wall))
    }

    pub(super) fn evidence(
        &self,
        values: &impl Fn(usize) -> Option<Value>,
        price: Option<Decimal>,
        since: UnixNs,
        now: UnixNs,
    ) -> Evidence {
        let named = self.watch.condition.values().into_iter().zip(&self.slots);
        let reach_ns = self.reach_ms.saturating_mul(1_000_000);
        let since = match since {
            UnixNs(i64::MIN) => now,
            since => since,
        };
        Evidence {
            price,
            values: named
                .map(|((name, operand), slot)| Seen {
                    name,
                    operand: operand_text(operand),
                    value: values(*slot),
                })
                .collect(),
            condition: condition_text(&self.watch.condition),
            since,
            from: UnixNs(since.0.min(now.0.saturating_sub(reach_ns))),
        }
    }
}

impl Tree {
    /// `None` where what is missing could change the answer.
    fn holds(&self, leaf: &impl Fn(usize) -> Option<bool>) -> Option<bool> {
        // What decides a group, and what it is otherwise, if nothing is missing.
        let group = |parts: &[Self], decides: bool| {
            let mut whole = Some(!decides);
            for part in parts {
                match part.holds(leaf) {
                    Some(holds) if holds == decides => return Some(decides),
                    Some(_) => {}
                    None => whole = None,
                }
            }
            whole
        };
        match self {
            Self::All(parts) => group(parts, false),
            Self::Any(parts) => group(parts, true),
            Self::Leaf(at) => leaf(*at),
        }
    }
}

fn compile(
    condition: &Condition,
    leaves: &mut Vec<Leaf>,
    slot: &mut impl FnMut(&Operand) -> usize,
) -> Tree {
    match condition {
        Condition::All(parts) => Tree::All(
            parts
                .iter()
                .map(|part| compile(part, leaves, slot))
                .collect(),
        ),
        Condition::Any(parts) => Tree::Any(
            parts
                .iter()
                .map(|part| compile(part, leaves, slot))
                .collect(),
        ),
        Condition::Test(test) => {
            leaves.push(leaf(test, slot));
            Tree::Leaf(leaves.len() - 1)
        }
    }
}

fn leaf(test: &Test, slot: &mut impl FnMut(&Operand) -> usize) -> Leaf {
    let left = slot(&test.left);
    let mut side = |term: &Term| match term {
        Term::Number(number) => Side::Number(*number),
        Term::Operand(operand) => Side::Slot(slot(operand)),
    };
    let against = match &test.comparison {
        Comparison::Level(operator, right) => Against::Level(*operator, side(right)),
        Comparison::Channel {
            operator,
            low,
            high,
        } => Against::Channel(*operator, side(low), side(high)),
        Comparison::Move {
            direction,
            percent,
            within_s,
        } => Against::Move(*direction, *percent, *within_s),
    };
    Leaf { left, against }
}

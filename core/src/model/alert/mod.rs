//! An alert rule: what is watched, when that is to be told, and how.
//!
//! The types hold only rules that can be followed; whatever anybody wrote comes in through
//! [`Rule::parse`], which names every mistake by its place. Which operands there are is not known
//! here: a [`Vocabulary`] says it.
//!
//! | item | what it owns |
//! |---|---|
//! | [`Rule`], [`Watch`] | the rule; the part of it that decides when it fires |
//! | [`Condition`], [`Test`], [`Operand`] | the tree of comparisons |
//! | [`LEVEL_OPERATORS`], [`CHANNEL_OPERATORS`], [`DIRECTIONS`] | what can be compared, and its words |
//! | [`Trigger`] | how often it fires |
//! | [`ActiveHours`] | at which hours it may |
//! | [`Template`] | the message |
//! | [`Vocabulary`] | what the reader asks about operands |

mod condition;
mod hours;
mod operator;
mod read;
mod read_condition;
mod rule;
mod template;
mod trigger;
mod write;

#[cfg(test)]
mod rule_tests;

pub use condition::{Condition, Limits as ConditionLimits, Operand, Term, Test};
pub use hours::{ActiveHours, HoursError};
pub use operator::{
    CHANNEL_OPERATORS, ChannelOperator, Comparison, DIRECTIONS, Direction, LEVEL_OPERATORS,
    LevelOperator, OperatorSpec, text_of,
};
pub use read::Vocabulary;
pub use rule::{Hysteresis, NoData, Rule, RuleId, Severity, Watch, word_of};
pub use template::{Filled, PLACEHOLDERS, Template};
pub use trigger::{LONGEST_S, Trigger};

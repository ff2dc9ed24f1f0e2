//! What can be compared with what: one table for each form, from which the readers, the printer
//! and the page's form are made.

use super::condition::Term;
use crate::model::Decimal;

/// How an operand is compared, and with what.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// With one level.
    Level(LevelOperator, Term),
    /// With the space between two levels, both of them inside.
    Channel {
        /// How.
        operator: ChannelOperator,
        /// The lower edge.
        low: Term,
        /// The upper edge.
        high: Term,
    },
    /// With itself within a time that has passed.
    Move {
        /// Up or down.
        direction: Direction,
        /// Above zero; of the lowest (highest) value within the time.
        percent: Decimal,
        /// The time, seconds of exchange time.
        within_s: u32,
    },
}

/// A comparison with one level. Equal is neither above nor below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelOperator {
    /// Is above it.
    Greater,
    /// Is below it.
    Less,
    /// Is above it and was below it before.
    CrossesAbove,
    /// Is below it and was above it before.
    CrossesBelow,
    /// Either of these.
    Crosses,
}

/// A comparison with a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelOperator {
    /// Is neither below nor above it.
    Inside,
    /// Is below or above it.
    Outside,
    /// Is inside and was outside before.
    Enters,
    /// Is outside and was inside before.
    Leaves,
}

/// Which way something moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Away from the lowest value within the time.
    Up,
    /// Away from the highest.
    Down,
}

/// The words of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorSpec<T> {
    /// Which.
    pub operator: T,
    /// In JSON.
    pub name: &'static str,
    /// In the text form: words with one space between them.
    pub text: &'static str,
    /// For people.
    pub label: &'static str,
}

const fn spec<T>(
    operator: T,
    name: &'static str,
    text: &'static str,
    label: &'static str,
) -> OperatorSpec<T> {
    OperatorSpec {
        operator,
        name,
        text,
        label,
    }
}

/// Against a level. Of two that begin alike the longer stands first.
pub static LEVEL_OPERATORS: &[OperatorSpec<LevelOperator>] = &[
    spec(LevelOperator::Greater, "greater", ">", "is above"),
    spec(LevelOperator::Less, "less", "<", "is below"),
    spec(
        LevelOperator::CrossesAbove,
        "crosses_above",
        "crosses above",
        "crosses upwards",
    ),
    spec(
        LevelOperator::CrossesBelow,
        "crosses_below",
        "crosses below",
        "crosses downwards",
    ),
    spec(
        LevelOperator::Crosses,
        "crosses",
        "crosses",
        "crosses either way",
    ),
];

/// Against a channel.
pub static CHANNEL_OPERATORS: &[OperatorSpec<ChannelOperator>] = &[
    spec(ChannelOperator::Inside, "inside", "inside", "is inside"),
    spec(ChannelOperator::Outside, "outside", "outside", "is outside"),
    spec(ChannelOperator::Enters, "enters", "enters", "enters"),
    spec(ChannelOperator::Leaves, "leaves", "leaves", "leaves"),
];

/// Against itself.
pub static DIRECTIONS: &[OperatorSpec<Direction>] = &[
    spec(Direction::Up, "moves_up", "moves up", "moves up by"),
    spec(Direction::Down, "moves_down", "moves down", "moves down by"),
];

/// The line of a table that is about this operator; every operator has one.
pub(crate) fn words<T: Copy + PartialEq>(
    table: &'static [OperatorSpec<T>],
    operator: T,
) -> &'static OperatorSpec<T> {
    let line = table.iter().find(|line| line.operator == operator);
    line.unwrap_or(&table[0])
}

/// The text form of an operator.
#[must_use]
pub fn text_of<T: Copy + PartialEq>(
    table: &'static [OperatorSpec<T>],
    operator: T,
) -> &'static str {
    words(table, operator).text
}

impl LevelOperator {
    /// Whether it is about the moment in which something changes.
    #[must_use]
    pub fn is_momentary(self) -> bool {
        !matches!(self, Self::Greater | Self::Less)
    }
}

impl ChannelOperator {
    /// Whether it is about the moment in which something changes.
    #[must_use]
    pub fn is_momentary(self) -> bool {
        matches!(self, Self::Enters | Self::Leaves)
    }
}

impl Comparison {
    /// What stands on its right.
    #[must_use]
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Level(_, term) => vec![term],
            Self::Channel { low, high, .. } => vec![low, high],
            Self::Move { .. } => Vec::new(),
        }
    }

    /// Whether it is true in the moment in which something changes, and not before or after.
    #[must_use]
    pub fn is_momentary(&self) -> bool {
        match self {
            Self::Level(operator, _) => operator.is_momentary(),
            Self::Channel { operator, .. } => operator.is_momentary(),
            Self::Move { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_its_line() {
        use {ChannelOperator as C, LevelOperator as L};
        for operator in [
            L::Greater,
            L::Less,
            L::CrossesAbove,
            L::CrossesBelow,
            L::Crosses,
        ] {
            assert_eq!(words(LEVEL_OPERATORS, operator).operator, operator);
        }
        for operator in [C::Inside, C::Outside, C::Enters, C::Leaves] {
            assert_eq!(words(CHANNEL_OPERATORS, operator).operator, operator);
        }
        for direction in [Direction::Up, Direction::Down] {
            assert_eq!(words(DIRECTIONS, direction).operator, direction);
        }
    }
}

//! The tree of comparisons.

use super::operator::Comparison;
use crate::model::{Decimal, Settings};

/// How large a condition may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Groups within groups, the comparison itself counted.
    pub depth: u32,
    /// Comparisons in all.
    pub tests: usize,
}

/// When something is the case.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of two or more.
    All(Vec<Self>),
    /// At least one of two or more.
    Any(Vec<Self>),
    /// A comparison.
    Test(Box<Test>),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What is looked at.
    pub left: Operand,
    /// How, and against what.
    pub comparison: Comparison,
}

/// Something that has a value at every moment, or none for want of data.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// Its name in the table of operands.
    pub name: String,
    /// What of its fields is not as usual. Defaults are never held, so that equal operands are
    /// equal values.
    pub settings: Settings,
}

/// The other side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A number, exactly as it was written.
    Number(Decimal),
    /// Another operand.
    Operand(Operand),
}

impl Condition {
    /// What every condition keeps to.
    pub const LIMITS: Limits = Limits {
        depth: 5,
        tests: 20,
    };

    /// Groups within groups, the comparison itself counted.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Test(_) => 1,
        }
    }

    /// Its comparisons, as they are read.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a Test>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect(found));
            }
            Self::Test(test) => found.push(test),
        }
    }

    /// Every operand once, as they are read, with the name that its value has in messages and in
    /// the evidence: that of the operand, with `_2` and so on behind it where there are more of
    /// one name.
    #[must_use]
    pub fn values(&self) -> Vec<(String, &Operand)> {
        let mut found: Vec<(String, &Operand)> = Vec::new();
        for operand in self.tests().into_iter().flat_map(Test::operands) {
            if found.iter().any(|(_, held)| *held == operand) {
                continue;
            }
            let same = found.iter().filter(|(_, held)| held.name == operand.name);
            let name = match same.count() {
                0 => operand.name.clone(),
                before => format!("{}_{}", operand.name, before + 1),
            };
            found.push((name, operand));
        }
        found
    }
}

impl Test {
    /// The left one, then those that it is compared with.
    pub fn operands(&self) -> impl Iterator<Item = &Operand> {
        let right = self.comparison.terms().into_iter();
        let right = right.filter_map(|term| match term {
            Term::Operand(operand) => Some(operand),
            Term::Number(_) => None,
        });
        std::iter::once(&self.left).chain(right)
    }
}

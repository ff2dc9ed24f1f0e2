//! Where a text is no rule, and what could stand there.

use std::fmt;

use thiserror::Error;

/// Characters of what was found that a message repeats.
const REPEATED: usize = 24;

/// The first mistake of a text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct TextError {
    /// From 1, in bytes: where the mistake begins.
    pub column: u32,
    /// What could stand there.
    pub expected: String,
    /// What stands there; empty at the end of the text.
    pub found: String,
}

impl TextError {
    /// `at` is in bytes, from 0.
    pub(super) fn new(at: usize, expected: impl Into<String>, found: &str) -> Self {
        Self {
            column: u32::try_from(at + 1).unwrap_or(u32::MAX),
            expected: expected.into(),
            found: found.chars().take(REPEATED).collect(),
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            column,
            expected,
            found,
        } = self;
        match found.as_str() {
            "" => write!(
                f,
                "column {column}: the text ends, but {expected} is wanted"
            ),
            found => write!(f, "column {column}: {expected} is wanted, not {found:?}"),
        }
    }
}

//! The numbers of one line's messages.

use tradesuite_core::market::{SequenceCheck, SequenceStep};

/// Where the numbering stands.
#[derive(Debug, Default)]
pub struct Numbering {
    check: SequenceCheck,
    begun: bool,
}

/// What a number says about the messages before it.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The expected one, or the first.
    Next,
    /// The message was sent before.
    Again,
    /// The venue counts from 0 again: as good as a new line.
    Anew,
    /// Messages are missing before this one.
    Hole {
        /// How many.
        missing: u64,
        /// Which, in one sentence.
        reason: String,
    },
}

impl Numbering {
    /// Takes note of the next message.
    pub fn take(&mut self, number: u64) -> Step {
        if number == 0 && self.begun {
            return Step::Anew;
        }
        self.begun = true;
        match self.check.check(number) {
            SequenceStep::Next => Step::Next,
            SequenceStep::Repeat => Step::Again,
            SequenceStep::Jump { expected, got } => Step::Hole {
                missing: got - expected,
                reason: match got - expected {
                    1 => format!("message {expected} is missing"),
                    _ => format!("messages {expected} to {} are missing", got - 1),
                },
            },
        }
    }
}

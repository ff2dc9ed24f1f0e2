//! The table as the reader of rules asks it.

use super::spec::{operand, operands, reading_of};
use crate::alert::text::read_watch;
use crate::model::Field;
use crate::model::alert::{Operand, Vocabulary, Watch};

/// Every operand that there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operands;

impl Vocabulary for Operands {
    fn fields(&self, name: &str) -> Option<&'static [Field]> {
        operand(name).map(|spec| spec.fields)
    }

    fn names(&self) -> Vec<&'static str> {
        operands().map(|spec| spec.name).collect()
    }

    fn check(&self, operand: &Operand) -> Result<(), String> {
        reading_of(operand).map(|_| ())
    }

    fn read_text(&self, text: &str) -> Result<Watch, String> {
        read_watch(text).map_err(|error| error.to_string())
    }
}

//! The tape: trades held in order, fills of one order merged into rows, and what of them is seen.
//!
//! | module | what it owns |
//! |---|---|
//! | `prints` | the trades held: ascending by exchange time then id, each once, bounded |
//! | `row` | a row, what makes one, sums |
//! | `rows` | which trades are one row, which rows the filter shows |
//! | `sizes` | which sizes stand out |
//! | `scroll` | which row stands at the top, whatever comes before or after it |
//! | `text` | a row's texts |
//! | `keys` | what keys do |
//!
//! **Fills of one order** are neighbours of equal exchange time and side with contiguous ids: a
//! venue matches a taker's order at one instant and numbers its fills in one go. That is a law
//! between neighbours alone, so the rows do not depend on how the trades arrived.

mod keys;
mod prints;
mod row;
mod rows;
mod scroll;
mod sizes;
mod text;

#[cfg(test)]
mod fixture;

pub use keys::{TAPE_KEYS, TapeAction, TapeKey, tape_action_of};
pub use prints::{Print, Prints};
pub use row::{TapeRow, TapeRule, TapeSums};
pub use rows::TapeRows;
pub use scroll::TapeScroll;
pub use sizes::{ClassRule, SizeClass};
pub use text::{TapeTexts, TextStyle};

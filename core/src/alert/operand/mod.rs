//! What a condition can look at: one table, from which forms, text and engine are made.
//!
//! | item | what it owns |
//! |---|---|
//! | [`OPERANDS`] | the table: one file each in `kind` |
//! | [`OperandSpec`], [`operands()`], [`operand()`] | what the table says; every indicator is one of them |
//! | [`Reading`], [`reading_of()`] | which source an operand reads, and how |
//! | [`Operands`] | the table as the reader of rules asks it |

mod bar;
mod best;
mod kind;
mod reading;
mod spec;
mod vocabulary;

pub use kind::OPERANDS;
pub use reading::{BarLook, BookLook, Reading, Silence};
pub use spec::{Entry, Feed, OperandSpec, OperandUnit, operand, operands, reading_of};
pub use vocabulary::Operands;

//! Small parts that know nothing of markets.

mod form;
mod list;
mod menu;
mod readout;

pub use form::{FieldForm, FormRow, has_input};
pub use menu::{Menu, MenuItem};
pub use readout::Readout;

//! Small parts that know nothing of markets.

mod dialog;
mod form;
mod list;
mod menu;
mod readout;

pub use dialog::Dialog;
pub use form::{FieldForm, FormRow, has_input};
pub use list::step;
pub use menu::{Menu, MenuItem};
pub use readout::Readout;

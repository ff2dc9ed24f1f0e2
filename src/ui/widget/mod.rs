//! Small parts that know nothing of markets.

mod dialog;
mod form;
mod list;
mod menu;
mod readout;
mod steps;
mod telling;

pub use dialog::Dialog;
pub use form::{FieldForm, FormRow, has_input};
pub use menu::{Menu, MenuItem};
pub use readout::Readout;
pub use steps::step;
pub use telling::Telling;

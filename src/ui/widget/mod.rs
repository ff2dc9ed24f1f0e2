//! Small parts that know nothing of markets.

mod menu;
mod readout;

pub use menu::{Menu, MenuItem};
pub use readout::Readout;

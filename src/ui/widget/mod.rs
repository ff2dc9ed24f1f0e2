//! Small parts that know nothing of markets.

mod readout;

pub use readout::Readout;

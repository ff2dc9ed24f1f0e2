//! stub of collector

pub mod intake;

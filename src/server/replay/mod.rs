//! Recorded frames, played through the checks that live frames go through.
//!
//! | module | what it owns |
//! |---|---|
//! | [`capture`] | the files: one frame a line, plain or compressed |
//! | [`playback`] | recorded connections, each with an intake of its own |
//! | [`summary`] | what a recording amounts to, instrument by instrument |
//! | [`play`] | handing events on at the pace at which they were recorded |
//!
//! It must not know the command line, nor who reads the events.

pub mod capture;
mod play;
mod playback;
mod summary;
#[cfg(test)]
mod tests;

pub use play::{Played, Speed, SpeedError, play};
pub use playback::Playback;
pub use summary::{BookSummary, InstrumentSummary, Summary, summarize};

//! Sentinel, the collector: keeps connections to venues alive and their data whole.
//!
//! | module | what it owns |
//! |---|---|
//! | [`transport`] | lines that carry text frames: WebSockets, memory |
//! | [`session`] | one connection, from opening to end |
//! | [`supervisor`] | a venue's connections: who carries what, when to try again |
//! | [`checker`] | what a session and its checks say to each other |
//! | `clock_offset` | how far this machine's clock is from the venues' times |
//! | [`intake`] | from frames to events that can be believed |
//! | [`assignment`] | which connection carries an instrument |
//! | [`backoff`], [`limiter`] | waits between tries; a venue's limits |
//! | [`http`], [`rest`], [`tls`] | requests; one venue's REST interface |
//! | [`directory`] | the instruments that venues list |
//! | [`backfill`] | trades of a gap, from the venue's history |
//! | [`history`] | bars that this server did not see itself |
//! | [`mender`] | has trades of gaps fetched, and bars where these cannot be had |
//! | [`sink`] | the journal, seen from here |
//! | [`recorder`] | from the journal to the market store |
//! | [`status`] | how each connection is doing |
//!
//! It must not know who reads what it collects.

pub mod assignment;
pub mod backfill;
pub mod backoff;
pub mod checker;
mod clock_offset;
pub mod directory;
pub mod history;
pub mod http;
pub mod intake;
pub mod limiter;
pub mod mender;
pub mod recorder;
pub mod rest;
pub mod session;
pub mod sink;
pub mod status;
pub mod supervisor;
#[cfg(test)]
pub(crate) mod testing;
pub mod tls;
pub mod transport;
#[cfg(test)]
mod whole_tests;

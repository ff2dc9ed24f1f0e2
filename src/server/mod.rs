//! Everything behind the socket. Compiled into the server only.
//!
//! Modules may import from those above them in this list, never from below:
//!
//! 1. [`clock`], [`config`], [`plain_text`]: time, settings, files of text
//! 2. [`exchange`], [`storage`], [`journal`], [`simulator`]: venues, stores, the log, a market to
//!    try things on
//! 3. [`collector`], [`hub`]: keeping connections alive; snapshots and changes for listeners
//! 4. [`replay`], [`import`], [`service`]: recordings through the collector's own checks; files of
//!    trades and bars; what every interface calls
//! 5. [`web`], [`doctor`]: REST, socket, pages; whether a server could run here
//! 6. [`run`][]: wiring
//! 7. [`command`]: the command line

pub mod clock;
pub mod collector;
pub mod command;
pub mod config;
pub mod doctor;
pub mod exchange;
pub mod hub;
pub mod import;
pub mod journal;
pub mod plain_text;
pub mod replay;
pub mod run;
pub mod service;
pub mod simulator;
pub mod storage;
pub mod web;

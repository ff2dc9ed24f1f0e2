//! The promise under fire: what the server has seen it keeps, once, whatever is killed or cut;
//! what it has not seen it knows of. Real processes, real sockets, the simulated market as the
//! witness.
//!
//! `make test` runs the short form. `make fire` runs it whole: fifty kills instead of three, a
//! minute of a full disk and an hour of everything in a random order instead of seconds.

#![expect(
    clippy::print_stdout,
    reason = "what was found is said beside the result"
)]

mod faults;
mod figures;
mod full_disk;
mod kills;
mod ledger;
mod process;
mod reader;
mod soak;

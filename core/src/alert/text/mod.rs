//! A rule in one line:
//!
//! ```text
//! coinbase:BTC-USD last crosses above 65000 and rvol(1m,20) > 3 once
//! ```
//!
//! An instrument, a condition, how often it fires, and options in any order:
//!
//! ```text
//! condition  all of `and`, any of `or`, brackets; `and` binds closer
//! comparison OPERAND > TERM · < TERM · crosses [above|below] TERM
//!            OPERAND inside|outside|enters|leaves TERM to TERM
//!            OPERAND moves up|down NUMBER% within TIME
//! operand    its name, then its settings in the order of the table, then `.` and which value:
//!            `last`, `ema(1h,50)`, `bollinger(1m,20,2).upper`, `cvd_change(5m)`
//! trigger    once · once per TIMEFRAME bar · on TIMEFRAME close · every TIME; then `repeating`
//! options    for TIME · hysteresis 25|0.5% · no data keep|clear|fire
//!            expires 2026-12-24T18:00:00Z · hours mon-fri 09:00-17:30 +01:00
//! time       90s, 5m, 4h, 7d
//! ```
//!
//! What is printed reads back as the same rule. A mistake is named with its column and with what
//! could stand there.

mod error;
mod lexer;
mod operand;
mod options;
mod parser;
mod printer;
mod span;

#[cfg(test)]
mod law_tests;

pub use error::TextError;
pub use printer::{condition_text, operand_text, watch_text};

use crate::model::alert::Watch;

/// Longest text, in bytes.
const LONGEST: usize = 4_000;

/// Reads the text form.
///
/// # Errors
/// [`TextError`] for the first mistake.
pub fn read_watch(text: &str) -> Result<Watch, TextError> {
    if text.len() > LONGEST {
        return Err(TextError::new(
            LONGEST,
            format!("at most {LONGEST} bytes"),
            "",
        ));
    }
    parser::Parser::new(text).watch()
}

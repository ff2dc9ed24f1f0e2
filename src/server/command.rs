//! The command line.

use std::process::ExitCode;

/// Runs what the command line says.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}

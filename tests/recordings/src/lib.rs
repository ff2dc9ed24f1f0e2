//! Recorded market data for tests and benchmarks. It is no part of the project: it is read from
//! `../shared/market-data` beside it, or from the folder that `TRADESUITE_MARKET_DATA` names.
//!
//! Where it is not there, a test is left out and says so by name. The test runner shows nothing of
//! a test that passes, so that the name goes past it, and into the file that
//! `TRADESUITE_LEFT_OUT` names, where `make test` counts it.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of all recordings. Else `None`, after saying that the test called `test` is left out.
///
/// # Panics
/// Where `TRADESUITE_MARKET_DATA` names a folder that is not there: who names one means it.
#[must_use]
pub fn folder(test: &str) -> Option<PathBuf> {
    find(test, "")
}

/// The recording at this place below the folder. Else `None`, after saying that the test called
/// `test` is left out.
///
/// # Panics
/// As [`folder`].
#[must_use]
pub fn find(test: &str, place: &str) -> Option<PathBuf> {
    let path = path(place);
    if path.exists() {
        return Some(path);
    }
    leave_out(test, &format!("no {}", path.display()));
    None
}

/// Where the recording would be.
fn path(place: &str) -> PathBuf {
    let named = std::env::var_os("TRADESUITE_MARKET_DATA").map(PathBuf::from);
    if let Some(named) = &named {
        assert!(
            named.is_dir(),
            "TRADESUITE_MARKET_DATA names {}, which is no folder",
            named.display()
        );
    }
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/market-data");
    named.unwrap_or_else(beside).join(place)
}

/// Says that the test called `test` is left out, and why.
///
/// # Panics
/// Where the list that `TRADESUITE_LEFT_OUT` names cannot be written.
pub fn leave_out(test: &str, why: &str) {
    let line = format!("left out: {test} ({why})\n");
    // Not by a macro: the runner would keep those to itself.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(list) = std::env::var_os("TRADESUITE_LEFT_OUT") {
        append(Path::new(&list), &line).expect("the list of what was left out can be written");
    }
}

fn append(list: &Path, line: &str) -> std::io::Result<()> {
    let mut list = File::options().create(true).append(true).open(list)?;
    list.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_listed_line_by_line() {
        let name = format!("tradesuite-left-out-{}", std::process::id());
        let list = std::env::temp_dir().join(name);
        append(&list, "one\n").unwrap();
        append(&list, "two\n").unwrap();
        let lines = std::fs::read_to_string(&list).unwrap();
        std::fs::remove_file(&list).unwrap();
        assert_eq!(lines, "one\ntwo\n");
    }

    #[test]
    fn recordings_lie_below_one_folder() {
        assert_eq!(path("a/b.jsonl"), path("").join("a/b.jsonl"));
    }
}

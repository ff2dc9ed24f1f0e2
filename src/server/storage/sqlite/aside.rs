//! Day files that are damaged: told from whole ones, and set aside under another name, so that
//! everything else goes on. They are never deleted: whoever can repair one may put it back while
//! no server has the folder open.
//!
//! What was in such a file is not known any more. The own bars of its day say which instruments
//! were collected and when, and these stretches stand in the gap ledger.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use tradesuite_core::model::{Gap, GapKind, UnixMs};

use super::day::Day;
use super::retention::Kind;
use super::schema;
use crate::server::storage::StoreError;

/// What stands after the name of a file that was set aside; the second of its day has a number too.
const SUFFIX: &str = ".damaged";
/// How every SQLite file begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Width of the bars that say when something was collected.
const MINUTE_MS: i64 = 60_000;

/// What a first look at a file finds: cheap enough for every file at every start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It begins as it should, or is not there.
    Sound,
    /// There is nothing in it: new, or cut off.
    Empty,
    /// It is something else.
    Foreign,
}

/// Looks at how a file begins.
pub(super) fn look(path: &Path) -> Look {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut start));
    match read {
        // Who opens it in earnest says what is wrong.
        Err(_) => Look::Sound,
        Ok(0) => Look::Empty,
        Ok(_) if start == MAGIC => Look::Sound,
        Ok(_) => Look::Foreign,
    }
}

/// Why SQLite cannot read a file whole; `None` where it can, or where that is not the file's fault.
pub(super) fn damage(path: &Path) -> Option<String> {
    let checked = schema::open_reader(path).and_then(|file| {
        let said: String = file.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(said)
    });
    match checked {
        Ok(said) if said == "ok" => None,
        Ok(said) => Some(said),
        Err(StoreError::Damaged(reason)) => Some(reason),
        Err(StoreError::Unavailable(_) | StoreError::Refused(_)) => None,
    }
}

/// Gives a file that nobody has open for writing another name, its log with it.
pub(super) fn rename(file: &Path) -> Result<PathBuf, StoreError> {
    let with = |path: &Path, suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let names = (1_u32..).map(|number| match number {
        1 => with(file, SUFFIX),
        _ => with(file, &format!("{SUFFIX}-{number}")),
    });
    let free = names.into_iter().find(|name| !name.exists());
    let aside = free.unwrap_or_else(|| with(file, SUFFIX));
    // The file last: until it has gone, everything begins anew.
    for suffix in ["-shm", "-wal", ""] {
        let from = with(file, suffix);
        if from.exists() {
            let failed = |error| StoreError::Unavailable(format!("{}: {error}", from.display()));
            std::fs::rename(&from, with(&aside, suffix)).map_err(failed)?;
        }
    }
    Ok(aside)
}

/// The days of which a file was set aside, with its name; ascending.
pub(super) fn list(folder: &Path) -> Result<Vec<(Day, String)>, StoreError> {
    let failed =
        |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let Some((name, (file, rest))) =
            (name.to_str()).and_then(|name| Some((name, name.split_once(SUFFIX)?)))
        else {
            continue;
        };
        let is_log = rest.ends_with("-wal") || rest.ends_with("-shm");
        if let (false, Some(day)) = (is_log, Day::parse(file)) {
            found.push((day, name.to_owned()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// What is missing with a day's file: of every instrument from the first of its own bars of that
/// day to the last.
pub(super) fn missing(
    candles: &Connection,
    kind: Kind,
    day: Day,
    reason: &str,
) -> Result<Vec<Gap>, StoreError> {
    let mut select = candles.prepare_cached(
        "SELECT s.instrument,
             (SELECT min(time) FROM candles c WHERE c.series = s.id AND c.timeframe = '1m'
                  AND c.time >= ?1 AND c.time < ?2 AND c.origin <> 'venue'),
             (SELECT max(time) FROM candles c WHERE c.series = s.id AND c.timeframe = '1m'
                  AND c.time >= ?1 AND c.time < ?2 AND c.origin <> 'venue')
         FROM series s",
    )?;
    let mut rows = select.query(params![Day(day.0 - 1).end().0, day.end().0])?;
    let mut gaps = Vec::new();
    while let Some(row) = rows.next()? {
        let (first, last): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
        let instrument = row.get::<_, String>(0)?.parse();
        if let (Some(first), Some(last), Ok(instrument)) = (first, last, instrument) {
            gaps.push(Gap {
                instrument,
                kind: match kind {
                    Kind::Trades => GapKind::Trades,
                    Kind::Book => GapKind::Book,
                },
                start: UnixMs(first),
                end: Some(UnixMs(last + MINUTE_MS)),
                reason: reason.to_owned(),
                filled: false,
            });
        }
    }
    Ok(gaps)
}

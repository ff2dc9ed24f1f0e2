//! Files by UTC day, so that forgetting a day is deleting a file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tradesuite_core::model::{CivilDate, UnixMs, UnixNs};

use super::schema;
use super::upgrade::{self, Layout};
use crate::server::storage::StoreError;

const NS_PER_DAY: i64 = 86_400_000_000_000;
/// Day files open for writing at a time: today's, yesterday's late rows, and an import's.
const OPEN: usize = 4;

/// A UTC day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Day(pub i64);

impl Day {
    /// The day that an instant lies in.
    pub fn of(time: UnixNs) -> Self {
        Self(time.0.div_euclid(NS_PER_DAY))
    }

    /// The first instant after it.
    pub fn end(self) -> UnixMs {
        UnixNs((self.0 + 1).saturating_mul(NS_PER_DAY)).to_ms()
    }

    /// Its file.
    pub fn file(self, folder: &Path) -> PathBuf {
        folder.join(format!("{self}.db"))
    }

    /// The day of a file with this name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(".db")?.splitn(3, '-');
        let date = CivilDate {
            year: parts.next()?.parse().ok()?,
            month: parts.next()?.parse().ok()?,
            day: parts.next()?.parse().ok()?,
        };
        date.is_valid().then(|| Self(date.to_days()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = CivilDate::from_days(self.0);
        write!(f, "{:04}-{:02}-{:02}", date.year, date.month, date.day)
    }
}

/// The days that have a file in the folder, ascending. Other files are none of ours.
pub(super) fn list(folder: &Path) -> Result<Vec<Day>, StoreError> {
    let failed =
        |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", folder.display()));
    let mut days = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        days.extend(name.to_str().and_then(Day::parse));
    }
    days.sort_unstable();
    Ok(days)
}

/// A folder of day files, some of them open for writing.
#[derive(Debug)]
pub(super) struct DayFiles {
    folder: PathBuf,
    layout: &'static Layout,
    open: BTreeMap<Day, Connection>,
    /// Days in whose files damage was met that nobody was told of yet.
    damaged: BTreeSet<Day>,
}

impl DayFiles {
    /// Files in `folder`, which is made, each of `layout`.
    pub fn new(folder: PathBuf, layout: &'static Layout) -> Result<Self, StoreError> {
        std::fs::create_dir_all(&folder)
            .map_err(|error| StoreError::Unavailable(format!("{}: {error}", folder.display())))?;
        Ok(Self {
            folder,
            layout,
            open: BTreeMap::new(),
            damaged: BTreeSet::new(),
        })
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Does something with a day's file, opened or made where necessary.
    ///
    /// # Errors
    /// What opening or acting says, with the file's name.
    pub fn with<T>(
        &mut self,
        day: Day,
        act: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let acted = self.get(day).and_then(act);
        acted.map_err(|error| {
            if matches!(error, StoreError::Damaged(_)) {
                self.damaged.insert(day);
            }
            error.of(&day.file(&self.folder))
        })
    }

    /// Days whose files met damage since this was asked last.
    pub fn take_damaged(&mut self) -> BTreeSet<Day> {
        std::mem::take(&mut self.damaged)
    }

    /// Closes a day's file, where it is open.
    pub fn close(&mut self, day: Day) {
        self.open.remove(&day);
    }

    /// A day's file, opened or made where necessary.
    pub fn get(&mut self, day: Day) -> Result<&mut Connection, StoreError> {
        if self.open.len() >= OPEN && !self.open.contains_key(&day) {
            self.open.pop_first();
        }
        match self.open.entry(day) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let file = day.file(&self.folder);
                Ok(entry.insert(schema::open_writer(&file, self.layout)?))
            }
        }
    }

    /// Closes a day's file and deletes it, the log with it. A crash in between leaves a log without
    /// a file, which SQLite throws away.
    pub fn delete(&mut self, day: Day) -> Result<(), StoreError> {
        self.close(day);
        let file = day.file(&self.folder);
        for suffix in ["", "-wal", "-shm"] {
            let mut path = file.clone().into_os_string();
            path.push(suffix);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Unavailable(format!(
                        "{}: {error}",
                        file.display()
                    )));
                }
                _ => {}
            }
        }
        upgrade::delete_backups(&file, self.layout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_foreign_files_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "2026-11-23.db",
            "1969-12-31.db",
            "2026-11-23.db-wal",
            "2026-02-30.db",
            "x.db",
        ] {
            std::fs::write(folder.path().join(name), "").expect("writes");
        }
        let days = list(folder.path()).expect("lists");
        assert_eq!(days, [Day(-1), Day(20_780)]);
        assert_eq!(days[1].file(Path::new("")), Path::new("2026-11-23.db"));
        assert_eq!(Day::of(UnixNs(-1)), Day(-1));
    }
}

//! Versions of a file's tables: `user_version` says which a file has.
//!
//! A file of an older version is brought up when it is opened for writing: first a whole copy of
//! it is put beside it (`NAME.v1.bak`), then all steps happen in one transaction, the new version
//! with them. After a crash at any point the file is either still the old one, and everything
//! begins anew, or the new one. A newer file is refused. Copies are never deleted on their own
//! but with their day; whoever is content with the upgrade may delete them.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::server::storage::StoreError;

/// What a kind of file has to look like.
#[derive(Debug)]
pub(super) struct Layout {
    /// Make what a new file has; change nothing in a file that has it.
    pub tables: &'static [&'static str],
    /// Leads from one version to the next, version 1 to 2 first. Tables and indexes that are new
    /// need an empty step: [`Layout::tables`] makes them.
    pub steps: &'static [&'static str],
    /// Pages that the log holds before they are folded into the file.
    pub log_pages: u32,
}

/// SQLite's own choice.
pub(super) const LOG_PAGES: u32 = 1_000;

impl Layout {
    /// The version that this program writes.
    pub fn version(&self) -> i64 {
        1 + self.steps.len() as i64
    }
}

/// Version of a file; 0 for a new one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// The sentence for a file that a newer program wrote.
pub(super) fn refuse_newer(path: &Path, version: i64, known: i64) -> Result<(), StoreError> {
    if version <= known {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "{} was written by a newer version of TradeSuite (tables {version}, this program knows {known})",
        path.display()
    )))
}

/// Makes the tables of a new file, or brings up those of an older one.
///
/// # Errors
/// [`StoreError::Refused`] for a newer file; else what SQLite or the system says.
pub(super) fn bring_up(
    connection: &Connection,
    path: &Path,
    layout: &Layout,
) -> Result<(), StoreError> {
    let (held, wanted) = (version(connection)?, layout.version());
    refuse_newer(path, held, wanted)?;
    // Nothing is written where nothing is to be done: that works on a full disk too.
    if held == wanted {
        return Ok(());
    }
    let mut steps: &[&str] = &[];
    if (1..wanted).contains(&held) {
        back_up(connection, path, held)?;
        steps = layout.steps.get(held as usize - 1..).unwrap_or_default();
    }
    connection.execute_batch(&format!(
        "BEGIN; {} {} PRAGMA user_version = {wanted}; COMMIT;",
        layout.tables.concat(),
        steps.join(" ")
    ))?;
    if (1..wanted).contains(&held) {
        tracing::info!(file = %path.display(), from = held, to = wanted, "a file was upgraded; a copy of the old one lies beside it");
    }
    Ok(())
}

/// Where the copy of a file of some version lies.
fn backup_path(path: &Path, version: i64) -> PathBuf {
    beside(path, &format!(".v{version}.bak"))
}

/// Deletes the copies of a file that is deleted itself.
pub(super) fn delete_backups(path: &Path, layout: &Layout) -> Result<(), StoreError> {
    for version in 1..layout.version() {
        let copy = backup_path(path, version);
        match std::fs::remove_file(&copy) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let copy = copy.display();
                return Err(StoreError::Unavailable(format!("{copy}: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Copies a file as it stands, its open log included. Whole or not there at all: it is written
/// aside, forced to the disk and renamed.
fn back_up(connection: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| {
        let path = path.display();
        StoreError::Unavailable(format!("the backup of {path} before its upgrade: {error}"))
    };
    let (copy, aside) = (backup_path(path, version), beside(path, ".bak.new"));
    if aside.exists() {
        std::fs::remove_file(&aside).map_err(failed)?;
    }
    let Some(text) = aside.to_str() else {
        let path = path.display();
        return Err(StoreError::Unavailable(format!("{path} is no text")));
    };
    connection.execute("VACUUM INTO ?1", [text])?;
    File::open(&aside)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&aside, copy))
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE IF NOT EXISTS t (a INTEGER NOT NULL) STRICT;";
    const OLD: Layout = Layout {
        tables: &[TABLE],
        steps: &[],
        log_pages: LOG_PAGES,
    };
    const NEW: Layout = Layout {
        tables: &[TABLE, "CREATE INDEX IF NOT EXISTS t_by_a ON t (a);"],
        steps: &["UPDATE t SET a = a + 1;", "UPDATE t SET a = a * 10;"],
        log_pages: LOG_PAGES,
    };

    fn open(path: &Path) -> Connection {
        let connection = Connection::open(path).expect("opens");
        let wal = "PRAGMA journal_mode = WAL;";
        connection.execute_batch(wal).expect("sets");
        connection
    }

    fn value(connection: &Connection) -> i64 {
        let read = connection.query_row("SELECT a FROM t", [], |row| row.get(0));
        read.expect("reads")
    }

    /// A file of the first version with one row, its log still open.
    fn old_file(path: &Path) -> Connection {
        let connection = open(path);
        bring_up(&connection, path, &OLD).expect("makes");
        let insert = "INSERT INTO t VALUES (1)";
        connection.execute(insert, []).expect("writes");
        connection
    }

    #[test]
    fn an_older_file_is_brought_up_once_with_a_copy_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        drop(old_file(&path));
        for _ in 0..2 {
            let connection = open(&path);
            bring_up(&connection, &path, &NEW).expect("upgrades");
            assert_eq!(version(&connection), Ok(3));
            assert_eq!(value(&connection), 20);
        }
        let copy = open(&backup_path(&path, 1));
        assert_eq!((version(&copy), value(&copy)), (Ok(1), 1));
    }

    #[test]
    fn an_upgrade_that_breaks_off_leaves_the_old_file() {
        const BROKEN: Layout = Layout {
            steps: &["UPDATE t SET a = 7;", "UPDATE nothing SET a = 1;"],
            ..NEW
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let writer = old_file(&path);
        // A copy that an earlier try left half written is in nobody's way.
        std::fs::write(beside(&path, ".bak.new"), "half").expect("writes");
        let connection = open(&path);
        bring_up(&connection, &path, &BROKEN).expect_err("breaks off");
        drop(connection);
        assert_eq!((version(&writer), value(&writer)), (Ok(1), 1));
        bring_up(&open(&path), &path, &NEW).expect("upgrades");
        assert_eq!((version(&writer), value(&writer)), (Ok(3), 20));
    }

    #[test]
    fn a_newer_file_is_refused_untouched() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let connection = open(&path);
        bring_up(&connection, &path, &NEW).expect("makes");
        let refused = bring_up(&connection, &path, &OLD);
        assert!(matches!(refused, Err(StoreError::Refused(_))));
        assert_eq!(version(&connection), Ok(3));
    }
}

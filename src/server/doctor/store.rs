//! The data folder: its stamp, and whether its files can be written and are whole.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tradesuite_core::model::{Mode, UnixNs};

use super::{Finding, Verdict, disk};
use crate::server::import::Debts;
use crate::server::storage::StoreError;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite;

/// Looks at a data folder. One that a server has open is left alone.
pub fn examine(data: &Path, mode: Mode) -> Finding {
    let shown = data.display();
    if data.exists() && !data.is_dir() {
        let sentence = format!("{shown} is a file, not the folder of the stores");
        return Finding::new("store", Verdict::Bad, sentence);
    }
    if !data.join("stamp.json").exists() && databases(data).is_empty() {
        let sentence = format!("{shown} is new: the first start makes the stores");
        return Finding::new("store", Verdict::Good, sentence);
    }
    // The folder has its stamp, or stores without one and is refused: opening it makes nothing, so
    // that the time is of no matter.
    let held = match DataDirectory::open(data, mode, UnixNs(0)) {
        Ok(held) => held,
        Err(StoreError::Refused(reason)) => {
            return Finding::new("store", Verdict::Doubtful, reason);
        }
        Err(error) => return Finding::new("store", Verdict::Bad, error.to_string()),
    };
    let locked = unwritable(held.path());
    if !locked.is_empty() {
        let sentence = format!(
            "what the server has to write cannot be written: {}",
            locked.join("; ")
        );
        return Finding::new("store", Verdict::Bad, sentence);
    }
    let (mut files, mut bytes) = (0, 0);
    for path in databases(held.path()) {
        files += 1;
        bytes += std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        if let Err(reason) = check(&path) {
            let sentence = format!("{} is damaged: {reason}", path.display());
            return Finding::new("store", Verdict::Bad, sentence);
        }
    }
    let sentence = format!(
        "{shown} holds {} data, {files} files of {:.1} MB, all of them whole",
        mode.name(),
        bytes as f64 / 1e6
    );
    if let Some(gone) = sqlite::bars_are_gone(held.path()) {
        return Finding::new("store", Verdict::Doubtful, gone);
    }
    if let Err(error) = Debts::of(held.path()).check() {
        return Finding::new("store", Verdict::Doubtful, error.to_string());
    }
    match sqlite::damaged(held.path()) {
        Ok(aside) if aside.is_empty() => Finding::new("store", Verdict::Good, sentence),
        Ok(aside) => {
            let aside = aside.join(", ");
            let sentence = format!("{sentence}; damaged and set aside: {aside}");
            Finding::new("store", Verdict::Doubtful, sentence)
        }
        Err(error) => Finding::new("store", Verdict::Bad, error.to_string()),
    }
}

/// Every SQLite file of the folder and its subfolders.
fn databases(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder, &["db"]);
    found.sort();
    found
}

/// Files of the folder and its subfolders with one of these extensions.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let extension = path.extension().and_then(OsStr::to_str);
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if extension.is_some_and(|extension| extensions.contains(&extension)) {
            found.push(path);
        }
    }
    found
}

/// Files of the stores, their logs and their folders that cannot be written, each with the reason:
/// another user may have run a server or an import here. Files are opened and not changed.
fn unwritable(data: &Path) -> Vec<String> {
    let mut refused = Vec::new();
    for folder in ["trades", "book"].map(|name| data.join(name)) {
        if folder.is_dir()
            && let Err(error) = disk::tempfile_in(&folder)
        {
            refused.push(format!("{}: {error}", folder.display()));
        }
    }
    let mut files = files(data, &["db", "db-wal", "db-shm"]);
    files.sort();
    for path in files {
        if let Err(error) = OpenOptions::new().write(true).open(&path) {
            refused.push(format!("{}: {error}", path.display()));
        }
    }
    refused
}

fn check(path: &Path) -> Result<(), String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let answer: rusqlite::Result<String> = Connection::open_with_flags(path, flags)
        .and_then(|file| file.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)));
    match answer {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(answer) => Err(answer),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_new_whole_open_elsewhere_of_another_mode_or_damaged() {
        let folder = tempfile::tempdir().expect("a folder");
        let look = |mode| {
            let Finding {
                verdict, sentence, ..
            } = examine(folder.path(), mode);
            (verdict, sentence)
        };
        assert!(look(Mode::Demo).1.contains("is new"));
        let held = DataDirectory::open(folder.path(), Mode::Demo, UnixNs(0)).expect("opens");
        let (verdict, sentence) = look(Mode::Demo);
        assert_eq!(verdict, Verdict::Doubtful);
        assert!(sentence.contains("another TradeSuite server"), "{sentence}");
        drop(held);
        let candles = folder.path().join("candles.db");
        let file = Connection::open(&candles).expect("opens");
        file.execute_batch("CREATE TABLE bars (time); INSERT INTO bars VALUES (1);")
            .expect("writes");
        drop(file);
        let stamp = folder.path().join("stamp.json");
        let text = std::fs::read(&stamp).expect("reads");
        std::fs::remove_file(&stamp).expect("removes");
        let (verdict, sentence) = look(Mode::Demo);
        assert_eq!(verdict, Verdict::Doubtful);
        assert!(sentence.contains("no stamp.json"), "{sentence}");
        std::fs::write(&stamp, text).expect("writes");
        let (verdict, sentence) = look(Mode::Demo);
        assert_eq!(verdict, Verdict::Good);
        assert!(sentence.contains("1 files"), "{sentence}");
        let owed = folder.path().join("imports-owed.json");
        std::fs::write(&owed, "?").expect("writes");
        let (verdict, sentence) = look(Mode::Demo);
        assert_eq!(verdict, Verdict::Doubtful);
        assert!(sentence.contains("imports-owed.json"), "{sentence}");
        std::fs::remove_file(&owed).expect("removes");
        assert!(look(Mode::Live).1.contains("holds demo data"));
        let trades = folder.path().join("trades");
        std::fs::create_dir(&trades).expect("makes");
        std::fs::write(trades.join("2026-11-23.db.damaged"), "?").expect("writes");
        let (verdict, sentence) = look(Mode::Demo);
        assert_eq!(verdict, Verdict::Doubtful);
        assert!(
            sentence.ends_with("aside: trades/2026-11-23.db.damaged"),
            "{sentence}"
        );
        std::fs::write(&candles, [7; 8_192]).expect("writes");
        let (verdict, sentence) = look(Mode::Demo);
        assert_eq!(verdict, Verdict::Bad);
        assert!(sentence.contains("candles.db is damaged"), "{sentence}");
        let Finding {
            verdict, sentence, ..
        } = examine(&candles, Mode::Demo);
        assert_eq!(verdict, Verdict::Bad);
        assert!(sentence.contains("is a file"), "{sentence}");
    }

    /// A running program: not even its owner, nor root, can write it.
    #[cfg(target_os = "linux")]
    #[test]
    fn files_that_cannot_be_written_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = DataDirectory::open(folder.path(), Mode::Demo, UnixNs(0)).expect("opens");
        drop(held);
        let trades = folder.path().join("trades");
        std::fs::create_dir(&trades).expect("makes");
        let program = std::env::current_exe().expect("a program");
        for path in ["candles.db", "state.db-wal", "trades/2026-11-23.db"] {
            std::os::unix::fs::symlink(&program, folder.path().join(path)).expect("links");
        }
        std::fs::write(folder.path().join("journal.db"), "").expect("writes");
        let found = examine(folder.path(), Mode::Demo);
        assert_eq!(found.verdict, Verdict::Bad);
        for name in [
            "/candles.db: ",
            "/state.db-wal: ",
            "/trades/2026-11-23.db: ",
        ] {
            assert!(found.sentence.contains(name), "{}", found.sentence);
        }
        assert!(found.sentence.contains("cannot be written"));
        assert!(!found.sentence.contains("journal.db"));
    }
}

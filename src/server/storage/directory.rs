//! The data directory: who may open it, and what it holds.
//!
//! Its `stamp.json` says in which mode it was made and by which schema; its `lock` file is locked
//! for as long as a server lives. It must not know which stores are in it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tradesuite_core::model::{Mode, UnixMs, UnixNs};

use super::StoreError;

/// Version of everything in a data directory together; raised by whoever changes its layout.
pub const SCHEMA: u32 = 2;

/// An opened data directory. Cheap to clone; the lock goes with the last clone.
#[derive(Clone, Debug)]
pub struct DataDirectory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    mode: Mode,
    /// Held, never read: the system frees the lock with the file, also when the process is killed.
    _lock: File,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stamp {
    mode: Mode,
    schema: u32,
    /// When it was made, RFC 3339.
    created: String,
}

impl DataDirectory {
    /// Opens a directory for `mode`, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where another server has it open, or it was made in another mode
    /// or by a newer version; [`StoreError::Unavailable`] where the system refuses.
    pub fn open(path: &Path, mode: Mode, now: UnixNs) -> Result<Self, StoreError> {
        let failed = |error: &io::Error| {
            let path = path.display();
            StoreError::Unavailable(format!("the data directory {path}: {error}"))
        };
        std::fs::create_dir_all(path).map_err(|error| failed(&error))?;
        let lock = File::create(path.join("lock")).map_err(|error| failed(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let path = path.display();
                return Err(StoreError::Refused(format!(
                    "another TradeSuite server has the data directory {path} open; stop it, or choose another one with --data"
                )));
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        check_stamp(path, mode, now).map_err(|error| match error {
            StampError::Io(error) => failed(&error),
            StampError::Store(error) => error,
        })?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            mode,
            _lock: lock,
        })))
    }

    /// The mode in which a directory was made; `None` for one that is not there yet.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where its stamp cannot be read.
    pub fn stamped(path: &Path) -> Result<Option<Mode>, StoreError> {
        let file = path.join("stamp.json");
        match std::fs::read(&file) {
            Ok(text) => match serde_json::from_slice::<Stamp>(&text) {
                Ok(stamp) => Ok(Some(stamp.mode)),
                Err(_) => Err(unreadable(path)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Unavailable(format!(
                "{}: {error}",
                file.display()
            ))),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// What it holds.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.0.mode
    }
}

enum StampError {
    Io(io::Error),
    Store(StoreError),
}

impl From<io::Error> for StampError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn unreadable(path: &Path) -> StoreError {
    let path = path.display();
    StoreError::Refused(format!(
        "the stamp of the data directory {path} cannot be read; it may be of a newer version or damaged"
    ))
}

/// Reads the stamp, or writes it into a new directory.
fn check_stamp(path: &Path, mode: Mode, now: UnixNs) -> Result<(), StampError> {
    let refused = |text: String| Err(StampError::Store(StoreError::Refused(text)));
    let file = path.join("stamp.json");
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Without its stamp nothing says whether what is there is simulated.
            if holds_stores(path)? {
                return refused(format!(
                    "the data directory {} holds stores but no stamp.json that says of which mode they are; choose another one with --data",
                    path.display()
                ));
            }
            let stamp = Stamp {
                mode,
                schema: SCHEMA,
                created: UnixMs::to_rfc3339(now.to_ms()),
            };
            return write_stamp(path, &file, &stamp);
        }
        Err(error) => return Err(error.into()),
    };
    let shown = path.display();
    let Ok(stamp) = serde_json::from_slice::<Stamp>(&text) else {
        return Err(StampError::Store(unreadable(path)));
    };
    if stamp.schema > SCHEMA {
        return refused(format!(
            "the data directory {shown} was made by a newer version of TradeSuite (schema {}, this program knows {SCHEMA})",
            stamp.schema
        ));
    }
    if stamp.mode == mode && stamp.schema < SCHEMA {
        // From here on an older program must not read it: it would miss what it does not know.
        let schema = SCHEMA;
        return write_stamp(path, &file, &Stamp { schema, ..stamp });
    }
    if stamp.mode != mode {
        return refused(format!(
            "the data directory {shown} holds {} data and is not opened in {} mode; choose another one with --data",
            stamp.mode.name(),
            mode.name()
        ));
    }
    Ok(())
}

fn holds_stores(path: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(path)? {
        if entry?.path().extension().is_some_and(|kind| kind == "db") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn write_stamp(path: &Path, file: &Path, stamp: &Stamp) -> Result<(), StampError> {
    let text = serde_json::to_vec_pretty(stamp).map_err(io::Error::from)?;
    // Written aside and renamed: a stamp is there whole or not at all.
    let aside = path.join("stamp.json.new");
    std::fs::write(&aside, text)?;
    File::open(&aside)?.sync_all()?;
    std::fs::rename(&aside, file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixNs = UnixNs(1_795_442_262_000_000_000);

    fn refusal(path: &Path, mode: Mode) -> String {
        match DataDirectory::open(path, mode, NOW) {
            Err(StoreError::Refused(sentence)) => sentence,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn opens_again_in_its_own_mode_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data");
        for _ in 0..2 {
            DataDirectory::open(&path, Mode::Demo, NOW).expect("opens");
        }
        assert!(refusal(&path, Mode::Live).contains("holds demo data"));
    }

    #[test]
    fn two_servers_cannot_share_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = DataDirectory::open(folder.path(), Mode::Live, NOW).expect("opens");
        assert!(refusal(folder.path(), Mode::Live).contains("another TradeSuite server"));
        drop(first);
        DataDirectory::open(folder.path(), Mode::Live, NOW).expect("opens");
    }

    #[test]
    fn an_older_stamp_is_brought_up_and_keeps_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stamp.json");
        let old = r#"{"mode":"demo","schema":1,"created":"then"}"#;
        std::fs::write(&file, old).expect("writes");
        assert!(refusal(folder.path(), Mode::Live).contains("holds demo data"));
        assert_eq!(std::fs::read_to_string(&file).expect("reads"), old);
        drop(DataDirectory::open(folder.path(), Mode::Demo, NOW).expect("opens"));
        let new: Stamp =
            serde_json::from_slice(&std::fs::read(&file).expect("reads")).expect("a stamp");
        assert_eq!(
            (new.mode, new.schema, new.created.as_str()),
            (Mode::Demo, SCHEMA, "then")
        );
        assert_eq!(
            DataDirectory::stamped(folder.path()).expect("reads"),
            Some(Mode::Demo)
        );
    }

    #[test]
    fn stores_without_a_stamp_are_nobodys() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("candles.db"), "").expect("writes");
        assert!(refusal(folder.path(), Mode::Live).contains("no stamp.json"));
        assert!(!folder.path().join("stamp.json").exists());
    }

    #[test]
    fn a_newer_or_unreadable_stamp_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        for (stamp, said) in [
            (
                r#"{"mode":"live","schema":99,"created":""}"#,
                "newer version",
            ),
            ("{", "cannot be read"),
        ] {
            std::fs::write(folder.path().join("stamp.json"), stamp).expect("writes");
            assert!(refusal(folder.path(), Mode::Live).contains(said), "{stamp}");
        }
    }
}

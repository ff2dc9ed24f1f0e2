//! What a person made, in `state.db`: small, and durable when a write returns.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tradesuite_core::model::UnixMs;

use super::schema::explain;
use super::upgrade::{self, Layout};
use crate::server::clock::Clock;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::{Change, Entry, EntryRow, Outcome, Room, StateStore, StoreError};

/// Its name in the data directory.
pub(super) const FILE: &str = "state.db";
/// What goes with it.
const LOST: &str = "without it, what was made and set is lost; nothing of the market is";

/// `version` is the number of the write that an entry stems from, `updated` is Unix milliseconds.
/// In version 1 an entry counted its own writes, so that one deleted and made again could be taken
/// for the old one; `counter` numbers all writes of the file, on from the highest count there was.
const STATE: Layout = Layout {
    tables: &[TABLES, COUNTER],
    steps: &["INSERT INTO counter SELECT 0, COALESCE(MAX(version), 0) FROM state;"],
    log_pages: upgrade::LOG_PAGES,
};
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS state (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;";

const COUNTER: &str = "
CREATE TABLE IF NOT EXISTS counter (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    version INTEGER NOT NULL
) STRICT;";

/// A cheap handle on the state.
#[derive(Clone, Debug)]
pub struct SqliteState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connection: Mutex<Connection>,
    path: PathBuf,
    clock: Clock,
    /// Held so that nobody else opens the file while this lives.
    _directory: DataDirectory,
}

impl SqliteState {
    /// Opens the file in a data directory, or makes it.
    ///
    /// # Errors
    /// [`StoreError`], by what can be done about it.
    pub fn open(directory: &DataDirectory, clock: Clock) -> Result<Self, StoreError> {
        let path = directory.path().join(FILE);
        let connection = open(&path).map_err(|error| error.indispensable(&path, LOST))?;
        Ok(Self(Arc::new(Inner {
            connection: Mutex::new(connection),
            path,
            clock,
            _directory: directory.clone(),
        })))
    }

    async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection, &Clock) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        let acted = tokio::task::spawn_blocking(move || {
            let connection = inner.connection.lock();
            act(
                &connection.unwrap_or_else(PoisonError::into_inner),
                &inner.clock,
            )
        });
        match acted.await {
            Ok(result) => result.map_err(explain),
            Err(error) => {
                let path = self.0.path.display();
                Err(StoreError::Unavailable(format!("{path}: {error}")))
            }
        }
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    upgrade::refuse_newer(path, upgrade::version(&connection)?, STATE.version())?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    upgrade::bring_up(&connection, path, &STATE)?;
    Ok(connection)
}

#[async_trait]
impl StateStore for SqliteState {
    async fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (owner, key) = (owner.to_owned(), key.to_owned());
        self.with(move |connection, _| {
            connection
                .prepare_cached("SELECT value FROM state WHERE owner = ?1 AND key = ?2")?
                .query_row([owner, key], |row| row.get(0))
                .optional()
        })
        .await
    }

    async fn put(&self, owner: &str, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let (owner, key, value) = (owner.to_owned(), key.to_owned(), value.to_owned());
        self.with(move |connection, clock| {
            let transaction = connection.unchecked_transaction()?;
            let version = next_version(&transaction)?;
            write(&transaction, clock, &owner, &key, Some((&value, version)))?;
            transaction.commit()
        })
        .await
    }

    async fn list(&self, owner: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let (owner, prefix) = (owner.to_owned(), prefix.to_owned());
        self.with(move |connection, _| {
            connection
                .prepare_cached(
                    "SELECT key, value FROM state
                     WHERE owner = ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key",
                )?
                .query_map([owner, prefix], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .await
    }

    async fn delete(&self, owner: &str, key: &str) -> Result<(), StoreError> {
        let (owner, key) = (owner.to_owned(), key.to_owned());
        self.with(move |connection, clock| write(connection, clock, &owner, &key, None))
            .await
    }

    async fn entry(&self, owner: &str, key: &str) -> Result<Option<Entry>, StoreError> {
        let (owner, key) = (owner.to_owned(), key.to_owned());
        self.with(move |connection, _| {
            connection
                .prepare_cached("SELECT value, version FROM state WHERE owner = ?1 AND key = ?2")?
                .query_row([owner, key], |row| {
                    Ok(Entry {
                        value: row.get(0)?,
                        version: unsigned(row, 1)?,
                    })
                })
                .optional()
        })
        .await
    }

    async fn rows(&self, owner: &str, prefix: &str) -> Result<Vec<EntryRow>, StoreError> {
        let (owner, prefix) = (owner.to_owned(), prefix.to_owned());
        self.with(move |connection, _| {
            connection
                .prepare_cached(
                    "SELECT key, version, updated, length(value) FROM state
                     WHERE owner = ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key",
                )?
                .query_map([owner, prefix], |row| {
                    Ok(EntryRow {
                        key: row.get(0)?,
                        version: unsigned(row, 1)?,
                        updated: UnixMs(row.get(2)?),
                        bytes: unsigned(row, 3)?,
                    })
                })?
                .collect()
        })
        .await
    }

    async fn change(
        &self,
        owner: &str,
        changes: Vec<Change>,
        room: Option<Room>,
    ) -> Result<Outcome, StoreError> {
        let owner = owner.to_owned();
        self.with(move |connection, clock| {
            // Dropped where it is not committed, which takes everything back.
            let transaction = connection.unchecked_transaction()?;
            for change in &changes {
                let held = version_of(&transaction, &owner, &change.key)?;
                if !change.expected.is_met(held) {
                    let key = change.key.clone();
                    return Ok(Outcome::Differs { key, held });
                }
            }
            let version = next_version(&transaction)?;
            for Change { key, value, .. } in &changes {
                let value = value.as_deref().map(|value| (value, version));
                write(&transaction, clock, &owner, key, value)?;
            }
            if let Some(Room { prefix, most }) = &room
                && count(&transaction, &owner, prefix)? > *most
            {
                return Ok(Outcome::Full);
            }
            transaction.commit()?;
            Ok(Outcome::Made(version))
        })
        .await
    }
}

/// Numbers and lengths here are never negative.
fn unsigned(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(|value| value as u64)
}

fn next_version(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(
            "INSERT INTO counter (id, version) VALUES (0, 1)
             ON CONFLICT (id) DO UPDATE SET version = version + 1 RETURNING version",
        )?
        .query_row([], |row| unsigned(row, 0))
}

fn version_of(connection: &Connection, owner: &str, key: &str) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT version FROM state WHERE owner = ?1 AND key = ?2")?
        .query_row([owner, key], |row| unsigned(row, 0))
        .optional()
}

fn count(connection: &Connection, owner: &str, prefix: &str) -> rusqlite::Result<u32> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM state WHERE owner = ?1 AND substr(key, 1, length(?2)) = ?2",
        )?
        .query_row([owner, prefix], |row| row.get(0))
}

/// Writes an entry, or deletes it where there is no value.
fn write(
    connection: &Connection,
    clock: &Clock,
    owner: &str,
    key: &str,
    value: Option<(&[u8], u64)>,
) -> rusqlite::Result<()> {
    match value {
        Some((value, version)) => connection
            .prepare_cached(
                "INSERT INTO state (owner, key, value, version, updated)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value,
                     version = excluded.version, updated = excluded.updated",
            )?
            .execute(params![
                owner,
                key,
                value,
                version as i64,
                clock.now().to_ms().0
            ])?,
        None => connection
            .prepare_cached("DELETE FROM state WHERE owner = ?1 AND key = ?2")?
            .execute([owner, key])?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Mode, UnixNs};

    use crate::server::storage::conformance;

    #[tokio::test]
    async fn keeps_what_each_owner_put() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::manual(UnixNs(5_000_000));
        let directory = DataDirectory::open(folder.path(), Mode::Live, clock.now()).expect("opens");
        for round in [2_i64, 5] {
            let state = SqliteState::open(&directory, clock.clone()).expect("opens");
            state.put("ann", "layout/a", b"1").await.expect("puts");
            state.put("ann", "layout/b", b"2").await.expect("puts");
            state.put("bob", "layout/a", b"3").await.expect("puts");
            state.delete("ann", "gone").await.expect("is no error");
            let got = state.get("ann", "layout/a").await.expect("gets");
            assert_eq!(got.as_deref(), Some(b"1".as_slice()));
            assert_eq!(state.get("eve", "layout/a").await.expect("gets"), None);
            let listed = state.list("ann", "layout/").await.expect("lists");
            let keys: Vec<&str> = listed.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(keys, ["layout/a", "layout/b"]);
            let row = state
                .with(|connection, _| {
                    connection.query_row(
                        "SELECT version, updated FROM state WHERE key = 'layout/b'",
                        [],
                        |row| Ok((row.get(0)?, row.get(1)?)),
                    )
                })
                .await;
            assert_eq!(row.expect("reads"), (round, 5));
            state.delete("ann", "layout/a").await.expect("deletes");
            assert_eq!(state.get("ann", "layout/a").await.expect("gets"), None);
        }
    }

    fn opened(folder: &std::path::Path) -> SqliteState {
        let clock = Clock::manual(UnixNs(5_000_000));
        let directory = DataDirectory::open(folder, Mode::Live, clock.now()).expect("opens");
        SqliteState::open(&directory, clock).expect("opens")
    }

    #[tokio::test]
    async fn conforms() {
        let folder = tempfile::tempdir().expect("a folder");
        conformance::state::check_state(&opened(folder.path())).await;
    }

    #[tokio::test]
    async fn a_file_of_the_first_version_counts_on() {
        let folder = tempfile::tempdir().expect("a folder");
        // Stamps the folder.
        drop(opened(folder.path()));
        let path = folder.path().join("state.db");
        std::fs::remove_file(&path).expect("removes");
        let old = Connection::open(&path).expect("opens");
        let rows = "INSERT INTO state VALUES ('ann', 'a', x'31', 7, 5), ('bob', 'b', x'32', 3, 5);";
        let made = format!("{TABLES} {rows} PRAGMA journal_mode = WAL; PRAGMA user_version = 1;");
        old.execute_batch(&made).expect("makes");
        drop(old);
        let state = opened(folder.path());
        let held = state.entry("ann", "a").await.expect("reads");
        let value = b"1".to_vec();
        assert_eq!(held, Some(Entry { value, version: 7 }));
        state.put("bob", "b", b"3").await.expect("puts");
        let held = state.entry("bob", "b").await.expect("reads");
        assert_eq!(held.map(|entry| entry.version), Some(8));
        assert!(folder.path().join("state.db.v1.bak").exists());
    }
}

//! What a person made, in `state.db`: small, and durable when a write returns.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::schema::explain;
use super::upgrade::{self, Layout};
use crate::server::clock::Clock;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::{StateStore, StoreError};

/// Its name in the data directory.
pub(super) const FILE: &str = "state.db";
/// What goes with it.
const LOST: &str = "without it, what was made and set is lost; nothing of the market is";

/// `version` counts the writes of an entry, `updated` is Unix milliseconds.
const STATE: Layout = Layout {
    tables: &[TABLES],
    steps: &[],
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
            connection
                .prepare_cached(
                    "INSERT INTO state (owner, key, value, version, updated)
                     VALUES (?1, ?2, ?3, 1, ?4)
                     ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value,
                         version = version + 1, updated = excluded.updated",
                )?
                .execute(params![owner, key, value, clock.now().to_ms().0])?;
            Ok(())
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
        self.with(move |connection, _| {
            connection
                .prepare_cached("DELETE FROM state WHERE owner = ?1 AND key = ?2")?
                .execute([owner, key])?;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Mode, UnixNs};

    #[tokio::test]
    async fn keeps_what_each_owner_put() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::manual(UnixNs(5_000_000));
        let directory = DataDirectory::open(folder.path(), Mode::Live, clock.now()).expect("opens");
        for round in 1..=2 {
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
            assert_eq!(row.expect("reads"), (round, 5_i64));
            state.delete("ann", "layout/a").await.expect("deletes");
            assert_eq!(state.get("ann", "layout/a").await.expect("gets"), None);
        }
    }
}

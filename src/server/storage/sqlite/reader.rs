//! Connections for reading, kept open between questions. One connection serves one question at a
//! time, so questions never wait for each other or for the writer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::{schema, upgrade};
use crate::server::storage::StoreError;

/// Idle connections that are kept.
const IDLE: usize = 16;

/// Connections that wait for a question.
#[derive(Debug, Default)]
pub(super) struct Readers(Mutex<Idle>);

#[derive(Debug, Default)]
struct Idle {
    /// The longest idle first.
    connections: Vec<(PathBuf, Connection)>,
    /// Files in which an answer met damage that nobody was told of yet.
    suspects: BTreeSet<PathBuf>,
    /// Those that somebody was told of: what was found sound as far as SQLite goes is not looked
    /// through with every answer.
    told: BTreeSet<PathBuf>,
    /// Files that were forgotten so far. A connection that was in use meanwhile may be one to a
    /// file that is no more, and is not kept.
    forgotten: u64,
}

impl Readers {
    /// Asks the file at `path`; `None` where there is no such file, or one that has just been made.
    ///
    /// # Errors
    /// What opening or asking says, with the file's name.
    pub fn with<T>(
        &self,
        path: &Path,
        ask: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let (forgotten, held) = self.take(path);
        let connection = match held {
            Some(connection) => connection,
            None if !path.exists() => return Ok(None),
            None => match schema::open_reader(path) {
                // Deleted between the two.
                Err(_) if !path.exists() => return Ok(None),
                opened => opened.map_err(|error| self.met(path, error))?,
            },
        };
        let is_new =
            upgrade::version(&connection).map_err(|error| self.met(path, error.into()))? == 0;
        if is_new {
            return Ok(None);
        }
        let answer = ask(&connection).map_err(|error| self.met(path, error))?;
        self.put(path, connection, forgotten);
        Ok(Some(answer))
    }

    /// Files that met damage since this was asked last.
    pub fn take_suspects(&self) -> BTreeSet<PathBuf> {
        let mut idle = self.idle();
        let suspects = std::mem::take(&mut idle.suspects);
        idle.told.extend(suspects.iter().cloned());
        suspects
    }

    fn met(&self, path: &Path, error: StoreError) -> StoreError {
        let mut idle = self.idle();
        if matches!(error, StoreError::Damaged(_)) && !idle.told.contains(path) {
            idle.suspects.insert(path.to_owned());
        }
        error.of(path)
    }

    fn take(&self, path: &Path) -> (u64, Option<Connection>) {
        let mut idle = self.idle();
        let at = idle.connections.iter().rposition(|(held, _)| held == path);
        let connection = at.map(|at| idle.connections.remove(at).1);
        (idle.forgotten, connection)
    }

    fn put(&self, path: &Path, connection: Connection, forgotten: u64) {
        let mut idle = self.idle();
        if idle.forgotten != forgotten {
            return;
        }
        if idle.connections.len() >= IDLE {
            idle.connections.remove(0);
        }
        idle.connections.push((path.to_owned(), connection));
    }

    /// Closes what is idle on a file that is about to be deleted or renamed, or was.
    pub fn forget(&self, path: &Path) {
        let mut idle = self.idle();
        idle.forgotten += 1;
        idle.told.remove(path);
        idle.connections.retain(|(held, _)| held != path);
    }

    /// Closes what is idle.
    pub fn clear(&self) {
        self.idle().connections.clear();
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

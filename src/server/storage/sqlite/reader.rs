//! Connections for reading, kept open between questions. One connection serves one question at a
//! time, so questions never wait for each other or for the writer.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::schema;
use crate::server::storage::StoreError;

/// Idle connections that are kept.
const IDLE: usize = 16;

/// Idle connections, the longest idle first.
#[derive(Debug, Default)]
pub(super) struct Readers(Mutex<Vec<(PathBuf, Connection)>>);

impl Readers {
    /// Asks the file at `path`; `None` where there is no such file.
    pub fn with<T>(
        &self,
        path: &Path,
        ask: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let connection = match self.take(path) {
            Some(connection) => connection,
            None if !path.exists() => return Ok(None),
            None => schema::open_reader(path)?,
        };
        let answer = ask(&connection)?;
        self.put(path, connection);
        Ok(Some(answer))
    }

    fn take(&self, path: &Path) -> Option<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().rposition(|(held, _)| held == path)?;
        Some(idle.remove(at).1)
    }

    fn put(&self, path: &Path, connection: Connection) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IDLE {
            idle.remove(0);
        }
        idle.push((path.to_owned(), connection));
    }

    /// Closes what is idle.
    pub fn clear(&self) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.clear();
    }
}

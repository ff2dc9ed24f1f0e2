//! What people made and set: entries with versions, so that two writers are told of each other.

use async_trait::async_trait;
use tradesuite_core::model::UnixMs;

use super::StoreError;

/// An entry of the state, and the write that it stems from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its value.
    pub value: Vec<u8>,
    /// Number of the write; no two writes of a store have the same, deleted entries included.
    pub version: u64,
}

/// An entry of the state without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Its key.
    pub key: String,
    /// As [`Entry::version`].
    pub version: u64,
    /// When it was written.
    pub updated: UnixMs,
    /// Length of its value.
    pub bytes: u64,
}

/// What an entry has to be for a change to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Not there.
    Absent,
    /// There, in whatever version.
    Present,
    /// There in this version.
    Version(u64),
}

/// A change of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its key.
    pub key: String,
    /// What it has to be.
    pub expected: Expected,
    /// Its new value; `None` deletes it.
    pub value: Option<Vec<u8>>,
}

/// How many entries may have keys that begin alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// How they begin.
    pub prefix: String,
    /// Entries at the most, after the change.
    pub most: u32,
}

/// What became of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All were made; entries that were written have this version.
    Made(u64),
    /// None was made: this entry is not what was expected.
    Differs {
        /// Its key.
        key: String,
        /// Its version; `None` where it is not there.
        held: Option<u64>,
    },
    /// None was made: there would be too many entries.
    Full,
}

impl Expected {
    /// Whether an entry is so.
    #[must_use]
    pub fn is_met(self, held: Option<u64>) -> bool {
        match self {
            Self::Absent => held.is_none(),
            Self::Present => held.is_some(),
            Self::Version(version) => held == Some(version),
        }
    }
}

/// Small, durable, owned by a person: settings, layouts, alerts, tokens.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// Reads one entry.
    async fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes one entry, durable when this returns.
    async fn put(&self, owner: &str, key: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Every entry whose key begins with `prefix`, by key.
    async fn list(&self, owner: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// Deletes one entry; one that is not there is no error.
    async fn delete(&self, owner: &str, key: &str) -> Result<(), StoreError>;

    /// Reads one entry with its version.
    async fn entry(&self, owner: &str, key: &str) -> Result<Option<Entry>, StoreError>;

    /// Every entry whose key begins with `prefix`, by key, without the values.
    async fn rows(&self, owner: &str, prefix: &str) -> Result<Vec<EntryRow>, StoreError>;

    /// Makes all changes or none, durable when this returns. Each is judged by what the entry was
    /// before all of them. Where there is no room for the entries there would be, none is made.
    async fn change(
        &self,
        owner: &str,
        changes: Vec<Change>,
        room: Option<Room>,
    ) -> Result<Outcome, StoreError>;
}

//! What a person made and this server keeps: workspaces, watchlists, drawings, settings.
//!
//! All kinds share one mechanism: a document is checked whole before anything is touched, written
//! anew in its own form, and kept with the number of the write, which the next save has to name.

use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;
use tradesuite_core::dock::{PanelKind, Workspace};
use tradesuite_core::model::untrusted::{Fault, Refused};
use tradesuite_core::model::{
    Current, DocumentRow, Drawings, InstrumentId, Name, Preferences, SaveAnswer, Shelf,
    StoredDocument, Watchlist,
};

use crate::server::storage::{Change, Expected, Outcome, Room, StateStore, StoreError};

/// Whose documents: there is one person as long as there is no login.
const OWNER: &str = "local";
/// The name of a document of which there is one.
pub const ONLY: &str = "own";

/// A cheap handle on everything that a person made.
#[derive(Clone)]
pub struct Documents {
    state: Arc<dyn StateStore>,
    kinds: &'static [&'static PanelKind],
}

/// Why a document is not given or not kept. Nothing is changed in any case.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Such a document cannot be there.
    #[error("{0}")]
    BadName(String),
    /// Not there.
    #[error("there is no document {name} among the {shelf}")]
    Unknown {
        /// Of which kind.
        shelf: &'static str,
        /// Its name.
        name: String,
    },
    /// The document is wrong.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It is not in the version that was expected; its version, if it is there.
    #[error("{}", differs(.0))]
    Differs(Option<u64>),
    /// The new name is in use.
    #[error("there is a document {0} already")]
    NameTaken(String),
    /// No more fit.
    #[error("there are {most} {shelf} already, no more are kept")]
    Full {
        /// Of which kind.
        shelf: &'static str,
        /// That are kept.
        most: u32,
    },
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn differs(held: &Option<u64>) -> String {
    match held {
        Some(held) => {
            format!(
                "somebody else saved it meanwhile, it is in version {held} now; nothing was overwritten"
            )
        }
        None => "it is not there (any more); nothing was saved".to_owned(),
    }
}

fn answer(result: Result<u64, DocumentError>) -> SaveAnswer {
    match result {
        Ok(version) => SaveAnswer::Saved(version),
        Err(DocumentError::Refused(refused)) => SaveAnswer::Refused(refused),
        Err(DocumentError::Differs(held)) => SaveAnswer::Differs(held),
        Err(other) => {
            if let DocumentError::Store(error) = &other {
                tracing::warn!(%error, "a document was not saved");
            }
            SaveAnswer::NotSaved(other.to_string())
        }
    }
}

/// Documents of a kind at the most.
fn most(shelf: Shelf) -> u32 {
    match shelf {
        Shelf::Workspaces | Shelf::Watchlists => 100,
        Shelf::Drawings => 2_000,
        Shelf::Settings | Shelf::Current => 1,
    }
}

fn prefix(shelf: Shelf) -> String {
    format!("{}/", shelf.name())
}

/// The key of a document.
fn key(shelf: Shelf, name: &str) -> Result<String, DocumentError> {
    let bad = |error: &dyn std::fmt::Display| DocumentError::BadName(error.to_string());
    match shelf {
        Shelf::Workspaces | Shelf::Watchlists => {
            name.parse::<Name>().map_err(|error| bad(&error))?;
        }
        Shelf::Drawings => {
            name.parse::<InstrumentId>().map_err(|error| bad(&error))?;
        }
        Shelf::Settings | Shelf::Current if name == ONLY => {}
        Shelf::Settings | Shelf::Current => {
            return Err(bad(&format_args!("the only document here is {ONLY}")));
        }
    }
    Ok(format!("{}{name}", prefix(shelf)))
}

impl Documents {
    /// Documents in a store; `kinds` are the panels that a workspace may hold.
    #[must_use]
    pub fn new(state: Arc<dyn StateStore>, kinds: &'static [&'static PanelKind]) -> Self {
        Self { state, kinds }
    }

    /// Every document of a kind, by name.
    ///
    /// # Errors
    /// [`DocumentError::Store`].
    pub async fn list(&self, shelf: Shelf) -> Result<Vec<DocumentRow>, DocumentError> {
        let prefix = prefix(shelf);
        let rows = self.state.rows(OWNER, &prefix).await?;
        let row = |row: crate::server::storage::EntryRow| DocumentRow {
            name: row.key[prefix.len()..].to_owned(),
            version: row.version,
            updated: row.updated,
            bytes: row.bytes,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// A document.
    ///
    /// # Errors
    /// [`DocumentError::Unknown`], [`DocumentError::BadName`] and [`DocumentError::Store`].
    pub async fn get(&self, shelf: Shelf, name: &str) -> Result<StoredDocument, DocumentError> {
        let entry = self.state.entry(OWNER, &key(shelf, name)?).await?;
        let entry = entry.ok_or_else(|| DocumentError::Unknown {
            shelf: shelf.name(),
            name: name.to_owned(),
        })?;
        let text = String::from_utf8(entry.value);
        let text = text.map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(StoredDocument {
            version: entry.version,
            text,
        })
    }

    /// Saves a document, if it is what was expected; the answer is its version.
    ///
    /// # Errors
    /// [`DocumentError`], and nothing is changed.
    pub async fn put(
        &self,
        shelf: Shelf,
        name: &str,
        text: &[u8],
        expected: Expected,
    ) -> Result<u64, DocumentError> {
        let key = key(shelf, name)?;
        let text = self.checked(shelf, name, text)?;
        let change = Change {
            key,
            expected,
            value: Some(text.into_bytes()),
        };
        self.change(shelf, vec![change]).await
    }

    /// Gives a document another name, if it is what was expected and the name is free.
    ///
    /// # Errors
    /// [`DocumentError`], and nothing is changed.
    pub async fn rename(
        &self,
        shelf: Shelf,
        from: &str,
        to: &str,
        expected: Expected,
    ) -> Result<u64, DocumentError> {
        let (old, new) = (key(shelf, from)?, key(shelf, to)?);
        let held = self.get(shelf, from).await?;
        if !expected.is_met(Some(held.version)) {
            return Err(DocumentError::Differs(Some(held.version)));
        }
        if old == new {
            return Ok(held.version);
        }
        let mut document: Value = serde_json::from_str(&held.text)
            .map_err(|error| StoreError::Damaged(format!("{old}: {error}")))?;
        if let Some(name) = document.get_mut("name") {
            *name = to.into();
        }
        let change = |key: &str, expected, value| Change {
            key: key.to_owned(),
            expected,
            value,
        };
        let text = document.to_string().into_bytes();
        // The old one has to be what was read, so that nobody's save in between is lost.
        let changes = vec![
            change(&new, Expected::Absent, Some(text)),
            change(&old, Expected::Version(held.version), None),
        ];
        match self.state.change(OWNER, changes, None).await? {
            Outcome::Differs { key, .. } if key == new => {
                Err(DocumentError::NameTaken(to.to_owned()))
            }
            outcome => made(shelf, outcome),
        }
    }

    /// Deletes a document, if it is what was expected.
    ///
    /// # Errors
    /// [`DocumentError`], and nothing is changed.
    pub async fn delete(
        &self,
        shelf: Shelf,
        name: &str,
        expected: Expected,
    ) -> Result<u64, DocumentError> {
        let change = Change {
            key: key(shelf, name)?,
            expected,
            value: None,
        };
        self.change(shelf, vec![change]).await
    }

    /// A document, if it is there.
    ///
    /// # Errors
    /// [`DocumentError::BadName`] and [`DocumentError::Store`].
    pub async fn find(
        &self,
        shelf: Shelf,
        name: &str,
    ) -> Result<Option<StoredDocument>, DocumentError> {
        match self.get(shelf, name).await {
            Ok(document) => Ok(Some(document)),
            Err(DocumentError::Unknown { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// [`Self::put`] as the page asks for it: over a version, or as a new document.
    pub async fn save(
        &self,
        shelf: Shelf,
        name: &str,
        text: &str,
        over: Option<u64>,
    ) -> SaveAnswer {
        let expected = over.map_or(Expected::Absent, Expected::Version);
        answer(self.put(shelf, name, text.as_bytes(), expected).await)
    }

    /// [`Self::rename`] as the page asks for it.
    pub async fn save_as(&self, shelf: Shelf, from: &str, to: &str, version: u64) -> SaveAnswer {
        let expected = Expected::Version(version);
        answer(self.rename(shelf, from, to, expected).await)
    }

    /// [`Self::delete`] as the page asks for it.
    pub async fn discard(&self, shelf: Shelf, name: &str, version: u64) -> SaveAnswer {
        let expected = Expected::Version(version);
        answer(self.delete(shelf, name, expected).await)
    }

    async fn change(&self, shelf: Shelf, changes: Vec<Change>) -> Result<u64, DocumentError> {
        let room = Room {
            prefix: prefix(shelf),
            most: most(shelf),
        };
        let outcome = self.state.change(OWNER, changes, Some(room)).await?;
        made(shelf, outcome)
    }

    /// The document in its own form, if all of it is right and its name is that of its place.
    fn checked(&self, shelf: Shelf, name: &str, text: &[u8]) -> Result<String, Refused> {
        match shelf {
            Shelf::Workspaces => {
                let workspace = Workspace::parse(text, self.kinds)?;
                is_named(&workspace.name, name)?;
                Ok(workspace.to_json())
            }
            Shelf::Watchlists => {
                let watchlist = Watchlist::parse(text)?;
                is_named(&watchlist.name, name)?;
                Ok(watchlist.to_json())
            }
            Shelf::Drawings => Ok(Drawings::parse(text)?.to_json()),
            Shelf::Settings => Ok(Preferences::parse(text)?.to_json()),
            Shelf::Current => Ok(Current::parse(text)?.to_json()),
        }
    }
}

fn made(shelf: Shelf, outcome: Outcome) -> Result<u64, DocumentError> {
    match outcome {
        Outcome::Made(version) => Ok(version),
        Outcome::Differs { held, .. } => Err(DocumentError::Differs(held)),
        Outcome::Full => Err(DocumentError::Full {
            shelf: shelf.name(),
            most: most(shelf),
        }),
    }
}

fn is_named(name: &Name, wanted: &str) -> Result<(), Refused> {
    if name.as_str() == wanted {
        return Ok(());
    }
    Err(Refused::Wrong(vec![Fault {
        at: "/name".to_owned(),
        reason: format!("the document is saved as {wanted}, not as {name}"),
    }]))
}

//! What a person made and the server keeps: kinds of documents, and how they travel.
//!
//! A document is JSON with a version of its form (`"version":1`). The server keeps it under a
//! name with the number of the write that it stems from, so that two windows that save at once
//! are told, not overwritten.

use serde::{Deserialize, Serialize};

use super::name::Name;
use super::time::UnixMs;
use super::untrusted::{Faults, Item, Limits, Refused, Step, parse, upgraded};

/// Kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shelf {
    /// [`crate::dock`]'s workspaces, by name.
    Workspaces,
    /// [`super::Watchlist`]s, by name.
    Watchlists,
    /// [`super::Drawings`], by instrument.
    Drawings,
    /// [`super::Preferences`], one.
    Settings,
    /// [`Current`], one.
    Current,
}

impl Shelf {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Workspaces,
        Self::Watchlists,
        Self::Drawings,
        Self::Settings,
        Self::Current,
    ];

    /// Its name in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workspaces => "workspaces",
            Self::Watchlists => "watchlists",
            Self::Drawings => "drawings",
            Self::Settings => "settings",
            Self::Current => "current",
        }
    }
}

/// One line of a list of documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// Its name.
    pub name: String,
    /// The write that it stems from.
    pub version: u64,
    /// When that was, Unix milliseconds.
    pub updated: UnixMs,
    /// Length of its text.
    pub bytes: u64,
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDocument {
    /// The write that it stems from: to be given back when it is saved.
    pub version: u64,
    /// The JSON; checked when it was saved.
    pub text: String,
}

/// What became of saving, renaming or deleting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveAnswer {
    /// It is done; this is the write.
    Saved(u64),
    /// Nothing is changed: somebody else saved or deleted it meanwhile. The version that is there
    /// now, if any.
    Differs(Option<u64>),
    /// Nothing is changed: the document is wrong.
    Refused(Refused),
    /// Nothing is changed, in one sentence why.
    NotSaved(String),
}

/// Which workspace each class of device shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Current {
    /// In wide windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desktop: Option<Name>,
    /// In narrow ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Name>,
}

/// Of the small documents: none is deeper than six.
pub(super) const SMALL: Limits = Limits {
    bytes: 128 << 10,
    depth: 12,
};

/// Reads a small document: limits, version, then what `read` makes of it.
pub(super) fn read_small<T>(
    text: &[u8],
    steps: &[Step],
    read: impl FnOnce(&Item<'_>, &mut Faults) -> Option<T>,
) -> Result<T, Refused> {
    let value = upgraded(parse(text, SMALL)?, steps)?;
    let mut faults = Faults::default();
    let read = read(&Item::whole(&value), &mut faults);
    faults.finish(read)
}

/// Writes a document with its version.
pub(super) fn write_small(steps: &[Step], body: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Versioned<'a, T> {
        version: u32,
        #[serde(flatten)]
        body: &'a T,
    }
    let version = 1 + steps.len() as u32;
    serde_json::to_string(&Versioned { version, body }).expect("it can be written as JSON")
}

const STEPS: &[Step] = &[];

impl Current {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refused`], with every mistake.
    pub fn parse(text: &[u8]) -> Result<Self, Refused> {
        read_small(text, STEPS, |item, faults| {
            let fields = item.fields(faults, &["version", "desktop", "phone"])?;
            Some(Self {
                desktop: fields.optional("desktop").and_then(|i| i.parsed(faults)),
                phone: fields.optional("phone").and_then(|i| i.parsed(faults)),
            })
        })
    }

    /// The document: what [`Self::parse`] reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_small(STEPS, self)
    }
}

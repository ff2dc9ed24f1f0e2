//! The document in which an arrangement is kept: on the server and as a file, for every class of
//! device at once, so that a phone does not destroy what was built at a desk.

use std::collections::BTreeMap;

use serde::Serialize;

use super::layout::Layout;
use super::panel::LinkColour;
use super::phone::PhoneLayout;
use crate::model::{InstrumentId, Name, Timeframe};

/// Version of the document that this program writes.
pub const VERSION: u32 = 1 + super::read::STEPS.len() as u32;

/// A named arrangement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Workspace {
    /// Its name.
    pub name: Name,
    /// In a wide window.
    pub desktop: Layout,
    /// In a narrow one.
    pub phone: PhoneLayout,
    /// What panels of one colour show, in both.
    pub links: BTreeMap<LinkColour, Linked>,
}

/// What linked panels show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Linked {
    /// The instrument; `None` for the first that the server has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<InstrumentId>,
    /// The timeframe; `None` where every panel has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeframe: Option<Timeframe>,
}

#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    #[serde(flatten)]
    workspace: &'a Workspace,
}

impl Workspace {
    /// An empty one.
    #[must_use]
    pub fn new(name: Name) -> Self {
        Self {
            name,
            desktop: Layout::default(),
            phone: PhoneLayout::default(),
            links: BTreeMap::new(),
        }
    }

    /// The document: what [`Self::parse`] reads.
    ///
    /// # Panics
    /// Never: every part of it can be written.
    #[must_use]
    pub fn to_json(&self) -> String {
        let document = Versioned {
            version: VERSION,
            workspace: self,
        };
        serde_json::to_string(&document).expect("a workspace can be written as JSON")
    }
}

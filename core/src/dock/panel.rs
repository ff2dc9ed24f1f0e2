//! A panel and its kind.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Field, Settings};

/// Names a panel within a layout; never given twice there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PanelId(pub u32);

impl fmt::Display for PanelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Panels of one colour show one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is its own name")]
pub enum LinkColour {
    Blue,
    Orange,
    Green,
    Red,
    Violet,
    Yellow,
}

impl LinkColour {
    /// Every colour with its name in documents, in the order of menus.
    pub const ALL: [(&'static str, Self); 6] = [
        ("blue", Self::Blue),
        ("orange", Self::Orange),
        ("green", Self::Green),
        ("red", Self::Red),
        ("violet", Self::Violet),
        ("yellow", Self::Yellow),
    ];

    /// Its name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

/// One panel, wherever it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// Its name within the layout.
    pub id: PanelId,
    /// [`PanelKind::id`].
    pub kind: String,
    /// The colour by which it is linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkColour>,
    /// Settings of its kind's table.
    pub settings: Settings,
}

impl Panel {
    /// A panel with the defaults of its kind, linked to none.
    #[must_use]
    pub fn new(id: PanelId, kind: &str) -> Self {
        Self {
            id,
            kind: kind.to_owned(),
            link: None,
            settings: Settings::default(),
        }
    }
}

/// What a panel may be: a line of the table of panels. The table itself is the caller's, since
/// the views stand in it too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelKind {
    /// In documents.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Its settings.
    pub fields: &'static [Field],
}

impl PanelKind {
    /// The setting of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The kind of this id.
#[must_use]
pub fn kind_of(kinds: &[&'static PanelKind], id: &str) -> Option<&'static PanelKind> {
    kinds.iter().find(|kind| kind.id == id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stand_in_their_table() {
        for (name, colour) in LinkColour::ALL {
            assert_eq!(colour.name(), name);
            assert_eq!(serde_json::json!(colour), name);
        }
    }
}

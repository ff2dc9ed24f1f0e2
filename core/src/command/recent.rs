//! What was chosen last in the palette.

use serde::{Deserialize, Serialize};

/// Choices that are remembered.
const MOST: usize = 8;
/// Longest id that is believed when it is read again, bytes.
const LONGEST: usize = 200;

/// Ids of entries, the one chosen last first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recent(Vec<String>);

impl Recent {
    /// Reads what [`Self::to_json`] wrote; nothing where it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut recent: Self = serde_json::from_str(text).unwrap_or_default();
        recent.0.retain(|id| id.len() <= LONGEST);
        recent.0.truncate(MOST);
        recent
    }

    /// To be kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The ids.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.0
    }

    /// Remembers a choice.
    pub fn note(&mut self, id: &str) {
        self.0.retain(|held| held != id);
        self.0.insert(0, id.to_owned());
        self.0.truncate(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_choice_is_first_and_stands_once() {
        let mut recent = Recent::default();
        for id in ["a", "b", "a"] {
            recent.note(id);
        }
        assert_eq!(recent.ids(), ["a", "b"]);
        assert_eq!(Recent::parse(&recent.to_json()), recent);
        for id in 0..20 {
            recent.note(&id.to_string());
        }
        assert_eq!(recent.ids().len(), MOST);
        assert_eq!(recent.ids()[0], "19");
    }

    #[test]
    fn what_is_no_list_is_nothing() {
        for text in ["", "{}", "[1]", "null"] {
            assert_eq!(Recent::parse(text), Recent::default(), "{text}");
        }
        let long = serde_json::json!(["x".repeat(LONGEST + 1), "y"]).to_string();
        assert_eq!(Recent::parse(&long).ids(), ["y"]);
    }
}

//! Names that people give: of workspaces and lists.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// Longest name, in characters.
const LONGEST: usize = 64;

/// A name as a person wrote it: 1 to 64 characters, no control characters, no space at either
/// end. It may hold anything else, so an address has to escape it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a name has 1 to {LONGEST} characters, no space at either end and no control characters")]
pub struct NameError;

impl Name {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let stands = (1..=LONGEST).contains(&text.chars().count())
            && text.trim() == text
            && !text.contains(char::is_control);
        match stands {
            true => Ok(Self(text.to_owned())),
            false => Err(NameError),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_people_write() {
        for (text, stands) in [
            ("Trader", true),
            ("Scalping / ETH ½ 🙂", true),
            (&"ä".repeat(64), true),
            (&"a".repeat(65), false),
            ("", false),
            (" a", false),
            ("a\n", false),
            ("a\u{0}b", false),
        ] {
            assert_eq!(text.parse::<Name>().is_ok(), stands, "{text:?}");
        }
    }
}

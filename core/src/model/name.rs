//! Names that people give: of workspaces and lists.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// Longest name, in characters.
const LONGEST: usize = 64;

/// A name as a person wrote it: 1 to 64 characters of which one can be seen, no space at either
/// end, none that controls the text or its direction. It may hold anything else, so an address has
/// to escape it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Too short or too long, or with what stands in no line of text.
    #[error(
        "a name has 1 to {LONGEST} characters, no space at either end and no control characters"
    )]
    Form,
    /// It would turn round the words of the sentence that it stands in.
    #[error("a name has no characters that change the direction of the text")]
    Direction,
    /// Nobody could tell it from nothing.
    #[error("a name has a character that can be seen")]
    Unseen,
}

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
        let has_form = (1..=LONGEST).contains(&text.chars().count())
            && text.trim() == text
            && !text.contains(char::is_control);
        match has_form {
            false => Err(NameError::Form),
            true if text.contains(turns) => Err(NameError::Direction),
            true if text.chars().all(is_unseen) => Err(NameError::Unseen),
            true => Ok(Self(text.to_owned())),
        }
    }
}

/// Whether a character changes the direction of what stands beside it, as Unicode's Bidi_Control.
fn turns(of: char) -> bool {
    matches!(
        of,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether nothing is seen of a character: spaces, and what Unicode calls default ignorable or
/// draws blank. <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>
fn is_unseen(of: char) -> bool {
    let is_blank = matches!(
        of,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    of.is_whitespace() || is_blank
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
            ("a\u{202e}b", false),
            ("\u{2066}a\u{2069}", false),
            ("a\u{200f}", false),
            ("\u{200b}", false),
            ("\u{3164} \u{2800}", false),
            ("\u{fe0f}", false),
            // Joined to one, and of another direction by themselves.
            ("👩\u{200d}💻", true),
            ("سوق", true),
        ] {
            assert_eq!(text.parse::<Name>().is_ok(), stands, "{text:?}");
        }
    }
}

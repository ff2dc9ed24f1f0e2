//! Values of a document, asked for one by one.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::Faults;

/// Characters of a value or name that a message repeats.
const REPEATED: usize = 40;

/// A value and its place. Every question answers `None` where it noted a mistake.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// The value.
    pub value: &'a Value,
    /// Its place.
    pub at: String,
}

/// An object all of whose names are known.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: String,
}

impl<'a> Item<'a> {
    /// The whole document.
    #[must_use]
    pub fn whole(value: &'a Value) -> Self {
        Self {
            value,
            at: String::new(),
        }
    }

    fn no<T>(&self, faults: &mut Faults, wanted: impl Display) -> Option<T> {
        let found = match self.value {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            value => shortened(&value.to_string()),
        };
        faults.add(&self.at, format_args!("{wanted} is wanted, not {found}"));
        None
    }

    /// An object with no names but these.
    pub fn fields(&self, faults: &mut Faults, known: &[&str]) -> Option<Fields<'a>> {
        let entries = self.entries(faults)?;
        for entry in entries.iter().filter(|(name, _)| !known.contains(name)) {
            let known = known.join(", ");
            faults.add(
                &entry.1.at,
                format_args!("there is no such field; there are {known}"),
            );
        }
        let map = self.value.as_object()?;
        Some(Fields {
            map,
            at: self.at.clone(),
        })
    }

    /// An object with any names.
    pub fn entries(&self, faults: &mut Faults) -> Option<Vec<(&'a str, Item<'a>)>> {
        let Some(map) = self.value.as_object() else {
            return self.no(faults, "an object");
        };
        let item = |(name, value): (&'a String, &'a Value)| {
            let at = below(&self.at, name);
            (name.as_str(), Item { value, at })
        };
        Some(map.iter().map(item).collect())
    }

    /// A list of at most `most` values.
    pub fn list(&self, faults: &mut Faults, most: usize) -> Option<Vec<Item<'a>>> {
        let Some(values) = self.value.as_array() else {
            return self.no(faults, "a list");
        };
        if values.len() > most {
            let held = values.len();
            faults.add(&self.at, format_args!("{held} entries, at most {most} fit"));
            return None;
        }
        let item = |(place, value)| Item {
            value,
            at: format!("{}/{place}", self.at),
        };
        Some(values.iter().enumerate().map(item).collect())
    }

    /// `true` or `false`.
    pub fn flag(&self, faults: &mut Faults) -> Option<bool> {
        match self.value.as_bool() {
            None => self.no(faults, "true or false"),
            flag => flag,
        }
    }

    /// A whole number.
    pub fn integer(&self, faults: &mut Faults, range: RangeInclusive<i64>) -> Option<i64> {
        match self.value.as_i64() {
            Some(value) if range.contains(&value) => Some(value),
            _ => {
                let (least, most) = range.into_inner();
                self.no(
                    faults,
                    format_args!("a whole number from {least} to {most}"),
                )
            }
        }
    }

    /// A number.
    pub fn number(&self, faults: &mut Faults, range: RangeInclusive<f64>) -> Option<f64> {
        match self.value.as_f64() {
            Some(value) if range.contains(&value) => Some(value),
            _ => {
                let (least, most) = range.into_inner();
                self.no(faults, format_args!("a number from {least} to {most}"))
            }
        }
    }

    /// A text of at most `longest` characters, none of them a control character.
    pub fn text(&self, faults: &mut Faults, longest: usize) -> Option<&'a str> {
        match self.value.as_str() {
            Some(text) if text.chars().count() <= longest && !text.contains(char::is_control) => {
                Some(text)
            }
            _ => self.no(
                faults,
                format_args!("a text of at most {longest} characters"),
            ),
        }
    }

    /// A colour, `#rrggbb`.
    pub fn colour(&self, faults: &mut Faults) -> Option<&'a str> {
        let is_colour = |text: &&str| {
            let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        let colour = self.value.as_str().filter(is_colour);
        if colour.is_none() {
            faults.add(&self.at, "a colour such as #1e90ff is wanted");
        }
        colour
    }

    /// A text that means something.
    pub fn parsed<T: FromStr<Err: Display>>(&self, faults: &mut Faults) -> Option<T> {
        match self.value.as_str().map(str::parse) {
            Some(Ok(value)) => Some(value),
            Some(Err(error)) => {
                faults.add(&self.at, error);
                None
            }
            None => self.no(faults, "a text"),
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, faults: &mut Faults, choices: &[(&str, T)]) -> Option<T> {
        let text = self.value.as_str();
        let found = choices.iter().find(|(word, _)| Some(*word) == text);
        match found {
            Some((_, value)) => Some(*value),
            None => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                self.no(faults, format_args!("one of {}", words.join(", ")))
            }
        }
    }
}

impl<'a> Fields<'a> {
    /// A value that may be absent, or null, which is the same.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<Item<'a>> {
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        let at = below(&self.at, name);
        Some(Item { value, at })
    }

    /// A value that must be there.
    pub fn required(&self, faults: &mut Faults, name: &str) -> Option<Item<'a>> {
        let item = self.optional(name);
        if item.is_none() {
            faults.add(&below(&self.at, name), "required");
        }
        item
    }

    /// Where the object stands.
    #[must_use]
    pub fn at(&self) -> &str {
        &self.at
    }
}

/// The place of a name within a place (RFC 6901).
fn below(at: &str, name: &str) -> String {
    let name = shortened(name).replace('~', "~0").replace('/', "~1");
    format!("{at}/{name}")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

//! Reading JSON that anybody may have written: a file, a request, what an older program kept.
//!
//! Size and depth are looked at before anything is parsed. Then every value is asked for one by
//! one, and all mistakes are named together, each with its place as a JSON pointer
//! (`/desktop/panels/1/kind`). Nothing is taken from a document with a mistake in it.

mod item;

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

pub use self::item::{Fields, Item};

/// Mistakes that are named at the most; a file that is wrong throughout need not be listed.
const NAMED: usize = 20;

/// How much is read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length of the text.
    pub bytes: usize,
    /// Arrays and objects within each other. Below serde_json's own limit of 128, whose message
    /// names no limit.
    pub depth: u32,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where, as a JSON pointer; empty for the whole document.
    pub at: String,
    /// What is wrong, in one sentence.
    pub reason: String,
}

/// Why a document is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// It was not even parsed.
    #[error("the document has {bytes} bytes, at most {most} are read")]
    TooLarge {
        /// Its length.
        bytes: u64,
        /// What is read.
        most: u64,
    },
    /// It was not even parsed.
    #[error("the document is nested more than {most} deep at line {line}, column {column}")]
    TooDeep {
        /// What is read.
        most: u32,
        /// From 1.
        line: u64,
        /// From 1, in bytes.
        column: u64,
    },
    /// The text is no JSON.
    #[error("the document is no JSON: {0}")]
    NotJson(String),
    /// It says something that cannot be.
    #[error("{}", sentence(.0))]
    Wrong(Vec<Fault>),
}

fn sentence(faults: &[Fault]) -> String {
    let sentences = faults.iter().map(|fault| match fault.at.as_str() {
        "" => fault.reason.clone(),
        at => format!("{at}: {}", fault.reason),
    });
    sentences.collect::<Vec<_>>().join("; ")
}

/// Parses a text within limits.
///
/// # Errors
/// [`Refused`], but never [`Refused::Wrong`].
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, Refused> {
    if text.len() > limits.bytes {
        return Err(Refused::TooLarge {
            bytes: text.len() as u64,
            most: limits.bytes as u64,
        });
    }
    check_depth(text, limits.depth)?;
    serde_json::from_slice(text).map_err(|error| Refused::NotJson(error.to_string()))
}

/// Brings a document from one version to the next.
pub type Step = fn(&mut Map<String, Value>);

/// Brings a document of any version up to the newest, which is one more than there are steps.
///
/// # Errors
/// [`Refused::Wrong`] where there is no version, or a newer one.
pub fn upgraded(mut value: Value, steps: &[Step]) -> Result<Value, Refused> {
    let newest = 1 + steps.len() as u64;
    let mut faults = Faults::default();
    let held = value.get("version").and_then(Value::as_u64);
    match (held, value.as_object_mut()) {
        (_, None) => faults.add("", "an object is wanted"),
        (Some(held), Some(map)) if (1..=newest).contains(&held) => {
            for step in steps.iter().skip(held as usize - 1) {
                step(map);
            }
            map.insert("version".to_owned(), newest.into());
            return Ok(value);
        }
        (Some(held), Some(_)) if held > newest => faults.add(
            "/version",
            format_args!(
                "the document is of version {held}; this program knows {newest}, a newer one wrote it"
            ),
        ),
        (_, Some(_)) => faults.add(
            "/version",
            format_args!("a version from 1 to {newest} is wanted"),
        ),
    }
    faults.finish(None)
}

/// Counts brackets outside of strings.
fn check_depth(text: &[u8], most: u32) -> Result<(), Refused> {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    let (mut line, mut line_start) = (1, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'\n' => (line, line_start) = (line + 1, at + 1),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > most {
            let column = (at - line_start + 1) as u64;
            return Err(Refused::TooDeep { most, line, column });
        }
    }
    Ok(())
}

/// Collects the mistakes of a document.
#[derive(Debug, Default)]
pub struct Faults {
    named: Vec<Fault>,
    unnamed: usize,
}

impl Faults {
    /// Notes a mistake.
    pub fn add(&mut self, at: &str, reason: impl Display) {
        if self.named.len() == NAMED {
            self.unnamed += 1;
            return;
        }
        self.named.push(Fault {
            at: at.to_owned(),
            reason: reason.to_string(),
        });
    }

    /// What was read, if nothing was wrong.
    ///
    /// # Errors
    /// [`Refused::Wrong`] with every mistake.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Refused> {
        match read {
            Some(read) if self.named.is_empty() => Ok(read),
            _ => {
                if self.unnamed > 0 {
                    let reason = format!("and {} more mistakes", self.unnamed);
                    self.named.push(Fault {
                        at: String::new(),
                        reason,
                    });
                }
                Err(Refused::Wrong(self.named))
            }
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(std::slice::from_ref(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        bytes: 1_000_000,
        depth: 4,
    };

    #[test]
    fn size_and_depth_are_looked_at_first() {
        for (text, expected) in [
            (
                "x".repeat(1_000_001),
                "the document has 1000001 bytes, at most 1000000 are read",
            ),
            (
                "[".repeat(100_000),
                "the document is nested more than 4 deep at line 1, column 5",
            ),
            (
                "{\n \"a\": [[[[]]]]}".to_owned(),
                "the document is nested more than 4 deep at line 2, column 10",
            ),
            (
                "{\"a\": NaN}".to_owned(),
                "the document is no JSON: expected value at line 1 column 7",
            ),
        ] {
            let refused = parse(text.as_bytes(), LIMITS).expect_err("refused");
            assert_eq!(refused.to_string(), expected);
        }
        for text in [
            "[[[[1]]]]",
            r#""[[[[[[[[\"[[[""#,
            r#"["\\",[],[],[],[],[]]"#,
        ] {
            assert!(parse(text.as_bytes(), LIMITS).is_ok(), "{text}");
        }
    }

    #[test]
    fn every_mistake_says_where() {
        let value: Value = serde_json::json!({"a/b": 1, "n": -1, "list": [true, "x", 1.5]});
        let item = Item::whole(&value);
        let mut faults = Faults::default();
        let fields = item.fields(&mut faults, &["n", "list"]).expect("an object");
        let n = fields.required(&mut faults, "n").expect("is there");
        assert_eq!(n.integer(&mut faults, 0..=9), None);
        assert!(fields.required(&mut faults, "gone").is_none());
        let list = fields.optional("list").expect("is there");
        for item in list.list(&mut faults, 3).expect("a list") {
            item.flag(&mut faults);
        }
        assert!(list.list(&mut faults, 2).is_none());
        let refused = faults.finish(Some(())).expect_err("refused");
        assert_eq!(
            refused.to_string(),
            "/a~1b: there is no such field; there are n, list; \
             /n: a whole number from 0 to 9 is wanted, not -1; /gone: required; \
             /list/1: true or false is wanted, not \"x\"; \
             /list/2: true or false is wanted, not 1.5; /list: 3 entries, at most 2 fit"
        );
    }

    #[test]
    fn versions_lead_to_the_newest() {
        let steps: &[Step] = &[
            |map| drop(map.insert("two".to_owned(), true.into())),
            |map| drop(map.insert("three".to_owned(), true.into())),
        ];
        let up = |value| upgraded(value, steps).map_err(|error| error.to_string());
        let whole = serde_json::json!({"version": 3, "two": true, "three": true});
        assert_eq!(up(serde_json::json!({"version": 1})), Ok(whole.clone()));
        assert_eq!(up(whole.clone()), Ok(whole));
        for (value, expected) in [
            (
                serde_json::json!({"version": 4}),
                "/version: the document is of version 4; this program knows 3, a newer one wrote it",
            ),
            (
                serde_json::json!({"version": -1}),
                "/version: a version from 1 to 3 is wanted",
            ),
            (
                serde_json::json!({}),
                "/version: a version from 1 to 3 is wanted",
            ),
            (serde_json::json!([]), "an object is wanted"),
        ] {
            assert_eq!(up(value), Err(expected.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "[\\[\\]{}\",:a1\\\\ \n]{0,60}") {
            let parsed = parse(text.as_bytes(), Limits { bytes: 50, depth: 3 });
            if let Ok(value) = parsed {
                let again = parse(value.to_string().as_bytes(), Limits { bytes: 500, depth: 3 });
                prop_assert_eq!(again, Ok(value));
            }
        }
    }
}

//! The message of a rule: text with places that are filled in when it fires.

use std::fmt::Write as _;

/// Longest message, in characters.
const LONGEST: usize = 2_000;

/// Places that every message may have; `value.NAME` beside them.
pub const PLACEHOLDERS: [&str; 6] = [
    "name",
    "instrument",
    "severity",
    "price",
    "time",
    "condition",
];

/// A message with places such as `{{price}}`, all of them known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(String);

/// What fills the places.
pub trait Filled {
    /// The text for a place; `None` where there is nothing to say.
    fn place(&self, name: &str) -> Option<String>;
}

enum Part<'a> {
    Text(&'a str),
    Place(&'a str),
}

impl Template {
    /// What is said unless somebody wants it otherwise.
    #[must_use]
    pub fn usual() -> Self {
        Self("{{name}}: {{instrument}} at {{price}}".to_owned())
    }

    /// Checks a message. `values` are the names that `value.NAME` may have.
    ///
    /// # Errors
    /// A sentence that names the first thing that is wrong.
    pub fn read(text: &str, values: &[String]) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!(
                "a message of at most {LONGEST} characters is wanted"
            ));
        }
        if text.contains(|c: char| c.is_control() && c != '\n') {
            return Err("a message has no control characters but line breaks".to_owned());
        }
        for part in parts(text)? {
            let Part::Place(name) = part else { continue };
            let value = name.strip_prefix("value.");
            let known = match value {
                Some(value) => values.iter().any(|held| held == value),
                None => PLACEHOLDERS.contains(&name),
            };
            if !known {
                let values = values.iter().map(|value| format!("value.{value}"));
                let places = PLACEHOLDERS.iter().map(|place| (*place).to_owned());
                let places: Vec<String> = places.chain(values).collect();
                let name: String = name.chars().take(40).collect();
                let places = places.join(", ");
                return Err(format!(
                    "there is no placeholder {{{{{name}}}}}; there are {places}"
                ));
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The message with every place filled; a dash where there is nothing to say.
    #[must_use]
    pub fn fill(&self, with: &impl Filled) -> String {
        let mut text = String::new();
        for part in parts(&self.0).unwrap_or_default() {
            // Writing into a `String` cannot fail.
            let _ = match part {
                Part::Text(part) => write!(text, "{part}"),
                Part::Place(name) => {
                    let filled = with.place(name);
                    write!(text, "{}", filled.as_deref().unwrap_or("–"))
                }
            };
        }
        text
    }
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (name, behind) = behind
            .split_once("}}")
            .ok_or_else(|| "a placeholder that begins with {{ has to end with }}".to_owned())?;
        found.push(Part::Text(before));
        found.push(Part::Place(name.trim()));
        rest = behind;
    }
    found.push(Part::Text(rest));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names;

    impl Filled for Names {
        fn place(&self, name: &str) -> Option<String> {
            (name != "price").then(|| format!("<{name}>"))
        }
    }

    #[test]
    fn places_are_filled() {
        let text = "{{ name }}: {{value.rvol}} {{price}}}";
        let template = Template::read(text, &["rvol".to_owned()]).expect("stands");
        assert_eq!(template.fill(&Names), "<name>: <value.rvol> –}");
        assert_eq!(
            Template::read(Template::usual().as_str(), &[]),
            Ok(Template::usual())
        );
    }

    #[test]
    fn unknown_places_are_named() {
        for (text, expected) in [
            (
                "{{pric}}",
                "there is no placeholder {{pric}}; there are name, ",
            ),
            ("{{value.ema}}", "there is no placeholder {{value.ema}}; "),
            ("at {{price", "a placeholder that begins with {{ has to end"),
            ("\u{7}", "a message has no control characters"),
            (&"x".repeat(2_001), "a message of at most 2000 characters"),
        ] {
            let refused = Template::read(text, &["rvol".to_owned()]).expect_err("refused");
            assert!(refused.starts_with(expected), "{refused}");
        }
    }
}

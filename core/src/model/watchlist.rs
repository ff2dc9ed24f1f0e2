//! Lists of instruments that somebody watches.

use serde::Serialize;

use super::document::{read_small, write_small};
use super::instrument::InstrumentId;
use super::name::Name;
use super::untrusted::{Refused, Step};

/// Instruments of a list at the most.
const LONGEST: usize = 200;
const STEPS: &[Step] = &[];

/// A named list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Watchlist {
    /// Its name.
    pub name: Name,
    /// In the order that a person gave them, none twice.
    pub instruments: Vec<InstrumentId>,
}

impl Watchlist {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refused`], with every mistake.
    pub fn parse(text: &[u8]) -> Result<Self, Refused> {
        read_small(text, STEPS, |item, faults| {
            let fields = item.fields(faults, &["version", "name", "instruments"])?;
            let name = fields.required(faults, "name");
            let name = name.and_then(|item| item.parsed(faults));
            let list = fields.required(faults, "instruments")?;
            let mut instruments: Vec<InstrumentId> = Vec::new();
            for item in list.list(faults, LONGEST)? {
                let Some(id) = item.parsed(faults) else {
                    continue;
                };
                if instruments.contains(&id) {
                    faults.add(&item.at, format_args!("{id} is in the list already"));
                }
                instruments.push(id);
            }
            Some(Self {
                name: name?,
                instruments,
            })
        })
    }

    /// The document: what [`Self::parse`] reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_small(STEPS, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_back_and_says_what_is_wrong() {
        let text =
            r#"{"version":1,"name":"Mine","instruments":["coinbase:BTC-USD","kraken:ETH-USD"]}"#;
        let list = Watchlist::parse(text.as_bytes()).expect("stands");
        assert_eq!(list.to_json(), text);
        for (text, expected) in [
            (
                r#"{"version":1,"instruments":["coinbase:BTC-USD","coinbase:BTC-USD","x"]}"#,
                "/name: required; /instruments/1: coinbase:BTC-USD is in the list already; \
                 /instruments/2: not an instrument: venue:BASE-QUOTE, such as coinbase:BTC-USD, is",
            ),
            (
                r#"{"version":1,"name":"A","instruments":{}}"#,
                "/instruments: a list is wanted, not an object",
            ),
        ] {
            let refused = Watchlist::parse(text.as_bytes()).expect_err("refused");
            assert_eq!(refused.to_string(), expected);
        }
    }
}

//! Lists of instruments that somebody watches.

use serde::Serialize;
use thiserror::Error;

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

/// Why a list is not changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ListError {
    /// It is there.
    #[error("{0} is in the list already")]
    Listed(InstrumentId),
    /// No more fit.
    #[error("a list holds {LONGEST} instruments at the most")]
    Full,
}

impl Watchlist {
    /// Puts an instrument at the end.
    ///
    /// # Errors
    /// [`ListError`], and nothing is changed.
    pub fn add(&mut self, instrument: InstrumentId) -> Result<(), ListError> {
        if self.instruments.contains(&instrument) {
            return Err(ListError::Listed(instrument));
        }
        if self.instruments.len() >= LONGEST {
            return Err(ListError::Full);
        }
        self.instruments.push(instrument);
        Ok(())
    }

    /// Takes an instrument out; says whether it was there.
    pub fn remove(&mut self, instrument: &InstrumentId) -> bool {
        let before = self.instruments.len();
        self.instruments.retain(|held| held != instrument);
        self.instruments.len() < before
    }

    /// Puts an instrument at another place, counted without itself; past the end is the end. Says
    /// whether that changed anything.
    pub fn put(&mut self, instrument: &InstrumentId, at: usize) -> bool {
        let Some(from) = self.instruments.iter().position(|held| held == instrument) else {
            return false;
        };
        let to = at.min(self.instruments.len() - 1);
        if from != to {
            let moved = self.instruments.remove(from);
            self.instruments.insert(to, moved);
        }
        from != to
    }

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
    fn an_instrument_is_added_moved_and_removed() {
        let id = |text: &str| text.parse::<InstrumentId>().expect("an id");
        let ids = ["a:A-X", "a:B-X", "a:C-X"].map(id);
        let mut list = Watchlist {
            name: "Mine".parse().expect("a name"),
            instruments: Vec::new(),
        };
        for id in &ids {
            list.add(id.clone()).expect("there is room");
        }
        assert_eq!(
            list.add(ids[1].clone()),
            Err(ListError::Listed(ids[1].clone()))
        );
        for (moved, at, changes, expected) in [
            (0, 2, true, "B C A"),
            (0, 9, false, "B C A"),
            (2, 0, true, "C B A"),
            (0, 1, true, "C A B"),
        ] {
            assert_eq!(list.put(&ids[moved], at), changes);
            let bases: Vec<_> = list.instruments.iter().map(InstrumentId::base).collect();
            assert_eq!(bases.join(" "), expected);
        }
        assert!(list.remove(&ids[0]) && !list.remove(&ids[0]));
        assert!(!list.put(&ids[0], 0));
        for at in list.instruments.len()..LONGEST {
            list.add(id(&format!("b:N{at}-X"))).expect("there is room");
        }
        assert_eq!(list.add(id("b:LAST-X")), Err(ListError::Full));
    }

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

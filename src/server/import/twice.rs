//! Rows of a file that stand in it more than once: the same again, or in contradiction.
//!
//! A file whose keys rise has none, and costs nothing. Of others, the rows are remembered whose key
//! comes out of order: the first reading finds these keys, the second compares their rows.

use std::collections::{BTreeSet, HashMap};

use super::row::Row;

/// Finds keys that may come twice.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    highest: Option<u64>,
    keys: BTreeSet<u64>,
}

impl Suspects {
    /// Takes the next row of the first reading.
    pub fn see(&mut self, row: &impl Row) {
        let key = row.key();
        if self.highest.is_some_and(|highest| key <= highest) {
            self.keys.insert(key);
        }
        self.highest = self.highest.max(Some(key));
    }
}

/// Compares the rows of suspect keys.
#[derive(Debug)]
pub(super) struct Twice<R> {
    suspects: Suspects,
    /// The first of each, and its line.
    first: HashMap<u64, (u64, R)>,
    again: u64,
}

impl<R: Row> Twice<R> {
    pub fn new(suspects: Suspects) -> Self {
        Self {
            suspects,
            first: HashMap::new(),
            again: 0,
        }
    }

    /// Takes the next row of the second reading.
    ///
    /// # Errors
    /// A sentence where it says something else than an earlier one of its key.
    pub fn see(&mut self, row: R, line: u64) -> Result<(), String> {
        if !self.suspects.keys.contains(&row.key()) {
            return Ok(());
        }
        match self.first.get(&row.key()) {
            None => drop(self.first.insert(row.key(), (line, row))),
            Some((_, first)) if *first == row => self.again += 1,
            Some((first, _)) => {
                let name = row.name();
                return Err(format!("{name} stands in line {first} with other values"));
            }
        }
        Ok(())
    }

    /// Rows that said the same as an earlier one.
    pub fn again(&self) -> u64 {
        self.again
    }
}

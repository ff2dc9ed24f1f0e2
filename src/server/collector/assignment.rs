//! Which connection carries which instrument. Pure: nothing is opened here.

use std::collections::{BTreeMap, BTreeSet};

use tradesuite_core::model::InstrumentId;

/// Places on connections of one venue. An instrument keeps its place as long as it is wanted.
#[derive(Clone, Debug)]
pub struct Assignment {
    capacity: usize,
    connections: BTreeMap<u32, BTreeSet<InstrumentId>>,
}

impl Assignment {
    /// No connection yet; each carries `capacity` instruments at the most.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            connections: BTreeMap::new(),
        }
    }

    /// Makes places for exactly these instruments: new ones go to the first connection with
    /// room, connections without any are given up.
    pub fn update(&mut self, wanted: &BTreeSet<InstrumentId>) {
        for carried in self.connections.values_mut() {
            carried.retain(|instrument| wanted.contains(instrument));
        }
        for instrument in wanted {
            if self.connections.values().any(|c| c.contains(instrument)) {
                continue;
            }
            let room = self
                .connections
                .iter()
                .find(|(_, carried)| carried.len() < self.capacity)
                .map(|(number, _)| *number);
            let number = room.unwrap_or_else(|| self.first_free());
            self.connections
                .entry(number)
                .or_default()
                .insert(instrument.clone());
        }
        self.connections.retain(|_, carried| !carried.is_empty());
    }

    /// Connections by number with what they carry, never nothing.
    #[must_use]
    pub fn connections(&self) -> &BTreeMap<u32, BTreeSet<InstrumentId>> {
        &self.connections
    }

    fn first_free(&self) -> u32 {
        let mut number = 0;
        while self.connections.contains_key(&number) {
            number += 1;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(symbols: &[u8]) -> BTreeSet<InstrumentId> {
        symbols
            .iter()
            .map(|number| InstrumentId::new("line", &format!("A{number}-USD")).unwrap())
            .collect()
    }

    #[test]
    fn who_stays_keeps_the_place() {
        let mut assignment = Assignment::new(2);
        assignment.update(&set(&[1, 2, 3]));
        assert_eq!(assignment.connections()[&1], set(&[3]));
        assignment.update(&set(&[0, 2, 3]));
        assert_eq!(assignment.connections()[&0], set(&[0, 2]));
        assert_eq!(assignment.connections()[&1], set(&[3]));
        assignment.update(&set(&[3]));
        assert_eq!(assignment.connections().keys().collect::<Vec<_>>(), [&1]);
    }

    proptest! {
        #[test]
        fn everyone_wanted_has_one_place(
            capacity in 1..5_usize,
            steps in prop::collection::vec(prop::collection::vec(0..20_u8, 0..20), 1..10),
        ) {
            let mut assignment = Assignment::new(capacity);
            for step in steps {
                let wanted = set(&step);
                assignment.update(&wanted);
                let mut placed = Vec::new();
                for carried in assignment.connections().values() {
                    prop_assert!((1..=capacity).contains(&carried.len()));
                    placed.extend(carried.iter().cloned());
                }
                placed.sort();
                prop_assert!(placed.iter().eq(wanted.iter()));
            }
        }
    }
}

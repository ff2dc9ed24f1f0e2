//! What changes between two sets of instruments, by the venue's names for them.

use crate::server::collector::checker::{Carried, CarriedInstrument};

/// What `all` has and `held` has not, or not under the venue's name for it.
pub fn missing_from<'a>(
    held: &'a Carried,
    all: &'a Carried,
) -> impl Iterator<Item = &'a CarriedInstrument> {
    all.iter()
        .filter(|(id, carried)| {
            let held = held.get(*id);
            held.is_none_or(|held| symbol(held) != symbol(carried))
        })
        .map(|(_, carried)| carried)
}

/// What is new in `all`, or described anew.
pub fn changed<'a>(
    held: &'a Carried,
    all: &'a Carried,
) -> impl Iterator<Item = &'a CarriedInstrument> {
    all.iter()
        .filter(|(id, carried)| held.get(*id) != Some(carried))
        .map(|(_, carried)| carried)
}

/// The venue's name.
pub fn symbol(carried: &CarriedInstrument) -> &str {
    &carried.instrument.venue_symbol
}

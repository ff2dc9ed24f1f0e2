//! Copies in the browser of lists that the server has not got as they are: what could not be saved
//! survives a reload, and is saved as soon as it can be.

use std::collections::BTreeMap;

use tradesuite_core::model::Name;

use super::held::Copy;
use crate::browser;

/// Where all copies are.
const KEY: &str = "tradesuite.watchlists";

type Copies = BTreeMap<Name, Copy>;

/// What the browser holds; nothing where it holds nothing that can be read.
pub fn copies() -> Copies {
    read(browser::stored(KEY).as_deref())
}

/// Has the browser hold this of a list, or nothing. The copies of other windows stay.
pub fn store_copy(name: &Name, copy: Option<Copy>) {
    let before = browser::stored(KEY);
    match changed(before.as_deref(), name, copy) {
        Some(text) if before.as_ref() != Some(&text) => browser::store(KEY, &text),
        None if before.is_some() => browser::unstore(KEY),
        _ => {}
    }
}

fn read(text: Option<&str>) -> Copies {
    let read = text.and_then(|text| serde_json::from_str(text).ok());
    read.unwrap_or_default()
}

/// The browser's entry with another copy of one list; `None` where nothing is left in it.
fn changed(before: Option<&str>, name: &Name, copy: Option<Copy>) -> Option<String> {
    let mut copies = read(before);
    match copy {
        Some(copy) => copies.insert(name.clone(), copy),
        None => copies.remove(name),
    };
    let text = (!copies.is_empty()).then(|| serde_json::to_string(&copies))?;
    // Plain texts: nothing here can fail.
    text.ok()
}

#[cfg(test)]
mod tests {
    use super::super::held::Held;
    use super::*;
    use tradesuite_core::model::{InstrumentId, Watchlist};

    fn unsaved(name: &Name) -> Option<Copy> {
        let instrument: InstrumentId = "a:B-C".parse().expect("an id");
        let list = Watchlist {
            name: name.clone(),
            instruments: vec![instrument],
        };
        let mut held = Held::new(list, 7);
        held.changed();
        held.copy()
    }

    #[test]
    fn every_list_has_a_copy_of_its_own_until_it_is_saved() {
        let [one, other] = ["One", "Other"].map(|name| name.parse::<Name>().expect("a name"));
        assert_eq!(changed(None, &one, None), None);
        let text = changed(None, &one, unsaved(&one)).expect("a copy");
        let text = changed(Some(&text), &other, unsaved(&other)).expect("copies");
        let held = read(Some(&text));
        assert_eq!(held.get(&one), unsaved(&one).as_ref());
        assert_eq!(held.len(), 2);
        let text = changed(Some(&text), &one, None).expect("the other");
        assert_eq!(changed(Some(&text), &other, None), None);
        assert!(read(Some("{")).is_empty());
    }
}

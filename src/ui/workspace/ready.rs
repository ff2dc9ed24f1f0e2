//! Ready-made workspaces, looking at instruments that this server has.

use tradesuite_core::dock::{READY, Workspace as Document};
use tradesuite_core::model::{InstrumentId, Name};

use super::first_instrument;
use crate::api::search_instruments;
use crate::ui::panel::KINDS;

/// What the colours look at first, as far as the server has them. What it follows comes after.
const FAMILIAR: [&str; 4] = ["BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD"];
/// Enough for every colour.
const ENOUGH: u32 = 8;

/// The ready-made workspace of a name; the first of them under that name where there is none.
pub async fn ready_made(name: &Name) -> Document {
    build(name, &instruments().await)
}

/// The same before the server can be asked what it has.
pub fn ready_made_at_once(name: &Name) -> Document {
    build(name, &[first_instrument()])
}

fn build(name: &Name, instruments: &[InstrumentId]) -> Document {
    let ready = READY.iter().find(|ready| ready.name == name.as_str());
    let mut document = ready.unwrap_or(&READY[0]).build(&KINDS, instruments);
    document.name = name.clone();
    document
}

/// Instruments of the server, each once; where it does not answer, the one that is always meant.
async fn instruments() -> Vec<InstrumentId> {
    let mut found = Vec::new();
    let closest = FAMILIAR.map(|words| (words, 1));
    for (words, limit) in closest.into_iter().chain([("", ENOUGH)]) {
        let rows = search_instruments(words.to_owned(), limit).await;
        for row in rows.unwrap_or_default() {
            if !found.contains(&row.id) {
                found.push(row.id);
            }
        }
    }
    if found.is_empty() {
        found.push(first_instrument());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_looks_at_another_instrument() {
        let ids = [
            "coinbase:BTC-USD",
            "coinbase:ETH-USD",
            "kraken:SOL-USD",
            "kraken:XRP-USD",
        ];
        let ids = ids.map(|id| id.parse().expect("an id"));
        let document = build(&"Monitor".parse().expect("a name"), &ids);
        let shown: Vec<_> = document
            .links
            .values()
            .filter_map(|link| link.instrument.clone())
            .collect();
        assert_eq!(shown.len(), 4);
        assert!(ids.iter().all(|id| shown.contains(id)), "{shown:?}");
    }

    #[test]
    fn a_name_that_is_not_ready_made_gets_the_first_arrangement() {
        let name: Name = "Mine".parse().expect("a name");
        let mine = ready_made_at_once(&name);
        let first = ready_made_at_once(&READY[0].name.parse().expect("a name"));
        assert_eq!((mine.name, mine.desktop), (name, first.desktop));
    }
}

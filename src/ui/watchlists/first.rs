//! The list that a server without any begins with: what is familiar, at every venue that has it.

use tradesuite_core::model::{InstrumentId, Name, Watchlist};

use crate::api::search_instruments;

const NAME: &str = "Watchlist";
/// What stands at the top, as far as the server has it.
const FAMILIAR: [&str; 6] = [
    "BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "ADA-USD", "DOGE-USD",
];
/// Venues of each.
const VENUES: u32 = 4;
/// Instruments at the most.
const MOST: usize = 12;

/// The name of the first list.
pub fn first_name() -> Name {
    NAME.parse().expect("the first list has a name")
}

/// The first list; `None` where the server has nothing to watch, or does not answer.
pub async fn first_list() -> Option<Watchlist> {
    let mut found: Vec<InstrumentId> = Vec::new();
    for words in FAMILIAR {
        let rows = search_instruments(words.to_owned(), VENUES).await.ok()?;
        let ids = rows.into_iter().map(|row| row.id);
        found.extend(ids.filter(|id| id.symbol() == words));
    }
    if found.is_empty() {
        let rows = search_instruments(String::new(), MOST as u32).await.ok()?;
        found.extend(rows.into_iter().map(|row| row.id));
    }
    found.truncate(MOST);
    (!found.is_empty()).then(|| Watchlist {
        name: first_name(),
        instruments: found,
    })
}

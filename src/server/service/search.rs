//! What a person means who types a few words into the instrument search: any order of the words,
//! other names of currencies, parts of them, names of venues. Pure.

use tradesuite_core::model::InstrumentId;

/// Other names of currencies, in lower case.
const NAMES: &[(&str, &[&str])] = &[
    ("ADA", &["cardano"]),
    ("AVAX", &["avalanche"]),
    ("BCH", &["bitcoin cash"]),
    ("BTC", &["bitcoin", "xbt"]),
    ("DOGE", &["dogecoin", "xdg"]),
    ("DOT", &["polkadot"]),
    ("ETH", &["ether", "ethereum"]),
    ("EUR", &["euro"]),
    ("GBP", &["pound", "sterling"]),
    ("LINK", &["chainlink"]),
    ("LTC", &["litecoin"]),
    ("SOL", &["solana"]),
    ("USD", &["dollar"]),
    ("USDT", &["tether"]),
    ("XLM", &["stellar"]),
    ("XRP", &["ripple"]),
];

/// Quote currencies, those first that are traded most.
const QUOTES: &[&str] = &["USD", "USDT", "USDC", "EUR", "GBP"];

/// How well a word of a search fits an instrument; the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the base currency, or base and quote in one.
    Base,
    /// The base currency begins with it, or base and quote in one do.
    BaseBegins,
    /// It is the quote currency, or the venue.
    Around,
    /// It is somewhere in the id.
    Somewhere,
}

/// A search, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// In lower case.
    words: Vec<String>,
}

/// How far an instrument is from a search; less is closer.
pub type Distance = (usize, usize);

impl Search {
    /// Takes a search apart. `BTC/USD`, `btc-usd` and `coinbase:BTC-USD` are words too.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric() && c != '.');
        Self {
            words: words
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Whether nothing is searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How far an instrument is from the search; `None` where a word does not fit it at all.
    #[must_use]
    pub fn distance(&self, id: &InstrumentId) -> Option<Distance> {
        let fits: Option<Vec<Fit>> = self.words.iter().map(|word| fit(word, id)).collect();
        let sum = fits?.into_iter().map(|fit| fit as usize).sum();
        let quote = QUOTES.iter().position(|quote| *quote == id.quote());
        Some((sum, quote.unwrap_or(QUOTES.len())))
    }
}

/// How well a word fits an instrument, if it does.
fn fit(word: &str, id: &InstrumentId) -> Option<Fit> {
    let (bases, quotes) = (names(id.base()), names(id.quote()));
    let joined = |base: &String| quotes.iter().any(|quote| format!("{base}{quote}") == word);
    let begun = |base: &String| {
        let after = word.strip_prefix(base.as_str());
        base.starts_with(word)
            || after.is_some_and(|rest| quotes.iter().any(|quote| quote.starts_with(rest)))
    };
    if bases.iter().any(|base| base == word || joined(base)) {
        Some(Fit::Base)
    } else if bases.iter().any(begun) {
        Some(Fit::BaseBegins)
    } else if quotes.iter().any(|quote| quote == word) || id.exchange() == word {
        Some(Fit::Around)
    } else {
        let is_there = id.as_str().to_lowercase().contains(word)
            || quotes.iter().any(|quote| quote.starts_with(word));
        is_there.then_some(Fit::Somewhere)
    }
}

/// What a currency is called, in lower case.
fn names(code: &str) -> Vec<String> {
    let others = NAMES.iter().find(|(held, _)| *held == code);
    let others = others.map_or(&[][..], |(_, names)| names);
    std::iter::once(code.to_lowercase())
        .chain(others.iter().map(|name| name.replace(' ', "")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: [&str; 10] = [
        "coinbase:BTC-EUR",
        "coinbase:BTC-USD",
        "coinbase:BTC-USDT",
        "coinbase:BTCX-USD",
        "coinbase:ETH-BTC",
        "coinbase:ETH-USD",
        "coinbase:WBTC-USD",
        "kraken:BTC-USD",
        "kraken:ETH-USD",
        "okx:BTC-USD-261225",
    ];

    fn found(text: &str) -> Vec<&'static str> {
        let search = Search::new(text);
        let mut all: Vec<_> = LISTED
            .iter()
            .filter_map(|id| Some((search.distance(&id.parse().expect("an id"))?, *id)))
            .collect();
        all.sort_unstable();
        all.into_iter().map(|(_, id)| id).collect()
    }

    #[test]
    fn the_closest_comes_first_however_it_is_written() {
        let bitcoin = "coinbase:BTC-USD";
        for (text, first) in [
            ("btc", bitcoin),
            ("Bitcoin", bitcoin),
            ("xbt", bitcoin),
            ("xbtusd", bitcoin),
            ("btcusd", bitcoin),
            ("btcus", bitcoin),
            ("BTC/USD", bitcoin),
            ("btc-usd", bitcoin),
            ("usd btc", bitcoin),
            ("  coinbase:BTC-USD ", bitcoin),
            ("dollar bitcoin", bitcoin),
            ("ether", "coinbase:ETH-USD"),
            ("ethereum kraken", "kraken:ETH-USD"),
            ("kraken", "kraken:BTC-USD"),
            ("kraken eth", "kraken:ETH-USD"),
            ("tether", "coinbase:BTC-USDT"),
            ("eur", "coinbase:BTC-EUR"),
            ("261225", "okx:BTC-USD-261225"),
            ("btcx", "coinbase:BTCX-USD"),
        ] {
            assert_eq!(found(text).first(), Some(&first), "{text}");
        }
    }

    #[test]
    fn every_word_has_to_fit() {
        for (text, expected) in [
            ("kraken btc", &["kraken:BTC-USD"][..]),
            ("eth btc", &["coinbase:ETH-BTC"]),
            ("btc doge", &[]),
            ("nothing", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        assert_eq!(found(" - ").len(), LISTED.len());
    }

    #[test]
    fn ranks_go_from_the_base_outwards() {
        assert_eq!(
            found("btc"),
            [
                "coinbase:BTC-USD",
                "kraken:BTC-USD",
                "okx:BTC-USD-261225",
                "coinbase:BTC-USDT",
                "coinbase:BTC-EUR",
                "coinbase:BTCX-USD",
                "coinbase:ETH-BTC",
                "coinbase:WBTC-USD",
            ]
        );
    }
}

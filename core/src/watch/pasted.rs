//! Ids out of a text that somebody pasted.

use crate::model::InstrumentId;

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// Instruments, each once, in the order of the text.
    pub ids: Vec<InstrumentId>,
    /// Words that are none.
    pub others: Vec<String>,
}

/// Reads a text whose words are set apart by spaces, lines, commas or semicolons.
#[must_use]
pub fn read_pasted(text: &str) -> Pasted {
    let mut pasted = Pasted::default();
    let apart = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '"' | '\'');
    for word in text.split(apart).filter(|word| !word.is_empty()) {
        match word.parse::<InstrumentId>() {
            Ok(id) if !pasted.ids.contains(&id) => pasted.ids.push(id),
            Ok(_) => {}
            Err(_) => pasted.others.push(word.to_owned()),
        }
    }
    pasted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_among_other_words() {
        for (text, ids, others) in [
            ("", "", ""),
            ("btc", "", "btc"),
            (
                "coinbase:BTC-USD, kraken:ETH-USD;\n\"coinbase:BTC-USD\"",
                "coinbase:BTC-USD kraken:ETH-USD",
                "",
            ),
            ("kraken:SOL-USD and", "kraken:SOL-USD", "and"),
        ] {
            let pasted = read_pasted(text);
            let found: Vec<_> = pasted.ids.iter().map(InstrumentId::as_str).collect();
            assert_eq!(found.join(" "), ids, "{text}");
            assert_eq!(pasted.others.join(" "), others, "{text}");
        }
    }
}

//! The venue's names. WebSocket v2 says `BTC/USD`; REST says `XBTUSD`, and in one field of its
//! list `XBT/USD`, after the older codes of two currencies.

use std::collections::HashMap;

use tradesuite_core::model::{InstrumentId, InstrumentIdError, Precision};

use super::ID;
use super::wire::Levels;
use crate::server::exchange::{DecodeError, shorten};

/// REST's codes of currencies that everybody else, WebSocket v2 included, calls otherwise.
const OLDER_CODES: [(&str, &str); 2] = [("XBT", "BTC"), ("XDG", "DOGE")];

/// Names remembered; far more than a connection carries, so that a venue gone mad costs no memory.
const CAPACITY: usize = 2_048;

/// The usual code of a currency.
pub fn usual(code: &str) -> &str {
    OLDER_CODES
        .iter()
        .find(|(older, _)| *older == code)
        .map_or(code, |(_, usual)| usual)
}

/// REST's name of an instrument (`XBTUSD`) from that of WebSocket v2 (`BTC/USD`).
pub fn rest_pair(symbol: &str) -> String {
    let older = |code: &str| {
        OLDER_CODES
            .iter()
            .find(|(_, usual)| *usual == code)
            .map_or(code.to_owned(), |(older, _)| (*older).to_owned())
    };
    symbol.split(['/', '-']).map(older).collect()
}

/// WebSocket v2's name (`BTC/USD`) of an instrument that no list describes yet (`BTC-USD`).
pub fn ws_symbol(symbol: &str) -> String {
    symbol.replace('-', "/")
}

/// The id of an instrument that WebSocket v2 calls `BTC/USD`.
pub fn id(symbol: &str) -> Result<InstrumentId, InstrumentIdError> {
    InstrumentId::new(ID, &symbol.replace('/', "-"))
}

/// What one connection knows of an instrument.
#[derive(Clone, Debug)]
pub struct Subscribed {
    /// Which.
    pub id: InstrumentId,
    /// Levels a side that are subscribed.
    pub depth: Option<u32>,
    /// Decimals that the venue writes.
    pub written: Precision,
}

impl Subscribed {
    /// Takes note of the decimals of a message, as far as it shows them. Where they change, the
    /// venue writes the whole book with the new ones from then on.
    pub fn learn(&mut self, bids: &Levels, asks: &Levels) {
        let price = bids.price_decimals.max(asks.price_decimals);
        let quantity = bids.quantity_decimals.max(asks.quantity_decimals);
        self.written = Precision {
            price: price.unwrap_or(self.written.price),
            quantity: quantity.unwrap_or(self.written.quantity),
        };
    }
}

/// The instruments of one connection.
#[derive(Debug, Default)]
pub struct Symbols {
    known: HashMap<Box<str>, Subscribed>,
    /// Place of the one that was asked for last and cannot be remembered.
    spare: Option<Subscribed>,
}

impl Symbols {
    /// What is known of an instrument, by the venue's name.
    ///
    /// # Errors
    /// [`DecodeError::Field`] where no instrument can be named so.
    pub fn get(&mut self, symbol: &str) -> Result<&mut Subscribed, DecodeError> {
        if !self.known.contains_key(symbol) {
            let new = Subscribed {
                id: id(symbol).map_err(|error| DecodeError::Field {
                    field: "symbol",
                    reason: format!("{:?}: {error}", shorten(symbol)),
                })?,
                depth: None,
                written: Precision::default(),
            };
            if self.known.len() >= CAPACITY {
                return Ok(self.spare.insert(new));
            }
            self.known.insert(symbol.into(), new);
        }
        self.known.get_mut(symbol).ok_or(DecodeError::Field {
            field: "symbol",
            reason: "it was forgotten".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_the_others() {
        for (symbol, pair, text) in [
            ("BTC/USD", "XBTUSD", "kraken:BTC-USD"),
            ("DOGE/BTC", "XDGXBT", "kraken:DOGE-BTC"),
            ("ETH/EUR", "ETHEUR", "kraken:ETH-EUR"),
        ] {
            assert_eq!(rest_pair(symbol), pair);
            let id = id(symbol).expect("an id");
            assert_eq!(id.as_str(), text);
            assert_eq!(ws_symbol(id.symbol()), symbol);
        }
        assert_eq!(["XBT", "XDG", "ETH"].map(usual), ["BTC", "DOGE", "ETH"]);
    }
}

//! What is traded where: instrument ids and the venue's own facts about them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::decimal::Decimal;
use super::number::Precision;

/// `venue:BASE-QUOTE`, derivatives `venue:BASE-QUOTE-PERP` or `venue:BASE-QUOTE-YYMMDD`.
///
/// Venue in lower case, the rest in upper case. Cheap to clone: it travels with every event.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId(Arc<str>);

/// A text that is not an instrument id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an instrument: venue:BASE-QUOTE, such as coinbase:BTC-USD, is")]
pub struct InstrumentIdError;

/// Longest id accepted, in bytes.
const MAX_ID: usize = 64;

impl InstrumentId {
    /// Joins a venue's id and a symbol in TradeSuite's own form (`BTC-USD`).
    ///
    /// # Errors
    /// [`InstrumentIdError`] where a part has characters that no symbol has.
    pub fn new(exchange: &str, symbol: &str) -> Result<Self, InstrumentIdError> {
        let text = format!("{exchange}:{symbol}");
        let venue_stands = !exchange.is_empty()
            && exchange
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let mut parts = 0;
        let symbol_stands = symbol.split('-').all(|part| {
            parts += 1;
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b".$_".contains(&b))
        });
        if venue_stands && symbol_stands && (2..=3).contains(&parts) && text.len() <= MAX_ID {
            Ok(Self(text.into()))
        } else {
            Err(InstrumentIdError)
        }
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The venue's id, before the colon.
    #[must_use]
    pub fn exchange(&self) -> &str {
        self.0.split_once(':').map_or("", |(exchange, _)| exchange)
    }

    /// What follows the colon: `BTC-USD`, `BTC-USDT-PERP`.
    #[must_use]
    pub fn symbol(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, symbol)| symbol)
    }

    /// Base currency, the first part of the symbol.
    #[must_use]
    pub fn base(&self) -> &str {
        self.symbol().split('-').next().unwrap_or_default()
    }

    /// Quote currency, the second part of the symbol.
    #[must_use]
    pub fn quote(&self) -> &str {
        self.symbol().split('-').nth(1).unwrap_or_default()
    }
}

impl fmt::Display for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for InstrumentId {
    type Err = InstrumentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (exchange, symbol) = text.split_once(':').ok_or(InstrumentIdError)?;
        Self::new(exchange, symbol)
    }
}

impl Serialize for InstrumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for InstrumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// What kind of contract it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InstrumentKind {
    /// Delivered at once.
    #[default]
    Spot,
    /// Perpetual swap.
    Perp,
    /// Future with a date.
    Future,
}

/// Whether the venue trades it now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InstrumentStatus {
    /// Orders are matched.
    #[default]
    Online,
    /// Listed, but orders are not matched (halted, post-only, auction).
    Halted,
    /// No longer traded.
    Delisted,
}

/// A venue's facts about one instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// TradeSuite's id.
    pub id: InstrumentId,
    /// The venue's own name for it, as its API wants it.
    pub venue_symbol: String,
    /// Base currency.
    pub base: String,
    /// Quote currency.
    pub quote: String,
    /// Settlement currency; the quote currency for spot.
    pub settle: String,
    /// Kind of contract.
    pub kind: InstrumentKind,
    /// Whether a contract's value falls as the price rises (coin-margined).
    pub inverse: bool,
    /// Decimals of prices and quantities, from the venue or learnt from the digits seen.
    pub precision: Precision,
    /// Smallest price step, quote currency.
    pub tick_size: Decimal,
    /// Smallest quantity step, base units.
    pub quantity_step: Decimal,
    /// Smallest order, base units, where the venue says one.
    pub min_quantity: Option<Decimal>,
    /// Base units per contract; 1 for spot.
    pub contract_size: Decimal,
    /// Whether it is traded now.
    pub status: InstrumentStatus,
}

impl Instrument {
    /// An instrument that no list describes: everything follows from its id, the precision is
    /// learnt from the digits seen.
    #[must_use]
    pub fn undescribed(id: InstrumentId, precision: Precision) -> Self {
        let step = |scale| Decimal { mantissa: 1, scale };
        Self {
            venue_symbol: id.symbol().to_owned(),
            base: id.base().to_owned(),
            quote: id.quote().to_owned(),
            settle: id.quote().to_owned(),
            kind: match id.symbol().split('-').nth(2) {
                None => InstrumentKind::Spot,
                Some("PERP") => InstrumentKind::Perp,
                Some(_) => InstrumentKind::Future,
            },
            inverse: false,
            precision,
            tick_size: step(precision.price),
            quantity_step: step(precision.quantity),
            min_quantity: None,
            contract_size: step(0),
            status: InstrumentStatus::Online,
            id,
        }
    }

    /// The unified symbol of the ccxt library: `BTC/USD`, `BTC/USDT:USDT`, `BTC/USD:BTC-261225`.
    #[must_use]
    pub fn ccxt_symbol(&self) -> String {
        let pair = format!("{}/{}", self.base, self.quote);
        match self.kind {
            InstrumentKind::Spot => pair,
            InstrumentKind::Perp => format!("{pair}:{}", self.settle),
            InstrumentKind::Future => {
                let expiry = self.id.symbol().split('-').nth(2).unwrap_or_default();
                format!("{pair}:{}-{expiry}", self.settle)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_parts() {
        let id: InstrumentId = "bybit:BTC-USDT-PERP".parse().expect("an id");
        assert_eq!(
            (id.exchange(), id.symbol(), id.base(), id.quote()),
            ("bybit", "BTC-USDT-PERP", "BTC", "USDT")
        );
    }

    #[test]
    fn refuses_what_is_no_id() {
        for text in [
            "",
            "BTC-USD",
            "coinbase:",
            "coinbase:BTC",
            "coinbase:btc-usd",
            "Coinbase:BTC-USD",
            "coinbase:BTC--USD",
            "coinbase:BTC-USD-PERP-X",
            "coinbase:BTC-<script>",
            "coinbase:BTC-USD\"",
            "coinbase:BTC-USD,side=buy",
            "coinbase:../../etc",
        ] {
            assert!(text.parse::<InstrumentId>().is_err(), "{text}");
        }
        let long = format!("coinbase:{}-USD", "A".repeat(MAX_ID));
        assert!(long.parse::<InstrumentId>().is_err());
    }

    #[test]
    fn ccxt_symbols_follow_the_kind() {
        for (id, expected) in [
            ("coinbase:BTC-USD", "BTC/USD"),
            ("bybit:BTC-USDT-PERP", "BTC/USDT:USDT"),
            ("okx:BTC-USD-261225", "BTC/USD:USD-261225"),
        ] {
            let instrument =
                Instrument::undescribed(id.parse().expect("an id"), Precision::default());
            assert_eq!(instrument.ccxt_symbol(), expected);
        }
    }
}

//! Pieces of JSON that Coinbase's interfaces share: decimals as text, price levels, times.
//!
//! Everything borrows from the frame, and levels are read straight into the vectors that travel
//! on, so that a frame costs one allocation for each side of the book that it changes.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, de};
use tradesuite_core::model::{Decimal, VenueLevel};

use crate::server::exchange::shorten;

/// A decimal that is not negative, as text: `"0.7900"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits(pub Decimal);

/// [`Digits`], or the empty text that the venue sends for "none".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MaybeDigits(pub Option<Decimal>);

/// Levels as `[["price", "size"], …]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(pub Vec<VenueLevel>);

/// Changes as `[["buy or sell", "price", "size"], …]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Changed bids in the order sent.
    pub bids: Vec<VenueLevel>,
    /// Changed asks in the order sent.
    pub asks: Vec<VenueLevel>,
}

/// Which half of the book a level lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookSide {
    /// Buy orders.
    Bid,
    /// Sell orders.
    Ask,
}

/// A level, where its price is one.
pub fn level<E: de::Error>(price: Digits, quantity: Digits) -> Result<VenueLevel, E> {
    if price.0.mantissa == 0 {
        return Err(E::custom("a level at price 0"));
    }
    Ok((price.0, quantity.0))
}

fn parse_digits<E: de::Error>(text: &str) -> Result<Decimal, E> {
    match Decimal::parse(text) {
        Ok(value) if value.mantissa >= 0 => Ok(value),
        Ok(_) => Err(E::invalid_value(
            Unexpected::Str(shorten(text)),
            &"a decimal that is not negative",
        )),
        Err(error) => Err(E::custom(format_args!("{:?}: {error}", shorten(text)))),
    }
}

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Digits;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Digits, E> {
                parse_digits(text).map(Digits)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for MaybeDigits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = MaybeDigits;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal as text, or nothing")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<MaybeDigits, E> {
                if text.is_empty() {
                    Ok(MaybeDigits(None))
                } else {
                    parse_digits(text).map(|value| MaybeDigits(Some(value)))
                }
            }

            fn visit_unit<E: de::Error>(self) -> Result<MaybeDigits, E> {
                Ok(MaybeDigits(None))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

impl<'de> Deserialize<'de> for BookSide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = BookSide;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("buy, sell, bid, offer or ask")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<BookSide, E> {
                match text {
                    "buy" | "bid" => Ok(BookSide::Bid),
                    "sell" | "offer" | "ask" => Ok(BookSide::Ask),
                    _ => Err(E::invalid_value(Unexpected::Str(shorten(text)), &self)),
                }
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Levels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("levels as [price, size]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Levels, A::Error> {
                let mut levels = Vec::new();
                while let Some((price, size)) = rows.next_element::<(Digits, Digits)>()? {
                    levels.push(level(price, size)?);
                }
                Ok(Levels(levels))
            }
        }
        deserializer.deserialize_seq(Pairs)
    }
}

impl<'de> Deserialize<'de> for Changes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Triples;
        impl<'de> Visitor<'de> for Triples {
            type Value = Changes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("changes as [side, price, size]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Changes, A::Error> {
                let mut changes = Changes::default();
                while let Some((side, price, size)) =
                    rows.next_element::<(BookSide, Digits, Digits)>()?
                {
                    let level = level(price, size)?;
                    match side {
                        BookSide::Bid => changes.bids.push(level),
                        BookSide::Ask => changes.asks.push(level),
                    }
                }
                Ok(changes)
            }
        }
        deserializer.deserialize_seq(Triples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_changes_of_both_sides_in_order() {
        let text = r#"[["buy","0.7900","10"],["sell","0.7923","7441.5"],["buy","0.78","0"]]"#;
        let changes: Changes = serde_json::from_str(text).expect("changes");
        let decimal = |text: &str| Decimal::parse(text).expect("a decimal");
        assert_eq!(
            changes.bids,
            [
                (decimal("0.7900"), decimal("10")),
                (decimal("0.78"), decimal("0"))
            ]
        );
        assert_eq!(changes.asks, [(decimal("0.7923"), decimal("7441.5"))]);
    }

    #[test]
    fn refuses_levels_that_no_book_has() {
        for text in [
            r#"[["0","1"]]"#,
            r#"[["-1","1"]]"#,
            r#"[["1","-1"]]"#,
            r#"[["1"]]"#,
            r#"[["1","2","3"]]"#,
            r#"[[1,2]]"#,
            r#"[["1","NaN"]]"#,
            r#"[["123456789012345678901","1"]]"#,
        ] {
            assert!(serde_json::from_str::<Levels>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_empty_text_is_no_number() {
        let read = |text| serde_json::from_str::<MaybeDigits>(text).map(|digits| digits.0);
        assert!(matches!(read(r#""""#), Ok(None)));
        assert!(matches!(read("null"), Ok(None)));
        assert!(matches!(read(r#""0.5""#), Ok(Some(_))));
        assert!(read("0.5").is_err());
    }
}

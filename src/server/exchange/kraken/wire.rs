//! Pieces of JSON that Kraken's interfaces share: decimals as text or as bare numbers, levels,
//! REST's envelope.
//!
//! WebSocket v2 writes prices and quantities as JSON numbers with all their decimals. They are
//! taken as text: the checksum is over these digits, and no price goes through floating point.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tradesuite_core::model::{Decimal, VenueLevel};

use crate::server::exchange::{DecodeError, shorten};

/// A decimal that is not negative, bare (`63004.90`) or as text (`"63004.90"`), trailing zeros
/// kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits(pub Decimal);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = raw
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(raw);
        match Decimal::parse(text) {
            Ok(value) if value.mantissa >= 0 => Ok(Self(value)),
            Ok(_) => Err(de::Error::custom(format_args!("{text} is negative"))),
            Err(error) => Err(de::Error::custom(format_args!(
                "{:?}: {error}",
                shorten(text)
            ))),
        }
    }
}

/// Levels as `[{"price":63004.9,"qty":0.01876947}, …]`, and the decimals they are written with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// In the order sent.
    pub levels: Vec<VenueLevel>,
    /// Decimals of the prices, the most that one has; `None` where there is none.
    pub price_decimals: Option<u8>,
    /// The same of the quantities. Those of a deletion do not count: a bare 0 has no decimals.
    pub quantity_decimals: Option<u8>,
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Row {
            price: Digits,
            qty: Digits,
        }
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Levels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("levels of price and qty")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Levels, A::Error> {
                let mut all = Levels::default();
                while let Some(Row { price, qty }) = rows.next_element()? {
                    if price.0.mantissa == 0 {
                        return Err(de::Error::custom("a level at price 0"));
                    }
                    all.price_decimals = all.price_decimals.max(Some(price.0.scale));
                    if qty.0.mantissa != 0 {
                        all.quantity_decimals = all.quantity_decimals.max(Some(qty.0.scale));
                    }
                    all.levels.push((price.0, qty.0));
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(Rows)
    }
}

/// How errors begin that pass by themselves. They come with status 200 like every other.
///
/// <https://docs.kraken.com/api/docs/guides/spot-errors>
const UNWELL: [&str; 3] = [
    "EService:",
    "EGeneral:Internal error",
    "EGeneral:Temporary lockout",
];

/// What REST answers.
///
/// ```json
/// {"error":[],"result":{…}}
/// {"error":["EQuery:Unknown asset pair"]}
/// ```
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    error: Vec<String>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

/// The result of an answer, still as text.
///
/// # Errors
/// [`DecodeError`] with the venue's words where it has none.
pub fn result(body: &[u8]) -> Result<&RawValue, DecodeError> {
    let envelope: Envelope<'_> = serde_json::from_slice(body)?;
    let words = || shorten(&envelope.error.join(", ")).to_owned();
    let told_to_wait = |word: &String| word.contains("limit exceeded") || word.contains("Too many");
    let is_unwell = |word: &String| UNWELL.iter().any(|unwell| word.starts_with(unwell));
    match envelope.result {
        Some(result) if envelope.error.is_empty() => Ok(result),
        _ if envelope.error.iter().any(told_to_wait) => Err(DecodeError::RateLimited(words())),
        _ if envelope.error.iter().any(is_unwell) => Err(DecodeError::Unwell(words())),
        _ if !envelope.error.is_empty() => Err(DecodeError::Venue(words())),
        _ => Err(DecodeError::Field {
            field: "result",
            reason: "missing".to_owned(),
        }),
    }
}

/// The rows of a result that has one pair's list beside `last`: `{"XXBTZUSD":[…],"last":…}`.
pub struct RowsOf<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for RowsOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = RowsOf<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pair's rows")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<RowsOf<T>, A::Error> {
                let mut rows = None;
                while let Some(name) = pairs.next_key::<String>()? {
                    if name == "last" {
                        pairs.next_value::<de::IgnoredAny>()?;
                    } else {
                        rows = Some(pairs.next_value::<Vec<T>>()?);
                    }
                }
                rows.map(RowsOf)
                    .ok_or_else(|| de::Error::missing_field("the pair"))
            }
        }
        deserializer.deserialize_map(Pairs(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_they_were_sent_with() {
        let read = |text: &str| serde_json::from_str::<Digits>(text).map(|digits| digits.0);
        let decimal = |mantissa, scale| Decimal { mantissa, scale };
        for (text, expected) in [
            ("63005.0", decimal(630_050, 1)),
            ("0.00005100", decimal(5_100, 8)),
            ("\"0.79\"", decimal(79, 2)),
            ("5.1e-05", decimal(51, 6)),
            ("0.00000000", decimal(0, 8)),
        ] {
            assert_eq!(read(text).expect("digits"), expected, "{text}");
        }
        for text in [
            "-1",
            "null",
            "true",
            "\"\"",
            "[1]",
            "1234567890123456789012",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let said = |body: &str| result(body.as_bytes()).expect_err("a refusal");
        assert!(matches!(
            said(r#"{"error":["EQuery:Unknown asset pair"]}"#),
            DecodeError::Venue(words) if words == "EQuery:Unknown asset pair"
        ));
        for words in ["EGeneral:Too many requests", "EAPI:Rate limit exceeded"] {
            let body = format!(r#"{{"error":["{words}"]}}"#);
            assert!(
                matches!(said(&body), DecodeError::RateLimited(_)),
                "{words}"
            );
        }
        for words in [
            "EService:Unavailable",
            "EService:Busy",
            "EGeneral:Internal error",
            "EGeneral:Temporary lockout",
        ] {
            let body = format!(r#"{{"error":["{words}"]}}"#);
            assert!(
                matches!(said(&body), DecodeError::Unwell(said) if said == words),
                "{words}"
            );
        }
        assert!(matches!(
            said(r#"{"error":["EGeneral:Invalid arguments"]}"#),
            DecodeError::Venue(_)
        ));
        assert!(matches!(said(r#"{"error":[]}"#), DecodeError::Field { .. }));
        assert!(matches!(said("<html>"), DecodeError::Json(_)));
    }
}

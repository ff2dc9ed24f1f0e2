//! Exact numbers as JSON writes them: digits without trailing zeros, never in scientific form.

use std::io::{Cursor, Write as _};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::{Notional, Price, Quantity, Volume};

/// How JSON carries prices and quantities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberStyle {
    /// `64213.55`
    #[default]
    Number,
    /// `"64213.55"`, for readers whose JSON numbers are floats.
    Text,
}

/// `mantissa` × 10^−`decimals`, to be written as JSON in the chosen style. Other formats than JSON
/// are not served: they carry integers and say the decimals once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    mantissa: i128,
    decimals: u8,
    style: NumberStyle,
}

impl Number {
    /// A sum or any other count of 10^−`decimals`; at most 36 decimals.
    #[must_use]
    pub fn new(mantissa: i128, decimals: u8, style: NumberStyle) -> Self {
        Self {
            mantissa,
            decimals,
            style,
        }
    }

    /// A price at its instrument's decimals.
    #[must_use]
    pub fn price(price: Price, decimals: u8, style: NumberStyle) -> Self {
        Self::new(price.0.into(), decimals, style)
    }

    /// A quantity at its instrument's decimals.
    #[must_use]
    pub fn quantity(quantity: Quantity, decimals: u8, style: NumberStyle) -> Self {
        Self::new(quantity.0.into(), decimals, style)
    }

    /// A sum of quantities at the instrument's decimals.
    #[must_use]
    pub fn volume(volume: Volume, decimals: u8, style: NumberStyle) -> Self {
        Self::new(volume.0, decimals, style)
    }

    /// A sum of price × quantity at [`crate::model::Precision::notional`] decimals.
    #[must_use]
    pub fn notional(notional: Notional, decimals: u8, style: NumberStyle) -> Self {
        Self::new(notional.0, decimals, style)
    }

    /// Calls `take` with the digits; they are written to the stack.
    fn with_text<T>(self, take: impl FnOnce(&str) -> T) -> Option<T> {
        // Sign, point and the 39 digits of an i128, or 36 decimals and a leading zero.
        let mut buffer = Cursor::new([0_u8; 48]);
        write!(buffer, "{}", Volume(self.mantissa).display(self.decimals)).ok()?;
        let end = usize::try_from(buffer.position()).ok()?;
        let mut text = std::str::from_utf8(&buffer.get_ref()[..end]).ok()?;
        if self.decimals > 0 {
            text = text.trim_end_matches('0').trim_end_matches('.');
        }
        Some(take(text))
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.with_text(|text| f.write_str(text))
            .unwrap_or(Err(std::fmt::Error))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| match self.style {
            NumberStyle::Text => serializer.serialize_str(text),
            NumberStyle::Number => serde_json::from_str::<&RawValue>(text)
                .map_err(S::Error::custom)?
                .serialize(serializer),
        })
        .unwrap_or_else(|| Err(S::Error::custom("more than 36 decimals")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_exactly() {
        for (mantissa, decimals, expected) in [
            (6_421_350, 2, "64213.5"),
            (6_421_300, 2, "64213"),
            (100, 0, "100"),
            (0, 8, "0"),
            (1, 18, "0.000000000000000001"),
            (-1_284, 2, "-12.84"),
            (i128::MIN, 36, "-170.141183460469231731687303715884105728"),
            (i128::MAX, 0, "170141183460469231731687303715884105727"),
        ] {
            let number = |style| Number::new(mantissa, decimals, style);
            let json = serde_json::to_string(&number(NumberStyle::Number)).expect("json");
            assert_eq!(json, expected);
            let json = serde_json::to_string(&number(NumberStyle::Text)).expect("json");
            assert_eq!(json, format!("\"{expected}\""));
            assert_eq!(number(NumberStyle::Text).to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn digits_read_back_as_the_same_value(mantissa in -i64::MAX..i64::MAX, decimals in 0..=18_u8) {
            let text = Number::new(mantissa.into(), decimals, NumberStyle::Number).to_string();
            let read = crate::model::Decimal::parse(&text).expect("a decimal");
            prop_assert_eq!(read.mantissa_at(decimals), Some(mantissa));
        }
    }
}

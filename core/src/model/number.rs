//! Prices, quantities and their sums as exact integer counts of 10^−decimals.
//!
//! The decimals are not in the number but in the [`Precision`] of its instrument, so that a book
//! level is sixteen bytes and comparing prices is comparing integers. Numbers of different
//! precision never meet: widening a precision rescales all that is held
//! ([`Precision::widened`], [`Price::rescaled`]).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::decimal::{Decimal, power_of_ten, write_scaled};

/// A value that an exact number of this kind cannot hold. It is reported, never rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NumberError {
    /// More decimals than the instrument's precision: the precision has to be widened first.
    #[error("{value} has more than {decimals} decimals")]
    TooFine {
        /// The value as it was written.
        value: Decimal,
        /// Decimals of the instrument.
        decimals: u8,
    },
    /// Beyond the range of the integer behind it.
    #[error("{value} does not fit at {decimals} decimals")]
    TooLarge {
        /// The value as it was written.
        value: Decimal,
        /// Decimals of the instrument.
        decimals: u8,
    },
}

/// Decimals of an instrument's prices and quantities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Precision {
    /// Decimals of a price, quote currency per base unit.
    pub price: u8,
    /// Decimals of a quantity, base units (contracts for derivatives).
    pub quantity: u8,
}

impl Precision {
    /// The finest of both, field by field.
    #[must_use]
    pub fn widened(self, other: Self) -> Self {
        Self {
            price: self.price.max(other.price),
            quantity: self.quantity.max(other.quantity),
        }
    }

    /// What a written price and quantity need to be kept exactly.
    #[must_use]
    pub fn of(price: Decimal, quantity: Decimal) -> Self {
        Self {
            price: price.normalized().scale,
            quantity: quantity.normalized().scale,
        }
    }

    /// Decimals of price × quantity.
    #[must_use]
    pub fn notional(self) -> u8 {
        self.price + self.quantity
    }
}

macro_rules! exact_count {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// Takes a written value over at the instrument's decimals.
            ///
            /// # Errors
            /// [`NumberError`] where digits would be lost or do not fit.
            pub fn from_decimal(value: Decimal, decimals: u8) -> Result<Self, NumberError> {
                value.mantissa_at(decimals).map(Self).ok_or({
                    if value.normalized().scale > decimals {
                        NumberError::TooFine { value, decimals }
                    } else {
                        NumberError::TooLarge { value, decimals }
                    }
                })
            }

            /// The number with its decimals, for printing and for the wire.
            #[must_use]
            pub fn to_decimal(self, decimals: u8) -> Decimal {
                Decimal { mantissa: self.0, scale: decimals }
            }

            /// The nearest float, for drawing and statistics only.
            #[must_use]
            pub fn to_f64(self, decimals: u8) -> f64 {
                self.to_decimal(decimals).to_f64()
            }

            /// The same value after its instrument's precision went from `from` to `to` decimals;
            /// `None` where it does not fit or would lose digits.
            #[must_use]
            pub fn rescaled(self, from: u8, to: u8) -> Option<Self> {
                self.to_decimal(from).mantissa_at(to).map(Self)
            }

            /// Whether nothing is there.
            #[must_use]
            pub fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

exact_count! {
    /// Quote currency per base unit, as a count of 10^−[`Precision::price`].
    Price
}
exact_count! {
    /// Base units (contracts for derivatives), as a count of 10^−[`Precision::quantity`].
    Quantity
}

macro_rules! exact_sum {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i128);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// Prints the sum exactly, with `decimals` decimals.
            #[must_use]
            pub fn display(self, decimals: u8) -> impl fmt::Display {
                Scaled { mantissa: self.0, decimals }
            }

            /// The nearest float, for drawing and statistics only.
            #[must_use]
            pub fn to_f64(self, decimals: u8) -> f64 {
                self.0 as f64 / 10_f64.powi(i32::from(decimals))
            }

            /// The same sum after a widening from `from` to `to` decimals; `None` where it does
            /// not fit or would lose digits.
            #[must_use]
            pub fn rescaled(self, from: u8, to: u8) -> Option<Self> {
                if to >= from {
                    let factor = 10_i128.checked_pow(u32::from(to - from))?;
                    self.0.checked_mul(factor).map(Self)
                } else {
                    let factor = 10_i128.checked_pow(u32::from(from - to))?;
                    (self.0 % factor == 0).then(|| Self(self.0 / factor))
                }
            }
        }

        impl std::ops::AddAssign for $name {
            /// Sums of 64-bit counts: 2^63 of the largest would be needed to leave 127 bits.
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl std::ops::SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize_sum(self.0, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(SumVisitor).map(Self)
            }
        }
    };
}

exact_sum! {
    /// A sum of [`Quantity`], at the same decimals.
    Volume
}
exact_sum! {
    /// A sum of price × quantity, at [`Precision::notional`] decimals.
    Notional
}

impl From<Quantity> for Volume {
    fn from(quantity: Quantity) -> Self {
        Self(i128::from(quantity.0))
    }
}

impl Price {
    /// Price × quantity, exact.
    #[must_use]
    pub fn notional(self, quantity: Quantity) -> Notional {
        Notional(i128::from(self.0) * i128::from(quantity.0))
    }

    /// Multiplies the mantissa up when a precision widens by `digits`.
    #[must_use]
    pub fn widened_by(self, digits: u8) -> Option<Self> {
        power_of_ten(digits)
            .and_then(|factor| self.0.checked_mul(factor))
            .map(Self)
    }
}

struct Scaled {
    mantissa: i128,
    decimals: u8,
}

impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, self.mantissa, self.decimals)
    }
}

/// A sum travels as an integer where 64 bits hold it, else as its digits in a string.
fn serialize_sum<S: Serializer>(value: i128, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(value) {
        Ok(small) => serializer.serialize_i64(small),
        Err(_) => serializer.collect_str(&value),
    }
}

struct SumVisitor;

impl de::Visitor<'_> for SumVisitor {
    type Value = i128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer, or its digits as a string")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i128, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i128, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i128, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_written_values_over_exactly() {
        let value = Decimal::parse("0.7911").expect("a decimal");
        assert_eq!(Price::from_decimal(value, 4), Ok(Price(7911)));
        assert_eq!(Price::from_decimal(value, 6), Ok(Price(791_100)));
        assert_eq!(
            Price::from_decimal(value, 3),
            Err(NumberError::TooFine { value, decimals: 3 })
        );
        let huge = Decimal::parse("9223372036854775807").expect("a decimal");
        assert_eq!(
            Quantity::from_decimal(huge, 1),
            Err(NumberError::TooLarge {
                value: huge,
                decimals: 1
            })
        );
    }

    #[test]
    fn notional_is_exact_where_64_bits_are_not_enough() {
        let notional = Price(i64::MAX).notional(Quantity(i64::MAX));
        assert_eq!(notional.0, i128::from(i64::MAX) * i128::from(i64::MAX));
    }

    #[test]
    fn sums_print_with_their_decimals() {
        assert_eq!(Volume(-1_284).display(2).to_string(), "-12.84");
        assert_eq!(Volume(5).display(3).to_string(), "0.005");
    }

    proptest! {
        #[test]
        fn sums_travel_through_json_and_msgpack(value in any::<i128>()) {
            let sum = Volume(value);
            let json = serde_json::to_string(&sum).expect("json");
            prop_assert_eq!(serde_json::from_str::<Volume>(&json).expect("json"), sum);
            let packed = rmp_serde::to_vec(&sum).expect("msgpack");
            prop_assert_eq!(rmp_serde::from_slice::<Volume>(&packed).expect("msgpack"), sum);
        }
    }
}

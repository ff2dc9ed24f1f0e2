//! What an operand is worth at a moment: a price stays exact, a statistic is a float.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::alert::Direction;
use crate::model::{Decimal, MAX_SCALE, Precision, Price};

/// A value. Two exact ones are compared exactly; a float is never not a number. Written as text
/// where it is exact, else as a number.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// Digit by digit.
    Exact(Decimal),
    /// A statistic.
    Real(f64),
}

impl Value {
    /// A float that is a number, or nothing.
    #[must_use]
    pub fn real(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Real(value))
    }

    /// A price, to its last digit.
    #[must_use]
    pub fn of_price(price: Price, precision: Precision) -> Self {
        Self::Exact(price.to_decimal(precision.price))
    }

    /// A sum of quantities, exact where 64 bits hold it.
    #[must_use]
    pub fn of_sum(sum: i128, decimals: u8) -> Option<Self> {
        match i64::try_from(sum) {
            Ok(mantissa) if decimals <= MAX_SCALE => Some(Self::Exact(Decimal {
                mantissa,
                scale: decimals,
            })),
            _ => Self::real(sum as f64 / 10_f64.powi(i32::from(decimals))),
        }
    }

    /// The nearest float.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Exact(value) => value.to_f64(),
            Self::Real(value) => value,
        }
    }

    /// Which is larger. No value is without a place, as none is not a number.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        let exact = match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => {
                let [a, b] = aligned(a, b);
                Some(a.cmp(&b))
            }
            _ => None,
        };
        exact.unwrap_or_else(|| (self.to_f64() + 0.0).total_cmp(&(other.to_f64() + 0.0)))
    }

    /// Whether it lies at least this many percent of `base` to that side of `base`.
    #[must_use]
    pub fn has_moved(self, base: Self, direction: Direction, percent: Decimal) -> bool {
        let sign = match direction {
            Direction::Up => 1,
            Direction::Down => -1,
        };
        let exact = match (self, base) {
            (Self::Exact(value), Self::Exact(base)) => moved(value, base, sign, percent),
            _ => None,
        };
        exact.unwrap_or_else(|| {
            let (value, base) = (self.to_f64(), base.to_f64());
            let far = f64::from(sign) * (value - base) * 100.0;
            far > 0.0 && far >= percent.to_f64() * base.abs()
        })
    }
}

/// Both at the finer of their scales: 63 bits and 18 decimals fit into 127.
fn aligned(a: Decimal, b: Decimal) -> [i128; 2] {
    let scale = a.scale.max(b.scale);
    [a, b].map(|value| {
        let factor = 10_i128.pow(u32::from(scale - value.scale));
        i128::from(value.mantissa) * factor
    })
}

/// `None` where the products do not fit.
fn moved(value: Decimal, base: Decimal, sign: i32, percent: Decimal) -> Option<bool> {
    let [value, base] = aligned(value, base);
    let hundred = 10_i128.checked_pow(u32::from(percent.scale) + 2)?;
    let far = (value - base) * i128::from(sign);
    let far_enough = base.abs().checked_mul(i128::from(percent.mantissa))?;
    Some(far > 0 && far.checked_mul(hundred)? >= far_enough)
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(value) => serializer.collect_str(value),
            Self::Real(value) => serializer.serialize_f64(*value),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(f64),
        }
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Decimal::parse(&text)
                .map(Self::Exact)
                .map_err(de::Error::custom),
            Written::Number(value) => {
                Self::real(value).ok_or_else(|| de::Error::custom("not a number"))
            }
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Ordering::Equal
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(value) => write!(f, "{}", value.normalized()),
            // Six digits that count say what a statistic says.
            Self::Real(value) if *value == 0.0 => write!(f, "0"),
            Self::Real(value) => {
                let digits = 5 - value.abs().log10().floor().clamp(-12.0, 5.0) as i32;
                let text = format!("{value:.*}", usize::try_from(digits).unwrap_or(0));
                match text.contains('.') {
                    true => f.write_str(text.trim_end_matches('0').trim_end_matches('.')),
                    false => f.write_str(&text),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Value {
        Value::Exact(Decimal::parse(text).expect("a decimal"))
    }

    #[test]
    fn prices_are_compared_digit_by_digit() {
        for (a, b, expected) in [
            ("1.0", "1", Ordering::Equal),
            // Both of these are the same float.
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("-0.000000000000000001", "0", Ordering::Less),
            (
                "9223372036854775807",
                "0.000000000000000001",
                Ordering::Greater,
            ),
        ] {
            assert_eq!(exact(a).compare(exact(b)), expected, "{a} {b}");
        }
        assert_eq!(exact("2.5").compare(Value::Real(2.5)), Ordering::Equal);
        assert_eq!(Value::Real(0.0), Value::Real(-0.0));
        assert!(Value::real(f64::NAN).is_none() && Value::real(f64::INFINITY).is_none());
    }

    #[test]
    fn a_move_of_two_percent_is_exactly_that() {
        let two = Decimal::parse("2").expect("a decimal");
        for (value, base, up, down) in [
            ("102", "100", true, false),
            ("101.99", "100", false, false),
            ("0.102", "0.1", true, false),
            ("98", "100", false, true),
            ("100", "100", false, false),
            ("0", "0", false, false),
            ("-98", "-100", true, false),
        ] {
            let (value, base) = (exact(value), exact(base));
            assert_eq!(
                value.has_moved(base, Direction::Up, two),
                up,
                "{value} {base}"
            );
            assert_eq!(
                value.has_moved(base, Direction::Down, two),
                down,
                "{value} {base}"
            );
        }
    }

    #[test]
    fn values_travel_as_they_are() {
        for (value, json) in [
            (exact("65000.50"), "\"65000.50\""),
            (Value::Real(0.1), "0.1"),
            (Value::Real(3.0), "3.0"),
        ] {
            assert_eq!(serde_json::to_string(&value).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<Value>(json).expect("a value"), value);
            let packed = rmp_serde::to_vec(&value).expect("MsgPack");
            assert_eq!(
                rmp_serde::from_slice::<Value>(&packed).expect("a value"),
                value
            );
        }
        assert!(serde_json::from_str::<Value>("\"NaN\"").is_err());
    }

    #[test]
    fn values_are_written_with_the_digits_that_count() {
        for (value, expected) in [
            (exact("65000.50"), "65000.5"),
            (Value::Real(3.456_789_1), "3.45679"),
            (Value::Real(0.000_123_456_78), "0.000123457"),
            (Value::Real(1_234_567.8), "1234568"),
            (Value::Real(-12.0), "-12"),
            (Value::Real(0.0), "0"),
        ] {
            assert_eq!(value.to_string(), expected);
        }
    }
}

//! A decimal exactly as it was written: digits and the place of the point, trailing zeros kept.
//!
//! Venues send prices as text, and some of them prove their books over that very text. A
//! [`Decimal`] therefore keeps `"0.7900"` apart from `"0.79"` in its [`Decimal::scale`], while
//! comparing them as equal numbers is the caller's choice through [`Decimal::normalized`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Largest number of decimals that is accepted; 10^18 is the largest power of ten in an `i64`.
pub const MAX_SCALE: u8 = 18;

/// `mantissa` × 10^−`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decimal {
    /// All digits without the point.
    pub mantissa: i64,
    /// Digits after the point, at most [`MAX_SCALE`].
    pub scale: u8,
}

/// Why a text is not a decimal that can be kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Nothing there, or no digit in it.
    #[error("no digits")]
    Empty,
    /// A character that no decimal has.
    #[error("unexpected character at byte {0}")]
    Unexpected(usize),
    /// More digits than 64 bits hold. Never rounded.
    #[error("too many digits to be kept exactly")]
    TooLong,
}

impl Decimal {
    /// Zero without decimals.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// Reads plain (`-12.50`) and scientific (`4.3e-7`, sent by some venues for dust) notation.
    ///
    /// # Errors
    /// [`DecimalError`] for anything else, and for values that would have to be rounded.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let bytes = text.as_bytes();
        let (negative, mut at) = match bytes.first() {
            Some(b'-') => (true, 1),
            Some(_) => (false, 0),
            None => return Err(DecimalError::Empty),
        };
        let mut mantissa: i64 = 0;
        let mut scale: i32 = 0;
        let mut digits = 0_u32;
        let mut after_point = false;
        let mut exponent: i32 = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => {
                    mantissa = mantissa
                        .checked_mul(10)
                        .and_then(|value| value.checked_add(i64::from(byte - b'0')))
                        .ok_or(DecimalError::TooLong)?;
                    digits += 1;
                    scale += i32::from(after_point);
                }
                b'.' if !after_point && digits > 0 => after_point = true,
                b'e' | b'E' if digits > 0 => {
                    exponent = text[at + 1..]
                        .parse::<i16>()
                        .map_err(|_| DecimalError::Unexpected(at + 1))?
                        .into();
                    break;
                }
                _ => return Err(DecimalError::Unexpected(at)),
            }
            at += 1;
        }
        if digits == 0 {
            return Err(DecimalError::Empty);
        }
        if negative {
            mantissa = -mantissa;
        }
        Self::with_exponent(mantissa, scale - exponent)
    }

    /// `mantissa` × 10^−`scale` where the scale may be negative or too large but reducible.
    fn with_exponent(mut mantissa: i64, mut scale: i32) -> Result<Self, DecimalError> {
        if mantissa == 0 {
            let scale = u8::try_from(scale.clamp(0, i32::from(MAX_SCALE))).unwrap_or(0);
            return Ok(Self { mantissa, scale });
        }
        while scale < 0 {
            mantissa = mantissa.checked_mul(10).ok_or(DecimalError::TooLong)?;
            scale += 1;
        }
        while scale > i32::from(MAX_SCALE) && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        match u8::try_from(scale) {
            Ok(scale) if scale <= MAX_SCALE => Ok(Self { mantissa, scale }),
            _ => Err(DecimalError::TooLong),
        }
    }

    /// The mantissa at another number of decimals, `None` where digits would be lost or overflow.
    #[must_use]
    pub fn mantissa_at(self, scale: u8) -> Option<i64> {
        if scale >= self.scale {
            let factor = power_of_ten(scale - self.scale)?;
            self.mantissa.checked_mul(factor)
        } else {
            let factor = power_of_ten(self.scale - scale)?;
            (self.mantissa % factor == 0).then(|| self.mantissa / factor)
        }
    }

    /// The same value without trailing zeros after the point.
    #[must_use]
    pub fn normalized(self) -> Self {
        let mut value = self;
        while value.scale > 0 && value.mantissa % 10 == 0 {
            value.mantissa /= 10;
            value.scale -= 1;
        }
        value
    }

    /// The nearest float, for drawing and statistics only.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.mantissa as f64 / 10_f64.powi(i32::from(self.scale))
    }
}

/// 10^`exponent` where it fits.
#[must_use]
pub(crate) fn power_of_ten(exponent: u8) -> Option<i64> {
    10_i64.checked_pow(u32::from(exponent))
}

/// Writes `mantissa` × 10^−`scale` in plain notation with exactly `scale` decimals.
pub(crate) fn write_scaled(f: &mut fmt::Formatter<'_>, mantissa: i128, scale: u8) -> fmt::Result {
    if scale == 0 {
        return write!(f, "{mantissa}");
    }
    let factor = 10_u128.pow(u32::from(scale));
    let magnitude = mantissa.unsigned_abs();
    let sign = if mantissa < 0 { "-" } else { "" };
    write!(
        f,
        "{sign}{}.{:0width$}",
        magnitude / factor,
        magnitude % factor,
        width = usize::from(scale)
    )
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, i128::from(self.mantissa), self.scale)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(mantissa: i64, scale: u8) -> Decimal {
        Decimal { mantissa, scale }
    }

    #[test]
    fn reads_what_venues_send() {
        for (text, expected) in [
            ("0", decimal(0, 0)),
            ("0.00000000", decimal(0, 8)),
            ("64213.55", decimal(6_421_355, 2)),
            ("0.7900", decimal(7900, 4)),
            ("-3.5", decimal(-35, 1)),
            ("7.", decimal(7, 0)),
            ("4.3e-7", decimal(43, 8)),
            ("1E+3", decimal(1000, 0)),
            ("0e-30", decimal(0, 18)),
        ] {
            assert_eq!(Decimal::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_keep() {
        for (text, expected) in [
            ("", DecimalError::Empty),
            ("-", DecimalError::Empty),
            (".5", DecimalError::Unexpected(0)),
            ("1.2.3", DecimalError::Unexpected(3)),
            ("1,5", DecimalError::Unexpected(1)),
            ("NaN", DecimalError::Unexpected(0)),
            ("1e", DecimalError::Unexpected(2)),
            ("9223372036854775808", DecimalError::TooLong),
            ("1e19", DecimalError::TooLong),
            ("1e-19", DecimalError::TooLong),
        ] {
            assert_eq!(Decimal::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn rescales_only_without_loss() {
        assert_eq!(decimal(7900, 4).mantissa_at(2), Some(79));
        assert_eq!(decimal(7901, 4).mantissa_at(2), None);
        assert_eq!(decimal(79, 2).mantissa_at(8), Some(79_000_000));
        assert_eq!(decimal(i64::MAX, 0).mantissa_at(1), None);
    }

    proptest! {
        #[test]
        fn printing_then_reading_is_identity(mantissa in any::<i64>().prop_filter("min has no positive", |m| *m != i64::MIN), scale in 0..=MAX_SCALE) {
            let value = decimal(mantissa, scale);
            prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = Decimal::parse(&text);
        }
    }
}

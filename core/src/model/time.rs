//! Instants. Events carry nanoseconds, interfaces milliseconds; both count from 1970-01-01 UTC.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::civil::{CivilDate, CivilTime};
use super::decimal::Decimal;

const NS_PER_MS: i64 = 1_000_000;
const NS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// Decimals of a second that are kept.
const NS_DECIMALS: u8 = 9;

/// An instant in nanoseconds since 1970-01-01 UTC, from 1677 to 2262.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixNs(pub i64);

/// An instant in milliseconds since 1970-01-01 UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

/// A text that is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a time: Unix milliseconds or RFC 3339, such as 2026-11-23T13:57:42Z, are")]
pub struct TimeError;

impl UnixNs {
    /// Reads RFC 3339 (`2021-04-17T16:43:41.002916Z`, any offset, up to nine decimals).
    ///
    /// # Errors
    /// [`TimeError`] for anything else, and outside the years that nanoseconds reach.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let bytes = text.as_bytes();
        if bytes.len() < 20 || !separators_stand(bytes) {
            return Err(TimeError);
        }
        let date = CivilDate {
            year: digits(bytes, 0, 4)? as i32,
            month: digits(bytes, 5, 2)? as u8,
            day: digits(bytes, 8, 2)? as u8,
        };
        let (hour, minute, second) = (
            digits(bytes, 11, 2)?,
            digits(bytes, 14, 2)?,
            digits(bytes, 17, 2)?,
        );
        if !date.is_valid() || hour > 23 || minute > 59 || second > 60 {
            return Err(TimeError);
        }
        let (fraction_ns, zone_at) = fraction(bytes)?;
        let seconds = date.to_days() * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second
            - offset_seconds(&bytes[zone_at..])?;
        seconds
            .checked_mul(NS_PER_SECOND)
            .and_then(|ns| ns.checked_add(fraction_ns))
            .map(Self)
            .ok_or(TimeError)
    }

    /// Reads Unix seconds with decimals, which were floating point somewhere: what is finer than
    /// nanoseconds is cut.
    ///
    /// # Errors
    /// [`TimeError`] for anything else, before 1970, and outside the years that nanoseconds reach.
    pub fn parse_seconds(text: &str) -> Result<Self, TimeError> {
        let value = Decimal::parse(text).map_err(|_| TimeError)?;
        let ns = if value.scale <= NS_DECIMALS {
            value.mantissa_at(NS_DECIMALS)
        } else {
            let finer = u32::from(value.scale - NS_DECIMALS);
            10_i64
                .checked_pow(finer)
                .map(|factor| value.mantissa / factor)
        };
        ns.filter(|ns| *ns >= 0).map(Self).ok_or(TimeError)
    }

    /// The millisecond it lies in.
    #[must_use]
    pub fn to_ms(self) -> UnixMs {
        UnixMs(self.0.div_euclid(NS_PER_MS))
    }

    /// The microsecond it lies in.
    #[must_use]
    pub fn to_us(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

impl UnixMs {
    /// The first nanosecond of it; saturates outside the years that nanoseconds reach.
    #[must_use]
    pub fn to_ns(self) -> UnixNs {
        UnixNs(self.0.saturating_mul(NS_PER_MS))
    }

    /// Reads Unix milliseconds or RFC 3339, the two forms that queries accept.
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        match text.parse::<i64>() {
            Ok(ms) => Ok(Self(ms)),
            Err(_) => UnixNs::parse_rfc3339(text).map(UnixNs::to_ms),
        }
    }

    /// Calendar day and time of day in UTC.
    #[must_use]
    pub fn civil(self) -> (CivilDate, CivilTime) {
        let seconds = self.0.div_euclid(1_000);
        (
            CivilDate::from_days(seconds.div_euclid(SECONDS_PER_DAY)),
            CivilTime::from_seconds(seconds.rem_euclid(SECONDS_PER_DAY) as u32),
        )
    }

    /// RFC 3339 in UTC, with milliseconds where there are any.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let (date, time) = self.civil();
        let mut text = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            date.year, date.month, date.day, time.hour, time.minute, time.second
        );
        let ms = self.0.rem_euclid(1_000);
        if ms != 0 {
            // Writing into a `String` cannot fail.
            let _ = write!(text, ".{ms:03}");
        }
        text.push('Z');
        text
    }
}

fn separators_stand(bytes: &[u8]) -> bool {
    bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b't' | b' ')
        && bytes[13] == b':'
        && bytes[16] == b':'
}

fn digits(bytes: &[u8], start: usize, count: usize) -> Result<i64, TimeError> {
    let mut value = 0;
    for &byte in bytes.get(start..start + count).ok_or(TimeError)? {
        if !byte.is_ascii_digit() {
            return Err(TimeError);
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Ok(value)
}

/// Nanoseconds after the second, and where the zone begins.
fn fraction(bytes: &[u8]) -> Result<(i64, usize), TimeError> {
    if bytes[19] != b'.' {
        return Ok((0, 19));
    }
    let count = bytes[20..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    if count == 0 || count > 9 {
        return Err(TimeError);
    }
    let value = digits(bytes, 20, count)?;
    Ok((value * 10_i64.pow(9 - count as u32), 20 + count))
}

/// Seconds that the written time is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Result<i64, TimeError> {
    match zone {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (digits(zone, 1, 2)?, digits(zone, 4, 2)?);
            if hours > 23 || minutes > 59 {
                return Err(TimeError);
            }
            let seconds = hours * 3_600 + minutes * 60;
            Ok(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => Err(TimeError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_forms_venues_send() {
        for (text, ns) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2021-04-17T16:43:41.002916Z", 1_618_677_821_002_916_000),
            ("2026-08-24T22:34:13.793075885Z", 1_787_610_853_793_075_885),
            ("2026-09-30T02:39:59.4104Z", 1_790_735_999_410_400_000),
            ("2026-11-23T14:57:42+01:00", 1_795_442_262_000_000_000),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
        ] {
            assert_eq!(UnixNs::parse_rfc3339(text), Ok(UnixNs(ns)), "{text}");
        }
    }

    #[test]
    fn reads_seconds_down_to_the_nanosecond() {
        for (text, ns) in [
            ("0", Some(0)),
            ("1762795433.9717445", Some(1_762_795_433_971_744_500)),
            ("1.0000000019", Some(1_000_000_001)),
            ("-1", None),
            ("", None),
            ("soon", None),
            ("9300000000", None),
        ] {
            let read = UnixNs::parse_seconds(text);
            assert_eq!(read.ok(), ns.map(UnixNs), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "2026-11-23",
            "2026-02-30T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T10:00:00",
            "2026-11-23T10:00:00.Z",
            "2026-11-23T10:00:00.1234567891Z",
            "2026-11-23T10:00:00+1:00",
            "9999-11-23T10:00:00Z",
        ] {
            assert_eq!(UnixNs::parse_rfc3339(text), Err(TimeError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_then_reading_is_identity(ms in -2_000_000_000_000_i64..4_000_000_000_000) {
            let instant = UnixMs(ms);
            prop_assert_eq!(UnixMs::parse(&instant.to_rfc3339()), Ok(instant));
            prop_assert_eq!(UnixMs::parse(&ms.to_string()), Ok(instant));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = UnixMs::parse(&text);
        }
    }
}

//! The widths of candles and which bucket an instant falls into.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::civil::CivilDate;
use super::time::UnixMs;

const MS_PER_DAY: i64 = 86_400_000;
/// 1970-01-05 was the first Monday.
const FIRST_MONDAY_MS: i64 = 4 * MS_PER_DAY;

/// Width of a candle. Buckets are aligned in UTC: weeks open on Monday, months on the 1st.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is its own name")]
pub enum Timeframe {
    S1,
    S5,
    S15,
    S30,
    M1,
    M3,
    M5,
    M15,
    M30,
    H1,
    H2,
    H4,
    H6,
    H12,
    D1,
    W1,
    Month1,
}

/// A text that names no timeframe.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown timeframe; one of {} is", names())]
pub struct TimeframeError;

const TABLE: [(Timeframe, &str, i64); 17] = [
    (Timeframe::S1, "1s", 1_000),
    (Timeframe::S5, "5s", 5_000),
    (Timeframe::S15, "15s", 15_000),
    (Timeframe::S30, "30s", 30_000),
    (Timeframe::M1, "1m", 60_000),
    (Timeframe::M3, "3m", 180_000),
    (Timeframe::M5, "5m", 300_000),
    (Timeframe::M15, "15m", 900_000),
    (Timeframe::M30, "30m", 1_800_000),
    (Timeframe::H1, "1h", 3_600_000),
    (Timeframe::H2, "2h", 7_200_000),
    (Timeframe::H4, "4h", 14_400_000),
    (Timeframe::H6, "6h", 21_600_000),
    (Timeframe::H12, "12h", 43_200_000),
    (Timeframe::D1, "1d", MS_PER_DAY),
    (Timeframe::W1, "1w", 7 * MS_PER_DAY),
    (Timeframe::Month1, "1M", 30 * MS_PER_DAY),
];

fn names() -> String {
    TABLE.map(|(_, name, _)| name).join(" ")
}

impl Timeframe {
    /// Every timeframe, finest first.
    pub const ALL: [Self; 17] = {
        let mut all = [Self::S1; 17];
        let mut at = 0;
        while at < all.len() {
            all[at] = TABLE[at].0;
            at += 1;
        }
        all
    };

    /// The ones that are stored; all others fold from these.
    pub const STORED: [Self; 4] = [Self::S1, Self::M1, Self::H1, Self::D1];

    /// The name in interfaces: `1m`, `4h`, `1M`.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// Width in milliseconds; of a month thirty days, which only estimates may use.
    #[must_use]
    pub fn nominal_ms(self) -> i64 {
        TABLE[self as usize].2
    }

    /// The stored timeframe that this one folds from (itself where it is stored).
    #[must_use]
    pub fn stored_base(self) -> Self {
        match self {
            Self::S1 | Self::S5 | Self::S15 | Self::S30 => Self::S1,
            Self::M1 | Self::M3 | Self::M5 | Self::M15 | Self::M30 => Self::M1,
            Self::H1 | Self::H2 | Self::H4 | Self::H6 | Self::H12 => Self::H1,
            Self::D1 | Self::W1 | Self::Month1 => Self::D1,
        }
    }

    /// Opening time of the bucket that `time` lies in.
    #[must_use]
    pub fn floor(self, time: UnixMs) -> UnixMs {
        match self {
            Self::Month1 => first_of_month(time, CivilDate::first_of_month),
            Self::W1 => {
                let width = self.nominal_ms();
                UnixMs((time.0 - FIRST_MONDAY_MS).div_euclid(width) * width + FIRST_MONDAY_MS)
            }
            _ => {
                let width = self.nominal_ms();
                UnixMs(time.0.div_euclid(width) * width)
            }
        }
    }

    /// Opening time of the bucket after the one that `time` lies in: its exclusive end.
    #[must_use]
    pub fn next(self, time: UnixMs) -> UnixMs {
        match self {
            Self::Month1 => first_of_month(time, CivilDate::first_of_next_month),
            _ => UnixMs(self.floor(time).0 + self.nominal_ms()),
        }
    }

    /// Opening time of the bucket `count` buckets before the one that `time` lies in.
    #[must_use]
    pub fn back(self, time: UnixMs, count: u32) -> UnixMs {
        let mut open = self.floor(time);
        match self {
            Self::Month1 => {
                for _ in 0..count {
                    open = self.floor(UnixMs(open.0 - 1));
                }
                open
            }
            _ => UnixMs(open.0 - self.nominal_ms() * i64::from(count)),
        }
    }
}

fn first_of_month(time: UnixMs, choose: impl Fn(CivilDate) -> CivilDate) -> UnixMs {
    UnixMs(choose(time.civil().0).to_days() * MS_PER_DAY)
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Timeframe {
    type Err = TimeframeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        TABLE
            .iter()
            .find(|(_, name, _)| *name == text)
            .map(|(timeframe, _, _)| *timeframe)
            .ok_or(TimeframeError)
    }
}

impl Serialize for Timeframe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Timeframe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> UnixMs {
        UnixMs::parse(text).expect("a time")
    }

    #[test]
    fn weeks_open_on_monday_and_months_on_the_first() {
        for (timeframe, time, open, next) in [
            (
                "1w",
                "2026-11-23T00:00:00Z",
                "2026-11-23T00:00:00Z",
                "2026-11-30T00:00:00Z",
            ),
            (
                "1w",
                "2026-11-22T23:59:59Z",
                "2026-11-16T00:00:00Z",
                "2026-11-23T00:00:00Z",
            ),
            (
                "1M",
                "2024-02-29T12:00:00Z",
                "2024-02-01T00:00:00Z",
                "2024-03-01T00:00:00Z",
            ),
            (
                "1M",
                "2026-12-31T23:59:59Z",
                "2026-12-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            (
                "4h",
                "2026-11-23T13:57:42Z",
                "2026-11-23T12:00:00Z",
                "2026-11-23T16:00:00Z",
            ),
            (
                "1m",
                "1969-12-31T23:59:30Z",
                "1969-12-31T23:59:00Z",
                "1970-01-01T00:00:00Z",
            ),
        ] {
            let frame: Timeframe = timeframe.parse().expect("a timeframe");
            assert_eq!(frame.floor(at(time)), at(open), "{timeframe} {time}");
            assert_eq!(frame.next(at(time)), at(next), "{timeframe} {time}");
        }
        assert_eq!(
            Timeframe::Month1.back(at("2026-01-15T00:00:00Z"), 2),
            at("2025-11-01T00:00:00Z")
        );
    }

    #[test]
    fn names_read_back_and_unknown_ones_are_named() {
        for timeframe in Timeframe::ALL {
            assert_eq!(timeframe.name().parse(), Ok(timeframe));
        }
        let error = "2m".parse::<Timeframe>().expect_err("no such timeframe");
        assert!(error.to_string().contains("1s 5s 15s"));
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_time_and_nests_in_its_base(ms in -1_000_000_000_000_i64..4_000_000_000_000, index in 0..17_usize) {
            let timeframe = Timeframe::ALL[index];
            let time = UnixMs(ms);
            let open = timeframe.floor(time);
            prop_assert!(open <= time && time < timeframe.next(time));
            prop_assert_eq!(timeframe.floor(open), open);
            prop_assert_eq!(timeframe.stored_base().floor(open), open);
        }
    }
}

//! The hours of the week at which a rule may fire.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::model::UnixMs;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTES_PER_DAY: u16 = 1_440;
const MS_PER_MINUTE: i64 = 60_000;
/// 1970-01-01 was a Thursday.
const FIRST_DAY: i64 = 3;
/// No zone is farther from UTC.
const FARTHEST_MIN: i16 = 14 * 60;

/// Hours of some days of the week, in a zone of a fixed distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveHours {
    /// Bit 0 is Monday; never none.
    days: u8,
    /// Minutes after midnight.
    from_min: u16,
    /// Minutes after midnight, exclusive. At or before `from_min`: on the next day.
    to_min: u16,
    /// Minutes that the zone is ahead of UTC.
    offset_min: i16,
}

/// A text that names no hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("days, hours and a zone are wanted, such as mon-fri 09:00-17:30 +01:00")]
pub struct HoursError;

impl ActiveHours {
    /// Whether this instant lies within. What lasts over midnight belongs to the day on which it
    /// began.
    #[must_use]
    pub fn contains(&self, now: UnixMs) -> bool {
        let minutes = now.0.div_euclid(MS_PER_MINUTE) + i64::from(self.offset_min);
        let day = minutes.div_euclid(i64::from(MINUTES_PER_DAY));
        let minute = minutes.rem_euclid(i64::from(MINUTES_PER_DAY)) as u16;
        let is_on = |day: i64| self.days >> (day + FIRST_DAY).rem_euclid(7) & 1 == 1;
        if self.from_min < self.to_min {
            is_on(day) && (self.from_min..self.to_min).contains(&minute)
        } else {
            (is_on(day) && minute >= self.from_min) || (is_on(day - 1) && minute < self.to_min)
        }
    }
}

impl FromStr for ActiveHours {
    type Err = HoursError;

    /// `daily 22:00-06:00 Z`, `mon-fri,sun 09:00-17:30 +01:00`.
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let mut words = text.split_ascii_whitespace();
        let (Some(days), Some(span), Some(zone), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(HoursError);
        };
        let (from, to) = span.split_once('-').ok_or(HoursError)?;
        Ok(Self {
            days: read_days(days)?,
            from_min: read_minute(from)?,
            to_min: read_minute(to)?,
            offset_min: read_zone(zone)?,
        })
    }
}

fn read_days(text: &str) -> Result<u8, HoursError> {
    if text == "daily" {
        return Ok(0x7f);
    }
    let place = |name: &str| DAYS.iter().position(|day| *day == name).ok_or(HoursError);
    let mut days = 0;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (place(first)?, place(last)?);
        loop {
            days |= 1 << day;
            if day == last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Ok(days)
}

/// `HH:MM`, up to 24:00, which is kept as 00:00.
fn read_minute(text: &str) -> Result<u16, HoursError> {
    let (hours, minutes) = text.split_once(':').ok_or(HoursError)?;
    let number = |text: &str| match text.len() {
        2 if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse::<u16>().map_err(|_| HoursError)
        }
        _ => Err(HoursError),
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours * 60 + minutes;
    match minutes < 60 && minute <= MINUTES_PER_DAY {
        true => Ok(minute % MINUTES_PER_DAY),
        false => Err(HoursError),
    }
}

fn read_zone(text: &str) -> Result<i16, HoursError> {
    let (ahead, distance) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(distance), _) => (1, distance),
        (_, Some(distance)) => (-1, distance),
        _ if text == "Z" => return Ok(0),
        _ => return Err(HoursError),
    };
    let minutes = i16::try_from(read_minute(distance)?).map_err(|_| HoursError)?;
    match minutes <= FARTHEST_MIN {
        true => Ok(ahead * minutes),
        false => Err(HoursError),
    }
}

impl fmt::Display for ActiveHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days == 0x7f {
            write!(f, "daily")?;
        }
        let mut day = 0;
        let mut comma = "";
        while day < 7 && self.days != 0x7f {
            let run = (self.days >> day).trailing_ones() as usize;
            match run {
                0 => {}
                1 => write!(f, "{comma}{}", DAYS[day])?,
                _ => write!(f, "{comma}{}-{}", DAYS[day], DAYS[day + run - 1])?,
            }
            if run > 0 {
                comma = ",";
            }
            day += run + 1;
        }
        let minute = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        write!(f, " {}-{} ", minute(self.from_min), minute(self.to_min))?;
        let distance = minute(self.offset_min.unsigned_abs());
        match self.offset_min {
            0 => write!(f, "Z"),
            ahead if ahead > 0 => write!(f, "+{distance}"),
            _ => write!(f, "-{distance}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_those_of_the_zone() {
        for (hours, time, expected) in [
            // A Monday.
            ("mon-fri 09:00-17:00 Z", "2026-11-23T09:00:00Z", true),
            ("mon-fri 09:00-17:00 Z", "2026-11-23T17:00:00Z", false),
            ("mon-fri 09:00-17:00 +01:00", "2026-11-23T08:00:00Z", true),
            ("mon-fri 09:00-17:00 +01:00", "2026-11-23T16:00:00Z", false),
            ("tue 00:00-24:00 +05:30", "2026-11-23T18:30:00Z", true),
            ("tue 00:00-24:00 +05:30", "2026-11-23T18:29:00Z", false),
            ("fri 22:00-06:00 Z", "2026-11-28T05:59:00Z", true),
            ("fri 22:00-06:00 Z", "2026-11-27T05:59:00Z", false),
            ("sat-mon 00:00-24:00 Z", "2026-11-23T12:00:00Z", true),
            ("sat,sun 00:00-24:00 Z", "2026-11-23T12:00:00Z", false),
        ] {
            let read: ActiveHours = hours.parse().expect("hours");
            let now = UnixMs::parse(time).expect("a time");
            assert_eq!(read.contains(now), expected, "{hours} {time}");
        }
    }

    #[test]
    fn refuses_what_names_no_hours() {
        for text in [
            "",
            "mon-fri 09:00-17:00",
            "monday 09:00-17:00 Z",
            "mon 9:00-17:00 Z",
            "mon 09:00-24:01 Z",
            "mon 09:60-17:00 Z",
            "mon 09:00-17:00 CET",
            "mon 09:00-17:00 +15:00",
            "mon 09:00-17:00 Z Z",
        ] {
            assert_eq!(text.parse::<ActiveHours>(), Err(HoursError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_then_reading_is_identity(
            days in 1..128_u8, from_min in 0..1_440_u16, to_min in 0..1_440_u16,
            offset_min in -840..=840_i16,
        ) {
            let hours = ActiveHours { days, from_min, to_min, offset_min };
            prop_assert_eq!(hours.to_string().parse(), Ok(hours));
        }
    }
}

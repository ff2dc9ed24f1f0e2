//! Figures and times as people read them: thousands separated, constant decimals, `−` for minus.
//!
//! Owns every text on charts, books and tapes. Exact numbers stay exact unless the function says
//! that it rounds. Times come in as local milliseconds: UTC plus whatever offset is shown.

use std::fmt::Write as _;

use crate::model::{CivilDate, Price, Timeframe, UnixMs};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Powers of ten up to this one fit 64 bits.
const MOST_SHORT_DECIMALS: u8 = 19;

/// A price with all its decimals: `64,213.55`.
#[must_use]
pub fn price(value: Price, decimals: u8) -> String {
    grouped(i128::from(value.0), decimals)
}

/// `mantissa` × 10^−`decimals`, every decimal kept, thousands separated: `−1,284.50`.
#[must_use]
pub fn grouped(mantissa: i128, decimals: u8) -> String {
    let mut out = String::with_capacity(24);
    push_grouped(&mut out, mantissa, decimals);
    out
}

/// [`grouped`] at the end of a text that exists.
pub fn push_grouped(out: &mut String, mantissa: i128, decimals: u8) {
    if mantissa < 0 {
        out.push('−');
    }
    let magnitude = mantissa.unsigned_abs();
    match u64::try_from(magnitude) {
        Ok(magnitude) if decimals <= MOST_SHORT_DECIMALS => push_short(out, magnitude, decimals),
        _ => push_long(out, magnitude, decimals),
    }
}

/// What nearly every figure is: in WebAssembly divisions of 128 bits are functions, those of 64
/// instructions.
fn push_short(out: &mut String, magnitude: u64, decimals: u8) {
    let factor = 10_u64.pow(u32::from(decimals));
    let (whole, part) = (magnitude / factor, magnitude % factor);
    // Twenty digits and six commas, from the last on.
    let mut digits = [0_u8; 26];
    let (mut at, mut rest, mut count) = (digits.len(), whole, 0);
    loop {
        if count > 0 && count % 3 == 0 {
            at -= 1;
            digits[at] = b',';
        }
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        (rest, count) = (rest / 10, count + 1);
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
    if decimals > 0 {
        out.push('.');
        let mut unit = factor / 10;
        while unit > 0 {
            out.push(char::from(b'0' + (part / unit % 10) as u8));
            unit /= 10;
        }
    }
}

fn push_long(out: &mut String, magnitude: u128, decimals: u8) {
    let factor = power_of_ten(decimals);
    push_thousands(out, magnitude / factor);
    if decimals > 0 {
        // Writing into a `String` cannot fail, here and below.
        let _ = write!(
            out,
            ".{:0width$}",
            magnitude % factor,
            width = usize::from(decimals)
        );
    }
}

/// The exact value without trailing zeros after the point: `12.84`.
#[must_use]
pub fn exact(mut mantissa: i128, mut decimals: u8) -> String {
    while decimals > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        decimals -= 1;
    }
    grouped(mantissa, decimals)
}

/// Rounded half away from zero to at most `shown` decimals, which are then constant.
#[must_use]
pub fn rounded(mantissa: i128, decimals: u8, shown: u8) -> String {
    if shown >= decimals {
        return grouped(mantissa, decimals);
    }
    let magnitude = divided(mantissa.unsigned_abs(), decimals - shown);
    let magnitude = i128::try_from(magnitude).unwrap_or(i128::MAX);
    grouped(if mantissa < 0 { -magnitude } else { magnitude }, shown)
}

/// Without its last `digits`, rounded half up.
fn divided(magnitude: u128, digits: u8) -> u128 {
    if let (Ok(short), Some(factor)) = (
        u64::try_from(magnitude),
        10_u64.checked_pow(u32::from(digits)),
    ) {
        let (whole, rest) = (short / factor, short % factor);
        // `factor / 2` rounds down only where the factor is 1, and nothing is left then.
        return u128::from(whole + u64::from(rest > 0 && rest >= factor / 2));
    }
    let factor = power_of_ten(digits);
    (magnitude + factor / 2) / factor
}

/// [`rounded`], but what is there and would print as zero says that it is less: `<0.0001`.
#[must_use]
pub fn size(mantissa: i128, decimals: u8, shown: u8) -> String {
    let text = rounded(mantissa, decimals, shown);
    let vanishes = mantissa > 0 && !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    if vanishes {
        format!("<{}", grouped(1, shown))
    } else {
        text
    }
}

/// [`rounded`] with a sign in front of what is not zero: `+3.11`, `−0.42`.
#[must_use]
pub fn signed(mantissa: i128, decimals: u8, shown: u8) -> String {
    let text = rounded(mantissa, decimals, shown);
    if mantissa > 0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        format!("+{text}")
    } else {
        text
    }
}

/// A change in percent with its sign and two decimals: `+1.91 %`. Rounds.
#[must_use]
pub fn percent(value: f64) -> String {
    let text = format!("{:.2} %", value.abs());
    if text == "0.00 %" || !value.is_finite() {
        "0.00 %".to_owned()
    } else if value < 0.0 {
        format!("−{text}")
    } else {
        format!("+{text}")
    }
}

/// A value with so many decimals, thousands separated. Rounds.
#[must_use]
pub fn decimal(value: f64, decimals: u8) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let counts = (value * 10_f64.powi(i32::from(decimals))).round();
    grouped(counts as i128, decimals)
}

/// A change in percent with its sign: `+1.50 %`. Rounds.
#[must_use]
pub fn signed_percent(value: f64, decimals: u8) -> String {
    let text = decimal(value, decimals);
    let is_more = value > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let sign = if is_more { "+" } else { "" };
    format!("{sign}{text} %")
}

/// A magnitude in few characters: `0.0123`, `12.84`, `548`, `14.2k`, `1.3M`. Rounds.
#[must_use]
pub fn compact(value: f64) -> String {
    let Some((sign, size, unit)) = in_units(value) else {
        return "–".to_owned();
    };
    let decimals = match size {
        _ if !unit.is_empty() => 1,
        0.0 => return "0".to_owned(),
        s if s >= 99.995 => 0,
        s if s >= 0.99995 => 2,
        _ => 4,
    };
    format!("{sign}{size:.decimals$}{unit}")
}

/// A quantity in four significant digits: `0.0123`, `1.284`, `548.1`, `14.20k`, `1.300M`. Rounds;
/// what is there and would print as zero says that it is less: `<0.0001`.
#[must_use]
pub fn short(value: f64) -> String {
    let Some((sign, size, unit)) = in_units(value) else {
        return "–".to_owned();
    };
    let decimals = match size {
        0.0 => return "0".to_owned(),
        s if s < 0.00005 => return format!("{sign}<0.0001"),
        s if s < 0.99995 => 4,
        s if s < 9.9995 => 3,
        s if s < 99.995 => 2,
        _ => 1,
    };
    format!("{sign}{size:.decimals$}{unit}")
}

/// Sign, magnitude in the largest unit that it reaches, and that unit's letter. Nothing where it
/// is no number.
fn in_units(value: f64) -> Option<(&'static str, f64, &'static str)> {
    const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    // What would print as 1000.0 of the next smaller unit belongs to this one.
    let unit = UNITS.into_iter().find(|(unit, _)| size >= unit * 0.99995);
    let (unit, name) = unit.unwrap_or((1.0, ""));
    value.is_finite().then_some((sign, size / unit, name))
}

/// Time until a bar closes: `00:18`, `1:02:03`, `3d 04:05`. A started second counts whole.
#[must_use]
pub fn countdown(ms: i64) -> String {
    let seconds = (ms.max(0) + 999) / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours) {
        (0, 0) => format!("{minutes:02}:{:02}", seconds % 60),
        (0, _) => format!("{hours}:{:02}:{:02}", minutes % 60, seconds % 60),
        _ => format!("{days}d {:02}:{:02}", hours % 24, minutes % 60),
    }
}

/// A span in one unit: `34 ms`, `1.2 s`, `12 s`, `3 min`, `2 h`, `4 d`. Rounds down.
#[must_use]
pub fn duration(ms: i64) -> String {
    match ms.max(0) {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms @ 1_000..10_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms @ 10_000..60_000 => format!("{} s", ms / 1_000),
        ms @ 60_000..3_600_000 => format!("{} min", ms / 60_000),
        ms @ 3_600_000..86_400_000 => format!("{} h", ms / 3_600_000),
        ms => format!("{} d", ms / 86_400_000),
    }
}

/// Time of day to the minute: `13:57`.
#[must_use]
pub fn hour_minute(local: UnixMs) -> String {
    let (_, time) = local.civil();
    format!("{:02}:{:02}", time.hour, time.minute)
}

/// Time of day to the second: `13:57:42`.
#[must_use]
pub fn clock(local: UnixMs) -> String {
    let (_, time) = local.civil();
    format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second)
}

/// Time of day to the millisecond: `13:57:42.041`.
#[must_use]
pub fn clock_ms(local: UnixMs) -> String {
    format!("{}.{:03}", clock(local), local.0.rem_euclid(1_000))
}

/// Day and month: `23 Nov`.
#[must_use]
pub fn day(local: UnixMs) -> String {
    let (date, _) = local.civil();
    format!("{} {}", date.day, month_name(date))
}

/// Three letters: `Nov`.
#[must_use]
pub fn month(local: UnixMs) -> &'static str {
    month_name(local.civil().0)
}

/// When a bar opened, as precisely as its timeframe: `23 Nov 13:21`, `23 Nov 2026`, `Nov 2026`.
#[must_use]
pub fn bar_time(local: UnixMs, timeframe: Timeframe) -> String {
    let (date, _) = local.civil();
    match timeframe {
        Timeframe::Month1 => format!("{} {}", month_name(date), date.year),
        Timeframe::D1 | Timeframe::W1 => format!("{} {}", day(local), date.year),
        _ if timeframe.nominal_ms() < 60_000 => format!("{} {}", day(local), clock(local)),
        _ => format!("{} {}", day(local), hour_minute(local)),
    }
}

fn month_name(date: CivilDate) -> &'static str {
    MONTHS[usize::from(date.month - 1) % MONTHS.len()]
}

fn power_of_ten(decimals: u8) -> u128 {
    10_u128.pow(u32::from(decimals.min(38)))
}

fn push_thousands(out: &mut String, value: u128) {
    if value < 1_000 {
        let _ = write!(out, "{value}");
    } else {
        push_thousands(out, value / 1_000);
        let _ = write!(out, ",{:03}", value % 1_000);
    }
}

/// A venue's name as people read it, from its id: `Coinbase`.
#[must_use]
pub fn venue(id: &str) -> String {
    let mut letters = id.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_there_never_prints_as_nothing() {
        for (mantissa, expected) in [
            (0, "0.0000"),
            (43, "<0.0001"),
            (4_999, "<0.0001"),
            (5_000, "0.0001"),
            (123_456_789, "1.2346"),
        ] {
            assert_eq!(size(mantissa, 8, 4), expected, "{mantissa}");
        }
    }

    #[test]
    fn quantities_keep_their_length() {
        for (value, expected) in [
            (0.0, "0"),
            (0.000_04, "<0.0001"),
            (0.012_34, "0.0123"),
            (0.999_96, "1.000"),
            (1.284, "1.284"),
            (-12.84, "−12.84"),
            (548.123, "548.1"),
            (999.96, "1.000k"),
            (14_203.0, "14.20k"),
            (1_300_000.0, "1.300M"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(short(value), expected, "{value}");
        }
    }

    #[test]
    fn figures_are_grouped_and_keep_their_decimals() {
        for (mantissa, decimals, expected) in [
            (6_421_355, 2, "64,213.55"),
            (6_421_300, 2, "64,213.00"),
            (-128_450, 2, "−1,284.50"),
            (7_902, 4, "0.7902"),
            (0, 0, "0"),
            (1_000_000, 0, "1,000,000"),
            (-5, 3, "−0.005"),
        ] {
            assert_eq!(grouped(mantissa, decimals), expected);
        }
        assert_eq!(exact(128_400, 4), "12.84");
        assert_eq!(exact(120_000, 4), "12");
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (mantissa, shown, expected) in [
            (12_345, 2, "1.23"),
            (12_350, 2, "1.24"),
            (-12_350, 2, "−1.24"),
            (12_345, 6, "1.2345"),
            (99_999, 0, "10"),
        ] {
            assert_eq!(rounded(mantissa, 4, shown), expected);
        }
        assert_eq!(signed(31_100, 4, 2), "+3.11");
        assert_eq!(signed(-31_100, 4, 2), "−3.11");
        assert_eq!(signed(1, 4, 2), "0.00");
        assert_eq!(percent(1.914), "+1.91 %");
        assert_eq!(percent(-0.001), "0.00 %");
        assert_eq!(percent(f64::NAN), "0.00 %");
    }

    #[test]
    fn compact_never_prints_a_thousand_of_a_unit() {
        for (value, expected) in [
            (0.0, "0"),
            (0.0123, "0.0123"),
            (0.99999, "1.00"),
            (12.84, "12.84"),
            (99.999, "100"),
            (548.0, "548"),
            (999.96, "1.0k"),
            (14_210.0, "14.2k"),
            (999_960.0, "1.0M"),
            (-1_260_000.0, "−1.3M"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(compact(value), expected, "{value}");
        }
    }

    #[test]
    fn spans_and_moments() {
        for (ms, expected) in [
            (-5, "00:00"),
            (17_001, "00:18"),
            (3_599_000, "59:59"),
            (3_723_000, "1:02:03"),
            (273_900_000, "3d 04:05"),
        ] {
            assert_eq!(countdown(ms), expected);
        }
        for (ms, expected) in [
            (34, "34 ms"),
            (1_299, "1.2 s"),
            (59_999, "59 s"),
            (180_000, "3 min"),
            (90_000_000, "1 d"),
        ] {
            assert_eq!(duration(ms), expected);
        }
        let local = UnixMs::parse("2026-11-23T13:21:05Z").expect("a time");
        for (timeframe, expected) in [
            (Timeframe::S5, "23 Nov 13:21:05"),
            (Timeframe::M1, "23 Nov 13:21"),
            (Timeframe::D1, "23 Nov 2026"),
            (Timeframe::Month1, "Nov 2026"),
        ] {
            assert_eq!(bar_time(local, timeframe), expected);
        }
        assert_eq!(clock_ms(UnixMs(local.0 + 41)), "13:21:05.041");
        assert_eq!(clock_ms(UnixMs(-1)), "23:59:59.999");
    }

    proptest! {
        #[test]
        fn short_figures_are_written_as_long_ones(
            magnitude in prop_oneof![any::<u64>(), 0_u64..10_000_000, Just(u64::MAX), Just(0)],
            decimals in 0_u8..=MOST_SHORT_DECIMALS,
            digits in 0_u8..=MOST_SHORT_DECIMALS,
        ) {
            let (mut short, mut long) = (String::new(), String::new());
            push_short(&mut short, magnitude, decimals);
            push_long(&mut long, magnitude.into(), decimals);
            prop_assert_eq!(short, long);
            let factor = power_of_ten(digits);
            let expected = (u128::from(magnitude) + factor / 2) / factor;
            prop_assert_eq!(divided(magnitude.into(), digits), expected);
        }

        #[test]
        fn grouping_loses_no_digit(mantissa in -10_i128.pow(30)..10_i128.pow(30), decimals in 0_u8..19) {
            let digits: String = grouped(mantissa, decimals)
                .chars()
                .filter_map(|c| match c { '−' => Some('-'), ',' | '.' => None, c => Some(c) })
                .collect();
            prop_assert_eq!(digits.parse::<i128>().expect("digits"), mantissa);
        }

        #[test]
        fn compact_is_short(value in -1e14_f64..1e14) {
            prop_assert!(compact(value).chars().count() <= 8);
        }
    }
}

//! Numbers and times as venues write them, appended to a message that is being built. It knows no
//! message.

use std::fmt::Write as _;

use tradesuite_core::model::{Decimal, UnixMs, UnixNs};

/// Appends a count of 10^−`decimals` in plain notation, without zeros after the last digit.
pub fn push_decimal(out: &mut String, count: i64, decimals: u8) {
    let mut digits = [b'0'; 40];
    let mut at = digits.len();
    let mut rest = count.unsigned_abs();
    let mut written = 0_u8;
    let mut significant = false;
    while rest > 0 || written <= decimals {
        let digit = (rest % 10) as u8;
        rest /= 10;
        if written == decimals && significant {
            at -= 1;
            digits[at] = b'.';
        }
        if written >= decimals || digit != 0 || significant {
            at -= 1;
            digits[at] = b'0' + digit;
            significant |= written < decimals;
        }
        written += 1;
    }
    if count < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|&byte| char::from(byte)));
}

/// Appends a count of 10^−`decimals` in plain notation with exactly so many decimals.
pub fn push_fixed(out: &mut String, count: i64, decimals: u8) {
    let value = Decimal {
        mantissa: count,
        scale: decimals,
    };
    // Writing into a `String` cannot fail.
    let _ = write!(out, "{value}");
}

/// Appends an instant in RFC 3339, UTC, with as many decimals of the second as it has.
pub fn push_time(out: &mut String, time: UnixNs) {
    let (date, clock) = UnixMs(time.0.div_euclid(1_000_000_000) * 1_000).civil();
    // Writing into a `String` cannot fail.
    let _ = write!(
        out,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year, date.month, date.day, clock.hour, clock.minute, clock.second
    );
    let fraction = time.0.rem_euclid(1_000_000_000);
    if fraction != 0 {
        let digits = format!("{fraction:09}");
        let _ = write!(out, ".{}", digits.trim_end_matches('0'));
    }
    out.push('Z');
}

/// A count of 10^−`decimals` in plain notation.
pub fn decimal(count: i64, decimals: u8) -> String {
    let mut text = String::with_capacity(20);
    push_decimal(&mut text, count, decimals);
    text
}

/// An instant in RFC 3339.
pub fn time(time: UnixNs) -> String {
    let mut text = String::with_capacity(30);
    push_time(&mut text, time);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_as_the_venue_does() {
        for (count, decimals, text) in [
            (6_331_025, 2, "63310.25"),
            (266_720, 2, "2667.2"),
            (43, 8, "0.00000043"),
            (100_000_000, 8, "1"),
            (0, 8, "0"),
            (700, 0, "700"),
            (-5, 1, "-0.5"),
            (1_050, 2, "10.5"),
        ] {
            assert_eq!(decimal(count, decimals), text);
        }
        let fixed = |count, decimals| {
            let mut text = String::new();
            push_fixed(&mut text, count, decimals);
            text
        };
        assert_eq!(
            [
                fixed(6_300_500, 2),
                fixed(5_100, 8),
                fixed(0, 8),
                fixed(7, 0)
            ],
            ["63005.00", "0.00005100", "0.00000000", "7"]
        );
        for (ns, text) in [
            (1_790_735_999_410_400_000, "2026-09-30T02:39:59.4104Z"),
            (1_790_735_999_000_000_000, "2026-09-30T02:39:59Z"),
            (1_790_735_999_000_000_001, "2026-09-30T02:39:59.000000001Z"),
        ] {
            assert_eq!(time(UnixNs(ns)), text);
        }
    }

    proptest! {
        #[test]
        fn reads_back(count in any::<i64>(), decimals in 0_u8..=18) {
            prop_assume!(count != i64::MIN);
            let read = Decimal::parse(&decimal(count, decimals)).expect("a decimal");
            prop_assert_eq!(read.mantissa_at(decimals), Some(count));
        }

        #[test]
        fn times_read_back(ns in 0_i64..4_000_000_000_000_000_000) {
            prop_assert_eq!(UnixNs::parse_rfc3339(&time(UnixNs(ns))), Ok(UnixNs(ns)));
        }
    }
}

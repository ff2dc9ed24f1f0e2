//! Lengths of time as people write them: `90s`, `5m`, `4h`, `7d`.

const UNITS: [(char, u32); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Whole seconds; a number alone is seconds.
pub(super) fn read_span(text: &str) -> Option<u32> {
    let unit = UNITS.iter().find(|(name, _)| text.ends_with(*name));
    let (digits, seconds) = match unit {
        Some((_, seconds)) => (&text[..text.len() - 1], *seconds),
        None => (text, 1),
    };
    let stands = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = stands.then(|| digits.parse::<u32>().ok())??;
    number.checked_mul(seconds)
}

/// In the widest unit that says it exactly.
pub(super) fn span_text(seconds: u32) -> String {
    let unit = UNITS
        .iter()
        .find(|(_, width)| seconds.is_multiple_of(*width));
    match unit {
        Some((name, width)) if seconds > 0 => format!("{}{name}", seconds / width),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back() {
        for (text, seconds) in [
            ("90s", 90),
            ("5m", 300),
            ("4h", 14_400),
            ("7d", 604_800),
            ("0s", 0),
        ] {
            assert_eq!(read_span(text), Some(seconds));
            assert_eq!(span_text(seconds), text);
        }
        assert_eq!(read_span("60"), Some(60));
        for text in [
            "",
            "m",
            "1.5h",
            "-5m",
            "5M",
            "99999999999s",
            "4294967295d",
            "5 m",
        ] {
            assert_eq!(read_span(text), None, "{text}");
        }
    }
}

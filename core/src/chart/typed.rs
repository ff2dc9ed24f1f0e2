//! What a person types over a chart: a timeframe, a time to go to, or an instrument.

use crate::model::{Timeframe, UnixMs};

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// `5`, `15m`, `4h`, `D`.
    Timeframe(Timeframe),
    /// `2026-11-20`, `2026-11-20 14:30`: local milliseconds of the shown zone.
    Time(UnixMs),
    /// Anything else: what to look for among the instruments.
    Instrument(String),
}

/// Reads it; `None` where nothing was typed. A number alone is minutes.
#[must_use]
pub fn read_typed(text: &str) -> Option<Typed> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let meant = timeframe(text)
        .map(Typed::Timeframe)
        .or_else(|| time(text).map(Typed::Time));
    Some(meant.unwrap_or_else(|| Typed::Instrument(text.to_owned())))
}

fn timeframe(text: &str) -> Option<Timeframe> {
    if let Ok(minutes) = text.parse::<i64>() {
        let width = minutes.checked_mul(60_000)?;
        return Timeframe::ALL
            .into_iter()
            .find(|timeframe| timeframe.nominal_ms() == width);
    }
    let named = if text.starts_with(|c: char| c.is_ascii_digit()) {
        text.to_owned()
    } else {
        format!("1{text}")
    };
    // `1M` is a month and `1m` a minute; of all others capitals are no difference.
    named.parse().or_else(|_| named.to_lowercase().parse()).ok()
}

fn time(text: &str) -> Option<UnixMs> {
    let (date, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    if date.len() != 10 || clock.len() != 5 {
        return None;
    }
    UnixMs::parse(&format!("{date}T{clock}:00Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_understood() {
        let time = |text| Typed::Time(UnixMs::parse(text).expect("a time"));
        let instrument = |text: &str| Typed::Instrument(text.to_owned());
        for (text, expected) in [
            ("5", Typed::Timeframe(Timeframe::M5)),
            ("60", Typed::Timeframe(Timeframe::H1)),
            ("1440", Typed::Timeframe(Timeframe::D1)),
            (" 15m ", Typed::Timeframe(Timeframe::M15)),
            ("4H", Typed::Timeframe(Timeframe::H4)),
            ("d", Typed::Timeframe(Timeframe::D1)),
            ("W", Typed::Timeframe(Timeframe::W1)),
            ("1M", Typed::Timeframe(Timeframe::Month1)),
            ("1m", Typed::Timeframe(Timeframe::M1)),
            ("7", instrument("7")),
            ("ETH", instrument("ETH")),
            ("1INCH", instrument("1INCH")),
            ("2026-11-20", time("2026-11-20T00:00:00Z")),
            ("2026-11-20 14:30", time("2026-11-20T14:30:00Z")),
            ("2026-13-20", instrument("2026-13-20")),
        ] {
            assert_eq!(read_typed(text), Some(expected), "{text}");
        }
        assert_eq!(read_typed("  "), None);
        assert_eq!(
            read_typed("9999999999999999"),
            Some(instrument("9999999999999999"))
        );
    }
}

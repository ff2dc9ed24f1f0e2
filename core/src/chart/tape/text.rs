//! A row's texts.

use crate::chart::{Amount, NumberStyle, SizeUnit, format};
use crate::model::{Precision, Side, UnixMs};

use super::row::TapeRow;

/// How rows are written.
#[derive(Clone, Copy)]
pub struct TextStyle<'a> {
    /// Decimals of the rows.
    pub precision: Precision,
    /// What the size is said in; the value is said in the other.
    pub unit: SizeUnit,
    /// Decimals of base units at most.
    pub size_decimals: u8,
    /// Whether times are said to the millisecond.
    pub milliseconds: bool,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// The shown zone's lead over UTC.
    pub offset_ms: &'a dyn Fn(UnixMs) -> i64,
}

/// One row, ready to be painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TapeTexts {
    /// Time of day in the shown zone: `14:57:40`, `14:57:40.123`.
    pub time: String,
    /// `↑` for a buy, `↓` for a sell.
    pub side: &'static str,
    /// Of the last fill, all decimals.
    pub price: String,
    /// `×12`; empty for a single fill.
    pub fills: String,
    /// From the lowest to the highest price, `0.07`; empty where they are one.
    pub range: String,
    /// Base units, or quote currency: whole units where there are a thousand of them.
    pub size: String,
    /// The size in the other unit, compact.
    pub value: String,
}

impl TapeTexts {
    /// The texts of a row.
    #[must_use]
    pub fn new(row: &TapeRow, style: &TextStyle<'_>) -> Self {
        let TextStyle { precision, .. } = *style;
        let time = row.time.to_ms();
        let local = UnixMs(time.0 + (style.offset_ms)(time));
        let amount = row.amount;
        let base = || amount.text(SizeUnit::Base, precision, style.size_decimals);
        let (size, value) = match style.unit {
            SizeUnit::Base => (base(), amount.text(SizeUnit::Quote, precision, 0)),
            SizeUnit::Quote => (quote_size(amount, precision), base()),
        };
        let range = i128::from(row.high.0) - i128::from(row.low.0);
        Self {
            time: match style.milliseconds {
                true => format::clock_ms(local),
                false => format::clock(local),
            },
            side: match row.side {
                Side::Buy => "↑",
                Side::Sell => "↓",
            },
            price: style
                .numbers
                .write(format::price(row.price, precision.price)),
            fills: if row.fills > 1 {
                format!("×{}", row.fills)
            } else {
                String::new()
            },
            range: if range > 0 {
                style.numbers.write(format::grouped(range, precision.price))
            } else {
                String::new()
            },
            size: style.numbers.write(size),
            value: style.numbers.write(value),
        }
    }
}

fn quote_size(amount: Amount, precision: Precision) -> String {
    let decimals = precision.notional();
    let value = amount.notional.to_f64(decimals);
    match value < 999.5 {
        true => format::compact(value),
        false => format::rounded(amount.notional.0, decimals, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sizes::SizeClass;
    use super::*;
    use crate::model::{Notional, Price, TradeId, UnixNs, Volume};

    #[test]
    fn rows_are_ready_to_paint() {
        let row = TapeRow {
            time: UnixNs::parse_rfc3339("2026-11-23T13:57:40.507Z").expect("a time"),
            first: TradeId(1),
            last: TradeId(3),
            fills: 3,
            side: Side::Buy,
            price: Price(6_421_352),
            low: Price(6_421_345),
            high: Price(6_421_352),
            amount: Amount {
                quantity: Volume(481_200_000),
                notional: Notional(6_421_345 * 481_200_000),
            },
            class: SizeClass::Large,
        };
        let style = TextStyle {
            precision: Precision {
                price: 2,
                quantity: 8,
            },
            unit: SizeUnit::Base,
            size_decimals: 4,
            milliseconds: false,
            numbers: NumberStyle::Comma,
            offset_ms: &|_| 3_600_000,
        };
        let expected = TapeTexts {
            time: "14:57:40".into(),
            side: "↑",
            price: "64,213.52".into(),
            fills: "×3".into(),
            range: "0.07".into(),
            size: "4.8120".into(),
            value: "309.0k".into(),
        };
        assert_eq!(TapeTexts::new(&row, &style), expected);
        let style = TextStyle {
            unit: SizeUnit::Quote,
            milliseconds: true,
            numbers: NumberStyle::Point,
            ..style
        };
        let single = TapeRow {
            fills: 1,
            low: row.high,
            side: Side::Sell,
            ..row
        };
        let expected = TapeTexts {
            time: "14:57:40.507".into(),
            side: "↓",
            price: "64.213,52".into(),
            fills: String::new(),
            range: String::new(),
            size: "308.995".into(),
            value: "4,8120".into(),
        };
        assert_eq!(TapeTexts::new(&single, &style), expected);
    }
}

//! The first price of a bar.

use super::{AGO, BAR, TIMEFRAME};
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads, timeframe};
use crate::alert::value::Value;

pub(super) static OPEN: OperandSpec = OperandSpec {
    name: "open",
    label: "Open of a bar",
    about: "The first price of a bar.",
    unit: OperandUnit::Price,
    feed: Feed::Bar,
    fields: BAR,
    reads: Reads::Own(|settings| Reading::Bar {
        timeframe: timeframe(settings, &TIMEFRAME),
        ago: settings.integer(&AGO) as u8,
        look: |candle, precision| Some(Value::Exact(candle.open.to_decimal(precision.price))),
    }),
};

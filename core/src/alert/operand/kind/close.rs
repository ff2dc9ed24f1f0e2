//! The last price of a bar so far.

use super::{AGO, BAR, TIMEFRAME};
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads, timeframe};
use crate::alert::value::Value;

pub(super) static CLOSE: OperandSpec = OperandSpec {
    name: "close",
    label: "Close of a bar",
    about: "The last price of a bar so far.",
    unit: OperandUnit::Price,
    feed: Feed::Bar,
    fields: BAR,
    reads: Reads::Own(|settings| Reading::Bar {
        timeframe: timeframe(settings, &TIMEFRAME),
        ago: settings.integer(&AGO) as u8,
        look: |candle, precision| Some(Value::Exact(candle.close.to_decimal(precision.price))),
    }),
};

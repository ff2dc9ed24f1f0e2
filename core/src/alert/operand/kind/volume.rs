//! Base units traded in a bar so far.

use super::{AGO, BAR, TIMEFRAME};
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads, timeframe};
use crate::alert::value::Value;

pub(super) static VOLUME: OperandSpec = OperandSpec {
    name: "volume",
    label: "Volume of a bar",
    about: "Base units traded in a bar so far.",
    unit: OperandUnit::Volume,
    feed: Feed::Bar,
    fields: BAR,
    reads: Reads::Own(|settings| Reading::Bar {
        timeframe: timeframe(settings, &TIMEFRAME),
        ago: settings.integer(&AGO) as u8,
        look: |candle, precision| Value::of_sum(candle.volume.0, precision.quantity),
    }),
};

//! Base units traded in a bar so far.

use crate::alert::operand::bar::of_bar;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static VOLUME: OperandSpec = of_bar(
    Words {
        name: "volume",
        label: "Volume of a bar",
        about: "Base units traded in a bar so far.",
    },
    OperandUnit::Volume,
    |candle, precision| Value::of_sum(candle.volume.0, precision.quantity),
);

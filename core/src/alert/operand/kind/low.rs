//! The lowest price of a bar.

use crate::alert::operand::bar::of_bar;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static LOW: OperandSpec = of_bar(
    Words {
        name: "low",
        label: "Low of a bar",
        about: "The lowest price of a bar.",
    },
    OperandUnit::Price,
    |candle, precision| Some(Value::of_price(candle.low, precision)),
);

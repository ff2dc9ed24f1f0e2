//! The highest price of a bar.

use crate::alert::operand::bar::of_bar;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static HIGH: OperandSpec = of_bar(
    Words {
        name: "high",
        label: "High of a bar",
        about: "The highest price of a bar.",
    },
    OperandUnit::Price,
    |candle, precision| Some(Value::of_price(candle.high, precision)),
);

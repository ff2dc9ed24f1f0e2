//! The first price of a bar.

use crate::alert::operand::bar::of_bar;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static OPEN: OperandSpec = of_bar(
    Words {
        name: "open",
        label: "Open of a bar",
        about: "The first price of a bar.",
    },
    OperandUnit::Price,
    |candle, precision| Some(Value::of_price(candle.open, precision)),
);

//! The last price of a bar so far.

use crate::alert::operand::bar::of_bar;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static CLOSE: OperandSpec = of_bar(
    Words {
        name: "close",
        label: "Close of a bar",
        about: "The last price of a bar so far.",
    },
    OperandUnit::Price,
    |candle, precision| Some(Value::of_price(candle.close, precision)),
);

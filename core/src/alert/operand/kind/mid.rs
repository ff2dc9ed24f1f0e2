//! Halfway between the highest bid and the lowest ask: exact, with one more decimal.

use crate::alert::operand::best::{of_best, prices};
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static MID: OperandSpec = of_best(
    Words {
        name: "mid",
        label: "Mid price",
        about: "Halfway between the highest bid and the lowest ask.",
    },
    OperandUnit::Price,
    |book, _| {
        let [bid, ask] = prices(book)?;
        let sum = i128::from(bid.0) + i128::from(ask.0);
        Value::of_sum(sum * 5, book.precision().price + 1)
    },
);

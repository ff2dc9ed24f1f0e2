//! The lowest ask less the highest bid, exactly.

use crate::alert::operand::best::{of_best, prices};
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static SPREAD: OperandSpec = of_best(
    Words {
        name: "spread",
        label: "Spread",
        about: "The lowest ask less the highest bid.",
    },
    OperandUnit::Price,
    |book, _| {
        let [bid, ask] = prices(book)?;
        let spread = i128::from(ask.0) - i128::from(bid.0);
        Value::of_sum(spread, book.precision().price)
    },
);

//! The lowest ask of the book.

use crate::alert::operand::best::of_best;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static ASK: OperandSpec = of_best(
    Words {
        name: "ask",
        label: "Best ask",
        about: "The lowest price that somebody asks.",
    },
    OperandUnit::Price,
    |book, _| Some(Value::of_price(book.best_ask()?.price, book.precision())),
);

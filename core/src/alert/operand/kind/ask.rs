//! The lowest ask of the book.

use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;

pub(super) static ASK: OperandSpec = OperandSpec {
    name: "ask",
    label: "Best ask",
    about: "The lowest price that somebody asks.",
    unit: OperandUnit::Price,
    feed: Feed::Book,
    fields: &[],
    reads: Reads::Own(|_| Reading::Book {
        look: |book, _| {
            let price = book.best_ask()?.price;
            Some(Value::Exact(price.to_decimal(book.precision().price)))
        },
        levels: 1,
    }),
};

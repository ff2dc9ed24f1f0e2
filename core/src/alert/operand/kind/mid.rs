//! Halfway between the highest bid and the lowest ask: exact, with one more decimal.

use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;

pub(super) static MID: OperandSpec = OperandSpec {
    name: "mid",
    label: "Mid price",
    about: "Halfway between the highest bid and the lowest ask.",
    unit: OperandUnit::Price,
    feed: Feed::Book,
    fields: &[],
    reads: Reads::Own(|_| Reading::Book {
        look: |book, _| {
            let (bid, ask) = (book.best_bid()?.price, book.best_ask()?.price);
            let sum = i128::from(bid.0) + i128::from(ask.0);
            Value::of_sum(sum * 5, book.precision().price + 1)
        },
        levels: 1,
    }),
};

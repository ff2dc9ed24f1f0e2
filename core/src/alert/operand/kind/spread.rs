//! The lowest ask less the highest bid, exactly.

use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;

pub(super) static SPREAD: OperandSpec = OperandSpec {
    name: "spread",
    label: "Spread",
    about: "The lowest ask less the highest bid.",
    unit: OperandUnit::Price,
    feed: Feed::Book,
    fields: &[],
    reads: Reads::Own(|_| Reading::Book {
        look: |book, _| {
            let (bid, ask) = (book.best_bid()?.price, book.best_ask()?.price);
            let spread = i128::from(ask.0) - i128::from(bid.0);
            Value::of_sum(spread, book.precision().price)
        },
        levels: 1,
    }),
};

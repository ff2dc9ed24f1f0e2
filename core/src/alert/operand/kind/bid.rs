//! The highest bid of the book.

use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;

pub(super) static BID: OperandSpec = OperandSpec {
    name: "bid",
    label: "Best bid",
    about: "The highest price that somebody bids.",
    unit: OperandUnit::Price,
    feed: Feed::Book,
    fields: &[],
    reads: Reads::Own(|_| Reading::Book {
        look: |book, _| {
            let price = book.best_bid()?.price;
            Some(Value::Exact(price.to_decimal(book.precision().price)))
        },
        levels: 1,
    }),
};

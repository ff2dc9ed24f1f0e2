//! The highest bid of the book.

use crate::alert::operand::best::of_best;
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static BID: OperandSpec = of_best(
    Words {
        name: "bid",
        label: "Best bid",
        about: "The highest price that somebody bids.",
    },
    OperandUnit::Price,
    |book, _| Some(Value::of_price(book.best_bid()?.price, book.precision())),
);

//! The spread as a share of the price in the middle, in hundredths of a percent.

use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;

pub(super) static SPREAD_BPS: OperandSpec = OperandSpec {
    name: "spread_bps",
    label: "Spread, basis points",
    about: "The spread as a share of the price in the middle.",
    unit: OperandUnit::BasisPoints,
    feed: Feed::Book,
    fields: &[],
    reads: Reads::Own(|_| Reading::Book {
        look: |book, _| {
            let (bid, ask) = (
                book.best_bid()?.price.0 as f64,
                book.best_ask()?.price.0 as f64,
            );
            Value::real((ask - bid) / ((ask + bid) / 2.0) * 10_000.0)
        },
        levels: 1,
    }),
};

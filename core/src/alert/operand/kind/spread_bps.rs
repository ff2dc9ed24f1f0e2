//! The spread as a share of the price in the middle, in hundredths of a percent.

use crate::alert::operand::best::{of_best, prices};
use crate::alert::operand::spec::{OperandSpec, OperandUnit, Words};
use crate::alert::value::Value;

pub(super) static SPREAD_BPS: OperandSpec = of_best(
    Words {
        name: "spread_bps",
        label: "Spread, basis points",
        about: "The spread as a share of the price in the middle.",
    },
    OperandUnit::BasisPoints,
    |book, _| {
        let [bid, ask] = prices(book)?.map(|price| price.0 as f64);
        Value::real((ask - bid) / ((ask + bid) / 2.0) * 10_000.0)
    },
);

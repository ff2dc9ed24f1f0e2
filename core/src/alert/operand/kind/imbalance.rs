//! How much more is bid than asked near the best prices.

use super::LEVELS;
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;
use crate::model::{BookLevel, Volume};

pub(super) static IMBALANCE: OperandSpec = OperandSpec {
    name: "imbalance",
    label: "Book imbalance",
    about: "Bid less asked quantity of the best levels, as a share of both: -1 to 1.",
    unit: OperandUnit::Plain,
    feed: Feed::Book,
    fields: &[LEVELS],
    reads: Reads::Own(|settings| Reading::Book {
        look: |book, levels| {
            let bids = sum(book.bids(levels.into()));
            let asks = sum(book.asks(levels.into()));
            Value::real((bids - asks) as f64 / (bids + asks) as f64)
        },
        levels: settings.integer(&LEVELS) as u16,
    }),
};

fn sum(levels: impl Iterator<Item = BookLevel>) -> i128 {
    let mut sum = Volume::ZERO;
    levels.for_each(|level| sum += level.quantity.into());
    sum.0
}

//! The price of the last trade, by exchange time: a late one is not the last.

use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};

pub(super) static LAST: OperandSpec = OperandSpec {
    name: "last",
    label: "Last price",
    about: "The price of the last trade.",
    unit: OperandUnit::Price,
    feed: Feed::Trade,
    fields: &[],
    reads: Reads::Own(|_| Reading::Last),
};

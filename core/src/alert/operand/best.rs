//! Operands that look at the best level of each side of the book: nothing may be set of them. What
//! is made of the two prices, an operand's own file says.

use super::reading::{BookLook, Reading};
use super::spec::{Feed, OperandSpec, OperandUnit, Reads, Words};
use crate::market::OrderBook;
use crate::model::Price;

/// An operand that is made of the best levels.
pub(super) const fn of_best(words: Words, unit: OperandUnit, look: BookLook) -> OperandSpec {
    OperandSpec {
        name: words.name,
        label: words.label,
        about: words.about,
        unit,
        feed: Feed::Book,
        fields: &[],
        reads: Reads::Best(look),
    }
}

/// What such an operand reads.
pub(super) fn reading(look: BookLook) -> Reading {
    Reading::Book { look, levels: 1 }
}

/// The highest bid and the lowest ask; `None` where a side is empty.
pub(super) fn prices(book: &OrderBook) -> Option<[Price; 2]> {
    Some([book.best_bid()?.price, book.best_ask()?.price])
}

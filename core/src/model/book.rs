//! An order book as it is shown: the best levels of both sides.

use serde::{Deserialize, Serialize};

use super::number::{Precision, Price, Quantity};
use super::time::UnixNs;

/// One price level. Quantity 0 in a change deletes the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookLevel {
    /// Quote currency per base unit.
    pub price: Price,
    /// Base units resting there.
    pub quantity: Quantity,
}

impl BookLevel {
    /// The same level at another precision; `None` where it does not fit or would lose digits.
    #[must_use]
    pub fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Some(Self {
            price: self.price.rescaled(from.price, to.price)?,
            quantity: self.quantity.rescaled(from.quantity, to.quantity)?,
        })
    }
}

/// The best levels of a book at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookView {
    /// Exchange time of the last change.
    pub time: UnixNs,
    /// Number of changes applied since this server knows the book.
    pub sequence: u64,
    /// Whether a message is known to be missing: the levels may no longer be true.
    pub stale: bool,
    /// Highest price first.
    pub bids: Vec<BookLevel>,
    /// Lowest price first.
    pub asks: Vec<BookLevel>,
}

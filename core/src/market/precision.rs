//! What goes wrong when held numbers have to move to a finer precision.

use thiserror::Error;

use crate::model::Precision;

/// A held or given number does not fit at the precision that it would have to move to. Nothing was
/// changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a number at {}/{} decimals does not fit at {}/{} (price/quantity)",
    from.price, from.quantity, to.price, to.quantity
)]
pub struct PrecisionOverflow {
    /// Precision that it had.
    pub from: Precision,
    /// Precision that it would need.
    pub to: Precision,
}

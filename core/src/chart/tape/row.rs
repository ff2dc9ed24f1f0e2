//! A row, what makes one, and sums over rows.

use crate::chart::{Amount, SizeUnit};
use crate::model::{Decimal, Price, Side, TradeId, UnixNs, Volume};

use super::sizes::{ClassRule, SizeClass};

/// What makes a row, and which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TapeRule {
    /// Whether fills of one order are one row.
    pub merge: bool,
    /// What sizes are measured in.
    pub unit: SizeUnit,
    /// Rows of a smaller size are not shown. Of the merged size, where fills are merged.
    pub least: Decimal,
    /// Which rows stand out.
    pub classes: ClassRule,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapeRow {
    /// Exchange time of its fills.
    pub time: UnixNs,
    /// Number of the first fill.
    pub first: TradeId,
    /// Number of the last fill.
    pub last: TradeId,
    /// Number of fills.
    pub fills: u32,
    /// The taker's side.
    pub side: Side,
    /// Price of the last fill: how far the order went.
    pub price: Price,
    /// Lowest price.
    pub low: Price,
    /// Highest price.
    pub high: Price,
    /// Sum of the fills, each at its own price.
    pub amount: Amount,
    /// How much it stands out.
    pub class: SizeClass,
}

/// Exact sums of trades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TapeSums {
    /// Number of fills.
    pub trades: u64,
    /// Base units.
    pub volume: Volume,
    /// Base units that takers bought.
    pub buy_volume: Volume,
}

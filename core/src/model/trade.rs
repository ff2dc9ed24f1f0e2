//! One execution on a venue, as the tape shows it.

use serde::{Deserialize, Serialize};

use super::number::{Precision, Price, Quantity};
use super::time::UnixNs;

/// Side of the taker: who crossed the spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The taker bought: the trade printed at the ask.
    Buy,
    /// The taker sold: the trade printed at the bid.
    Sell,
}

impl Side {
    /// The other side. Venues that say the maker's side are turned around with this.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// `buy` or `sell`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

/// The venue's number of a trade, unique per instrument.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TradeId(pub u64);

/// One execution. Price and quantity are at the instrument's precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// The venue's number.
    pub id: TradeId,
    /// When the venue says it happened.
    pub time: UnixNs,
    /// When it reached this machine; equal to `time` for imported history.
    pub received: UnixNs,
    /// Quote currency per base unit.
    pub price: Price,
    /// Base units (contracts for derivatives).
    pub quantity: Quantity,
    /// The taker's side.
    pub side: Side,
}

impl Trade {
    /// The same trade at another precision; `None` where it does not fit or would lose digits.
    #[must_use]
    pub fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Some(Self {
            price: self.price.rescaled(from.price, to.price)?,
            quantity: self.quantity.rescaled(from.quantity, to.quantity)?,
            ..self
        })
    }

    /// What orders the trades of an instrument, whatever order they arrive in.
    #[must_use]
    pub fn key(&self) -> (UnixNs, TradeId) {
        (self.time, self.id)
    }
}

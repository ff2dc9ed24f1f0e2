//! The day's figures of one instrument.

use serde::{Deserialize, Serialize};

use super::number::{Price, Quantity, Volume};
use super::time::UnixNs;

/// Last price, best quotes and the last 24 hours. What is not known yet is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticker {
    /// Exchange time of the newest figure.
    pub time: UnixNs,
    /// Last traded price.
    pub last: Option<Price>,
    /// Best bid price.
    pub bid: Option<Price>,
    /// Quantity at the best bid.
    pub bid_quantity: Option<Quantity>,
    /// Best ask price.
    pub ask: Option<Price>,
    /// Quantity at the best ask.
    pub ask_quantity: Option<Quantity>,
    /// Last price 24 hours ago.
    pub open_24h: Option<Price>,
    /// Highest price of the last 24 hours.
    pub high_24h: Option<Price>,
    /// Lowest price of the last 24 hours.
    pub low_24h: Option<Price>,
    /// Base units traded in the last 24 hours.
    pub volume_24h: Option<Volume>,
}

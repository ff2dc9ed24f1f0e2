//! The order book as panels show it: joined levels, steady bars, what changed, the depth curve.
//!
//! | module | what it owns |
//! |---|---|
//! | `amount` | a size in base units and in quote currency |
//! | `group` | steps to choose from, and levels joined at them |
//! | `scale` | what fills a bar, steady while the book breathes |
//! | `change` | which rows have another size than at the last look |
//! | `layout` | rows of the book panel: asks above, bids below |
//! | `depth` | the depth curve around the mid |
//!
//! `Side::Buy` stands for the bids, `Side::Sell` for the asks.

mod amount;
mod change;
mod depth;
mod group;
mod layout;
mod scale;

pub use amount::{Amount, SizeUnit};
pub use change::Changes;
pub use depth::{DepthAxis, DepthPoint, DepthSteps, mid_price};
pub use group::{Group, auto_group, group_levels, group_price, group_sizes, imbalance, next_depth};
pub use layout::{BookLayout, BookRow};
pub use scale::WidthScale;

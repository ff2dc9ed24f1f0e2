//! The ladder (depth of market): a fixed price axis with what rests and what was traded at each
//! price.
//!
//! | module | what it owns |
//! |---|---|
//! | `axis` | which prices are in view, and when that changes |
//! | `traded` | what was traded at each price since the panel was opened |
//! | `keys` | its keys, as data |
//!
//! A row has the number `price / step`: bids and what was sold are rounded down to it, asks and
//! what was bought up ([`crate::chart::group_price`]).

mod axis;
mod keys;
mod traded;

pub use axis::LadderAxis;
pub use keys::{LADDER_KEYS, LadderAction, LadderKey, ladder_action_of};
pub use traded::{Traded, TradedAtPrice};

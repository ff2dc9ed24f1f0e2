//! Lists of instruments at a glance: what a row says, which columns fit, in which order the rows
//! stand, and what the line of the day looks like.
//!
//! | file | what it owns |
//! |---|---|
//! | `figures` | a row's figures, worked out of the day's |
//! | `column` | the columns, and which of them a width has room for |
//! | `order` | how rows are sorted, and when the order has to wait |
//! | `trend` | the last 24 hours as a line |
//! | `pasted` | ids out of a text that somebody pasted |
//! | `keys` | what keys do in the list |
//!
//! What is in a list is [`crate::model::Watchlist`].

mod column;
mod figures;
mod keys;
mod order;
mod pasted;
mod trend;

pub use column::{COLUMNS, Column, ColumnSpec, VENUE_WIDTH, columns_for, spec_of, width_of};
pub use figures::{DayChange, Figures};
pub use keys::{WATCH_KEYS, WatchAction, WatchKey, watch_action_of};
pub use order::{Sort, StillOrder, sorted};
pub use pasted::{Pasted, read_pasted};
pub use trend::Trend;

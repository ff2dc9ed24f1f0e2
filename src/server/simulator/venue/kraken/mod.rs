//! Kraken, WebSocket v2 and REST, as the synthetic market speaks it.
//!
//! Documentation: <https://docs.kraken.com/api/docs/websocket-v2/book>,
//! <https://docs.kraken.com/api/docs/guides/spot-ws-book-v2> and
//! <https://docs.kraken.com/api-reference/market-data/get-ohlc-data>.
//!
//! | module | what it owns |
//! |---|---|
//! | [`dialect`] | requests of a connection |
//! | [`frame`] | messages, worded once for all lines |
//! | [`publisher`] | who subscribed what, and what they get |
//! | [`view`] | the best levels of a book, what changes in them, their checksum |
//! | [`rest`] | the REST interface |
//! | [`names`] | the venue's names of instruments |

pub mod dialect;
pub mod frame;
pub mod names;
pub mod publisher;
pub mod rest;
pub mod view;

pub use publisher::Publisher;

use super::Face;

/// Kraken: the feed at `/v2`, REST below `/0/public`.
pub const FACE: Face = Face {
    name: "kraken",
    router: rest::router,
};

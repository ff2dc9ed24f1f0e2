//! Coinbase Advanced Trade, as the synthetic market speaks it.
//!
//! Documentation: <https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels>
//! and <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/list-public-products>.
//!
//! | module | what it owns |
//! |---|---|
//! | [`channel`] | the channels and their names |
//! | [`frame`] | messages, worded once for all lines |
//! | [`publisher`] | who subscribed what, and what they get |
//! | [`dialect`] | requests of a connection, and its numbers |
//! | [`rest`], [`candles`], [`products`] | the REST interface |

pub mod candles;
pub mod channel;
pub mod dialect;
pub mod frame;
pub mod products;
pub mod publisher;
pub mod rest;

pub use publisher::Publisher;

use super::Face;

/// Coinbase: the feed at the address of the host alone, REST below `/api/v3/brokerage`.
pub const FACE: Face = Face {
    name: "coinbase",
    router: rest::router,
};

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
//! | [`line`] | one WebSocket connection |
//! | [`tamper`] | faults of a line |
//! | [`rest`], [`candles`], [`products`] | the REST interface |

pub mod candles;
pub mod channel;
pub mod frame;
pub mod line;
pub mod products;
pub mod publisher;
pub mod rest;
pub mod tamper;

pub use publisher::Publisher;

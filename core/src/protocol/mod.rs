//! Messages of the live socket (`/ws/v1`) and their encodings, shared by server and page.
//!
//! # Conversation
//!
//! A client sends JSON text ([`Request`]), the server answers each with JSON text ([`Reply`]).
//! Market data comes as [`Message`]s: JSON text, or one binary MsgPack frame each with
//! `?format=msgpack`. Every topic has a counter of its own: `seq` rises by one from message to
//! message and is the same for every listener. A listener that sees a hole asks again; a snapshot
//! may come at any time and replaces what was held.
//!
//! ```json
//! {"v":1,"topic":"book/coinbase:BTC-USD","seq":7,"kind":"update","data":{
//!   "time":1795442262123,"sequence":4711,"bids":[[64213.5,0.25],[64213.1,0]],"asks":[]}}
//! ```
//!
//! | topic | snapshot | update |
//! |---|---|---|
//! | `candles/{instrument}/{timeframe}` | the last closed bar and the open one | bars that changed; one replaces the bar of its `time` |
//! | `trades/{instrument}` | the newest trades | new trades |
//! | `book/{instrument}`, `book/{instrument}/{depth}@{ms}` | best levels | changed levels, quantity 0 deletes |
//! | `ticker/{instrument}` | all figures | all figures |
//! | `status` | everything | everything |
//!
//! Kind `stale` carries `{"reason"}`: what was shown is no longer known to be true; a snapshot
//! follows when it is again.
//!
//! # MsgPack
//!
//! The envelope is the same map. `data` carries columns instead of rows, one array a field, all
//! of the same length, and prices and quantities as integers, to be divided by
//! 10^`price_decimals` and 10^`quantity_decimals`:
//!
//! | column | of | holds |
//! |---|---|---|
//! | `time` | candles | opening time, ms, less the one before (the first less 0) |
//! | `open` | candles | open − close of the bar before (of the first − 0) |
//! | `close` | candles | close − open |
//! | `high` | candles | high − max(open, close) |
//! | `low` | candles | min(open, close) − low |
//! | `volume`, `buy_volume`, `quote_volume`, `trades` | candles | as they are, nil where unknown; sums beyond 64 bits as digits in a string; quote volume at the sum of both decimals |
//! | `flags` | candles | bit 0: closed; bits 1-2: origin, 0 trades, 1 venue, 2 both |
//! | `revision` | candles | as it is |
//! | `time` | trades | exchange time, ns, less the one before |
//! | `received` | trades | received − time, ns |
//! | `id`, `price` | trades | less the one before |
//! | `quantity` | trades | as it is |
//! | `side` | trades | 0 taker bought, 1 taker sold |
//! | `bid_price`, `ask_price` | book | less the one before |
//! | `bid_quantity`, `ask_quantity` | book | as they are |
//!
//! A ticker is `{price_decimals, quantity_decimals, ticker: {…}}` with integers or nil in it; the
//! status is the map that JSON has.
//!
//! Differences wrap at 64 bits, so that every value has exactly one. Test vectors are the
//! snapshots in `core/src/protocol/snapshots`. Fields are only ever appended: a reader passes over fields that
//! it does not know and refuses another `v`.

mod columns;
mod json;
mod message;
mod msgpack;
mod number;
mod request;
mod topic;
mod unpack;

pub use json::{BookRow, CandleRow, TickerRow, TradeRow};
pub use message::{Body, BookData, CandleData, Data, Message, TickerData, TradeData};
pub use msgpack::DecodeError;
pub use number::{Number, NumberStyle};
pub use request::{ErrorCode, Reply, Request};
pub use topic::{BookDepth, Topic, TopicError};
pub use unpack::{UnpackError, unpack};

/// Version in every envelope.
pub const VERSION: u8 = 1;

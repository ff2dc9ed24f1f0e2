//! What is computed from a stream of market events: the book, bars, the tape, the day's figures,
//! and whether the stream is whole.
//!
//! Everything here is a plain struct that is fed events one by one, with time as an argument. It
//! must not know where events come from, where results are kept, or what a clock is.
//!
//! | item | what it owns |
//! |---|---|
//! | [`Normalizer`] | the venue's digits → exact numbers at the instrument's precision |
//! | [`TradeContinuity`], [`SequenceCheck`] | repeats and holes in numbered streams |
//! | [`OrderBook`] | both sides of a book from a snapshot and changes |
//! | [`book_diff()`], [`patch_view`] | the change from one view of a book to the next |
//! | [`CandleBuilder`] | stored timeframes from trades, revised in place |
//! | [`fold()`] | all other timeframes from the stored ones |
//! | [`TickerState`] | last price, best quotes, rolling 24 hours |
//! | [`Tape`] | the newest trades |
//! | [`TradeFlow`] | delta, buy ratio and number of trades over a moving window |
//! | [`TradeIds`] | which trades were taken before |
//! | [`TickRule`] | evidence that the taker's side is the right way round |

mod book;
mod book_diff;
mod book_side;
mod candles;
mod continuity;
mod fold;
mod normalizer;
mod open_bar;
mod precision;
mod tape;
mod tick_rule;
mod ticker;
mod trade_flow;
mod trade_ids;

pub use book::{BookError, OrderBook};
pub use book_diff::{diff as book_diff, patch as patch_view};
pub use candles::{BarEvent, CandleBuilder, DEFAULT_GRACE_MS};
pub use continuity::{Continuity, SequenceCheck, SequenceStep, TradeContinuity};
pub use fold::fold;
pub use normalizer::{NormalizeError, Normalizer, Refusal, RefusedPart};
pub use open_bar::{OpenBar, TradeKey};
pub use precision::PrecisionOverflow;
pub use tape::Tape;
pub use tick_rule::TickRule;
pub use ticker::{TickerState, day_bars};
pub use trade_flow::{FlowSums, TradeFlow};
pub use trade_ids::{Novelty, TradeIds};

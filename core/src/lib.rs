//! Everything in TradeSuite that is arithmetic: exact numbers, order books, candles, chart
//! geometry, docking and the wire protocol.
//!
//! Nothing here reads a clock, opens a file or a socket, or knows of a web framework: time is an
//! argument, bytes come in and go out. Server and browser are built from the same types.
//!
//! | module | what it owns |
//! |---|---|
//! | [`model`] | the typed vocabulary: price, quantity, time, instrument, trade, candle, event … |
//! | [`indicator`] | averages, channels, oscillators and order flow over bars, revised in place |
//! | [`market`] | what is computed from events: order book, candle builder, precision, integrity |
//! | [`alert`] | rules over the market: operands, their text form, when they fire |
//! | [`chart`] | geometry of charts, books and tapes: scales, ticks, pixels |
//! | [`dock`] | docking: panels, how they share the window, the workspace document |
//! | [`protocol`] | messages of the live socket and their encodings |
//! | [`command`] | what can be asked of the page by a word or a key: palette, help |
//! | [`watch`] | lists of instruments at a glance: figures, columns, order, the day's trend |

pub mod alert;
pub mod chart;
pub mod command;
pub mod dock;
pub mod indicator;
pub mod market;
pub mod model;
pub mod protocol;
pub mod watch;

//! Lines that carry text frames. A session is generic over them: sockets in the product, memory in
//! tests.

#[cfg(test)]
pub mod memory;
pub mod websocket;

use std::future::Future;
use std::time::Duration;

use thiserror::Error;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// What arrives on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Text(Utf8Bytes),
    /// Not what any feed sends: its size in bytes.
    Binary(usize),
}

/// A line could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// No answer: no network, no such host, refused, timed out, no TLS.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The venue does not serve this machine's location or address.
    #[error("is blocked from this location (HTTP {0})")]
    Blocked(u16),
    /// Too many connections; when to come back, where the venue says it.
    #[error("asks to connect less often (HTTP 429)")]
    RateLimited(Option<Duration>),
    /// Answered with something else than a WebSocket.
    #[error("does not open a WebSocket (HTTP {0})")]
    Refused(u16),
}

/// An open line is no more.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct LineLost(pub String);

/// Opens lines.
pub trait Connector: Send + Sync + 'static {
    /// What it opens.
    type Line: Line;

    /// Opens one, within a time-out of its own.
    fn connect(&self, url: &str) -> impl Future<Output = Result<Self::Line, ConnectError>> + Send;
}

/// An open line. Its one owner sends and receives.
pub trait Line: Send {
    /// The next frame. May be dropped while waiting without losing one.
    fn next(&mut self) -> impl Future<Output = Result<Frame, LineLost>> + Send;

    /// Sends one text frame, within a time-out of its own.
    fn send(&mut self, text: String) -> impl Future<Output = Result<(), LineLost>> + Send;

    /// Says goodbye where that is still possible.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
}

//! Lines over WebSockets.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::{ConnectError, Connector, Frame, Line, LineLost};
use crate::server::collector::tls;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// The snapshot of a busy book is several MB.
const MAX_FRAME: usize = 16 << 20;

/// Opens WebSockets.
#[derive(Clone)]
pub struct WebSocketConnector {
    tls: Arc<ClientConfig>,
}

impl Default for WebSocketConnector {
    fn default() -> Self {
        Self {
            tls: tls::client_config(),
        }
    }
}

/// An open WebSocket.
pub struct WebSocketLine(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Connector for WebSocketConnector {
    type Line = WebSocketLine;

    async fn connect(&self, url: &str) -> Result<WebSocketLine, ConnectError> {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let tls = tokio_tungstenite::Connector::Rustls(self.tls.clone());
        let opening = connect_async_tls_with_config(url, Some(config), true, Some(tls));
        match timeout(CONNECT_TIMEOUT, opening).await {
            Ok(Ok((stream, _))) => Ok(WebSocketLine(stream)),
            Ok(Err(tungstenite::Error::Http(response))) => {
                Err(refusal(response.status(), response.headers()))
            }
            Ok(Err(tungstenite::Error::Io(error))) => {
                Err(ConnectError::Unreachable(error.to_string()))
            }
            Ok(Err(error)) => Err(ConnectError::Unreachable(error.to_string())),
            Err(_) => Err(ConnectError::Unreachable(format!(
                "no answer within {} s",
                CONNECT_TIMEOUT.as_secs()
            ))),
        }
    }
}

fn refusal(status: StatusCode, headers: &HeaderMap) -> ConnectError {
    match status.as_u16() {
        status @ (403 | 451) => ConnectError::Blocked(status),
        429 => ConnectError::RateLimited(
            headers
                .get("retry-after")
                .and_then(|value| value.to_str().ok())
                .and_then(|text| text.trim().parse().ok())
                .map(Duration::from_secs),
        ),
        status => ConnectError::Refused(status),
    }
}

impl Line for WebSocketLine {
    async fn next(&mut self) -> Result<Frame, LineLost> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Frame::Text(text)),
                Some(Ok(Message::Binary(bytes))) => return Ok(Frame::Binary(bytes.len())),
                Some(Ok(Message::Close(reason))) => {
                    let reason = reason.map_or_else(
                        || "without a reason".to_owned(),
                        |frame| format!("{} {}", frame.code, frame.reason),
                    );
                    return Err(LineLost(format!("the venue closed the line: {reason}")));
                }
                // Pings are answered by the socket itself; they are no sign that data flows.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Err(LineLost(describe(&error))),
                None => return Err(LineLost("the line was cut".to_owned())),
            }
        }
    }

    async fn send(&mut self, text: String) -> Result<(), LineLost> {
        match timeout(SEND_TIMEOUT, self.0.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(LineLost(describe(&error))),
            Err(_) => Err(LineLost("the venue does not take messages".to_owned())),
        }
    }

    async fn close(&mut self) {
        // The line is given up in any case; a goodbye that fails changes nothing.
        let _ = timeout(CLOSE_TIMEOUT, self.0.close(None)).await;
    }
}

fn describe(error: &tungstenite::Error) -> String {
    match error {
        tungstenite::Error::Capacity(CapacityError::MessageTooLong { size, .. }) => {
            format!("the venue sent a frame of {size} bytes, more than {MAX_FRAME}")
        }
        error => format!("the line broke: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers one request with this text, then hangs up.
    async fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        format!("ws://{address}/")
    }

    #[tokio::test]
    async fn refusals_are_told_apart() {
        for (answer, expected) in [
            (
                "HTTP/1.1 451 Unavailable\r\ncontent-length: 0\r\n\r\n",
                ConnectError::Blocked(451),
            ),
            (
                "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
                ConnectError::Blocked(403),
            ),
            (
                "HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
                ConnectError::RateLimited(Some(Duration::from_secs(7))),
            ),
            (
                "HTTP/1.1 404 Gone\r\ncontent-length: 0\r\n\r\n",
                ConnectError::Refused(404),
            ),
        ] {
            let url = answering(answer).await;
            let error = WebSocketConnector::default().connect(&url).await.err();
            assert_eq!(error, Some(expected), "{answer}");
        }
    }

    #[tokio::test]
    async fn nobody_there_is_unreachable() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        drop(listener);
        let error = WebSocketConnector::default().connect(&url).await.err();
        assert!(
            matches!(error, Some(ConnectError::Unreachable(_))),
            "{error:?}"
        );
    }

    #[tokio::test]
    async fn frames_go_both_ways_and_too_large_ones_break_the_line() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let venue = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let asked = socket.next().await.unwrap().unwrap();
            socket.send(asked).await.unwrap();
            socket
                .send(Message::Binary(vec![1; 9].into()))
                .await
                .unwrap();
            // The other side hangs up in the middle of it.
            let _ = socket
                .send(Message::Text("x".repeat(MAX_FRAME + 1).into()))
                .await;
        });
        let mut line = WebSocketConnector::default().connect(&url).await.unwrap();
        line.send("subscribe".to_owned()).await.unwrap();
        assert_eq!(line.next().await, Ok(Frame::Text("subscribe".into())));
        assert_eq!(line.next().await, Ok(Frame::Binary(9)));
        let lost = line.next().await.expect_err("too large");
        assert!(lost.0.contains("more than 16777216"), "{lost}");
        drop(line);
        venue.await.unwrap();
    }
}

//! One WebSocket. Opening it again is up to the caller.

use std::pin::pin;

use futures::channel::mpsc;
use futures::future::{Either, poll_fn, select};
use futures::{SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State};

use crate::browser::types::SocketEvent;

/// Messages that may wait to be sent; more than a page ever has subscriptions.
const OUTBOX: usize = 256;

/// A handle on an open socket; dropping the last one closes it.
#[derive(Clone, Debug)]
pub struct Socket(mpsc::Sender<Message>);

impl Socket {
    /// Opens `path` on the page's own host and tells `listener` what happens, ending with
    /// [`SocketEvent::Closed`].
    #[must_use]
    pub fn open(path: &str, mut listener: impl FnMut(SocketEvent) + 'static) -> Self {
        let (outbox, mut waiting) = mpsc::channel::<Message>(OUTBOX);
        let url = address(path);
        wasm_bindgen_futures::spawn_local(async move {
            // Given up before it was open: a browser opens one at a time to a server, and one that
            // hangs would hold up the next. Nothing is sent before.
            let connecting = pin!(connect(&url));
            let opened = select(connecting, waiting.next()).await;
            let Either::Left((Some(socket), _)) = opened else {
                listener(SocketEvent::Closed);
                return;
            };
            let (mut sink, mut stream) = socket.split();
            listener(SocketEvent::Open);
            loop {
                match select(stream.next(), waiting.next()).await {
                    Either::Left((Some(Ok(Message::Bytes(bytes))), _)) => {
                        listener(SocketEvent::Binary(bytes));
                    }
                    Either::Left((Some(Ok(Message::Text(text))), _)) => {
                        listener(SocketEvent::Text(text));
                    }
                    Either::Left((Some(Err(_)) | None, _)) | Either::Right((None, _)) => break,
                    Either::Right((Some(message), _)) => {
                        if sink.send(message).await.is_err() {
                            break;
                        }
                    }
                }
            }
            listener(SocketEvent::Closed);
        });
        Self(outbox)
    }

    /// Sends a text once the socket is open. A socket that is gone or stuck says so through its
    /// listener; what was to be sent is then no longer wanted.
    pub fn send(&self, text: String) {
        let _ = self.0.clone().try_send(Message::Text(text));
    }

    /// Closes it; the listener hears of it.
    pub fn close(&self) {
        self.0.clone().close_channel();
    }
}

/// A socket that is open; `None` where nobody answers.
async fn connect(url: &str) -> Option<WebSocket> {
    let mut socket = WebSocket::open(url).ok()?;
    // Ready means no more than that connecting is over, well or not.
    let ready = poll_fn(|context| socket.poll_ready_unpin(context)).await;
    (ready.is_ok() && matches!(socket.state(), State::Open)).then_some(socket)
}

fn address(path: &str) -> String {
    let location = web_sys::window().map(|window| window.location());
    let part = |get: fn(&web_sys::Location) -> Result<String, wasm_bindgen::JsValue>| {
        location
            .as_ref()
            .and_then(|location| get(location).ok())
            .unwrap_or_default()
    };
    let scheme = if part(web_sys::Location::protocol) == "https:" {
        "wss"
    } else {
        "ws"
    };
    format!("{scheme}://{}{path}", part(web_sys::Location::host))
}

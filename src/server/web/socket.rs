//! `/ws/v1`: one socket, many topics.
//!
//! A task per connection reads requests and writes what its [`Outbox`] holds. It never waits for
//! the hub to have something, nor does the hub wait for it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite;
use tradesuite_core::protocol::{ErrorCode, Reply, Request, Topic};

use super::problem::{FieldError, Problem};
use super::state::AppState;
use crate::server::hub::{Delivery, Frame, Lease, Outbox};
use crate::server::service::Service;

/// Largest request of a client, bytes. One that is larger is answered and ends the line.
const MESSAGE_LIMIT: usize = 64 * 1024;
/// Largest message that is read at all, bytes.
const READ_LIMIT: usize = 1024 * 1024;
/// A reader that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// How often the line is tried.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A client that says nothing for so long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a client has to take and answer the goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// How market messages are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    MsgPack,
}

/// `GET /ws/v1`
pub(super) async fn connect(
    State(state): State<AppState>,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    open(state, &query, upgrade, None)
}

/// `GET /ws/v1/{topic}`: a socket that listens to one topic from the start.
pub(super) async fn connect_to_topic(
    State(state): State<AppState>,
    Path(topic): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let topic = accept(&state.service, &topic).map_err(|(code, detail)| match code {
        ErrorCode::UnknownInstrument => Problem::not_found("unknown_instrument", detail),
        _ => Problem::not_found("bad_topic", detail),
    })?;
    open(state, &query, upgrade, Some(topic))
}

fn open(
    state: AppState,
    query: &[(String, String)],
    upgrade: WebSocketUpgrade,
    topic: Option<Topic>,
) -> Result<Response, Problem> {
    let mut format = Format::Json;
    for (name, value) in query {
        format = match (name.as_str(), value.as_str()) {
            ("format", "json") => Format::Json,
            ("format", "msgpack") => Format::MsgPack,
            ("format", _) => return Err(bad_parameter(name, "json and msgpack are served")),
            _ => return Err(bad_parameter(name, "there is no such parameter")),
        };
    }
    let permit = Arc::clone(&state.sockets.connections)
        .try_acquire_owned()
        .map_err(|_| Problem::unavailable("too_many_connections", "all sockets are taken"))?;
    let open = state.tasks.token();
    Ok(upgrade
        .max_message_size(READ_LIMIT)
        .max_frame_size(READ_LIMIT)
        .on_upgrade(move |socket| async move {
            let mut connection = Connection::new(state, format);
            if let Some(topic) = topic {
                connection.subscribe(topic).await;
            }
            connection.serve(socket).await;
            drop((permit, open));
        }))
}

fn bad_parameter(field: &str, message: &str) -> Problem {
    let error = FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    };
    Problem::parameters(vec![error])
}

struct Connection {
    state: AppState,
    format: Format,
    outbox: Arc<Outbox>,
    topics: HashMap<Topic, Option<Lease>>,
}

/// Why a conversation is over.
enum Gone {
    /// The client went, or takes nothing any more.
    Away,
    /// It has to go, and is told why.
    Dismissed(CloseFrame),
}

impl Gone {
    fn too_large() -> Self {
        Self::Dismissed(CloseFrame {
            code: close_code::SIZE,
            reason: Utf8Bytes::from_static("a request has at most 65,536 bytes"),
        })
    }
}

impl Connection {
    fn new(state: AppState, format: Format) -> Self {
        let outbox = Outbox::new(state.sockets.outbox);
        Self {
            state,
            format,
            outbox,
            topics: HashMap::new(),
        }
    }

    async fn serve(mut self, mut socket: WebSocket) {
        let shutdown = self.state.shutdown.clone();
        let talk = shutdown.run_until_cancelled(self.talk(&mut socket));
        let goodbye = match talk.await {
            Some(Err(Gone::Away)) => None,
            Some(Err(Gone::Dismissed(goodbye))) => Some(goodbye),
            None => Some(CloseFrame {
                code: close_code::AWAY,
                reason: Utf8Bytes::from_static("the server is stopping"),
            }),
        };
        if let Some(goodbye) = goodbye {
            let last_words = async {
                // The client may be gone already.
                let _ = socket.send(Message::Close(Some(goodbye))).await;
                // Closing the line over what it still says would cut the goodbye off.
                while let Some(Ok(_)) = socket.recv().await {}
            };
            // One that does not read keeps nobody waiting.
            let _ = timeout(GOODBYE, last_words).await;
        }
        self.outbox.close();
        for topic in self.topics.keys() {
            self.state.service.hub().leave(topic, &self.outbox).await;
        }
    }

    /// Until the client is gone.
    async fn talk(&mut self, socket: &mut WebSocket) -> Result<Infallible, Gone> {
        let outbox = Arc::clone(&self.outbox);
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                message = socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => self.answer(socket, text.as_bytes()).await?,
                        Some(Ok(Message::Binary(bytes))) => self.answer(socket, &bytes).await?,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Err(error)) if is_too_large(&error) => return Err(Gone::too_large()),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone::Away),
                    }
                }
                delivery = outbox.next() => match delivery {
                    Some(Delivery::Frame(frame)) => write(socket, self.encode(&frame)).await?,
                    Some(Delivery::Cut(topics)) => {
                        for topic in topics {
                            self.state.service.hub().join(&topic, &self.outbox).await;
                        }
                    }
                    None => return Err(Gone::Away),
                },
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Err(Gone::Away);
                    }
                    write(socket, Message::Ping(Default::default())).await?;
                }
            }
        }
    }

    fn encode(&self, frame: &Frame) -> Message {
        match self.format {
            Format::MsgPack => Message::Binary(frame.msgpack()),
            // JSON is UTF-8; validating it again costs less than keeping a second form.
            Format::Json => Message::Text(Utf8Bytes::try_from(frame.json()).unwrap_or_default()),
        }
    }

    async fn answer(&mut self, socket: &mut WebSocket, request: &[u8]) -> Result<(), Gone> {
        if request.len() > MESSAGE_LIMIT {
            return Err(Gone::too_large());
        }
        for reply in self.handle(request).await {
            let text = serde_json::to_string(&reply).map_err(|_| Gone::Away)?;
            write(socket, Message::Text(text.into())).await?;
        }
        Ok(())
    }

    async fn handle(&mut self, request: &[u8]) -> Vec<Reply> {
        match serde_json::from_slice(request) {
            Ok(Request::Subscribe { id, topics }) => {
                let (mut replies, mut accepted) = (Vec::new(), Vec::new());
                for text in topics {
                    match self.accept(&text) {
                        Ok(topic) => {
                            accepted.push(topic.to_string());
                            self.subscribe(topic).await;
                        }
                        Err((code, detail)) => {
                            replies.push(Reply::Error {
                                id,
                                topic: Some(text),
                                code,
                                detail,
                            });
                        }
                    }
                }
                if !accepted.is_empty() || replies.is_empty() {
                    replies.push(Reply::Ok {
                        id,
                        topics: accepted,
                        time: None,
                    });
                }
                replies
            }
            Ok(Request::Unsubscribe { id, topics }) => {
                let mut left = Vec::new();
                for topic in topics
                    .iter()
                    .filter_map(|text| self.state.service.topic(text).ok())
                {
                    left.push(topic.to_string());
                    self.topics.remove(&topic);
                    self.state.service.hub().leave(&topic, &self.outbox).await;
                }
                vec![Reply::Ok {
                    id,
                    topics: left,
                    time: None,
                }]
            }
            Ok(Request::Ping { id }) => {
                let time = Some(self.state.service.clock().now().to_ms().0);
                vec![Reply::Ok {
                    id,
                    topics: Vec::new(),
                    time,
                }]
            }
            Err(error) => vec![Reply::Error {
                id: id_of(request),
                topic: None,
                code: ErrorCode::BadRequest,
                detail: error.to_string(),
            }],
        }
    }

    /// Whether this connection may listen to a topic.
    fn accept(&self, text: &str) -> Result<Topic, (ErrorCode, String)> {
        let topic = accept(&self.state.service, text)?;
        let limit = self.state.sockets.topics;
        if self.topics.len() >= limit && !self.topics.contains_key(&topic) {
            let detail = format!("one connection listens to {limit} topics at the most");
            return Err((ErrorCode::TooManyTopics, detail));
        }
        Ok(topic)
    }

    async fn subscribe(&mut self, topic: Topic) {
        let service = &self.state.service;
        let hub = service.hub();
        let lease = topic
            .instrument()
            .map(|instrument| service.follow(instrument));
        self.outbox.expect(&topic);
        hub.join(&topic, &self.outbox).await;
        self.topics.insert(topic, lease);
    }
}

/// The number of what is no request otherwise.
fn id_of(request: &[u8]) -> Option<u64> {
    let json: serde_json::Value = serde_json::from_slice(request).ok()?;
    json.get("id")?.as_u64()
}

/// Whether a message was larger than is read at all.
fn is_too_large(error: &axum::Error) -> bool {
    let cause = std::error::Error::source(error);
    let cause = cause.and_then(|cause| cause.downcast_ref::<tungstenite::Error>());
    matches!(cause, Some(tungstenite::Error::Capacity(_)))
}

/// Whether a topic may be listened to.
fn accept(service: &Service, text: &str) -> Result<Topic, (ErrorCode, String)> {
    let topic = service
        .topic(text)
        .map_err(|error| (ErrorCode::BadTopic, error.to_string()))?;
    if topic == Topic::Alerts {
        return Err((
            ErrorCode::Unavailable,
            "this server has no alerts yet".to_owned(),
        ));
    }
    if let Some(instrument) = topic.instrument() {
        service
            .check(instrument)
            .map_err(|error| (ErrorCode::UnknownInstrument, error.to_string()))?;
    }
    Ok(topic)
}

async fn write(socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    match timeout(WRITE_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Gone::Away),
    }
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;

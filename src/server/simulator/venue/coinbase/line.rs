//! One WebSocket connection: reads requests, numbers messages, sends them, and has the faults that
//! are in force. It must not know what the messages mean.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

use super::channel::Channel;
use super::frame::{self, Frame};
use super::publisher::{Joined, Wish};
use super::tamper::{STALL, Tamper};
use crate::server::simulator::App;
use crate::server::simulator::faults::{Fault, FaultState};

/// "You must send a subscribe message within 5 seconds or you are disconnected."
const FIRST_SUBSCRIBE: Duration = Duration::from_secs(5);
/// A client that takes nothing for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
const HEARTBEAT: Duration = Duration::from_secs(1);

/// A request of the client.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

fn read_request(text: &str) -> Result<Wish, String> {
    let request: Request =
        serde_json::from_str(text).map_err(|_| "failed to parse message".to_owned())?;
    let subscribe = match request.kind.as_str() {
        "subscribe" => true,
        "unsubscribe" => false,
        other => return Err(format!("{other} is not a valid message type")),
    };
    let channel = Channel::find(&request.channel)
        .ok_or_else(|| format!("{} is not a valid channel", request.channel))?;
    Ok(Wish {
        subscribe,
        channel,
        products: request.product_ids,
    })
}

/// Why a line ends.
#[derive(Debug)]
enum End {
    /// The client left, or takes nothing any more.
    Gone,
    /// As a broken wire: without a word.
    Cut,
    /// With a reason.
    Closed(u16, &'static str),
}

struct Line {
    socket: WebSocket,
    tamper: Tamper,
    faults: watch::Receiver<FaultState>,
    next_number: u64,
    heartbeats: u64,
    heartbeat: Option<Interval>,
    /// Snapshots that are held back, and until when.
    late: Vec<(Instant, String)>,
}

/// Serves a connection until it ends.
pub async fn serve(socket: WebSocket, app: App) {
    let Ok(joined) = app.floor.ask(|floor| floor.publisher.join()).await else {
        return;
    };
    let id = joined.id;
    let faults = app.faults.watch();
    let state = *faults.borrow();
    let mut line = Line {
        socket,
        tamper: Tamper::new(app.seed, id.0, state),
        faults,
        next_number: 0,
        heartbeats: 0,
        heartbeat: None,
        late: Vec::new(),
    };
    let end = line.run(joined, &app).await;
    tracing::debug!(line = id.0, ?end, "simulated line ended");
    if let End::Closed(code, reason) = end {
        let close = Message::Close(Some(CloseFrame {
            code,
            reason: reason.into(),
        }));
        // The client may be gone already.
        let _ = timeout(SEND_TIMEOUT, line.socket.send(close)).await;
    }
    // The floor may have closed already.
    let _ = app.floor.ask(move |floor| floor.publisher.leave(id)).await;
}

impl Line {
    async fn run(&mut self, mut joined: Joined, app: &App) -> End {
        let opened = Instant::now();
        let mut subscribed = false;
        let mut cut_at = self.schedule(Fault::Cut, opened);
        let mut stall_at = self.schedule(Fault::Stall, opened);
        loop {
            let late_at = self.late.iter().map(|(at, _)| *at).min();
            let step = tokio::select! {
                () = app.shutdown.cancelled() => Err(End::Closed(close_code::AWAY, "shutting down")),
                () = joined.too_slow.cancelled() => Err(End::Closed(close_code::POLICY, "too slow")),
                () = until(cut_at) => Err(End::Cut),
                () = until(Some(opened + FIRST_SUBSCRIBE)), if !subscribed => {
                    Err(End::Closed(close_code::POLICY, "no subscribe message within 5 seconds"))
                }
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => {
                        self.request(text.as_str(), &joined, app, &mut subscribed).await
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
                    Some(Ok(_)) => Ok(()),
                },
                Some(frame) = joined.queue.recv() => self.number_and_send(&frame).await,
                () = beat(&mut self.heartbeat) => {
                    self.heartbeats += 1;
                    let frame = frame::heartbeat(app.clock.now(), self.heartbeats);
                    self.number_and_send(&Arc::new(frame)).await
                }
                () = until(late_at) => self.send_late().await,
                () = until(stall_at) => {
                    stall_at = self.schedule(Fault::Stall, Instant::now() + STALL);
                    self.stall(app).await
                }
                changed = self.faults.changed() => {
                    if changed.is_err() {
                        return End::Gone;
                    }
                    let state = *self.faults.borrow_and_update();
                    cut_at = self.schedule(Fault::Cut, Instant::now());
                    stall_at = self.schedule(Fault::Stall, Instant::now());
                    if self.tamper.asked_once(Fault::Cut, &state) {
                        Err(End::Cut)
                    } else if self.tamper.asked_once(Fault::Stall, &state) {
                        self.stall(app).await
                    } else {
                        Ok(())
                    }
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    fn schedule(&mut self, fault: Fault, from: Instant) -> Option<Instant> {
        let state = *self.faults.borrow();
        self.tamper.wait_for(fault, &state).map(|wait| from + wait)
    }

    async fn request(
        &mut self,
        text: &str,
        joined: &Joined,
        app: &App,
        subscribed: &mut bool,
    ) -> Result<(), End> {
        let wish = match read_request(text) {
            Ok(wish) => wish,
            Err(message) => return self.send(frame::error(&message)).await,
        };
        let (id, channel, subscribe) = (joined.id, wish.channel, wish.subscribe);
        let answer = app
            .floor
            .ask(move |floor| floor.publisher.carry_out(id, &wish, &floor.market))
            .await
            .map_err(|_| End::Gone)?;
        if let Err(message) = answer {
            return self.send(frame::error(&message)).await;
        }
        *subscribed |= subscribe;
        if channel == Channel::Heartbeats {
            self.heartbeat = subscribe.then(|| {
                let mut beats = interval(HEARTBEAT);
                beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
                beats
            });
        }
        Ok(())
    }

    async fn number_and_send(&mut self, frame: &Arc<Frame>) -> Result<(), End> {
        let state = *self.faults.borrow();
        let text = frame.numbered(self.next_number);
        self.next_number += 1;
        let late = state.plan.get(Fault::LateSnapshot);
        if frame.snapshot && late > 0.0 {
            let at = Instant::now() + Duration::from_secs_f64(late);
            self.late.push((at, text));
            return Ok(());
        }
        for message in self.tamper.pass(text, &state) {
            self.send(message).await?;
        }
        Ok(())
    }

    async fn send_late(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let (due, later) = self.late.drain(..).partition(|(at, _)| *at <= now);
        self.late = later;
        let due: Vec<(Instant, String)> = due;
        for (_, text) in due {
            self.send(text).await?;
        }
        Ok(())
    }

    async fn stall(&mut self, app: &App) -> Result<(), End> {
        tokio::select! {
            () = app.shutdown.cancelled() => Err(End::Closed(close_code::AWAY, "shutting down")),
            () = tokio::time::sleep(STALL) => Ok(()),
        }
    }

    async fn send(&mut self, text: String) -> Result<(), End> {
        match timeout(SEND_TIMEOUT, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

async fn beat(heartbeat: &mut Option<Interval>) {
    match heartbeat {
        Some(beats) => {
            beats.tick().await;
        }
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_requests_and_says_what_is_wrong() {
        let wish =
            read_request(r#"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"level2"}"#);
        let wish = wish.expect("a wish");
        assert!(wish.subscribe && wish.channel == Channel::Level2 && wish.products == ["BTC-USD"]);
        for (text, message) in [
            ("", "failed to parse message"),
            (
                r#"{"type":"subscribe","channel":"full"}"#,
                "full is not a valid channel",
            ),
            (
                r#"{"type":"hello","channel":"level2"}"#,
                "hello is not a valid message type",
            ),
        ] {
            assert_eq!(read_request(text).expect_err(text), message);
        }
    }

    proptest! {
        #[test]
        fn no_request_panics(text in "\\PC{0,80}") {
            let _ = read_request(&text);
        }
    }
}

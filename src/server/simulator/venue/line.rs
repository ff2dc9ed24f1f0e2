//! One WebSocket connection: reads requests, sends messages, and has the faults that are in force.
//! What is said on it, in which words and with which numbers, is its [`Dialect`]'s business.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};
use tradesuite_core::model::UnixNs;

use super::frame::Frame;
use super::lines::{Joined, LineId};
use super::tamper::{STALL, Tamper};
use crate::server::simulator::App;
use crate::server::simulator::faults::{Fault, FaultState};
use crate::server::simulator::floor::Floor;

/// A client that takes nothing for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
const HEARTBEAT: Duration = Duration::from_secs(1);

/// What a client said.
#[derive(Debug, PartialEq, Eq)]
pub enum Said<W> {
    /// Something that the market has to carry out.
    Wish(W),
    /// Something that is answered at once.
    Answered(String),
}

/// What one venue says on one connection.
pub trait Dialect: Send + 'static {
    /// What a client can ask for.
    type Wish: Send + 'static;

    /// How long a client may be silent before it subscribes; `None`: for ever.
    const FIRST_SUBSCRIBE: Option<Duration>;

    /// Opens a line at the venue's publisher.
    fn join(floor: &mut Floor) -> Joined;

    /// Closes it.
    fn leave(floor: &mut Floor, id: LineId);

    /// Has a wish carried out. What comes of it is sent over the line's queue.
    ///
    /// # Errors
    /// The message for the line where it makes no sense.
    fn carry_out(floor: &mut Floor, id: LineId, wish: &Self::Wish) -> Result<(), String>;

    /// What is said before anything is asked.
    fn greeting(&mut self, _now: UnixNs) -> Option<String> {
        None
    }

    /// Understands a request.
    fn read(&mut self, text: &str, now: UnixNs) -> Said<Self::Wish>;

    /// Takes note of a wish that was carried out.
    fn carried_out(&mut self, wish: &Self::Wish);

    /// Whether the client has subscribed anything.
    fn has_subscribed(&self) -> bool;

    /// Whether signs of life are wanted.
    fn beats(&self) -> bool;

    /// A sign of life.
    fn heartbeat(&mut self, now: UnixNs) -> Frame;

    /// A message as it goes over this line.
    fn word(&mut self, frame: &Frame) -> String;
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

struct Line<D> {
    socket: WebSocket,
    dialect: D,
    tamper: Tamper,
    faults: watch::Receiver<FaultState>,
    heartbeat: Option<Interval>,
    /// Snapshots that are held back, and until when.
    late: Vec<(Instant, String)>,
}

/// Serves a connection until it ends.
pub async fn serve<D: Dialect>(socket: WebSocket, dialect: D, app: App) {
    let Ok(joined) = app.floor.ask(D::join).await else {
        return;
    };
    let id = joined.id;
    let faults = app.faults.watch();
    let state = *faults.borrow();
    let mut line = Line {
        socket,
        dialect,
        tamper: Tamper::new(app.seed, id.0, state),
        faults,
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
    let _ = app.floor.ask(move |floor| D::leave(floor, id)).await;
}

impl<D: Dialect> Line<D> {
    async fn run(&mut self, mut joined: Joined, app: &App) -> End {
        let opened = Instant::now();
        let first_subscribe = D::FIRST_SUBSCRIBE.map(|patience| opened + patience);
        if let Some(greeting) = self.dialect.greeting(app.clock.now())
            && let Err(end) = self.send(greeting).await
        {
            return end;
        }
        let mut cut_at = self.schedule(Fault::Cut, opened);
        let mut stall_at = self.schedule(Fault::Stall, opened);
        loop {
            let late_at = self.late.iter().map(|(at, _)| *at).min();
            let step = tokio::select! {
                () = app.shutdown.cancelled() => Err(End::Closed(close_code::AWAY, "shutting down")),
                () = joined.too_slow.cancelled() => Err(End::Closed(close_code::POLICY, "too slow")),
                () = until(cut_at) => Err(End::Cut),
                () = until(first_subscribe), if !self.dialect.has_subscribed() => {
                    Err(End::Closed(close_code::POLICY, "no subscribe message in time"))
                }
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => {
                        self.request(text.as_str(), joined.id, app).await
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
                    Some(Ok(_)) => Ok(()),
                },
                Some(frame) = joined.queue.recv() => self.word_and_send(&frame).await,
                () = beat(&mut self.heartbeat) => {
                    let frame = self.dialect.heartbeat(app.clock.now());
                    self.word_and_send(&Arc::new(frame)).await
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

    async fn request(&mut self, text: &str, id: LineId, app: &App) -> Result<(), End> {
        let wish = match self.dialect.read(text, app.clock.now()) {
            Said::Wish(wish) => wish,
            Said::Answered(answer) => return self.send(answer).await,
        };
        let (carried_out, wish) = app
            .floor
            .ask(move |floor| (D::carry_out(floor, id, &wish), wish))
            .await
            .map_err(|_| End::Gone)?;
        if let Err(answer) = carried_out {
            return self.send(answer).await;
        }
        self.dialect.carried_out(&wish);
        if self.dialect.beats() != self.heartbeat.is_some() {
            self.heartbeat = self.dialect.beats().then(|| {
                let mut beats = interval(HEARTBEAT);
                beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
                beats
            });
        }
        Ok(())
    }

    async fn word_and_send(&mut self, frame: &Arc<Frame>) -> Result<(), End> {
        let state = *self.faults.borrow();
        let text = self.dialect.word(frame);
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

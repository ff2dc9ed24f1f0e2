//! The trading floor: the one task that owns the market, plays it along the clock and hands what
//! happened to the venues' publishers. Everybody else asks it through [`FloorHandle`]. It knows no
//! sockets and no wording.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::market::Market;
use super::venue::Publishers;
use crate::server::clock::Clock;

/// How often the market is played on: what happened in between travels together.
const STEP: Duration = Duration::from_millis(50);
/// Questions waiting for the floor; who asks when it is full waits.
const QUESTIONS: usize = 256;

type Question = Box<dyn FnOnce(&mut Floor) + Send>;

/// The market and those who listen to it.
#[derive(Debug)]
pub struct Floor {
    /// All instruments.
    pub market: Market,
    /// Lines and what they subscribed.
    pub publishers: Publishers,
    clock: Clock,
    paused: bool,
}

/// The floor has closed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the simulated market has closed")]
pub struct Closed;

/// A cheap handle on the floor.
#[derive(Clone)]
pub struct FloorHandle(mpsc::Sender<Question>);

impl FloorHandle {
    /// Asks the floor between two steps of the market.
    ///
    /// # Errors
    /// [`Closed`] after the simulator was shut down.
    pub async fn ask<R, F>(&self, question: F) -> Result<R, Closed>
    where
        R: Send + 'static,
        F: FnOnce(&mut Floor) -> R + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let boxed: Question = Box::new(move |floor| {
            // Who asked may have hung up.
            let _ = answer.send(question(floor));
        });
        self.0.send(boxed).await.map_err(|_| Closed)?;
        answered.await.map_err(|_| Closed)
    }
}

impl Floor {
    /// A floor with an open market.
    pub fn new(market: Market, clock: Clock) -> Self {
        let publishers = Publishers::new(market.desks().len());
        Self {
            market,
            publishers,
            clock,
            paused: false,
        }
    }

    /// Plays the market up to now and publishes what happened.
    pub fn step(&mut self) {
        if self.paused {
            return;
        }
        let now = self.clock.now();
        self.market.advance(now);
        self.market.refresh_days();
        self.publishers.publish(&self.market);
    }

    /// Stops or resumes the market. Before it stops, everything that happened is published, so
    /// that listeners and [`Floor::market`] agree.
    pub fn pause(&mut self, paused: bool) {
        if paused {
            self.step();
            self.publishers.flush(&self.market);
        }
        self.paused = paused;
    }

    /// Whether the market stands still.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Plays along the clock and answers questions until shutdown.
    pub async fn run(
        mut self,
        mut questions: mpsc::Receiver<Question>,
        shutdown: CancellationToken,
    ) {
        let mut steps = tokio::time::interval(STEP);
        steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = steps.tick() => self.step(),
                question = questions.recv() => match question {
                    Some(question) => question(&mut self),
                    None => return,
                },
            }
        }
    }
}

/// A handle, and what the floor reads its questions from.
pub fn channel() -> (FloorHandle, mpsc::Receiver<Question>) {
    let (asking, questions) = mpsc::channel(QUESTIONS);
    (FloorHandle(asking), questions)
}

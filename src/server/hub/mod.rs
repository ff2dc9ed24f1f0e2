//! What everybody sees of the market now: snapshots and numbered changes per topic, encoded once
//! and shared by all who listen.
//!
//! One task per instrument owns its [`market`] (book, bars, tape, day's figures) and the feeds
//! that somebody listens to. Each message is one [`Frame`], put into every listener's bounded
//! [`Outbox`]; a listener that does not keep up loses messages of a topic and gets a fresh
//! snapshot of it once it reads again, and slows nobody.
//!
//! | file | what it owns |
//! |---|---|
//! | `market` | one instrument's state from its events, no channels |
//! | `arrivals` | the newest trades in order of arrival |
//! | `warmup` | the state that the store knows already |
//! | `withheld` | bars that are not shown until missing trades are fetched |
//! | `feed`, `*_feed` | what a topic says: snapshot, update, how often |
//! | `channel`, `frame`, `outbox` | numbering, encoding, queues |
//! | `actor` | the task per instrument |
//! | `interest` | which instruments somebody looks at |
//!
//! It must not know about sockets, HTTP or venues.

mod actor;
mod arrivals;
mod book_feed;
mod candle_feed;
mod channel;
mod feed;
mod frame;
mod interest;
mod market;
mod outbox;
mod registry;
mod status;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod ticker_feed;
mod trade_feed;
mod warmup;
mod withheld;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::{InstrumentId, Position, ServerStatus, Timeframe};
use tradesuite_core::protocol::{TickerData, Topic};

use self::actor::Command;
use self::registry::Registry;
use self::status::StatusChannel;
use crate::server::journal::Batch;
use crate::server::storage::MarketStore;

pub use self::frame::Frame;
pub use self::interest::{Interest, Lease};
pub use self::market::{LiveBars, LiveBook};
pub use self::outbox::{Delivery, Outbox, OutboxLimits};
pub use self::withheld::Withheld;

/// How the hub is kept.
#[derive(Clone, Copy, Debug)]
pub struct HubOptions {
    /// How long an instrument counts as looked at after the last one has left.
    pub linger: Duration,
    /// How long an instrument without events and listeners stays in memory.
    pub idle: Duration,
    /// How long, in exchange time, a bar is not shown that lacks trades which are being fetched;
    /// nothing where nobody fetches them.
    pub withhold: Duration,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            linger: Duration::from_secs(5 * 60),
            idle: Duration::from_secs(10 * 60),
            withhold: Duration::ZERO,
        }
    }
}

/// How often leases and idle instruments are looked through.
const SWEEP: Duration = Duration::from_secs(5);

/// A cheap handle on the hub.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    registry: Registry,
    interest: Interest,
    status: StatusChannel,
    /// Position of the last event taken; 0 before the first.
    fed: AtomicU64,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Hub {
    /// A hub that knows nothing yet; instruments begin with what the store holds of them. Has to
    /// be called within a runtime.
    #[must_use]
    pub fn new(options: HubOptions, store: Arc<dyn MarketStore>) -> Self {
        let tasks = TaskTracker::new();
        let interest = Interest::new(options.linger);
        let hub = Self(Arc::new(Inner {
            registry: Registry::new(store, tasks.clone(), options),
            interest,
            status: StatusChannel::default(),
            fed: AtomicU64::new(0),
            tasks,
            closing: CancellationToken::new(),
        }));
        let (sweeper, closing) = (Arc::downgrade(&hub.0), hub.0.closing.clone());
        hub.0
            .tasks
            .spawn(closing.run_until_cancelled_owned(async move {
                let mut every = tokio::time::interval(SWEEP);
                loop {
                    every.tick().await;
                    let Some(inner) = sweeper.upgrade() else {
                        return;
                    };
                    let now = tokio::time::Instant::now();
                    inner.interest.sweep(now);
                    inner.registry.sweep(now, &inner.interest);
                }
            }));
        hub
    }

    /// Takes events, in order and each once. Waits while an instrument's queue is full. Where some
    /// are missing since the last batch, nothing of what they changed is shown as if it were true.
    pub async fn feed(&self, batch: &Batch) {
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
            return;
        };
        let fed = self.0.fed.swap(last.position.0, Ordering::Relaxed);
        if fed != 0 && first.position.0 > fed + 1 {
            self.missed(Position(fed), Position(first.position.0 - 1))
                .await;
        }
        let mut own: BTreeMap<&InstrumentId, Vec<usize>> = BTreeMap::new();
        for (index, event) in batch.iter().enumerate() {
            own.entry(&event.event.instrument).or_default().push(index);
        }
        for (instrument, own) in own {
            let actor = self.0.registry.reach(instrument, true);
            let events = Command::Events(Arc::clone(batch), own);
            // A closed queue: the hub is shutting down.
            let _ = actor.send(events).await;
        }
    }

    async fn missed(&self, after: Position, until: Position) {
        tracing::error!(
            after = after.0,
            until = until.0,
            "events are not there any more that were to be shown; books wait for their next snapshot"
        );
        for instrument in self.instruments() {
            if let Some(actor) = self.0.registry.find(&instrument) {
                let _ = actor.send(Command::Missed(until)).await;
            }
        }
    }

    /// Which instruments somebody looks at.
    #[must_use]
    pub fn interest(&self) -> &Interest {
        &self.0.interest
    }

    /// Starts putting a topic's messages into `outbox`, a snapshot first; asked again, it sends a
    /// fresh snapshot. The caller holds a [`Lease`] on the instrument.
    pub async fn join(&self, topic: &Topic, outbox: &Arc<Outbox>) {
        match topic.instrument() {
            Some(instrument) => {
                let command = Command::Join(topic.clone(), Arc::clone(outbox));
                let _ = self.0.registry.reach(instrument, false).send(command).await;
            }
            None => self.0.status.join(outbox),
        }
    }

    /// Stops putting a topic's messages into `outbox`.
    pub async fn leave(&self, topic: &Topic, outbox: &Arc<Outbox>) {
        outbox.forget(topic);
        let Some(instrument) = topic.instrument() else {
            self.0.status.leave(outbox);
            return;
        };
        // An instrument without a task has no listeners.
        if let Some(actor) = self.0.registry.find(instrument) {
            let command = Command::Leave(topic.clone(), Arc::clone(outbox));
            let _ = actor.send(command).await;
        }
    }

    /// Reads an instrument's bars from the store anew, after history was added to it.
    pub async fn refresh(&self, instrument: &InstrumentId) {
        if let Some(actor) = self.0.registry.find(instrument) {
            let _ = actor.send(Command::Refresh).await;
        }
    }

    /// The same, after what could be fetched of missing trades was: bars that were withheld for
    /// that are shown.
    pub async fn mended(&self, instrument: &InstrumentId) {
        if let Some(actor) = self.0.registry.find(instrument) {
            let _ = actor.send(Command::Mended).await;
        }
    }

    /// Says how the server is doing, to all who listen to `status`.
    pub fn publish_status(&self, status: ServerStatus) {
        self.0.status.publish(status);
    }

    /// The best `depth` levels now; `None` for an instrument that is not followed.
    pub async fn book(&self, instrument: &InstrumentId, depth: usize) -> Option<LiveBook> {
        self.ask(instrument, |reply| Command::Book(depth, reply))
            .await
    }

    /// The day's figures now; `None` for an instrument that is not followed.
    pub async fn ticker(&self, instrument: &InstrumentId) -> Option<TickerData> {
        self.ask(instrument, Command::Ticker).await
    }

    /// The day's figures as far as store and events know them, also of an instrument that was not
    /// followed until now; `None` once the hub is closed. The caller holds a [`Lease`].
    pub async fn warm_ticker(&self, instrument: &InstrumentId) -> Option<TickerData> {
        let (reply, answer) = oneshot::channel();
        let actor = self.0.registry.reach(instrument, false);
        actor.send(Command::Ticker(reply)).await.ok()?;
        answer.await.ok()
    }

    /// The newest bars of a stored timeframe; `None` for an instrument that is not followed.
    pub async fn bars(&self, instrument: &InstrumentId, base: Timeframe) -> Option<LiveBars> {
        self.ask(instrument, |reply| Command::Bars(base, reply))
            .await
    }

    /// Instruments that are followed now, by id.
    #[must_use]
    pub fn instruments(&self) -> Vec<InstrumentId> {
        self.0.registry.instruments()
    }

    /// Ends all tasks and waits for them.
    pub async fn close(&self) {
        self.0.closing.cancel();
        self.0.registry.close();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    async fn ask<T>(
        &self,
        instrument: &InstrumentId,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Option<T> {
        let actor = self.0.registry.find(instrument)?;
        let (reply, answer) = oneshot::channel();
        actor.send(command(reply)).await.ok()?;
        answer.await.ok()
    }
}

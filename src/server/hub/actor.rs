//! The task of one instrument: takes its events, and says what changed to all who listen.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tradesuite_core::model::{InstrumentId, Position, Timeframe};
use tradesuite_core::protocol::{TickerData, Topic};

use super::feed::Speaker;
use super::market::{Change, LiveBars, LiveBook, Market};
use super::outbox::Outbox;
use super::warmup;
use super::withheld::Withheld;
use crate::server::journal::Batch;
use crate::server::storage::MarketStore;

/// What the task is told.
pub(super) enum Command {
    /// Events, and which of them are its own.
    Events(Batch, Vec<usize>),
    /// Up to this position events were not seen.
    Missed(Position),
    /// Greet a listener and keep it.
    Join(Topic, Arc<Outbox>),
    /// Forget a listener.
    Leave(Topic, Arc<Outbox>),
    /// Read the store anew.
    Refresh,
    /// The same; what could be fetched of missing trades is in it.
    Mended,
    /// The best levels.
    Book(usize, oneshot::Sender<LiveBook>),
    /// The day's figures.
    Ticker(oneshot::Sender<TickerData>),
    /// The newest bars of a stored timeframe.
    Bars(Timeframe, oneshot::Sender<LiveBars>),
}

/// How long after a question that only the store can answer, or that it did not answer, it is
/// read again.
const READ_AGAIN: Duration = Duration::from_millis(500);

struct Actor {
    instrument: InstrumentId,
    store: Arc<dyn MarketStore>,
    market: Market,
    speakers: HashMap<Topic, Speaker>,
    /// When the store is read again, where that is needed.
    read_at: Option<Instant>,
    /// Whether it was said that the store cannot be read.
    complained: bool,
}

/// Runs until nobody holds the other end of `commands`.
pub(super) async fn run(
    instrument: InstrumentId,
    withheld: Withheld,
    store: Arc<dyn MarketStore>,
    mut commands: mpsc::Receiver<Command>,
) {
    let mut actor = Actor {
        market: Market::new(instrument.clone(), withheld),
        speakers: HashMap::new(),
        instrument,
        store,
        read_at: None,
        complained: false,
    };
    actor.read_store().await;
    loop {
        let due = actor.due();
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => actor.handle(command).await,
                None => return,
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
        }
        actor.read_again().await;
        actor.speak();
    }
}

impl Actor {
    async fn handle(&mut self, command: Command) {
        match command {
            Command::Events(batch, own) => {
                let mut released = false;
                for index in own {
                    let change = self.market.take(&batch[index]);
                    released |= change.released;
                    self.notice(change);
                }
                if released {
                    self.restart_bars();
                }
            }
            Command::Missed(until) => {
                let change = self.market.missed(until);
                self.notice(change);
                self.read_store().await;
            }
            Command::Join(topic, listener) => self.join(topic, &listener),
            Command::Leave(topic, listener) => {
                if let Some(speaker) = self.speakers.get_mut(&topic) {
                    speaker.channel.leave(&listener);
                }
            }
            Command::Refresh => self.read_store().await,
            Command::Mended => {
                self.market.release();
                self.read_store().await;
            }
            // Whoever asked may have gone meanwhile.
            Command::Book(depth, reply) => drop(reply.send(self.market.book(depth))),
            Command::Ticker(reply) => drop(reply.send(self.market.ticker())),
            Command::Bars(base, reply) => drop(reply.send(self.market.bars(base))),
        }
    }

    fn notice(&mut self, change: Change) {
        for speaker in self.speakers.values_mut() {
            speaker.notice(change);
        }
    }

    /// Has who listens to bars read them again: those that changed may be older than any message
    /// tells of.
    fn restart_bars(&mut self) {
        for (topic, speaker) in &mut self.speakers {
            if matches!(topic, Topic::Candles { .. }) {
                speaker.restart(&self.market);
            }
        }
    }

    fn join(&mut self, topic: Topic, listener: &Arc<Outbox>) {
        let now = Instant::now();
        if !self.speakers.contains_key(&topic) {
            let Some(speaker) = Speaker::new(&topic, now) else {
                return;
            };
            self.speakers.insert(topic.clone(), speaker);
        }
        if let Some(speaker) = self.speakers.get_mut(&topic) {
            speaker.greet(listener, &self.market, now);
        }
    }

    fn due(&self) -> Option<Instant> {
        let now = Instant::now();
        self.speakers
            .values()
            .filter_map(|speaker| speaker.due(now))
            .chain(self.read_at)
            .min()
    }

    /// Says what is due. A trade and the bars that it changed are said together, so that no reader
    /// has one without the other for longer than the line takes.
    fn speak(&mut self) {
        let now = Instant::now();
        let is_due = |(topic, speaker): (&Topic, &Speaker)| {
            of_trades(topic) && speaker.due(now).is_some_and(|due| due <= now)
        };
        let traded = self.speakers.iter().any(is_due);
        for (topic, speaker) in &mut self.speakers {
            if traded && of_trades(topic) {
                speaker.speak_now(&self.market, now);
            } else {
                speaker.speak(&self.market, now);
            }
        }
        self.speakers
            .retain(|_, speaker| !speaker.channel.is_empty());
    }

    /// Reads the store again, where that is due and it knows by then what it is asked for.
    async fn read_again(&mut self) {
        if self.market.unsure().is_some() && self.read_at.is_none() {
            self.read_at = Some(Instant::now() + READ_AGAIN);
        }
        if self.read_at.is_none_or(|at| at > Instant::now()) {
            return;
        }
        match self.store.position().await {
            Ok(position) if position < self.market.unsure() => {
                self.read_at = Some(Instant::now() + READ_AGAIN);
            }
            _ => self.read_store().await,
        }
    }

    /// Takes over what the store holds and says the new state to all. Where that fails, live
    /// events alone are shown until it works.
    async fn read_store(&mut self) {
        self.read_at = None;
        match warmup::load(&self.store, &self.instrument).await {
            Ok(warm) if self.market.reaches_back_to(warm.position) => {
                self.complained = false;
                self.market.rebuild(&warm);
                for speaker in self.speakers.values_mut() {
                    speaker.restart(&self.market);
                }
            }
            Ok(warm) => {
                self.read_at = Some(Instant::now() + READ_AGAIN);
                if !std::mem::replace(&mut self.complained, true) {
                    tracing::warn!(
                        instrument = %self.instrument,
                        store_position = warm.position.0,
                        hub_position = self.market.position().0,
                        "the store is too far behind to read history again; trying until it is not"
                    );
                }
            }
            Err(error) => {
                self.read_at = Some(Instant::now() + READ_AGAIN);
                if !std::mem::replace(&mut self.complained, true) {
                    tracing::warn!(
                        instrument = %self.instrument,
                        %error,
                        "history cannot be read; what is shown begins now, until it can"
                    );
                }
            }
        }
    }
}

/// Whether a topic is said by the trade.
fn of_trades(topic: &Topic) -> bool {
    matches!(topic, Topic::Trades(_) | Topic::Candles { .. })
}

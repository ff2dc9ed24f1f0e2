//! Keeps a venue's connections open: which instruments each carries, when the next line is opened
//! after one broke, what the status panel says meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::{
    ConnectionState, EventBody, GapKind, InstrumentId, MarketEvent, TradeId, UnixMs, UnixNs,
};

use super::assignment::Assignment;
use super::backoff::{Backoff, Jitter};
use super::checker::{Carried, CarriedInstrument, Checker, NewestTrades};
use super::directory::Directory;
use super::intake::ahead;
use super::limiter::Limiter;
use super::session::{self, SessionEnd, SessionSetup};
use super::sink::EventSink;
use super::status::{StatusBoard, StatusCell};
use super::transport::{ConnectError, Connector};
use crate::server::clock::{Clock, Stopwatch};
use crate::server::exchange::{Exchange, Feed};
use crate::server::storage::{MarketStore, Newest, Span, StoreError};

/// Wait after a refusal of this machine's location: it does not pass within seconds.
const BLOCKED_WAIT: Duration = Duration::from_secs(300);
/// Longest wait that a venue may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// Trades among which the one with the highest id is: venues number almost in order of time.
const NEWEST_TRADES: u32 = 1_000;
/// Tries to read the newest trade: collecting waits for that, at most some 15 s.
const READS: u32 = 5;
/// Messages a second that a venue is sent at the most.
const MESSAGES_PER_S: u32 = 8;

/// Makes the checker of one connection.
pub type NewChecker =
    Arc<dyn Fn(&'static dyn Exchange, &'static dyn Feed) -> Box<dyn Checker> + Send + Sync>;

/// What is collected from one venue.
#[derive(Clone)]
pub struct VenueFeed {
    /// The venue.
    pub exchange: &'static dyn Exchange,
    /// The interface to use.
    pub feed: &'static dyn Feed,
    /// Where it is.
    pub ws_url: String,
    /// Collected whether somebody looks or not.
    pub always: BTreeSet<InstrumentId>,
}

/// Looks after one venue.
pub struct Supervisor<C> {
    /// What to collect.
    pub venue: VenueFeed,
    /// Opens lines.
    pub connector: C,
    /// Makes checkers.
    pub new_checker: NewChecker,
    /// Time of day.
    pub clock: Clock,
    /// Takes the events.
    pub sink: Arc<dyn EventSink>,
    /// Knows the newest trades of before.
    pub store: Arc<dyn MarketStore>,
    /// Newer ones, which the store did not have yet when collecting began.
    pub unwritten: Arc<NewestTrades>,
    /// Knows the instruments.
    pub directory: Directory,
    /// What somebody looks at.
    pub looked_at: watch::Receiver<Arc<BTreeSet<InstrumentId>>>,
    /// Shows how it goes.
    pub board: StatusBoard,
    /// Spreads waits.
    pub jitter: Jitter,
    /// Ends everything.
    pub stop: CancellationToken,
}

/// Why there is no line, and for how long.
struct Trouble {
    state: ConnectionState,
    /// One sentence.
    error: String,
    wait: Duration,
}

/// A running connection, seen from outside.
struct Slot {
    carried: watch::Sender<Carried>,
    stop: CancellationToken,
}

impl<C: Connector + Clone> Supervisor<C> {
    /// Goes on until it is told to stop; all connections are closed then.
    pub async fn run(self) {
        let this = Arc::new(self);
        let tasks = TaskTracker::new();
        let messages = Limiter::per_second(MESSAGES_PER_S);
        let mut assignment = Assignment::new(this.venue.feed.spec().instruments_per_connection);
        let mut slots: BTreeMap<u32, Slot> = BTreeMap::new();
        let mut known: BTreeMap<InstrumentId, CarriedInstrument> = BTreeMap::new();
        let mut unlisted = BTreeSet::new();
        let mut looked_at = this.looked_at.clone();
        let mut listed = this.directory.changes();
        loop {
            let wanted = this.wanted(&looked_at.borrow_and_update());
            listed.borrow_and_update();
            this.say_unlisted(&mut unlisted);
            known.retain(|id, _| wanted.contains(id));
            for (id, known) in &mut known {
                // What was guessed before the venue's list came is put right.
                known.instrument = this.directory.get_or_guess(id);
            }
            let new: Vec<_> = wanted
                .iter()
                .filter(|id| !known.contains_key(*id))
                .collect();
            // All at once: a store that cannot be read holds up each for a while.
            let described = join_all(new.iter().map(|id| this.describe(id))).await;
            known.extend(new.into_iter().cloned().zip(described));
            assignment.update(&wanted);
            slots.retain(|number, slot| {
                let kept = assignment.connections().contains_key(number);
                if !kept {
                    slot.stop.cancel();
                }
                kept
            });
            for (number, instruments) in assignment.connections() {
                let carried: Carried = Arc::new(
                    instruments
                        .iter()
                        .filter_map(|id| Some((id.clone(), known.get(id)?.clone())))
                        .collect(),
                );
                let slot = slots.entry(*number).or_insert_with(|| {
                    let (sender, receiver) = watch::channel(Carried::default());
                    let stop = this.stop.child_token();
                    let task = this
                        .clone()
                        .keep_open(receiver, messages.clone(), stop.clone());
                    tasks.spawn(task);
                    Slot {
                        carried: sender,
                        stop,
                    }
                });
                slot.carried.send_if_modified(|held| {
                    let changed = *held != carried;
                    *held = carried;
                    changed
                });
            }
            if !this.changed(&mut looked_at, &mut listed).await {
                break;
            }
        }
        drop(slots);
        tasks.close();
        tasks.wait().await;
    }

    /// Waits until something else may be wanted; `false` to stop.
    async fn changed<T, U>(
        &self,
        looked_at: &mut watch::Receiver<T>,
        listed: &mut watch::Receiver<U>,
    ) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            changed = looked_at.changed() => changed.is_ok(),
            changed = listed.changed() => changed.is_ok(),
        }
    }

    /// What is to be collected: what a venue does not list cannot be.
    fn wanted(&self, looked_at: &BTreeSet<InstrumentId>) -> BTreeSet<InstrumentId> {
        let exchange = self.venue.exchange.spec().id;
        let complete = self.directory.knows_venue(exchange);
        self.venue
            .always
            .iter()
            .chain(looked_at.iter().filter(|id| id.exchange() == exchange))
            .filter(|id| !complete || self.directory.get(id).is_some())
            .cloned()
            .collect()
    }

    /// Says what is to be collected around the clock and is not in the venue's list: once in the
    /// log, and on the board for as long as that is so. `said` is what was said last.
    fn say_unlisted(&self, said: &mut BTreeSet<InstrumentId>) {
        let spec = self.venue.exchange.spec();
        let is_unlisted = |id: &&InstrumentId| {
            self.directory.was_read(spec.id) && self.directory.get(id).is_none()
        };
        let unlisted: BTreeSet<_> = self.venue.always.iter().filter(is_unlisted).collect();
        let sentence = |id: &InstrumentId| {
            let label = spec.label;
            format!("{id} is in the settings and is not collected: {label} does not list it")
        };
        for id in unlisted.iter().filter(|id| !said.contains(**id)) {
            tracing::warn!("{}", sentence(id));
        }
        let sentences = unlisted.iter().map(|id| sentence(id)).collect();
        self.board.uncollected(spec.id, sentences);
        *said = unlisted.into_iter().cloned().collect();
    }

    async fn describe(&self, id: &InstrumentId) -> CarriedInstrument {
        CarriedInstrument {
            instrument: self.directory.get_or_guess(id),
            last_trade: self.last_trade(id).await,
        }
    }

    /// The newest trade held. Where that stays unknown, nobody sees what was missed since: it is
    /// said to be missing, up to the first trade that comes.
    async fn last_trade(&self, id: &InstrumentId) -> Option<(TradeId, UnixNs)> {
        let mut backoff = Backoff::default();
        let mut tries_left = READS;
        loop {
            let error = match self.newest_trade(id).await {
                Ok(newest) => return newest,
                Err(error) => error,
            };
            tries_left -= 1;
            if tries_left == 0 || !error.is_retryable() {
                tracing::warn!(instrument = %id, %error, "the newest trade cannot be read");
                self.say_unknown(id, &error).await;
                return None;
            }
            tracing::info!(instrument = %id, %error, "the newest trade cannot be read yet");
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep(backoff.next(self.jitter.draw())) => {}
            }
        }
    }

    async fn newest_trade(
        &self,
        id: &InstrumentId,
    ) -> Result<Option<(TradeId, UnixNs)>, StoreError> {
        let newest = Span {
            start: UnixMs(0),
            end: UnixMs(i64::MAX),
            limit: NEWEST_TRADES,
            newest: Newest::Yes,
        };
        let now = self.clock.now();
        let found = self.store.trades(id, newest).await?.rows;
        // One of a wrong time, kept by an earlier version, would be the newest for years.
        let believed = found
            .iter()
            .filter(|trade| ahead(trade.time, now).is_none());
        let newest = believed.map(|trade| (trade.id, trade.time)).max();
        Ok(newest.max(self.unwritten.get(id).copied()))
    }

    /// Says that trades are missing. Since when, only the store knows; who fetches them goes by
    /// the numbers of the trades on both sides.
    async fn say_unknown(&self, id: &InstrumentId, error: &StoreError) {
        let now = self.clock.now();
        let gap = MarketEvent {
            instrument: id.clone(),
            precision: self.directory.get_or_guess(id).precision,
            received: now,
            body: EventBody::Gap {
                kind: GapKind::Trades,
                start: now,
                end: None,
                reason: format!("what was missed is not known: {error}"),
                filled: false,
            },
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            // Where the sink is gone, so are its readers.
            _ = self.sink.append(vec![gap]) => {}
        }
    }

    /// Opens line after line until it is told to stop.
    async fn keep_open(
        self: Arc<Self>,
        mut wanted: watch::Receiver<Carried>,
        messages: Limiter,
        stop: CancellationToken,
    ) {
        let venue = &self.venue;
        let cell = self.board.register(venue.exchange.spec().id);
        let mut checker = (self.new_checker)(venue.exchange, venue.feed);
        let mut backoff = Backoff::default();
        let mut said = None;
        let setup = SessionSetup {
            feed: venue.feed,
            messages: &messages,
            clock: &self.clock,
            sink: self.sink.as_ref(),
            cell: &cell,
            jitter: &self.jitter,
            stop: &stop,
        };
        loop {
            if wanted.borrow_and_update().is_empty() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    changed = wanted.changed() => if changed.is_err() { break },
                }
                continue;
            }
            cell.connecting();
            let opened = tokio::select! {
                () = stop.cancelled() => break,
                opened = self.connector.connect(&venue.ws_url) => opened,
            };
            let trouble = match opened {
                Ok(line) => {
                    said = None;
                    let lasted = Stopwatch::start();
                    match session::run(&setup, line, checker.as_mut(), &mut wanted).await {
                        SessionEnd::Stopped => continue,
                        SessionEnd::Lost(reason) => {
                            backoff.lasted(lasted.elapsed());
                            Trouble {
                                state: ConnectionState::Waiting,
                                error: reason,
                                wait: backoff.next(self.jitter.draw()),
                            }
                        }
                    }
                }
                Err(error) => self.refused(&error, &mut backoff),
            };
            let again = said.as_ref() == Some(&trouble.error);
            self.say(&trouble, &cell, again);
            let wait = trouble.wait;
            said = Some(trouble.error);
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.board.remove(&cell);
    }

    fn refused(&self, error: &ConnectError, backoff: &mut Backoff) -> Trouble {
        let wait = backoff.next(self.jitter.draw());
        let (state, wait) = match error {
            ConnectError::Blocked(_) => {
                let spread = 0.8 + 0.4 * self.jitter.draw();
                (ConnectionState::Blocked, BLOCKED_WAIT.mul_f64(spread))
            }
            ConnectError::RateLimited(Some(asked)) => {
                (ConnectionState::Waiting, wait.max(*asked).min(LONGEST_WAIT))
            }
            ConnectError::RateLimited(None)
            | ConnectError::Unreachable(_)
            | ConnectError::Refused(_) => (ConnectionState::Waiting, wait),
        };
        let label = self.venue.exchange.spec().label;
        Trouble {
            state,
            error: format!("{label} {error}"),
            wait,
        }
    }

    /// Shows the trouble on the board, and logs it unless it is the same as before.
    fn say(&self, trouble: &Trouble, cell: &StatusCell, again: bool) {
        let Trouble { state, error, wait } = trouble;
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let exchange = self.venue.exchange.spec().id;
        if again {
            tracing::debug!(exchange, error, wait_ms, "still no line to the venue");
        } else {
            tracing::warn!(
                exchange,
                error,
                wait_ms,
                "no line to the venue; trying again"
            );
        }
        let wait_ns = wait_ms.saturating_mul(1_000_000);
        let retry_at = UnixNs(self.clock.now().0.saturating_add(wait_ns));
        cell.waiting(*state, error.clone(), retry_at);
    }
}

#[cfg(test)]
#[path = "supervisor_tests.rs"]
mod tests;

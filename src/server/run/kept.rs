//! Everything that keeps events: data directory, journal, store, recorder, hub.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::{EventBody, InstrumentId, Mode, Position, Sequenced};

use crate::server::clock::Clock;
use crate::server::collector::backoff::Jitter;
use crate::server::collector::checker::NewestTrades;
use crate::server::collector::recorder::{Holes, Mending, Progress, Recorder};
use crate::server::collector::sink::JournalTail;
use crate::server::config::{Durability, Settings};
use crate::server::hub::{Hub, HubOptions};
use crate::server::import::Debts;
use crate::server::journal::{self, Journal, JournalError, JournalOptions, Tail, TailKind};
use crate::server::run::publish::Publisher;
use crate::server::service::Keeping;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::{self, Keeper, Retention, SqliteState, SqliteStore};
use crate::server::storage::{MarketStore, StateStore, reserve};

/// Name under which the market store passes positions of the journal.
const CONSUMER: &str = "store";
/// Longest time that the store may take to write what the journal holds when the server ends.
const DRAIN: Duration = Duration::from_secs(5);

/// How long a bar that lacks trades is not shown while they are fetched.
const WITHHOLD: Duration = Duration::from_secs(60);

/// What keeps events.
pub struct Kept {
    /// Where it is kept.
    data: PathBuf,
    journal: Journal,
    store: Arc<dyn MarketStore>,
    state: Arc<dyn StateStore>,
    hub: Hub,
    progress: Arc<Progress>,
    /// Until the collection takes it.
    holes: Option<Holes>,
    tasks: TaskTracker,
    give_up: CancellationToken,
    stop_keeping: CancellationToken,
}

/// The files, opened.
struct Opened {
    files: SqliteStore,
    state: SqliteState,
    journal: Journal,
}

impl Opened {
    fn open(settings: &Settings, mode: Mode, clock: &Clock) -> anyhow::Result<Self> {
        let directory = DataDirectory::open(&settings.data, mode, clock.now())?;
        reserve::give_up(directory.path());
        if let Some(gone) = sqlite::bars_are_gone(directory.path()) {
            tracing::warn!("{gone}");
        }
        let files = SqliteStore::open_keeping(&directory, retention(settings, mode))?;
        let state = SqliteState::open(&directory, clock.clone())?;
        let options = JournalOptions {
            durability: match settings.durability {
                Durability::Normal => journal::Durability::Process,
                Durability::Full => journal::Durability::Full,
            },
            limit_bytes: u64::from(settings.journal_mb) << 20,
        };
        let path = settings.data.join("journal.db");
        let journal = Journal::open(&path, options)
            .with_context(|| format!("failed to open {}", path.display()))?;
        reserve::keep(directory.path());
        Ok(Self {
            files,
            state,
            journal,
        })
    }
}

impl Kept {
    /// Opens everything in the data directory and starts to record and publish what the journal
    /// takes.
    ///
    /// # Errors
    /// Where the directory belongs to another mode or server, or cannot be written.
    pub async fn open(settings: &Settings, mode: Mode, clock: &Clock) -> anyhow::Result<Self> {
        // On a thread that may block: a long journal is read whole, and who waits may stop waiting.
        let opened = {
            let (settings, clock) = (settings.clone(), clock.clone());
            tokio::task::spawn_blocking(move || Opened::open(&settings, mode, &clock))
        };
        let Opened {
            files,
            state,
            journal,
        } = match opened.await.context("opening the stores panicked")? {
            Err(error) if reserve::is_full(&settings.data) => {
                let data = settings.data.display();
                let why = format!("the disk of {data} is full; make some room and start again");
                return Err(error.context(why));
            }
            opened => opened?,
        };
        let store: Arc<dyn MarketStore> = Arc::new(files.clone());
        // Before anything else writes bars of the same time.
        let debts = Debts::of(&settings.data);
        debts.work_off(store.as_ref(), clock.now().to_ms()).await;
        let held = store.position().await?;
        journal.register(CONSUMER, held);
        let next = Position(held.unwrap_or_default().0 + 1);
        let hub = Hub::new(
            HubOptions {
                linger: Duration::from_secs(60 * u64::from(settings.linger_minutes)),
                // Nothing is fetched for a recording.
                withhold: match mode {
                    Mode::Replay => Duration::ZERO,
                    Mode::Live | Mode::Demo => WITHHOLD,
                },
                ..HubOptions::default()
            },
            Arc::clone(&store),
        );
        let (mending, holes, mended) = Mending::channels();
        let kept = Self {
            data: settings.data.clone(),
            journal,
            store,
            state: Arc::new(state),
            hub,
            progress: Arc::new(Progress::from(held.unwrap_or_default())),
            holes: Some(holes),
            tasks: TaskTracker::new(),
            give_up: CancellationToken::new(),
            stop_keeping: CancellationToken::new(),
        };
        kept.look_after(files, clock);
        let own_time = (mode != Mode::Replay).then(|| clock.clone());
        kept.record(next, own_time, mending);
        kept.publish(next);
        kept.refresh(mended);
        Ok(kept)
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The market store.
    pub fn store(&self) -> Arc<dyn MarketStore> {
        Arc::clone(&self.store)
    }

    /// The state store.
    pub fn state(&self) -> Arc<dyn StateStore> {
        Arc::clone(&self.state)
    }

    /// What the recorder has to say of missing trades; once.
    pub fn take_holes(&mut self) -> Option<Holes> {
        self.holes.take()
    }

    /// The newest trades that the last run left in the journal and the store does not have yet:
    /// without them, what was missed since would be said wrongly.
    pub fn unwritten(&self) -> impl Future<Output = NewestTrades> + Send + 'static {
        let left = *self.journal.committed().borrow();
        let next = Position(self.progress.written().borrow().0 + 1);
        let tail = self.journal.tail_from(next, TailKind::Committed);
        async move {
            match newest_trades(tail, left).await {
                Ok(newest) => newest,
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be read; a gap at the start may be said wrongly");
                    NewestTrades::default()
                }
            }
        }
    }

    /// Ends once the store has what the last run left in the journal.
    pub fn caught_up(&self) -> impl Future<Output = ()> + Send + 'static {
        let left = *self.journal.committed().borrow();
        let mut written = self.progress.written();
        async move {
            // The sender ends with the server.
            let _ = written.wait_for(|written| *written >= left).await;
        }
    }

    /// Whether what arrives is kept.
    pub fn keeping(&self) -> Keeping {
        Keeping::new(&self.journal, &self.progress)
    }

    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Commits what was taken, writes what was committed, closes the files. Nothing may be
    /// appended any more.
    pub async fn close(self) {
        self.stop_keeping.cancel();
        // What waits in memory on a full disk would be lost.
        reserve::give_up(&self.data);
        if let Err(error) = self.journal.close().await {
            tracing::error!(%error, "the journal was not closed in order");
        }
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("the store did not keep up; the rest is written at the next start");
            self.give_up.cancel();
            self.tasks.wait().await;
        }
        self.hub.close().await;
        self.store.close().await;
    }

    /// Has days that are over sealed, and those deleted that are kept no longer.
    fn look_after(&self, store: SqliteStore, clock: &Clock) {
        let keeper = Keeper {
            store,
            clock: clock.clone(),
            journal: self.journal.committed(),
            stop: self.stop_keeping.clone(),
        };
        self.tasks.spawn(keeper.run());
    }

    fn record(&self, next: Position, clock: Option<Clock>, mending: Mending) {
        let tail = self.journal.tail_from(next, TailKind::Committed);
        let recorder = Recorder {
            events: Box::new(JournalTail {
                journal: self.journal.clone(),
                consumer: CONSUMER,
                tail,
            }),
            store: self.store(),
            clock,
            jitter: Jitter::system(),
            stop: self.give_up.clone(),
            progress: Arc::clone(&self.progress),
            mending: Some(mending),
        };
        self.tasks.spawn(recorder.run());
    }

    /// Has the hub read anew what was put right in the store.
    fn refresh(&self, mut mended: mpsc::Receiver<InstrumentId>) {
        let hub = self.hub.clone();
        self.tasks.spawn(async move {
            while let Some(instrument) = mended.recv().await {
                hub.mended(&instrument).await;
            }
        });
    }

    fn publish(&self, next: Position) {
        let publisher = Publisher {
            tail: self.journal.tail_from(next, TailKind::Live),
            journal: self.journal.clone(),
            hub: self.hub.clone(),
            jitter: Jitter::system(),
        };
        let stopped = self.give_up.clone();
        self.tasks
            .spawn(async move { stopped.run_until_cancelled(publisher.run()).await });
    }
}

/// The newest trade of each instrument from where `tail` is up to `left`.
async fn newest_trades(mut tail: Tail, left: Position) -> Result<NewestTrades, JournalError> {
    let mut newest = NewestTrades::default();
    while tail.position() <= left
        && let Some(batch) = tail.next().await?
    {
        for Sequenced { event, .. } in batch.iter() {
            if let EventBody::Trade(trade) = &event.body {
                let newest = newest.entry(event.instrument.clone()).or_default();
                *newest = (*newest).max((trade.id, trade.time));
            }
        }
    }
    Ok(newest)
}

/// How long what is kept. A recording is looked at whatever its age: nothing of it is deleted.
fn retention(settings: &Settings, mode: Mode) -> Retention {
    match mode {
        Mode::Replay => Retention::default(),
        Mode::Live | Mode::Demo => Retention {
            trades_days: settings.keep_trades_days,
            book_days: settings.keep_book_days,
            bytes: settings.keep_bytes,
        },
    }
}

#[cfg(test)]
mod tests {
    use tradesuite_core::model::{MarketEvent, TradeId, UnixMs};

    use super::*;
    use crate::server::collector::testing::{event, id, trade};

    #[tokio::test]
    async fn the_newest_trade_of_each_instrument_is_found_in_what_was_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        let journal = Journal::open(&path, JournalOptions::default()).expect("opens");
        let sold = |symbol: &str, number: u64, ms: i64| -> MarketEvent {
            event(&id(symbol), EventBody::Trade(trade(number, ms)))
        };
        let stale = EventBody::BookStale {
            reason: "the line was cut".to_owned(),
        };
        let events = vec![
            sold("A-USD", 1, 9_000),
            sold("B-USD", 70, 1_000),
            sold("A-USD", 3, 3_000),
            sold("A-USD", 2, 4_000),
            event(&id("C-USD"), stale),
        ];
        let left = journal.append(events).await.expect("takes");
        let later = journal.append(vec![sold("B-USD", 71, 2_000)]).await;
        assert!(later.is_ok_and(|later| later > left));
        journal.close().await.expect("closes");
        let found = |from| newest_trades(journal.tail_from(from, TailKind::Committed), left);
        let key = |number, ms| (TradeId(number), UnixMs(ms).to_ns());
        let newest = found(Position(2)).await.expect("reads");
        assert_eq!(newest[&id("A-USD")], key(3, 3_000));
        assert_eq!(newest.len(), 2);
        assert!(newest[&id("B-USD")] >= key(70, 1_000));
        let none = found(Position(left.0 + 1)).await.expect("reads");
        assert!(none.is_empty());
    }
}

//! Everything that keeps events: data directory, journal, store, recorder, hub.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::{Mode, Position};

use super::log::JournalTail;
use crate::server::bus::Bus;
use crate::server::clock::Clock;
use crate::server::collector::backoff::Jitter;
use crate::server::collector::recorder::{Progress, Recorder};
use crate::server::config::{Durability, Settings};
use crate::server::hub::{Hub, HubOptions};
use crate::server::journal::{self, Journal, JournalOptions, TailKind};
use crate::server::storage::MarketStore;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::SqliteStore;

/// Name under which the market store passes positions of the journal.
const CONSUMER: &str = "store";
/// Longest time that the store may take to write what the journal holds when the server ends.
const DRAIN: Duration = Duration::from_secs(5);

/// What keeps events.
pub struct Kept {
    journal: Journal,
    store: Arc<dyn MarketStore>,
    hub: Hub,
    tasks: TaskTracker,
    give_up: CancellationToken,
}

impl Kept {
    /// Opens everything in the data directory and starts to record and publish what the journal
    /// takes.
    ///
    /// # Errors
    /// Where the directory belongs to another mode or server, or cannot be written.
    pub async fn open(settings: &Settings, mode: Mode, clock: &Clock) -> anyhow::Result<Self> {
        let directory = DataDirectory::open(&settings.data, mode, clock.now())?;
        let store: Arc<dyn MarketStore> = Arc::new(SqliteStore::open(&directory)?);
        let options = JournalOptions {
            durability: match settings.durability {
                Durability::Normal => journal::Durability::Process,
                Durability::Full => journal::Durability::Full,
            },
            ..JournalOptions::default()
        };
        let path = settings.data.join("journal.db");
        let journal = Journal::open(&path, options, Bus::default())
            .with_context(|| format!("failed to open {}", path.display()))?;
        let held = store.position().await?;
        journal.register(CONSUMER, held);
        let next = Position(held.unwrap_or_default().0 + 1);
        let hub = Hub::new(
            HubOptions {
                linger: Duration::from_secs(60 * u64::from(settings.linger_minutes)),
                ..HubOptions::default()
            },
            Arc::clone(&store),
        );
        let kept = Self {
            journal,
            store,
            hub,
            tasks: TaskTracker::new(),
            give_up: CancellationToken::new(),
        };
        let own_time = (mode != Mode::Replay).then(|| clock.clone());
        kept.record(next, own_time);
        kept.publish(next);
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

    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Commits what was taken, writes what was committed, closes the files. Nothing may be
    /// appended any more.
    pub async fn close(self) {
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

    fn record(&self, next: Position, clock: Option<Clock>) {
        let tail = self.journal.tail_from(next, TailKind::Committed);
        let recorder = Recorder {
            events: Box::new(JournalTail::new(self.journal.clone(), tail, CONSUMER)),
            store: self.store(),
            clock,
            jitter: Jitter::system(),
            stop: self.give_up.clone(),
            progress: Arc::new(Progress::default()),
        };
        self.tasks.spawn(recorder.run());
    }

    fn publish(&self, next: Position) {
        let mut tail = self.journal.tail_from(next, TailKind::Live);
        let hub = self.hub.clone();
        self.tasks.spawn(async move {
            loop {
                match tail.next().await {
                    Ok(Some(batch)) => hub.feed(&batch).await,
                    Ok(None) => return,
                    Err(error) => {
                        tracing::error!(%error, "live events end here; the server must be started again");
                        return;
                    }
                }
            }
        });
    }
}

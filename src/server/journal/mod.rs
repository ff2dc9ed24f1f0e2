//! The log that everything later can be rebuilt from.
//!
//! [`Journal::append`] numbers events in order of arrival and commits them in groups, every
//! [`GROUP_MS`] milliseconds, to one small SQLite file. Consumers read it through a [`Tail`], which
//! yields every event once and in order: from disk while it is far behind, from memory once it has
//! caught up. A live tail has events at once, a committed one those that a kill cannot take back. A consumer that keeps a result stores its
//! position in the same transaction and says so with [`Journal::passed`]; what all consumers have
//! passed is cut.
//!
//! | file | what it owns |
//! |---|---|
//! | `codec` | events to bytes and back, with a checksum |
//! | `file` | the SQLite file: open, write, cut, read |
//! | `repair` | what is whole of a damaged file |
//! | `window` | the newest events in memory |
//! | `writer` | the thread that commits, retries and cuts |
//! | `tail` | reading on from a position |
//!
//! It must not know what events mean, nor who its consumers are.

mod codec;
mod file;
mod repair;
mod tail;
#[cfg(test)]
mod tests;
mod window;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use thiserror::Error;
use tokio::sync::{Semaphore, watch};
use tradesuite_core::model::{MarketEvent, Position, Sequenced};

use self::file::JournalFile;
pub use self::tail::{Tail, TailKind};
use self::window::Window;

/// Time that events wait at the most for others to be committed with.
pub const GROUP_MS: u64 = 20;

/// Uncommitted events that are held before [`Journal::append`] waits, in KiB.
const ROOM_KIB: u32 = 64 * 1_024;

/// Events in order of arrival, shared by all who read them.
pub type Batch = Arc<[Sequenced]>;

/// What is survived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// What is committed survives the death of the process (SQLite `synchronous=NORMAL`).
    #[default]
    Process,
    /// What is committed survives a power cut too (SQLite `synchronous=FULL`).
    Full,
}

/// How a journal is kept.
#[derive(Clone, Copy, Debug)]
pub struct JournalOptions {
    /// What is survived.
    pub durability: Durability,
    /// Size from which the journal is [full](JournalState::Full), bytes.
    pub limit_bytes: u64,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            limit_bytes: 8 << 30,
        }
    }
}

/// How the journal is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JournalState {
    /// Commits.
    #[default]
    Ok,
    /// Does not commit, because a consumer does not pass what is committed. What arrives waits in
    /// memory; it goes on as soon as enough was passed and cut.
    Full {
        /// Size in use, bytes.
        bytes: u64,
        /// The limit that it has reached, bytes.
        limit: u64,
    },
    /// Does not commit; what arrived waits in memory and is tried again.
    Failing {
        /// In one sentence, why.
        reason: String,
    },
}

/// Why the journal did not do what it was asked.
#[derive(Debug, Error)]
pub enum JournalError {
    /// It was closed: nothing is taken any more.
    #[error("the journal is closed")]
    Closed,
    /// The file can neither be used nor be put aside.
    #[error("the journal cannot be used: {0}")]
    Unusable(String),
    /// Written by a newer version of this program.
    #[error("the journal was written by a newer version of TradeSuite")]
    Newer,
    /// Events that were taken could not be written before the end.
    #[error("{0} events could not be committed before the journal was closed")]
    Lost(u64),
}

/// A cheap handle on the log. When the last one goes, what was taken is still committed.
#[derive(Clone, Debug)]
pub struct Journal(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<u64>>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.drain();
    }
}

/// What handles, tails and the writer share.
#[derive(Debug)]
struct Shared {
    path: PathBuf,
    options: JournalOptions,
    inner: Mutex<Inner>,
    /// Wakes the writer.
    wake: Condvar,
    /// Room for uncommitted events, KiB.
    room: Semaphore,
    appended: watch::Sender<Position>,
    committed: watch::Sender<Position>,
    state: watch::Sender<JournalState>,
    bytes: AtomicU64,
    closed: AtomicBool,
    reader: Mutex<Option<rusqlite::Connection>>,
}

#[derive(Debug)]
struct Inner {
    next: Position,
    window: Window,
    consumers: BTreeMap<String, Position>,
    /// How far those have read who only show events, where there are any.
    shown: Option<Position>,
    draining: bool,
}

impl Journal {
    /// Opens the file or makes it, and goes on numbering where it ends. What is damaged is cut
    /// off, with all that follows, and logged.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] and [`JournalError::Newer`].
    pub fn open(path: &Path, options: JournalOptions) -> Result<Self, JournalError> {
        let file = JournalFile::open(path, options.durability)?;
        let last = file.last();
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            options,
            inner: Mutex::new(Inner {
                next: Position(last.0 + 1),
                window: Window::default(),
                consumers: BTreeMap::new(),
                shown: None,
                draining: false,
            }),
            wake: Condvar::new(),
            room: Semaphore::new(ROOM_KIB as usize),
            appended: watch::Sender::new(last),
            committed: watch::Sender::new(last),
            state: watch::Sender::new(JournalState::Ok),
            bytes: AtomicU64::new(file.used_bytes()),
            closed: AtomicBool::new(false),
            reader: Mutex::new(None),
        });
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name("journal".to_owned())
                .spawn(move || writer::run(&shared, file))
                .map_err(|error| JournalError::Unusable(error.to_string()))?
        };
        Ok(Self(Arc::new(Handle {
            shared,
            writer: Mutex::new(Some(thread)),
        })))
    }

    /// Takes events: numbers them, shows them to live tails and hands them to the writer. Waits while too much is uncommitted. Returns the position of the last one.
    ///
    /// # Errors
    /// [`JournalError::Closed`]; nothing was taken then.
    pub async fn append(&self, events: Vec<MarketEvent>) -> Result<Position, JournalError> {
        let shared = &self.0.shared;
        if events.is_empty() {
            return Ok(*shared.appended.borrow());
        }
        let kib = events.iter().map(window::kib).sum::<u32>().min(ROOM_KIB);
        shared
            .room
            .acquire_many(kib)
            .await
            .map_err(|_| JournalError::Closed)?
            .forget();
        let mut inner = shared.lock();
        if inner.draining {
            return Err(JournalError::Closed);
        }
        let mut next = inner.next;
        let batch: Batch = events
            .into_iter()
            .map(|event| {
                let position = next;
                next.0 += 1;
                Sequenced { position, event }
            })
            .collect();
        inner.next = next;
        inner.window.push(batch, kib);
        let last = Position(next.0 - 1);
        shared.appended.send_replace(last);
        drop(inner);
        shared.wake.notify_one();
        Ok(last)
    }

    /// Position of the last event taken, committed or not.
    #[must_use]
    pub fn appended(&self) -> Position {
        *self.0.shared.appended.borrow()
    }

    /// Follows the position up to which events are committed.
    #[must_use]
    pub fn committed(&self) -> watch::Receiver<Position> {
        self.0.shared.committed.subscribe()
    }

    /// Follows how the journal is doing.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<JournalState> {
        self.0.shared.state.subscribe()
    }

    /// Size in use, bytes, as of the last commit.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.shared.bytes.load(Ordering::Relaxed)
    }

    /// Reads on from the event at `from`, inclusive. Where older events were cut, it begins with
    /// the oldest that is held.
    #[must_use]
    pub fn tail_from(&self, from: Position, kind: TailKind) -> Tail {
        Tail::new(Arc::clone(&self.0.shared), from, kind)
    }

    /// Makes a consumer known before it reads: nothing after `position` (`None`: nothing at all)
    /// is cut until it has [`passed`](Self::passed). A consumer that is ahead of a journal whose
    /// end was lost raises the numbering, so that no number is given twice; to be called before
    /// the first [`append`](Self::append).
    pub fn register(&self, consumer: &str, position: Option<Position>) {
        let position = position.unwrap_or_default();
        let mut inner = self.0.shared.lock();
        inner.consumers.insert(consumer.to_owned(), position);
        if position >= inner.next {
            tracing::warn!(
                consumer,
                position = position.0,
                journal_end = inner.next.0 - 1,
                "the journal has lost its end; numbering goes on after what the consumer holds"
            );
            inner.next = Position(position.0 + 1);
        }
    }

    /// Says that a consumer holds everything up to `position` durably.
    pub fn passed(&self, consumer: &str, position: Position) {
        let mut inner = self.0.shared.lock();
        let held = inner.consumers.entry(consumer.to_owned()).or_default();
        *held = position.max(*held);
    }

    /// Says that who only shows events has read up to `position`. What follows is not cut either,
    /// unless the journal has used half of what it may: who hangs must not stop the collecting.
    pub fn shown(&self, position: Position) {
        self.0.shared.lock().shown = Some(position);
    }

    /// Takes nothing more, commits what was taken and ends every tail.
    ///
    /// # Errors
    /// [`JournalError::Lost`] where the file did not take everything.
    pub async fn close(&self) -> Result<(), JournalError> {
        self.0.shared.drain();
        let thread = lock(&self.0.writer).take();
        let Some(thread) = thread else { return Ok(()) };
        match tokio::task::spawn_blocking(move || thread.join()).await {
            Ok(Ok(0)) => Ok(()),
            Ok(Ok(lost)) => Err(JournalError::Lost(lost)),
            Ok(Err(_)) | Err(_) => Err(JournalError::Unusable("its writer panicked".to_owned())),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    fn drain(&self) {
        self.lock().draining = true;
        self.room.close();
        self.wake.notify_one();
    }
}

/// A panic elsewhere leaves plain data behind that is still true.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

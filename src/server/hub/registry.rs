//! Which instrument has a task, and how to reach it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::InstrumentId;

use super::HubOptions;
use super::actor::{self, Command};
use super::interest::Interest;
use super::withheld::Withheld;
use crate::server::storage::MarketStore;

/// Commands that one instrument's task may be behind; whoever sends more waits.
const QUEUE: usize = 1_024;

/// The tasks.
pub(super) struct Registry {
    store: Arc<dyn MarketStore>,
    tasks: TaskTracker,
    options: HubOptions,
    actors: Mutex<Actors>,
}

#[derive(Default)]
struct Actors {
    closed: bool,
    by_instrument: HashMap<InstrumentId, Entry>,
}

struct Entry {
    commands: mpsc::Sender<Command>,
    used: Instant,
}

impl Registry {
    pub fn new(store: Arc<dyn MarketStore>, tasks: TaskTracker, options: HubOptions) -> Self {
        Self {
            store,
            tasks,
            options,
            actors: Mutex::default(),
        }
    }

    /// The instrument's task, started where there is none. `from_events` says that the market
    /// itself wants it.
    pub fn reach(&self, instrument: &InstrumentId, from_events: bool) -> mpsc::Sender<Command> {
        let mut actors = self.lock();
        let now = Instant::now();
        if let Some(entry) = actors.by_instrument.get_mut(instrument) {
            if from_events {
                entry.used = now;
            }
            return entry.commands.clone();
        }
        let (commands, queue) = mpsc::channel(QUEUE);
        if !actors.closed {
            self.tasks.spawn(actor::run(
                instrument.clone(),
                Withheld::new(self.options.withhold),
                Arc::clone(&self.store),
                queue,
            ));
            let entry = Entry {
                commands: commands.clone(),
                used: now,
            };
            actors.by_instrument.insert(instrument.clone(), entry);
        }
        commands
    }

    /// The instrument's task, where there is one.
    pub fn find(&self, instrument: &InstrumentId) -> Option<mpsc::Sender<Command>> {
        self.lock()
            .by_instrument
            .get(instrument)
            .map(|entry| entry.commands.clone())
    }

    /// Instruments that have a task, by id.
    pub fn instruments(&self) -> Vec<InstrumentId> {
        let mut all: Vec<_> = self.lock().by_instrument.keys().cloned().collect();
        all.sort();
        all
    }

    /// Ends the tasks of instruments without events that nobody looks at. Whoever joins holds a
    /// lease before reaching for the task, so that none is ended under a listener.
    pub fn sweep(&self, now: Instant, interest: &Interest) {
        self.lock().by_instrument.retain(|instrument, entry| {
            now.duration_since(entry.used) < self.options.idle || interest.is_wanted(instrument)
        });
    }

    /// Ends all tasks; none is started any more.
    pub fn close(&self) {
        let mut actors = self.lock();
        actors.closed = true;
        actors.by_instrument.clear();
    }

    /// A holder that panicked left whole entries behind.
    fn lock(&self) -> MutexGuard<'_, Actors> {
        self.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

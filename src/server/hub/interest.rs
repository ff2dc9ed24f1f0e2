//! Which instruments somebody looks at: the collector follows these.
//!
//! A [`Lease`] is held while a chart is open or a question is answered. After the last lease has
//! gone the instrument stays wanted for a while, so that a page that is loaded again finds it
//! warm.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tradesuite_core::model::InstrumentId;

/// A cheap handle on the set of wanted instruments.
#[derive(Clone)]
pub struct Interest(Arc<Inner>);

struct Inner {
    linger: Duration,
    entries: Mutex<HashMap<InstrumentId, Entry>>,
    wanted: watch::Sender<Arc<BTreeSet<InstrumentId>>>,
}

#[derive(Default)]
struct Entry {
    leases: u32,
    /// When the last lease went.
    released: Option<Instant>,
}

impl Interest {
    pub(super) fn new(linger: Duration) -> Self {
        Self(Arc::new(Inner {
            linger,
            entries: Mutex::default(),
            wanted: watch::Sender::default(),
        }))
    }

    /// Wants an instrument until the lease is dropped, and a while longer.
    pub fn lease(&self, instrument: &InstrumentId) -> Lease {
        {
            let mut entries = self.0.lock();
            let entry = entries.entry(instrument.clone()).or_default();
            entry.leases += 1;
            entry.released = None;
            self.0.announce(&entries);
        }
        Lease {
            interest: self.clone(),
            instrument: instrument.clone(),
        }
    }

    /// The set of wanted instruments, now and whenever it changes.
    #[must_use]
    pub fn wanted(&self) -> watch::Receiver<Arc<BTreeSet<InstrumentId>>> {
        self.0.wanted.subscribe()
    }

    /// Whether the instrument is wanted, or was until a moment ago.
    #[must_use]
    pub fn is_wanted(&self, instrument: &InstrumentId) -> bool {
        self.0.lock().contains_key(instrument)
    }

    /// Forgets instruments whose last lease went long enough ago.
    pub(super) fn sweep(&self, now: Instant) {
        let mut entries = self.0.lock();
        entries.retain(|_, entry| {
            entry
                .released
                .is_none_or(|released| now.duration_since(released) < self.0.linger)
        });
        self.0.announce(&entries);
    }
}

impl Inner {
    fn announce(&self, entries: &HashMap<InstrumentId, Entry>) {
        self.wanted.send_if_modified(|wanted| {
            let same = wanted.len() == entries.len()
                && entries.keys().all(|instrument| wanted.contains(instrument));
            if !same {
                *wanted = Arc::new(entries.keys().cloned().collect());
            }
            !same
        });
    }

    /// A holder that panicked left whole entries behind.
    fn lock(&self) -> MutexGuard<'_, HashMap<InstrumentId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps an instrument wanted.
#[must_use = "the instrument is wanted only while the lease lives"]
pub struct Lease {
    interest: Interest,
    instrument: InstrumentId,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(entry) = self.interest.0.lock().get_mut(&self.instrument) {
            entry.leases -= 1;
            if entry.leases == 0 {
                entry.released = Some(Instant::now());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_instrument_lingers_after_its_last_lease() {
        let interest = Interest::new(Duration::from_secs(300));
        let mut wanted = interest.wanted();
        let bitcoin: InstrumentId = "coinbase:BTC-USD".parse().expect("an id");

        let (first, second) = (interest.lease(&bitcoin), interest.lease(&bitcoin));
        assert!(wanted.borrow_and_update().contains(&bitcoin));
        drop(first);
        tokio::time::advance(Duration::from_secs(1_000)).await;
        interest.sweep(Instant::now());
        assert!(interest.is_wanted(&bitcoin));

        drop(second);
        tokio::time::advance(Duration::from_secs(299)).await;
        interest.sweep(Instant::now());
        assert!(interest.is_wanted(&bitcoin));
        assert!(!wanted.has_changed().expect("open"));

        tokio::time::advance(Duration::from_secs(1)).await;
        interest.sweep(Instant::now());
        assert!(!interest.is_wanted(&bitcoin));
        assert!(wanted.borrow_and_update().is_empty());
    }
}

//! The instruments that venues list: from the store at the start, from the venues once a day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{Instrument, InstrumentId, Precision};

use super::backoff::{Backoff, Jitter};
use super::rest::{RestError, VenueRest};
use crate::server::storage::{MarketStore, StoreBatch, StoreError};

const REFRESH: Duration = Duration::from_secs(24 * 60 * 60);

type Listed = Arc<BTreeMap<InstrumentId, Arc<Instrument>>>;

/// A cheap handle on all instruments known so far.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    listed: Arc<watch::Sender<Listed>>,
    /// Venues whose own lists were read since the start.
    read: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Directory {
    /// Takes over what the store knows.
    ///
    /// # Errors
    /// [`StoreError`] as the store has it.
    pub async fn load(&self, store: &dyn MarketStore) -> Result<(), StoreError> {
        let known = store.instruments().await?;
        self.describe(known);
        Ok(())
    }

    /// Adds instruments, or replaces what was known of them.
    pub fn describe(&self, instruments: Vec<Instrument>) {
        self.listed.send_modify(|listed| {
            let mut next = BTreeMap::clone(listed);
            for instrument in instruments {
                next.insert(instrument.id.clone(), Arc::new(instrument));
            }
            *listed = Arc::new(next);
        });
    }

    /// Everything known, by id.
    #[must_use]
    pub fn all(&self) -> Listed {
        self.listed.borrow().clone()
    }

    /// What is known of one instrument.
    #[must_use]
    pub fn get(&self, id: &InstrumentId) -> Option<Arc<Instrument>> {
        self.listed.borrow().get(id).cloned()
    }

    /// What is known of one instrument, else what follows from its id.
    #[must_use]
    pub fn get_or_guess(&self, id: &InstrumentId) -> Arc<Instrument> {
        self.get(id)
            .unwrap_or_else(|| Arc::new(Instrument::undescribed(id.clone(), Precision::default())))
    }

    /// Whether anything is known of this venue's instruments, so that an unknown one does not
    /// exist there.
    #[must_use]
    pub fn knows_venue(&self, exchange: &str) -> bool {
        self.listed
            .borrow()
            .keys()
            .any(|id| id.exchange() == exchange)
    }

    /// Whether the venue's own list was read since the start, so that it is known what is not in it.
    #[must_use]
    pub fn was_read(&self, exchange: &str) -> bool {
        self.lock_read().contains(exchange)
    }

    /// Takes over the list of a venue.
    pub fn take_list(&self, exchange: &'static str, instruments: Vec<Instrument>) {
        // First: whoever follows the list looks at both.
        self.lock_read().insert(exchange);
        self.describe(instruments);
    }

    fn lock_read(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the list.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Listed> {
        self.listed.subscribe()
    }
}

/// Asks one venue for its list now and once a day, and keeps it in directory and store.
pub async fn keep_fresh(
    directory: Directory,
    rest: Arc<VenueRest>,
    store: Arc<dyn MarketStore>,
    jitter: Jitter,
    stop: CancellationToken,
) {
    let exchange = rest.exchange().spec().id;
    let mut backoff = Backoff::default();
    let mut complained = false;
    loop {
        let refreshed = tokio::select! {
            () = stop.cancelled() => return,
            refreshed = refresh(&directory, &rest, store.as_ref()) => refreshed,
        };
        let wait = match refreshed {
            Ok(count) => {
                tracing::info!(exchange, count, "instrument list read");
                backoff.reset();
                complained = false;
                REFRESH
            }
            Err(error) => {
                // Said once; the status panel shows the connection that fails for the same reason.
                if !complained {
                    tracing::warn!(exchange, %error, "the instrument list cannot be read; trying again");
                }
                complained = true;
                backoff.next(jitter.draw())
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn refresh(
    directory: &Directory,
    rest: &VenueRest,
    store: &dyn MarketStore,
) -> Result<usize, RestError> {
    let instruments = rest.instruments().await?;
    let count = instruments.len();
    directory.take_list(rest.exchange().spec().id, instruments.clone());
    let batch = StoreBatch {
        instruments,
        ..StoreBatch::default()
    };
    if let Err(error) = store.write(batch).await {
        // The list stands in memory; the store gets the next one.
        tracing::warn!(%error, "the instrument list could not be kept");
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::Stopwatch;
    use crate::server::collector::http::{NoReply, Reply};
    use crate::server::collector::testing::{LineVenue, MemoryStore, ScriptedHttp};

    #[tokio::test(start_paused = true)]
    async fn a_venue_that_asks_for_patience_does_not_hold_up_the_end() {
        let patience = Reply {
            status: 429,
            retry_after: Some(Duration::from_secs(300)),
            ..Reply::default()
        };
        let http = ScriptedHttp::new(vec![Ok(patience)]);
        let rest = VenueRest::new(&LineVenue, None, http, Jitter::fixed(1.0));
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep_fresh(
            Directory::default(),
            Arc::new(rest),
            Arc::new(MemoryStore::default()),
            Jitter::fixed(1.0),
            stop.clone(),
        ));
        // Its next try waits for its turn.
        tokio::time::sleep(Duration::from_secs(30)).await;
        let watch = Stopwatch::start();
        stop.cancel();
        task.await.unwrap();
        assert_eq!(watch.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_list_is_asked_for_until_it_comes_and_then_daily() {
        let list = |body: &str| {
            Ok(Reply {
                status: 200,
                body: body.as_bytes().to_vec(),
                ..Reply::default()
            })
        };
        let http = ScriptedHttp::new(vec![
            Err(NoReply("no route".to_owned())),
            list("line:A-B"),
            list("line:A-B line:C-D"),
        ]);
        let (directory, store) = (Directory::default(), Arc::new(MemoryStore::default()));
        let mut changes = directory.changes();
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep_fresh(
            directory.clone(),
            Arc::new(VenueRest::new(
                &LineVenue,
                None,
                http.clone(),
                Jitter::fixed(1.0),
            )),
            store.clone(),
            Jitter::fixed(1.0),
            stop.clone(),
        ));
        changes.changed().await.unwrap();
        assert_eq!((directory.all().len(), http.asked()), (1, 2));
        changes.changed().await.unwrap();
        assert_eq!((directory.all().len(), http.asked()), (2, 3));
        stop.cancel();
        task.await.unwrap();
        let again = Directory::default();
        again.load(store.as_ref()).await.unwrap();
        assert_eq!(again.all().len(), 2);
        assert!(again.knows_venue("line") && !again.knows_venue("other"));
    }
}

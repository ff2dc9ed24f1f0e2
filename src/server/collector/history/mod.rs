//! Bars that this server did not see itself, from the venues' own history: asked for when somebody
//! wants them, page by page, each page once however many ask, kept in the store for good.
//!
//! What a venue has answered is remembered, also where it had nothing. Bars made from own, whole
//! trades are not asked for.

mod pages;
mod ranges;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::{InstrumentId, Timeframe, UnixMs, UnixNs};

use self::ranges::Ranges;
pub use self::ranges::Stretch;
use super::directory::Directory;
use super::limiter::Demand;
use super::rest::{RestError, VenueRest};
use crate::server::clock::{Clock, Stopwatch};
use crate::server::storage::{MarketStore, StateStore};

/// A bar is asked for once its end is this long ago: the venue has finished it by then.
const SETTLE_NS: i64 = 5_000_000_000;
/// After a failure a venue is not asked again for so long; who asks meanwhile gets the same answer.
const COOL_DOWN: Duration = Duration::from_secs(15);
/// Whose entries in the state store these are.
const OWNER: &str = "system";

/// Why bars are still missing. A sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HistoryProblem {
    /// The venue did not give them.
    #[error(transparent)]
    Venue(#[from] RestError),
    /// The store did not take them, or could not be read.
    #[error("{0}")]
    Store(String),
    /// The server is shutting down.
    #[error("the server stops")]
    Stopped,
}

/// What is still missing of a stretch that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Ascending; nothing where the store has all there is.
    pub stretches: Vec<Stretch>,
    /// Why, where it is not just that it takes longer.
    pub problem: Option<HistoryProblem>,
}

/// A cheap handle on the venues' histories.
#[derive(Clone)]
pub struct History(Arc<Inner>);

/// What a history is made of.
pub struct HistorySetup {
    /// Venues that may be asked; none in replays.
    pub venues: Vec<Arc<VenueRest>>,
    /// Keeps the bars.
    pub store: Arc<dyn MarketStore>,
    /// Remembers what was asked.
    pub state: Arc<dyn StateStore>,
    /// Knows the instruments.
    pub directory: Directory,
    /// Time of day.
    pub clock: Clock,
    /// Ends what is under way.
    pub stop: CancellationToken,
}

struct Inner {
    venues: BTreeMap<&'static str, Arc<VenueRest>>,
    store: Arc<dyn MarketStore>,
    state: Arc<dyn StateStore>,
    directory: Directory,
    clock: Clock,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// What venues have answered, as far as it was needed since the start.
    known: Mutex<HashMap<Series, Known>>,
    /// Pages being fetched.
    flights: Mutex<HashMap<(Series, UnixMs), Flight>>,
    /// The last failure by venue.
    failures: Mutex<HashMap<&'static str, (Stopwatch, RestError)>>,
}

/// What a venue has answered about a series.
#[derive(Debug, Default)]
struct Known {
    ranges: Ranges,
    /// How often something of it was forgotten: an answer to a question from before is not noted.
    forgotten: u64,
}

type Series = (InstrumentId, Timeframe);
type Landing = Result<(), HistoryProblem>;

/// A page being fetched.
struct Flight {
    /// Ends with how it landed.
    landing: watch::Receiver<Option<Landing>>,
    demand: Demand,
}

impl History {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(setup: HistorySetup) -> Self {
        let by_id = |venue: Arc<VenueRest>| (venue.exchange().spec().id, venue);
        Self(Arc::new(Inner {
            venues: setup.venues.into_iter().map(by_id).collect(),
            store: setup.store,
            state: setup.state,
            directory: setup.directory,
            clock: setup.clock,
            stop: setup.stop,
            tasks: TaskTracker::new(),
            known: Mutex::default(),
            flights: Mutex::default(),
            failures: Mutex::default(),
        }))
    }

    /// Whether there is a venue to ask for such bars.
    #[must_use]
    pub fn serves(&self, instrument: &InstrumentId, timeframe: Timeframe) -> bool {
        let venue = self.0.venues.get(instrument.exchange());
        venue.is_some_and(|venue| venue.exchange().spec().timeframes.contains(&timeframe))
    }

    /// Sees to it that the store has all bars of a stretch, newest first, and waits for them as
    /// long as `patience` lasts. What is under way then goes on; asking again finds it. What is
    /// fetched ahead and what somebody waits for share a request, which is then waited for.
    ///
    /// `timeframe` is one of [`Timeframe::STORED`]; what the venue has no bars of is not missing.
    pub async fn ensure(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        stretch: Stretch,
        patience: Duration,
        demand: &Demand,
    ) -> Missing {
        let venue = self.0.venues.get(instrument.exchange());
        let Some(venue) = venue.filter(|_| self.serves(instrument, timeframe)) else {
            return Missing::default();
        };
        let spec = venue.exchange().spec();
        let series = (instrument.clone(), timeframe);
        let stretch = self.closed_part(timeframe, stretch);
        let stretch = (stretch.0.max(timeframe.floor(spec.opened)), stretch.1);
        let stretch = self.within_reach(spec.candles_reach, timeframe, stretch);
        let mut problem = self.0.load(&series).await.err();
        let wanted = self.0.missing(&series, stretch);
        let pages = ranges::pages(&wanted, timeframe, spec.candles_per_request);
        let fetching = async {
            for page in pages {
                self.land(venue, &series, page, demand).await?;
            }
            Ok(())
        };
        if problem.is_none()
            && let Ok(Err(failure)) = timeout(patience, fetching).await
        {
            problem = Some(failure);
        }
        Missing {
            stretches: self.0.missing(&series, stretch),
            problem,
        }
    }

    /// Trades of a stretch turned out to be missing: the venue is asked again for the bars it
    /// touches, since its answers were not taken where own bars seemed to be whole.
    ///
    /// # Errors
    /// [`HistoryProblem::Store`]
    pub async fn forget(
        &self,
        instrument: &InstrumentId,
        (start, end): Stretch,
    ) -> Result<(), HistoryProblem> {
        for timeframe in Timeframe::STORED {
            let series = (instrument.clone(), timeframe);
            let now = self.0.clock.now().to_ms();
            let whole = (timeframe.floor(start), timeframe.next(end.min(now)));
            self.0.load(&series).await?;
            self.0.forget(&series, whole).await?;
        }
        Ok(())
    }

    /// Waits for what is under way. To be called once the stop token is cancelled.
    pub async fn finish(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// The part of a stretch whose bars are finished, widened to whole bars.
    fn closed_part(&self, timeframe: Timeframe, (start, end): Stretch) -> Stretch {
        let settled = UnixNs(self.0.clock.now().0 - SETTLE_NS).to_ms();
        let start = timeframe.floor(start.max(UnixMs(0)));
        let end = end.min(settled);
        let last = timeframe.floor(end);
        // A bar that ends inside the stretch is wanted whole, if it is over.
        let whole = timeframe.next(UnixMs(end.0.saturating_sub(1)));
        (start, if whole <= settled { whole } else { last })
    }

    /// The part of a stretch that the venue still has.
    fn within_reach(&self, bars: Option<u32>, timeframe: Timeframe, stretch: Stretch) -> Stretch {
        let Some(bars) = bars else {
            return stretch;
        };
        let reach_ms = i64::from(bars) * timeframe.nominal_ms();
        let oldest = timeframe.floor(UnixMs(self.0.clock.now().to_ms().0 - reach_ms));
        let start = stretch.0.max(oldest);
        (start, stretch.1.max(start))
    }

    /// Fetches a page, or waits for whoever does.
    async fn land(
        &self,
        venue: &Arc<VenueRest>,
        series: &Series,
        page: Stretch,
        demand: &Demand,
    ) -> Landing {
        let until = self.closed_part(series.1, page).1;
        let mut landing = {
            let mut flights = lock(&self.0.flights);
            let key = (series.clone(), page.0);
            match flights.get(&key) {
                Some(flight) => {
                    flight.demand.join(demand);
                    flight.landing.clone()
                }
                None => {
                    let (sender, landing) = watch::channel(None);
                    let flight = Flight {
                        landing: landing.clone(),
                        demand: Demand::ahead(),
                    };
                    flight.demand.join(demand);
                    let demand = flight.demand.clone();
                    flights.insert(key.clone(), flight);
                    let (inner, venue) = (self.0.clone(), venue.clone());
                    self.0.tasks.spawn(async move {
                        let outcome = tokio::select! {
                            () = inner.stop.cancelled() => Err(HistoryProblem::Stopped),
                            outcome = inner.fetch(&venue, &key.0, (page.0, until), &demand) => outcome,
                        };
                        lock(&inner.flights).remove(&key);
                        sender.send_replace(Some(outcome));
                    });
                    landing
                }
            }
        };
        match landing.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or(Ok(())),
            // The task panicked or was dropped with the runtime.
            Err(_) => Err(HistoryProblem::Stopped),
        }
    }
}

impl Inner {
    fn missing(&self, series: &Series, stretch: Stretch) -> Vec<Stretch> {
        match lock(&self.known).get(series) {
            Some(known) => known.ranges.missing(stretch),
            None => Ranges::default().missing(stretch),
        }
    }

    /// What this venue said not long ago, where that was a failure.
    fn recent_failure(&self, exchange: &'static str) -> Option<RestError> {
        lock(&self.failures)
            .get(exchange)
            .filter(|(since, _)| since.elapsed() < COOL_DOWN)
            .map(|(_, error)| error.clone())
    }

    fn remember_failure(&self, exchange: &'static str, error: &RestError) {
        if error.is_retryable() || matches!(error, RestError::Blocked { .. }) {
            lock(&self.failures).insert(exchange, (Stopwatch::start(), error.clone()));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

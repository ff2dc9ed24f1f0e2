//! What every interface calls: REST, the socket and the page's server functions are thin faces
//! of a [`Service`].
//!
//! Questions about the past go to the store, about the present to the hub; where an answer spans
//! both, it is joined here. It must not know about HTTP, JSON or frames. What a person made is
//! asked of [`Documents`], which need no market.

mod book;
mod candles;
mod chart;
mod documents;
mod follow;
#[cfg(test)]
mod history_tests;
mod instruments;
mod keeping;
mod ledger;
mod memory;
mod page;
mod search;
mod status;
#[cfg(test)]
mod tests;
mod trades;

use std::sync::Arc;

use thiserror::Error;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::{Gap, InstrumentId, Mode, StoreState};

use crate::server::clock::{Clock, Stopwatch};
use crate::server::collector::directory::Directory;
use crate::server::collector::history::History;
use crate::server::collector::status::StatusBoard;
use crate::server::hub::Hub;
use crate::server::storage::{Coverage, MarketStore, StoreError};

pub use self::book::BookAnswer;
pub use self::candles::{CandleAnswer, CandleQuery};
pub use self::documents::{DocumentError, Documents, ONLY};
pub use self::instruments::{ExchangeInfo, InstrumentPage, InstrumentQuery};
pub use self::keeping::Keeping;
pub use self::page::{Cursor, CursorError, LATEST, PageQuery};
pub use self::trades::TradeAnswer;
pub use crate::server::storage::Expected;

/// What a service stands on.
#[derive(Clone)]
pub struct ServiceParts {
    /// The past.
    pub store: Arc<dyn MarketStore>,
    /// The present.
    pub hub: Hub,
    /// Whether what arrives is kept; `None` where nothing is written.
    pub keeping: Option<Keeping>,
    /// What venues list.
    pub directory: Directory,
    /// How connections are doing.
    pub board: StatusBoard,
    /// The time of day.
    pub clock: Clock,
    /// What the data directory holds.
    pub mode: Mode,
    /// Venues that are configured, by id; a bare symbol means the first.
    pub exchanges: Vec<String>,
}

/// A cheap handle on everything that can be asked.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    parts: ServiceParts,
    /// The venues' own histories; none in replays.
    history: Option<History>,
    uptime: Stopwatch,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// No such instrument.
    #[error("there is no instrument {0}")]
    UnknownInstrument(InstrumentId),
    /// It exists, but its data does not arrive at the moment.
    #[error("the book of {0} does not arrive at the moment; see /api/v1/status")]
    NotArriving(InstrumentId),
    /// No book was recorded then.
    #[error("no book of {0} is recorded at that time")]
    NotRecorded(InstrumentId),
    /// What arrives is not kept at the moment.
    #[error("{0}")]
    NotKept(String),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Numbers of different precision that no common one holds.
    #[error("numbers of {0} do not fit one precision")]
    Precision(InstrumentId),
}

impl ServiceError {
    /// Whether what was asked for does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::UnknownInstrument(_) | Self::NotRecorded(_))
    }
}

impl Service {
    /// A service on these parts, up from now on.
    #[must_use]
    pub fn new(parts: ServiceParts) -> Self {
        Self(Arc::new(Inner {
            parts,
            history: None,
            uptime: Stopwatch::start(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// The same service, asking the venues for bars that the store lacks.
    #[must_use]
    pub fn with_history(self, history: History) -> Self {
        Self(Arc::new(Inner {
            parts: self.0.parts.clone(),
            history: Some(history),
            uptime: self.0.uptime,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Ends what goes on behind answers, and waits for it. To be called once nobody asks any more.
    pub async fn finish(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// The live part.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.parts.hub
    }

    /// The time of day.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    /// Times at which data is known to be missing, by start: all that touch the query's span.
    ///
    /// # Errors
    /// [`ServiceError::Store`], and [`ServiceError::UnknownInstrument`].
    pub async fn gaps(
        &self,
        instrument: Option<&InstrumentId>,
        query: PageQuery,
    ) -> Result<(Vec<Gap>, Option<Cursor>), ServiceError> {
        if let Some(instrument) = instrument {
            self.check(instrument)?;
        }
        let touching = query.stretch();
        // A gap may begin before the span that it touches: pages go by starts, whichever they are.
        let request = query.since_the_first().request();
        let gaps = self
            .0
            .parts
            .store
            .gaps_starting(instrument, touching, request.span)
            .await?;
        Ok(request.page(gaps, |gap| gap.start))
    }

    /// From when to when there is anything.
    ///
    /// # Errors
    /// [`ServiceError::Store`], and [`ServiceError::UnknownInstrument`].
    pub async fn coverage(&self, instrument: &InstrumentId) -> Result<Coverage, ServiceError> {
        self.check(instrument)?;
        Ok(self.0.parts.store.coverage(instrument).await?)
    }

    /// Whether store and hub answer, and what arrives is kept.
    ///
    /// # Errors
    /// [`ServiceError::Store`] and [`ServiceError::NotKept`].
    pub async fn ready(&self) -> Result<(), ServiceError> {
        self.0.parts.store.position().await?;
        match self.keeping() {
            (StoreState::Failed, problem) => {
                Err(ServiceError::NotKept(problem.unwrap_or_default()))
            }
            _ => Ok(()),
        }
    }

    /// In one sentence, why the store may lack what arrived last; `None` where it keeps up.
    #[must_use]
    pub fn lag(&self) -> Option<String> {
        let (_, problem) = self.keeping();
        problem.map(|problem| format!("The newest data may be missing: {problem}."))
    }

    fn keeping(&self) -> (StoreState, Option<String>) {
        let keeping = self.0.parts.keeping.as_ref();
        keeping.map_or((StoreState::Ok, None), Keeping::state)
    }
}

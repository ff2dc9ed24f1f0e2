//! Books and the day's figures, now or recorded.

use std::time::Duration;

use tradesuite_core::model::{BookView, InstrumentId, Precision, UnixMs};
use tradesuite_core::protocol::TickerData;

use super::{Service, ServiceError};
use crate::server::hub::LiveBook;

/// How long an instrument that nobody followed is waited for.
const ARRIVAL: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A book and the decimals of its numbers.
#[derive(Clone, Debug, Default)]
pub struct BookAnswer {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Without levels where they may not be true.
    pub view: BookView,
}

impl Service {
    /// The best `depth` levels a side now. An instrument that nobody followed is followed from
    /// now on, for a while, and its book is waited for.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn book(
        &self,
        instrument: &InstrumentId,
        depth: u32,
    ) -> Result<BookAnswer, ServiceError> {
        self.check(instrument)?;
        let hub = &self.0.parts.hub;
        let _lease = self.follow(instrument);
        let first_seen = async {
            loop {
                match hub.book(instrument, depth as usize).await {
                    Some(book) if book.view.sequence > 0 => return book,
                    _ => tokio::time::sleep(LOOK_AGAIN).await,
                }
            }
        };
        let book = tokio::time::timeout(ARRIVAL, first_seen)
            .await
            .map_err(|_| ServiceError::NotArriving(instrument.clone()))?;
        Ok(shown(book))
    }

    /// The best `depth` levels a side as they were recorded at `at`.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn book_at(
        &self,
        instrument: &InstrumentId,
        at: UnixMs,
        depth: u32,
    ) -> Result<BookAnswer, ServiceError> {
        self.check(instrument)?;
        let (precision, view) = self
            .0
            .parts
            .store
            .book_at(instrument, at, depth)
            .await?
            .ok_or_else(|| ServiceError::NotRecorded(instrument.clone()))?;
        Ok(shown(LiveBook {
            precision,
            view,
            stale_reason: None,
        }))
    }

    /// The day's figures now; what is not known yet is `None` in them.
    ///
    /// # Errors
    /// [`ServiceError::UnknownInstrument`].
    pub async fn ticker(&self, instrument: &InstrumentId) -> Result<TickerData, ServiceError> {
        self.check(instrument)?;
        let hub = &self.0.parts.hub;
        let _lease = self.follow(instrument);
        Ok(hub.warm_ticker(instrument).await.unwrap_or_default())
    }

    /// The day's figures of all instruments that are followed now, by id.
    pub async fn tickers(&self, exchange: Option<&str>) -> Vec<(InstrumentId, TickerData)> {
        let hub = &self.0.parts.hub;
        let followed = hub
            .instruments()
            .into_iter()
            .filter(|id| exchange.is_none_or(|exchange| id.exchange() == exchange));
        let asked = followed.map(|id| async move { Some((id.clone(), hub.ticker(&id).await?)) });
        futures::future::join_all(asked)
            .await
            .into_iter()
            .flatten()
            .collect()
    }
}

/// Levels that may not be true are not shown.
fn shown(book: LiveBook) -> BookAnswer {
    let mut view = book.view;
    if view.stale {
        view.bids.clear();
        view.asks.clear();
    }
    BookAnswer {
        precision: book.precision,
        view,
    }
}

//! Trades of the past.

use tradesuite_core::model::{InstrumentId, Precision, Trade};

use super::page::{Cursor, PageQuery};
use super::{Service, ServiceError};

/// A page of trades.
#[derive(Clone, Debug, Default)]
pub struct TradeAnswer {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending by exchange time, then id.
    pub trades: Vec<Trade>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// In one sentence, why the newest trades may be missing.
    pub notice: Option<String>,
}

impl Service {
    /// Trades that the store holds; the newest of all may be a moment away.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn trades(
        &self,
        instrument: &InstrumentId,
        page: PageQuery,
    ) -> Result<TradeAnswer, ServiceError> {
        self.check(instrument)?;
        let request = page.request();
        let rows = self.0.parts.store.trades(instrument, request.span).await?;
        let (trades, next) = request.page(rows.rows, |trade| trade.time.to_ms());
        Ok(TradeAnswer {
            precision: rows.precision,
            trades,
            next,
            notice: self.lag(),
        })
    }
}

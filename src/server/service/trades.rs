//! Trades of the past.

use tradesuite_core::model::{InstrumentId, Precision, Trade, TradePage, TradesBefore};

use super::page::{Cursor, PageQuery};
use super::{Service, ServiceError};

/// Trades in one page of the tape at the most.
const MOST_TRADES: u32 = 5_000;
/// Trades of one millisecond that are passed over at the most.
const MOST_SKIPPED: u32 = 100_000;

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

    /// The `limit` newest trades before a place in the history, for the page's tape.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn trade_page(
        &self,
        instrument: &InstrumentId,
        before: Option<TradesBefore>,
        limit: u32,
    ) -> Result<TradePage, ServiceError> {
        let cursor = before.map(|before| Cursor::Before {
            time: before.through,
            skip: before.skip.min(MOST_SKIPPED),
        });
        let page = PageQuery {
            start: None,
            end: None,
            limit: limit.clamp(1, MOST_TRADES),
            cursor,
        };
        let answer = self.trades(instrument, page).await?;
        let older = match answer.next {
            Some(Cursor::Before { time, skip }) => Some(TradesBefore {
                through: time,
                skip,
            }),
            Some(Cursor::After { .. }) | None => None,
        };
        Ok(TradePage {
            precision: answer.precision,
            trades: answer.trades,
            older,
        })
    }
}

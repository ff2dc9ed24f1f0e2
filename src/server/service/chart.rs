//! What the page asks for beside REST: the picker's rows and the chart's history.

use std::collections::BTreeSet;

use tradesuite_core::model::{
    CandlePage, Gap, GapKind, InstrumentId, InstrumentRow, Timeframe, UnixMs,
};

use super::search::Search;
use super::{CandleQuery, Cursor, PageQuery, Service, ServiceError};
use crate::server::exchange;

/// Bars in one stretch at the most.
const MOST_BARS: u32 = 5_000;
/// Gaps that are looked through for one chart.
const MOST_GAPS: u32 = 5_000;
/// Rows of the picker at the most.
const MOST_ROWS: u32 = 200;

impl Service {
    /// Instruments that a search may mean, the closest first; without one, those first that are
    /// collected already.
    #[must_use]
    pub fn find_instruments(&self, search: &str, limit: u32) -> Vec<InstrumentRow> {
        let search = Search::new(search);
        let all = self.0.parts.directory.all();
        let followed = self.0.parts.hub.instruments();
        let ids: BTreeSet<&InstrumentId> = all.keys().chain(&followed).collect();
        let mut ids: Vec<_> = ids
            .into_iter()
            .filter_map(|id| Some((search.distance(id)?, id)))
            .collect();
        // Ids are ascending already, and stay so among equals.
        match search.is_empty() {
            true => ids.sort_by_key(|(_, id)| followed.binary_search(id).is_err()),
            false => ids.sort_by_key(|(distance, _)| *distance),
        }
        let row = |id: &InstrumentId| InstrumentRow {
            id: id.clone(),
            exchange: exchange::find(id.exchange())
                .map_or_else(|| id.exchange().to_owned(), |e| e.spec().label.to_owned()),
        };
        ids.into_iter()
            .take(limit.min(MOST_ROWS) as usize)
            .map(|(_, id)| row(id))
            .collect()
    }

    /// The `limit` newest bars that open before `before`.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn candle_page(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        before: Option<UnixMs>,
        limit: u32,
    ) -> Result<CandlePage, ServiceError> {
        let limit = limit.clamp(1, MOST_BARS);
        let query = CandleQuery {
            instrument: instrument.clone(),
            timeframe,
            page: PageQuery {
                start: None,
                end: before,
                limit,
                cursor: None,
            },
        };
        let answer = self.candles(&query).await?;
        // Of an instrument that no list describes, any count is a step; also where prices turned
        // out to have more decimals than the list says.
        let listed = self.0.parts.directory.get(instrument);
        let tick = listed
            .and_then(|listed| listed.tick_size.mantissa_at(answer.precision.price))
            .unwrap_or(1);
        Ok(CandlePage {
            precision: answer.precision,
            tick,
            older: answer.next.and_then(Cursor::before),
            candles: answer.candles,
            notice: answer.notice,
        })
    }

    /// Stretches since `from` of which trades are missing and were not fetched afterwards, by
    /// start; the newest where there are very many.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn missing_trades(
        &self,
        instrument: &InstrumentId,
        from: UnixMs,
    ) -> Result<Vec<Gap>, ServiceError> {
        let newest = PageQuery {
            start: None,
            end: None,
            limit: MOST_GAPS,
            cursor: None,
        };
        let (mut gaps, _) = self.gaps(Some(instrument), newest).await?;
        gaps.retain(|gap| {
            let is_late = gap.end.is_none_or(|end| from <= end);
            is_late && gap.kind == GapKind::Trades && !gap.filled
        });
        Ok(gaps)
    }
}

//! What the page asks for beside REST: the picker's rows and the chart's history.

use tradesuite_core::model::{
    CandlePage, Gap, GapKind, InstrumentId, InstrumentRow, Timeframe, UnixMs,
};

use super::{CandleQuery, Cursor, PageQuery, Service, ServiceError};
use crate::server::exchange;

/// Bars in one stretch at the most.
const MOST_BARS: u32 = 5_000;
/// Gaps that are looked through for one chart.
const MOST_GAPS: u32 = 5_000;
/// Rows of the picker at the most.
const MOST_ROWS: u32 = 200;

impl Service {
    /// Instruments with `search` in their id: first those whose base currency it is, then those
    /// whose symbol begins with it, then the rest.
    #[must_use]
    pub fn find_instruments(&self, search: &str, limit: u32) -> Vec<InstrumentRow> {
        let wanted = search.trim().to_ascii_uppercase().replace('/', "-");
        let all = self.0.parts.directory.all();
        let followed = self.0.parts.hub.instruments();
        let mut ids: Vec<&InstrumentId> = all
            .keys()
            .chain(&followed)
            .filter(|id| id.as_str().to_ascii_uppercase().contains(&wanted))
            .collect();
        ids.sort_by_key(|id| (distance(id, &wanted), id.as_str()));
        ids.dedup();
        let row = |id: &InstrumentId| InstrumentRow {
            id: id.clone(),
            exchange: exchange::find(id.exchange())
                .map_or_else(|| id.exchange().to_owned(), |e| e.spec().label.to_owned()),
        };
        ids.into_iter()
            .take(limit.min(MOST_ROWS) as usize)
            .map(row)
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

/// How far a search is from an instrument; less is closer.
fn distance(id: &InstrumentId, wanted: &str) -> u8 {
    if id.base() == wanted || id.symbol() == wanted {
        0
    } else if id.symbol().starts_with(wanted) {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_currency_comes_first() {
        for (id, wanted, expected) in [
            ("coinbase:BTC-USD", "BTC", 0),
            ("coinbase:BTC-USD", "BTC-USD", 0),
            ("coinbase:BTCX-USD", "BTC", 1),
            ("coinbase:ETH-BTC", "BTC", 2),
        ] {
            let id = id.parse().expect("an id");
            assert_eq!(distance(&id, wanted), expected, "{id} for {wanted}");
        }
    }
}

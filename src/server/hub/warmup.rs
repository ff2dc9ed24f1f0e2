//! What the store knows of an instrument already: the state that live events continue.

use std::sync::Arc;
use std::time::Duration;

use tradesuite_core::market::day_bars;
use tradesuite_core::model::{
    Candle, Gap, InstrumentId, Position, Precision, Timeframe, Trade, UnixMs,
};

use super::market::TAPE;
use crate::server::storage::{MarketStore, Newest, Rows, Span, StoreError};

/// Bars read of each stored timeframe; as many as a builder keeps.
const BARS: u32 = 120;
/// A day of minutes, and the one before it for the price 24 hours ago.
const MINUTES: u32 = 24 * 60 + 1;
/// Gaps that are looked through.
const MAX_GAPS: u32 = 1_000;
/// Tries to read between two writes, before the caller is told to try again later.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(15);

/// Rows of one instrument as of one journal position, at one precision.
#[derive(Clone, Debug, Default)]
pub(super) struct Warm {
    /// Events up to here are in it.
    pub position: Position,
    pub precision: Precision,
    pub bars: Vec<(Timeframe, Candle)>,
    /// Bars of 1m of the last 24 hours, ascending.
    pub minutes: Vec<Candle>,
    /// The newest trades, ascending.
    pub trades: Vec<Trade>,
    /// Since when trades are missing, where nothing has ended that yet.
    pub open_gap: Option<UnixMs>,
}

impl Warm {
    /// What the figures of the last 24 hours are worked out from.
    pub fn day(&self) -> Vec<Candle> {
        let hours = self.bars.iter();
        let hours = hours.filter(|(timeframe, _)| *timeframe == Timeframe::H1);
        let hours: Vec<Candle> = hours.map(|(_, bar)| *bar).collect();
        day_bars(&self.minutes, &hours)
    }
}

/// Reads what the store holds. The store goes on writing meanwhile: reading is repeated until
/// nothing was written in between, so that no event is half in it.
///
/// # Errors
/// [`StoreError::Unavailable`] also where that did not come to pass.
pub(super) async fn load(
    store: &Arc<dyn MarketStore>,
    instrument: &InstrumentId,
) -> Result<Warm, StoreError> {
    for _ in 0..TRIES {
        let before = store.position().await?;
        let warm = read(store, instrument).await?;
        if store.position().await? == before {
            let position = before.unwrap_or_default();
            return Ok(Warm { position, ..warm });
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoreError::Unavailable(
        "it was written to all the while that it was read".to_owned(),
    ))
}

async fn read(store: &Arc<dyn MarketStore>, instrument: &InstrumentId) -> Result<Warm, StoreError> {
    let newest = |limit| Span {
        start: UnixMs(i64::MIN),
        end: UnixMs(i64::MAX),
        limit,
        newest: Newest::Yes,
    };
    let mut stored = Vec::new();
    for timeframe in Timeframe::STORED {
        let limit = if timeframe == Timeframe::M1 {
            MINUTES
        } else {
            BARS
        };
        stored.push((
            timeframe,
            store.candles(instrument, timeframe, newest(limit)).await?,
        ));
    }
    let trades = store.trades(instrument, newest(TAPE as u32)).await?;
    let now = Span {
        start: UnixMs(i64::MAX - 1),
        ..newest(MAX_GAPS)
    };
    let gaps = store.missing_trades(Some(instrument), now).await?;
    let is_open = |gap: &&Gap| gap.end.is_none();
    let precision = stored.iter().fold(trades.precision, |finest, (_, rows)| {
        finest.widened(rows.precision)
    });

    let mut warm = Warm {
        precision,
        open_gap: gaps.iter().find(is_open).map(|gap| gap.start),
        ..Warm::default()
    };
    for (timeframe, rows) in stored {
        let bars = at_precision(rows, precision, Candle::rescaled)?;
        let first = bars.len().saturating_sub(BARS as usize);
        warm.bars
            .extend(bars[first..].iter().map(|bar| (timeframe, *bar)));
        if timeframe == Timeframe::M1 {
            warm.minutes = bars;
        }
    }
    warm.trades = at_precision(trades, precision, Trade::rescaled)?;
    Ok(warm)
}

fn at_precision<T>(
    rows: Rows<T>,
    precision: Precision,
    rescaled: impl Fn(T, Precision, Precision) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let from = rows.precision;
    if from == precision {
        return Ok(rows.rows);
    }
    rows.rows
        .into_iter()
        .map(|row| rescaled(row, from, precision))
        .collect::<Option<_>>()
        .ok_or_else(|| StoreError::Damaged("a number does not fit its precision".to_owned()))
}

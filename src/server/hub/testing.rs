//! A store in memory and events made by hand, for the tests of the hub and of what stands on it.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tradesuite_core::model::{
    BookDelta, BookLevel, BookView, Candle, EventBody, Gap, Instrument, InstrumentId, MarketEvent,
    Position, Precision, Price, Quantity, Sequenced, Side, Timeframe, Trade, TradeId, UnixMs,
    UnixNs,
};

use crate::server::journal::Batch;
use crate::server::storage::{Coverage, MarketStore, Newest, Rows, Span, StoreBatch, StoreError};

/// Decimals of everything made here.
pub(crate) const PRECISION: Precision = Precision {
    price: 2,
    quantity: 8,
};

/// `coinbase:BTC-USD`
pub(crate) fn bitcoin() -> InstrumentId {
    "coinbase:BTC-USD".parse().expect("an id")
}

/// A trade of 0.01 at `price` cents, `at_ms` after 1970.
pub(crate) fn trade(id: u64, at_ms: i64, price: i64) -> Trade {
    Trade {
        id: TradeId(id),
        time: UnixMs(at_ms).to_ns(),
        received: UnixMs(at_ms + 5).to_ns(),
        price: Price(price),
        quantity: Quantity(1_000_000),
        side: if id.is_multiple_of(2) {
            Side::Buy
        } else {
            Side::Sell
        },
    }
}

/// Levels from prices in cents and quantities in 10^-8.
pub(crate) fn levels(pairs: &[(i64, i64)]) -> Vec<BookLevel> {
    pairs
        .iter()
        .map(|&(price, quantity)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        })
        .collect()
}

/// A change of both sides.
pub(crate) fn delta(at_ms: i64, bids: &[(i64, i64)], asks: &[(i64, i64)]) -> BookDelta {
    BookDelta {
        time: UnixMs(at_ms).to_ns(),
        bids: levels(bids),
        asks: levels(asks),
    }
}

/// Numbers events of `coinbase:BTC-USD`.
#[derive(Default)]
pub(crate) struct Events(u64);

impl Events {
    /// The next events as one batch.
    pub fn batch(&mut self, bodies: impl IntoIterator<Item = EventBody>) -> Batch {
        self.batch_of(&bitcoin(), bodies)
    }

    /// The next events of any instrument as one batch.
    pub fn batch_of(
        &mut self,
        instrument: &InstrumentId,
        bodies: impl IntoIterator<Item = EventBody>,
    ) -> Batch {
        bodies
            .into_iter()
            .map(|body| {
                self.0 += 1;
                Sequenced {
                    position: Position(self.0),
                    event: MarketEvent {
                        instrument: instrument.clone(),
                        precision: PRECISION,
                        received: UnixNs(0),
                        body,
                    },
                }
            })
            .collect()
    }
}

/// A store that forgets everything when it goes.
#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<StoreBatch>);

impl MemoryStore {
    /// A store that holds this already.
    pub fn with(batch: StoreBatch) -> Arc<Self> {
        Arc::new(Self(Mutex::new(batch)))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, StoreBatch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cut<T>(mut rows: Vec<T>, time: impl Fn(&T) -> UnixMs, span: Span) -> Vec<T> {
    rows.retain(|row| span.start <= time(row) && time(row) < span.end);
    rows.sort_by_key(&time);
    let limit = span.limit as usize;
    match span.newest {
        Newest::Yes => rows.split_off(rows.len().saturating_sub(limit)),
        Newest::No => {
            rows.truncate(limit);
            rows
        }
    }
}

#[async_trait]
impl MarketStore for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    async fn write(&self, batch: StoreBatch) -> Result<(), StoreError> {
        let mut held = self.held();
        held.position = batch.position.or(held.position);
        held.trades.extend(batch.trades);
        held.candles.extend(batch.candles);
        held.gaps.extend(batch.gaps);
        held.instruments.extend(batch.instruments);
        Ok(())
    }

    async fn position(&self) -> Result<Option<Position>, StoreError> {
        Ok(self.held().position)
    }

    async fn trades(
        &self,
        instrument: &InstrumentId,
        span: Span,
    ) -> Result<Rows<Trade>, StoreError> {
        let rows = self
            .held()
            .trades
            .iter()
            .filter(|record| record.instrument == *instrument)
            .map(|record| record.trade)
            .collect();
        Ok(Rows {
            precision: PRECISION,
            rows: cut(rows, |trade: &Trade| trade.time.to_ms(), span),
        })
    }

    async fn candles(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        span: Span,
    ) -> Result<Rows<Candle>, StoreError> {
        let rows = self
            .held()
            .candles
            .iter()
            .filter(|record| record.instrument == *instrument && record.timeframe == timeframe)
            .map(|record| record.candle)
            .collect();
        Ok(Rows {
            precision: PRECISION,
            rows: cut(rows, |candle: &Candle| candle.time, span),
        })
    }

    async fn book_at(
        &self,
        _instrument: &InstrumentId,
        _at: UnixMs,
        _depth: u32,
    ) -> Result<Option<(Precision, BookView)>, StoreError> {
        Ok(None)
    }

    async fn gaps(
        &self,
        instrument: Option<&InstrumentId>,
        span: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let mut gaps = self.held().gaps.clone();
        gaps.retain(|gap| instrument.is_none_or(|instrument| gap.instrument == *instrument));
        Ok(cut(gaps, |gap| gap.start, span))
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, StoreError> {
        Ok(self.held().instruments.clone())
    }

    async fn coverage(&self, _instrument: &InstrumentId) -> Result<Coverage, StoreError> {
        Ok(Coverage::default())
    }

    async fn bytes(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {}
}

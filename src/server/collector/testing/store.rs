//! A store in memory that fails when told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use async_trait::async_trait;
use tradesuite_core::model::{
    BookView, Candle, Gap, Instrument, InstrumentId, Origin, Position, Precision, Timeframe, Trade,
    TradeId, UnixMs, UnixNs,
};

use super::PRECISION;
use crate::server::storage::{
    BookRecord, Coverage, MarketStore, Newest, Rows, Span, StateStore, StoreBatch, StoreError,
};

/// How a write goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is written, and that is said.
    Refuse,
    /// Everything is written, but the answer is lost.
    LoseAnswer,
}

/// A store in memory with the rules of a real one.
#[derive(Default)]
pub struct MemoryStore {
    pub held: Mutex<Held>,
    /// Of the writes to come; `None` for one that goes well.
    pub faults: Mutex<VecDeque<Option<Fault>>>,
    state: Mutex<BTreeMap<(String, String), Vec<u8>>>,
}

/// What it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub position: Option<Position>,
    pub trades: BTreeMap<(InstrumentId, UnixNs, TradeId), Trade>,
    pub candles: BTreeMap<(InstrumentId, Timeframe, UnixMs), Candle>,
    pub book: Vec<BookRecord>,
    pub gaps: Vec<Gap>,
    pub instruments: BTreeMap<InstrumentId, Instrument>,
}

fn cut<T>(mut rows: Vec<T>, span: Span) -> Rows<T> {
    let limit = usize::try_from(span.limit).unwrap();
    match span.newest {
        Newest::Yes => drop(rows.drain(..rows.len().saturating_sub(limit))),
        Newest::No => rows.truncate(limit),
    }
    Rows {
        precision: PRECISION,
        rows,
    }
}

#[async_trait]
impl MarketStore for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    async fn write(&self, batch: StoreBatch) -> Result<(), StoreError> {
        let fault = self.faults.lock().unwrap().pop_front().flatten();
        let failed = || Err(StoreError::Unavailable("told to fail".to_owned()));
        if fault == Some(Fault::Refuse) {
            return failed();
        }
        let mut held = self.held.lock().unwrap();
        held.position = held.position.max(batch.position);
        for record in batch.trades {
            let trade = record.trade;
            held.trades
                .entry((record.instrument, trade.time, trade.id))
                .or_insert(trade);
        }
        for record in batch.candles {
            let key = (record.instrument, record.timeframe, record.candle.time);
            let new = record.candle.origin;
            let better = held.candles.get(&key).is_some_and(|old| match old.origin {
                Origin::Trades => new == Origin::Venue,
                Origin::Venue => new == Origin::Both && old.closed,
                Origin::Both => false,
            });
            if !better {
                held.candles.insert(key, record.candle);
            }
        }
        for record in batch.book {
            if !held.book.iter().any(|old| old.position == record.position) {
                held.book.push(record);
            }
        }
        held.gaps.extend(batch.gaps);
        for instrument in batch.instruments {
            held.instruments.insert(instrument.id.clone(), instrument);
        }
        match fault {
            Some(Fault::LoseAnswer) => failed(),
            _ => Ok(()),
        }
    }

    async fn position(&self) -> Result<Option<Position>, StoreError> {
        Ok(self.held.lock().unwrap().position)
    }

    async fn trades(
        &self,
        instrument: &InstrumentId,
        span: Span,
    ) -> Result<Rows<Trade>, StoreError> {
        let held = self.held.lock().unwrap();
        let rows = held
            .trades
            .iter()
            .filter(|((id, time, _), _)| {
                id == instrument && (span.start..span.end).contains(&time.to_ms())
            })
            .map(|(_, trade)| *trade)
            .collect();
        Ok(cut(rows, span))
    }

    async fn candles(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        span: Span,
    ) -> Result<Rows<Candle>, StoreError> {
        let held = self.held.lock().unwrap();
        let rows = held
            .candles
            .range((instrument.clone(), timeframe, span.start)..)
            .take_while(|((id, frame, time), _)| {
                id == instrument && *frame == timeframe && *time < span.end
            })
            .map(|(_, candle)| *candle)
            .collect();
        Ok(cut(rows, span))
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
        _instrument: Option<&InstrumentId>,
        span: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let mut gaps = self.held.lock().unwrap().gaps.clone();
        gaps.retain(|gap| gap.start < span.end && gap.end.is_none_or(|end| span.start < end));
        Ok(gaps)
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, StoreError> {
        Ok(self
            .held
            .lock()
            .unwrap()
            .instruments
            .values()
            .cloned()
            .collect())
    }

    async fn coverage(&self, instrument: &InstrumentId) -> Result<Coverage, StoreError> {
        let held = self.held.lock().unwrap();
        let mut times = held
            .trades
            .keys()
            .filter(|(id, ..)| id == instrument)
            .map(|(_, time, _)| time.to_ms());
        let first = times.next();
        Ok(Coverage {
            trades: first.map(|first| (first, times.next_back().unwrap_or(first))),
            ..Coverage::default()
        })
    }

    async fn bytes(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {}
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let key = (owner.to_owned(), key.to_owned());
        Ok(self.state.lock().unwrap().get(&key).cloned())
    }

    async fn put(&self, owner: &str, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let key = (owner.to_owned(), key.to_owned());
        self.state.lock().unwrap().insert(key, value.to_vec());
        Ok(())
    }

    async fn list(&self, owner: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let state = self.state.lock().unwrap();
        Ok(state
            .iter()
            .filter(|((held, key), _)| held == owner && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    async fn delete(&self, owner: &str, key: &str) -> Result<(), StoreError> {
        let key = (owner.to_owned(), key.to_owned());
        self.state.lock().unwrap().remove(&key);
        Ok(())
    }
}

//! A store in memory for tests: with the rules of a real one, and failing when told to. What
//! stands on a store is tested over this, so it passes the same suite as every backend.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{
    BookView, Candle, Gap, GapKind, Instrument, InstrumentId, Origin, Position, Precision,
    Timeframe, Trade, TradeId, UnixMs, UnixNs,
};

use super::rows::align;
use super::{
    BookChange, BookRecord, CandleRecord, Change, Coverage, Entry, EntryRow, MarketStore, Newest,
    Outcome, Room, Rows, Span, StateStore, StoreBatch, StoreError, Stretch, TradeRecord,
};

/// How a write goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is written, and that is said.
    Refuse,
    /// Everything is written, but the answer is lost.
    LoseAnswer,
    /// Trades are written and nothing else: whoever wrote was killed in between.
    Tear,
}

/// The store.
#[derive(Default)]
pub struct MemoryStore {
    pub held: Mutex<Held>,
    /// Of the writes to come; `None` for one that goes well.
    pub faults: Mutex<VecDeque<Option<Fault>>>,
    /// Reads of trades to come that fail.
    pub failing_reads: Mutex<u32>,
    /// What others write meanwhile: one batch each time that bars are read.
    pub meanwhile: Mutex<VecDeque<StoreBatch>>,
    state: Mutex<State>,
}

/// Entries by owner and key, and the number of the last write.
#[derive(Default)]
struct State {
    entries: BTreeMap<(String, String), Entry>,
    newest: u64,
}

impl State {
    fn write(&mut self, owner: &str, key: &str, value: Option<Vec<u8>>) {
        let key = (owner.to_owned(), key.to_owned());
        let version = self.newest;
        match value {
            Some(value) => drop(self.entries.insert(key, Entry { value, version })),
            None => drop(self.entries.remove(&key)),
        }
    }
}

/// What it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub position: Option<Position>,
    pub trades: BTreeMap<(InstrumentId, UnixNs, TradeId), TradeRecord>,
    pub candles: BTreeMap<(InstrumentId, Timeframe, UnixMs), CandleRecord>,
    pub book: Vec<BookRecord>,
    /// By start, instrument and kind.
    pub gaps: Vec<Gap>,
    pub instruments: BTreeMap<InstrumentId, Instrument>,
}

impl MemoryStore {
    /// A store that holds this already.
    pub fn with(batch: StoreBatch) -> Arc<Self> {
        let store = Self::default();
        lock(&store.held).take(batch);
        Arc::new(store)
    }
}

impl Held {
    fn take(&mut self, batch: StoreBatch) {
        self.position = self.position.max(batch.position);
        for record in batch.trades {
            let key = (
                record.instrument.clone(),
                record.trade.time,
                record.trade.id,
            );
            self.trades.entry(key).or_insert(record);
        }
        for record in batch.candles {
            let key = (
                record.instrument.clone(),
                record.timeframe,
                record.candle.time,
            );
            let held = self.candles.get(&key);
            if held.is_none_or(|held| replaces(&record.candle, &held.candle)) {
                self.candles.insert(key, record);
            }
        }
        for record in batch.book {
            let is_held = |old: &BookRecord| old.position == record.position;
            if record.position.is_none() || !self.book.iter().any(is_held) {
                self.book.push(record);
            }
        }
        for gap in batch.gaps {
            self.take_gap(gap);
        }
        for instrument in batch.instruments {
            self.instruments.insert(instrument.id.clone(), instrument);
        }
    }

    fn take_gap(&mut self, gap: Gap) {
        // By name, book comes before trades.
        let key = |gap: &Gap| {
            let is_later = gap.kind == GapKind::Trades;
            (gap.start, gap.instrument.clone(), is_later)
        };
        match self.gaps.binary_search_by_key(&key(&gap), key) {
            Ok(at) => {
                let held = &mut self.gaps[at];
                held.end = gap.end.or(held.end);
                held.filled |= gap.filled;
                held.reason = gap.reason;
            }
            Err(at) => self.gaps.insert(at, gap),
        }
    }
}

/// Whether a bar takes the place of the held one; [`StoreBatch::candles`] says the rule.
fn replaces(new: &Candle, held: &Candle) -> bool {
    match (new.origin, held.origin) {
        (Origin::Venue, held) => held != Origin::Trades,
        (new, Origin::Venue) => new == Origin::Trades || !held.closed,
        (new_origin, held_origin) => {
            let trades = match new.trades {
                Some(_) if new_origin == held_origin => held.trades.unwrap_or(0),
                _ => 0,
            };
            (new.revision, new.closed, new.trades.unwrap_or(0))
                >= (held.revision, held.closed, trades)
        }
    }
}

/// Cuts ascending rows to a span's limit.
fn cut<T>(mut rows: Vec<T>, span: Span) -> Vec<T> {
    let limit = span.limit as usize;
    match span.newest {
        Newest::Yes => drop(rows.drain(..rows.len().saturating_sub(limit))),
        Newest::No => rows.truncate(limit),
    }
    rows
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl MarketStore for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    async fn write_shared(&self, batch: Arc<StoreBatch>) -> Result<(), StoreError> {
        let batch = Arc::unwrap_or_clone(batch);
        let fault = lock(&self.faults).pop_front().flatten();
        match fault {
            Some(Fault::Refuse) => {}
            Some(Fault::Tear) => lock(&self.held).take(StoreBatch {
                trades: batch.trades,
                ..StoreBatch::default()
            }),
            Some(Fault::LoseAnswer) | None => lock(&self.held).take(batch),
        }
        match fault {
            Some(_) => Err(StoreError::Unavailable("told to fail".to_owned())),
            None => Ok(()),
        }
    }

    async fn position(&self) -> Result<Option<Position>, StoreError> {
        Ok(lock(&self.held).position)
    }

    async fn trades(
        &self,
        instrument: &InstrumentId,
        span: Span,
    ) -> Result<Rows<Trade>, StoreError> {
        let mut failing = lock(&self.failing_reads);
        if *failing > 0 {
            *failing -= 1;
            return Err(StoreError::Unavailable("told to fail".to_owned()));
        }
        let held = lock(&self.held);
        let asked = held.trades.iter().filter(|((id, time, _), _)| {
            id == instrument && span.start.to_ns() <= *time && *time < span.end.to_ns()
        });
        let rows = asked.map(|(_, record)| (record.precision, record.trade));
        align(cut(rows.collect(), span), Newest::No)
    }

    async fn candles(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        span: Span,
    ) -> Result<Rows<Candle>, StoreError> {
        let mut held = lock(&self.held);
        let from = (instrument.clone(), timeframe, span.start);
        let asked = held
            .candles
            .range(from..)
            .take_while(|((id, frame, time), _)| {
                id == instrument && *frame == timeframe && *time < span.end
            });
        let rows = asked.map(|(_, record)| (record.precision, record.candle));
        let rows = align(cut(rows.collect(), span), Newest::No);
        if let Some(batch) = lock(&self.meanwhile).pop_front() {
            held.take(batch);
        }
        rows
    }

    async fn book_at(
        &self,
        instrument: &InstrumentId,
        at: UnixMs,
        depth: u32,
    ) -> Result<Option<(Precision, BookView)>, StoreError> {
        let held = lock(&self.held);
        let until_then = |record: &&BookRecord| {
            record.instrument == *instrument && record.received.to_ms() <= at
        };
        let mut records: Vec<_> = held.book.iter().filter(until_then).collect();
        records.sort_by_key(|record| record.position);
        let mut book = None;
        for record in records {
            let book = book.get_or_insert_with(OrderBook::default);
            let applied = match &record.change {
                BookChange::Snapshot(delta) => book.apply_snapshot(delta, record.precision),
                BookChange::Update(delta) => book.apply_update(delta, record.precision),
                BookChange::Stale => {
                    book.mark_stale("a message is missing");
                    Ok(())
                }
            };
            if let Err(error) = applied {
                book.mark_stale(error.to_string());
            }
        }
        Ok(book.map(|book| (book.precision(), book.view(depth as usize))))
    }

    async fn gaps_starting(
        &self,
        instrument: Option<&InstrumentId>,
        touching: Stretch,
        starts: Span,
    ) -> Result<Vec<Gap>, StoreError> {
        let mut gaps = lock(&self.held).gaps.clone();
        gaps.retain(|gap| {
            instrument.is_none_or(|instrument| gap.instrument == *instrument)
                && (starts.start..starts.end).contains(&gap.start)
                && gap.start < touching.1
                && gap.end.is_none_or(|end| touching.0 <= end)
        });
        Ok(cut(gaps, starts))
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, StoreError> {
        Ok(lock(&self.held).instruments.values().cloned().collect())
    }

    async fn coverage(&self, instrument: &InstrumentId) -> Result<Coverage, StoreError> {
        let held = lock(&self.held);
        let trades = held.trades.keys().filter(|(id, ..)| id == instrument);
        let candles = held
            .candles
            .keys()
            .filter(|(id, frame, _)| id == instrument && *frame == Timeframe::M1);
        let book = held
            .book
            .iter()
            .filter(|record| record.instrument == *instrument);
        Ok(Coverage {
            trades: ends(trades.map(|(_, time, _)| time.to_ms())),
            candles: ends(candles.map(|(.., time)| *time)),
            book: ends(book.map(|record| record.received.to_ms())),
        })
    }

    async fn bytes(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {}
}

fn ends(times: impl Iterator<Item = UnixMs>) -> Option<(UnixMs, UnixMs)> {
    times.fold(None, |ends, time| match ends {
        Some((first, last)) => Some((time.min(first), time.max(last))),
        None => Some((time, time)),
    })
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let entry = self.entry(owner, key).await?;
        Ok(entry.map(|entry| entry.value))
    }

    async fn put(&self, owner: &str, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut state = lock(&self.state);
        state.newest += 1;
        state.write(owner, key, Some(value.to_vec()));
        Ok(())
    }

    async fn list(&self, owner: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        Ok(lock(&self.state)
            .entries
            .iter()
            .filter(|((held, key), _)| held == owner && key.starts_with(prefix))
            .map(|((_, key), entry)| (key.clone(), entry.value.clone()))
            .collect())
    }

    async fn delete(&self, owner: &str, key: &str) -> Result<(), StoreError> {
        lock(&self.state).write(owner, key, None);
        Ok(())
    }

    async fn entry(&self, owner: &str, key: &str) -> Result<Option<Entry>, StoreError> {
        let key = (owner.to_owned(), key.to_owned());
        Ok(lock(&self.state).entries.get(&key).cloned())
    }

    async fn rows(&self, owner: &str, prefix: &str) -> Result<Vec<EntryRow>, StoreError> {
        let row = |((_, key), entry): (&(String, String), &Entry)| EntryRow {
            key: key.clone(),
            version: entry.version,
            updated: UnixMs(0),
            bytes: entry.value.len() as u64,
        };
        Ok(lock(&self.state)
            .entries
            .iter()
            .filter(|((held, key), _)| held == owner && key.starts_with(prefix))
            .map(row)
            .collect())
    }

    async fn change(
        &self,
        owner: &str,
        changes: Vec<Change>,
        room: Option<Room>,
    ) -> Result<Outcome, StoreError> {
        let mut state = lock(&self.state);
        for change in &changes {
            let key = (owner.to_owned(), change.key.clone());
            let held = state.entries.get(&key).map(|entry| entry.version);
            if !change.expected.is_met(held) {
                let key = change.key.clone();
                return Ok(Outcome::Differs { key, held });
            }
        }
        let before = state.entries.clone();
        state.newest += 1;
        for change in changes {
            state.write(owner, &change.key, change.value);
        }
        if let Some(Room { prefix, most }) = room {
            let counts =
                |(held, key): &&(String, String)| held == owner && key.starts_with(&prefix);
            if state.entries.keys().filter(counts).count() > most as usize {
                state.entries = before;
                return Ok(Outcome::Full);
            }
        }
        Ok(Outcome::Made(state.newest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::storage::conformance;

    #[tokio::test]
    async fn conforms() {
        conformance::check_all(&MemoryStore::default()).await;
    }

    #[tokio::test]
    async fn its_state_conforms() {
        conformance::state::check_state(&MemoryStore::default()).await;
    }
}

//! Writes what the journal has committed into the market store: trades, bars, book history, gaps,
//! each once, with the position up to which that is so in the same transaction.
//!
//! While the store is away one batch waits here and all others in the journal.

mod anew;
mod bars;
mod beside;
mod lack;
mod ledger;
pub(super) mod resume;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{InstrumentId, Position, UnixNs};

pub use self::lack::Lack;
use self::ledger::Ledger;
use super::backoff::{Backoff, Jitter};
use super::sink::CommittedEvents;
use crate::server::clock::{Clock, Stopwatch};
use crate::server::journal::Batch;
use crate::server::storage::{MarketStore, StoreBatch, StoreError};

/// Events wait this long for others to be written with.
const GATHER: Duration = Duration::from_millis(200);
/// A batch is written once it has this many events.
const MAX_EVENTS: usize = 8_192;
/// Where there is nothing to write but the position, it is written this often.
const IDLE_WRITE: Duration = Duration::from_secs(5);
/// Wait after a failure that trying again soon does not mend.
const LONG_WAIT: Duration = Duration::from_secs(60);
/// Instruments that wait to be mended.
const MENDING_QUEUE: usize = 256;
/// Where a venue is silent, its bars close this long after their end.
const SILENCE_NS: i64 = 60_000_000_000;

/// The one writer of a market store.
pub struct Recorder {
    /// What is committed, from behind the store's position on.
    pub events: Box<dyn CommittedEvents>,
    /// Where it goes.
    pub store: Arc<dyn MarketStore>,
    /// Closes the bars of silent venues; `None` in replays, whose time is not ours.
    pub clock: Option<Clock>,
    /// Spreads waits.
    pub jitter: Jitter,
    /// Gives up even where something waits to be written; the journal still has it.
    pub stop: CancellationToken,
    /// Where progress is said.
    pub progress: Arc<Progress>,
    /// Speaks with the mender; `None` where there is no history to mend with.
    pub mending: Option<Mending>,
}

/// How holes get to the mender and mended instruments back.
pub struct Mending {
    /// What turned out to be missing of instruments. One that finds no room here waits for the
    /// next write.
    pub holed: mpsc::Sender<(InstrumentId, Lack)>,
    /// Instruments of which the venue's bars are in the store by now.
    pub fetched: mpsc::Receiver<InstrumentId>,
    /// Instruments of which the open bars are right in the store by now. One that finds no room
    /// here is right after its next trade.
    pub mended: mpsc::Sender<InstrumentId>,
}

/// The mender's side of [`Mending`].
pub struct Holes {
    /// What turned out to be missing of instruments; it stands in the store's ledger by now.
    pub holed: mpsc::Receiver<(InstrumentId, Lack)>,
    /// Instruments of which the venue's bars are in the store.
    pub fetched: mpsc::Sender<InstrumentId>,
}

impl Mending {
    /// Both sides, and where instruments come out whose open bars were put right in the store.
    #[must_use]
    pub fn channels() -> (Self, Holes, mpsc::Receiver<InstrumentId>) {
        let (holed, to_mend) = mpsc::channel(MENDING_QUEUE);
        let (fetched, to_remake) = mpsc::channel(MENDING_QUEUE);
        let (remade, mended) = mpsc::channel(MENDING_QUEUE);
        let recorder = Self {
            holed,
            fetched: to_remake,
            mended: remade,
        };
        let holes = Holes {
            holed: to_mend,
            fetched,
        };
        (recorder, holes, mended)
    }
}

/// How far the recorder is. Share it before it runs.
#[derive(Debug)]
pub struct Progress {
    written: watch::Sender<Position>,
    problem: watch::Sender<Option<String>>,
}

impl Default for Progress {
    fn default() -> Self {
        Self::from(Position::default())
    }
}

impl From<Position> for Progress {
    /// That of a recorder that goes on behind what the store holds.
    fn from(held: Position) -> Self {
        Self {
            written: watch::Sender::new(held),
            problem: watch::Sender::new(None),
        }
    }
}

impl Progress {
    /// Follows the position up to which everything is in the store.
    #[must_use]
    pub fn written(&self) -> watch::Receiver<Position> {
        self.written.subscribe()
    }

    /// Follows why the store takes nothing; `None` while it does.
    #[must_use]
    pub fn problem(&self) -> watch::Receiver<Option<String>> {
        self.problem.subscribe()
    }
}

/// Told to give up.
struct Stopped;

impl Recorder {
    /// Goes on until the journal is closed and everything is written, or until it is told to give
    /// up.
    pub async fn run(mut self) {
        let mut ledger = Ledger::replaying(self.events.committed());
        // Either way the journal has what is not written.
        let _ = self.follow(&mut ledger).await;
    }

    async fn follow(&mut self, ledger: &mut Ledger) -> Result<(), Stopped> {
        let mut backoff = Backoff::default();
        let mut last_write = Stopwatch::start();
        loop {
            let wait = GATHER.saturating_sub(last_write.elapsed());
            let stop = self.stop.clone();
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(Stopped),
                fetched = fetched(&mut self.mending) => {
                    self.mend(ledger, &fetched).await?;
                    continue;
                }
                next = self.events.next() => Some(next),
                () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => None,
            };
            match next {
                Some(Ok(Some(batch))) => {
                    backoff.reset();
                    self.take(ledger, &batch).await?;
                }
                Some(Ok(None)) => return self.write(ledger).await,
                Some(Err(error)) => {
                    tracing::error!(error, "the journal cannot be read; trying again");
                    self.pause(backoff.next(self.jitter.draw())).await?;
                }
                None => self.close_by_clock(ledger),
            }
            let content = ledger.has_content() && last_write.elapsed() >= GATHER;
            let idle = ledger.events() > 0 && last_write.elapsed() >= IDLE_WRITE;
            if content || idle || ledger.events() >= MAX_EVENTS {
                self.write(ledger).await?;
                last_write = Stopwatch::start();
            } else if last_write.elapsed() >= GATHER && ledger.events() == 0 {
                last_write = Stopwatch::start();
            }
        }
    }

    async fn take(&self, ledger: &mut Ledger, batch: &Batch) -> Result<(), Stopped> {
        for event in batch.iter() {
            let mut backoff = Backoff::default();
            while let Err(error) = ledger.take(event, self.store.as_ref()).await {
                self.failed(&error, &mut backoff).await?;
            }
        }
        Ok(())
    }

    /// Puts right what the venue's bars can put right, and writes it at once.
    async fn mend(&self, ledger: &mut Ledger, fetched: &InstrumentId) -> Result<(), Stopped> {
        let mut backoff = Backoff::default();
        while let Err(error) = ledger.remake(fetched, self.store.as_ref()).await {
            self.failed(&error, &mut backoff).await?;
        }
        self.write(ledger).await?;
        if let Some(mending) = &self.mending {
            let _ = mending.mended.try_send(fetched.clone());
        }
        Ok(())
    }

    /// Writes what was gathered, as often as it takes.
    async fn write(&self, ledger: &mut Ledger) -> Result<(), Stopped> {
        let mut backoff = Backoff::default();
        let batch = loop {
            match ledger.batch(self.store.as_ref()).await {
                Ok(batch) => break batch,
                Err(error) => self.failed(&error, &mut backoff).await?,
            }
        };
        let Some(position) = batch.position else {
            return Ok(());
        };
        let batch = Arc::new(batch);
        while let Err(error) = self.store.write_shared(Arc::clone(&batch)).await {
            self.failed(&error, &mut backoff).await?;
            if self.is_written(&batch).await {
                break;
            }
        }
        self.events.passed(position);
        if let Some(mending) = &self.mending {
            for (instrument, lack) in ledger.take_lacks() {
                if let Err(full) = mending.holed.try_send((instrument, lack)) {
                    let (instrument, lack) = full.into_inner();
                    ledger.lacks(&instrument, lack);
                }
            }
        }
        for instrument in ledger.take_put_right() {
            if let Some(mending) = &self.mending {
                let _ = mending.mended.try_send(instrument);
            }
        }
        if let Some(clock) = &self.clock {
            ledger.forget_idle(clock.now());
        }
        self.progress.problem.send_replace(None);
        self.progress.written.send_replace(position);
        Ok(())
    }

    /// Whether a write that seemed to fail was one of which only the answer was lost. Bars that
    /// changed without any event have no position of their own to tell: they are written again.
    async fn is_written(&self, batch: &StoreBatch) -> bool {
        let is_new = batch.position > Some(*self.progress.written.borrow());
        is_new && matches!(self.store.position().await, Ok(held) if held >= batch.position)
    }

    /// Says that the store does not take anything, and waits.
    async fn failed(&self, error: &StoreError, backoff: &mut Backoff) -> Result<(), Stopped> {
        let problem = Some(error.to_string());
        if self.progress.problem.send_replace(problem).is_none() {
            tracing::error!(%error, "the store takes nothing; the journal keeps everything meanwhile");
        }
        let wait = if error.is_retryable() {
            backoff.next(self.jitter.draw())
        } else {
            LONG_WAIT
        };
        self.pause(wait).await
    }

    async fn pause(&self, wait: Duration) -> Result<(), Stopped> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Stopped),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// Nothing has come for a while: bars close by our own clock, well after their end. While the
    /// log is still being read, that is no silence.
    fn close_by_clock(&self, ledger: &mut Ledger) {
        if let Some(clock) = &self.clock
            && self.events.is_caught_up()
        {
            ledger.clock(UnixNs(clock.now().0 - SILENCE_NS));
        }
    }
}

/// The next instrument that the mender has fetched; never, where there is no mender.
async fn fetched(mending: &mut Option<Mending>) -> InstrumentId {
    if let Some(mending) = mending
        && let Some(instrument) = mending.fetched.recv().await
    {
        return instrument;
    }
    std::future::pending().await
}

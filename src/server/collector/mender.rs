//! Mends what collecting missed. When trades of an instrument turn out to be missing, they are
//! fetched; when collecting begins, those since the beginning of the minute. Where they cannot be
//! had, and for what was before, the venue's bars are, so that the open hour and day are right, and
//! once more when the minute with the hole is over.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{Gap, InstrumentId, Timeframe, UnixMs};

use super::backfill::{Backfill, Outcome};
use super::history::History;
use super::limiter::Demand;
use super::recorder::{Holes, Lack};
use super::sink::SinkClosed;
use crate::server::clock::{Clock, Stopwatch};
use crate::server::storage::{MarketStore, Newest, Span};

/// Longest that one instrument holds up the others.
const PATIENCE: Duration = Duration::from_secs(20);
/// After the end of a minute, its bar is surely in the venue's history.
const SETTLED_MS: i64 = 8_000;
/// Wait before trying again what failed; it doubles with every try.
const TRY_AGAIN: Duration = Duration::from_secs(60);
/// Longest wait. Trades that the venue may still give are asked for once an hour for as long as
/// the server runs: their gap stands in the ledger meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// Tries of what is not in the ledger: the beginning of an instrument, and bars, which are fetched
/// anyway when somebody looks at them.
const TRIES: u32 = 10;
/// Gaps this old are not tried again at a start.
const RECENT_MS: i64 = 7 * 86_400_000;
/// Unfilled gaps of one instrument, or of all at a start, that are looked at; the newest.
const MAX_GAPS: u32 = 1_000;

/// Fetches for the recorder.
pub struct Mender {
    /// Fetches bars.
    pub history: History,
    /// Fetches trades.
    pub backfill: Backfill,
    /// Has the ledger of gaps.
    pub store: Arc<dyn MarketStore>,
    /// Time of day.
    pub clock: Clock,
    /// From the recorder and back.
    pub holes: Holes,
    /// Ends it.
    pub stop: CancellationToken,
}

/// What is to be done later.
struct Task {
    instrument: InstrumentId,
    /// Whether the venue's bars are needed whatever becomes of the gaps.
    bars: bool,
    /// Whether the trades from just before the first one ever seen are needed.
    beginning: bool,
    since: Stopwatch,
    wait: Duration,
    /// How often it was tried in vain.
    tries: u32,
}

/// Gaps of which something cannot be had, as far as this run knows.
type Lasting = HashSet<(InstrumentId, UnixMs)>;

impl Mender {
    /// Goes on until it is told to stop.
    pub async fn run(mut self) {
        let stop = self.stop.clone();
        let mut lasting = Lasting::new();
        let mut later: VecDeque<Task> = tokio::select! {
            () = stop.cancelled() => return,
            left = self.left_over() => left,
        };
        loop {
            let wait = later.iter().map(Task::remaining).min();
            let task = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    let due = later.iter().position(|task| task.remaining().is_zero());
                    due.and_then(|at| later.remove(at))
                }
                holed = self.holes.holed.recv() => match holed {
                    Some((instrument, lack)) => Some(self.begin(instrument, lack).await),
                    None => return,
                },
            };
            let Some(task) = task else { continue };
            let again = tokio::select! {
                () = stop.cancelled() => return,
                again = self.mend(task, &mut lasting) => again,
            };
            match again {
                Ok(Some(mut again)) => {
                    let same = |task: &&Task| task.instrument == again.instrument;
                    again.beginning |= later.iter().filter(same).any(|task| task.beginning);
                    later.retain(|task| task.instrument != again.instrument);
                    later.push_back(again);
                }
                Ok(None) => {}
                Err(SinkClosed) => return,
            }
        }
    }

    /// What was not mended when the last run ended.
    async fn left_over(&self) -> VecDeque<Task> {
        let now = self.clock.now().to_ms();
        let mut tasks: VecDeque<Task> = VecDeque::new();
        for gap in self.gaps(None, UnixMs(now.0 - RECENT_MS)).await {
            if !tasks.iter().any(|task| task.instrument == gap.instrument) {
                tasks.push_back(Task::now(gap.instrument, false));
            }
        }
        tasks
    }

    /// Takes note of what is missing; what to do about it now.
    async fn begin(&self, instrument: InstrumentId, lack: Lack) -> Task {
        if let Some(stretch) = lack.between
            && let Err(error) = self.history.forget(&instrument, stretch).await
        {
            tracing::warn!(%instrument, %error, "bars around a gap may not be asked for again");
        }
        Task {
            beginning: lack.beginning,
            ..Task::now(instrument, lack.beginning)
        }
    }

    /// Fetches what there is; when to look again.
    async fn mend(&self, task: Task, lasting: &mut Lasting) -> Result<Option<Task>, SinkClosed> {
        let Task {
            instrument,
            mut bars,
            mut beginning,
            tries,
            ..
        } = task;
        let (mut failed, mut left) = (false, false);
        for gap in self.gaps(Some(&instrument), UnixMs(0)).await {
            if lasting.contains(&(gap.instrument.clone(), gap.start)) {
                continue;
            }
            match self.backfill.fill(&gap).await? {
                Outcome::Filled => {}
                Outcome::Lasting => {
                    bars = true;
                    lasting.insert((gap.instrument, gap.start));
                }
                Outcome::Later => (bars, left) = (true, true),
            }
        }
        if !bars {
            return Ok(None);
        }
        failed |= !self.fetch_bars(&instrument).await;
        let mut outcome = Outcome::Lasting;
        if beginning {
            outcome = self.backfill.begin(&instrument).await?;
            beginning = outcome == Outcome::Later;
            failed |= beginning;
        }
        // Where trades were fetched, the recorder puts the bars right when it takes them.
        if outcome != Outcome::Filled {
            // The receiver ends with the recorder.
            let _ = self.holes.fetched.send(instrument.clone()).await;
        }
        let tries = tries + 1;
        let wait = if left || (failed && tries < TRIES) {
            wait_after(tries)
        } else if failed {
            tracing::warn!(%instrument, tries, "bars or the first trades cannot be had; given up");
            return Ok(None);
        } else if tries == 1 {
            // Once more when the minute in which it began is over.
            let now = self.clock.now().to_ms();
            let over_ms = Timeframe::M1.next(now).0 - now.0 + SETTLED_MS;
            Duration::from_millis(u64::try_from(over_ms).unwrap_or_default())
        } else {
            return Ok(None);
        };
        Ok(Some(Task {
            instrument,
            bars: true,
            beginning,
            since: Stopwatch::start(),
            wait,
            tries,
        }))
    }

    /// Fetches the venue's bars that the open hour, day, week and month are made of; whether it
    /// gave all of them.
    async fn fetch_bars(&self, instrument: &InstrumentId) -> bool {
        let now = self.clock.now().to_ms();
        let mut whole = true;
        for (timeframe, since) in [
            (Timeframe::M1, Timeframe::H1.floor(now)),
            (Timeframe::H1, Timeframe::D1.floor(now)),
            (
                Timeframe::D1,
                Timeframe::W1.floor(now).min(Timeframe::Month1.floor(now)),
            ),
        ] {
            let missing = self
                .history
                .ensure(
                    instrument,
                    timeframe,
                    (since, now),
                    PATIENCE,
                    &Demand::ahead(),
                )
                .await;
            whole &= missing.problem.is_none();
        }
        whole
    }

    /// Gaps that have ended and are not filled, the newest last.
    async fn gaps(&self, instrument: Option<&InstrumentId>, since: UnixMs) -> Vec<Gap> {
        let all = Span {
            start: since,
            end: UnixMs(i64::MAX),
            limit: MAX_GAPS,
            newest: Newest::Yes,
        };
        match self.store.missing_trades(instrument, all).await {
            Ok(mut gaps) => {
                // Of an instrument at most the newest has no end yet.
                gaps.retain(|gap| gap.end.is_some());
                gaps
            }
            Err(error) => {
                tracing::warn!(%error, "the gaps cannot be read; they are filled another time");
                Vec::new()
            }
        }
    }
}

/// The wait after so many tries in vain.
fn wait_after(tries: u32) -> Duration {
    let doubled = 1_u32 << tries.saturating_sub(1).min(16);
    TRY_AGAIN.saturating_mul(doubled).min(LONGEST_WAIT)
}

impl Task {
    fn now(instrument: InstrumentId, bars: bool) -> Self {
        Self {
            instrument,
            bars,
            beginning: false,
            since: Stopwatch::start(),
            wait: Duration::ZERO,
            tries: 0,
        }
    }

    fn remaining(&self) -> Duration {
        self.wait.saturating_sub(self.since.elapsed())
    }
}

#[cfg(test)]
#[path = "mender_tests.rs"]
mod tests;

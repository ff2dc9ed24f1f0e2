//! The task that looks after days that are over: seals them, and deletes what is kept no longer.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{Position, UnixMs};

use super::day::Day;
use super::retention::{self, DayFile, Kind};
use super::seal::{self, Left};
use super::writer::Order;
use super::{SqliteStore, pack};
use crate::server::clock::Clock;
use crate::server::storage::{MarketStore as _, StoreError, reserve};

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(600);

/// Looks after the files of a store until it is stopped.
#[derive(Debug)]
pub struct Keeper {
    /// Whose files.
    pub store: SqliteStore,
    /// The time of day.
    pub clock: Clock,
    /// End of the journal: what of a day is still in it has to be in the store before the day is
    /// sealed.
    pub journal: watch::Receiver<Position>,
    /// Stops it.
    pub stop: CancellationToken,
}

/// Where the journal ended at some time. Once the store has come that far, it lacks nothing of the
/// days that were over then, however far the journal has gone on meanwhile: with steady traffic the
/// store is never quite at its end.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: UnixMs,
    end: Position,
}

impl Keeper {
    /// Runs until it is stopped.
    pub async fn run(self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        let work = async {
            let mut mark = None;
            loop {
                every.tick().await;
                if let Err(error) = self.look(&mut mark).await {
                    tracing::warn!(%error, "old days could not be looked after; the next try is in ten minutes");
                }
            }
        };
        stop.run_until_cancelled(work).await;
    }

    /// `mark` is one that the store had not reached when it was looked at before.
    async fn look(&self, mark: &mut Option<Mark>) -> Result<(), StoreError> {
        let now = self.clock.now().to_ms();
        let here = Mark {
            at: now,
            end: *self.journal.borrow(),
        };
        let held = self.store.position().await?.unwrap_or_default();
        let older = *mark.get_or_insert(here);
        if let Some(reached) = [here, older].into_iter().find(|mark| mark.end <= held) {
            *mark = Some(here);
            self.store.seal_days(reached.at).await?;
        }
        self.store.delete_days(now).await?;
        self.store
            .ask(|inner| {
                reserve::keep(&inner.folder);
                Ok(())
            })
            .await
    }
}

impl SqliteStore {
    /// Seals every day that is over at `now` and has something to seal. One that cannot be sealed
    /// is said and does not keep the others from it.
    ///
    /// # Errors
    /// Where the days cannot be listed.
    pub async fn seal_days(&self, now: UnixMs) -> Result<(), StoreError> {
        let (files, _) = self.ask(|inner| inner.files()).await?;
        let over = files.iter().filter(|f| retention::is_over(f.day, now));
        for file in over {
            let (kind, day, bytes) = (file.kind.name(), file.day, file.bytes);
            match self.seal_file(*file).await {
                Ok(None) => {}
                Ok(Some(after)) => {
                    tracing::info!(kind, %day, bytes_before = bytes, bytes_after = after, "a day was sealed");
                }
                Err(error) => tracing::warn!(kind, %day, %error, "a day could not be sealed"),
            }
        }
        Ok(())
    }

    /// Seals a day's file where that is due; its size afterwards, bytes.
    async fn seal_file(&self, file: DayFile) -> Result<Option<u64>, StoreError> {
        if !self.is_due(file).await? {
            return Ok(None);
        }
        self.seal(file.kind, file.day).await?;
        let path = file.day.file(&self.0.folder.join(file.kind.name()));
        let after = self.ask(move |_| Ok(super::size_with_log(&path)));
        after.await.map(Some)
    }

    async fn is_due(&self, file: DayFile) -> Result<bool, StoreError> {
        self.ask_days(move |inner| {
            let path = file.day.file(&inner.folder.join(file.kind.name()));
            let due = inner.readers.with(
                &path,
                match file.kind {
                    Kind::Trades => seal::is_due,
                    Kind::Book => pack::is_due,
                },
            )?;
            Ok(due.unwrap_or(false))
        })
        .await
    }

    /// Seals one day, step by step; batches are written in between.
    pub(super) async fn seal(&self, kind: Kind, day: Day) -> Result<(), StoreError> {
        while self.order(|done| Order::Seal(kind, day, done)).await? == Left::More {}
        Ok(())
    }

    /// Deletes every day that is kept no longer.
    async fn delete_days(&self, now: UnixMs) -> Result<(), StoreError> {
        let (files, bars) = self.ask(|inner| inner.files()).await?;
        for DayFile { day, kind, bytes } in self.0.retention.due(&files, bars, now) {
            let path = day.file(&self.0.folder.join(kind.name()));
            let deleted = self.order(|done| Order::Delete(kind, day, done)).await;
            self.0.readers.forget(&path);
            let kind = kind.name();
            match deleted {
                Ok(()) => {
                    tracing::info!(kind, %day, bytes, "a day was deleted: it is kept no longer");
                }
                Err(error) => tracing::warn!(kind, %day, %error, "a day could not be deleted"),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tradesuite_core::model::{Mode, Precision, Price, Quantity, Side, Trade, TradeId, UnixNs};

    use super::super::Retention;
    use super::*;
    use crate::server::storage::conformance::{MIDNIGHT, all, instrument};
    use crate::server::storage::directory::DataDirectory;
    use crate::server::storage::{StoreBatch, TradeRecord};

    const SYMBOL: &str = "KP-USD";
    const DAY_MS: i64 = 86_400_000;

    fn keeper(folder: &Path, retention: Retention) -> (Keeper, watch::Sender<Position>) {
        let directory = DataDirectory::open(folder, Mode::Live, UnixNs(0)).expect("opens");
        let (sender, journal) = watch::channel(Position(0));
        let keeper = Keeper {
            store: SqliteStore::open_keeping(&directory, retention).expect("opens"),
            clock: Clock::manual(UnixMs(MIDNIGHT + DAY_MS / 2).to_ns()),
            journal,
            stop: CancellationToken::new(),
        };
        (keeper, sender)
    }

    /// Ten trades at noon, so many days ago.
    fn noon(days_ago: i64) -> StoreBatch {
        let record = |n: i64| {
            let time = UnixMs(MIDNIGHT + DAY_MS / 2 - days_ago * DAY_MS + n).to_ns();
            TradeRecord {
                instrument: instrument(SYMBOL),
                precision: Precision::default(),
                trade: Trade {
                    id: TradeId((1_000 - days_ago * 10 + n) as u64),
                    time,
                    received: time,
                    price: Price(1),
                    quantity: Quantity(1),
                    side: Side::Buy,
                },
            }
        };
        StoreBatch {
            trades: (0..10).map(record).collect(),
            ..StoreBatch::default()
        }
    }

    /// The store has what the journal has up to there.
    fn passed(position: u64) -> StoreBatch {
        StoreBatch {
            position: Some(Position(position)),
            ..StoreBatch::default()
        }
    }

    async fn count(store: &SqliteStore) -> usize {
        let rows = store.trades(&instrument(SYMBOL), all()).await;
        rows.expect("reads").rows.len()
    }

    async fn due(store: &SqliteStore) -> usize {
        let (files, _) = store.ask(|inner| inner.files()).await.expect("lists");
        let mut due = 0;
        for file in files {
            due += usize::from(store.is_due(file).await.expect("asks"));
        }
        due
    }

    #[tokio::test]
    async fn days_that_are_over_are_sealed_and_old_ones_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let retention = Retention {
            trades_days: Some(2),
            ..Retention::default()
        };
        let (keeper, journal) = keeper(folder.path(), retention);
        let store = &keeper.store;
        for days_ago in 0..5 {
            store.write(noon(days_ago)).await.expect("writes");
        }
        // The journal has what the store has not: nothing is known to be over.
        let mut mark = None;
        journal.send_replace(Position(7));
        keeper.look(&mut mark).await.expect("looks");
        assert_eq!(due(store).await, 3);
        // Today, yesterday and the day before are kept.
        assert_eq!(count(store).await, 30);
        // The journal was passed: every day but today is sealed.
        store.write(passed(7)).await.expect("writes");
        keeper.look(&mut mark).await.expect("looks");
        assert_eq!(due(store).await, 1);
        assert_eq!(count(store).await, 30);
        // A day that comes back after it was deleted is read, and goes again.
        store.write(noon(4)).await.expect("writes");
        assert_eq!(count(store).await, 40);
        keeper.look(&mut mark).await.expect("looks");
        assert_eq!(count(store).await, 30);
        store.close().await;
    }

    #[tokio::test]
    async fn a_journal_that_always_moves_on_keeps_no_day_from_being_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (keeper, journal) = keeper(folder.path(), Retention::default());
        let store = &keeper.store;
        store.write(noon(1)).await.expect("writes");
        let mut mark = None;
        // Minutes after midnight, ends of the journal and of the store, days left to seal.
        for (minutes, end, held, left) in [
            // What the store has was in the journal before the day was over.
            (55, 10, 9, 1),
            (65, 20, 15, 1),
            // It has not come to where the journal was a look ago, then it has.
            (75, 30, 19, 1),
            (85, 40, 25, 0),
        ] {
            keeper
                .clock
                .set(UnixMs(MIDNIGHT + minutes * 60_000).to_ns());
            journal.send_replace(Position(end));
            store.write(passed(held)).await.expect("writes");
            keeper.look(&mut mark).await.expect("looks");
            assert_eq!(due(store).await, left, "{minutes} minutes after midnight");
        }
        store.close().await;
    }

    #[tokio::test]
    async fn a_full_store_keeps_today() {
        let folder = tempfile::tempdir().expect("a folder");
        let retention = Retention {
            bytes: Some(1),
            ..Retention::default()
        };
        let (keeper, _journal) = keeper(folder.path(), retention);
        for days_ago in 0..3 {
            keeper.store.write(noon(days_ago)).await.expect("writes");
        }
        keeper.look(&mut None).await.expect("looks");
        assert_eq!(count(&keeper.store).await, 10);
        keeper.store.close().await;
    }
}

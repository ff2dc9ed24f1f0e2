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
use crate::server::storage::{MarketStore as _, StoreError};

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(600);

/// Looks after the files of a store until it is stopped.
#[derive(Debug)]
pub struct Keeper {
    /// Whose files.
    pub store: SqliteStore,
    /// The time of day.
    pub clock: Clock,
    /// End of the journal: while the store is behind it, days are not taken to be over.
    pub journal: watch::Receiver<Position>,
    /// Stops it.
    pub stop: CancellationToken,
}

impl Keeper {
    /// Runs until it is stopped.
    pub async fn run(self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        let work = async {
            loop {
                every.tick().await;
                if let Err(error) = self.look().await {
                    tracing::warn!(%error, "old days could not be looked after; the next try is in ten minutes");
                }
            }
        };
        stop.run_until_cancelled(work).await;
    }

    async fn look(&self) -> Result<(), StoreError> {
        let now = self.clock.now().to_ms();
        let left = *self.journal.borrow();
        if self.store.position().await?.unwrap_or_default() >= left {
            self.store.seal_days(now).await?;
        }
        self.store.delete_days(now).await
    }
}

impl SqliteStore {
    /// Seals the trades of the day that an instant lies in, whether it is over or not; returns the
    /// bytes that its file takes then. For measuring.
    ///
    /// # Errors
    /// [`StoreError`], by what can be done about it.
    pub async fn seal_trades_of(&self, at: UnixMs) -> Result<u64, StoreError> {
        let day = Day::of(at.to_ns());
        self.seal(Kind::Trades, day).await?;
        let path = day.file(&self.0.folder.join(Kind::Trades.name()));
        self.ask(move |_| Ok(super::size_with_log(&path))).await
    }

    /// Seals every day that is over and has something to seal.
    async fn seal_days(&self, now: UnixMs) -> Result<(), StoreError> {
        let (files, _) = self.ask(|inner| inner.files()).await?;
        let over = files.iter().filter(|f| retention::is_over(f.day, now));
        for file in over {
            if self.is_due(*file).await? {
                self.seal(file.kind, file.day).await?;
                let bytes = self.ask(|inner| inner.files()).await?.0;
                let after = bytes
                    .iter()
                    .find(|f| (f.kind, f.day) == (file.kind, file.day));
                tracing::info!(
                    kind = file.kind.name(),
                    day = %file.day,
                    bytes_before = file.bytes,
                    bytes_after = after.map_or(0, |file| file.bytes),
                    "a day was sealed"
                );
            }
        }
        Ok(())
    }

    async fn is_due(&self, file: DayFile) -> Result<bool, StoreError> {
        self.ask(move |inner| {
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
    async fn seal(&self, kind: Kind, day: Day) -> Result<(), StoreError> {
        while self.order(|done| Order::Seal(kind, day, done)).await? == Left::More {}
        Ok(())
    }

    /// Deletes every day that is kept no longer.
    async fn delete_days(&self, now: UnixMs) -> Result<(), StoreError> {
        let (files, bars) = self.ask(|inner| inner.files()).await?;
        for DayFile { day, kind, bytes } in self.0.retention.due(&files, bars, now) {
            let path = day.file(&self.0.folder.join(kind.name()));
            self.order(|done| Order::Delete(kind, day, done)).await?;
            self.0.readers.forget(&path);
            tracing::info!(kind = kind.name(), %day, bytes, "a day was deleted: it is kept no longer");
        }
        Ok(())
    }
}

//! The task that looks after days that are over: seals them, and deletes what is kept no longer.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{Position, UnixMs};

use super::day::Day;
use super::retention::{self, DayFile, Kind};
use super::seal::{self, Left};
use super::writer::Order;
use super::{SqliteStore, pack, space};
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
        let space = self.store.ask(|inner| inner.space()).await?;
        let now = retention::believed(&space.files, self.clock.now().to_ms());
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
        let space = self.ask(|inner| inner.space()).await?;
        let files = space.files.into_iter();
        for file in files.filter(|file| retention::is_over(file.day, now)) {
            let (kind, day, bytes) = (file.kind.name(), file.day, file.bytes);
            match self.seal_file(file).await {
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
        let after = self.ask(move |_| Ok(space::size_with_log(&path)));
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

    /// Deletes every day that is kept no longer, one after the other: what has to go for want of
    /// space is known when the one before is gone.
    async fn delete_days(&self, now: UnixMs) -> Result<(), StoreError> {
        let retention = self.0.retention;
        let mut tried = BTreeSet::new();
        loop {
            let mut space = self.ask(|inner| inner.space()).await?;
            if let Some(from) = retention.seconds_from(&space.files, space.bars(), now)
                && self.delete_seconds(from).await
            {
                space = self.ask(|inner| inner.space()).await?;
            }
            let mut due = retention.due(&space.files, space.bars(), now).into_iter();
            let Some(file) = due.find(|file| tried.insert((file.day, file.kind))) else {
                if retention.is_short(&space.files, space.bars()) {
                    tracing::warn!(
                        bars_bytes = space.bars(),
                        "bars and the days that are not over take more than keep_bytes; nothing else can be deleted"
                    );
                }
                return Ok(());
            };
            self.delete_file(file).await;
        }
    }

    async fn delete_file(&self, DayFile { day, kind, bytes }: DayFile) {
        let path = day.file(&self.0.folder.join(kind.name()));
        let deleted = self.order(|done| Order::Delete(kind, day, done)).await;
        self.0.readers.forget(&path);
        let kind = kind.name();
        match deleted {
            Ok(()) => tracing::info!(kind, %day, bytes, "a day was deleted: it is kept no longer"),
            Err(error) => tracing::warn!(kind, %day, %error, "a day could not be deleted"),
        }
    }

    /// Deletes the bars of one second from before a day, step by step; whether there were any.
    async fn delete_seconds(&self, from: Day) -> bool {
        let before = Day(from.0 - 1).end();
        let mut any = false;
        loop {
            match self.order(|done| Order::Thin(before, done)).await {
                Ok(Left::More) => any = true,
                Ok(Left::Nothing) => break,
                Err(error) => {
                    tracing::warn!(before = %from, %error, "old bars of one second could not be deleted");
                    break;
                }
            }
        }
        if any {
            tracing::info!(before = %from, "bars of one second were deleted: they are kept no longer");
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tradesuite_core::model::{
        Mode, Origin, Precision, Price, Quantity, Side, Timeframe, Trade, TradeId, UnixNs,
    };

    use super::super::Retention;
    use super::*;
    use crate::server::storage::conformance::{MIDNIGHT, all, bar, instrument};
    use crate::server::storage::directory::DataDirectory;
    use crate::server::storage::{CandleRecord, StoreBatch, TradeRecord};

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

    /// A bar of one second and one of a minute, at noon so many days ago.
    fn bars(days_ago: i64) -> StoreBatch {
        let record = |timeframe| CandleRecord {
            timeframe,
            ..bar(SYMBOL, 720 - days_ago * 1_440, Origin::Trades, 1)
        };
        StoreBatch {
            candles: [Timeframe::S1, Timeframe::M1].map(record).to_vec(),
            ..StoreBatch::default()
        }
    }

    /// Bars of one second and of a minute that are held.
    async fn count_bars(store: &SqliteStore) -> [usize; 2] {
        let mut counts = [0; 2];
        for (count, timeframe) in counts.iter_mut().zip([Timeframe::S1, Timeframe::M1]) {
            let rows = store.candles(&instrument(SYMBOL), timeframe, all()).await;
            *count = rows.expect("reads").rows.len();
        }
        counts
    }

    async fn count(store: &SqliteStore) -> usize {
        let rows = store.trades(&instrument(SYMBOL), all()).await;
        rows.expect("reads").rows.len()
    }

    async fn due(store: &SqliteStore) -> usize {
        let space = store.ask(|inner| inner.space()).await.expect("lists");
        let mut due = 0;
        for file in space.files {
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
    async fn a_clock_that_is_far_ahead_of_the_trades_neither_seals_nor_deletes_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let retention = Retention {
            trades_days: Some(2),
            book_days: Some(2),
            ..Retention::default()
        };
        let (keeper, _journal) = keeper(folder.path(), retention);
        let store = &keeper.store;
        let right = keeper.clock.now();
        for days_ago in 0..3 {
            store.write(noon(days_ago)).await.expect("writes");
            store.write(bars(days_ago)).await.expect("writes");
        }
        keeper
            .clock
            .set(UnixMs(right.to_ms().0 + 40 * DAY_MS).to_ns());
        keeper.look(&mut None).await.expect("looks");
        assert_eq!(count(store).await, 30);
        assert_eq!(count_bars(store).await, [3, 3]);
        assert_eq!(due(store).await, 1, "the newest day is not sealed");
        // Trades of a later day prove that the clock is right.
        store.write(noon(-40)).await.expect("writes");
        keeper.look(&mut None).await.expect("looks");
        assert_eq!(count(store).await, 10);
        store.close().await;
    }

    #[tokio::test]
    async fn a_journal_that_always_moves_on_keeps_no_day_from_being_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (keeper, journal) = keeper(folder.path(), Retention::default());
        let store = &keeper.store;
        // Today's are never sealed; without them nobody knows that yesterday is over.
        for days_ago in 0..2 {
            store.write(noon(days_ago)).await.expect("writes");
        }
        let mut mark = None;
        // Minutes after midnight, ends of the journal and of the store, days left to seal.
        for (minutes, end, held, left) in [
            // What the store has was in the journal before the day was over.
            (55, 10, 9, 2),
            (65, 20, 15, 2),
            // It has not come to where the journal was a look ago, then it has.
            (75, 30, 19, 2),
            (85, 40, 25, 1),
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
    async fn bars_of_one_second_are_deleted_with_their_days_trades() {
        for (trades_days, bytes, kept) in [(Some(2), None, 3), (None, Some(1), 1), (None, None, 5)]
        {
            let folder = tempfile::tempdir().expect("a folder");
            let retention = Retention {
                trades_days,
                book_days: None,
                bytes,
            };
            let (keeper, _journal) = keeper(folder.path(), retention);
            for days_ago in 0..5 {
                keeper.store.write(noon(days_ago)).await.expect("writes");
                keeper.store.write(bars(days_ago)).await.expect("writes");
            }
            keeper.look(&mut None).await.expect("looks");
            assert_eq!(count(&keeper.store).await, 10 * kept, "{retention:?}");
            assert_eq!(count_bars(&keeper.store).await, [kept, 5], "{retention:?}");
            keeper.store.close().await;
        }
    }

    #[tokio::test]
    async fn no_trades_are_deleted_where_deleting_bars_of_one_second_makes_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, _journal) = keeper(folder.path(), Retention::default());
        for days_ago in 0..3 {
            first.store.write(noon(days_ago)).await.expect("writes");
        }
        // Of trades that were deleted long ago.
        let second = |n: i64| {
            let mut record = bar(SYMBOL, -7 * 1_440, Origin::Trades, 1);
            record.timeframe = Timeframe::S1;
            record.candle.time.0 += n * 1_000;
            record
        };
        let batch = StoreBatch {
            candles: (0..50_000).map(second).collect(),
            ..StoreBatch::default()
        };
        first.store.write(batch).await.expect("writes");
        first.store.close().await;
        drop(first);
        let candles = space::size_with_log(&folder.path().join("candles.db"));
        let retention = Retention {
            bytes: Some(candles * 3 / 4),
            ..Retention::default()
        };
        let (keeper, _journal) = keeper(folder.path(), retention);
        keeper.look(&mut None).await.expect("looks");
        assert_eq!(count_bars(&keeper.store).await, [0, 0]);
        assert_eq!(count(&keeper.store).await, 30);
        keeper.store.close().await;
    }

    #[tokio::test]
    async fn the_open_day_counts_where_space_is_short() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, _journal) = keeper(folder.path(), Retention::default());
        first.store.write(noon(1)).await.expect("writes");
        let mut today = noon(0);
        let one = today.trades[0].clone();
        let number = |n: u64| TradeRecord {
            trade: Trade {
                id: TradeId(5_000 + n),
                ..one.trade
            },
            ..one.clone()
        };
        today.trades = (0..20_000).map(number).collect();
        first.store.write(today).await.expect("writes");
        first.store.close().await;
        drop(first);
        // Room for today alone, and today is by far the most.
        let today = Day::of(UnixMs(MIDNIGHT).to_ns());
        let retention = Retention {
            bytes: Some(space::size_with_log(
                &today.file(&folder.path().join("trades")),
            )),
            ..Retention::default()
        };
        let (keeper, _journal) = keeper(folder.path(), retention);
        keeper.look(&mut None).await.expect("looks");
        assert_eq!(count(&keeper.store).await, 20_000);
        keeper.store.close().await;
    }
}

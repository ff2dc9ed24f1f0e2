//! What the store takes on disk, and how fast its bars grow.

use std::path::Path;
use std::sync::PoisonError;

use tradesuite_core::model::UnixMs;

use super::day::{self, Day};
use super::retention::{self, Bars, DayFile, Kind};
use super::{CANDLES_FILE, Inner, candle};
use crate::server::storage::StoreError;

/// Bytes that a bar takes in `candles.db`, about: a row of 66 in pages that are not quite full.
/// Counting what the file holds would mean reading all of it.
const BAR_BYTES: u64 = 75;

/// What lies on disk.
#[derive(Debug)]
pub(super) struct Space {
    /// Every day's file.
    pub files: Vec<DayFile>,
    /// Size of the bars' file with its log, bytes.
    pub on_disk: u64,
    /// Of these, bytes that are empty. They are filled before the file grows, so they count as room.
    pub empty: u64,
}

impl Space {
    /// Bytes of what is held beside the days' files.
    pub fn bars(&self) -> u64 {
        self.on_disk.saturating_sub(self.empty)
    }
}

impl Inner {
    /// What lies on disk now.
    pub(super) fn space(&self) -> Result<Space, StoreError> {
        let mut files = Vec::new();
        for kind in Kind::ALL {
            let folder = self.folder.join(kind.name());
            for day in day::list(&folder)? {
                files.push(DayFile {
                    day,
                    kind,
                    bytes: size_with_log(&day.file(&folder)),
                });
            }
        }
        let path = self.folder.join(CANDLES_FILE);
        let empty = self.readers.with(&path, |connection| {
            let number =
                |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let bytes = number("freelist_count")?.saturating_mul(number("page_size")?);
            Ok(u64::try_from(bytes).unwrap_or(0))
        })?;
        Ok(Space {
            files,
            on_disk: size_with_log(&path),
            empty: empty.unwrap_or(0),
        })
    }

    /// What bars take, and what the last day that is over added. Its bars are counted once.
    pub(super) fn bars(&self, space: &Space, now: UnixMs) -> Result<Bars, StoreError> {
        let day = retention::last_over(now);
        let known = *self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        let count = match known {
            Some((counted, count)) if counted == day => count,
            _ => {
                let stretch = (Day(day.0 - 1).end(), day.end());
                let count = self
                    .readers
                    .with(&self.folder.join(CANDLES_FILE), |connection| {
                        candle::count(connection, stretch)
                    })?
                    .unwrap_or(0);
                *self.grown.lock().unwrap_or_else(PoisonError::into_inner) = Some((day, count));
                count
            }
        };
        Ok(Bars {
            bytes: space.bars(),
            per_day: (count > 0).then(|| count.saturating_mul(BAR_BYTES)),
        })
    }
}

/// Size of a file with the log beside it, bytes. What vanishes meanwhile counts nothing.
pub(super) fn size_with_log(path: &Path) -> u64 {
    let size = |suffix| {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        std::fs::metadata(file).map_or(0, |metadata| metadata.len())
    };
    ["", "-wal", "-shm"].into_iter().map(size).sum()
}

#[cfg(test)]
mod tests {
    use tradesuite_core::model::{
        Candle, Mode, Notional, Origin, Price, Timeframe, UnixNs, Volume,
    };

    use super::super::SqliteStore;
    use super::*;
    use crate::server::storage::conformance::{MIDNIGHT, bar};
    use crate::server::storage::directory::DataDirectory;
    use crate::server::storage::{CandleRecord, MarketStore as _, StoreBatch};

    const DAY_MS: i64 = 86_400_000;
    const BARS: i64 = 20_000;

    /// A bar of one second with numbers as long as those of a busy market.
    fn second(number: i64) -> CandleRecord {
        let record = bar("SP-USD", 0, Origin::Trades, 6_400_000 + number % 9_999);
        let volume = 100_000_000 + i128::from(number) * 7_919;
        CandleRecord {
            timeframe: Timeframe::S1,
            candle: Candle {
                time: UnixMs(MIDNIGHT + number * 1_000),
                open: Price(6_400_000),
                low: Price(6_399_000),
                volume: Volume(volume),
                buy_volume: Some(Volume(volume / 2)),
                quote_volume: Some(Notional(volume * 6_400_000)),
                trades: Some(40),
                ..record.candle
            },
            ..record
        }
    }

    #[tokio::test]
    async fn what_bars_add_a_day_is_said_about_right() {
        let folder = tempfile::tempdir().expect("a folder");
        let directory = DataDirectory::open(folder.path(), Mode::Live, UnixNs(0)).expect("opens");
        let store = SqliteStore::open(&directory).expect("opens");
        let empty = store.usage(UnixMs(MIDNIGHT)).await.expect("says");
        assert_eq!(empty[2].bytes_per_day, None);
        for first in (0..BARS).step_by(1_000) {
            let batch = StoreBatch {
                candles: (first..first + 1_000).map(second).collect(),
                ..StoreBatch::default()
            };
            store.write(batch).await.expect("writes");
        }
        let kinds = store.usage(UnixMs(MIDNIGHT + DAY_MS * 3 / 2)).await;
        let kinds = kinds.expect("says");
        let said = kinds[2].bytes_per_day.expect("a day is over");
        assert_eq!((kinds[2].kind.as_str(), said), ("candles", 1_500_000));
        store.close().await;
        // The log may still hold some pages twice.
        let file = rusqlite::Connection::open(folder.path().join(CANDLES_FILE)).expect("opens");
        let pragma = |name| -> u64 {
            let value = file.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            u64::try_from(value.expect("a number")).expect("no sign")
        };
        let taken = pragma("page_count") * pragma("page_size");
        assert!(taken.abs_diff(said) < said / 5, "{taken} of {said}");
    }
}

//! What imports still owe: the bars of rows that are in the store already.
//!
//! Bars are worked out after all rows are written. Who is killed in between leaves rows without
//! bars, and nothing else would ever look for them: they are older than what is collected. So what
//! is owed is written down beside the stores before the first row is, and struck out when its bars
//! are held. The next import or server that opens the folder works off what stands there.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tradesuite_core::model::{InstrumentId, Precision, Timeframe, UnixMs};

use super::Content;
use super::bars::BarsAfter;
use crate::server::storage::{MarketStore, StoreError};

/// The rows of one file, whose bars are not all held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owed {
    instrument: InstrumentId,
    /// Width of imported bars; `None` for trades.
    candles: Option<Timeframe>,
    /// Times of the first row and of the last one.
    first: UnixMs,
    last: UnixMs,
    precision: Precision,
    /// Whether every row was written. Until then nobody knows which are missing, and the bars
    /// are marked as ones with a hole.
    complete: bool,
}

impl Owed {
    /// Before the first row is written.
    pub fn of(
        instrument: &InstrumentId,
        content: Content,
        span: (UnixMs, UnixMs),
        precision: Precision,
    ) -> Self {
        Self {
            instrument: instrument.clone(),
            candles: match content {
                Content::Trades => None,
                Content::Candles(timeframe) => Some(timeframe),
            },
            first: span.0,
            last: span.1,
            precision,
            complete: false,
        }
    }

    /// After the last row was.
    pub fn completed(self) -> Self {
        Self {
            complete: true,
            ..self
        }
    }

    /// Works out the bars; returns how many were written.
    pub async fn bars(&self, store: &dyn MarketStore, now: UnixMs) -> Result<u64, StoreError> {
        let after = BarsAfter {
            store,
            instrument: &self.instrument,
            span: (self.first, self.last),
            complete: self.complete,
            now,
        };
        match self.candles {
            None => after.trades(self.precision).await,
            Some(timeframe) => after.candles(timeframe).await,
        }
    }

    fn is_of_the_same_file(&self, other: &Self) -> bool {
        let key = |owed: &Self| (owed.candles, owed.first, owed.last);
        self.instrument == other.instrument && key(self) == key(other)
    }
}

/// What is owed in a data directory.
#[derive(Clone, Debug)]
pub struct Debts {
    folder: PathBuf,
}

impl Debts {
    /// Those of a data directory, which the caller has open.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Works out what imports that were cut off left to do. What fails is said and stays for the
    /// next time: it must not keep a server from starting.
    pub async fn work_off(&self, store: &dyn MarketStore, now: UnixMs) {
        let all = match self.read() {
            Ok(all) => all,
            Err(error) => return tracing::warn!("{error}"),
        };
        for owed in all {
            let instrument = &owed.instrument;
            tracing::info!(%instrument, "working out the bars of an import that was cut off");
            let worked = match owed.bars(store, now).await {
                Ok(bars) => self.strike(&owed).map(|()| bars),
                Err(error) => Err(error),
            };
            match worked {
                Ok(bars) if owed.complete => {
                    tracing::info!(%instrument, bars, "the import that was cut off is whole now");
                }
                Ok(bars) => tracing::warn!(
                    %instrument, bars,
                    "an import was cut off before all of its rows were held; importing the file again takes the rest and doubles nothing"
                ),
                Err(error) => tracing::warn!(
                    %instrument, %error,
                    "the bars of an import that was cut off could not be worked out; the next start tries again"
                ),
            }
        }
    }

    /// Notes what is owed, durable when this returns.
    pub(super) fn note(&self, owed: &Owed) -> Result<(), StoreError> {
        self.change(|all| {
            all.retain(|other| !other.is_of_the_same_file(owed));
            all.push(owed.clone());
        })
    }

    /// Strikes it out.
    pub(super) fn strike(&self, owed: &Owed) -> Result<(), StoreError> {
        self.change(|all| all.retain(|other| !other.is_of_the_same_file(owed)))
    }

    fn file(&self) -> PathBuf {
        self.folder.join("imports-owed.json")
    }

    /// Whether the note of imports that were cut off can be read.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot, with what to do.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read().map(drop)
    }

    fn read(&self) -> Result<Vec<Owed>, StoreError> {
        match std::fs::read(self.file()) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                let file = self.file();
                StoreError::Refused(format!(
                    "{}: {error}; delete it, and import the files again of which an import was cut off",
                    file.display()
                ))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Owed>)) -> Result<(), StoreError> {
        let mut all = self.read()?;
        change(&mut all);
        self.write(&all).map_err(|error| self.failed(&error))
    }

    /// Written aside and renamed: it is there whole or not at all.
    fn write(&self, all: &[Owed]) -> io::Result<()> {
        let aside = self.folder.join("imports-owed.json.new");
        if all.is_empty() {
            match std::fs::remove_file(self.file()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        } else {
            let mut file = File::create(&aside)?;
            file.write_all(&serde_json::to_vec_pretty(all)?)?;
            file.sync_all()?;
            std::fs::rename(&aside, self.file())?;
        }
        File::open(&self.folder)?.sync_all()
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        StoreError::Unavailable(format!("{}: {error}", self.file().display()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, PoisonError};

    use tradesuite_core::model::{Candle, Origin, UnixNs};

    use super::super::{BATCH, Import, ImportError, Progress};
    use super::*;
    use crate::server::storage::memory::{Fault, MemoryStore};
    use crate::server::storage::{Newest, Span};

    const NOW: UnixNs = UnixNs(1_795_442_262_000_000_000);
    /// 2026-01-05T00:00:00Z.
    const MIDNIGHT: i64 = 1_767_571_200_000;

    struct Place {
        folder: tempfile::TempDir,
        store: Arc<MemoryStore>,
    }

    impl Place {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().expect("a folder"),
                store: Arc::default(),
            }
        }

        /// How the writes to come go.
        fn fail(&self, faults: &[Option<Fault>]) {
            let mut queue = self
                .store
                .faults
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *queue = faults.iter().copied().collect();
        }

        fn debts(&self) -> Debts {
            Debts::of(self.folder.path())
        }

        /// Imports trades, one a second, ten to a minute and then forty seconds of silence.
        async fn import(&self, count: i64, faults: &[Option<Fault>]) -> Result<(), ImportError> {
            let file = self.folder.path().join("trades.csv");
            let at = |n: i64| MIDNIGHT + n / 10 * 60_000 + n % 10 * 1_000 + 5_000;
            let rows = (0..count).map(|n| format!("{},{n},buy,10,1\n", at(n)));
            let text = "ts_ms,id,side,price,amount\n".to_owned() + &rows.collect::<String>();
            std::fs::write(&file, text).expect("writes");
            self.fail(faults);
            let import = Import {
                content: Content::Trades,
                file,
                instrument: id(),
            };
            let progress = Progress::silent();
            let (store, debts) = (self.store.as_ref(), self.debts());
            import.run(store, &debts, NOW, &progress).await.map(drop)
        }

        async fn work_off(&self) {
            self.fail(&[]);
            self.debts()
                .work_off(self.store.as_ref(), NOW.to_ms())
                .await;
        }

        async fn minutes(&self) -> Vec<Candle> {
            let all = Span {
                start: UnixMs(0),
                end: UnixMs(i64::MAX / 2_000_000),
                limit: u32::MAX,
                newest: Newest::No,
            };
            let bars = self.store.candles(&id(), Timeframe::M1, all).await;
            bars.expect("reads").rows
        }
    }

    fn id() -> InstrumentId {
        "binance:XRP-ETH".parse().expect("an id")
    }

    #[tokio::test]
    async fn what_a_killed_import_left_is_worked_off_at_the_next_start() {
        let killed = Place::new();
        let cut = killed.import(40, &[None, Some(Fault::Refuse)]).await;
        assert!(matches!(cut, Err(ImportError::Bars(_))), "{cut:?}");
        assert_eq!(killed.minutes().await, []);
        assert_eq!(killed.debts().read().expect("reads").len(), 1);

        killed.work_off().await;
        let whole = Place::new();
        whole.import(40, &[]).await.expect("imports");
        let bars = killed.minutes().await;
        assert_eq!(bars, whole.minutes().await);
        assert_eq!(bars.len(), 4);
        for place in [killed, whole] {
            assert_eq!(place.debts().read().expect("reads"), []);
            assert!(!place.debts().file().exists());
        }
    }

    #[tokio::test]
    async fn bars_of_rows_that_are_not_all_there_have_a_hole_until_they_are() {
        let place = Place::new();
        let count = BATCH as i64 + 10;
        let cut = place.import(count, &[None, Some(Fault::Refuse)]).await;
        assert!(matches!(cut, Err(ImportError::Store { .. })), "{cut:?}");
        place.work_off().await;
        let bars = place.minutes().await;
        assert_eq!(bars.len(), BATCH / 10);
        assert!(bars.iter().all(|bar| bar.origin == Origin::Both));
        place.import(count, &[]).await.expect("imports");
        let bars = place.minutes().await;
        let holes = bars.iter().filter(|bar| bar.origin == Origin::Both);
        // The first and the last one, at the edges of the file.
        assert_eq!((bars.len(), holes.count()), (BATCH / 10 + 1, 2));
    }

    #[tokio::test]
    async fn what_cannot_be_worked_off_stays() {
        let place = Place::new();
        let cut = place.import(40, &[None, Some(Fault::Refuse)]).await;
        assert!(cut.is_err());
        place.fail(&[Some(Fault::Refuse)]);
        let debts = place.debts();
        debts.work_off(place.store.as_ref(), NOW.to_ms()).await;
        assert_eq!(debts.read().expect("reads").len(), 1);

        std::fs::write(debts.file(), "{").expect("writes");
        place.work_off().await;
        let refused = place.import(40, &[]).await.expect_err("does not know");
        let sentence = refused.to_string();
        assert!(sentence.contains("imports-owed.json"), "{sentence}");
        assert!(sentence.contains("delete it"), "{sentence}");
    }
}

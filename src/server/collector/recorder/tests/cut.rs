//! A journal whose files are cut at any byte: what is left of it is a beginning of what was
//! committed, and the store that is made of it is that of this beginning.
//!
//! SQLite writes its log from front to back, so a log that ends at any byte is what a kill at some
//! earlier moment leaves. The file below it is changed only once the log is safe; that it is cut is
//! what a file system does that loses its last blocks.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use tradesuite_core::model::{BookView, InstrumentId, Mode, Precision};

use super::market::{bars_of, books_of, gaps_of, market, plain, some_event};
use super::*;
use crate::server::collector::sink::JournalTail;
use crate::server::journal::{Journal, JournalOptions, TailKind};
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::SqliteStore;
use crate::server::storage::{Newest, Span};

pub(super) const ALL: Span = Span {
    start: UnixMs(0),
    end: UnixMs(i64::MAX / 2_000_000),
    limit: u32::MAX,
    newest: Newest::No,
};

/// Which of a journal's files ends too early.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Log,
    File,
}

fn open(path: &Path) -> Journal {
    Journal::open(path, JournalOptions::default()).unwrap()
}

async fn commit(journal: &Journal, events: &[MarketEvent]) {
    for batch in events.chunks(7) {
        let last = journal.append(batch.to_vec()).await.unwrap();
        let mut committed = journal.committed();
        committed
            .wait_for(|position| *position >= last)
            .await
            .unwrap();
    }
}

/// A journal that was closed once, so that file and log both have events, killed, and then cut.
async fn killed(folder: &Path, events: &[MarketEvent], cut: Cut, at: prop::sample::Index) {
    let (path, left) = (folder.join("a.db"), folder.join("b.db"));
    let (folded, logged) = events.split_at(events.len() / 2);
    let journal = open(&path);
    commit(&journal, folded).await;
    journal.close().await.unwrap();
    let journal = open(&path);
    commit(&journal, logged).await;
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::copy(name(&path), name(&left)).unwrap();
    }
    let harmed = match cut {
        Cut::Log => folder.join("b.db-wal"),
        Cut::File => left,
    };
    let mut content = std::fs::read(&harmed).unwrap();
    content.truncate(at.index(content.len() + 1));
    std::fs::write(&harmed, content).unwrap();
}

/// What the journal has, and the store that a recorder makes of it.
async fn recovered(folder: &Path) -> (Vec<Sequenced>, SqliteStore) {
    let journal = open(&folder.join("b.db"));
    let from_first = || journal.tail_from(Position(1), TailKind::Committed);
    let (mut tail, to_record) = (from_first(), from_first());
    journal.close().await.unwrap();
    let mut events = Vec::new();
    while let Some(batch) = tail.next().await.unwrap() {
        events.extend(batch.iter().cloned());
    }
    let directory = DataDirectory::open(&folder.join("data"), Mode::Live, UnixNs(0)).unwrap();
    let store = SqliteStore::open(&directory).unwrap();
    let log = JournalTail {
        journal,
        consumer: "store",
        tail: to_record,
    };
    recorder(log, Arc::new(store.clone())).run().await;
    (events, store)
}

/// Trades, bars, the end of each gap and the books that a store has.
#[derive(Debug, PartialEq)]
pub(super) struct State {
    trades: BTreeMap<(InstrumentId, u64), Trade>,
    bars: BTreeMap<(InstrumentId, Timeframe, UnixMs), Candle>,
    gaps: BTreeMap<(InstrumentId, UnixMs), Option<UnixMs>>,
    books: BTreeMap<InstrumentId, (Precision, BookView)>,
}

/// The number of changes counts from where it was read.
fn uncounted(view: BookView) -> BookView {
    BookView {
        sequence: 0,
        ..view
    }
}

pub(super) async fn held(store: &dyn MarketStore) -> State {
    let mut state = State {
        trades: BTreeMap::new(),
        bars: BTreeMap::new(),
        gaps: BTreeMap::new(),
        books: BTreeMap::new(),
    };
    for instrument in [id("A-USD"), id("B-USD")] {
        let trades = store.trades(&instrument, ALL).await.unwrap().rows;
        let keyed = trades
            .into_iter()
            .map(|t| ((instrument.clone(), t.id.0), t));
        state.trades.extend(keyed);
        for timeframe in Timeframe::STORED {
            let bars = store
                .candles(&instrument, timeframe, ALL)
                .await
                .unwrap()
                .rows;
            let keyed = bars
                .into_iter()
                .map(|bar| ((instrument.clone(), timeframe, bar.time), plain(bar)));
            state.bars.extend(keyed);
        }
        if let Some((precision, view)) = store.book_at(&instrument, ALL.end, 100).await.unwrap() {
            let book = (precision, uncounted(view));
            state.books.insert(instrument, book);
        }
    }
    let gaps = store.gaps(None, ALL).await.unwrap();
    let keyed = gaps
        .into_iter()
        .map(|gap| ((gap.instrument, gap.start), gap.end));
    state.gaps.extend(keyed);
    state
}

pub(super) fn expected(events: &[Sequenced]) -> State {
    let trades = events
        .iter()
        .filter_map(|sequenced| match sequenced.event.body {
            EventBody::Trade(trade) | EventBody::Backfill(trade) => {
                Some(((sequenced.event.instrument.clone(), trade.id.0), trade))
            }
            _ => None,
        });
    let books = books_of(events).into_iter();
    // Nothing is held of a book that never was whole.
    let whole = books.filter(|(_, book)| !book.is_stale());
    State {
        trades: trades.collect(),
        bars: bars_of(events),
        gaps: gaps_of(events),
        books: whole
            .map(|(id, book)| (id, (book.precision(), uncounted(book.view(100)))))
            .collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_journal_cut_at_any_byte_replays_to_the_state_of_a_beginning(
        kinds in prop::collection::vec(some_event(), 2..120),
        cut in prop_oneof![Just(Cut::Log), Just(Cut::File)],
        at in any::<prop::sample::Index>(),
    ) {
        let events = market(kinds);
        let written = numbered(events.clone());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (found, state) = runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            killed(folder.path(), &events, cut, at).await;
            let (found, store) = recovered(folder.path()).await;
            let state = held(&store).await;
            store.close().await;
            (found, state)
        });
        prop_assert!(found.len() <= written.len());
        prop_assert_eq!(&found[..], &written[..found.len()]);
        prop_assert_eq!(state, expected(&found));
    }
}

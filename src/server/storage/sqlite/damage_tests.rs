//! Files of days that are damaged while no server looks: everything else goes on, and nothing of
//! them is deleted.

use std::path::Path;

use tradesuite_core::model::{GapKind, Mode, Origin, Price, Quantity, Side, TradeId};

use super::day::Day;
use super::*;
use crate::server::storage::conformance::{MIDNIGHT, all, bar, delta, instrument, precision};
use crate::server::storage::{BookChange, BookRecord, TradeRecord};

const SYMBOL: &str = "HURT-USD";
const MINUTES_A_DAY: i64 = 1_440;
/// Trades and book changes of one day: a file of many pages.
const EACH: i64 = 3_000;

/// What happens to a file.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Header,
    Middle,
    Half,
    Nothing,
}

fn harm(path: &Path, harm: Harm) -> Vec<u8> {
    let mut content = std::fs::read(path).expect("reads");
    let length = content.len();
    match harm {
        Harm::Header => content[..200].fill(0xa5),
        Harm::Middle => content[length / 4..length * 3 / 4].fill(0xa5),
        Harm::Half => content.truncate(length / 2),
        Harm::Nothing => content.clear(),
    }
    std::fs::write(path, &content).expect("writes");
    content
}

fn open(folder: &Path) -> SqliteStore {
    let directory = DataDirectory::open(folder, Mode::Live, UnixNs(0)).expect("opens");
    SqliteStore::open(&directory).expect("opens")
}

/// The `n`th trade and book change of a day, and their minute's bar.
fn batch(day: i64, numbers: impl Iterator<Item = i64>) -> StoreBatch {
    let mut batch = StoreBatch::default();
    for n in numbers {
        let ms = day * MINUTES_A_DAY * 60_000 + n * 1_000;
        let time = UnixMs(MIDNIGHT + ms).to_ns();
        batch.trades.push(TradeRecord {
            instrument: instrument(SYMBOL),
            precision: precision(2, 3),
            trade: Trade {
                id: TradeId((day * 100_000 + n) as u64),
                time,
                received: time,
                price: Price(10_000 + n % 97),
                quantity: Quantity(1 + n % 7),
                side: Side::Buy,
            },
        });
        let changed = delta(ms, &[(9_000 + n * 31 % 500, 1 + n * 7_919 % 1_000)], &[]);
        batch.book.push(BookRecord {
            instrument: instrument(SYMBOL),
            precision: precision(2, 3),
            position: Some(Position((day * 100_000 + n + 1) as u64)),
            received: time,
            change: match n % 1_000 {
                0 => BookChange::Snapshot(changed),
                _ => BookChange::Update(changed),
            },
        });
        if n % 60 == 0 {
            let minutes = day * MINUTES_A_DAY + n / 60;
            batch
                .candles
                .push(bar(SYMBOL, minutes, Origin::Trades, 120));
        }
    }
    batch
}

/// Two days, closed.
async fn two_days(folder: &Path) {
    let store = open(folder);
    for day in 0..2 {
        store.write(batch(day, 0..EACH)).await.expect("writes");
    }
    store.close().await;
}

fn file(folder: &Path, kind: Kind, day: i64) -> PathBuf {
    let day = Day(Day::of(UnixMs(MIDNIGHT).to_ns()).0 + day);
    day.file(&folder.join(kind.name()))
}

async fn trades_of(store: &SqliteStore, day: i64) -> usize {
    let span = Span {
        start: UnixMs(MIDNIGHT + day * MINUTES_A_DAY * 60_000),
        end: UnixMs(MIDNIGHT + (day + 1) * MINUTES_A_DAY * 60_000),
        ..all()
    };
    let rows = store.trades(&instrument(SYMBOL), span).await;
    rows.expect("reads").rows.len()
}

async fn book_of(store: &SqliteStore, day: i64) -> Option<BookView> {
    let at = UnixMs(MIDNIGHT + day * MINUTES_A_DAY * 60_000 + EACH * 1_000);
    let book = store.book_at(&instrument(SYMBOL), at, 1_000).await;
    book.expect("reads").map(|(_, view)| view)
}

/// Damages one file, and checks what goes on. `read_first`: whether a question or a batch meets the
/// damage first.
async fn check(kind: Kind, hurt: i64, how: Harm, read_first: bool) {
    let said = format!("{kind:?} of day {hurt}, {how:?}, read first: {read_first}");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    two_days(folder).await;
    let path = file(folder, kind, hurt);
    let left = harm(&path, how);
    let store = open(folder);
    let ask = async || {
        for day in 0..2 {
            trades_of(&store, day).await;
            book_of(&store, day).await;
        }
        let coverage = store.coverage(&instrument(SYMBOL)).await;
        coverage.expect("reads");
    };
    if read_first {
        ask().await;
    }
    store.write(batch(1, EACH..EACH + 50)).await.expect(&said);
    ask().await;
    // From here on everything is as ever.
    let later = batch(1, EACH + 50..EACH + 100);
    store.write(later).await.expect(&said);
    let other = 1 - hurt;
    let added = if other == 1 { 100 } else { 0 };
    assert_eq!(
        trades_of(&store, other).await,
        EACH as usize + added,
        "{said}"
    );
    assert!(book_of(&store, other).await.is_some(), "{said}");
    let of_hurt = trades_of(&store, hurt).await;
    let expected = match (kind, hurt) {
        (Kind::Book, _) => EACH as usize + 100 - added,
        (Kind::Trades, 0) => 0,
        // Those written before the damage was met went with it.
        (Kind::Trades, _) if of_hurt == 50 => 50,
        (Kind::Trades, _) => 100,
    };
    assert_eq!(of_hurt, expected, "{said}");
    let name = format!(
        "{}/{}.damaged",
        kind.name(),
        path.file_name().expect("a name").display()
    );
    let listed = store.set_aside().await.expect("lists");
    assert_eq!(listed.len(), 1, "{said}");
    assert_eq!(listed[0], name, "{said}");
    let aside = std::fs::read(folder.join(name)).expect("is there");
    assert!(aside.len() >= left.len(), "{said}");
    let gaps = store.gaps(None, all()).await.expect("reads");
    let [gap] = &gaps[..] else {
        panic!("{said}: {gaps:?}");
    };
    let expected = match kind {
        Kind::Trades => GapKind::Trades,
        Kind::Book => GapKind::Book,
    };
    assert_eq!(gap.kind, expected, "{said}");
    assert_eq!(
        gap.start.0,
        MIDNIGHT + hurt * MINUTES_A_DAY * 60_000,
        "{said}"
    );
    assert!(gap.reason.ends_with("was damaged and set aside"), "{said}");
    store.close().await;
    drop(store);
    // A second start finds nothing more to do.
    let store = open(folder);
    assert_eq!(store.set_aside().await.expect("lists").len(), 1, "{said}");
    store.close().await;
}

#[tokio::test]
async fn a_damaged_day_is_set_aside_and_everything_else_goes_on() {
    for kind in Kind::ALL {
        for hurt in 0..2 {
            for how in [Harm::Header, Harm::Middle, Harm::Half, Harm::Nothing] {
                for read_first in [true, false] {
                    check(kind, hurt, how, read_first).await;
                }
            }
        }
    }
}

/// The last whole book before it is older than what was lost: nobody knows what it became.
#[tokio::test]
async fn no_book_is_shown_over_a_day_that_was_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    two_days(folder.path()).await;
    harm(&file(folder.path(), Kind::Book, 1), Harm::Header);
    let store = open(folder.path());
    let mut changes = batch(1, EACH + 1..EACH + 5);
    store.write(changes.clone()).await.expect("writes");
    assert_eq!(book_of(&store, 1).await, None);
    assert!(book_of(&store, 0).await.is_some());
    if let Some(record) = changes.book.first_mut() {
        record.position = Some(Position(900_000));
        record.change = BookChange::Snapshot(delta(
            MINUTES_A_DAY * 60_000 + EACH * 1_000,
            &[(9_100, 5)],
            &[],
        ));
    }
    changes.book.truncate(1);
    store.write(changes).await.expect("writes");
    assert_eq!(
        book_of(&store, 1).await.map(|view| view.bids.len()),
        Some(1)
    );
    store.close().await;
}

#[tokio::test]
async fn an_empty_file_of_a_day_without_bars_is_a_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path()).close().await;
    std::fs::write(file(folder.path(), Kind::Trades, 0), "").expect("writes");
    let store = open(folder.path());
    assert_eq!(trades_of(&store, 0).await, 0);
    store.write(batch(0, 0..10)).await.expect("writes");
    assert_eq!(trades_of(&store, 0).await, 10);
    assert!(store.set_aside().await.expect("lists").is_empty());
    store.close().await;
}

#[test]
fn what_to_do_about_a_file_that_nothing_goes_without_is_said() {
    for (name, lost) in [
        (CANDLES_FILE, "the list of gaps is lost"),
        (state::FILE, "what was made and set is lost"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        let directory = DataDirectory::open(folder.path(), Mode::Live, UnixNs(0)).expect("opens");
        std::fs::write(&path, [7; 8_192]).expect("writes");
        let opened = SqliteStore::open(&directory).and_then(|_store| {
            let clock = crate::server::clock::Clock::manual(UnixNs(0));
            SqliteState::open(&directory, clock)
        });
        let Err(StoreError::Damaged(said)) = opened else {
            panic!("{name} is damaged");
        };
        for words in [path.to_str().expect("a name"), "a backup", "move", lost] {
            assert!(said.contains(words), "{said}");
        }
        assert_eq!(std::fs::read(&path).expect("reads"), [7; 8_192]);
        std::fs::remove_file(&path).expect("moves");
        SqliteStore::open(&directory).expect("opens without it");
    }
}

#[tokio::test]
async fn that_the_bars_of_held_trades_are_gone_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = || bars_are_gone(folder.path());
    assert_eq!(said(), None, "a new folder");
    let store = open(folder.path());
    store.write(batch(0, 0..5)).await.expect("writes");
    store.close().await;
    drop(store);
    assert_eq!(said(), None);
    std::fs::remove_file(folder.path().join(CANDLES_FILE)).expect("removes");
    let said = said().expect("trades without bars");
    assert!(said.contains("candles.db is missing"), "{said}");
}

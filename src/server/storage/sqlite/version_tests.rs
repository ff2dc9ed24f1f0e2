//! Files of version 1, as the first program wrote them, in the hands of this one.

use std::path::Path;

use rusqlite::{Connection, params};
use tradesuite_core::model::{Mode, Price, Quantity, Side, TradeId};

use super::chunk::Encoder;
use super::day::Day;
use super::*;
use crate::server::storage::conformance::{MIDNIGHT, all, delta, instrument, precision};
use crate::server::storage::{BookChange, TradeRecord};

const SYMBOL: &str = "OLD-USD";

const SERIES: &str = "CREATE TABLE series (
    id INTEGER PRIMARY KEY, instrument TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO series VALUES (1, 'coinbase:OLD-USD');
PRAGMA journal_mode = WAL; PRAGMA user_version = 1;";

const TRADES: &str = "CREATE TABLE trades (
    series INTEGER NOT NULL, id INTEGER NOT NULL, time INTEGER NOT NULL,
    received INTEGER NOT NULL, price INTEGER NOT NULL, quantity INTEGER NOT NULL,
    price_decimals INTEGER NOT NULL, quantity_decimals INTEGER NOT NULL, side TEXT NOT NULL,
    PRIMARY KEY (series, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trades_by_time ON trades (series, time, id);";

const BOOK: &str = "CREATE TABLE history (
    id INTEGER PRIMARY KEY, series INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    snapshot INTEGER NOT NULL, packed INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE INDEX history_by_series ON history (series, id);
CREATE INDEX snapshots ON history (series, start, id) WHERE snapshot = 1;
CREATE INDEX open_rows ON history (series, id) WHERE packed = 0;
CREATE TABLE consumer (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO consumer VALUES ('store', 2);";

fn day() -> Day {
    Day::of(UnixMs(MIDNIGHT).to_ns())
}

fn trade(id: u64) -> Trade {
    let time = UnixNs((MIDNIGHT + id as i64) * 1_000_000);
    Trade {
        id: TradeId(id),
        time,
        received: UnixNs(time.0 + 7),
        price: Price(100),
        quantity: Quantity(3),
        side: Side::Sell,
    }
}

fn record(id: u64) -> TradeRecord {
    TradeRecord {
        instrument: instrument(SYMBOL),
        precision: precision(2, 3),
        trade: trade(id),
    }
}

/// A day of the first version: 20 trades, a packed whole book and an open change of it.
fn old_files(folder: &Path) {
    let open = |kind: Kind, tables: &str| {
        let folder = folder.join(kind.name());
        std::fs::create_dir_all(&folder).expect("makes");
        let connection = Connection::open(day().file(&folder)).expect("opens");
        let made = connection.execute_batch(&format!("{tables}{SERIES}"));
        made.expect("makes");
        connection
    };
    let trades = open(Kind::Trades, TRADES);
    for id in 0..20 {
        let Trade { time, received, .. } = trade(id);
        let values = params![id as i64, time.0, received.0];
        let insert = "INSERT INTO trades VALUES (1, ?1, ?2, ?3, 100, 3, 2, 3, 'sell')";
        trades.execute(insert, values).expect("writes");
    }
    let book = open(Kind::Book, BOOK);
    let snapshot = BookChange::Snapshot(delta(0, &[(99, 5), (98, 4)], &[(101, 7)]));
    let update = BookChange::Update(delta(10, &[(99, 0)], &[]));
    for (id, change) in [(1, snapshot), (2, update)] {
        let time = chunk::filing_time(&change, UnixNs(0));
        let mut encoder = Encoder::default();
        encoder.push(precision(2, 3), time, &change);
        let data = match id {
            1 => zstd::bulk::compress(encoder.bytes(), 3).expect("packs"),
            _ => encoder.bytes().to_vec(),
        };
        let insert = "INSERT INTO history VALUES (?1, 1, ?2, ?2, ?3, ?3, ?4)";
        let values = params![id, time.0, id == 1, data];
        book.execute(insert, values).expect("writes");
    }
}

fn open(folder: &Path) -> SqliteStore {
    let directory = DataDirectory::open(folder, Mode::Live, UnixNs(0)).expect("opens");
    SqliteStore::open(&directory).expect("opens")
}

async fn check(store: &SqliteStore, trades: u64) {
    let id = instrument(SYMBOL);
    let rows = store.trades(&id, all()).await.expect("reads").rows;
    assert_eq!(rows, (0..trades).map(trade).collect::<Vec<_>>());
    for (ms, bids) in [(9, vec![99, 98]), (10, vec![98])] {
        let book = store.book_at(&id, UnixMs(MIDNIGHT + ms), 9).await;
        let (_, view) = book.expect("reads").expect("a book");
        let found: Vec<i64> = view.bids.iter().map(|level| level.price.0).collect();
        assert_eq!(found, bids, "{ms}");
    }
}

#[tokio::test]
async fn old_days_are_read_as_they_are_and_brought_up_when_written() {
    let folder = tempfile::tempdir().expect("a folder");
    old_files(folder.path());
    let store = open(folder.path());
    check(&store, 20).await;
    let file = |kind: Kind| day().file(&folder.path().join(kind.name()));
    let version = |path: &Path| {
        let connection = Connection::open(path).expect("opens");
        upgrade::version(&connection).expect("reads")
    };
    assert_eq!(version(&file(Kind::Trades)), 1);
    let late = StoreBatch {
        trades: (15..25).map(record).collect(),
        ..StoreBatch::default()
    };
    store.write(late.clone()).await.expect("writes");
    check(&store, 25).await;
    for kind in Kind::ALL {
        store.seal(kind, day()).await.expect("seals");
        check(&store, 25).await;
        let file = file(kind);
        assert_eq!(version(&file), 2);
        let copy = file.with_extension("db.v1.bak");
        assert_eq!(version(&copy), 1, "{}", copy.display());
    }
    // What the copy of the trades holds is what there was.
    let copy = file(Kind::Trades).with_extension("db.v1.bak");
    let connection = Connection::open(copy).expect("opens");
    let count = connection.query_row("SELECT count(*) FROM trades", [], |row| row.get(0));
    assert_eq!(count, Ok(20));
    store.write(late).await.expect("writes");
    check(&store, 25).await;
    store.close().await;
}

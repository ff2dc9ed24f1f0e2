//! What files may say, and what the store holds afterwards.

use std::io::Write as _;
use std::path::Path;

use tradesuite_core::model::{Candle, Mode, Origin};

use super::*;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::SqliteStore;
use crate::server::storage::{Newest, Span};

/// Long after everything that is imported.
const NOW: UnixNs = UnixNs(1_795_442_262_000_000_000);
/// 2026-01-05T00:00:00Z, a Monday.
const MIDNIGHT: i64 = 1_767_571_200_000;
const TRADES: &str = "ts_ms,id,side,price,amount\n";
const CANDLES: &str = "ts_ms,open,high,low,close,volume\n";

struct Place {
    folder: tempfile::TempDir,
    store: SqliteStore,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let directory = DataDirectory::open(&data, Mode::Live, NOW).expect("opens");
        let store = SqliteStore::open(&directory).expect("opens");
        Self { folder, store }
    }

    async fn import(&self, content: Content, text: &[u8]) -> Result<Imported, ImportError> {
        let file = self.folder.path().join("file.csv");
        std::fs::write(&file, text).expect("writes");
        self.import_file(content, &file).await
    }

    async fn import_file(&self, content: Content, file: &Path) -> Result<Imported, ImportError> {
        let import = Import {
            content,
            file: file.to_owned(),
            instrument: id(),
        };
        let debts = Debts::of(self.folder.path());
        let progress = Progress::silent();
        import.run(&self.store, &debts, NOW, &progress).await
    }

    async fn bars(&self, timeframe: Timeframe) -> Vec<Candle> {
        let rows = self.store.candles(&id(), timeframe, all()).await;
        rows.expect("reads").rows
    }
}

fn id() -> InstrumentId {
    "binance:XRP-ETH".parse().expect("an id")
}

fn all() -> Span {
    Span {
        start: UnixMs(0),
        end: UnixMs(i64::MAX / 2_000_000),
        limit: u32::MAX,
        newest: Newest::No,
    }
}

/// Bars of one minute from `first` to before `end`, in minutes after midnight.
fn minutes(first: i64, end: i64) -> String {
    let line = |minute: i64| {
        format!(
            "{},1.5,2,1,1.5,0.{}\n",
            MIDNIGHT + minute * 60_000,
            minute + 1
        )
    };
    CANDLES.to_owned() + &(first..end).map(line).collect::<String>()
}

#[tokio::test]
async fn a_bad_line_is_named_and_nothing_is_imported() {
    let place = Place::new();
    let good = format!("{MIDNIGHT},1,buy,0.5,2\n");
    for (content, text, said) in [
        (
            Content::Trades,
            String::new(),
            "line 1: the header ts_ms,id,side,price,amount is needed",
        ),
        (Content::Trades, CANDLES.to_owned(), "line 1: the header"),
        (Content::Trades, TRADES.to_owned(), "has no rows"),
        (
            Content::Trades,
            format!("{TRADES}{good}1,2,3"),
            "line 3: 5 values are needed, 3 were found",
        ),
        (
            Content::Trades,
            format!("{TRADES}{good}\n{MIDNIGHT},x,buy,1,1"),
            "line 4: id \"x\" is no number",
        ),
        (
            Content::Trades,
            format!("{TRADES}{good}yesterday,2,buy,1,1"),
            "line 3: ts_ms \"yesterday\"",
        ),
        (
            Content::Trades,
            format!("{TRADES}{MIDNIGHT},2,bid,1,1"),
            "line 2: side \"bid\"",
        ),
        (
            Content::Trades,
            format!("{TRADES}{MIDNIGHT},2,buy,1,-1"),
            "line 2: amount -1 is below zero",
        ),
        (
            Content::Trades,
            format!("{TRADES}{MIDNIGHT},2,buy,0,1"),
            "line 2: the price is zero",
        ),
        (
            Content::Trades,
            format!("{TRADES}{MIDNIGHT},2,buy,ten,1"),
            "line 2: price \"ten\"",
        ),
        (
            Content::Trades,
            format!("{TRADES}{MIDNIGHT},1,buy,9000000000000000000,1\n{MIDNIGHT},2,buy,0.1,1"),
            "line 2: 9000000000000000000",
        ),
        (
            Content::Candles(Timeframe::M5),
            minutes(0, 2),
            "line 3: no bar of 5m opens at 1767571260000",
        ),
        (
            Content::Candles(Timeframe::M1),
            format!("{CANDLES}{MIDNIGHT},1,2,1.5,1,5"),
            "line 2: open and close do not lie between low and high",
        ),
    ] {
        let error = place
            .import(content, text.as_bytes())
            .await
            .expect_err(&text);
        let sentence = error.to_string();
        assert!(sentence.contains(said), "{sentence}");
        assert!(sentence.ends_with("nothing was imported"), "{sentence}");
    }
    let missing = place
        .import_file(Content::Trades, Path::new("/nowhere.csv"))
        .await;
    assert!(
        missing
            .expect_err("is not there")
            .to_string()
            .contains("/nowhere.csv")
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    write!(packed, "{TRADES}{}", good.repeat(2_000)).expect("packs");
    let packed = packed.finish().expect("packs");
    let cut = place
        .import(Content::Trades, &packed[..packed.len() / 2])
        .await;
    assert!(cut.expect_err("is cut").to_string().contains("cut off"));
    let trades = place.store.trades(&id(), all()).await.expect("reads");
    assert_eq!(trades.rows, []);
    assert_eq!(place.store.instruments().await.expect("reads"), []);
}

#[tokio::test]
async fn a_row_may_come_twice_but_not_contradict_itself() {
    let place = Place::new();
    let trade = |id: i64, price: &str| format!("{},{id},buy,{price},1\n", MIDNIGHT + id * 1_000);
    let rows = |ids: &[i64]| -> String { ids.iter().map(|id| trade(*id, "0.5")).collect() };
    let contradiction = format!("{TRADES}{}{}", rows(&[5, 3, 4, 6]), trade(3, "0.7"));
    let bars = format!("{}{MIDNIGHT},1.5,2,1,1.5,7\n", minutes(0, 3));
    for (content, text, said) in [
        (
            Content::Trades,
            contradiction,
            "line 6: the trade 3 stands in line 3 with other values",
        ),
        (
            Content::Candles(Timeframe::M1),
            bars,
            "line 5: the bar of 1767571200000 stands in line 2 with other values",
        ),
    ] {
        let refused = place.import(content, text.as_bytes()).await;
        let sentence = refused.expect_err("contradicts itself").to_string();
        assert!(sentence.contains(said), "{sentence}");
        assert!(sentence.ends_with("nothing was imported"), "{sentence}");
    }
    for (ids, expected) in [
        (&[5, 3, 4, 3, 3][..], (5, 3, 2)),
        (&[3, 4, 5, 6], (4, 1, 0)),
        (&[6, 6], (2, 0, 1)),
    ] {
        let text = format!("{TRADES}{}", rows(ids));
        let imported = place.import(Content::Trades, text.as_bytes()).await;
        let imported = imported.expect("imports");
        let found = (imported.rows, imported.new, imported.again);
        assert_eq!(found, expected, "{ids:?}");
    }
}

/// One fine volume makes every other one as fine, and large ones then need more than 64 bits.
#[tokio::test]
async fn volumes_are_exact_beyond_64_bits() {
    let place = Place::new();
    let bar = |minute: i64, volume: &str| {
        format!("{},1.5,2,1,1.5,{volume}\n", MIDNIGHT + minute * 60_000)
    };
    let volumes = [
        (0, "102949891.4118"),
        (1, "0.00000000001"),
        (2, "9223372036854775807"),
    ];
    let rows: String = volumes.map(|(minute, volume)| bar(minute, volume)).concat();
    let text = format!("{CANDLES}{rows}");
    let imported = place
        .import(Content::Candles(Timeframe::M1), text.as_bytes())
        .await;
    assert_eq!(imported.expect("imports").new, 3);
    let held = place.store.candles(&id(), Timeframe::M1, all()).await;
    let held = held.expect("reads");
    assert_eq!(held.precision.quantity, 11);
    let found: Vec<i128> = held.rows.iter().map(|bar| bar.volume.0).collect();
    let expected = [
        10_294_989_141_180_000_000,
        1,
        i128::from(i64::MAX) * 100_000_000_000,
    ];
    assert_eq!(found, expected);
    let day = place.bars(Timeframe::D1).await;
    assert_eq!(day[0].volume.0, expected.iter().sum::<i128>());
    let text = format!(
        "{CANDLES}{}{}",
        bar(0, "9223372036854775807"),
        bar(1, "0.000000000000000001")
    );
    let refused = place
        .import(Content::Candles(Timeframe::M1), text.as_bytes())
        .await;
    let sentence = refused.expect_err("leaves no room for sums").to_string();
    let said = "line 2: 9223372036854775807 does not fit at 18 decimals;";
    assert!(sentence.contains(said), "{sentence}");
}

#[tokio::test]
async fn an_error_says_its_sentence_once() {
    let place = Place::new();
    let text = format!("{TRADES}{MIDNIGHT},2,bid,1,1\n");
    let refused = place.import(Content::Trades, text.as_bytes()).await;
    let error = anyhow::Error::from(refused.expect_err("is wrong"));
    let printed = format!("{error:#}");
    assert_eq!(printed.matches("side \"bid\"").count(), 1, "{printed}");
}

#[tokio::test]
async fn bars_of_another_width_are_doubted() {
    for (content, step, doubt) in [
        (Content::Candles(Timeframe::M1), 5, Some(300_000)),
        (Content::Candles(Timeframe::M5), 5, None),
        (Content::Candles(Timeframe::M1), 1, None),
        (Content::Trades, 5, None),
    ] {
        let place = Place::new();
        let at = |n: i64| MIDNIGHT + n * step * 60_000;
        let text = match content {
            Content::Trades => {
                let rows = (0..4).map(|n| format!("{},{n},buy,1,1\n", at(n)));
                TRADES.to_owned() + &rows.collect::<String>()
            }
            Content::Candles(_) => {
                let rows = (0..4).map(|n| format!("{},1.5,2,1,1.5,1\n", at(n)));
                CANDLES.to_owned() + &rows.collect::<String>()
            }
        };
        let imported = place.import(content, text.as_bytes()).await;
        let imported = imported.expect("imports");
        assert_eq!(imported.apart_ms, doubt, "{content:?}");
        let sentence = imported.sentence(&id());
        assert_eq!(sentence.ends_with("is --timeframe right?"), doubt.is_some());
    }
}

#[test]
fn the_last_sentence_says_what_was_new() {
    let imported = |rows, new, again| Imported {
        rows,
        new,
        again,
        bars: 4,
        span: (UnixMs(0), UnixMs(60_000)),
        apart_ms: None,
    };
    let what = "rows of kraken:A-B from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z";
    for (imported, said) in [
        (
            imported(2, 2, 0),
            format!("imported 2 new {what}; 4 bars follow from them"),
        ),
        (
            imported(9, 0, 2),
            format!(
                "imported 0 new {what}, 7 were held already, 2 stand in the file twice; 4 bars follow from them"
            ),
        ),
    ] {
        assert_eq!(
            imported.sentence(&"kraken:A-B".parse().expect("an id")),
            said
        );
    }
}

#[tokio::test]
async fn importing_again_changes_nothing() {
    let place = Place::new();
    let text = format!(
        "{TRADES}{},7,sell,0.0012,30.5\r\n{},8,buy,0.001250,1\r\n\r\n",
        MIDNIGHT + 61_500,
        MIDNIGHT + 125_000,
    );
    let mut first = None;
    for _ in 0..2 {
        let imported = place.import(Content::Trades, text.as_bytes()).await;
        assert_eq!(imported.expect("imports").rows, 2);
        let trades = place.store.trades(&id(), all()).await.expect("reads");
        assert_eq!(
            trades.precision,
            Precision {
                price: 5,
                quantity: 1
            }
        );
        let mut held = vec![];
        for timeframe in Timeframe::STORED {
            held.push(place.bars(timeframe).await);
        }
        assert_eq!(*first.get_or_insert(held.clone()), held);
    }
    let known = place.store.instruments().await.expect("reads");
    assert_eq!(known.len(), 1);
}

#[tokio::test]
async fn bars_at_the_edge_of_imported_trades_have_a_hole() {
    let place = Place::new();
    let line = |n: i64| format!("{},{n},buy,10,1\n", MIDNIGHT + 30_000 + n * 20_000);
    let text = TRADES.to_owned() + &(0..12).map(line).collect::<String>();
    place
        .import(Content::Trades, text.as_bytes())
        .await
        .expect("imports");
    let bars = place.bars(Timeframe::M1).await;
    let found: Vec<_> = bars
        .iter()
        .map(|bar| (bar.trades, bar.origin, bar.closed))
        .collect();
    let whole = (Some(3), Origin::Trades, true);
    let edge = |trades| (Some(trades), Origin::Both, true);
    assert_eq!(found, [edge(2), whole, whole, whole, edge(1)]);
    assert_eq!(place.bars(Timeframe::D1).await.len(), 1);
}

#[tokio::test]
async fn files_that_continue_each_other_give_whole_bars() {
    let place = Place::new();
    let content = Content::Candles(Timeframe::M1);
    let hours = async |place: &Place| -> Vec<(i128, Origin, bool)> {
        let bars = place.bars(Timeframe::H1).await;
        bars.iter()
            .map(|bar| (bar.volume.0, bar.origin, bar.closed))
            .collect()
    };
    let text = minutes(60, 100);
    place
        .import(content, text.as_bytes())
        .await
        .expect("imports");
    let part = hours(&place).await;
    assert!(matches!(part[..], [(_, Origin::Both, true)]), "{part:?}");
    let text = minutes(100, 130);
    place
        .import(content, text.as_bytes())
        .await
        .expect("imports");
    let both = hours(&place).await;
    assert!(
        matches!(
            both[..],
            [(_, Origin::Venue, true), (_, Origin::Both, true)]
        ),
        "{both:?}"
    );
    assert!(both[0].0 > part[0].0);
}

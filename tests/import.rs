//! Recorded trades and bars, imported by the program and read by `GET /api/v1/candles`: bars that
//! belong together are the same.
//!
//! The recordings are not part of the project: they are read from `../shared/market-data` beside
//! it, or from the folder that `TRADESUITE_MARKET_DATA` names.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use leptos::config::LeptosOptions;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tradesuite::server::clock::Clock;
use tradesuite::server::collector::directory::Directory;
use tradesuite::server::collector::status::StatusBoard;
use tradesuite::server::hub::{Hub, HubOptions};
use tradesuite::server::service::{Documents, Service, ServiceParts};
use tradesuite::server::storage::MarketStore;
use tradesuite::server::storage::directory::DataDirectory;
use tradesuite::server::storage::sqlite::{SqliteState, SqliteStore};
use tradesuite::server::web::{Access, AppState, SocketLimits, router};
use tradesuite_core::model::{Decimal, Mode, UnixNs};

const NOW: UnixNs = UnixNs(1_795_442_262_000_000_000);

/// Open, high, low, close, volume by opening time.
type Bars = BTreeMap<i64, [Decimal; 5]>;

fn import(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tradesuite"))
        .arg("import")
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("TRADESUITE_LOG", "warn")
        .output()
        .expect("runs")
}

fn import_or_panic(data: &Path, arguments: &[&str]) {
    let output = import(data, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("imported "), "{said}");
}

/// The interfaces over a data directory, without collection.
struct Server {
    app: Router,
    store: Arc<dyn MarketStore>,
}

impl Server {
    async fn open(data: &Path) -> Self {
        let directory = DataDirectory::open(data, Mode::Live, NOW).expect("opens");
        let store: Arc<dyn MarketStore> = Arc::new(SqliteStore::open(&directory).expect("opens"));
        let made = SqliteState::open(&directory, Clock::manual(NOW)).expect("opens");
        let instruments = Directory::default();
        instruments.load(store.as_ref()).await.expect("loads");
        let service = Service::new(ServiceParts {
            hub: Hub::new(HubOptions::default(), Arc::clone(&store)),
            store: Arc::clone(&store),
            keeping: None,
            directory: instruments,
            board: StatusBoard::default(),
            clock: Clock::manual(NOW),
            mode: Mode::Live,
            exchanges: vec!["coinbase".to_owned()],
        });
        let state = AppState {
            service,
            documents: Documents::new(Arc::new(made), &[]),
            access: Access::new(([127, 0, 0, 1], 8080).into()),
            sockets: SocketLimits::default(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            leptos: LeptosOptions::builder().output_name("tradesuite").build(),
        };
        Self {
            app: router(state, Router::new()),
            store,
        }
    }

    async fn get(&self, path: &str) -> Value {
        let request = Request::get(path).header("host", "localhost:8080");
        let request = request.body(Body::empty()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("infallible");
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        let text = String::from_utf8(body.expect("a body").to_vec()).expect("text");
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        serde_json::from_str(&text).expect("json")
    }

    /// All bars, page by page.
    async fn bars(&self, instrument: &str, timeframe: &str) -> Bars {
        let mut bars = Bars::new();
        let mut cursor = String::new();
        loop {
            let page = self
                .get(&format!(
                    "/api/v1/candles?instrument={instrument}&timeframe={timeframe}&start=0&limit=5000&numbers=string{cursor}"
                ))
                .await;
            for row in page["candles"].as_array().expect("rows") {
                let value = |name: &str| decimal(row[name].as_str().expect("a number"));
                let figures = ["open", "high", "low", "close", "volume"].map(value);
                bars.insert(row["time"].as_i64().expect("a time"), figures);
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return bars,
            }
        }
    }
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a number").normalized()
}

fn recorded(file: &Path) -> Bars {
    let text = std::fs::read_to_string(file).expect("reads");
    let bar = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let value = |at: usize| decimal(fields[at]);
        let figures = [value(1), value(2), value(3), value(4), value(5)];
        (fields[0].parse().expect("a time"), figures)
    };
    text.lines().skip(1).map(bar).collect()
}

/// One of the pairs: what is imported, and what has to be answered of one width.
struct Pair {
    content: &'static [&'static str],
    files: &'static [&'static str],
    answers: &'static [(&'static str, &'static str)],
}

const PAIRS: [Pair; 4] = [
    Pair {
        content: &["trades"],
        files: &["trades/binance_XRPETH_2019-10-11_13.csv"],
        answers: &[
            ("1m", "candles/binance_XRPETH_1m_2019-10-11_13.csv"),
            ("5m", "candles/binance_XRPETH_5m_2019-10-11_13.csv"),
        ],
    },
    Pair {
        content: &["candles", "--timeframe", "1m"],
        files: &["candles/binance_XRPETH_1m_2019-10-11_13.csv"],
        answers: &[
            ("1m", "candles/binance_XRPETH_1m_2019-10-11_13.csv"),
            ("5m", "candles/binance_XRPETH_5m_2019-10-11_13.csv"),
        ],
    },
    Pair {
        content: &["candles", "--timeframe", "1s"],
        files: &["candles/coinbase_BTCUSD_1s_2016-10-07_09.csv"],
        answers: &[
            ("1s", "candles/coinbase_BTCUSD_1s_2016-10-07_09.csv"),
            ("1m", "candles/coinbase_BTCUSD_1m_2016-10-07_09.csv"),
            ("1d", "candles/coinbase_BTCUSD_1d_2014-12_2018-08.csv"),
        ],
    },
    Pair {
        content: &["candles", "--timeframe", "1m"],
        files: &[
            "candles/coinbase_BTCUSD_1m_2016-10-07_09.csv",
            "candles/coinbase_BTCUSD_1m_2017-09-03_04.csv",
            "candles/coinbase_BTCUSD_1m_2017-12-17.csv",
            "candles/coinbase_BTCUSD_1m_2018-04-04_06.csv",
        ],
        answers: &[("1d", "candles/coinbase_BTCUSD_1d_2014-12_2018-08.csv")],
    },
];

#[tokio::test]
async fn what_belongs_together_is_the_same() {
    let Some(folder) = tradesuite_recordings::folder("what_belongs_together_is_the_same") else {
        return;
    };
    for pair in PAIRS {
        let data = tempfile::tempdir().expect("a folder");
        for file in pair.files {
            let file = folder.join(file);
            let file = file.to_str().expect("text");
            let arguments = [pair.content, &[file, "--instrument", "binance:XRP-ETH"]].concat();
            // Twice: the second time changes nothing.
            import_or_panic(data.path(), &arguments);
            import_or_panic(data.path(), &arguments);
        }
        let server = Server::open(data.path()).await;
        for (timeframe, file) in pair.answers {
            let answered = server.bars("binance:XRP-ETH", timeframe).await;
            let mut expected = recorded(&folder.join(file));
            if *timeframe == "1d" {
                // The daily file is of years, the others of some days of them.
                expected.retain(|time, _| answered.contains_key(time));
                assert!(expected.len() >= 3, "{file}");
            }
            assert_eq!(answered, expected, "{:?} as {timeframe}", pair.files);
        }
        server.store.close().await;
    }
}

#[tokio::test]
async fn trades_of_kraken_give_its_minutes_but_the_first() {
    let Some(folder) =
        tradesuite_recordings::folder("trades_of_kraken_give_its_minutes_but_the_first")
    else {
        return;
    };
    let data = tempfile::tempdir().expect("a folder");
    let file = folder.join("trades/kraken_XBTUSDT_2025-11-10.csv");
    let file = file.to_str().expect("text");
    import_or_panic(
        data.path(),
        &["trades", file, "--instrument", "kraken:XBT-USDT"],
    );
    let server = Server::open(data.path()).await;
    let answered = server.bars("kraken:XBT-USDT", "1m").await;
    let recorded = recorded(&folder.join("candles/kraken_XBTUSDT_1m_2025-11-10.csv"));
    let first = *answered.keys().next().expect("a bar");
    let last = *answered.keys().next_back().expect("a bar");
    let mut compared = 0;
    // Kraken lists minutes without trades; they are not made up here.
    for (time, bar) in recorded.range(first + 1..last) {
        match answered.get(time) {
            Some(answered) => assert_eq!(answered, bar, "{time}"),
            None => assert_eq!(bar[4].mantissa, 0, "{time}"),
        }
        compared += usize::from(bar[4].mantissa > 0);
    }
    assert_eq!(compared, answered.len() - 2);
    server.store.close().await;
}

#[tokio::test]
async fn bars_of_a_width_that_is_not_stored_are_answered_and_fold() {
    let Some(folder) =
        tradesuite_recordings::folder("bars_of_a_width_that_is_not_stored_are_answered_and_fold")
    else {
        return;
    };
    let data = tempfile::tempdir().expect("a folder");
    let path = folder.join("candles/binance_XRPETH_5m_2019-10-11_13.csv");
    let file = path.to_str().expect("text");
    let arguments = [
        "candles",
        file,
        "--timeframe",
        "5m",
        "--instrument",
        "binance:XRP-ETH",
    ];
    import_or_panic(data.path(), &arguments);
    let server = Server::open(data.path()).await;
    let answered = server.bars("binance:XRP-ETH", "5m").await;
    assert_eq!(answered, recorded(&path));
    let all: Vec<(&str, usize)> = vec![("15m", 239), ("1h", 60), ("4h", 15), ("1d", 3)];
    for (timeframe, most) in all {
        let bars = server.bars("binance:XRP-ETH", timeframe).await.len();
        assert!(bars > 0 && bars <= most + 2, "{timeframe}: {bars}");
    }
    server.store.close().await;
}

#[tokio::test]
async fn says_what_is_wrong_by_exit_code_and_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = folder.path().join("trades.csv");
    std::fs::write(
        &file,
        "ts_ms,id,side,price,amount\n1,1,buy,1,1\n2,2,none,1,1\n",
    )
    .expect("writes");
    let file = file.to_str().expect("text");
    let id = ["--instrument", "coinbase:BTC-USD"];
    let directory = |mode| DataDirectory::open(&data, mode, NOW).expect("opens");
    for (arguments, code, said) in [
        (vec!["trades", file], 2, "--instrument"),
        (
            vec!["trades", file, "--instrument", "BTC"],
            2,
            "venue:BASE-QUOTE",
        ),
        (vec!["candles", file, id[0], id[1]], 2, "--timeframe"),
        (
            vec!["trades", file, id[0], id[1], "--timeframe", "1m"],
            2,
            "--timeframe",
        ),
        (
            vec!["trades", file, id[0], id[1]],
            1,
            "trades.csv, line 3: side \"none\"",
        ),
    ] {
        let output = import(&data, &arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(said), "{error}");
    }
    // History of a venue that is not collected may be meant, or a slip.
    std::fs::write(file, "ts_ms,id,side,price,amount\n1,1,buy,1,1\n").expect("writes");
    let output = import(&data, &["trades", file, "--instrument", "krakn:BTC-USD"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    assert!(error.contains("there is no venue krakn"), "{error}");
    // In use by a server; then made by a demo, whose mode it keeps.
    let held = directory(Mode::Live);
    let output = import(&data, &["trades", file, id[0], id[1]]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        error.contains("another TradeSuite server has the data directory"),
        "{error}"
    );
    drop(held);
    std::fs::remove_dir_all(&data).expect("removes");
    drop(directory(Mode::Demo));
    import_or_panic(&data, &["trades", file, id[0], id[1]]);
    drop(directory(Mode::Demo));
}

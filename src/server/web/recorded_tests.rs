//! What the interfaces say of a store on disk: recorded books, and what is kept of it how long.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tradesuite_core::model::{Mode, Position, UnixMs, UnixNs};

use super::router;
use super::tests::{Answer, get_of, state_on};
use crate::server::hub::testing::{PRECISION, bitcoin, delta};
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::{Retention, SqliteStore};
use crate::server::storage::{BookChange, BookRecord, MarketStore as _, StoreBatch};

/// A store with a minute of book: whole at 1 s, changed at 2 s, unknown from 3 s, whole at 4 s.
struct Recorded {
    store: SqliteStore,
    _folder: tempfile::TempDir,
}

impl Recorded {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let directory = DataDirectory::open(folder.path(), Mode::Demo, UnixNs(0)).expect("opens");
        let retention = Retention {
            book_days: Some(30),
            ..Retention::default()
        };
        let store = SqliteStore::open_keeping(&directory, retention).expect("opens");
        let bids = [(9_900, 5), (9_800, 6)];
        let changes = [
            (
                1_000,
                BookChange::Snapshot(delta(1_000, &bids, &[(10_100, 7)])),
            ),
            (
                2_000,
                BookChange::Update(delta(2_000, &[(9_900, 0)], &[(10_050, 1)])),
            ),
            (3_000, BookChange::Stale),
            (
                4_000,
                BookChange::Snapshot(delta(4_000, &[(9_000, 1)], &[])),
            ),
        ];
        let record = |(position, (ms, change))| BookRecord {
            instrument: bitcoin(),
            precision: PRECISION,
            position: Some(Position(position)),
            received: UnixMs(ms).to_ns(),
            change,
        };
        let batch = StoreBatch {
            book: (1..).zip(changes).map(record).collect(),
            ..StoreBatch::default()
        };
        store.write(batch).await.expect("writes");
        Self {
            store,
            _folder: folder,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let state = state_on(std::sync::Arc::new(self.store.clone()));
        get_of(router(state, axum::Router::new()), path).await
    }
}

#[tokio::test]
async fn a_recorded_book_is_read_as_it_stood() {
    let recorded = Recorded::new().await;
    let bids = json!([[99, 0.00000005], [98, 0.00000006]]);
    for (query, time, stale, bids, asks) in [
        (
            "at=1000",
            1_000,
            false,
            bids.clone(),
            json!([[101, 0.00000007]]),
        ),
        (
            "at=1970-01-01T00:00:01.999Z",
            1_000,
            false,
            bids,
            json!([[101, 0.00000007]]),
        ),
        (
            "at=2000",
            2_000,
            false,
            json!([[98, 0.00000006]]),
            json!([[100.5, 0.00000001], [101, 0.00000007]]),
        ),
        (
            "at=2500&depth=1&numbers=string",
            2_000,
            false,
            json!([["98", "0.00000006"]]),
            json!([["100.5", "0.00000001"]]),
        ),
        ("at=3500", 2_000, true, json!([]), json!([])),
        (
            "at=86400000",
            4_000,
            false,
            json!([[90, 0.00000001]]),
            json!([]),
        ),
    ] {
        let path = format!("/api/v1/book?instrument=BTC-USD&{query}");
        let answer = recorded.get(&path).await.json();
        let found = (
            &answer["time"],
            &answer["stale"],
            &answer["bids"],
            &answer["asks"],
        );
        assert_eq!(
            found,
            (&json!(time), &json!(stale), &bids, &asks),
            "{query}"
        );
    }
    recorded.store.close().await;
}

#[tokio::test]
async fn a_book_that_was_not_recorded_is_an_error_of_its_own() {
    let recorded = Recorded::new().await;
    for (query, status, code) in [
        (
            "instrument=BTC-USD&at=999",
            StatusCode::NOT_FOUND,
            "not_recorded",
        ),
        (
            "instrument=ETH-USD&at=2000",
            StatusCode::NOT_FOUND,
            "not_recorded",
        ),
        (
            "instrument=NONE-USD&at=2000",
            StatusCode::NOT_FOUND,
            "unknown_instrument",
        ),
        (
            "instrument=BTC-USD&at=noon",
            StatusCode::BAD_REQUEST,
            "bad_parameter",
        ),
    ] {
        let answer = recorded.get(&format!("/api/v1/book?{query}")).await;
        let found = answer.json();
        assert_eq!(
            (answer.status, &found["code"]),
            (status, &json!(code)),
            "{found}"
        );
        if status == StatusCode::BAD_REQUEST {
            assert_eq!(found["errors"][0]["field"], json!("at"));
        }
    }
    recorded.store.close().await;
}

#[tokio::test]
async fn the_status_says_what_is_kept_and_how_long() {
    let recorded = Recorded::new().await;
    let status = recorded.get("/api/v1/status").await.json();
    let kinds = status["store"]["kinds"].as_array().expect("kinds");
    let names: Vec<&Value> = kinds.iter().map(|kind| &kind["kind"]).collect();
    assert_eq!(names, ["book", "trades", "candles"]);
    let book = &kinds[0];
    assert!(book["bytes"].as_u64() > Some(0));
    assert_eq!(book["keep_days"], json!(30));
    // 1970 with thirty days after it.
    assert_eq!(book["next_deletion"], json!(31 * 86_400_000_i64));
    let description = serde_json::to_value(super::openapi()).expect("json");
    let (described, sent) = super::rest::fields(&description, "StoreKind", book);
    assert_eq!(described, sent);
    recorded.store.close().await;
}

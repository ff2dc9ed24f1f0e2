//! The router as its callers see it: here what the calls answer.
//!
//! | module | what is tested |
//! |---|---|
//! | [`door`] | who is let in, and what every answer carries |
//! | [`description`] | the description of the interface, and the page to try it |

mod description;
mod door;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{
    Candle, EventBody, Gap, GapKind, Instrument, Mode, Timeframe, UnixMs, UnixNs,
};

use super::{Access, AppState, SocketLimits, router};
use crate::server::clock::Clock;
use crate::server::collector::directory::Directory;
use crate::server::collector::status::StatusBoard;
use crate::server::hub::testing::{Events, PRECISION, bitcoin, delta, trade};
use crate::server::hub::{Hub, HubOptions};
use crate::server::service::{Documents, Service, ServiceParts};
use crate::server::storage::memory::MemoryStore;
use crate::server::storage::{CandleRecord, MarketStore, StoreBatch, TradeRecord};

/// Ten minutes of bars from 1970 on, four trades of the same millisecond, a gap.
pub(crate) fn stored() -> StoreBatch {
    let candles = (0..10)
        .map(|minute| CandleRecord {
            instrument: bitcoin(),
            timeframe: Timeframe::M1,
            precision: PRECISION,
            candle: Candle {
                closed: true,
                ..Candle::from_trade(
                    UnixMs(minute * 60_000),
                    &trade(minute as u64, minute * 60_000, 6_421_350 + minute),
                )
            },
        })
        .collect();
    let trades = (1..=4)
        .map(|id| TradeRecord {
            instrument: bitcoin(),
            precision: PRECISION,
            trade: trade(id, 540_000, 6_421_350),
        })
        .collect();
    let gap = Gap {
        instrument: bitcoin(),
        kind: GapKind::Trades,
        start: UnixMs(1_000),
        end: None,
        reason: "the line was cut".to_owned(),
        filled: false,
    };
    StoreBatch {
        candles,
        trades,
        gaps: vec![gap],
        ..StoreBatch::default()
    }
}

pub(crate) fn state(batch: StoreBatch) -> AppState {
    state_on(MemoryStore::with(batch))
}

/// Panels that a workspace may hold here.
static KINDS: &[&PanelKind] = &[&PanelKind {
    id: "chart",
    label: "Chart",
    fields: &[],
}];

pub(super) fn state_on(store: Arc<dyn MarketStore>) -> AppState {
    let directory = Directory::default();
    directory.describe(vec![
        Instrument::undescribed(bitcoin(), PRECISION),
        Instrument::undescribed("coinbase:ETH-USD".parse().expect("an id"), PRECISION),
    ]);
    let service = Service::new(ServiceParts {
        hub: Hub::new(HubOptions::default(), store.clone()),
        store,
        keeping: None,
        directory,
        board: StatusBoard::default(),
        clock: Clock::manual(UnixNs(1_795_442_262_123_456_789)),
        mode: Mode::Demo,
        exchanges: vec!["coinbase".to_owned()],
    });
    AppState {
        service,
        documents: Documents::new(Arc::new(MemoryStore::default()), KINDS),
        access: Access::new(([127, 0, 0, 1], 8080).into()),
        sockets: SocketLimits::default(),
        shutdown: CancellationToken::new(),
        tasks: TaskTracker::new(),
        leptos: LeptosOptions::builder().output_name("tradesuite").build(),
    }
}

fn app() -> Router {
    router(state(stored()), Router::new())
}

pub(super) struct Answer {
    pub status: StatusCode,
    pub kind: String,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("json")
    }
}

pub(super) async fn send(app: Router, request: Request<Body>) -> Answer {
    let response = app.oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    Answer {
        status: parts.status,
        kind: parts
            .headers
            .get("content-type")
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(path: &str) -> Answer {
    get_of(app(), path).await
}

pub(super) async fn get_of(app: Router, path: &str) -> Answer {
    let request = Request::get(path).header("host", "localhost:8080");
    send(app, request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn candles_are_the_newest_before_the_end_and_page_back() {
    let mut path = "/api/v1/candles?instrument=coinbase:BTC-USD&timeframe=1m&limit=4".to_owned();
    let mut times = Vec::new();
    loop {
        let page = get(&path).await.json();
        let rows = page["candles"].as_array().expect("rows").clone();
        times.splice(
            ..0,
            rows.iter()
                .map(|row| row["time"].as_i64().expect("a time") / 60_000),
        );
        match page["next"].as_str() {
            Some(next) => {
                path = format!("/api/v1/candles?symbol=btc/usd&timeframe=1m&limit=4&cursor={next}");
            }
            None => break,
        }
    }
    assert_eq!(times, (0..10).collect::<Vec<i64>>());
}

#[tokio::test]
async fn candles_are_written_exactly_in_every_form() {
    let base = "/api/v1/candles?instrument=BTC-USD&timeframe=1m&start=0&limit=1";
    let page = get(base).await;
    assert!(
        page.text.starts_with(
            r#"{"instrument":"coinbase:BTC-USD","timeframe":"1m","candles":[{"time":0,"open":64213.5,"high":64213.5,"low":64213.5,"close":64213.5,"volume":0.01,"buy_volume":0.01,"quote_volume":642.135,"trades":1,"closed":true,"origin":"trades"}],"next":"a0.1","notice":null}"#
        ),
        "{}",
        page.text
    );
    let strings = get(&format!("{base}&numbers=string")).await.json();
    assert_eq!(strings["candles"][0]["open"], json!("64213.5"));
    let rows = get(&format!("{base}&shape=rows")).await;
    assert_eq!(rows.text, "[[0,64213.5,64213.5,64213.5,64213.5,0.01]]");
    assert_eq!(rows.headers["x-next-cursor"], "a0.1");
    let csv = get(&format!("{base}&format=csv")).await;
    assert_eq!(csv.kind, "text/csv; charset=utf-8");
    assert_eq!(
        csv.text,
        "time,open,high,low,close,volume,buy_volume,quote_volume,trades,closed,origin\n\
         0,64213.5,64213.5,64213.5,64213.5,0.01,0.01,642.135,1,true,trades\n"
    );
}

#[tokio::test]
async fn candles_fold_and_continue_with_the_live_bar() {
    let state = state(stored());
    let hub = state.service.hub().clone();
    let mut events = Events::default();
    hub.feed(&events.batch([EventBody::Trade(trade(11, 600_000, 6_500_000))]))
        .await;
    let path = "/api/v1/candles?instrument=BTC-USD&timeframe=5m&limit=2";
    let page = get_of(router(state, Router::new()), path).await.json();
    let bars = page["candles"].as_array().expect("rows");
    assert_eq!(bars[0]["time"], json!(300_000));
    assert_eq!(
        (&bars[0]["trades"], &bars[0]["closed"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(bars[1]["time"], json!(600_000));
    assert_eq!(
        (&bars[1]["close"], &bars[1]["closed"]),
        (&json!(65000), &json!(false))
    );
    assert!(page["next"].is_string());
}

#[tokio::test]
async fn trades_of_one_millisecond_page_without_loss() {
    let mut path =
        "/api/v1/trades?instrument=BTC-USD&start=1970-01-01T00:00:00Z&limit=3".to_owned();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let page = get(&path).await.json();
        for row in page["trades"].as_array().expect("rows") {
            ids.push(row["id"].as_u64().expect("an id"));
        }
        let next = page["next"].as_str().unwrap_or_default();
        path = format!("/api/v1/trades?instrument=BTC-USD&start=0&limit=3&cursor={next}");
    }
    assert_eq!(ids, [1, 2, 3, 4]);
}

#[tokio::test]
async fn the_book_is_best_first_and_empty_while_stale() {
    let state = state(StoreBatch::default());
    let hub = state.service.hub().clone();
    let app = router(state, Router::new());
    let mut events = Events::default();
    let book = EventBody::BookSnapshot(delta(5, &[(9_900, 5), (9_800, 6)], &[(10_100, 7)]));
    hub.feed(&events.batch([book])).await;
    let answer = get_of(app.clone(), "/api/v1/book?instrument=BTC-USD&depth=1").await;
    assert_eq!(
        answer.text,
        r#"{"instrument":"coinbase:BTC-USD","time":5,"sequence":1,"stale":false,"bids":[[99,0.00000005]],"asks":[[101,0.00000007]]}"#
    );
    hub.feed(&events.batch([EventBody::BookStale {
        reason: "a hole".into(),
    }]))
    .await;
    let answer = get_of(app, "/api/v1/book?instrument=BTC-USD").await.json();
    assert_eq!(
        (&answer["stale"], &answer["bids"]),
        (&json!(true), &json!([]))
    );
}

#[tokio::test]
async fn bad_parameters_are_named() {
    for (path, fields) in [
        ("candles?timeframe=1m", vec!["instrument"]),
        ("candles?instrument=BTC-USD", vec!["timeframe"]),
        ("candles?instrument=BTC-USD&timeframe=2m", vec!["timeframe"]),
        ("candles?symbol=%3Cscript%3E&timeframe=1m", vec!["symbol"]),
        (
            "candles?instrument=BTC-USD&timeframe=1m&limit=5001&from=x",
            vec!["from", "limit"],
        ),
        (
            "candles?instrument=BTC-USD&timeframe=1m&shape=round",
            vec!["shape"],
        ),
        ("trades?instrument=BTC-USD&limt=5", vec!["limt"]),
        ("book?instrument=BTC-USD&depth=0", vec!["depth"]),
        ("ticker?instrument=", vec!["instrument"]),
        ("instruments?cursor=x", vec!["cursor"]),
        ("gaps?start=2&end=1", vec!["start"]),
        ("status?x=1", vec!["x"]),
    ] {
        let answer = get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.kind, "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(problem["code"], json!("bad_parameter"), "{path}");
        let named: Vec<&str> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .filter_map(|error| error["field"].as_str())
            .collect();
        assert_eq!(named, fields, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    for (path, code) in [
        (
            "/api/v1/candles?instrument=coinbase:NO-SUCH&timeframe=1m",
            "unknown_instrument",
        ),
        (
            "/api/v1/book?instrument=elsewhere:BTC-USD",
            "unknown_instrument",
        ),
        ("/api/v1/book?instrument=BTC-USD&at=5", "not_recorded"),
        ("/api/v1/nothing", "unknown_address"),
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.json()["code"], json!(code), "{path}");
    }
}

#[tokio::test]
async fn the_rest_answers() {
    let list = get("/api/v1/instruments?search=eth/u").await.json();
    assert_eq!(list["instruments"][0]["id"], json!("coinbase:ETH-USD"));
    assert_eq!(list["instruments"][0]["ccxt_symbol"], json!("ETH/USD"));
    assert_eq!(list["instruments"][0]["tick_size"], json!(0.01));
    let page = get("/api/v1/instruments?limit=1").await.json();
    assert_eq!(page["next"], json!("coinbase:BTC-USD"));
    let page = get("/api/v1/instruments?limit=1&cursor=coinbase:BTC-USD")
        .await
        .json();
    assert_eq!(page["instruments"][0]["id"], json!("coinbase:ETH-USD"));
    assert_eq!(page["next"], Value::Null);

    let ticker = get("/api/v1/ticker?instrument=BTC-USD").await.json();
    assert_eq!(ticker["last"], json!(64213.59));
    assert_eq!(ticker["bid"], Value::Null);
    assert_eq!(get("/api/v1/tickers").await.json(), json!({"tickers": []}));
    assert_eq!(
        get("/api/v1/exchanges").await.json()["exchanges"][0]["id"],
        json!("coinbase")
    );
    assert_eq!(
        get("/api/v1/time").await.json()["iso"],
        json!("2026-11-23T13:57:42.123Z")
    );
    let coverage = get("/api/v1/coverage?instrument=BTC-USD").await.json();
    assert_eq!(coverage["gaps"][0]["reason"], json!("the line was cut"));
    assert_eq!(get("/api/v1/status").await.json()["mode"], json!("demo"));
}

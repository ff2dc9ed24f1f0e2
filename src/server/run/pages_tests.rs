//! Server functions and missing pages as their callers see them.

use super::*;
use axum::http::header::CONTENT_TYPE;
use tower::ServiceExt as _;

use crate::server::web::tests::{state, stored};

async fn get_page(path: &str) -> (StatusCode, Response) {
    let state = state(stored());
    let app = routes(&state).with_state(state);
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = app.oneshot(request).await.expect("infallible");
    (response.status(), response)
}

#[tokio::test]
async fn a_bad_question_to_a_server_function_is_the_askers_fault() {
    for (path, expected) in [
        ("build", StatusCode::OK),
        ("instruments?search=btc&limit=5", StatusCode::OK),
        ("instruments?search=btc&limit=-1", StatusCode::BAD_REQUEST),
        ("instruments", StatusCode::BAD_REQUEST),
        (
            "candles?instrument=coinbase%3ABTC-USD&timeframe=7m&limit=5",
            StatusCode::BAD_REQUEST,
        ),
        (
            "candles?instrument=BTC&timeframe=1m&limit=5",
            StatusCode::BAD_REQUEST,
        ),
        (
            "candles?instrument=coinbase%3ANO-SUCH&timeframe=1m&limit=5",
            StatusCode::NOT_FOUND,
        ),
        (
            "candles?instrument=coinbase%3ABTC-USD&timeframe=1m&limit=5",
            StatusCode::OK,
        ),
        ("nothing", StatusCode::NOT_FOUND),
    ] {
        let (status, _) = get_page(&format!("/fn/{path}")).await;
        assert_eq!(status, expected, "{path}");
    }
}

#[tokio::test]
async fn a_missing_page_says_so() {
    let (status, response) = get_page("/no/such/page").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    let body = to_bytes(response.into_body(), 10_000)
        .await
        .expect("a body");
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(body.contains("There is no such page") && body.contains(crate::api::BUILD));
}

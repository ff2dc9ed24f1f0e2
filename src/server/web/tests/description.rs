//! The description has what is there, and the page to try it comes from this server.

use super::*;

#[tokio::test]
async fn the_page_to_try_it_comes_from_here() {
    let redirect = get("/api/v1/docs").await;
    assert_eq!(redirect.headers["location"], "/api/v1/docs/index.html");
    let page = get("/api/v1/docs/index.html").await;
    assert!(page.kind.starts_with("text/html"), "{}", page.kind);
    assert!(
        !page.text.contains("<script>"),
        "inline scripts are not allowed: {}",
        page.text
    );
    let policy = page.headers["content-security-policy"]
        .to_str()
        .expect("ascii");
    assert!(policy.contains("script-src 'self'"), "{policy}");
    let style = get("/api/v1/docs/index.css").await;
    assert!(style.text.contains("line-height"), "names in prose overlap");
    let start = get("/api/v1/docs/swagger-initializer.js").await;
    assert!(
        start.text.contains("/api/v1/openapi.json"),
        "{}",
        start.text
    );
    assert_eq!(
        get("/api/v1/docs/nothing.js").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_description_has_every_endpoint_and_the_fields_that_are_sent() {
    let description = get("/api/v1/openapi.json").await.json();
    let paths: Vec<&String> = description["paths"]
        .as_object()
        .expect("paths")
        .keys()
        .collect();
    let expected = [
        "book",
        "candles",
        "coverage",
        "current-workspaces",
        "drawings/{instrument}",
        "exchanges",
        "gaps",
        "instruments",
        "settings",
        "status",
        "ticker",
        "tickers",
        "time",
        "trades",
        "watchlists",
        "watchlists/{name}",
        "watchlists/{name}/rename",
        "workspaces",
        "workspaces/{name}",
        "workspaces/{name}/rename",
    ];
    assert_eq!(
        paths,
        expected
            .map(|name| format!("/api/v1/{name}"))
            .iter()
            .collect::<Vec<_>>()
    );

    let candles = get("/api/v1/candles?instrument=BTC-USD&timeframe=1m")
        .await
        .json();
    let trades = get("/api/v1/trades?instrument=BTC-USD").await.json();
    let ticker = get("/api/v1/ticker?instrument=BTC-USD").await.json();
    let gaps = get("/api/v1/gaps").await.json();
    let status = get("/api/v1/status").await.json();
    for (schema, value) in [
        ("Candles", &candles),
        ("Candle", &candles["candles"][0]),
        ("Trade", &trades["trades"][0]),
        ("Ticker", &ticker),
        ("Gap", &gaps["gaps"][0]),
        ("Status", &status),
        ("Store", &status["store"]),
    ] {
        let (described, sent) = super::super::rest::fields(&description, schema, value);
        assert_eq!(described, sent, "{schema}");
    }
}

//! Who is let in, how much is taken, and what every answer carries.

use super::*;

#[tokio::test]
async fn a_body_that_is_too_large_is_a_problem_too() {
    let body = vec![b'x'; super::super::BODY_LIMIT + 1];
    let request = Request::post("/api/v1/status")
        .header("host", "localhost:8080")
        .header("content-length", body.len())
        .body(Body::from(body))
        .expect("a request");
    let answer = send(app(), request).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.kind, "application/problem+json");
    assert_eq!(answer.json()["code"], json!("too_large"));
}

#[tokio::test]
async fn strangers_are_turned_away_on_every_route() {
    for path in ["/api/v1/time", "/ws/v1", "/healthz", "/"] {
        let request = Request::get(path).header("host", "evil.example");
        let answer = send(app(), request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.json()["code"], json!("foreign_host"), "{path}");
    }
    let request = Request::post("/api/v1/time")
        .header("host", "localhost")
        .header("sec-fetch-site", "cross-site");
    let answer = send(app(), request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.json()["code"], json!("foreign_site"));
}

#[tokio::test]
async fn answers_carry_the_security_headers() {
    let answer = get("/healthz").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, "ok\n")
    );
    for header in [
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
    ] {
        assert!(answer.headers.contains_key(header), "{header}");
    }
    assert_eq!(get("/readyz").await.status, StatusCode::OK);
    let wrong = Request::post("/api/v1/time").header("host", "localhost");
    let answer = send(app(), wrong.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.json()["code"], json!("method_not_allowed"));
}

#[tokio::test]
async fn big_answers_are_compressed() {
    let request = Request::get("/api/v1/openapi.json")
        .header("host", "localhost")
        .header("accept-encoding", "gzip");
    let answer = send(app(), request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.headers["content-encoding"], "gzip");
}

#[tokio::test]
async fn pages_stand_behind_the_same_door() {
    let pages = Router::new().route("/", axum::routing::get(async || "page"));
    let app = router(state(StoreBatch::default()), pages);
    assert_eq!(get_of(app.clone(), "/").await.text, "page");
    let request = Request::get("/").header("host", "evil.example");
    let answer = send(app, request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

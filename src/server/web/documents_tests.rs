//! Workspaces and the other documents, as their callers see them.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::router;
use super::tests::{Answer, get_of, send, state};
use crate::server::storage::StoreBatch;

fn app() -> Router {
    router(state(StoreBatch::default()), Router::new())
}

async fn ask(
    app: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1/{path}"))
        .header("host", "localhost:8080")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body.into()).expect("a request");
    send(app.clone(), request).await
}

fn workspace(name: &str, size: i64) -> Value {
    json!({
        "version": 1, "name": name,
        "desktop": {
            "panels": [{"id": 1, "kind": "chart"}, {"id": 2, "kind": "chart"}],
            "root": {"split": "row", "children": [
                {"size": size, "tabs": [1]}, {"size": 10_000 - size, "tabs": [2]},
            ]},
        },
    })
}

fn tag(answer: &Answer) -> String {
    let tag = answer.headers["etag"].to_str();
    tag.expect("ascii").to_owned()
}

const NEW: (&str, &str) = ("if-none-match", "*");
/// Where the tree of groups stands in a workspace.
const TREE: &str = "/desktop/root";

#[tokio::test]
async fn two_windows_that_save_at_once_are_told() {
    let app = app();
    let path = "workspaces/My%20desk%20%2F%20ETH";
    let body = |size| workspace("My desk / ETH", size).to_string();
    let created = ask(&app, "PUT", path, &[NEW], body(5_000)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let first = tag(&created);
    let saved = ask(&app, "PUT", path, &[("if-match", &first)], body(4_000)).await;
    assert_eq!(saved.status, StatusCode::NO_CONTENT);
    let second = tag(&saved);
    assert_ne!(first, second);

    for (headers, status, code) in [
        (vec![("if-match", first.as_str())], 412, "differs"),
        (vec![NEW], 412, "differs"),
        (vec![], 428, "precondition_required"),
        (vec![("if-match", "latest")], 400, "bad_parameter"),
    ] {
        for method in ["PUT", "DELETE"] {
            let answer = ask(&app, method, path, &headers, body(3_000)).await;
            assert_eq!(answer.status.as_u16(), status, "{method} {headers:?}");
            assert_eq!(answer.json()["code"], json!(code), "{method} {headers:?}");
        }
    }
    let held = ask(&app, "GET", path, &[], "").await;
    assert_eq!(
        (tag(&held), &held.kind),
        (second.clone(), &"application/json".to_owned())
    );
    assert_eq!(
        held.json()["desktop"]["root"]["children"][0]["size"],
        json!(4_000)
    );
    let known = ask(&app, "GET", path, &[("if-none-match", &second)], "").await;
    assert_eq!(
        (known.status, known.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );

    let list = get_of(app.clone(), "/api/v1/workspaces").await.json();
    assert_eq!(list["workspaces"][0]["name"], json!("My desk / ETH"));
    assert_eq!(format!("\"{}\"", list["workspaces"][0]["version"]), second);
    let gone = ask(&app, "DELETE", path, &[("if-match", &second)], "").await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let anew = ask(&app, "PUT", path, &[NEW], body(5_000)).await;
    assert_eq!(anew.status, StatusCode::CREATED);
    let late = ask(&app, "PUT", path, &[("if-match", &second)], body(1_000)).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn a_name_that_is_no_text_is_a_problem_like_any_other() {
    let app = app();
    for path in [
        "workspaces/%FF",
        "watchlists/%FF",
        "drawings/%FF",
        "docs/%FF",
    ] {
        let answer = get_of(app.clone(), &format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.kind, "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(problem["code"], json!("bad_parameter"), "{path}");
        assert_eq!(problem["errors"][0]["field"], json!("name"), "{path}");
    }
    let answer = ask(&app, "PUT", "workspaces/%FF", &[NEW], "{}").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.kind, "application/problem+json");
}

#[tokio::test]
async fn a_wrong_document_changes_nothing() {
    let app = app();
    let good = workspace("Desk", 5_000).to_string();
    let created = ask(&app, "PUT", "workspaces/Desk", &[NEW], good).await;
    let version = tag(&created);
    let before = get_of(app.clone(), "/api/v1/workspaces/Desk").await;

    let mut unknown = workspace("Desk", 5_000);
    unknown["desktop"]["panels"][1]["kind"] = json!("orb");
    let deep = r#"{"split":"row","children":["#.repeat(1_000);
    let size = format!("{TREE}/children/0/size");
    for (body, status, code, field) in [
        (
            unknown.to_string(),
            422,
            "bad_document",
            "/desktop/panels/1/kind",
        ),
        (
            workspace("Desk", -5_000).to_string(),
            422,
            "bad_document",
            size.as_str(),
        ),
        (
            workspace("Other", 5_000).to_string(),
            422,
            "bad_document",
            "/name",
        ),
        (" ".repeat(10 << 20), 413, "too_large", ""),
        (" ".repeat(600 << 10), 413, "too_large", ""),
        (deep, 400, "bad_json", ""),
        ("{".to_owned(), 400, "bad_json", ""),
        (
            r#"{"version":1,"desktop":{"panels":[]},"name":NaN}"#.to_owned(),
            400,
            "bad_json",
            "",
        ),
    ] {
        let start: String = body.chars().take(60).collect();
        let answer = ask(
            &app,
            "PUT",
            "workspaces/Desk",
            &[("if-match", &version)],
            body,
        )
        .await;
        assert_eq!(answer.status.as_u16(), status, "{start}: {}", answer.text);
        assert_eq!(answer.kind, "application/problem+json", "{start}");
        let problem = answer.json();
        assert_eq!(problem["code"], json!(code), "{start}");
        let named = problem["errors"][0]["field"].as_str().unwrap_or_default();
        assert_eq!(named, field, "{start}: {problem}");
        let after = get_of(app.clone(), "/api/v1/workspaces/Desk").await;
        assert_eq!((&after.text, tag(&after)), (&before.text, version.clone()));
    }
    let plain = [
        ("if-match", version.as_str()),
        ("content-type", "text/plain"),
    ];
    let request = Request::put("/api/v1/workspaces/Desk").header("host", "localhost");
    let request = plain.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let answer = send(app.clone(), request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_cut_off() {
    let app = app();
    let chunks = (0..2_000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1_024]));
    let body = Body::from_stream(futures::stream::iter(chunks));
    let answer = ask(&app, "PUT", "settings", &[NEW], body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["code"], json!("too_large"));
}

#[tokio::test]
async fn strangers_change_nothing() {
    let app = app();
    let good = || workspace("Desk", 5_000).to_string();
    for header in [
        ("origin", "http://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = ask(&app, "PUT", "workspaces/Desk", &[NEW, header], good()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?}");
    }
    let list = get_of(app.clone(), "/api/v1/workspaces").await.json();
    assert_eq!(list["workspaces"], json!([]));
    let own = ("origin", "http://localhost:8080");
    let answer = ask(&app, "PUT", "workspaces/Desk", &[NEW, own], good()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn names_change_and_never_meet() {
    let app = app();
    for name in ["A", "B"] {
        let list = json!({"version": 1, "name": name, "instruments": ["coinbase:BTC-USD"]});
        let path = format!("watchlists/{name}");
        let created = ask(&app, "PUT", &path, &[NEW], list.to_string()).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    }
    let any = ("if-match", "*");
    let rename = async |to: &str| {
        let body = json!({ "name": to }).to_string();
        ask(&app, "POST", "watchlists/A/rename", &[any], body).await
    };
    let taken = rename("B").await;
    assert_eq!(
        (taken.status, &taken.json()["code"]),
        (StatusCode::CONFLICT, &json!("name_taken"))
    );
    assert_eq!(rename("").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rename("C").await.status, StatusCode::NO_CONTENT);
    assert_eq!(rename("D").await.status, StatusCode::NOT_FOUND);
    let renamed = get_of(app.clone(), "/api/v1/watchlists/C").await.json();
    assert_eq!(renamed["name"], json!("C"));
    let list = get_of(app.clone(), "/api/v1/watchlists").await.json();
    let names: Vec<&Value> = list["watchlists"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(names, ["B", "C"]);
}

#[tokio::test]
async fn only_so_many_are_kept() {
    let app = app();
    for number in 0..=100 {
        let name = format!("W{number}");
        let body = workspace(&name, 5_000).to_string();
        let answer = ask(&app, "PUT", &format!("workspaces/{name}"), &[NEW], body).await;
        match number {
            100 => assert_eq!(answer.json()["code"], json!("too_many")),
            _ => assert_eq!(answer.status, StatusCode::CREATED),
        }
    }
}

#[tokio::test]
async fn the_other_documents_are_kept_alike() {
    let app = app();
    for (path, good, wrong, field) in [
        (
            "drawings/coinbase:BTC-USD",
            json!({"version": 1, "drawings": [{"id": 1, "shape": "line", "price": "64213.50", "label": ""}]}),
            json!({"version": 1, "drawings": [{"id": 1, "shape": "line", "price": -1}]}),
            "/drawings/0/price",
        ),
        (
            "settings",
            json!({"version": 1, "settings": {"theme": "dark"}}),
            json!({"version": 1, "settings": {"theme": "pink"}}),
            "/settings/theme",
        ),
        (
            "current-workspaces",
            json!({"version": 1, "desktop": "Trader"}),
            json!({"version": 1, "tablet": "Trader"}),
            "/tablet",
        ),
    ] {
        let missing = ask(&app, "GET", path, &[], "").await;
        assert_eq!(missing.json()["code"], json!("unknown_document"), "{path}");
        let created = ask(&app, "PUT", path, &[NEW], good.to_string()).await;
        assert_eq!(
            created.status,
            StatusCode::CREATED,
            "{path}: {}",
            created.text
        );
        let any = ("if-match", "*");
        let refused = ask(&app, "PUT", path, &[any], wrong.to_string()).await;
        assert_eq!(refused.json()["errors"][0]["field"], json!(field), "{path}");
        let held = ask(&app, "GET", path, &[], "").await;
        assert_eq!(held.json(), good, "{path}");
        let gone = ask(&app, "DELETE", path, &[any], "").await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{path}");
    }
    let nowhere = ask(&app, "GET", "drawings/BTC", &[], "").await;
    assert_eq!(nowhere.status, StatusCode::BAD_REQUEST);
}

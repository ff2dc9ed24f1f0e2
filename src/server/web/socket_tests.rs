//! The live socket over a real line on loopback.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tradesuite_core::model::EventBody;
use tradesuite_core::protocol::{Body, Data, Message as Market};

use super::super::tests::{state, stored};
use super::super::{AppState, router};
use crate::server::hub::OutboxLimits;
use crate::server::hub::testing::{Events, delta, trade};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn serve(state: AppState) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router(state, Router::new())).await });
    address
}

async fn connect(address: SocketAddr, path: &str) -> Socket {
    let (socket, _) = connect_async(format!("ws://{address}{path}"))
        .await
        .expect("a socket");
    socket
}

async fn say(socket: &mut Socket, request: Value) {
    socket
        .send(Message::text(request.to_string()))
        .await
        .expect("sent");
}

/// The next text or binary message; pings are passed over.
async fn hear(socket: &mut Socket) -> Message {
    loop {
        match socket.next().await.expect("open").expect("a message") {
            Message::Ping(_) | Message::Pong(_) => {}
            message => return message,
        }
    }
}

async fn hear_json(socket: &mut Socket) -> Value {
    let message = hear(socket).await;
    serde_json::from_str(message.to_text().expect("text")).expect("json")
}

#[tokio::test]
async fn a_script_subscribes_and_hears_the_market() {
    let state = state(stored());
    let hub = state.service.hub().clone();
    let address = serve(state).await;
    let mut events = Events::default();
    hub.feed(&events.batch([EventBody::BookSnapshot(delta(
        5,
        &[(9_900, 5)],
        &[(10_100, 7)],
    ))]))
    .await;

    let mut socket = connect(address, "/ws/v1").await;
    let topics = [
        "book/btc-usd",
        "tape/x",
        "trades/coinbase:NO-SUCH",
        "alerts",
    ];
    say(
        &mut socket,
        json!({"op": "subscribe", "id": 1, "topics": topics}),
    )
    .await;
    let mut replies = Vec::new();
    for _ in 0..4 {
        replies.push(hear_json(&mut socket).await);
    }
    let codes: Vec<&str> = replies
        .iter()
        .filter_map(|reply| reply["code"].as_str())
        .collect();
    assert_eq!(codes, ["bad_topic", "unknown_instrument", "unavailable"]);
    assert_eq!(
        replies[3],
        json!({"op": "ok", "id": 1, "topics": ["book/coinbase:BTC-USD"]})
    );

    let snapshot = hear_json(&mut socket).await;
    assert_eq!(
        snapshot,
        json!({"v": 1, "topic": "book/coinbase:BTC-USD", "seq": 0, "kind": "snapshot", "data":
            {"time": 5, "sequence": 1, "bids": [[99, 0.00000005]], "asks": [[101, 0.00000007]]}})
    );
    hub.feed(&events.batch([EventBody::BookUpdate(delta(6, &[(9_900, 0)], &[]))]))
        .await;
    let update = hear_json(&mut socket).await;
    assert_eq!(
        (&update["seq"], &update["data"]["bids"]),
        (&json!(1), &json!([[99, 0]]))
    );

    say(
        &mut socket,
        json!({"op": "unsubscribe", "id": 2, "topics": ["book/coinbase:BTC-USD"]}),
    )
    .await;
    assert_eq!(hear_json(&mut socket).await["id"], json!(2));
    say(&mut socket, json!({"op": "ping", "id": 3})).await;
    assert_eq!(
        hear_json(&mut socket).await,
        json!({"op": "ok", "id": 3, "time": 1_795_442_262_123_i64})
    );
    socket.send(Message::text("{not json")).await.expect("sent");
    assert_eq!(hear_json(&mut socket).await["code"], json!("bad_request"));
}

#[tokio::test]
async fn the_page_hears_msgpack() {
    let state = state(stored());
    let hub = state.service.hub().clone();
    let address = serve(state).await;
    let mut socket = connect(address, "/ws/v1/trades/coinbase:BTC-USD?format=msgpack").await;
    let decode = |message: Message| Market::from_msgpack(&message.into_data()).expect("a message");
    let Body::Snapshot(Data::Trades(first)) = decode(hear(&mut socket).await).body else {
        panic!("no snapshot of trades");
    };
    assert_eq!(first.trades.len(), 4);
    let mut events = Events::default();
    hub.feed(&events.batch([EventBody::Trade(trade(9, 600_000, 1))]))
        .await;
    let update = decode(hear(&mut socket).await);
    assert_eq!((update.seq, update.body.kind()), (1, "update"));
}

#[tokio::test]
async fn strangers_and_nonsense_are_refused_before_the_upgrade() {
    let address = serve(state(stored())).await;
    for (path, origin, expected) in [
        ("/ws/v1", Some("http://evil.example"), 403),
        ("/ws/v1", Some("null"), 403),
        ("/ws/v1?format=xml", None, 400),
        ("/ws/v1/tape/coinbase:BTC-USD", None, 404),
        ("/ws/v1/trades/coinbase:NO-SUCH", None, 404),
    ] {
        let mut request = format!("ws://{address}{path}")
            .into_client_request()
            .expect("a request");
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().expect("a value"));
        }
        match connect_async(request).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), expected, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    let own = format!("http://{address}");
    let mut request = format!("ws://{address}/ws/v1")
        .into_client_request()
        .expect("a request");
    request
        .headers_mut()
        .insert("origin", own.parse().expect("a value"));
    connect_async(request).await.expect("its own page");
}

#[tokio::test]
async fn limits_are_said_and_kept() {
    let mut state = state(stored());
    state.sockets.topics = 1;
    state.sockets.connections = Arc::new(tokio::sync::Semaphore::new(1));
    let address = serve(state).await;
    let mut socket = connect(address, "/ws/v1").await;
    say(
        &mut socket,
        json!({"op": "subscribe", "id": 1, "topics": ["status", "ticker/BTC-USD"]}),
    )
    .await;
    assert_eq!(
        hear_json(&mut socket).await["code"],
        json!("too_many_topics")
    );
    match connect_async(format!("ws://{address}/ws/v1")).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_reader_that_was_cut_is_brought_up_to_date() {
    let mut state = state(stored());
    state.sockets.outbox = OutboxLimits {
        states: 1,
        events: 1,
        total: 1,
    };
    let hub = state.service.hub().clone();
    let address = serve(state).await;
    let mut socket = connect(address, "/ws/v1").await;
    let mut events = Events::default();
    hub.feed(&events.batch([EventBody::BookSnapshot(delta(5, &[(9_900, 5)], &[]))]))
        .await;
    let topics = [
        "book/BTC-USD",
        "ticker/BTC-USD",
        "trades/BTC-USD",
        "candles/BTC-USD/1m",
    ];
    say(&mut socket, json!({"op": "subscribe", "topics": topics})).await;
    let mut last = 0;
    for step in 0..400 {
        last = step + 10;
        hub.feed(&events.batch([
            EventBody::BookUpdate(delta(step, &[(9_900, last)], &[])),
            EventBody::Trade(trade(step as u64 + 100, 600_000 + step, 10_000)),
        ]))
        .await;
    }
    // Whatever was cut: the newest state of every topic comes in the end.
    let (mut book, mut trade) = (json!(null), json!(null));
    while book != json!(last as f64 / 1e8) || trade != json!(499) {
        let message = hear_json(&mut socket).await;
        let topic = message["topic"].as_str().unwrap_or_default();
        if topic.starts_with("book/") && message["data"]["bids"][0][1].is_number() {
            book = message["data"]["bids"][0][1].clone();
        }
        if topic.starts_with("trades/") {
            trade = message["data"]["trades"]
                .as_array()
                .expect("rows")
                .last()
                .expect("one")["id"]
                .clone();
        }
    }
}

#[tokio::test]
async fn the_server_says_goodbye() {
    let state = state(stored());
    let shutdown = state.shutdown.clone();
    let address = serve(state).await;
    let mut socket = connect(address, "/ws/v1").await;
    say(&mut socket, json!({"op": "ping"})).await;
    hear(&mut socket).await;
    shutdown.cancel();
    match hear(&mut socket).await {
        Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), 1001),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn open_sockets_are_told_of_the_end_and_waited_for() {
    let state = state(stored());
    let (shutdown, tasks) = (state.shutdown.clone(), state.tasks.clone());
    let address = serve(state).await;
    let mut socket = connect(address, "/ws/v1/trades/coinbase:BTC-USD").await;
    hear(&mut socket).await;
    assert_eq!(tasks.len(), 1);
    // This one never reads.
    let _stuck = connect(address, "/ws/v1/status").await;
    shutdown.cancel();
    tasks.close();
    let Message::Close(Some(goodbye)) = hear(&mut socket).await else {
        panic!("no goodbye");
    };
    assert_eq!(goodbye.reason.as_str(), "the server is stopping");
    drop(socket);
    tasks.wait().await;
    assert!(tasks.is_empty());
}

#[tokio::test]
async fn what_is_no_request_is_answered_with_its_number() {
    let address = serve(state(stored())).await;
    let mut socket = connect(address, "/ws/v1").await;
    for (request, id) in [
        (json!({"op": "dance", "id": 7}), json!(7)),
        (json!({"op": "subscribe", "id": 8, "topics": 5}), json!(8)),
        (json!({"op": "dance", "id": "x"}), Value::Null),
        (json!([1]), Value::Null),
    ] {
        say(&mut socket, request.clone()).await;
        let reply = hear_json(&mut socket).await;
        assert_eq!(
            (&reply["op"], &reply["id"]),
            (&json!("error"), &id),
            "{request}"
        );
        assert_eq!(reply["code"], "bad_request");
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_ends_the_line_with_a_word() {
    let address = serve(state(stored())).await;
    for size in [64 * 1024 + 1, 512 * 1024] {
        let mut socket = connect(address, "/ws/v1").await;
        let large = Message::text(" ".repeat(size));
        socket.send(large).await.expect("sent");
        let Message::Close(Some(goodbye)) = hear(&mut socket).await else {
            panic!("no goodbye");
        };
        assert_eq!(u16::from(goodbye.code), 1009);
    }
}

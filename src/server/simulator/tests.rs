//! Over real sockets on loopback: what a client builds from the messages equals the market.
//!
//! Real time passes here, so nothing is asserted about how long anything takes; the limit only
//! ends a test that would wait for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{BookDelta, BookLevel, Decimal, Precision, Price, Quantity};

use super::*;

const LIMIT: Duration = Duration::from_secs(60);

struct World {
    handle: SimulatorHandle,
    shutdown: CancellationToken,
}

impl World {
    async fn open(rate: f64, instruments: &str) -> Self {
        let shutdown = CancellationToken::new();
        let config = SimulatorConfig {
            rate_events_per_s: rate,
            instruments: instruments.parse().unwrap(),
            ..SimulatorConfig::default()
        };
        let handle = serve(config, Clock::system(), shutdown.clone())
            .await
            .unwrap();
        Self { handle, shutdown }
    }

    async fn line(&self) -> Line {
        let url = format!("ws://{}/", self.handle.address());
        let (socket, _) = connect_async(url).await.unwrap();
        Line {
            socket,
            next_number: None,
        }
    }

    async fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.handle.address()).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let status = answer[9..12].parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let path = format!("/api/v3/brokerage/{path}");
        self.request("GET", &path, "").await
    }

    async fn close(self) {
        self.shutdown.cancel();
        timeout(LIMIT, self.handle.finished())
            .await
            .unwrap()
            .unwrap();
    }
}

struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_number: Option<u64>,
}

impl Line {
    async fn say(&mut self, value: Value) {
        self.socket
            .send(Message::text(value.to_string()))
            .await
            .unwrap();
    }

    async fn subscribe(&mut self, channel: &str, products: &[&str]) {
        let request = json!({"type": "subscribe", "channel": channel, "product_ids": products});
        self.say(request).await;
    }

    /// The next message, `None` at the end of the line.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let message = timeout(LIMIT, self.socket.next())
                .await
                .expect("no message")?;
            match message.ok()? {
                Message::Text(text) => return serde_json::from_str(&text).ok(),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next message, whose number must follow the last.
    async fn next_in_order(&mut self) -> Value {
        let message = self.next().await.expect("the line ended");
        let number = message["sequence_num"].as_u64().expect("a number");
        assert_eq!(number, self.next_number.unwrap_or(0), "{message}");
        self.next_number = Some(number + 1);
        message
    }
}

fn count_of(text: &Value, decimals: u8) -> i64 {
    let decimal = Decimal::parse(text.as_str().expect("a string")).expect("a decimal");
    decimal.mantissa_at(decimals).expect("within the precision")
}

/// What a client keeps of one product.
struct Mirror {
    precision: Precision,
    book: OrderBook,
    last_trade: Option<u64>,
}

impl Mirror {
    fn new() -> Self {
        let precision = Precision {
            price: 2,
            quantity: 8,
        };
        Self {
            precision,
            book: OrderBook::new(precision),
            last_trade: None,
        }
    }

    fn take_book(&mut self, event: &Value) {
        let mut delta = BookDelta::default();
        for update in event["updates"].as_array().unwrap() {
            let level = BookLevel {
                price: Price(count_of(&update["price_level"], 2)),
                quantity: Quantity(count_of(&update["new_quantity"], 8)),
            };
            match update["side"].as_str().unwrap() {
                "bid" => delta.bids.push(level),
                "offer" => delta.asks.push(level),
                other => panic!("{other}"),
            }
        }
        let applied = match event["type"].as_str().unwrap() {
            "snapshot" => self.book.apply_snapshot(&delta, self.precision),
            _ => self.book.apply_update(&delta, self.precision),
        };
        applied.unwrap();
        assert!(!self.book.is_crossed());
    }

    fn take_trades(&mut self, event: &Value) {
        for trade in event["trades"].as_array().unwrap().iter().rev() {
            let id: u64 = trade["trade_id"].as_str().unwrap().parse().unwrap();
            assert!(
                self.last_trade.is_none_or(|last| id == last + 1),
                "trades are missing"
            );
            self.last_trade = Some(id);
        }
    }
}

#[tokio::test]
async fn a_client_rebuilds_the_market_from_its_messages() {
    let world = World::open(2_000.0, "BTC-USD,ETH-USD").await;
    let mut line = world.line().await;
    let products = ["BTC-USD", "ETH-USD"];
    for channel in ["level2", "market_trades", "ticker"] {
        line.subscribe(channel, &products).await;
    }
    line.say(json!({"type": "subscribe", "channel": "heartbeats"}))
        .await;
    let mut mirrors: BTreeMap<_, _> = products.map(|name| (name, Mirror::new())).into();
    let (mut seen, mut state) = (BTreeSet::new(), Value::Null);
    for step in 0_u32.. {
        if step == 120 {
            (_, state) = world.request("POST", "/sim/pause", "").await;
        }
        let message = line.next_in_order().await;
        let channel = message["channel"].as_str().unwrap().to_owned();
        for event in message["events"].as_array().unwrap() {
            let product = event["product_id"]
                .as_str()
                .or(event["trades"][0]["product_id"].as_str());
            let mirror = product.and_then(|name| mirrors.get_mut(name));
            match (channel.as_str(), mirror) {
                ("l2_data", Some(mirror)) => mirror.take_book(event),
                ("market_trades", Some(mirror)) => mirror.take_trades(event),
                ("ticker" | "heartbeats" | "subscriptions", _) => {}
                _ => panic!("{message}"),
            }
        }
        seen.insert(channel);
        let agreed = mirrors.iter().all(|(name, mirror)| {
            let true_state = &state["instruments"][*name];
            true_state["digest"] == mirror.book.digest().as_str()
                && true_state["last_trade_id"].as_u64() == mirror.last_trade
        });
        if agreed {
            break;
        }
    }
    let all = [
        "heartbeats",
        "l2_data",
        "market_trades",
        "subscriptions",
        "ticker",
    ];
    assert!(seen.iter().map(String::as_str).eq(all), "{seen:?}");
    world.close().await;
}

#[tokio::test]
async fn requests_that_make_no_sense_are_answered_without_a_number() {
    let world = World::open(50.0, "1").await;
    let mut line = world.line().await;
    for (request, part) in [
        (
            json!({"type": "subscribe", "channel": "level2", "product_ids": ["XAU-USD"]}),
            "XAU-USD",
        ),
        (
            json!({"type": "subscribe", "channel": "level2"}),
            "product_ids",
        ),
        (json!({"type": "subscribe", "channel": "full"}), "full"),
        (json!(7), "parse"),
    ] {
        line.say(request).await;
        let answer = line.next().await.unwrap();
        assert_eq!(answer["type"], "error");
        assert!(
            answer["message"].as_str().unwrap().contains(part),
            "{answer}"
        );
        assert!(answer.get("sequence_num").is_none());
    }
    line.subscribe("ticker", &["BTC-USD"]).await;
    assert_eq!(line.next_in_order().await["events"][0]["type"], "snapshot");
    world.close().await;
}

#[tokio::test]
async fn who_does_not_subscribe_is_sent_away() {
    let world = World::open(50.0, "1").await;
    let mut line = world.line().await;
    assert_eq!(line.next().await, None);
    world.close().await;
}

#[tokio::test]
async fn faults_can_be_asked_for_at_run_time() {
    let world = World::open(500.0, "1").await;
    let mut line = world.line().await;
    line.subscribe("level2", &["BTC-USD"]).await;
    for _ in 0..5 {
        line.next_in_order().await;
    }
    let (status, _) = world
        .request("POST", "/sim/faults", r#"{"once":["drop"]}"#)
        .await;
    assert_eq!(status, 200);
    let mut last = line.next_number.unwrap() - 1;
    loop {
        let number = line.next().await.unwrap()["sequence_num"].as_u64().unwrap();
        if number == last + 2 {
            break;
        }
        assert_eq!(number, last + 1);
        last = number;
    }
    world
        .request("POST", "/sim/faults", r#"{"once":["cut"]}"#)
        .await;
    while line.next().await.is_some() {}

    let (status, answer) = world.request("POST", "/sim/faults", r#"{"drop":2}"#).await;
    assert_eq!(
        (
            status,
            answer["error"].as_str().unwrap().contains("probability")
        ),
        (400, true)
    );
    let (_, plan) = world
        .request("POST", "/sim/faults", r#"{"http5xx":1,"cut":"90s"}"#)
        .await;
    assert_eq!(
        (plan["http5xx"].as_f64(), plan["cut"].as_f64()),
        (Some(1.0), Some(90.0))
    );
    assert_eq!(world.get("time").await.0, 500);
    world
        .request("POST", "/sim/faults", r#"{"http5xx":0,"http403":1}"#)
        .await;
    assert_eq!(world.get("time").await.0, 403);
    assert!(
        connect_async(format!("ws://{}/", world.handle.address()))
            .await
            .is_err()
    );
    world.close().await;
}

#[tokio::test]
async fn history_over_rest_is_consistent_and_limited() {
    let world = World::open(100.0, "2").await;
    let now = Clock::system().now().0 / 1_000_000_000;
    let day = now / 86_400 * 86_400 - 30 * 86_400;
    let candles = async |granularity: &str, start: i64, end: i64| {
        let path = format!(
            "market/products/ETH-USD/candles?start={start}&end={end}&granularity={granularity}"
        );
        let (status, body) = world.get(&path).await;
        assert_eq!(status, 200, "{body}");
        let mut bars = body["candles"].as_array().unwrap().clone();
        bars.reverse();
        bars
    };
    let minutes = candles("ONE_MINUTE", day, day + 299 * 60).await;
    assert_eq!(minutes.len(), 300);
    let hours = candles("ONE_HOUR", day, day + 4 * 3_600).await;
    assert_eq!(hours.len(), 5);
    for (hour, minutes) in hours.iter().zip(minutes.chunks(60)) {
        let counts = |field: &str, decimals| {
            let count = |bar: &Value| count_of(&bar[field], decimals);
            (count(hour), minutes.iter().map(count).collect::<Vec<_>>())
        };
        let (open, opens) = counts("open", 2);
        let (close, closes) = counts("close", 2);
        let (high, highs) = counts("high", 2);
        let (volume, volumes) = counts("volume", 8);
        assert_eq!((open, close), (opens[0], closes[59]));
        assert_eq!(
            (Some(high), volume),
            (highs.into_iter().max(), volumes.iter().sum())
        );
    }
    // The newest minutes were played: their bars go up to now.
    let newest = candles("ONE_MINUTE", now - 600, now + 60).await;
    assert!(newest.len() >= 10);
    let days = candles("ONE_DAY", day - 349 * 86_400, day).await;
    assert_eq!(days.len(), 350);
    let (status, body) = world
        .get("market/products/BTC-USD/candles?start=0&end=90000&granularity=ONE_MINUTE")
        .await;
    assert_eq!(
        (status, body["error"].as_str()),
        (400, Some("INVALID_ARGUMENT"))
    );
    assert_eq!(world.get("market/products/XAU-USD").await.0, 404);
    let mut refused = false;
    for _ in 0..40 {
        refused |= world.get("time").await.0 == 429;
    }
    assert!(
        refused,
        "ten requests a second are allowed, not forty at once"
    );
    world.close().await;
}

#[tokio::test]
async fn products_and_trades_over_rest() {
    let world = World::open(500.0, "3").await;
    let (_, products) = world.get("market/products").await;
    assert_eq!(products["num_products"], 3);
    let (_, product) = world.get("market/products/SOL-USD").await;
    assert_eq!(
        (
            product["price_increment"].as_str(),
            product["status"].as_str()
        ),
        (Some("0.01"), Some("online"))
    );
    let (_, trades) = world.get("market/products/BTC-USD/ticker?limit=50").await;
    let ids: Vec<u64> = trades["trades"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trade| trade["trade_id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(ids.len(), 50);
    assert!(
        ids.windows(2).all(|pair| pair[0] == pair[1] + 1),
        "newest first, none missing"
    );
    assert_eq!(world.get("market/products/BTC-USD/ticker").await.0, 400);
    world.close().await;
}

#[tokio::test]
async fn only_loopback_is_bound() {
    let config = SimulatorConfig {
        bind: SocketAddr::from(([0, 0, 0, 0], 0)),
        ..SimulatorConfig::default()
    };
    let refused = serve(config, Clock::system(), CancellationToken::new()).await;
    assert!(refused.unwrap_err().to_string().contains("loopback"));
}

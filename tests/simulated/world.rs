//! A simulated market to hold adapters against, and asking it over HTTP.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tradesuite::server::clock::Clock;
use tradesuite::server::exchange::HttpRequest;
use tradesuite::server::simulator::{self, SimulatorConfig, SimulatorHandle};

/// Ends a test that would wait for ever.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A market with so many events a second.
pub async fn open(rate: f64, shutdown: &CancellationToken) -> SimulatorHandle {
    let config = SimulatorConfig {
        rate_events_per_s: rate,
        ..SimulatorConfig::default()
    };
    simulator::serve(config, Clock::system(), shutdown.clone())
        .await
        .expect("a simulated market")
}

/// The body of a good answer.
pub async fn http(world: &SimulatorHandle, method: &str, target: &str, body: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(world.address())
        .await
        .expect("a connection");
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
        .split_once("\r\n\r\n")
        .expect("a body")
        .1
        .as_bytes()
        .to_vec()
}

/// The answer to what an adapter asks.
pub async fn get(world: &SimulatorHandle, request: &HttpRequest) -> Vec<u8> {
    let query: Vec<_> = request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let target = format!("{}?{}", request.path, query.join("&"));
    http(world, "GET", &target, "").await
}

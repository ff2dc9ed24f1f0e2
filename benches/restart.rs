//! The start of a server that was killed five minutes after its store took nothing any more: `cargo
//! bench --features ssr --bench restart`. A real process on the simulated market, with a journal
//! that nobody has passed.
#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that fails has nothing to say"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tradesuite::server::clock::{Clock, Stopwatch};
use tradesuite::server::collector::tls;
use tradesuite::server::journal::{Journal, JournalOptions};
use tradesuite_core::model::{
    BookDelta, BookLevel, EventBody, InstrumentId, MarketEvent, Precision, Price, Quantity, Side,
    Trade, TradeId, UnixNs,
};

const SECONDS: i64 = 5 * 60;
/// Events of a second: of a busy market, a fifth of them trades.
const RATE: i64 = 2_000;
const TIMES: usize = 5;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut ready = Vec::new();
        let mut caught_up = Vec::new();
        for _ in 0..TIMES {
            let folder = tempfile::tempdir().unwrap();
            let (first, address) = start(folder.path());
            until_ready(&address).await;
            drop(first);
            let last = fill(&folder.path().join("journal.db")).await;

            let watch = Stopwatch::start();
            let (_server, address) = start(folder.path());
            until_ready(&address).await;
            ready.push(watch.elapsed());
            until_held(&address, last).await;
            caught_up.push(watch.elapsed());
        }
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[TIMES / 2]
        };
        println!(
            "start with {} events to replay: ready after {:?} (goal 2 s), all of them in the store after {:?}",
            SECONDS * RATE,
            median(&mut ready),
            median(&mut caught_up)
        );
    });
}

/// A process that is killed when its value goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(data: &Path) -> (Running, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tradesuite"))
        .args(["serve", "--demo", "--bind", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = child.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on ").unwrap();
    (Running(child), address.to_owned())
}

async fn until_ready(address: &str) {
    let url = format!("{address}/readyz");
    until(async || get(&url).await.is_some()).await;
}

/// Waits until the store has the trade of this number.
async fn until_held(address: &str, last: u64) {
    let url = format!(
        "{address}/api/v1/trades?instrument={}&limit=1",
        instrument()
    );
    until(async || {
        let Some(page) = get(&url).await else {
            return false;
        };
        let page: Value = serde_json::from_slice(&page).unwrap();
        page["trades"][0]["id"].as_u64() == Some(last)
    })
    .await;
}

async fn until(mut look: impl AsyncFnMut() -> bool) {
    while !look().await {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn get(url: &str) -> Option<Vec<u8>> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured((*tls::client_config()).clone())
        .build()
        .unwrap();
    let answer = client.get(url).send().await.ok()?;
    let answer = answer.error_for_status().ok()?;
    Some(answer.bytes().await.ok()?.to_vec())
}

/// One that the simulated market does not have, so that nothing else is written of it.
fn instrument() -> InstrumentId {
    InstrumentId::new("coinbase", "OLD-USD").unwrap()
}

/// Adds events that nobody has passed. Returns the number of the last trade.
async fn fill(path: &Path) -> u64 {
    let journal = Journal::open(path, JournalOptions::default()).unwrap();
    let begin = Clock::system().now().0 - SECONDS * 1_000_000_000;
    let mut last = 0;
    for second in 0..SECONDS {
        let events = (0..RATE).map(|number| {
            let time = UnixNs(begin + (second * RATE + number) * (1_000_000_000 / RATE));
            let body = match number % 5 {
                0 => {
                    last += 1;
                    EventBody::Trade(trade(last, time))
                }
                _ => change(number, time, second == 0 && number == 1),
            };
            MarketEvent {
                instrument: instrument(),
                precision: Precision {
                    price: 2,
                    quantity: 8,
                },
                received: time,
                body,
            }
        });
        journal.append(events.collect()).await.unwrap();
    }
    journal.close().await.unwrap();
    last
}

fn trade(id: u64, time: UnixNs) -> Trade {
    Trade {
        id: TradeId(id),
        time,
        received: time,
        price: Price(6_421_355 + (id % 99) as i64),
        quantity: Quantity(1_234_567),
        side: Side::Buy,
    }
}

/// A few levels of each side.
fn change(number: i64, time: UnixNs, is_first: bool) -> EventBody {
    let level = |price: i64| BookLevel {
        price: Price(price),
        quantity: Quantity(1_000_000 + number),
    };
    let delta = BookDelta {
        time,
        bids: (0..2)
            .map(|step| level(6_421_000 - number % 50 - step))
            .collect(),
        asks: (0..2)
            .map(|step| level(6_422_000 + number % 50 + step))
            .collect(),
    };
    match is_first {
        true => EventBody::BookSnapshot(delta),
        false => EventBody::BookUpdate(delta),
    }
}

//! A long run: faults, kills and calm in a random order, on both venues.

use std::collections::BTreeMap;
use std::time::Duration;

use tradesuite::server::clock::Stopwatch;

use crate::faults::{FAULTS, NOTHING};
use crate::ledger;
use crate::process::{Market, Server, until};

const SYMBOLS: [&str; 2] = ["BTC-USD", "ETH-USD"];
const EXCHANGES: [&str; 2] = ["coinbase", "kraken"];
/// Orders a second of the market.
const RATE: u32 = 500;
/// More resident memory than this is a leak: the market is small.
const MOST_BYTES: u64 = 200_000_000;
/// A server that was spared for so long must have its size, and keep it.
const LONG: Duration = Duration::from_secs(600);
/// What it may grow after that, bytes: caches that fill, an allocator that keeps what it had.
const GROWTH_BYTES: u64 = 15_000_000;

/// How long it goes on.
fn length() -> Duration {
    let asked = std::env::var("FIRE_SOAK_S").ok();
    let seconds = asked.map_or(20, |text| text.parse().expect("FIRE_SOAK_S is a number"));
    Duration::from_secs(seconds)
}

/// What happens next: the same in every run.
struct Fate(u64);

impl Fate {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_for_however_long_nothing_differs_at_the_end() {
    let length = length();
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let market = Market::start(&SYMBOLS, RATE, &log);
    let start = || Server::start_on(&market, &EXCHANGES, &data, &log);
    let (mut server, mut fate, mut told) = (start(), Fate(1), BTreeMap::new());
    let (mut faults, mut kills, mut memory) = (0, 0, Vec::new());
    // The memory of the server that is spared, by the time since it was first.
    let mut spared = Vec::new();
    let watch = Stopwatch::start();
    while watch.elapsed() < length {
        // The second half kills nothing: what grows shall have the time to show it.
        let is_spared = watch.elapsed() > length / 2;
        match fate.below(4) {
            0 if !is_spared => {
                server.kill();
                server = start();
                kills += 1;
            }
            1 => tokio::time::sleep(Duration::from_secs(3)).await,
            _ => {
                let (fault, ms) = FAULTS[fate.below(FAULTS.len())];
                market.faults(fault).await;
                tokio::time::sleep(Duration::from_millis(ms)).await;
                market.faults(NOTHING).await;
                faults += 1;
            }
        }
        market.tell(&mut told).await;
        let bytes = server.memory().await;
        memory.push(bytes);
        if is_spared {
            spared.push((watch.elapsed() - length / 2, bytes));
        }
    }
    market.trade_once_more(&mut told).await;
    for instrument in instruments() {
        ledger::everything_fetched(&server, &instrument).await;
    }
    let state = market.pause().await;
    market.tell(&mut told).await;
    for instrument in instruments() {
        let (_, symbol) = instrument.split_once(':').expect("an instrument");
        let last = &state["instruments"][symbol]["last_trade_id"];
        let path = format!("trades?instrument={instrument}&limit=1");
        until("the newest trade", async || {
            let page = server.get(&path).await?;
            (page["trades"].as_array()?.last()?["id"] == *last).then_some(())
        })
        .await;
        let found = ledger::compare(&server, &instrument, &told[symbol]).await;
        println!("{instrument}: {found}");
    }
    let most = memory.iter().max().copied().unwrap_or_default();
    let megabytes: Vec<u64> = memory.iter().map(|bytes| bytes / 1_000_000).collect();
    println!("{faults} faults, {kills} kills in {length:?}; memory in MB: {megabytes:?}");
    assert!(most < MOST_BYTES, "{most} bytes of memory");
    let grown = growth(&spared);
    println!("grown by {grown} bytes after {LONG:?}");
    assert!(grown < GROWTH_BYTES, "grown by {grown} bytes");
}

/// How much more than at first a server held last, once it had run for [`LONG`]; 0 for one that
/// did not.
fn growth(spared: &[(Duration, u64)]) -> u64 {
    let settled: Vec<u64> = spared
        .iter()
        .filter(|(age, _)| *age > LONG)
        .map(|(_, bytes)| *bytes)
        .collect();
    let most = |part: &[u64]| part.iter().max().copied().unwrap_or_default();
    let quarter = settled.len() / 4;
    let (first, last) = (&settled[..quarter], &settled[settled.len() - quarter..]);
    most(last).saturating_sub(most(first))
}

fn instruments() -> impl Iterator<Item = String> {
    let of = |exchange: &str| SYMBOLS.map(|symbol| format!("{exchange}:{symbol}"));
    EXCHANGES.into_iter().flat_map(of)
}

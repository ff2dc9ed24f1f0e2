//! `kill -9` at random moments.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tradesuite::server::journal::{Journal, JournalOptions, TailKind};
use tradesuite_core::model::{EventBody, Position};

use crate::ledger::{self, Trades};
use crate::process::{Market, Server, until};

const SYMBOLS: [&str; 3] = ["BTC-USD", "ETH-USD", "SOL-USD"];
/// Orders a second of the market.
const RATE: u32 = 2_000;

/// How often the server is killed.
fn kills() -> usize {
    let asked = std::env::var("FIRE_KILLS").ok();
    asked.map_or(3, |text| text.parse().expect("FIRE_KILLS is a number"))
}

/// Moments after the start or after trades begin to flow, milliseconds: spread without a clock's help.
fn moments() -> impl Iterator<Item = u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % 2_500
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let market = Market::start(&SYMBOLS, RATE, &log);
    let mut told = BTreeMap::new();
    let mut committed: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let kills = kills();
    for (index, moment) in moments().take(kills).enumerate() {
        let server = Server::start(&market, "coinbase", &data, &log);
        // Every other one is hit while it takes over what the last one left, or soon after.
        if index % 2 == 0 {
            let before = newest(&server).await;
            until("new trades", async || {
                (newest(&server).await > before).then_some(())
            })
            .await;
        }
        tokio::time::sleep(Duration::from_millis(moment)).await;
        server.kill();
        read_journal(&data, &folder.path().join("copy.db"), &mut committed).await;
        market.tell(&mut told).await;
    }

    let server = Server::start(&market, "coinbase", &data, &log);
    let started_in = server.started_in;
    let state = market.pause().await;
    market.tell(&mut told).await;
    for symbol in SYMBOLS {
        let last = state["instruments"][symbol]["last_trade_id"].as_u64();
        until("the newest trade", async || {
            (newest_of(&server, symbol).await == last).then_some(())
        })
        .await;
        ledger::everything_fetched(&server, &format!("coinbase:{symbol}")).await;
    }
    for symbol in SYMBOLS {
        let instrument = format!("coinbase:{symbol}");
        let told: &Trades = &told[symbol];
        let found = ledger::compare(&server, &instrument, told).await;
        let held = ledger::held(&server, &instrument).await;
        let journalled = &committed[&instrument];
        assert!(found.bars > 0, "{instrument}: {found}");
        for id in journalled {
            assert!(
                held.contains_key(id),
                "trade {id} of {instrument} was committed"
            );
        }
        println!(
            "{instrument}: {found}, {} read from journals",
            journalled.len()
        );
    }
    println!("{kills} kills; the last start took {started_in:?}");
}

async fn newest(server: &Server) -> Option<u64> {
    newest_of(server, SYMBOLS[0]).await
}

async fn newest_of(server: &Server, symbol: &str) -> Option<u64> {
    let path = format!("trades?instrument=coinbase:{symbol}&limit=1");
    let page = server.get(&path).await?;
    page["trades"].as_array()?.last()?["id"].as_u64()
}

/// Notes which trades the killed server had committed, from a copy of its journal.
async fn read_journal(data: &Path, copy: &Path, committed: &mut BTreeMap<String, Vec<u64>>) {
    for suffix in ["", "-wal"] {
        let file = |path: &Path| format!("{}{suffix}", path.display());
        let _ = std::fs::remove_file(file(copy));
        if Path::new(&file(&data.join("journal.db"))).exists() {
            std::fs::copy(file(&data.join("journal.db")), file(copy)).expect("a copy");
        }
    }
    let journal = Journal::open(copy, JournalOptions::default()).expect("the journal opens");
    let mut tail = journal.tail_from(Position(1), TailKind::Committed);
    journal.close().await.expect("closes");
    while let Some(batch) = tail.next().await.expect("reads") {
        for event in batch.iter().map(|sequenced| &sequenced.event) {
            if let EventBody::Trade(trade) | EventBody::Backfill(trade) = &event.body {
                let ids = committed.entry(event.instrument.to_string()).or_default();
                ids.push(trade.id.0);
            }
        }
    }
}

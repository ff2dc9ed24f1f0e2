//! Everything that a venue's line and its REST interface can do wrong, one after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::ledger;
use crate::process::{Market, Server, until};
use crate::reader::{Levels, Reader, units};

const SYMBOL: &str = "BTC-USD";
/// Orders a second of the market.
const RATE: u32 = 400;
/// Levels a side that are compared: what a reader gets, and less than any venue sends.
const DEPTH: usize = 50;

/// What is switched on, and for how long.
const FAULTS: [(&str, u64); 11] = [
    (r#"{"cut": "800ms"}"#, 2_500),
    (r#"{"stall": "500ms"}"#, 1_500),
    (r#"{"drop": 0.05}"#, 2_500),
    (r#"{"repeat": 0.05}"#, 2_000),
    (r#"{"swap": 0.05}"#, 2_000),
    (r#"{"corrupt": 0.02}"#, 2_500),
    (r#"{"malformed": 0.02}"#, 2_500),
    (r#"{"giant": 0.02}"#, 2_500),
    (r#"{"late_snapshot": "1500ms", "cut": "1s"}"#, 3_000),
    (r#"{"http429": 0.5, "cut": "1s"}"#, 3_000),
    (r#"{"http5xx": 0.5, "cut": "1s"}"#, 3_000),
];
const NOTHING: &str = r#"{"cut":null,"stall":null,"drop":null,"repeat":null,"swap":null,"corrupt":null,"malformed":null,"giant":null,"late_snapshot":null,"http429":null,"http5xx":null}"#;

#[tokio::test(flavor = "multi_thread")]
async fn after_every_fault_of_coinbase_the_book_and_the_trades_are_the_markets() {
    every_fault("coinbase", &FAULTS).await;
}

async fn every_fault(exchange: &str, faults: &[(&str, u64)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let market = Market::start(&[SYMBOL], RATE, &log);
    let server = Server::start(&market, exchange, &data, &log);
    let instrument = format!("{exchange}:{SYMBOL}");
    let reader = Reader::follow(server.address(), &instrument).await;
    let mut told = BTreeMap::new();
    agree(&market, &server, &reader, &instrument, "the start").await;
    for (fault, ms) in faults {
        market.faults(fault).await;
        tokio::time::sleep(Duration::from_millis(*ms)).await;
        market.faults(NOTHING).await;
        agree(&market, &server, &reader, &instrument, fault).await;
        market.tell(&mut told).await;
    }
    let path = format!("gaps?instrument={instrument}&start=0");
    until("every gap to have an end", async || {
        let gaps = server.all("gaps", &path).await;
        gaps.iter().all(|gap| gap["end"].is_i64()).then_some(())
    })
    .await;
    let view = reader.view();
    assert_eq!(view.wrong, [""; 0], "what a reader was shown");
    let found = ledger::compare(&server, &instrument, &told[SYMBOL]).await;
    assert!(found.bars > 0, "{found}");
    println!("{instrument}: {found}; {} messages read", view.messages);
}

/// Waits until server and reader hold what the market, standing still, has.
async fn agree(market: &Market, server: &Server, reader: &Reader, instrument: &str, fault: &str) {
    let state = market.pause().await;
    let last = &state["instruments"][SYMBOL]["last_trade_id"];
    let truth = levels(&market.book(SYMBOL, DEPTH).await);
    until(
        &format!("the market's book and newest trade after {fault}"),
        async || {
            let held = server
                .get(&format!("book?instrument={instrument}&depth={DEPTH}"))
                .await?;
            let trades = server
                .get(&format!("trades?instrument={instrument}&limit=1"))
                .await?;
            let newest = &trades["trades"].as_array()?.last()?["id"];
            let view = reader.view();
            let same = held["stale"] == false
                && levels(&held) == truth
                && !view.stale
                && view.levels() == truth
                && newest == last;
            same.then_some(())
        },
    )
    .await;
    market.resume().await;
}

/// Price and quantity of each level a side, best first.
fn levels(book: &Value) -> Levels {
    let side = |name: &str| {
        let levels = book[name].as_array().expect("levels").iter();
        levels
            .map(|level| (units(&level[0]), units(&level[1])))
            .collect()
    };
    (side("bids"), side("asks"))
}

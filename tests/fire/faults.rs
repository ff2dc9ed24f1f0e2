//! Everything that a venue's line and its REST interface can do wrong, one after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::ledger;
use crate::process::{Market, Server, until_said};
use crate::reader::{Levels, Reader, units};

const SYMBOL: &str = "BTC-USD";
/// Orders a second of the market.
const RATE: u32 = 400;
/// Levels a side that a reader gets, which is less than any venue sends.
const READ: usize = 50;

/// What is switched on, and for how long.
pub const FAULTS: [(&str, u64); 13] = [
    (r#"{"cut": "800ms"}"#, 2_500),
    (r#"{"stall": "500ms"}"#, 1_500),
    (r#"{"drop": 0.05}"#, 2_500),
    (r#"{"repeat": 0.05}"#, 2_000),
    (r#"{"swap": 0.05}"#, 2_000),
    (r#"{"corrupt": 0.02}"#, 2_500),
    (r#"{"malformed": 0.02}"#, 2_500),
    (r#"{"wrong_checksum": 0.05}"#, 2_500),
    (r#"{"giant": 0.02}"#, 2_500),
    (r#"{"late_snapshot": "1500ms", "cut": "1s"}"#, 3_000),
    (r#"{"http429": 0.5, "cut": "1s"}"#, 3_000),
    (r#"{"http5xx": 0.5, "cut": "1s"}"#, 3_000),
    (r#"{"busy": 0.5, "cut": "1s"}"#, 3_000),
];
/// Switches all of them off.
pub const NOTHING: &str = r#"{"cut":null,"stall":null,"drop":null,"repeat":null,"swap":null,"corrupt":null,"malformed":null,"wrong_checksum":null,"giant":null,"late_snapshot":null,"http429":null,"http5xx":null,"busy":null}"#;

#[tokio::test(flavor = "multi_thread")]
async fn after_every_fault_of_coinbase_the_book_and_the_trades_are_the_markets() {
    every_fault("coinbase", READ).await;
}

/// A change that is lost below the tenth level escapes Kraken's checksum.
#[tokio::test(flavor = "multi_thread")]
async fn after_every_fault_of_kraken_the_book_and_the_trades_are_the_markets() {
    every_fault("kraken", 10).await;
}

/// A server on a market, and a reader of the server's book.
struct Trial {
    market: Market,
    server: Server,
    reader: Reader,
    instrument: String,
    /// Levels a side that are compared.
    depth: usize,
}

async fn every_fault(exchange: &str, depth: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let market = Market::start(&[SYMBOL], RATE, &log);
    let server = Server::start(&market, exchange, &data, &log);
    let instrument = format!("{exchange}:{SYMBOL}");
    let trial = Trial {
        reader: Reader::follow(server.address(), &instrument).await,
        market,
        server,
        instrument,
        depth,
    };
    let mut told = BTreeMap::new();
    trial.agree("the start").await;
    for (fault, ms) in FAULTS {
        trial.market.resume().await;
        trial.market.faults(fault).await;
        tokio::time::sleep(Duration::from_millis(ms)).await;
        trial.market.faults(NOTHING).await;
        trial.market.trade_once_more(&mut told).await;
        trial.agree(fault).await;
        trial.market.tell(&mut told).await;
    }
    trial.market.resume().await;
    ledger::everything_fetched(&trial.server, &trial.instrument).await;
    trial.agree("everything").await;
    trial.market.tell(&mut told).await;
    let view = trial.reader.view();
    assert_eq!(view.wrong, [""; 0], "what a reader was shown");
    let found = ledger::compare(&trial.server, &trial.instrument, &told[SYMBOL]).await;
    assert!(found.bars > 0, "{found}");
    println!(
        "{}: {found}; {} messages read",
        trial.instrument, view.messages
    );
}

impl Trial {
    /// Has the market stand still, and waits until server and reader hold what it has.
    async fn agree(&self, after: &str) {
        let (server, instrument) = (&self.server, &self.instrument);
        let state = self.market.pause().await;
        let last = &state["instruments"][SYMBOL]["last_trade_id"];
        let truth = cut(
            levels(&self.market.book(SYMBOL, self.depth).await),
            self.depth,
        );
        let book = format!("book?instrument={instrument}&depth={}", self.depth);
        let trades = format!("trades?instrument={instrument}&limit=1");
        until_said(
            &format!("the market's book and newest trade after {after}"),
            async || {
                let (held, trades) = (server.get(&book).await, server.get(&trades).await);
                let held = held.ok_or("the server has no book")?;
                let trades = trades.ok_or("the server has no trades")?;
                let rows = trades["trades"].as_array();
                let newest = rows.and_then(|rows| rows.last()).map(|row| &row["id"]);
                let view = self.reader.view();
                let is = |holds: bool, what: String| if holds { Ok(()) } else { Err(what) };
                is(
                    held["stale"] == false,
                    "the server's book is stale".to_owned(),
                )?;
                is(
                    levels(&held) == truth,
                    "the server's book differs".to_owned(),
                )?;
                is(!view.stale, "the reader's book is stale".to_owned())?;
                is(
                    cut(view.levels(), self.depth) == truth,
                    format!("the reader's book differs after {} messages", view.messages),
                )?;
                is(
                    newest == Some(last),
                    format!("newest trade {newest:?}, not {last}"),
                )
            },
        )
        .await;
    }
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

fn cut((mut bids, mut asks): Levels, depth: usize) -> Levels {
    bids.truncate(depth);
    asks.truncate(depth);
    (bids, asks)
}

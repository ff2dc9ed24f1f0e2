//! A disk that is full for a while.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use tradesuite::server::clock::Stopwatch;

use crate::ledger;
use crate::process::{Market, Server, until};

const SYMBOL: &str = "BTC-USD";
const INSTRUMENT: &str = "coinbase:BTC-USD";
/// Orders a second of the market.
const RATE: u32 = 400;
/// Room for everything but what fills it.
const DISK_MEGABYTES: u32 = 64;

/// For how long there is no room.
fn length() -> Duration {
    let asked = std::env::var("FIRE_FULL_S").ok();
    let seconds = asked.map_or(5, |text| text.parse().expect("FIRE_FULL_S is a number"));
    Duration::from_secs(seconds)
}

/// What arrives meanwhile waits in memory and is shown; the status says why; once there is room
/// again nothing is missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_and_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    std::fs::create_dir(&data).expect("a folder");
    let market = Market::start(&[SYMBOL], RATE, &log);
    let started = Server::start_on_small_disk(&market, DISK_MEGABYTES, &data, &log);
    let Some(server) = started else {
        let test = "a_full_disk_loses_nothing_and_is_said";
        tradesuite_recordings::leave_out(test, "no disk of its own: mounting is not allowed here");
        return;
    };
    until("trades", async || newest(&server).await).await;

    let path = server.its_path(&data).join("filler");
    let mut filler = File::create(&path).expect("a file");
    let watch = Stopwatch::start();
    let mut said = false;
    while watch.elapsed() < length() || !said {
        // What becomes free meanwhile is taken too.
        while filler.write_all(&[7; 4_096]).is_ok() {}
        let before = shown(&server).await;
        until("a book that goes on", async || {
            (shown(&server).await > before).then_some(())
        })
        .await;
        let status = server.get("status").await.expect("a status");
        said |= !status["store"]["problem"].is_null();
        assert!(
            watch.elapsed() < length() + Duration::from_secs(60),
            "{status}"
        );
    }
    drop(filler);
    std::fs::remove_file(&path).expect("it goes");
    until("a store without a problem", async || {
        let status = server.get("status").await?;
        status["store"]["problem"].is_null().then_some(())
    })
    .await;

    let state = market.pause().await;
    let last = state["instruments"][SYMBOL]["last_trade_id"].as_u64();
    until("the newest trade", async || {
        (newest(&server).await == last).then_some(())
    })
    .await;
    ledger::everything_fetched(&server, INSTRUMENT).await;
    let mut told = BTreeMap::new();
    market.tell(&mut told).await;
    let found = ledger::compare(&server, INSTRUMENT, &told[SYMBOL]).await;
    println!("full for {:?}: {found}", watch.elapsed());
    assert_eq!(found.missing, 0);
}

async fn newest(server: &Server) -> Option<u64> {
    let path = format!("trades?instrument={INSTRUMENT}&limit=1");
    let page = server.get(&path).await?;
    page["trades"].as_array()?.last()?["id"].as_u64()
}

/// Exchange time of the book, which never waits for a disk.
async fn shown(server: &Server) -> Option<i64> {
    let path = format!("book?instrument={INSTRUMENT}&depth=1");
    server.get(&path).await?["time"].as_i64()
}

//! Recordings of real venues, played. They are not part of the project: they are read from
//! `../shared/market-data` beside it, or from the folder that `TRADESUITE_MARKET_DATA` names, and
//! a test that finds none says by name that it was left out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tradesuite_core::market::{OrderBook, TickRule};
use tradesuite_core::model::{
    EventBody, InstrumentId, MarketEvent, Timeframe, UnixMs, UnixNs, VenueEvent,
};

use tradesuite_recordings as recordings;

use super::capture::{Capture, Channel};
use super::playback::Playback;
use super::{Played, Speed, Summary, play, summarize};
use crate::server::exchange::{Decoded, EXCHANGES, find, find_by_url};

mod damaged;
mod played;
mod recorded;

const EXCHANGE_FEED: &str = "coinbase/exchange-feed-2021-04-17.jsonl.gz";
const ADVANCED_BOOK: &str = "coinbase/advanced-trade-l2-btcusd-2026-08-24.jsonl";
const ADVANCED_TRADES: &str = "coinbase/advanced-trade-trades-ticker-2026.jsonl";

/// Recorded with books alone: without trades, the rule of the takers' sides cannot be held against
/// them.
const KRAKEN_BOOKS: [&str; 3] = [
    "kraken/ws-v2-book10-btcusd-2026-08-01.jsonl",
    "kraken/ws-v2-book25-btcusd-2026-08-02.jsonl",
    "kraken/ws-v2-book25-ethusd-2026-08-02.jsonl",
];

fn summary_of(path: PathBuf) -> Summary {
    summarize(&[path], None).expect("a recording")
}

fn id(symbol: &str) -> InstrumentId {
    InstrumentId::new("coinbase", symbol).unwrap()
}

fn events_of(path: &Path) -> Vec<MarketEvent> {
    let mut playback = Playback::new(None).unwrap();
    let mut events = Vec::new();
    playback.begin(path);
    for frame in Capture::open(path).unwrap() {
        playback.frame(&frame.unwrap(), &mut events).unwrap();
    }
    events
}

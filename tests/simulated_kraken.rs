//! The Kraken adapter against the simulated Kraken, over real sockets: what the adapter reads must be
//! what the market did, to the last level and trade, also where faults come in between; and a reader
//! of its events never sees what no market has.

#[path = "simulated/world.rs"]
mod world;

use std::collections::BTreeMap;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;
use tradesuite::server::clock::Clock;
use tradesuite::server::collector::intake::{Intake, Verdict};
use tradesuite::server::exchange::{self, Exchange, VenueCandleQuery, VenueTradeQuery};
use tradesuite::server::simulator::SimulatorHandle;
use tradesuite_core::market::{OrderBook, TickRule, fold};
use tradesuite_core::model::{
    BookDelta, EventBody, Instrument, InstrumentId, MarketEvent, Timeframe, Trade, UnixMs,
    VenueBody,
};
use world::{LIMIT, get, http, open};

/// What the adapter subscribes, and the simulator is asked to cut its books to.
const DEPTH: usize = 100;
/// Levels a side that the checksum proves.
const PROVEN: usize = 10;

/// Instruments of different precisions, the busiest and a quiet one among them.
const FOLLOWED: [&str; 5] = ["BTC-USD", "ETH-USD", "DOGE-USD", "XRP-USD", "SHIB-USD"];

fn kraken() -> &'static dyn Exchange {
    exchange::find("kraken").expect("kraken")
}

async fn instruments(world: &SimulatorHandle) -> Vec<Instrument> {
    let body = get(world, &kraken().instruments()).await;
    let listed = kraken().parse_instruments(&body).expect("a list");
    assert_eq!(listed.left_out, 0);
    listed.instruments
}

/// A reader of the events of one instrument, who knows nothing of venues.
#[derive(Default)]
struct Reader {
    book: OrderBook,
    trades: Vec<Trade>,
    sides: TickRule,
}

impl Reader {
    fn take(&mut self, event: &MarketEvent) {
        match &event.body {
            EventBody::BookSnapshot(delta) => {
                let taken = self.book.apply_snapshot(delta, event.precision);
                taken.expect("a snapshot");
            }
            EventBody::BookUpdate(delta) => {
                let taken = self.book.apply_update(delta, event.precision);
                taken.expect("an update");
            }
            EventBody::BookStale { reason } => self.book.mark_stale(reason.as_str()),
            EventBody::Trade(trade) | EventBody::Backfill(trade) => {
                let [bid, ask] = [self.book.best_bid(), self.book.best_ask()]
                    .map(|level| level.map(|level| level.price));
                if !self.book.is_stale() {
                    self.sides.on_trade(trade.price, trade.side, bid, ask);
                }
                self.trades.push(*trade);
            }
            EventBody::Gap { .. } | EventBody::Clock { .. } => {}
        }
        assert!(self.book.is_stale() || !self.book.is_crossed());
        assert!(self.book.bid_count().max(self.book.ask_count()) <= DEPTH);
    }
}

/// One connection, as a session has it.
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    intake: Intake,
    symbols: Vec<String>,
    readers: BTreeMap<InstrumentId, Reader>,
    checksum_failures: u64,
}

impl Line {
    async fn open(world: &SimulatorHandle, instruments: &[Instrument]) -> Self {
        let feed = kraken().feeds()[0];
        let url = format!("ws://{}/v2", world.address());
        let (socket, _) = connect_async(url).await.expect("a line");
        let mut intake = Intake::new(kraken().spec(), feed);
        for instrument in instruments {
            intake.carry(instrument, None);
        }
        let mut line = Self {
            socket,
            intake,
            symbols: instruments.iter().map(|i| i.venue_symbol.clone()).collect(),
            readers: BTreeMap::new(),
            checksum_failures: 0,
        };
        let symbols = line.symbols.clone();
        let names: Vec<&str> = symbols.iter().map(String::as_str).collect();
        line.say(feed.subscribe(&names)).await;
        line
    }

    async fn say(&mut self, frames: Vec<String>) {
        for frame in frames {
            self.socket.send(Message::text(frame)).await.expect("sent");
        }
    }

    /// Takes the next frame; asks for books again where that is called for.
    async fn next(&mut self) {
        let frame = timeout(LIMIT, self.socket.next()).await.expect("a frame");
        let Message::Text(text) = frame.expect("no end").expect("no fault") else {
            return;
        };
        let mut events = Vec::new();
        let now = Clock::system().now();
        let verdict: Verdict = self.intake.frame(&text, now, &mut events);
        self.checksum_failures += verdict.checksum_failures;
        for event in events {
            let reader = self.readers.entry(event.instrument.clone()).or_default();
            reader.take(&event);
        }
        if verdict.resync.is_some() {
            let feed = kraken().feeds()[0];
            let symbols = self.symbols.clone();
            let names: Vec<&str> = symbols.iter().map(String::as_str).collect();
            self.say(feed.unsubscribe(&names)).await;
            self.say(feed.subscribe(&names)).await;
        }
    }

    /// Whether every reader has the best `depth` levels and the newest trade of the market.
    fn agrees_with(&self, truth: &Value, depth: usize) -> bool {
        self.readers.len() == self.symbols.len()
            && self.readers.iter().all(|(id, reader)| {
                let truth = &truth["instruments"][id.symbol()];
                let last_trade = reader.trades.last().map(|trade| trade.id.0);
                let mut book = reader.book.clone();
                book.cut_to(depth, &mut BookDelta::default());
                !book.is_stale()
                    && truth["digest"] == book.digest().as_str()
                    && truth["last_trade_id"].as_u64() == last_trade
            })
    }
}

/// Follows so many frames of a market with a fault, and on without it until book and trades are the
/// market's.
async fn follow(world: &SimulatorHandle, fault: Option<(&str, &str)>, frames: usize) -> Line {
    let listed = instruments(world).await.into_iter();
    let instruments: Vec<_> = listed
        .filter(|one| FOLLOWED.contains(&one.id.symbol()))
        .collect();
    assert_eq!(instruments.len(), FOLLOWED.len());
    if let Some((name, value)) = fault {
        let plan = format!(r#"{{"{name}":"{value}"}}"#);
        http(world, "POST", "/sim/faults", &plan).await;
    }
    let mut line = Line::open(world, &instruments).await;
    for _ in 0..frames {
        line.next().await;
    }
    if let Some((name, _)) = fault {
        http(world, "POST", "/sim/faults", &format!(r#"{{"{name}":0}}"#)).await;
        // What the fault left behind is found with the changes that follow.
        for _ in 0..frames / 4 {
            line.next().await;
        }
    }
    // Changes of one level that change places below the tenth one escape the checksum.
    let depth = if fault.is_some() { PROVEN } else { DEPTH };
    let target = format!("/sim/pause?depth={depth}");
    let truth = http(world, "POST", &target, "").await;
    let truth: Value = serde_json::from_slice(&truth).expect("a state");
    let agreed = async {
        while !line.agrees_with(&truth, depth) {
            line.next().await;
        }
    };
    timeout(LIMIT, agreed).await.expect("the market's book");
    http(world, "POST", "/sim/resume", "").await;
    line
}

#[tokio::test]
async fn the_adapter_reads_what_the_market_did() {
    let shutdown = CancellationToken::new();
    let world = open(1_500.0, &shutdown).await;
    let line = follow(&world, None, 600).await;
    assert_eq!(line.checksum_failures, 0);
    for (id, _, counts) in line.intake.instruments() {
        assert_eq!((counts.checksums_failed, counts.gaps), (0, 0), "{id}");
        assert_eq!(counts.checksums_passed, counts.snapshots + counts.updates);
        assert_eq!(counts.snapshots, 1, "{id}");
    }
    let btc: InstrumentId = "kraken:BTC-USD".parse().expect("an id");
    let reader = &line.readers[&btc];
    assert!(reader.book.bid_count() > 10);
    let ids: Vec<u64> = reader.trades.iter().map(|trade| trade.id.0).collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1));
    // Trades travel before the book of the same step.
    let agreement = reader.sides.agreement().expect("trades");
    assert!(
        agreement > 0.6,
        "takers who buy print at the ask: {agreement}"
    );
    shutdown.cancel();
    timeout(LIMIT, world.finished())
        .await
        .expect("it ends")
        .expect("in order");
}

#[tokio::test]
async fn a_wrong_checksum_hides_the_book_until_a_new_one_comes() {
    let shutdown = CancellationToken::new();
    let world = open(1_500.0, &shutdown).await;
    let line = follow(&world, Some(("wrong_checksum", "0.05")), 600).await;
    assert!(line.checksum_failures > 0);
    let snapshots = line
        .intake
        .instruments()
        .map(|(_, _, counts)| counts.snapshots);
    assert!(snapshots.sum::<u64>() > line.readers.len() as u64);
    for (id, reader) in &line.readers {
        let ids: Vec<u64> = reader.trades.iter().map(|trade| trade.id.0).collect();
        assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{id}");
    }
    shutdown.cancel();
}

#[tokio::test]
async fn messages_that_come_twice_late_or_out_of_order_do_no_harm() {
    let faults = [
        ("repeat", "0.05"),
        ("swap", "0.05"),
        ("late_snapshot", "200ms"),
    ];
    for fault in faults {
        let shutdown = CancellationToken::new();
        let world = open(1_500.0, &shutdown).await;
        let line = follow(&world, Some(fault), 400).await;
        for (id, reader) in &line.readers {
            let mut ids: Vec<u64> = reader.trades.iter().map(|trade| trade.id.0).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{id}: a trade came twice");
        }
        shutdown.cancel();
    }
}

#[tokio::test]
async fn the_adapter_reads_history_and_missed_trades() {
    let shutdown = CancellationToken::new();
    let world = open(500.0, &shutdown).await;
    let listed = instruments(&world).await;
    let symbol = |symbol: &str| {
        let found = listed.iter().find(|one| one.id.symbol() == symbol);
        found.expect("listed")
    };
    assert_eq!(symbol("DOGE-USD").venue_symbol, "DOGE/USD");
    let instrument = symbol("BTC-USD");
    let now = Clock::system().now().to_ms();
    let open = Timeframe::H1.floor(UnixMs(now.0 - 8 * 3_600_000));
    let end = UnixMs(open.0 + 5 * 3_600_000);
    let mut bars = BTreeMap::new();
    for timeframe in [Timeframe::M1, Timeframe::H1] {
        let query = VenueCandleQuery {
            instrument,
            timeframe,
            start: open,
            end,
        };
        let request = kraken().candles(&query).expect("a timeframe of the venue");
        let read = kraken()
            .parse_candles(instrument, &get(&world, &request).await)
            .expect("bars");
        assert_eq!(read.precision, instrument.precision);
        assert_eq!(read.candles[0].time, open);
        let within: Vec<_> = read
            .candles
            .into_iter()
            .filter(|bar| bar.time < end)
            .collect();
        bars.insert(timeframe, within);
    }
    assert_eq!(bars[&Timeframe::M1].len(), 300);
    let folded = fold(&bars[&Timeframe::M1], Timeframe::M1, Timeframe::H1, now);
    assert_eq!(folded, bars[&Timeframe::H1]);

    let query = VenueTradeQuery {
        instrument,
        start: UnixMs(now.0 - 60_000),
        end: UnixMs(now.0 + 1_000),
        limit: 20,
    };
    let ids = async |query: &VenueTradeQuery<'_>| {
        let request = kraken().trades(query).expect("trades");
        let events = kraken()
            .parse_trades(instrument, &get(&world, &request).await)
            .expect("trades");
        events
            .into_iter()
            .map(|event| match event.body {
                VenueBody::Trade { id, .. } => (id.0, event.time.to_ms()),
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    let page = ids(&query).await;
    assert_eq!(page.len(), 20);
    assert!(page.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1));
    // The next page goes on where the first ended.
    let (last, time) = page[19];
    let next = ids(&VenueTradeQuery {
        start: time,
        ..query
    })
    .await;
    assert!(next.iter().any(|(id, _)| *id == last + 1));
    shutdown.cancel();
}

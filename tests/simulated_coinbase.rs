//! The Coinbase adapter against the simulated Coinbase, over real sockets: what the adapter reads
//! must be what the market did, to the last level and trade.

#[path = "simulated/world.rs"]
mod world;

use std::collections::HashMap;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tradesuite::server::clock::Clock;
use tradesuite::server::exchange::{self, Decoded, Exchange, VenueCandleQuery, VenueTradeQuery};
use tradesuite::server::simulator::SimulatorHandle;
use tradesuite_core::market::{Normalizer, OrderBook, TickRule, fold};
use tradesuite_core::model::{
    EventBody, Instrument, Precision, Price, Timeframe, Trade, TradeId, UnixMs, UnixNs,
};
use world::{LIMIT, get, http, open};

fn coinbase() -> &'static dyn Exchange {
    exchange::find("coinbase").expect("coinbase")
}

async fn instruments(world: &SimulatorHandle) -> Vec<Instrument> {
    let body = get(world, &coinbase().instruments()).await;
    let listed = coinbase().parse_instruments(&body).expect("a list");
    assert_eq!(listed.left_out, 0);
    listed.instruments
}

#[derive(Default)]
struct Seen {
    book: OrderBook,
    last_trade: Option<TradeId>,
    /// Best bid and ask after each change of the book, by exchange time.
    quotes: Vec<(UnixNs, Option<Price>, Option<Price>)>,
    trades: Vec<Trade>,
}

impl Seen {
    fn take(&mut self, event: EventBody, precision: Precision) {
        match event {
            EventBody::BookSnapshot(delta) => {
                self.book
                    .apply_snapshot(&delta, precision)
                    .expect("a snapshot");
            }
            EventBody::BookUpdate(delta) => {
                self.book
                    .apply_update(&delta, precision)
                    .expect("an update");
            }
            EventBody::Trade(trade) | EventBody::Backfill(trade) => {
                assert!(self.last_trade.is_none_or(|last| trade.id.0 == last.0 + 1));
                self.last_trade = Some(trade.id);
                self.trades.push(trade);
            }
            _ => {}
        }
        assert!(!self.book.is_crossed());
        let best = [self.book.best_bid(), self.book.best_ask()];
        let [bid, ask] = best.map(|level| level.map(|level| level.price));
        self.quotes.push((self.book.time(), bid, ask));
    }

    /// How often the taker's side is the one that the quotes before the trade say. Trades and book
    /// are sent in batches of their own, so that only exchange time tells what came before.
    fn taker_sides(&self) -> TickRule {
        let mut rule = TickRule::default();
        for trade in &self.trades {
            let before = self
                .quotes
                .iter()
                .rev()
                .find(|(time, ..)| *time < trade.time);
            if let Some((_, bid, ask)) = before {
                rule.on_trade(trade.price, trade.side, *bid, *ask);
            }
        }
        rule
    }
}

#[tokio::test]
async fn the_adapter_reads_what_the_market_did() {
    let shutdown = CancellationToken::new();
    let world = open(1_500.0, &shutdown).await;
    let mut normalizer = Normalizer::new();
    let listed = instruments(&world).await;
    for instrument in &listed {
        normalizer.describe(instrument);
    }
    let symbols: Vec<&str> = listed
        .iter()
        .map(|instrument| instrument.venue_symbol.as_str())
        .collect();
    let feed = coinbase().feeds()[0];
    let (mut socket, _) = connect_async(format!("ws://{}/", world.address()))
        .await
        .expect("a line");
    for frame in feed.subscribe(&symbols) {
        socket.send(Message::text(frame)).await.expect("sent");
    }

    let (mut decoder, mut decoded, mut next) = (feed.decoder(), Decoded::default(), 0);
    let mut seen: HashMap<String, Seen> = HashMap::new();
    let (mut truth, mut events) = (Value::Null, Vec::new());
    loop {
        if next == 1_500 {
            truth = serde_json::from_slice(&http(&world, "POST", "/sim/pause", "").await)
                .expect("a state");
        }
        let frame = timeout(LIMIT, socket.next())
            .await
            .expect("a frame")
            .expect("no end");
        let Message::Text(text) = frame.expect("no fault") else {
            continue;
        };
        decoded.clear();
        decoder
            .decode(&text, UnixNs(0), &mut decoded)
            .expect("a message of the feed");
        assert_eq!(decoded.sequence, Some(next), "{text}");
        next += 1;
        for event in decoded.events.drain(..) {
            normalizer
                .normalize(event, UnixNs(0), &mut events)
                .expect("exact numbers");
        }
        for event in events.drain(..) {
            let symbol = event.instrument.symbol().to_owned();
            seen.entry(symbol)
                .or_default()
                .take(event.body, event.precision);
        }
        let agrees = |symbol: &&str| {
            let (truth, seen) = (&truth["instruments"][*symbol], seen.get(*symbol));
            seen.is_some_and(|seen| {
                truth["digest"] == seen.book.digest().as_str()
                    && truth["last_trade_id"].as_u64() == seen.last_trade.map(|id| id.0)
            })
        };
        if !truth.is_null() && symbols.iter().all(agrees) {
            break;
        }
    }
    let agreement = seen["BTC-USD"].taker_sides().agreement().expect("trades");
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
async fn the_adapter_reads_history_and_missed_trades() {
    let shutdown = CancellationToken::new();
    let world = open(500.0, &shutdown).await;
    let listed = instruments(&world).await;
    let instrument = listed
        .iter()
        .find(|one| one.id.symbol() == "ETH-USD")
        .expect("ETH-USD");
    let now = Clock::system().now().to_ms();
    let open = Timeframe::H1.floor(UnixMs(now.0 - 40 * 86_400_000));

    let mut bars = HashMap::new();
    for (timeframe, span_ms) in [
        (Timeframe::M1, 5 * 3_600_000),
        (Timeframe::H1, 5 * 3_600_000),
    ] {
        let query = VenueCandleQuery {
            instrument,
            timeframe,
            start: open,
            end: UnixMs(open.0 + span_ms),
        };
        let request = coinbase()
            .candles(&query)
            .expect("a timeframe of the venue");
        let read = coinbase()
            .parse_candles(instrument, &get(&world, &request).await)
            .expect("bars");
        assert_eq!(read.precision, instrument.precision);
        bars.insert(timeframe, read.candles);
    }
    assert_eq!(bars[&Timeframe::M1].len(), 300);
    let folded = fold(&bars[&Timeframe::M1], Timeframe::M1, Timeframe::H1, now);
    assert_eq!(folded, bars[&Timeframe::H1]);

    let query = VenueTradeQuery {
        instrument,
        start: UnixMs(now.0 - 60_000),
        end: UnixMs(now.0 + 1_000),
        limit: 500,
    };
    let request = coinbase().trades(&query).expect("trades");
    let events = coinbase()
        .parse_trades(instrument, &get(&world, &request).await)
        .expect("trades");
    assert!(!events.is_empty());
    shutdown.cancel();
}

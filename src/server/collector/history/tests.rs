//! A venue's history asked by many: each page once, only what is missing, failures said at once.

use tradesuite_core::model::{Candle, Gap, GapKind, Origin};

use super::*;
use crate::server::collector::testing::{MemoryStore, MinuteVenue, PRECISION, history, id, trade};
use crate::server::storage::{CandleRecord, StoreBatch, TradeRecord};

const MINUTE: i64 = 60_000;
const PATIENCE: Duration = Duration::from_secs(60);

struct Stage {
    venue: Arc<MinuteVenue>,
    store: Arc<MemoryStore>,
    clock: Clock,
    history: History,
}

/// At minute 1000 and a half; the venue has a bar of every minute since it began.
fn stage(began_minute: i64) -> Stage {
    let clock = Clock::manual(minutes(1_000, 1_001).0.to_ns());
    clock.set(UnixNs(clock.now().0 + 30_000_000_000));
    let venue = MinuteVenue::new(began_minute..2_000, Duration::from_millis(100));
    let store = Arc::default();
    let history = begun(&venue, &store, &clock);
    Stage {
        venue,
        store,
        clock,
        history,
    }
}

fn begun(venue: &Arc<MinuteVenue>, store: &Arc<MemoryStore>, clock: &Clock) -> History {
    let (directory, stop) = (Directory::default(), CancellationToken::new());
    history(venue.clone(), store, directory, clock, &stop).0
}

fn minutes(start: i64, end: i64) -> Stretch {
    (UnixMs(start * MINUTE), UnixMs(end * MINUTE))
}

impl Stage {
    fn restart(&mut self) {
        self.history = begun(&self.venue, &self.store, &self.clock);
    }

    async fn ensure(&self, start: i64, end: i64) -> Missing {
        let stretch = minutes(start, end);
        self.history
            .ensure(
                &id("A-USD"),
                Timeframe::M1,
                stretch,
                PATIENCE,
                &Demand::awaited(),
            )
            .await
    }

    fn asked(&self) -> usize {
        self.venue.asked()
    }

    fn held(&self) -> Vec<i64> {
        let held = self.store.held.lock().unwrap();
        held.candles
            .keys()
            .map(|(_, _, time)| time.0 / MINUTE)
            .collect()
    }

    /// Writes own bars for these minutes.
    async fn own(&self, from: i64, to: i64, origin: Origin) {
        let candles = (from..to).map(|minute| CandleRecord {
            instrument: id("A-USD"),
            timeframe: Timeframe::M1,
            precision: PRECISION,
            candle: Candle {
                closed: true,
                origin,
                ..Candle::from_trade(UnixMs(minute * MINUTE), &trade(7, 0))
            },
        });
        let batch = StoreBatch {
            candles: candles.collect(),
            ..StoreBatch::default()
        };
        self.store.write(batch).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_fetched_once_and_for_good() {
    let mut stage = stage(0);
    assert_eq!(stage.ensure(985, 1_005).await, Missing::default());
    // Up to the last bar that is over.
    assert_eq!(stage.held(), (980..1_000).collect::<Vec<_>>());
    assert_eq!(stage.asked(), 2);
    stage.ensure(990, 1_000).await;
    stage.restart();
    stage.ensure(985, 1_005).await;
    assert_eq!(stage.asked(), 2);
    stage.clock.set(minutes(1_003, 0).0.to_ns());
    stage.ensure(985, 1_005).await;
    assert_eq!((stage.asked(), stage.held().last()), (3, Some(&1_001)));
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_share_one_fetch() {
    let stage = stage(0);
    let asks = (0..50).map(|number| stage.ensure(960 + number % 10, 1_000));
    let answers = futures::future::join_all(asks).await;
    assert!(answers.iter().all(|missing| *missing == Missing::default()));
    assert_eq!(stage.asked(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_the_venue_does_not_have_is_not_asked_again() {
    let mut stage = stage(995);
    assert_eq!(stage.ensure(900, 1_000).await, Missing::default());
    assert_eq!(stage.held(), [995, 996, 997, 998, 999]);
    assert_eq!(stage.asked(), 10);
    stage.restart();
    stage.ensure(900, 1_000).await;
    assert_eq!(stage.asked(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_is_away_is_said_and_left_alone_for_a_while() {
    let stage = stage(0);
    stage.venue.be_away(true);
    let missing = stage.ensure(900, 1_000).await;
    assert_eq!(missing.stretches, [minutes(900, 1_000)]);
    let problem = missing.problem.expect("a problem").to_string();
    assert_eq!(problem, "Line cannot be reached: no route");
    assert_eq!(
        stage.ensure(900, 1_000).await.problem.unwrap().to_string(),
        problem
    );
    assert_eq!(stage.asked(), 1);
    stage.venue.be_away(false);
    tokio::time::sleep(COOL_DOWN).await;
    assert_eq!(stage.ensure(900, 1_000).await, Missing::default());
}

#[tokio::test(start_paused = true)]
async fn who_cannot_wait_gets_the_newest_first_and_the_rest_goes_on() {
    let stage = stage(0);
    let (instrument, stretch, demand) = (id("A-USD"), minutes(900, 1_000), Demand::awaited());
    let ask = |patience| {
        let bars = Timeframe::M1;
        stage
            .history
            .ensure(&instrument, bars, stretch, patience, &demand)
    };
    let missing = ask(Duration::from_millis(250)).await;
    assert_eq!(missing.stretches, [minutes(900, 980)]);
    assert_eq!(missing.problem, None);
    assert_eq!(ask(PATIENCE).await, Missing::default());
    assert_eq!(stage.asked(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_page_fetched_ahead_is_hurried_once_somebody_waits_for_it() {
    // The venue answers 800 requests at once, then 800 a second.
    let stage = stage(0);
    let watch = Stopwatch::start();
    let one_page = |name: String, demand: Demand| {
        let history = stage.history.clone();
        async move {
            let (instrument, stretch) = (id(&name), minutes(990, 1_000));
            let asked = history.ensure(&instrument, Timeframe::M1, stretch, PATIENCE, &demand);
            assert_eq!(asked.await, Missing::default());
            watch.elapsed()
        }
    };
    let listed = (0..2_000).map(|number| one_page(format!("A{number}-USD"), Demand::ahead()));
    let ahead = tokio::spawn(futures::future::join_all(listed));
    tokio::time::sleep(Duration::from_millis(1)).await;
    let looked_at = one_page("A1999-USD".to_owned(), Demand::awaited()).await;
    let last = ahead.await.unwrap().into_iter().max().unwrap();
    assert!(looked_at < Duration::from_millis(300), "{looked_at:?}");
    assert!(last > Duration::from_secs(1), "{last:?}");
    assert_eq!(stage.asked(), 2_000);
}

#[tokio::test(start_paused = true)]
async fn own_whole_bars_are_not_asked_for_and_never_replaced() {
    let stage = stage(0);
    stage.own(990, 1_000, Origin::Trades).await;
    stage.own(984, 986, Origin::Both).await;
    let traded = |minute: i64| TradeRecord {
        instrument: id("A-USD"),
        precision: PRECISION,
        trade: trade(1, minute * MINUTE),
    };
    let batch = StoreBatch {
        trades: vec![traded(983), traded(1_000)],
        ..StoreBatch::default()
    };
    stage.store.write(batch).await.unwrap();
    stage.ensure(980, 1_000).await;
    // The older page lacks trades, the newer one is whole.
    assert_eq!(stage.asked(), 1);
    let held = stage.store.held.lock().unwrap();
    let origins: Vec<Origin> = held.candles.values().map(|bar| bar.candle.origin).collect();
    assert_eq!(origins[..10], [Origin::Venue; 10]);
    assert_eq!(origins[10..], [Origin::Trades; 10]);
}

#[tokio::test(start_paused = true)]
async fn bars_with_a_gap_are_asked_for() {
    let stage = stage(0);
    stage.own(990, 1_000, Origin::Trades).await;
    let mut batch = StoreBatch::default();
    for minute in [980, 1_000] {
        batch.trades.push(TradeRecord {
            instrument: id("A-USD"),
            precision: PRECISION,
            trade: trade(1, minute * MINUTE),
        });
    }
    let hole = Gap {
        instrument: id("A-USD"),
        kind: GapKind::Trades,
        start: minutes(993, 994).0,
        end: Some(minutes(993, 994).1),
        reason: "a hole".to_owned(),
        filled: false,
    };
    // However many before it were filled.
    batch.gaps.extend((1..=2_000).map(|before| Gap {
        start: UnixMs(hole.start.0 - before),
        filled: true,
        ..hole.clone()
    }));
    batch.gaps.push(hole);
    stage.store.write(batch).await.unwrap();
    stage.ensure(990, 1_000).await;
    assert_eq!(stage.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_venues_and_widths_have_no_history() {
    let stage = stage(0);
    for (instrument, timeframe) in [
        ("other:A-USD".parse().unwrap(), Timeframe::M1),
        (id("A-USD"), Timeframe::S1),
    ] {
        let stretch = minutes(0, 1_000);
        let missing = stage
            .history
            .ensure(
                &instrument,
                timeframe,
                stretch,
                PATIENCE,
                &Demand::awaited(),
            )
            .await;
        assert_eq!(missing, Missing::default());
    }
    assert_eq!(stage.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_looks_on_does_not_ask_for_what_is_collected() {
    let stage = stage(0);
    stage.ensure(980, 1_000).await;
    let asked = stage.asked();
    // From here on the trades are our own.
    for minute in 1_000..1_008 {
        stage.own(minute, minute + 1, Origin::Trades).await;
        let traded = TradeRecord {
            instrument: id("A-USD"),
            precision: PRECISION,
            trade: trade(1, minute * MINUTE - 1),
        };
        let traded_later = TradeRecord {
            trade: trade(2, (minute + 1) * MINUTE),
            ..traded.clone()
        };
        let batch = StoreBatch {
            trades: vec![traded, traded_later],
            ..StoreBatch::default()
        };
        stage.store.write(batch).await.unwrap();
        stage
            .clock
            .set(UnixMs((minute + 1) * MINUTE + 10_000).to_ns());
        assert_eq!(stage.ensure(980, minute + 2).await, Missing::default());
    }
    assert_eq!(stage.asked(), asked);
}

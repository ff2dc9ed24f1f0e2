//! Recorder and mender over a venue that is asked for what was missed.

use std::sync::Mutex;

use async_trait::async_trait;
use tradesuite_core::model::{Candle, EventBody, GapKind, Origin, UnixNs};

use super::*;
use crate::server::collector::backoff::Jitter;
use crate::server::collector::directory::Directory;
use crate::server::collector::http::{Http, NoReply, Reply};
use crate::server::collector::limiter::Demand;
use crate::server::collector::recorder::{Mending, Recorder};
use crate::server::collector::sink::EventSink;
use crate::server::collector::testing::{MemoryJournal, event, history, id, trade};
use crate::server::storage::StoreBatch;
use crate::server::storage::memory::MemoryStore;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const YEAR: i64 = 365 * 24 * HOUR;
/// 11:00 on some day.
const ELEVEN: i64 = 1_699_999_200_000 - 1_699_999_200_000 % (24 * HOUR) + 11 * HOUR;

/// A venue that has a trade every minute, its id the number of minutes since 10:00, and a bar for
/// everything.
#[derive(Default)]
struct Venue {
    /// Trades that it does not give.
    gone: Vec<i64>,
    /// Trades that it says to be of next year.
    wrong: Vec<i64>,
    /// Requests for trades that fail.
    failures: Mutex<u32>,
    /// Requests for trades that are refused after these, for where they come from.
    blocked: Mutex<u32>,
    asked: Mutex<Vec<String>>,
}

fn at(number: i64) -> i64 {
    ELEVEN - HOUR + number * MINUTE
}

#[async_trait]
impl Http for Venue {
    async fn get(
        &self,
        _base: &str,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Reply, NoReply> {
        self.asked.lock().unwrap().push(path.to_owned());
        let [start, end] = [&query[0].1, &query[1].1].map(|ms| ms.parse::<i64>().unwrap());
        let words: Vec<String> = if path == "/trades" {
            let mut failures = self.failures.lock().unwrap();
            if *failures > 0 {
                *failures -= 1;
                return Err(NoReply("no route".to_owned()));
            }
            let mut blocked = self.blocked.lock().unwrap();
            if *blocked > 0 {
                *blocked -= 1;
                return Ok(Reply {
                    status: 403,
                    ..Reply::default()
                });
            }
            // The newest seven.
            let all = (0..600).filter(|n| (start..end).contains(&at(*n)) && !self.gone.contains(n));
            let all: Vec<i64> = all.collect();
            let newest = all.iter().skip(all.len().saturating_sub(7));
            let time = |n: &i64| at(*n) + if self.wrong.contains(n) { YEAR } else { 0 };
            newest.map(|n| format!("{n}@{}", time(n))).collect()
        } else {
            let times = (start..end).step_by(MINUTE as usize);
            times.map(|ms| ms.to_string()).collect()
        };
        Ok(Reply {
            status: 200,
            body: words.join(" ").into_bytes(),
            ..Reply::default()
        })
    }
}

struct Stage {
    venue: Arc<Venue>,
    store: Arc<MemoryStore>,
    journal: MemoryJournal,
    clock: Clock,
    history: History,
    stop: CancellationToken,
}

/// At 11:20, with one old trade, so that collecting did not just begin.
async fn stage(venue: Venue, store: Arc<MemoryStore>) -> Stage {
    let (venue, clock) = (Arc::new(venue), Clock::manual(UnixMs(at(80)).to_ns()));
    let (journal, stop) = (MemoryJournal::default(), CancellationToken::new());
    let (history, venues) = history(venue.clone(), &store, Directory::default(), &clock, &stop);
    let (mending, holes, mut mended) = Mending::channels();
    tokio::spawn(async move { while mended.recv().await.is_some() {} });
    let recorder = Recorder {
        events: journal.tail(),
        store: store.clone(),
        clock: Some(clock.clone()),
        jitter: Jitter::fixed(0.0),
        stop: stop.clone(),
        progress: Arc::default(),
        mending: Some(mending),
    };
    tokio::spawn(recorder.run());
    let mender = Mender {
        history: history.clone(),
        backfill: Backfill {
            venues,
            store: store.clone(),
            sink: Arc::new(journal.clone()),
            directory: Directory::default(),
            clock: clock.clone(),
        },
        store: store.clone(),
        clock: clock.clone(),
        holes,
        stop: stop.clone(),
    };
    tokio::spawn(mender.run());
    Stage {
        venue,
        store,
        journal,
        clock,
        history,
        stop,
    }
}

/// Followed from 10:00 to 11:20, then left.
async fn left(venue: Venue) -> Stage {
    let stage = stage(venue, Arc::default()).await;
    stage.trades(0..=80).await;
    stage.leave(80).await;
    stage.until(|stage| stage.gaps().len() == 1).await;
    stage
}

impl Stage {
    async fn say(&self, bodies: Vec<EventBody>) {
        let events = bodies.into_iter().map(|body| event(&id("A-USD"), body));
        self.journal.append(events.collect()).await.unwrap();
    }

    /// Trades with these numbers, at their minutes.
    async fn trades(&self, numbers: impl IntoIterator<Item = i64>) {
        let trades = numbers
            .into_iter()
            .map(|number| EventBody::Trade(trade(u64::try_from(number).unwrap(), at(number))));
        self.say(trades.collect()).await;
    }

    /// Nothing is heard from this minute on.
    async fn leave(&self, number: i64) {
        self.say(vec![EventBody::Gap {
            kind: GapKind::Trades,
            start: UnixMs(at(number)).to_ns(),
            end: None,
            reason: "it is not collected any more".to_owned(),
            filled: false,
        }])
        .await;
    }

    fn time(&self, number: i64) {
        self.clock.set(UnixNs(UnixMs(at(number)).to_ns().0));
    }

    fn hour(&self) -> Option<Candle> {
        let held = self.store.held.lock().unwrap();
        let key = (id("A-USD"), Timeframe::H1, UnixMs(ELEVEN));
        held.candles.get(&key).map(|record| record.candle)
    }

    fn minute(&self, number: i64) -> Option<Candle> {
        let held = self.store.held.lock().unwrap();
        let key = (id("A-USD"), Timeframe::M1, UnixMs(at(number)));
        held.candles.get(&key).map(|record| record.candle)
    }

    fn gaps(&self) -> Vec<Gap> {
        self.store.held.lock().unwrap().gaps.clone()
    }

    /// Whether the trades of the first gap were fetched.
    fn is_filled(&self) -> bool {
        self.gaps().first().is_some_and(|gap| gap.filled)
    }

    /// Whether the hour is made of all its trades.
    fn is_whole(&self) -> bool {
        self.hour()
            .is_some_and(|hour| hour.origin == Origin::Trades)
    }

    async fn until(&self, met: impl Fn(&Self) -> bool) {
        while !met(self) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The trades that were fetched, in order of their numbers.
    fn fetched(&self) -> Vec<u64> {
        let mut fetched = self.journal.fetched();
        fetched.sort_unstable();
        fetched
    }

    fn asked(&self, path: &str) -> usize {
        let asked = self.venue.asked.lock().unwrap();
        asked.iter().filter(|asked| *asked == path).count()
    }
}

/// Half a minute of trades is not what a minute's bar is made of.
#[tokio::test(start_paused = true)]
async fn the_minute_of_the_first_look_is_whole() {
    let stage = stage(Venue::default(), Arc::default()).await;
    stage.trades([80]).await;
    let is_whole = |number| {
        let minute = stage.minute(number);
        minute.is_some_and(|minute| minute.origin == Origin::Trades)
    };
    stage.until(|_| is_whole(79) && is_whole(80)).await;
    assert_eq!(stage.journal.fetched(), [79]);
    assert_eq!(stage.gaps(), [], "nobody was told that it was missing");
    let hour = stage.hour().unwrap();
    assert_eq!((hour.origin, hour.closed), (Origin::Both, false));
    assert!(hour.volume > stage.minute(80).unwrap().volume);
    stage.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn an_hour_that_was_left_in_the_middle_is_whole_when_it_is_asked_for() {
    let stage = stage(Venue::default(), Arc::default()).await;
    // Followed from 10:00 to 11:20 only; at 15:00 the hour is asked for.
    stage.trades(0..=80).await;
    stage.leave(80).await;
    stage.until(|stage| stage.gaps().len() == 1).await;
    stage.time(300);
    stage
        .until(|stage| stage.hour().is_some_and(|hour| hour.closed))
        .await;
    assert_eq!(stage.hour().unwrap().origin, Origin::Both);
    let hour = (UnixMs(ELEVEN), UnixMs(ELEVEN + HOUR));
    stage
        .history
        .ensure(
            &id("A-USD"),
            Timeframe::H1,
            hour,
            PATIENCE,
            &Demand::awaited(),
        )
        .await;
    assert_eq!(stage.hour().unwrap().origin, Origin::Venue);
    assert_eq!(stage.gaps()[0].end, None);
    stage.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_fetched_and_its_bars_are_whole() {
    let stage = left(Venue::default()).await;
    stage.time(200);
    stage.trades([200]).await;
    stage.until(Stage::is_filled).await;
    let gap = &stage.gaps()[0];
    assert_eq!(gap.reason, "119 trades were fetched afterwards");
    assert_eq!((gap.start.0, gap.end), (at(80), Some(UnixMs(at(200)))));
    assert_eq!(stage.fetched(), (81..200).collect::<Vec<_>>());
    stage.until(Stage::is_whole).await;
    let hour = stage.hour().unwrap();
    assert_eq!((hour.trades, hour.closed), (Some(60), true));
    assert_eq!(stage.store.held.lock().unwrap().trades.len(), 201);
    stage.stop.cancel();
}

/// The gap is said from a moment before what was heard last, which is before the first trade here.
#[tokio::test(start_paused = true)]
async fn a_break_right_after_the_first_trade_ever_is_mended() {
    let stage = stage(Venue::default(), Arc::default()).await;
    stage.trades([80]).await;
    stage.leave(79).await;
    stage.until(|stage| stage.gaps().len() == 1).await;
    stage.time(90);
    stage.trades([90]).await;
    stage.until(Stage::is_filled).await;
    // With what was before the first one.
    let expected: Vec<u64> = std::iter::once(79).chain(81..90).collect();
    assert_eq!(stage.fetched(), expected);
    stage.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_had_stands_in_the_ledger_and_the_venues_bars_in_its_place() {
    let venue = Venue {
        gone: vec![90, 91],
        ..Venue::default()
    };
    let stage = left(venue).await;
    stage.time(100);
    stage.trades([100]).await;
    stage
        .until(|stage| stage.gaps()[0].reason.starts_with("2 trades"))
        .await;
    let gap = &stage.gaps()[0];
    assert_eq!(
        (gap.reason.as_str(), gap.filled),
        ("2 trades are missing: Line does not give them", false)
    );
    stage.until(|stage| stage.asked("/candles") > 0).await;
    let asked = stage.asked("/trades");
    // Nothing goes on asking for them.
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert_eq!(stage.asked("/trades"), asked);
    assert_eq!(stage.hour().unwrap().origin, Origin::Both);
    stage.stop.cancel();
}

/// Whoever keeps trades goes by the newest time of them.
#[tokio::test(start_paused = true)]
async fn a_trade_of_next_year_is_not_taken() {
    let venue = Venue {
        wrong: vec![83],
        ..Venue::default()
    };
    let stage = left(venue).await;
    stage.time(85);
    stage.trades([85]).await;
    stage
        .until(|stage| stage.gaps()[0].reason.contains("trades"))
        .await;
    let reason = &stage.gaps()[0].reason;
    assert!(
        reason.starts_with("1 trades are missing: the time 2024-"),
        "{reason}"
    );
    assert_eq!(stage.fetched(), [81, 82, 84]);
    stage.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_is_away_is_asked_again_later() {
    let venue = Venue {
        failures: Mutex::new(2),
        ..Venue::default()
    };
    let stage = left(venue).await;
    stage.time(85);
    stage.trades([85]).await;
    let watch = Stopwatch::start();
    stage.until(Stage::is_filled).await;
    assert!(watch.elapsed() >= TRY_AGAIN);
    assert_eq!(stage.journal.fetched(), [81, 82, 83, 84]);
    stage.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_is_away_for_long_is_asked_again_ever_more_rarely() {
    let venue = Venue {
        failures: Mutex::new(40),
        ..Venue::default()
    };
    let stage = left(venue).await;
    stage.time(85);
    stage.trades([85]).await;
    tokio::time::sleep(LONGEST_WAIT * 6).await;
    // Twice a try, as long as the beginning is missing, too.
    let asked = stage.asked("/trades");
    assert!((2 * 9..=2 * 16).contains(&asked), "{asked}");
    tokio::time::sleep(LONGEST_WAIT * 40).await;
    assert!(stage.is_filled());
    stage.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_refuses_everybody_for_a_while_is_asked_again() {
    let venue = Venue {
        blocked: Mutex::new(6),
        ..Venue::default()
    };
    let stage = left(venue).await;
    stage.time(85);
    stage.trades([85]).await;
    let reason = "4 trades are missing: Line is blocked from this location (HTTP 403)";
    stage.until(|stage| stage.gaps()[0].reason == reason).await;
    tokio::time::sleep(LONGEST_WAIT).await;
    assert!(stage.is_filled(), "{:?}", stage.gaps());
    assert_eq!(stage.fetched(), [81, 82, 83, 84]);
    stage.stop.cancel();
}

#[test]
fn waits_grow_up_to_an_hour() {
    let waits: Vec<u64> = (1..9).map(|tries| wait_after(tries).as_secs()).collect();
    assert_eq!(waits, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
}

#[tokio::test(start_paused = true)]
async fn a_short_break_without_a_trade_asks_nobody() {
    let stage = stage(Venue::default(), Arc::default()).await;
    stage.trades(0..=80).await;
    // For what was before the first one.
    stage.until(|stage| stage.asked("/trades") == 1).await;
    stage.leave(80).await;
    stage.until(|stage| stage.gaps().len() == 1).await;
    stage.trades([81]).await;
    stage.until(Stage::is_filled).await;
    assert_eq!(stage.gaps()[0].reason, "no trade was missed after all");
    assert_eq!(stage.asked("/trades"), 1);
    stage.until(Stage::is_whole).await;
    stage.stop.cancel();
}

/// The gap of a run that could not fetch trades 81 to 84.
async fn left_over(store: &Arc<MemoryStore>) -> Gap {
    let venue = Venue {
        failures: Mutex::new(u32::MAX),
        ..Venue::default()
    };
    let stage = stage(venue, store.clone()).await;
    stage.trades(0..=80).await;
    stage.leave(80).await;
    stage.trades([85]).await;
    stage.until(|stage| stage.asked("/trades") > 0).await;
    stage.stop.cancel();
    stage.gaps().remove(0)
}

#[tokio::test(start_paused = true)]
async fn what_the_last_run_left_over_is_mended_at_the_start() {
    let store = Arc::new(MemoryStore::default());
    let left = left_over(&store).await;
    assert!(!left.filled);
    let second = stage(Venue::default(), store).await;
    second.until(|stage| stage.gaps()[0].filled).await;
    assert_eq!(second.journal.fetched(), [81, 82, 83, 84]);
    second.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn gaps_that_were_filled_hide_none_that_was_not() {
    let store = Arc::new(MemoryStore::default());
    let left = left_over(&store).await;
    let newer = |number: i64| Gap {
        start: UnixMs(at(85) + number),
        end: Some(UnixMs(at(85) + number + 1)),
        filled: true,
        ..left.clone()
    };
    let newer = StoreBatch {
        gaps: (1..=i64::from(MAX_GAPS)).map(newer).collect(),
        ..StoreBatch::default()
    };
    store.write(newer).await.unwrap();
    let second = stage(Venue::default(), store).await;
    let filled = second.until(Stage::is_filled);
    tokio::time::timeout(Duration::from_secs(3_600), filled)
        .await
        .expect("the older one is filled");
    second.stop.cancel();
}

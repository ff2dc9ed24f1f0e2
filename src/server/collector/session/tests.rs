//! Sessions on memory lines: what is said to the venue, what is made of its answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::last_words::LAST_WORDS;
use super::*;
use crate::server::collector::status::StatusBoard;
use crate::server::collector::testing::{LineChecker, LineFeed, MemorySink, id};
use crate::server::collector::transport::Connector;
use crate::server::collector::transport::memory::{MemoryConnector, MemoryVenue};
use tradesuite_core::model::{ConnectionState, Instrument, Precision};

/// A session on a memory line, running.
struct Stage {
    venue: MemoryVenue,
    sink: Arc<MemorySink>,
    board: StatusBoard,
    wanted: watch::Sender<Carried>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<SessionEnd>,
}

fn carried(symbols: &[&str]) -> Carried {
    let carry = |symbol: &&str| {
        let id = id(symbol);
        let carried = CarriedInstrument {
            instrument: Arc::new(Instrument::undescribed(id.clone(), Precision::default())),
            last_trade: None,
        };
        (id, carried)
    };
    Arc::new(symbols.iter().map(carry).collect())
}

async fn stage(symbols: &[&str]) -> Stage {
    let sink = Arc::new(MemorySink::default());
    let stage = stage_with(symbols, sink.clone()).await;
    Stage { sink, ..stage }
}

/// Takes nothing: the disk is full.
struct FullSink;

#[async_trait]
impl EventSink for FullSink {
    async fn append(&self, _events: Vec<MarketEvent>) -> Result<(), SinkClosed> {
        std::future::pending().await
    }
}

/// Takes something only while the disk has room.
struct TightSink {
    has_room: watch::Sender<bool>,
    sink: MemorySink,
}

#[async_trait]
impl EventSink for TightSink {
    async fn append(&self, events: Vec<MarketEvent>) -> Result<(), SinkClosed> {
        let mut has_room = self.has_room.subscribe();
        has_room.wait_for(|has_room| *has_room).await.unwrap();
        self.sink.append(events).await
    }
}

async fn stage_with(symbols: &[&str], to_sink: Arc<dyn EventSink>) -> Stage {
    let connector = MemoryConnector::default();
    let venue = connector.accept();
    let line = connector.connect("ws://line").await.unwrap();
    let board = StatusBoard::default();
    let (wanted, mut receiver) = watch::channel(carried(symbols));
    let stop = CancellationToken::new();
    let (cell, to_stop) = (board.register("line"), stop.clone());
    let task = tokio::spawn(async move {
        let setup = SessionSetup {
            feed: &LineFeed,
            messages: &Limiter::per_second(1_000),
            clock: &Clock::manual(UnixNs(0)),
            sink: to_sink.as_ref(),
            cell: &cell,
            jitter: &Jitter::fixed(0.5),
            stop: &to_stop,
        };
        run(&setup, line, &mut LineChecker::default(), &mut receiver).await
    });
    Stage {
        venue,
        sink: Arc::default(),
        board,
        wanted,
        stop,
        task,
    }
}

impl Stage {
    async fn said(&mut self, expected: &[&str]) {
        for words in expected {
            assert_eq!(self.venue.sent.recv().await.as_deref(), Some(*words));
        }
        assert!(self.venue.sent.is_empty());
    }

    fn state(&self) -> ConnectionState {
        self.board.connections(UnixNs(0))[0].state
    }
}

#[tokio::test(start_paused = true)]
async fn subscribes_first_and_follows_what_is_wanted() {
    let mut stage = stage(&["A-USD", "B-USD"]).await;
    stage.said(&["+A-USD", "+B-USD"]).await;
    stage.venue.say("book A-USD").await;
    stage.venue.say("book B-USD").await;
    stage.sink.words(2).await;
    stage.wanted.send_replace(carried(&["B-USD", "C-USD"]));
    stage.said(&["-A-USD", "+C-USD"]).await;
    assert_eq!(
        stage.sink.words(3).await,
        ["book A-USD", "book B-USD", "stale A-USD: dropped"]
    );
    stage.wanted.send_replace(carried(&[]));
    assert_eq!(stage.task.await.unwrap(), SessionEnd::Stopped);
    assert!(stage.sink.words(4).await[3].starts_with("stale B-USD"));
}

#[tokio::test(start_paused = true)]
async fn an_instrument_that_gets_another_name_goes_on() {
    let mut stage = stage(&["A-USD"]).await;
    stage.said(&["+A-USD"]).await;
    let mut renamed = carried(&["A-USD"]).as_ref().clone();
    for carried in renamed.values_mut() {
        let mut instrument = carried.instrument.as_ref().clone();
        instrument.venue_symbol = "A/USD".to_owned();
        carried.instrument = Arc::new(instrument);
    }
    stage.wanted.send_replace(Arc::new(renamed));
    stage.said(&["-A-USD", "+A/USD"]).await;
    stage.venue.say("book A-USD").await;
    assert_eq!(stage.sink.words(1).await, ["book A-USD"]);
}

#[tokio::test(start_paused = true)]
async fn events_go_on_in_order() {
    let stage = stage(&["A-USD"]).await;
    for number in 1..=600 {
        stage.venue.say(&format!("trade A-USD {number}")).await;
    }
    let words = stage.sink.words(600).await;
    let expected: Vec<String> = (1..=600).map(|n| format!("trade A-USD {n}")).collect();
    assert_eq!(words, expected);
    stage.stop.cancel();
    assert_eq!(stage.task.await.unwrap(), SessionEnd::Stopped);
}

#[tokio::test(start_paused = true)]
async fn silence_makes_a_line_stale_and_then_dead() {
    let mut stage = stage(&["A-USD"]).await;
    stage.said(&["+A-USD"]).await;
    stage.venue.say("book A-USD").await;
    stage.sink.words(1).await;
    assert_eq!(stage.state(), ConnectionState::Live);
    tokio::time::sleep(Duration::from_millis(10_001)).await;
    assert_eq!(stage.state(), ConnectionState::Stale);
    stage.venue.say("beat").await;
    tokio::time::sleep(Duration::from_millis(9_000)).await;
    assert_eq!(stage.state(), ConnectionState::Live);
    let watch = Stopwatch::start();
    let end = stage.task.await.unwrap();
    assert_eq!(
        end,
        SessionEnd::Lost("nothing was heard for 20 s".to_owned())
    );
    assert_eq!(watch.elapsed().as_millis() / 10, 1_100);
    assert_eq!(
        stage.sink.words(2).await[1],
        "stale A-USD: nothing was heard for 20 s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_hole_makes_books_stale_and_asked_for_again() {
    let mut stage = stage(&["A-USD"]).await;
    stage.said(&["+A-USD"]).await;
    stage.venue.say("book A-USD").await;
    stage.venue.say("hole").await;
    stage.venue.say("hole").await;
    stage.said(&["-A-USD", "+A-USD"]).await;
    stage.venue.say("book A-USD").await;
    assert_eq!(
        stage.sink.words(3).await,
        ["book A-USD", "stale A-USD: hole", "book A-USD"]
    );
    let status = &stage.board.connections(UnixNs(0))[0];
    assert_eq!((status.gaps, status.resyncs), (2, 1));
    stage.stop.cancel();
    stage.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_line_that_loses_again_and_again_is_given_up() {
    let mut stage = stage(&["A-USD"]).await;
    stage.said(&["+A-USD"]).await;
    for _ in 0..MAX_RESYNCS {
        stage.venue.say("hole").await;
        stage.said(&["-A-USD", "+A-USD"]).await;
    }
    stage.venue.say("hole").await;
    assert!(matches!(stage.task.await.unwrap(), SessionEnd::Lost(_)));
}

#[tokio::test(start_paused = true)]
async fn a_book_that_does_not_come_is_asked_for_again() {
    let mut stage = stage(&["A-USD", "B-USD"]).await;
    stage.said(&["+A-USD", "+B-USD"]).await;
    stage.venue.say("book A-USD").await;
    // B's snapshot was lost, or its subscription was refused; trades come all the same.
    let watch = Stopwatch::start();
    for asked in [10, 20, 30, 40, 60, 100] {
        while watch.elapsed() < Duration::from_secs(asked) {
            stage.venue.say("beat").await;
            tokio::time::sleep(Duration::from_millis(2_500)).await;
        }
        stage.said(&["-B-USD", "+B-USD"]).await;
    }
    stage.venue.say("book B-USD").await;
    stage.sink.words(2).await;
    for _ in 0..100 {
        stage.venue.say("beat").await;
        tokio::time::sleep(Duration::from_secs(9)).await;
    }
    assert!(stage.venue.sent.is_empty());
    assert_eq!(stage.state(), ConnectionState::Live);
    stage.stop.cancel();
    assert_eq!(stage.task.await.unwrap(), SessionEnd::Stopped);
}

#[tokio::test(start_paused = true)]
async fn a_book_that_nobody_wants_any_more_is_not_waited_for() {
    let mut stage = stage(&["A-USD", "B-USD"]).await;
    stage.said(&["+A-USD", "+B-USD"]).await;
    stage.venue.say("book A-USD").await;
    stage.venue.say("book B-USD").await;
    stage.sink.words(2).await;
    stage.wanted.send_replace(carried(&["B-USD"]));
    stage.said(&["-A-USD"]).await;
    stage.sink.words(3).await;
    for _ in 0..20 {
        stage.venue.say("beat").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    assert!(stage.venue.sent.is_empty());
    let status = stage.board.connections(UnixNs(0)).remove(0);
    assert_eq!((status.last_error, status.resyncs), (None, 0));
    stage.stop.cancel();
    assert_eq!(stage.task.await.unwrap(), SessionEnd::Stopped);
}

#[tokio::test(start_paused = true)]
async fn a_line_without_a_single_book_is_given_up() {
    let stage = stage(&["A-USD"]).await;
    let venue = stage.venue;
    let beats = tokio::spawn(async move {
        loop {
            venue.say("beat").await;
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    });
    let end = SessionEnd::Lost("no book came on this line".to_owned());
    assert_eq!(stage.task.await.unwrap(), end);
    beats.abort();
}

#[tokio::test(start_paused = true)]
async fn a_line_can_be_stopped_while_the_journal_is_full() {
    let stage = stage_with(&["A-USD"], Arc::new(FullSink)).await;
    stage.venue.say("trade A-USD 1").await;
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let watch = Stopwatch::start();
    stage.stop.cancel();
    assert_eq!(stage.task.await.unwrap(), SessionEnd::Stopped);
    assert!(watch.elapsed() <= LAST_WORDS);
}

/// A session that lost its line, with a book, while the journal took nothing.
struct CutOff {
    sink: Arc<TightSink>,
    /// Without it nothing is wanted any more.
    _wanted: watch::Sender<Carried>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<SessionEnd>,
}

async fn cut_while_full() -> CutOff {
    let sink = Arc::new(TightSink {
        has_room: watch::Sender::new(true),
        sink: MemorySink::default(),
    });
    let stage = stage_with(&["A-USD"], sink.clone()).await;
    stage.venue.say("book A-USD").await;
    sink.sink.words(1).await;
    sink.has_room.send_replace(false);
    drop(stage.venue);
    CutOff {
        sink,
        _wanted: stage.wanted,
        stop: stage.stop,
        task: stage.task,
    }
}

#[tokio::test(start_paused = true)]
async fn that_a_line_was_lost_is_said_however_long_the_journal_is_full() {
    let session = cut_while_full().await;
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    session.sink.has_room.send_replace(true);
    let end = session.task.await.unwrap();
    assert_eq!(end, SessionEnd::Lost("the line was cut".to_owned()));
    assert_eq!(
        session.sink.sink.words(1).await,
        ["book A-USD", "stale A-USD: the line was cut"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_line_does_not_keep_the_server_from_stopping() {
    let session = cut_while_full().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let watch = Stopwatch::start();
    session.stop.cancel();
    let end = session.task.await.unwrap();
    assert_eq!(end, SessionEnd::Lost("the line was cut".to_owned()));
    assert!(watch.elapsed() <= LAST_WORDS);
}

#[tokio::test(start_paused = true)]
async fn an_instrument_described_anew_is_subscribed_to_by_its_new_name() {
    let mut stage = stage(&["A-USD", "B-USD"]).await;
    stage.said(&["+A-USD", "+B-USD"]).await;
    let mut renamed = BTreeMap::clone(&carried(&["A-USD", "B-USD"]));
    let described = renamed.get_mut(&id("A-USD")).unwrap();
    let instrument = Instrument {
        venue_symbol: "XA".to_owned(),
        ..Instrument::clone(&described.instrument)
    };
    described.instrument = Arc::new(instrument);
    stage.wanted.send_replace(Arc::new(renamed));
    stage.said(&["-A-USD", "+XA"]).await;
    stage.stop.cancel();
    stage.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn holes_far_apart_do_not_end_the_line() {
    let mut stage = stage(&["A-USD"]).await;
    stage.said(&["+A-USD"]).await;
    for _ in 0..MAX_RESYNCS * 3 {
        stage.venue.say("hole").await;
        stage.said(&["-A-USD", "+A-USD"]).await;
        stage.venue.say("book A-USD").await;
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_secs(9)).await;
            stage.venue.say("beat").await;
        }
    }
    stage.stop.cancel();
    assert_eq!(stage.task.await.unwrap(), SessionEnd::Stopped);
}

#[tokio::test(start_paused = true)]
async fn nonsense_is_counted_and_survived() {
    let stage = stage(&["A-USD"]).await;
    for frame in ["", "{", "\u{0}", "trade A-USD", &"x".repeat(1 << 20)] {
        stage.venue.say(frame).await;
    }
    stage.venue.frame(Frame::Binary(7)).await;
    stage.venue.say("trade A-USD 1").await;
    assert_eq!(stage.sink.words(1).await, ["trade A-USD 1"]);
    assert_eq!(stage.board.rejected(), 6);
    let status = &stage.board.connections(UnixNs(0))[0];
    assert_eq!(
        status.last_error.as_deref(),
        Some("a binary frame of 7 bytes was left out")
    );
    stage.stop.cancel();
    stage.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_cut_line_leaves_stale_books_behind() {
    let stage = stage(&["A-USD"]).await;
    stage.venue.say("book A-USD").await;
    stage.sink.words(1).await;
    drop(stage.venue);
    let end = stage.task.await.unwrap();
    assert_eq!(end, SessionEnd::Lost("the line was cut".to_owned()));
    assert_eq!(
        stage.sink.words(2).await[1],
        "stale A-USD: the line was cut"
    );
}

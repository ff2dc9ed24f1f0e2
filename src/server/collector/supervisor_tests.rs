//! A supervisor on memory lines: when it tries again, and who carries what.

use std::sync::Mutex;

use super::*;
use crate::server::collector::intake::Verdict;
use crate::server::collector::testing::{
    LineChecker, LineFeed, LineVenue, MemorySink, MemoryStore, PRECISION, id, trade,
};
use crate::server::collector::transport::memory::{MemoryConnector, MemoryVenue};
use crate::server::storage::{StoreBatch, TradeRecord};
use tradesuite_core::model::{ConnectionStatus, Instrument, MarketEvent};

/// The time of day, milliseconds.
const NOW: i64 = 1_786_562_853_000;
const DAY: i64 = 86_400_000;

/// A supervisor at work.
struct Stage {
    connector: MemoryConnector,
    sink: Arc<MemorySink>,
    directory: Directory,
    looked_at: watch::Sender<Arc<BTreeSet<InstrumentId>>>,
    board: StatusBoard,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

fn start(connector: MemoryConnector, always: &[&str]) -> Stage {
    start_with(
        connector,
        always,
        Arc::new(MemoryStore::default()),
        Arc::default(),
    )
}

/// The trades that were gone on from, in order.
type GoneOnFrom = Arc<Mutex<Vec<Option<(TradeId, UnixNs)>>>>;

/// Remembers which trades it was to go on from.
struct Resuming {
    checker: LineChecker,
    from: GoneOnFrom,
}

impl Checker for Resuming {
    fn opened(&mut self) {
        self.checker.opened();
    }

    fn carry(&mut self, carried: &CarriedInstrument) {
        self.from.lock().unwrap().push(carried.last_trade);
    }

    fn frame(&mut self, text: &str, received: UnixNs, out: &mut Vec<MarketEvent>) -> Verdict {
        self.checker.frame(text, received, out)
    }

    fn lost(&mut self, reason: &str, received: UnixNs, out: &mut Vec<MarketEvent>) {
        self.checker.lost(reason, received, out);
    }

    fn dropped(&mut self, gone: &[InstrumentId], received: UnixNs, out: &mut Vec<MarketEvent>) {
        self.checker.dropped(gone, received, out);
    }
}

/// Over this store; what is gone on from is put into `from`.
fn start_with(
    connector: MemoryConnector,
    always: &[&str],
    store: Arc<dyn MarketStore>,
    from: GoneOnFrom,
) -> Stage {
    start_behind(connector, always, (store, NewestTrades::default()), from)
}

/// The same, where the store does not have the newest trades yet.
fn start_behind(
    connector: MemoryConnector,
    always: &[&str],
    (store, unwritten): (Arc<dyn MarketStore>, NewestTrades),
    from: GoneOnFrom,
) -> Stage {
    let (sink, directory) = (Arc::new(MemorySink::default()), Directory::default());
    let (looked_at, board) = (watch::Sender::default(), StatusBoard::default());
    let stop = CancellationToken::new();
    let supervisor = Supervisor {
        venue: VenueFeed {
            exchange: &LineVenue,
            feed: &LineFeed,
            ws_url: "ws://elsewhere".to_owned(),
            always: always.iter().map(|symbol| id(symbol)).collect(),
        },
        connector: connector.clone(),
        new_checker: Arc::new(move |_, _| {
            Box::new(Resuming {
                checker: LineChecker::default(),
                from: from.clone(),
            })
        }),
        clock: Clock::manual(UnixMs(NOW).to_ns()),
        sink: sink.clone(),
        store,
        unwritten: Arc::new(unwritten),
        directory: directory.clone(),
        looked_at: looked_at.subscribe(),
        board: board.clone(),
        jitter: Jitter::fixed(1.0),
        stop: stop.clone(),
    };
    Stage {
        connector,
        sink,
        directory,
        looked_at,
        board,
        stop,
        task: tokio::spawn(supervisor.run()),
    }
}

impl Stage {
    /// The only connection's status, once it is as `expected`.
    async fn until(&self, expected: impl Fn(&ConnectionStatus) -> bool) -> ConnectionStatus {
        loop {
            if let Some(status) = self
                .board
                .connections(UnixNs(0))
                .into_iter()
                .find(&expected)
            {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn look_at(&self, symbols: &[&str]) {
        let wanted = symbols.iter().map(|symbol| id(symbol)).collect();
        self.looked_at.send_replace(Arc::new(wanted));
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
        assert!(self.board.connections(UnixNs(0)).is_empty());
    }
}

async fn heard(venue: &mut MemoryVenue) -> String {
    venue.sent.recv().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn tries_again_with_longer_waits_until_somebody_answers() {
    let connector = MemoryConnector::default();
    for _ in 0..3 {
        connector.refuse(ConnectError::Unreachable("no route".to_owned()));
    }
    let mut venue = connector.accept();
    let watch = Stopwatch::start();
    let stage = start(connector, &["A-USD"]);
    let status = stage
        .until(|status| status.state == ConnectionState::Waiting)
        .await;
    assert_eq!(
        status.last_error.as_deref(),
        Some("Line cannot be reached: no route")
    );
    assert!(status.retry_at.is_some());
    assert_eq!(heard(&mut venue).await, "+A-USD");
    // 1 + 2 + 4 s, the ceilings of the first waits.
    assert_eq!(watch.elapsed().as_secs(), 7);
    venue.say("trade A-USD 1").await;
    stage.sink.words(1).await;
    stage
        .until(|status| status.state == ConnectionState::Live)
        .await;
    assert_eq!(stage.connector.urls()[0], "ws://elsewhere");
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_line_is_opened_again_with_a_new_book() {
    let connector = MemoryConnector::default();
    let (mut first, mut second) = (connector.accept(), connector.accept());
    let stage = start(connector, &["A-USD"]);
    assert_eq!(heard(&mut first).await, "+A-USD");
    first.say("book A-USD").await;
    stage.sink.words(1).await;
    drop(first);
    assert_eq!(heard(&mut second).await, "+A-USD");
    second.say("book A-USD").await;
    assert_eq!(
        stage.sink.words(3).await,
        ["book A-USD", "stale A-USD: the line was cut", "book A-USD"]
    );
    let status = stage
        .until(|status| status.state == ConnectionState::Live)
        .await;
    assert_eq!(status.reconnects, 1);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_guessed_of_an_instrument_is_put_right() {
    let connector = MemoryConnector::default();
    let mut venue = connector.accept();
    let stage = start(connector, &["A-USD"]);
    assert_eq!(heard(&mut venue).await, "+A-USD");
    stage.directory.describe(vec![Instrument {
        venue_symbol: "XA".to_owned(),
        ..Instrument::undescribed(id("A-USD"), PRECISION)
    }]);
    assert_eq!(heard(&mut venue).await, "-A-USD");
    assert_eq!(heard(&mut venue).await, "+XA");
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn waits_are_short_again_after_a_good_minute() {
    let connector = MemoryConnector::default();
    for _ in 0..5 {
        connector.refuse(ConnectError::Refused(502));
    }
    let (mut first, mut second) = (connector.accept(), connector.accept());
    let stage = start(connector, &["A-USD"]);
    heard(&mut first).await;
    first.say("book A-USD").await;
    for _ in 0..7 {
        first.say("beat").await;
        tokio::time::sleep(Duration::from_secs(9)).await;
    }
    let watch = Stopwatch::start();
    drop(first);
    heard(&mut second).await;
    assert_eq!(watch.elapsed().as_secs(), 1);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_blocked_location_is_said_and_tried_rarely() {
    let connector = MemoryConnector::default();
    for _ in 0..100 {
        connector.refuse(ConnectError::Blocked(451));
    }
    let stage = start(connector, &["A-USD"]);
    let status = stage
        .until(|status| status.state == ConnectionState::Blocked)
        .await;
    assert_eq!(
        status.last_error.as_deref(),
        Some("Line is blocked from this location (HTTP 451)")
    );
    tokio::time::sleep(Duration::from_secs(1_000)).await;
    assert_eq!(stage.connector.attempts(), 3);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_wants_peace_gets_it() {
    let connector = MemoryConnector::default();
    connector.refuse(ConnectError::RateLimited(Some(Duration::from_secs(90))));
    let mut venue = connector.accept();
    let watch = Stopwatch::start();
    let stage = start(connector, &["A-USD"]);
    heard(&mut venue).await;
    assert_eq!(watch.elapsed().as_secs(), 90);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_looked_at_comes_and_goes() {
    let connector = MemoryConnector::default();
    let (mut first, mut second) = (connector.accept(), connector.accept());
    let stage = start(connector, &["A-USD"]);
    assert_eq!(heard(&mut first).await, "+A-USD");
    stage.look_at(&["B-USD"]);
    assert_eq!(heard(&mut first).await, "+B-USD");
    // Two are all that a connection carries.
    stage.look_at(&["B-USD", "C-USD"]);
    assert_eq!(heard(&mut second).await, "+C-USD");
    stage.look_at(&[]);
    second.closed().await;
    assert_eq!(heard(&mut first).await, "-B-USD");
    stage.until(|_| true).await;
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_a_venue_does_not_list_is_not_asked_for() {
    let connector = MemoryConnector::default();
    let mut venue = connector.accept();
    let stage = start(connector, &["A-USD"]);
    stage
        .directory
        .describe(vec![Instrument::undescribed(id("A-USD"), PRECISION)]);
    assert_eq!(heard(&mut venue).await, "+A-USD");
    stage.look_at(&["NONE-USD"]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(venue.sent.is_empty());
    stage
        .directory
        .describe(vec![Instrument::undescribed(id("NONE-USD"), PRECISION)]);
    assert_eq!(heard(&mut venue).await, "+NONE-USD");
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_settings_name_and_the_venue_does_not_list_is_said() {
    let connector = MemoryConnector::default();
    let mut venue = connector.accept();
    let stage = start(connector, &["A-USD", "NOPE-USD"]);
    let list = |symbols: &[&str]| {
        let listed = symbols.iter().map(|symbol| id(symbol));
        let listed = listed.map(|id| Instrument::undescribed(id, PRECISION));
        stage.directory.take_list("line", listed.collect());
    };
    // Before the list is there, nobody knows.
    assert_eq!(heard(&mut venue).await, "+A-USD");
    assert_eq!(heard(&mut venue).await, "+NOPE-USD");
    assert!(stage.board.notices().is_empty());
    list(&["A-USD"]);
    assert_eq!(heard(&mut venue).await, "-NOPE-USD");
    let said = "line:NOPE-USD is in the settings and is not collected: Line does not list it";
    assert_eq!(stage.board.notices(), [said]);
    list(&["A-USD", "NOPE-USD"]);
    assert_eq!(heard(&mut venue).await, "+NOPE-USD");
    assert!(stage.board.notices().is_empty());
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_day_without_a_network_is_borne() {
    let connector = MemoryConnector::default();
    let stage = start(connector, &["A-USD", "B-USD", "C-USD"]);
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    let connections = stage.board.connections(UnixNs(0));
    assert_eq!(connections.len(), 2);
    // One try a minute and connection, not more, and nothing is kept of any.
    assert!(stage.connector.attempts() < 2 * 1_500);
    stage.end().await;
}

/// A store of A-USD's trades with these ids and times.
fn held(trades: &[(u64, i64)]) -> Arc<MemoryStore> {
    let record = |(id_, ms): &(u64, i64)| TradeRecord {
        instrument: id("A-USD"),
        precision: PRECISION,
        trade: trade(*id_, *ms),
    };
    MemoryStore::with(StoreBatch {
        trades: trades.iter().map(record).collect(),
        ..StoreBatch::default()
    })
}

/// By time alone, a trade out of turn or of a wrong time would be the newest.
#[tokio::test(start_paused = true)]
async fn the_trade_with_the_highest_number_is_gone_on_from() {
    let earlier = NOW - 1_000;
    for (trades, expected) in [
        (vec![], None),
        (vec![(7, earlier), (6, NOW)], Some((7, earlier))),
        (
            vec![(6, earlier), (7, NOW), (5, NOW + 400 * DAY)],
            Some((7, NOW)),
        ),
        (vec![(7, earlier), (8, NOW + 400 * DAY)], Some((7, earlier))),
    ] {
        let connector = MemoryConnector::default();
        let mut venue = connector.accept();
        let from = GoneOnFrom::default();
        let stage = start_with(connector, &["A-USD"], held(&trades), from.clone());
        assert_eq!(heard(&mut venue).await, "+A-USD");
        let expected = expected.map(|(number, ms)| (TradeId(number), UnixMs(ms).to_ns()));
        assert_eq!(*from.lock().unwrap(), [expected], "{trades:?}");
        stage.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_trade_that_the_store_does_not_have_yet_is_gone_on_from() {
    for (unwritten, expected) in [(9, 9), (5, 7)] {
        let connector = MemoryConnector::default();
        let mut venue = connector.accept();
        let from = GoneOnFrom::default();
        let key = |number| (TradeId(number), UnixMs(NOW).to_ns());
        let newest = NewestTrades::from([(id("A-USD"), key(unwritten))]);
        let behind = (held(&[(7, NOW)]) as Arc<dyn MarketStore>, newest);
        let stage = start_behind(connector, &["A-USD"], behind, from.clone());
        assert_eq!(heard(&mut venue).await, "+A-USD");
        assert_eq!(*from.lock().unwrap(), [Some(key(expected))]);
        stage.end().await;
    }
}

/// Otherwise everything missed while the server was down would be missing without a word.
#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_read_for_a_moment_is_asked_again() {
    let connector = MemoryConnector::default();
    let mut venue = connector.accept();
    let (store, from) = (held(&[(7, NOW)]), GoneOnFrom::default());
    *store.failing_reads.lock().unwrap() = READS - 1;
    let watch = Stopwatch::start();
    let stage = start_with(connector, &["A-USD"], store, from.clone());
    assert_eq!(heard(&mut venue).await, "+A-USD");
    // 1 + 2 + 4 + 8 s, the ceilings of the waits.
    assert_eq!(watch.elapsed().as_secs(), 15);
    let expected = Some((TradeId(7), UnixMs(NOW).to_ns()));
    assert_eq!(*from.lock().unwrap(), [expected]);
    venue.say("trade A-USD 9").await;
    assert_eq!(stage.sink.words(1).await, ["trade A-USD 9"]);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn that_the_store_stays_unreadable_is_said_as_a_gap() {
    let connector = MemoryConnector::default();
    let mut venue = connector.accept();
    let (store, from) = (held(&[(7, NOW)]), GoneOnFrom::default());
    *store.failing_reads.lock().unwrap() = READS;
    let stage = start_with(connector, &["A-USD"], store, from.clone());
    assert_eq!(heard(&mut venue).await, "+A-USD");
    assert_eq!(*from.lock().unwrap(), [None]);
    let words = stage.sink.words(0).await;
    let expected = EventBody::Gap {
        kind: GapKind::Trades,
        start: UnixMs(NOW).to_ns(),
        end: None,
        reason: "what was missed is not known: the store cannot be reached at the moment: told to \
                 fail"
            .to_owned(),
        filled: false,
    };
    assert_eq!(words, [format!("{expected:?}")]);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_store_can_be_stopped() {
    let store = held(&[(7, NOW)]);
    *store.failing_reads.lock().unwrap() = READS;
    let stage = start_with(
        MemoryConnector::default(),
        &["A-USD"],
        store,
        GoneOnFrom::default(),
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    let watch = Stopwatch::start();
    stage.end().await;
    assert!(watch.elapsed() < Duration::from_secs(1));
}

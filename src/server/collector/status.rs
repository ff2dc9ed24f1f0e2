//! How each connection is doing, for the status panel. Written by sessions, read by services.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tradesuite_core::model::{ConnectionState, ConnectionStatus, UnixNs};

use super::clock_offset::{self, ClockOffset};
use super::intake::Verdict;

const NS_PER_MS: i64 = 1_000_000;
/// Whole seconds over which the rate is taken.
const RATE_WINDOW_S: i64 = 5;

/// Silence after which a line counts as stale, milliseconds: every feed has a heartbeat at least
/// once a second, and who looks shall know within three.
const QUIET_MS: i64 = 2_000;

/// Every connection's state, and what is not collected. A cheap handle.
#[derive(Clone, Debug, Default)]
pub struct StatusBoard(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    lines: Vec<StatusCell>,
    /// What is asked for and cannot be collected, in a sentence each, by venue.
    uncollected: BTreeMap<&'static str, Vec<String>>,
}

/// One connection's state. A cheap handle.
#[derive(Clone, Debug)]
pub struct StatusCell(Arc<Mutex<Line>>);

#[derive(Debug)]
struct Line {
    exchange: &'static str,
    state: ConnectionState,
    meter: Meter,
    last_frame: Option<UnixNs>,
    offset: ClockOffset,
    opened: u64,
    gaps: u64,
    resyncs: u64,
    checksum_failures: u64,
    rejected: u64,
    last_error: Option<String>,
    retry_at: Option<UnixNs>,
}

impl Line {
    /// How long nothing has come, milliseconds.
    fn age_ms(&self, now: UnixNs) -> Option<i64> {
        let at = self.last_frame?;
        Some(((now.0 - at.0) / NS_PER_MS).max(0))
    }

    fn state(&self, now: UnixNs) -> ConnectionState {
        let is_quiet = self.age_ms(now).is_some_and(|age| age > QUIET_MS);
        // Told by the reader's clock: a session that is held up cannot tell it.
        match self.state {
            ConnectionState::Live if is_quiet => ConnectionState::Stale,
            state => state,
        }
    }
}

impl StatusBoard {
    /// Adds a connection, not open yet.
    #[must_use]
    pub fn register(&self, exchange: &'static str) -> StatusCell {
        let cell = StatusCell(Arc::new(Mutex::new(Line {
            exchange,
            state: ConnectionState::Connecting,
            meter: Meter::default(),
            last_frame: None,
            offset: ClockOffset::default(),
            opened: 0,
            gaps: 0,
            resyncs: 0,
            checksum_failures: 0,
            rejected: 0,
            last_error: None,
            retry_at: None,
        })));
        lock(&self.0).lines.push(cell.clone());
        cell
    }

    /// Takes a connection off the board: it is not wanted any more.
    pub fn remove(&self, cell: &StatusCell) {
        lock(&self.0)
            .lines
            .retain(|held| !Arc::ptr_eq(&held.0, &cell.0));
    }

    /// What is asked for of a venue and cannot be collected, in a sentence each.
    pub fn uncollected(&self, exchange: &'static str, sentences: Vec<String>) {
        lock(&self.0).uncollected.insert(exchange, sentences);
    }

    /// What is asked for and cannot be collected, and that the clock is wrong, in a sentence each.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        let board = lock(&self.0);
        let offsets = board.lines.iter().filter_map(|cell| {
            let line = lock(&cell.0);
            Some((line.exchange, line.offset.ms()?))
        });
        let clock = clock_offset::sentence(offsets);
        let uncollected = board.uncollected.values().flatten().cloned();
        uncollected.chain(clock).collect()
    }

    /// All connections as they stand now.
    #[must_use]
    pub fn connections(&self, now: UnixNs) -> Vec<ConnectionStatus> {
        let board = lock(&self.0);
        board.lines.iter().map(|cell| cell.status(now)).collect()
    }

    /// The state of every connection, in the order of [`Self::connections`].
    #[must_use]
    pub fn states(&self, now: UnixNs) -> Vec<ConnectionState> {
        let board = lock(&self.0);
        board.lines.iter().map(|cell| cell.state(now)).collect()
    }

    /// Frames and values that did not parse, fit or verify since the start.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        lock(&self.0)
            .lines
            .iter()
            .map(|cell| lock(&cell.0).rejected)
            .sum()
    }
}

impl StatusCell {
    /// What it does now.
    fn state(&self, now: UnixNs) -> ConnectionState {
        lock(&self.0).state(now)
    }

    /// What it looks like now.
    #[must_use]
    pub fn status(&self, now: UnixNs) -> ConnectionStatus {
        let line = lock(&self.0);
        ConnectionStatus {
            exchange: line.exchange.to_owned(),
            state: line.state(now),
            messages_per_s: line.meter.per_second(now),
            age_ms: line.age_ms(now),
            gaps: line.gaps,
            resyncs: line.resyncs,
            checksum_failures: line.checksum_failures,
            reconnects: line.opened.saturating_sub(1),
            last_error: line.last_error.clone(),
            retry_at: line.retry_at.map(|at| at.to_ms().0),
        }
    }

    /// A line is being opened.
    pub fn connecting(&self) {
        let mut line = lock(&self.0);
        line.state = ConnectionState::Connecting;
        line.offset = ClockOffset::default();
        line.retry_at = None;
    }

    /// The line is open, no data yet.
    pub fn opened(&self) {
        lock(&self.0).opened += 1;
    }

    /// Frames came.
    pub fn frames(&self, count: u64, now: UnixNs) {
        let mut line = lock(&self.0);
        line.state = ConnectionState::Live;
        line.last_frame = Some(now);
        line.meter.add(count, now);
    }

    /// A frame said what time it was at the venue.
    pub fn venue_time(&self, time: UnixNs, received: UnixNs) {
        lock(&self.0).offset.hear(time, received);
    }

    /// Nothing came for longer than it should take.
    pub fn stale(&self) {
        lock(&self.0).state = ConnectionState::Stale;
    }

    /// Nothing will come before `retry_at`.
    pub fn waiting(&self, state: ConnectionState, error: String, retry_at: UnixNs) {
        let mut line = lock(&self.0);
        line.state = state;
        line.last_error = Some(error);
        line.retry_at = Some(retry_at);
    }

    /// Something went wrong that the line survives.
    pub fn complain(&self, error: String) {
        lock(&self.0).last_error = Some(error);
    }

    /// Frames or values were refused, holes and jumps seen, checksums wrong.
    pub fn count(&self, verdict: &Verdict) {
        let mut line = lock(&self.0);
        line.rejected += verdict.rejected;
        line.gaps += verdict.gaps;
        line.checksum_failures += verdict.checksum_failures;
    }

    /// Books are asked for again.
    pub fn resync(&self) {
        lock(&self.0).resyncs += 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Messages by second, for as many seconds as the rate is taken over.
#[derive(Clone, Copy, Debug, Default)]
struct Meter {
    /// The second that the newest count belongs to.
    second: i64,
    counts: [u64; RATE_WINDOW_S as usize + 1],
}

impl Meter {
    fn add(&mut self, count: u64, now: UnixNs) {
        self.turn(second(now));
        self.counts[slot(self.second)] += count;
    }

    /// Over the last whole seconds.
    fn per_second(mut self, now: UnixNs) -> f64 {
        self.turn(second(now));
        self.counts[slot(self.second)] = 0;
        self.counts.iter().sum::<u64>() as f64 / RATE_WINDOW_S as f64
    }

    fn turn(&mut self, to: i64) {
        let passed = (to - self.second).clamp(0, RATE_WINDOW_S + 1);
        for back in 0..passed {
            self.counts[slot(to - back)] = 0;
        }
        self.second = self.second.max(to);
    }
}

fn second(time: UnixNs) -> i64 {
    time.0.div_euclid(1_000 * NS_PER_MS)
}

fn slot(second: i64) -> usize {
    // Between 0 and the window: the remainder of a Euclidean division.
    second.rem_euclid(RATE_WINDOW_S + 1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> UnixNs {
        UnixNs(ms * NS_PER_MS)
    }

    #[test]
    fn the_rate_is_that_of_the_last_whole_seconds() {
        let mut meter = Meter::default();
        for ms in (0..10_000).step_by(100) {
            meter.add(1, at(ms));
        }
        for (now, expected) in [(10_000, 10.0), (10_900, 10.0), (12_000, 6.0), (60_000, 0.0)] {
            assert!((meter.per_second(at(now)) - expected).abs() < 1e-9, "{now}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_is_said_until_a_line_disagrees() {
        let board = StatusBoard::default();
        let (far, near) = (board.register("far"), board.register("near"));
        let hear = |cell: &StatusCell, late_ms: i64| {
            for _ in 0..10 {
                cell.venue_time(at(1_000_000_000), at(1_000_000_000 + late_ms));
            }
        };
        assert!(board.notices().is_empty());
        hear(&far, 40 * 86_400_000);
        let said = board.notices().join("");
        assert!(
            said.contains("3456000 s ahead of the times that far"),
            "{said}"
        );
        hear(&near, 40);
        assert!(board.notices().is_empty());
        // What a line said before it was lost counts no more.
        near.connecting();
        assert_eq!(board.notices().len(), 1);
    }

    #[test]
    fn a_line_goes_through_its_states() {
        let board = StatusBoard::default();
        let cell = board.register("line");
        let state = |now| board.connections(now).remove(0);
        assert_eq!(state(at(0)).state, ConnectionState::Connecting);
        cell.opened();
        cell.frames(3, at(1_000));
        assert_eq!(state(at(1_250)).age_ms, Some(250));
        assert_eq!(state(at(1_250)).state, ConnectionState::Live);
        assert_eq!(state(at(4_000)).state, ConnectionState::Stale);
        assert_eq!(board.states(at(3_000)), [ConnectionState::Live]);
        assert_eq!(board.states(at(3_001)), [ConnectionState::Stale]);
        cell.waiting(ConnectionState::Waiting, "cut".to_owned(), at(9_000));
        let waiting = state(at(2_000));
        assert_eq!(waiting.retry_at, Some(9_000));
        assert_eq!(waiting.last_error.as_deref(), Some("cut"));
        assert_eq!(waiting.reconnects, 0);
        cell.connecting();
        cell.opened();
        assert_eq!(state(at(9_000)).reconnects, 1);
        assert_eq!(state(at(9_000)).retry_at, None);
        board.remove(&cell);
        assert!(board.connections(at(0)).is_empty());
    }
}

//! One connection to a venue, from the opening of the line to its end: subscribe, read, check,
//! hand over, watch the silence, follow what is wanted, ask for books again.
//!
//! It must not know what frames mean (that is the [`Checker`]'s) nor when to open the next line
//! (that is the supervisor's).

mod books;
mod last_words;
mod names;
mod resync;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{InstrumentId, MarketEvent, UnixNs};

use self::books::Books;
use self::names::{changed, missing_from, symbol};
use self::resync::Resync;
use crate::server::clock::{Clock, Stopwatch};
use crate::server::collector::backoff::Jitter;
use crate::server::collector::checker::{Carried, CarriedInstrument, Checker};
use crate::server::collector::intake::Verdict;
use crate::server::collector::limiter::Limiter;
use crate::server::collector::sink::{EventSink, SinkClosed};
use crate::server::collector::status::StatusCell;
use crate::server::collector::transport::{Frame, Line, LineLost};
use crate::server::exchange::Feed;

/// Frames that are taken from the line before their events are handed over.
const MAX_FRAMES_AT_ONCE: u64 = 256;
/// Events after which they are handed over, however few the frames.
const MAX_EVENTS_AT_ONCE: usize = 2_048;
/// Symbols in one subscription message.
const SYMBOLS_PER_MESSAGE: usize = 50;
/// Times that books are asked for again on one line; then it is given up for a new one.
const MAX_RESYNCS: u32 = 3;

/// What a session is given.
pub struct SessionSetup<'a> {
    /// The interface spoken.
    pub feed: &'static dyn Feed,
    /// Keeps to the venue's limit on messages sent.
    pub messages: &'a Limiter,
    /// Time of day.
    pub clock: &'a Clock,
    /// Takes the events.
    pub sink: &'a dyn EventSink,
    /// Shows how it goes.
    pub cell: &'a StatusCell,
    /// Spreads resyncs.
    pub jitter: &'a Jitter,
    /// Ends it.
    pub stop: &'a CancellationToken,
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// It was told to, or nothing is wanted from it any more.
    Stopped,
    /// The line is gone or of no use.
    Lost(String),
}

/// Runs one open line to its end. The books of the line are stale then.
pub async fn run<L: Line>(
    setup: &SessionSetup<'_>,
    line: L,
    checker: &mut dyn Checker,
    wanted: &mut watch::Receiver<Carried>,
) -> SessionEnd {
    checker.opened();
    setup.cell.opened();
    let mut session = Session {
        setup,
        line,
        checker,
        carried: Carried::default(),
        events: Vec::new(),
        last_frame: Stopwatch::start(),
        stale: false,
        resync: Resync::default(),
        books: Books::default(),
        said: BTreeSet::new(),
    };
    let end = tokio::select! {
        biased;
        // Also where it waits for a full journal or for the venue's leave to speak.
        () = setup.stop.cancelled() => Ok(()),
        end = session.follow(wanted) => end,
    };
    let reason = match &end {
        Ok(()) => "the connection was closed because nobody looks at it or the server stops",
        Err(Broken::Line(reason)) => reason,
        Err(Broken::Sink) => "the server stops",
    };
    session
        .checker
        .lost(reason, setup.clock.now(), &mut session.events);
    session.say_last().await;
    session.line.close().await;
    match end {
        Ok(()) | Err(Broken::Sink) => SessionEnd::Stopped,
        Err(Broken::Line(reason)) => SessionEnd::Lost(reason),
    }
}

enum Broken {
    Line(String),
    Sink,
}

impl From<LineLost> for Broken {
    fn from(LineLost(reason): LineLost) -> Self {
        Self::Line(reason)
    }
}

impl From<SinkClosed> for Broken {
    fn from(SinkClosed: SinkClosed) -> Self {
        Self::Sink
    }
}

struct Session<'a, L> {
    setup: &'a SessionSetup<'a>,
    line: L,
    checker: &'a mut dyn Checker,
    /// What is subscribed.
    carried: Carried,
    /// Checked, not yet handed over.
    events: Vec<MarketEvent>,
    last_frame: Stopwatch,
    stale: bool,
    resync: Resync,
    /// Which books are waited for.
    books: Books,
    /// Kinds of trouble that were logged on this line.
    said: BTreeSet<Trouble>,
}

/// What is logged once a line, then counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    /// Frames or values that did not parse, fit or verify.
    Rejected,
    /// Messages or trades that are missing.
    Missing,
    /// The venue's own words.
    Venue,
    /// Books asked for again because of a hole.
    Resync,
    /// Books that do not come.
    NoBook,
}

impl<L: Line> Session<'_, L> {
    /// Goes on until it is told to stop, nothing is wanted, or something breaks.
    async fn follow(&mut self, wanted: &mut watch::Receiver<Carried>) -> Result<(), Broken> {
        loop {
            let now_wanted = wanted.borrow_and_update().clone();
            if now_wanted.is_empty() {
                return Ok(());
            }
            self.carry(now_wanted).await?;
            loop {
                let (resync_due, resync_wait) = (self.resync.is_due(), self.resync.wait());
                let patience = self.patience();
                let (book_due, book_wait) = (self.books.is_waiting(), self.books.wait());
                tokio::select! {
                    biased;
                    changed = wanted.changed() => {
                        if changed.is_err() {
                            return Ok(());
                        }
                        break;
                    }
                    () = tokio::time::sleep(resync_wait), if resync_due => {
                        self.ask_again().await?;
                    }
                    () = tokio::time::sleep(book_wait), if book_due => {
                        self.ask_for_books().await?;
                    }
                    frame = self.line.next() => self.take(frame?).await?,
                    () = tokio::time::sleep(patience) => self.silent()?,
                }
            }
        }
    }

    /// Subscribes to what is new and unsubscribes from what is not wanted any more.
    async fn carry(&mut self, wanted: Carried) -> Result<(), Broken> {
        let before = std::mem::replace(&mut self.carried, wanted.clone());
        for carried in changed(&before, &wanted) {
            self.checker.carry(carried);
        }
        let new: Vec<&CarriedInstrument> = missing_from(&before, &wanted).collect();
        // One that only got another name, from the venue's list, is not dropped.
        let gone: Vec<InstrumentId> = before
            .keys()
            .filter(|id| !wanted.contains_key(*id))
            .cloned()
            .collect();
        let feed = self.setup.feed;
        let symbols: Vec<&str> = missing_from(&wanted, &before).map(symbol).collect();
        self.say(&symbols, |symbols| feed.unsubscribe(symbols))
            .await?;
        let symbols: Vec<&str> = new.iter().copied().map(symbol).collect();
        self.say(&symbols, |symbols| feed.subscribe(symbols))
            .await?;
        for carried in new {
            self.books.expect(&carried.instrument.id);
        }
        if !gone.is_empty() {
            let now = self.setup.clock.now();
            self.checker.dropped(&gone, now, &mut self.events);
            self.hand_over().await?;
        }
        // Last: that a book is stale now is no reason to ask for it.
        for id in &gone {
            self.books.forget(id);
        }
        Ok(())
    }

    async fn say(
        &mut self,
        symbols: &[&str],
        words: impl Fn(&[&str]) -> Vec<String>,
    ) -> Result<(), LineLost> {
        for some in symbols.chunks(SYMBOLS_PER_MESSAGE) {
            for message in words(some) {
                self.setup.messages.turn().await;
                self.line.send(message).await?;
            }
        }
        Ok(())
    }

    /// Takes this frame and whatever else has arrived by now, and hands the events over.
    async fn take(&mut self, first: Frame) -> Result<(), Broken> {
        let received = self.setup.clock.now();
        self.last_frame = Stopwatch::start();
        self.stale = false;
        let mut count = 1;
        let mut lost = None;
        self.read(first, received);
        while count < MAX_FRAMES_AT_ONCE && self.events.len() < MAX_EVENTS_AT_ONCE {
            match self.line.next().now_or_never() {
                Some(Ok(frame)) => self.read(frame, received),
                Some(Err(error)) => {
                    lost = Some(error);
                    break;
                }
                None => break,
            }
            count += 1;
        }
        self.setup.cell.frames(count, received);
        self.hand_over().await?;
        match lost {
            Some(error) => Err(error.into()),
            None if self.resync.count() > MAX_RESYNCS => Err(Broken::Line(
                "messages were lost again and again on this line".to_owned(),
            )),
            None => Ok(()),
        }
    }

    fn read(&mut self, frame: Frame, received: UnixNs) {
        let cell = self.setup.cell;
        let verdict = match frame {
            Frame::Text(text) => self.checker.frame(&text, received, &mut self.events),
            Frame::Binary(bytes) => Verdict {
                rejected: 1,
                complaint: Some(format!("a binary frame of {bytes} bytes was left out")),
                ..Verdict::default()
            },
        };
        if let Some(time) = verdict.venue_time {
            cell.venue_time(time, received);
        }
        if verdict.rejected + verdict.gaps + verdict.checksum_failures > 0 {
            cell.count(&verdict);
        }
        if let Some(complaint) = verdict.complaint {
            let kind = match (verdict.rejected, verdict.gaps) {
                (1.., _) => Trouble::Rejected,
                (0, 1..) => Trouble::Missing,
                (0, 0) => Trouble::Venue,
            };
            self.complain(kind, complaint);
        }
        if let Some(reason) = verdict.resync
            && self.resync.plan(self.setup.jitter.draw())
        {
            cell.resync();
            self.complain(Trouble::Resync, reason);
        }
    }

    /// Shows a trouble, and logs it unless one of its kind was logged on this line: what comes a
    /// thousand times a second is counted, not told.
    fn complain(&mut self, kind: Trouble, words: String) {
        let feed = self.setup.feed.spec().name;
        if self.said.insert(kind) {
            tracing::warn!(
                feed,
                ?kind,
                words,
                "trouble on a line; more of it is counted"
            );
        } else {
            tracing::debug!(feed, ?kind, words, "trouble on a line");
        }
        self.setup.cell.complain(words);
    }

    /// Asks for all books: each may lack what was lost.
    async fn ask_again(&mut self) -> Result<(), LineLost> {
        self.resync.begin();
        let carried = self.carried.clone();
        for id in carried.keys() {
            self.books.expect(id);
        }
        self.subscribe_anew(carried.values()).await
    }

    /// Asks for the books that should have come by now. A line without a single one is given up;
    /// one instrument alone is asked for again and again, but costs the others nothing.
    async fn ask_for_books(&mut self) -> Result<(), Broken> {
        let carried = self.carried.clone();
        if self.books.asked() >= MAX_RESYNCS && self.books.waiting() == carried.len() {
            return Err(Broken::Line("no book came on this line".to_owned()));
        }
        let late = self.books.ask();
        self.setup.cell.resync();
        let names: Vec<&str> = late.iter().map(InstrumentId::symbol).collect();
        self.complain(
            Trouble::NoBook,
            format!("no book came of {}", names.join(", ")),
        );
        let late = late.iter().filter_map(|id| carried.get(id));
        Ok(self.subscribe_anew(late).await?)
    }

    async fn subscribe_anew<'a>(
        &mut self,
        carried: impl Iterator<Item = &'a CarriedInstrument>,
    ) -> Result<(), LineLost> {
        let symbols: Vec<&str> = carried.map(symbol).collect();
        let feed = self.setup.feed;
        self.say(&symbols, |symbols| feed.unsubscribe(symbols))
            .await?;
        self.say(&symbols, |symbols| feed.subscribe(symbols)).await
    }

    async fn hand_over(&mut self) -> Result<(), SinkClosed> {
        if self.events.is_empty() {
            return Ok(());
        }
        self.books.take(&self.events);
        self.setup
            .sink
            .append(std::mem::take(&mut self.events))
            .await
    }

    /// How much longer silence is borne: once for stale, twice for dead.
    fn patience(&self) -> Duration {
        let silence = self.silence();
        let limit = if self.stale { silence * 2 } else { silence };
        limit.saturating_sub(self.last_frame.elapsed())
    }

    fn silent(&mut self) -> Result<(), Broken> {
        if self.stale {
            let silence_s = self.last_frame.elapsed().as_secs();
            return Err(Broken::Line(format!("nothing was heard for {silence_s} s")));
        }
        self.stale = true;
        self.setup.cell.stale();
        Ok(())
    }

    fn silence(&self) -> Duration {
        let ms = self.setup.feed.spec().silence_ms;
        Duration::from_millis(u64::try_from(ms).unwrap_or(0).max(1))
    }
}

//! The tape between two frames: rows, place, history, the taker's flow.

use leptos::prelude::*;
use tradesuite_core::chart::{Print, SizeClass, TapeRow, TapeRows, TapeScroll};
use tradesuite_core::market::{FlowSums, TradeFlow};
use tradesuite_core::model::{InstrumentId, Precision, Side, Trade, TradeId, TradePage, UnixNs};
use tradesuite_core::protocol::{Body, Data, Message, TradeData};

use super::facts::{self, MinuteFacts};
use super::header::Header;
use super::history::{History, Outcome, Request};
use super::paint;
use super::settings::{Choices, LONGEST_WINDOW_S};
use crate::browser;
use crate::ui::panel::{CAPTIONS, Frame, Note, Painted};

/// Trades held at the most: some 11 MB. The oldest leave first.
pub const MOST_TRADES: usize = 200_000;
/// Trades up to which history is loaded; the rest is room for live ones.
const MOST_HISTORY: usize = 150_000;
/// Trades that are loaded without being scrolled to, to cover the header's window or to fill a
/// tape that shows few of them.
const MOST_UNASKED: usize = 20_000;

/// A large row, to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LargeRow {
    /// The taker's side.
    pub side: Side,
    /// How large.
    pub class: SizeClass,
}

/// One instrument's tape.
pub struct TapeState {
    /// Trades as rows.
    pub rows: TapeRows,
    /// What of them is seen.
    pub scroll: TapeScroll,
    /// What a person set.
    pub choices: Choices,
    /// Quote and base currency.
    pub units: (String, String),
    /// Where the mouse points, CSS pixels from the top of the canvas.
    pub pointed: Option<f64>,
    history: History,
    flow: TradeFlow,
    seq: u64,
    is_known: bool,
    stale: Option<String>,
    /// Trades had numbers that no common precision holds.
    has_lost: bool,
    /// Exchange time of the newest live trade, and when it came, milliseconds since the page was
    /// opened.
    newest: Option<(UnixNs, f64)>,
    /// The last row that was heard.
    heard: Option<(UnixNs, TradeId)>,
    header: Header,
    minute: MinuteFacts,
}

impl TapeState {
    /// An empty tape.
    #[must_use]
    pub fn new(instrument: &InstrumentId, choices: Choices, header: Header) -> Self {
        Self {
            rows: TapeRows::new(MOST_TRADES, choices.rule.get_untracked()),
            scroll: TapeScroll::default(),
            choices,
            units: (instrument.quote().to_owned(), instrument.base().to_owned()),
            pointed: None,
            history: History::default(),
            flow: TradeFlow::new(LONGEST_WINDOW_S),
            seq: 0,
            is_known: false,
            stale: None,
            has_lost: false,
            newest: None,
            heard: None,
            header,
            minute: MinuteFacts::default(),
        }
    }

    /// Takes a message of the topic `trades`. Returns the largest row that it brought, if any is
    /// to be heard.
    pub fn take(&mut self, message: &Message, now_ms: f64) -> Option<LargeRow> {
        self.seq = message.seq;
        match &message.body {
            Body::Snapshot(Data::Trades(data)) => {
                self.stale = None;
                self.is_known = true;
                self.begin(data);
                self.tell_time(now_ms);
                None
            }
            Body::Update(Data::Trades(data)) => {
                let news = self.merge(&data.trades, data.precision);
                self.tell_time(now_ms);
                self.largest(&news)
            }
            Body::Stale { reason } => {
                self.stale = Some(reason.clone());
                None
            }
            _ => None,
        }
    }

    /// The server can be reached again: what waits is asked for at the next look.
    pub fn reached(&mut self) {
        self.history.reached();
    }

    /// What to ask the server for now.
    pub fn next_request(&mut self, now_ms: f64) -> Option<Request> {
        let wants = self.is_known && self.wants_older(now_ms);
        self.history.next_request(wants, now_ms)
    }

    /// Takes the answer to a request.
    pub fn answer(&mut self, request: Request, page: Result<TradePage, String>, now_ms: f64) {
        let page = match page {
            Ok(page) => page,
            Err(error) => return self.history.fail(error, now_ms),
        };
        self.merge(&page.trades, page.precision);
        let first = page.trades.first().map(Trade::key);
        let held = self.rows.prints();
        let outcome = self
            .history
            .answer(request, first, page.older, held, now_ms);
        self.settle(outcome);
    }

    /// Sums of the header's window, and how long that is known to be, seconds.
    #[must_use]
    pub fn flow(&self, now_ms: f64) -> Option<(FlowSums, i64)> {
        let (now, covered_s) = self.covered(now_ms)?;
        let length_s = self.choices.window_s.get_untracked().min(covered_s);
        Some((self.flow.sums(now, length_s), length_s))
    }

    /// Decimals of all rows.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.rows.prints().precision()
    }

    /// The row under the mouse.
    #[must_use]
    pub fn pointed_row(&self) -> Option<TapeRow> {
        let y = self.pointed? - CAPTIONS;
        let (range, above) = self.scroll.visible(&self.rows);
        let at = range.start + ((y + above) / TapeScroll::ROW).floor().max(0.0) as usize;
        (y >= 0.0).then(|| self.rows.row(at)).flatten()
    }

    /// Follows the settings.
    fn choose(&mut self) {
        self.rows.set_rule(self.choices.rule.get_untracked());
    }

    fn begin(&mut self, data: &TradeData) {
        let oldest = data.trades.iter().min_by_key(|trade| trade.key());
        let newest = self.rows.prints().newest().copied();
        let outcome = self
            .history
            .begin(newest.as_ref(), oldest.map(Print::from).as_ref());
        self.merge(&data.trades, data.precision);
        self.settle(outcome);
    }

    fn settle(&mut self, outcome: Outcome) {
        if let Outcome::Forget(key) = outcome {
            self.rows.forget_before(key);
        }
    }

    fn merge(&mut self, trades: &[Trade], precision: Precision) -> Vec<Print> {
        let before = self.precision();
        let news = self.rows.merge(trades, precision).unwrap_or_else(|| {
            self.has_lost = true;
            Vec::new()
        });
        let add = |flow: &mut TradeFlow, print: &Print| {
            flow.add(print.time, print.side, print.price, print.quantity);
        };
        if before == self.precision() {
            news.iter().for_each(|print| add(&mut self.flow, print));
        } else {
            self.flow.clear();
            let held = self.rows.prints().iter();
            held.for_each(|print| add(&mut self.flow, print));
        }
        news
    }

    fn tell_time(&mut self, now_ms: f64) {
        let newest = self.rows.prints().newest().map(|print| print.time);
        if newest > self.newest.map(|(time, _)| time) {
            self.newest = newest.map(|time| (time, now_ms));
        }
    }

    /// The exchange's time now, and since how many seconds nothing is missing.
    fn covered(&self, now_ms: f64) -> Option<(UnixNs, i64)> {
        let (newest, heard_ms) = self.newest?;
        let now = UnixNs(newest.0 + ((now_ms - heard_ms).max(0.0) * 1e6) as i64);
        let oldest = self.rows.prints().oldest()?.time;
        let whole_from = self.history.whole_from().unwrap_or(oldest).max(oldest);
        // The first second may be known in part.
        let covered_s = (now.0 - whole_from.0).div_euclid(1_000_000_000);
        Some((now, covered_s.max(1)))
    }

    fn wants_older(&self, now_ms: f64) -> bool {
        let held = self.rows.prints().len();
        let is_short = self.scroll.below(&self.rows) < 2 * self.scroll.rows_seen();
        let window_s = self.choices.window_s.get_untracked();
        let covers = self
            .covered(now_ms)
            .is_none_or(|(_, covered_s)| covered_s >= window_s);
        let most = match self.scroll.is_following() {
            true => MOST_UNASKED,
            false => MOST_HISTORY,
        };
        (is_short && held < most) || (!covers && held < MOST_UNASKED)
    }

    /// The largest row that holds one of these trades and was not heard yet.
    fn largest(&mut self, news: &[Print]) -> Option<LargeRow> {
        let least = self.choices.sounds.get_untracked().least()?;
        let earliest = news.first()?.key();
        let mut largest: Option<LargeRow> = None;
        let mut newest = self.heard;
        let rows = (0..self.rows.len()).map_while(|at| self.rows.row(at));
        for row in rows.take_while(|row| (row.time, row.last) >= earliest) {
            let is_heard = Some((row.time, row.first)) <= self.heard;
            if !is_heard && row.class >= least {
                newest = newest.max(Some((row.time, row.last)));
                if largest.is_none_or(|other| row.class > other.class) {
                    largest = Some(LargeRow {
                        side: row.side,
                        class: row.class,
                    });
                }
            }
        }
        self.heard = newest;
        largest
    }
}

impl Painted for TapeState {
    fn note(&self) -> Option<Note> {
        match &self.stale {
            Some(reason) => Some(Note::Stale(reason.clone())),
            None if !self.is_known => Some(Note::Waiting("Waiting for a trade…")),
            None if self.has_lost => {
                let text = "some trades have numbers too large to be shown";
                Some(Note::Stale(text.to_owned()))
            }
            None if !self.rows.is_empty() => None,
            None if self.history.is_loading() => Some(Note::Waiting("Loading trades…")),
            None if self.rows.prints().is_empty() => Some(Note::Empty("No trade yet.")),
            None => Some(Note::Empty("No trade held is as large as the filter asks.")),
        }
    }

    fn paint(&mut self, frame: &Frame) -> bool {
        self.choose();
        self.scroll
            .resize(frame.size.height / frame.size.ratio - CAPTIONS);
        paint::paint(self, frame);
        let now = browser::page_ms();
        self.header.write(self, now);
        false
    }

    fn summary(&self) -> String {
        let numbers = self.choices.numbers.get_untracked();
        facts::summary(self.rows.prints(), self.seq, numbers)
    }

    fn facts(&self) -> String {
        facts::facts(&self.rows, &self.scroll, &self.minute)
    }
}

impl TapeState {
    /// In one sentence, what lies below the oldest row.
    #[must_use]
    pub fn end_text(&self) -> Option<&'static str> {
        if self.scroll.below(&self.rows) > 0 || self.rows.is_empty() {
            None
        } else if self.history.is_complete() {
            Some("Nothing older is held by the server")
        } else if self.rows.prints().len() >= MOST_HISTORY {
            Some("The tape holds no more")
        } else if self.history.error().is_some() {
            Some("Older trades could not be loaded; trying again")
        } else {
            Some("Loading older trades…")
        }
    }
}

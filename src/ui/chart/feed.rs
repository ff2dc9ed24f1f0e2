//! A chart's bars on their way: the newest page, live bars, older pages as one scrolls back.
//!
//! Decides what to ask for and what an answer changes. Asks nobody itself: the component carries
//! [`Request`]s to the server and brings the answers back.

use std::collections::VecDeque;

use tradesuite_core::chart::{Bar, ChartSize, ChartView};
use tradesuite_core::model::{Candle, CandlePage, Precision, Price, Timeframe, UnixMs};
use tradesuite_core::protocol::{Body, Data, Message};

/// Bars of the first page: three screens at rest.
const FIRST_PAGE: u32 = 500;
/// Bars the server gives at most in one answer.
const MOST_BARS: i64 = 5_000;
/// Fewer bars than these look as if some were missing.
const FEW: usize = 20;
/// Pause after a request that failed or was not answered whole, milliseconds; doubles up to the
/// longest.
const RETRY_MS: f64 = 3_000.0;
const LONGEST_RETRY_MS: f64 = 48_000.0;

/// Bars wanted from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Those that open before this time; the newest where it is absent.
    pub before: Option<UnixMs>,
    /// So many.
    pub limit: u32,
}

/// What the reader has to know beside the bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The first page is on its way.
    Loading,
    /// There is nothing to show, and why.
    Empty(String),
    /// The first page could not be had; it is tried again.
    Failed(String),
    /// Bars are shown, but the newest may not be true.
    Stale(String),
    /// Bars are shown, but some are missing.
    Incomplete(String),
    /// So many bars are shown, and there are no others.
    Few(usize),
}

/// The bars of one instrument and timeframe.
pub struct Feed {
    view: ChartView,
    loaded: bool,
    asked: Option<Request>,
    /// What was not answered whole, and is asked again in turn.
    again: VecDeque<Request>,
    /// When that is due, milliseconds.
    again_at_ms: f64,
    /// The oldest bar there is has come.
    complete: bool,
    /// From here to the oldest bar held there is none.
    reached: Option<UnixMs>,
    /// Bars missing between what is held and what is live.
    hole: Option<u32>,
    /// When the bars that this subscription sent begin: they are newer than any page.
    live_from: Option<UnixMs>,
    retry_at_ms: f64,
    /// The pause after the next failure.
    pause_ms: f64,
    error: Option<String>,
    stale: Option<String>,
    notice: Option<String>,
}

/// Bars that are asked for again where the server begins anew: it has put some right, or shows
/// some that it withheld.
const RECENT: u32 = 200;

impl Feed {
    /// Nothing yet.
    #[must_use]
    pub fn new(timeframe: Timeframe, size: ChartSize) -> Self {
        Self {
            view: ChartView::new(timeframe, Precision::default(), size),
            loaded: false,
            asked: None,
            again: VecDeque::new(),
            again_at_ms: 0.0,
            complete: false,
            reached: None,
            hole: None,
            live_from: None,
            retry_at_ms: 0.0,
            pause_ms: RETRY_MS,
            error: None,
            stale: None,
            notice: None,
        }
    }

    /// The chart.
    #[must_use]
    pub fn view(&self) -> &ChartView {
        &self.view
    }

    /// The chart, for gestures and layout.
    pub fn view_mut(&mut self) -> &mut ChartView {
        &mut self.view
    }

    /// Whether there are bars to paint.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.loaded && !self.view.series().is_empty()
    }

    /// Whether the oldest bar that there is, is held.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What to ask the server for now. One request is under way at a time.
    pub fn next_request(&mut self, now_ms: f64) -> Option<Request> {
        if self.asked.is_some() || now_ms < self.retry_at_ms {
            return None;
        }
        let newest = |limit| Request {
            before: None,
            limit,
        };
        let request = if !self.loaded {
            Some(newest(FIRST_PAGE))
        } else if now_ms >= self.again_at_ms && !self.again.is_empty() {
            self.again.front().copied()
        } else if let Some(limit) = self.hole {
            Some(newest(limit))
        } else if self.complete {
            None
        } else {
            let wanted = self.view.history_wanted().map(|(oldest, limit)| Request {
                before: Some(self.reached.map_or(oldest, |reached| reached.min(oldest))),
                limit,
            });
            // What is asked again anyway waits for its turn.
            let waits = |request: &Request| self.again.iter().any(|a| a.before == request.before);
            wanted.filter(|request| !waits(request))
        };
        self.asked = request;
        request
    }

    /// Takes the answer to a request.
    pub fn answer(&mut self, request: Request, page: Result<CandlePage, String>, now_ms: f64) {
        self.asked = None;
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                self.retry_at_ms = now_ms + self.next_pause();
                self.error = Some(error);
                return;
            }
        };
        self.error = None;
        // While the server still lacks bars of the page, that it holds no more says nothing.
        let is_whole = page.notice.is_none();
        self.again.retain(|waiting| *waiting != request);
        if is_whole {
            self.pause_ms = RETRY_MS;
        } else {
            self.again.push_back(request);
            self.again_at_ms = now_ms + self.next_pause();
        }
        if !is_whole || self.again.is_empty() {
            self.notice = page.notice;
        }
        let given_up = self.widen(page.precision);
        if given_up && request.before.is_some() {
            // What was held does not fit these decimals: begin with the newest page again.
            return;
        }
        let precision = self.view.series().precision();
        let tick = Price(page.tick).rescaled(page.precision.price, precision.price);
        self.view.set_tick(tick.map_or(1, |tick| tick.0));
        if request.before.is_some() || !self.loaded {
            self.complete = self.again.is_empty() && page.older.is_none();
            self.reached = page.older.filter(|_| page.candles.is_empty());
        }
        if request.before.is_none() {
            self.loaded = true;
            self.hole = None;
        }
        let live_from = self.live_from;
        let bars = self.bars(&page.candles, page.precision);
        let held = self.view.series();
        let is_fresher = |bar: &Bar| live_from.is_some_and(|from| bar.time >= from);
        let news: Vec<Bar> = bars
            .into_iter()
            .filter(|bar| !(is_fresher(bar) && held.at(bar.time).is_some()))
            .collect();
        self.view.merge(news);
    }

    /// Takes a live message.
    pub fn take(&mut self, message: &Message) {
        match &message.body {
            Body::Snapshot(Data::Candles(data)) => {
                self.stale = None;
                self.widen(data.precision);
                let is_again = self.live_from.is_some();
                self.live_from = data.candles.first().map(|candle| candle.time);
                self.look_for_hole();
                if is_again && self.loaded {
                    self.hole = self.hole.max(Some(RECENT));
                }
                self.take_bars(&data.candles, data.precision);
            }
            Body::Update(Data::Candles(data)) => {
                self.widen(data.precision);
                self.take_bars(&data.candles, data.precision);
            }
            Body::Stale { reason } => self.stale = Some(reason.clone()),
            _ => {}
        }
    }

    /// Back to the last bar.
    pub fn jump_to_now(&mut self) {
        if self.view.jump_to_now() {
            self.forget();
        }
    }

    /// What the reader has to know.
    #[must_use]
    pub fn notice(&self) -> Option<Notice> {
        let shown = self.is_shown();
        match (&self.error, &self.stale) {
            (Some(error), _) if !shown => Some(Notice::Failed(error.clone())),
            _ if !self.loaded => Some(Notice::Loading),
            (_, Some(reason)) => Some(Notice::Stale(reason.clone())),
            _ if !shown => Some(Notice::Empty(self.notice.clone().unwrap_or_default())),
            (Some(error), _) => Some(Notice::Incomplete(error.clone())),
            _ => self.notice.clone().map(Notice::Incomplete).or(self.few()),
        }
    }

    /// A chart that is nearly empty says that this is all.
    fn few(&self) -> Option<Notice> {
        let bars = self.view.series().len();
        (self.complete && bars < FEW).then_some(Notice::Few(bars))
    }

    fn take_bars(&mut self, candles: &[Candle], precision: Precision) {
        for bar in self.bars(candles, precision) {
            self.view.upsert(bar);
        }
    }

    /// Bars at the chart's decimals, which are at least as fine. One that does not fit is said to
    /// be missing.
    fn bars(&mut self, candles: &[Candle], from: Precision) -> Vec<Bar> {
        let to = self.view.series().precision();
        let fitting = |candle| Bar::from(candle).rescaled(from, to);
        let bars: Vec<Bar> = candles.iter().filter_map(fitting).collect();
        if bars.len() < candles.len() {
            self.notice = Some("Some bars have numbers too large to be shown.".to_owned());
        }
        bars
    }

    /// The server can be reached again: nothing waits any longer.
    pub fn reached(&mut self) {
        self.retry_at_ms = 0.0;
        self.again_at_ms = 0.0;
        self.pause_ms = RETRY_MS;
    }

    fn next_pause(&mut self) -> f64 {
        let pause = self.pause_ms;
        self.pause_ms = (pause * 2.0).min(LONGEST_RETRY_MS);
        pause
    }

    /// After a pause in the line, bars may be missing before the first one of the snapshot.
    fn look_for_hole(&mut self) {
        let (Some(last), Some(from)) = (self.view.series().last(), self.live_from) else {
            return;
        };
        let timeframe = self.view.timeframe();
        let missing = (from.0 - timeframe.next(last.time).0) / timeframe.nominal_ms();
        if missing >= MOST_BARS {
            self.view.clear();
            self.forget();
        } else if self.loaded && from > last.time {
            // The last bar held was open when the line broke.
            self.hole = u32::try_from(missing + 3).ok();
        }
    }

    /// Moves what is held to the finest decimals seen; pages and live bars may differ for good.
    /// Says whether bars were given up, because they did not fit.
    fn widen(&mut self, given: Precision) -> bool {
        let held = self.view.series().precision();
        let finest = held.widened(given);
        if finest == held || self.view.widen(finest) {
            return false;
        }
        self.view.set_precision(finest);
        self.forget();
        true
    }

    fn forget(&mut self) {
        self.loaded = false;
        self.again.clear();
        self.complete = false;
        self.reached = None;
        self.hole = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Origin, Volume};
    use tradesuite_core::protocol::{CandleData, Topic};

    const PRECISION: Precision = Precision {
        price: 2,
        quantity: 8,
    };

    fn candle(minute: i64, close: i64) -> Candle {
        Candle {
            time: UnixMs(minute * 60_000),
            open: Price(100),
            high: Price(200),
            low: Price(50),
            close: Price(close),
            volume: Volume(7),
            buy_volume: None,
            quote_volume: None,
            trades: None,
            closed: true,
            revision: 0,
            origin: Origin::Trades,
        }
    }

    fn page(range: std::ops::Range<i64>, more: bool) -> Result<CandlePage, String> {
        Ok(CandlePage {
            precision: PRECISION,
            tick: 1,
            older: more.then_some(UnixMs(range.start * 60_000)),
            candles: range.map(|minute| candle(minute, 150)).collect(),
            notice: None,
        })
    }

    fn message(candles: Vec<Candle>, snapshot: bool) -> Message {
        let data = Data::Candles(CandleData {
            precision: PRECISION,
            candles,
        });
        Message {
            topic: Topic::Status,
            seq: 1,
            body: if snapshot {
                Body::Snapshot(data)
            } else {
                Body::Update(data)
            },
        }
    }

    fn feed() -> Feed {
        let size = ChartSize {
            width: 900.0,
            height: 400.0,
            ratio: 1.0,
        };
        Feed::new(Timeframe::M1, size)
    }

    fn loaded() -> Feed {
        let mut feed = feed();
        let request = feed.next_request(0.0).expect("the first page");
        assert_eq!(
            request,
            Request {
                before: None,
                limit: FIRST_PAGE
            }
        );
        feed.answer(request, page(0..500, true), 0.0);
        feed
    }

    fn closes(feed: &Feed) -> Vec<(i64, i64)> {
        let series = feed.view().series();
        let bars = series.slices(i64::MIN..i64::MAX).flat_map(|(_, bars)| bars);
        bars.map(|bar| (bar.time.0 / 60_000, bar.close.0)).collect()
    }

    #[test]
    fn one_request_at_a_time_and_a_pause_after_a_failure() {
        let mut feed = feed();
        assert_eq!(feed.notice(), Some(Notice::Loading));
        let request = feed.next_request(0.0).expect("the first page");
        assert_eq!(feed.next_request(0.0), None);
        feed.answer(request, Err("no line".into()), 10.0);
        assert_eq!(feed.notice(), Some(Notice::Failed("no line".into())));
        assert_eq!(feed.next_request(RETRY_MS), None);
        assert_eq!(feed.next_request(10.0 + RETRY_MS), Some(request));
        feed.answer(request, page(0..0, false), 4_000.0);
        assert_eq!(feed.notice(), Some(Notice::Empty(String::new())));
        assert_eq!(feed.next_request(9_000.0), None);
    }

    #[test]
    fn live_bars_are_newer_than_a_page_that_comes_late() {
        let mut feed = feed();
        let request = feed.next_request(0.0).expect("the first page");
        feed.take(&message(vec![candle(498, 160), candle(499, 160)], true));
        assert!(!feed.is_shown());
        feed.answer(request, page(0..500, true), 0.0);
        let closes = closes(&feed);
        assert_eq!(closes.len(), 500);
        assert_eq!(
            &closes[496..],
            [(496, 150), (497, 150), (498, 160), (499, 160)]
        );
        feed.take(&message(vec![candle(499, 170), candle(500, 171)], false));
        assert_eq!(
            feed.view().last_price().map(|(price, _)| price),
            Some(Price(171))
        );
    }

    #[test]
    fn older_pages_come_as_one_scrolls_back_until_there_are_none() {
        let mut feed = loaded();
        assert_eq!(feed.next_request(0.0), None);
        feed.view_mut().axis_mut().pan_by(3_000.0);
        let request = feed.next_request(0.0).expect("history");
        assert_eq!(request.before, Some(UnixMs(0)));
        feed.answer(request, page(-20..0, false), 0.0);
        assert_eq!(closes(&feed).len(), 520);
        assert_eq!(feed.next_request(0.0), None);
    }

    #[test]
    fn a_young_instrument_shows_what_there_is_and_says_so() {
        let mut feed = feed();
        let request = feed.next_request(0.0).expect("the first page");
        feed.answer(request, page(0..3, false), 0.0);
        assert!(feed.is_shown());
        assert_eq!(feed.notice(), Some(Notice::Few(3)));
        feed.take(&message(
            (2..FEW as i64).map(|at| candle(at, 150)).collect(),
            true,
        ));
        assert_eq!(feed.notice(), None);
    }

    #[test]
    fn a_long_silence_is_passed_over_page_by_page() {
        let mut feed = loaded();
        feed.view_mut().axis_mut().pan_by(3_000.0);
        let mut asked = feed.next_request(0.0).expect("history");
        for reached in [-40, -80] {
            let silence = page(reached..reached, true);
            feed.answer(asked, silence, 0.0);
            asked = feed
                .next_request(0.0)
                .expect("what lies before the silence");
            assert_eq!(asked.before, Some(UnixMs(reached * 60_000)));
        }
        feed.answer(asked, page(-400..-390, true), 0.0);
        let next = feed.next_request(0.0).and_then(|request| request.before);
        assert_eq!(next, Some(UnixMs(-400 * 60_000)));
    }

    #[test]
    fn a_hole_after_a_pause_is_filled() {
        let mut feed = loaded();
        feed.take(&message(vec![candle(519, 160), candle(520, 160)], true));
        let request = feed.next_request(0.0).expect("the missing bars");
        assert_eq!(
            request,
            Request {
                before: None,
                limit: 22
            }
        );
        feed.answer(request, page(499..521, true), 0.0);
        assert_eq!(closes(&feed).len(), 521);
        assert_eq!(closes(&feed)[519..], [(519, 160), (520, 160)]);
        feed.take(&message(vec![candle(9_000, 160)], true));
        assert!(
            !feed.is_shown(),
            "too long ago: everything is asked for anew"
        );
        assert_eq!(
            feed.next_request(0.0).map(|request| request.limit),
            Some(FIRST_PAGE)
        );
    }

    fn update(precision: Precision, candles: Vec<Candle>) -> Message {
        Message {
            topic: Topic::Status,
            seq: 2,
            body: Body::Update(Data::Candles(CandleData { precision, candles })),
        }
    }

    #[test]
    fn a_page_that_is_not_whole_is_asked_again() {
        let mut feed = feed();
        let first = feed.next_request(0.0).expect("the first page");
        let told = |range| {
            page(range, false).map(|page| CandlePage {
                notice: Some("still being fetched".to_owned()),
                ..page
            })
        };
        feed.answer(first, told(0..0), 0.0);
        assert_eq!(
            feed.notice(),
            Some(Notice::Empty("still being fetched".into()))
        );
        assert_eq!(feed.next_request(RETRY_MS - 1.0), None);
        assert_eq!(feed.next_request(RETRY_MS), Some(first));
        feed.answer(first, told(490..500), RETRY_MS);
        // What the server holds of older bars can be looked at meanwhile.
        let older = feed.next_request(RETRY_MS).expect("history");
        assert_eq!(older.before, Some(UnixMs(490 * 60_000)));
        feed.answer(older, told(490..490), RETRY_MS);
        assert_eq!(feed.next_request(4.0 * RETRY_MS), None, "the pause grows");
        assert_eq!(feed.next_request(5.0 * RETRY_MS), Some(first));
        feed.answer(first, page(0..500, true), 5.0 * RETRY_MS);
        assert_eq!(feed.next_request(5.0 * RETRY_MS), Some(older));
        feed.answer(older, page(0..490, true), 5.0 * RETRY_MS);
        assert_eq!((feed.notice(), closes(&feed).len()), (None, 500));
        assert_eq!(feed.next_request(5.0 * RETRY_MS), None);
        feed.view_mut().axis_mut().pan_by(3_000.0);
        let oldest = feed.next_request(5.0 * RETRY_MS).expect("history");
        feed.answer(oldest, page(-300..0, false), 5.0 * RETRY_MS);
        assert_eq!(closes(&feed).len(), 800);
        assert_eq!(feed.next_request(f64::MAX), None);
    }

    #[test]
    fn finer_decimals_are_taken_over_and_coarser_ones_change_nothing() {
        let mut feed = loaded();
        let finer = Precision {
            price: 4,
            ..PRECISION
        };
        feed.take(&update(finer, vec![candle(500, 16_000)]));
        assert_eq!(feed.notice(), None);
        for step in 0..3 {
            feed.take(&update(PRECISION, vec![candle(501 + step, 170)]));
            feed.take(&update(finer, vec![candle(501 + step, 16_500)]));
            feed.take(&update(PRECISION, vec![candle(502 + step, 171)]));
        }
        assert_eq!(feed.view().series().precision(), finer);
        assert_eq!(closes(&feed).len(), 505);
        assert_eq!(
            closes(&feed)[499..502],
            [(499, 15_000), (500, 16_000), (501, 16_500)]
        );
        assert_eq!(closes(&feed).last(), Some(&(504, 17_100)));
        assert_eq!(feed.next_request(0.0), None, "nothing is loaded again");

        feed.view_mut().axis_mut().pan_by(3_000.0);
        let older = feed.next_request(0.0).expect("history");
        feed.answer(older, page(-20..0, false), 0.0);
        assert_eq!(closes(&feed)[0], (-20, 15_000));
        assert_eq!(feed.next_request(0.0), None);
    }

    #[test]
    fn decimals_that_what_is_held_does_not_fit_begin_anew() {
        let mut feed = loaded();
        let finest = Precision {
            price: 18,
            ..PRECISION
        };
        feed.take(&update(PRECISION, vec![candle(499, 1_000)]));
        feed.take(&update(finest, vec![candle(500, 16_000)]));
        assert_eq!(feed.notice(), Some(Notice::Loading));
        assert_eq!(closes(&feed), [(500, 16_000)]);
    }

    #[test]
    fn prices_are_read_in_the_instruments_steps() {
        let mut feed = feed();
        let request = feed.next_request(0.0).expect("the first page");
        let page = page(0..500, true).map(|page| CandlePage { tick: 50, ..page });
        feed.answer(request, page, 0.0);
        let view = feed.view_mut();
        view.lay_out(&|_| 0);
        let crosshair = view.crosshair(300.0, 137.0).expect("in the plot");
        let under_pointer = crosshair.price().expect("the price pane");
        assert_eq!(under_pointer.0 % 50, 0);
        assert!(view.price_ticks().iter().all(|tick| tick.price.0 % 50 == 0));
    }

    #[test]
    fn bars_that_were_put_right_are_shown_when_the_server_begins_anew() {
        let mut feed = loaded();
        let live = || message(vec![candle(498, 160), candle(499, 160)], true);
        feed.take(&live());
        assert_eq!(feed.next_request(0.0), None, "the page came just before");
        feed.take(&live());
        let request = feed.next_request(0.0).expect("the newest bars");
        let newest = Request {
            before: None,
            limit: RECENT,
        };
        assert_eq!(request, newest);
        let mut answer = page(300..500, true).expect("a page");
        answer.candles[100].close = Price(77);
        feed.answer(request, Ok(answer), 0.0);
        assert_eq!(closes(&feed)[399..401], [(399, 150), (400, 77)]);
        assert_eq!(closes(&feed)[499], (499, 160), "live bars are newer");
        assert_eq!(feed.next_request(0.0), None);
    }

    #[test]
    fn stale_is_said_until_the_next_snapshot() {
        let mut feed = loaded();
        let stale = Body::Stale {
            reason: "line lost".into(),
        };
        feed.take(&Message {
            topic: Topic::Status,
            seq: 2,
            body: stale,
        });
        assert_eq!(feed.notice(), Some(Notice::Stale("line lost".into())));
        feed.take(&message(vec![candle(499, 150), candle(500, 150)], true));
        assert_eq!(feed.notice(), None);
    }
}

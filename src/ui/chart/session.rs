//! One instrument and timeframe on screen: feed, gestures, painters and the socket, tied together.
//!
//! Lives from the choice of an instrument or timeframe to the next. Everything that happens ends
//! in [`Session::request_frame`]; what is painted is decided in the frame.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::{ChartAction, ChartSize, Crosshair, LabelMetrics};
use tradesuite_core::model::{InstrumentId, Timeframe, UnixMs};
use tradesuite_core::protocol::Topic;

use crate::api::{load_candles, load_gaps};
use crate::browser::{self, Guard, Surface, SurfaceSize};
use crate::ui::chart::Parts;
use crate::ui::chart::facts::facts;
use crate::ui::chart::feed::{Feed, Request};
use crate::ui::chart::gap_feed::GapFeed;
use crate::ui::chart::gesture::{Gestures, Pointer, WheelTurn};
use crate::ui::chart::grid::{measure, paint_grid};
use crate::ui::chart::legend::{LegendReadouts, missing_text};
use crate::ui::chart::paint::{BarPainter, Overlay, time_of};
use crate::ui::chart::summary::summary;
use crate::ui::live::{Live, Subscription};
use crate::ui::panel::{Painter, Palette};
use crate::ui::pulse::{LastTrade, Listening, Pulse};
use crate::ui::server_status::StatusFeed;
use crate::ui::widget::Readout;
use crate::ui::workspace::Workspace;

/// How often countdown, summary and retries are looked after, milliseconds.
const BEAT_MS: u32 = 250;
/// Summary and facts are written at most this often, milliseconds.
const SUMMARY_MS: f64 = 100.0;
/// The axis font is measured this often, milliseconds: it may arrive after the first frame.
const MEASURE_MS: f64 = 500.0;

/// The market and the reader's gestures on it.
struct Shown {
    instrument: InstrumentId,
    timeframe: Timeframe,
    feed: Feed,
    last: Option<LastTrade>,
    gaps: GapFeed,
    gestures: Gestures,
    metrics: LabelMetrics,
    summary: Readout,
    facts: Readout,
    /// When summary and facts were written, milliseconds since the page was opened.
    summed_at: f64,
    /// When the axis font was measured, milliseconds since the page was opened.
    measured_at: f64,
}

impl Shown {
    fn crosshair(&self) -> Option<Crosshair> {
        let (x, y) = self.gestures.crosshair()?;
        self.feed.view().crosshair(x, y)
    }

    /// Gives the chart the last price that all panels show.
    fn say_last(&mut self) {
        let view = self.feed.view_mut();
        let decimals = view.series().precision().price;
        let known = |last: LastTrade| Some((last.time(), last.price_at(decimals)?));
        view.set_last(self.last.and_then(known));
    }

    /// Writes summary and facts, if they were not written just now.
    fn sum_up(&mut self) {
        let now = browser::page_ms();
        if now - self.summed_at < SUMMARY_MS || !self.feed.is_shown() {
            return;
        }
        self.summed_at = now;
        let (view, crosshair) = (self.feed.view(), self.crosshair());
        self.summary.set(&summary(view, crosshair), "");
        self.facts
            .set(&facts(&self.instrument, view, crosshair), "");
    }
}

/// A chart at work. Dropping it ends its subscription, timer and requests.
pub struct Session {
    shown: Rc<RefCell<Shown>>,
    painter: Painter,
    parts: Parts,
    _subscription: Subscription,
    _trades: Listening,
    _beat: Guard,
}

impl Session {
    /// Begins to load, listen and paint. Call it in an effect: the painter ends with its owner.
    pub fn start(instrument: InstrumentId, timeframe: Timeframe, parts: Parts) -> Self {
        let size = ChartSize {
            width: 1.0,
            height: 1.0,
            ratio: 1.0,
        };
        let shown = Rc::new(RefCell::new(Shown {
            instrument: instrument.clone(),
            timeframe,
            feed: Feed::new(timeframe, size),
            last: None,
            gaps: GapFeed::default(),
            gestures: Gestures::default(),
            metrics: LabelMetrics::default(),
            summary: Readout::new(parts.summary),
            facts: Readout::new(parts.facts),
            summed_at: f64::MIN,
            measured_at: f64::MIN,
        }));
        let mut canvases = Canvases::new(parts, Workspace::expect());
        let painted = Rc::clone(&shown);
        let painter = Painter::start(parts.bars, 0.0, move |surface, size, palette| {
            canvases.paint(&mut painted.borrow_mut(), surface, size, palette);
        });
        let (traded, on_trade) = (Rc::clone(&shown), painter.clone());
        let trades = Pulse::expect().listen(&instrument, move |beat| {
            traded.borrow_mut().last = beat.last;
            on_trade.request();
        });
        let topic = Topic::Candles {
            instrument,
            timeframe,
        };
        let (heard, on_message) = (Rc::clone(&shown), painter.clone());
        let subscription = Live::expect().subscribe(topic, move |message| {
            heard.borrow_mut().feed.take(message);
            on_message.request();
        });
        let beat = beat(&shown, &painter, parts);
        watch_choices(painter.clone());
        watch_gaps(&shown);
        pump(&shown, &painter, parts);
        Self {
            shown,
            painter,
            parts,
            _subscription: subscription,
            _trades: trades,
            _beat: beat,
        }
    }

    /// A pointer comes down.
    pub fn press(&self, pointer: Pointer) {
        self.change(|shown| shown.gestures.press(pointer, shown.feed.view_mut()));
    }

    /// A pointer moves.
    pub fn move_to(&self, pointer: Pointer) {
        self.change(|shown| shown.gestures.move_to(pointer, shown.feed.view_mut()));
    }

    /// A pointer is lifted.
    pub fn lift(&self, id: i32) {
        self.change(|shown| shown.gestures.lift(id, shown.feed.view_mut()));
    }

    /// The mouse leaves.
    pub fn leave(&self, pointer: Pointer) {
        self.change(|shown| shown.gestures.leave(pointer));
    }

    /// The wheel turns.
    pub fn wheel(&self, turn: WheelTurn) {
        self.change(|shown| Gestures::wheel(turn, shown.feed.view_mut()));
    }

    /// A key is pressed.
    pub fn act(&self, action: ChartAction) {
        self.change(|shown| {
            if action == ChartAction::Now {
                shown.feed.jump_to_now();
            } else {
                let snap = shown.feed.view().snap();
                action.apply(shown.feed.view_mut().axis_mut(), snap);
            }
        });
    }

    /// Zoom and place as they were at first.
    pub fn reset(&self) {
        self.act(ChartAction::Now);
        self.act(ChartAction::Reset);
    }

    /// Back to the last bar.
    pub fn jump_to_now(&self) {
        self.act(ChartAction::Now);
    }

    fn change(&self, action: impl FnOnce(&mut Shown)) {
        action(&mut self.shown.borrow_mut());
        self.painter.request();
        pump(&self.shown, &self.painter, self.parts);
    }
}

/// Paints anew when the zone or the theme is changed.
fn watch_choices(painter: Painter) {
    let workspace = Workspace::expect();
    Effect::new(move || {
        workspace.zone.track();
        workspace.theme.track();
        painter.recolor();
    });
}

/// Tells the feed how many gaps the exchange has counted.
fn watch_gaps(shown: &Rc<RefCell<Shown>>) {
    let (feed, weak) = (StatusFeed::expect(), Rc::downgrade(shown));
    Effect::new(move || {
        let status = feed.status.get();
        let (Some(status), Some(shown)) = (status, weak.upgrade()) else {
            return;
        };
        let mut shown = shown.borrow_mut();
        let exchange = shown.instrument.exchange().to_owned();
        let lines = status.connections.iter();
        let count = lines
            .filter(|line| line.exchange == exchange)
            .map(|line| line.gaps + line.reconnects)
            .sum();
        shown.gaps.counted(count, browser::now_ms());
    });
}

/// Keeps the countdown running, tries again what failed, and writes the summary.
fn beat(shown: &Rc<RefCell<Shown>>, painter: &Painter, parts: Parts) -> Guard {
    let weak = Rc::downgrade(shown);
    let painter = painter.clone();
    browser::every(BEAT_MS, move || {
        let Some(shown) = weak.upgrade() else { return };
        pump(&shown, &painter, parts);
        pump_gaps(&shown, &painter);
        shown.borrow_mut().sum_up();
        painter.request();
    })
}

/// Carries the feed's wishes to the server, and shows what the reader has to know.
fn pump(shown: &Rc<RefCell<Shown>>, painter: &Painter, parts: Parts) {
    let mut held = shown.borrow_mut();
    show_notice(&held.feed, parts);
    let Some(request) = held.feed.next_request(browser::now_ms()) else {
        return;
    };
    let (instrument, timeframe) = (held.instrument.clone(), held.timeframe);
    let weak = Rc::downgrade(shown);
    let painter = painter.clone();
    spawn_local(async move {
        let Request { before, limit } = request;
        let page = load_candles(instrument, timeframe, before, limit).await;
        // Gone where another instrument was chosen meanwhile.
        let Some(shown) = weak.upgrade() else { return };
        let page = page.map_err(|error| error.to_string());
        let now_ms = browser::now_ms();
        shown.borrow_mut().feed.answer(request, page, now_ms);
        painter.request();
        pump(&shown, &painter, parts);
    });
}

/// Asks the server where trades are missing, when that is due.
fn pump_gaps(shown: &Rc<RefCell<Shown>>, painter: &Painter) {
    let mut held = shown.borrow_mut();
    let oldest = held.feed.view().series().first().map(|bar| bar.time);
    let Some(from) = held.gaps.next_request(oldest, browser::now_ms()) else {
        return;
    };
    let instrument = held.instrument.clone();
    let (weak, painter) = (Rc::downgrade(shown), painter.clone());
    spawn_local(async move {
        let gaps = load_gaps(instrument, from).await;
        let Some(shown) = weak.upgrade() else { return };
        let mut shown = shown.borrow_mut();
        if let Some(gaps) = shown.gaps.answer(from, gaps, browser::now_ms()) {
            shown.feed.view_mut().set_gaps(gaps);
            painter.request();
        }
    });
}

fn show_notice(feed: &Feed, parts: Parts) {
    let notice = feed.notice();
    if parts
        .notice
        .try_get_untracked()
        .is_some_and(|shown| shown != notice)
    {
        parts.notice.set(notice);
    }
    let following = !feed.is_shown() || feed.view().axis().is_following();
    if parts
        .following
        .try_get_untracked()
        .is_some_and(|shown| shown != following)
    {
        parts.following.set(following);
    }
}

/// Both canvases and what they were painted with.
struct Canvases {
    parts: Parts,
    workspace: Workspace,
    grid: Option<Surface>,
    grid_palette: Option<Palette>,
    bars: BarPainter,
    legend: LegendReadouts,
    missing: Readout,
}

impl Canvases {
    fn new(parts: Parts, workspace: Workspace) -> Self {
        Self {
            parts,
            workspace,
            grid: None,
            grid_palette: None,
            bars: BarPainter::default(),
            legend: LegendReadouts::new(parts.legend),
            missing: Readout::new(parts.missing),
        }
    }

    /// One frame.
    fn paint(
        &mut self,
        shown: &mut Shown,
        surface: &Surface,
        size: SurfaceSize,
        palette: &Palette,
    ) {
        let zone = self.workspace.zone.get_untracked();
        let offset_ms = move |time: UnixMs| zone.offset_ms(time.0);
        fit(shown, surface, size);
        shown.say_last();
        let changed = shown.feed.view_mut().lay_out(&offset_ms);
        self.paint_below(shown, changed, size, palette);
        if !shown.feed.is_shown() {
            self.legend.set(None);
            self.missing.set("", "");
            return;
        }
        let view = shown.feed.view();
        let crosshair = shown.crosshair();
        let overlay = Overlay {
            crosshair,
            time: time_of(view, crosshair, &offset_ms),
            closes_in_ms: view.closes_in_ms(UnixMs(browser::now_ms() as i64)),
            metrics: shown.metrics,
        };
        self.bars.paint(view, &overlay, surface, size, palette);
        let legend = view.legend(crosshair.map(|crosshair| crosshair.index));
        self.legend.set(legend.as_ref());
        self.missing
            .set(&missing_text(view, crosshair, &offset_ms), "");
        shown.sum_up();
    }

    fn paint_below(&mut self, shown: &Shown, changed: bool, size: SurfaceSize, palette: &Palette) {
        self.grid = self.grid.take().or_else(|| Surface::of(&self.parts.grid));
        let Some(grid) = &self.grid else { return };
        if changed || self.grid_palette.as_ref() != Some(palette) {
            let _ = grid.fit();
            self.grid_palette = Some(palette.clone());
            paint_grid(shown.feed.view(), shown.metrics, grid, size, palette);
        }
    }
}

/// Gives the chart the size of its canvas and the widths of its font.
fn fit(shown: &mut Shown, surface: &Surface, size: SurfaceSize) {
    let chart_size = ChartSize {
        width: size.width / size.ratio,
        height: size.height / size.ratio,
        ratio: size.ratio,
    };
    let now = browser::page_ms();
    let view = shown.feed.view_mut();
    let resized = view.size() != chart_size;
    if resized {
        view.resize(chart_size);
    }
    if resized || now - shown.measured_at >= MEASURE_MS {
        shown.measured_at = now;
        let metrics = measure(surface, size.ratio);
        if metrics != shown.metrics {
            shown.metrics = metrics;
            view.set_metrics(metrics);
        }
    }
}

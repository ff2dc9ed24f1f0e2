//! One instrument and timeframe on screen: feed, gestures, painters and the socket, tied together.
//!
//! Lives from the choice of an instrument or timeframe to the next. Everything that happens ends
//! in [`Session::request_frame`]; what is painted is decided in the frame.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::{ChartAction, ChartKind, ScaleMode, Spot};
use tradesuite_core::dock::LinkColour;
use tradesuite_core::model::{InstrumentId, Timeframe};
use tradesuite_core::protocol::Topic;

use crate::api::{load_candles, load_gaps};
use crate::browser::{self, Guard};
use crate::ui::chart::Parts;
use crate::ui::chart::canvases::Canvases;
use crate::ui::chart::feed::{Feed, Request};
use crate::ui::chart::gesture::{Changed, Gestures, Pointer, WheelTurn};
use crate::ui::chart::indicators::IndicatorSetting;
use crate::ui::chart::notice::Going;
use crate::ui::chart::shown::Shown;
use crate::ui::crosshairs::Crosshairs;
use crate::ui::drawings;
use crate::ui::live::{Link, Live, Subscription};
use crate::ui::panel::Painter;
use crate::ui::preferences::Preferences;
use crate::ui::pulse::{Listening, Pulse};
use crate::ui::server_status::StatusFeed;
use crate::ui::workspace::Workspace;

/// How often countdown, summary and retries are looked after, milliseconds.
const BEAT_MS: u32 = 250;

/// A chart at work. Dropping it ends its subscription, timer and requests.
pub struct Session {
    pub(super) shown: Rc<RefCell<Shown>>,
    pub(super) painter: Painter,
    pub(super) parts: Parts,
    pub(super) workspace: Workspace,
    _subscription: Subscription,
    _trades: Listening,
    _drawings: drawings::Shown,
    _beat: Guard,
}

impl Session {
    /// Begins to load, listen and paint. Call it in an effect: the painter ends with its owner.
    pub fn start(instrument: InstrumentId, timeframe: Timeframe, parts: Parts) -> Self {
        let shown = Shown::new(instrument.clone(), timeframe, parts);
        let shown = Rc::new(RefCell::new(shown));
        let mut canvases = Canvases::new(parts);
        let painted = Rc::clone(&shown);
        let painter = Painter::start(parts.bars, 0.0, move |surface, size, palette| {
            canvases.paint(&mut painted.borrow_mut(), surface, size, palette);
        });
        let (traded, on_trade) = (Rc::clone(&shown), painter.clone());
        let trades = Pulse::expect().listen(&instrument, move |beat| {
            traded.borrow_mut().last = beat.last;
            on_trade.request();
        });
        let linked = painter.clone();
        let linked = Crosshairs::expect().join(move || linked.request());
        shown.borrow_mut().linked = Some(linked);
        let drawings = parts.drawings.board.open(&instrument);
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
        watch_line(&shown, &painter, parts);
        watch_choices(painter.clone(), parts);
        watch_gaps(&shown);
        pump(&shown, &painter, parts);
        Self {
            shown,
            painter,
            parts,
            workspace: Workspace::expect(),
            _subscription: subscription,
            _trades: trades,
            _drawings: drawings,
            _beat: beat,
        }
    }

    /// A pointer comes down.
    pub fn press(&self, pointer: Pointer) {
        self.change(|shown| {
            shown.going = None;
            shown.gestures.press(pointer, shown.feed.view_mut());
        });
    }

    /// A pointer moves.
    pub fn move_to(&self, pointer: Pointer) {
        self.change(|shown| shown.gestures.move_to(pointer, shown.feed.view_mut()));
    }

    /// A pointer is lifted.
    pub fn lift(&self, id: i32) {
        let mut changed = None;
        self.change(|shown| changed = shown.gestures.lift(id, shown.feed.view_mut()));
        match changed {
            Some(Changed::Panes) => self.keep_panes(),
            Some(Changed::Line(id)) => {
                self.parts.drawings.select(Some(id));
                self.keep_line(id);
            }
            Some(Changed::Pressed(id)) => self.parts.drawings.select(id),
            None => {}
        }
    }

    /// What lies at a place, CSS pixels from the top left corner.
    #[must_use]
    pub fn spot(&self, x: f64, y: f64) -> Spot {
        self.shown.borrow().feed.view().spot(x, y)
    }

    /// Changes how bars are drawn and how the price axis counts.
    pub fn set_looks(&self, kind: ChartKind, scale: ScaleMode) {
        self.change(|shown| {
            let view = shown.feed.view_mut();
            view.set_kind(kind);
            view.set_scale_mode(scale);
        });
    }

    /// Wants these indicators and no other.
    pub fn set_indicators(&self, settings: &[IndicatorSetting]) {
        self.change(|shown| {
            shown.settings = settings.into();
            shown.plan();
        });
    }

    /// The chart is linked with others by another colour, or with none.
    pub fn set_link(&self, colour: Option<LinkColour>) {
        self.change(|shown| {
            if let Some(linked) = &shown.linked {
                linked.set_link(colour);
            }
        });
    }

    /// Moves the upper edge of an indicator's pane by so many CSS pixels.
    pub fn move_edge(&self, indicator: u32, by: f64) {
        self.change(|shown| {
            let view = shown.feed.view_mut();
            let mut panes = view.panes().iter();
            if let Some(pane) = panes.position(|pane| pane.study == indicator) {
                view.move_divider(pane, by);
            }
        });
        self.keep_panes();
    }

    fn keep_panes(&self) {
        let shares = self.shown.borrow().feed.view().pane_shares();
        self.parts.indicators.keep_shares(&shares);
    }

    /// The mouse leaves.
    pub fn leave(&self, pointer: Pointer) {
        self.change(|shown| shown.gestures.leave(pointer));
    }

    /// The wheel turns.
    pub fn wheel(&self, turn: WheelTurn) {
        self.change(|shown| {
            shown.going = None;
            Gestures::wheel(turn, shown.feed.view_mut());
        });
    }

    /// A key is pressed.
    pub fn act(&self, action: ChartAction) {
        self.change(|shown| {
            shown.going = None;
            if action == ChartAction::Now {
                shown.feed.jump_to_now();
            } else {
                let snap = shown.feed.view().snap();
                action.apply(shown.feed.view_mut().axis_mut(), snap);
            }
        });
    }

    /// Twice pressed: an axis fits itself again, the plot shows what it did at first, and what is
    /// drawn there is set.
    pub fn double(&self, x: f64, y: f64) {
        if let Spot::Drawing(id) = self.spot(x, y) {
            self.parts.drawings.select(Some(id));
            self.parts.drawings.open();
            return;
        }
        if matches!(self.spot(x, y), Spot::Plot(_) | Spot::TimeAxis) {
            self.act(ChartAction::Now);
        }
        self.change(|shown| Gestures::double(x, y, shown.feed.view_mut()));
    }

    /// Back to the last bar.
    pub fn jump_to_now(&self) {
        self.act(ChartAction::Now);
    }

    pub(super) fn change(&self, action: impl FnOnce(&mut Shown)) {
        let has_measure = {
            let mut shown = self.shown.borrow_mut();
            action(&mut shown);
            shown.tell_linked();
            shown.gestures.measure().is_some()
        };
        let known = self.parts.drawings.has_measure;
        if known
            .try_get_untracked()
            .is_some_and(|known| known != has_measure)
        {
            known.set(has_measure);
        }
        self.painter.request();
        pump(&self.shown, &self.painter, self.parts);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Its last frame may still hold the rest: nobody is to see a crosshair that is gone.
        if let Ok(mut shown) = self.shown.try_borrow_mut() {
            drop(shown.linked.take());
        }
    }
}

/// Paints anew when colours, zone or numbers are changed, and while indicators are being computed.
fn watch_choices(painter: Painter, parts: Parts) {
    let preferences = Preferences::expect();
    let again = painter.clone();
    Effect::new(move || {
        parts.unfinished.track();
        again.request();
    });
    Effect::new(move || {
        preferences.track_looks();
        preferences.sizes.track();
        painter.recolor();
    });
}

/// Asks at once for what could not be had while the server was away.
fn watch_line(shown: &Rc<RefCell<Shown>>, painter: &Painter, parts: Parts) {
    let (weak, painter) = (Rc::downgrade(shown), painter.clone());
    let link = Live::expect().link();
    Effect::new(move |before: Option<Link>| {
        let now = link.get();
        if now == Link::Open
            && before == Some(Link::Lost)
            && let Some(shown) = weak.upgrade()
        {
            {
                let mut shown = shown.borrow_mut();
                shown.feed.reached();
                shown.gaps.reached();
            }
            pump(&shown, &painter, parts);
            pump_gaps(&shown, &painter, parts);
        }
        now
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
        pump_gaps(&shown, &painter, parts);
        shown.borrow_mut().sum_up();
        painter.request();
    })
}

/// Carries the feed's wishes to the server, and shows what the reader has to know.
fn pump(shown: &Rc<RefCell<Shown>>, painter: &Painter, parts: Parts) {
    let mut held = shown.borrow_mut();
    held.seek();
    show_notice(&held.feed, held.going, parts);
    let Some(request) = held.feed.next_request(browser::now_ms()) else {
        return;
    };
    let (instrument, timeframe) = (held.instrument.clone(), held.timeframe);
    let weak = Rc::downgrade(shown);
    let painter = painter.clone();
    spawn_local(async move {
        let Request { before, limit } = request;
        let page = parts
            .live
            .ask(load_candles(instrument, timeframe, before, limit))
            .await;
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
fn pump_gaps(shown: &Rc<RefCell<Shown>>, painter: &Painter, parts: Parts) {
    let mut held = shown.borrow_mut();
    let oldest = held.feed.view().series().first().map(|bar| bar.time);
    let Some(from) = held.gaps.next_request(oldest, browser::now_ms()) else {
        return;
    };
    let instrument = held.instrument.clone();
    let (weak, painter) = (Rc::downgrade(shown), painter.clone());
    spawn_local(async move {
        let gaps = parts.live.ask(load_gaps(instrument, from)).await;
        let Some(shown) = weak.upgrade() else { return };
        let mut shown = shown.borrow_mut();
        if let Some(gaps) = shown.gaps.answer(from, gaps, browser::now_ms()) {
            shown.feed.view_mut().set_gaps(gaps);
            painter.request();
        }
    });
}

fn show_notice(feed: &Feed, going: Option<Going>, parts: Parts) {
    let is_new = |shown: &Option<Going>| *shown != going;
    if parts.going.try_with_untracked(is_new) == Some(true) {
        parts.going.set(going);
    }
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

//! One instrument's tape on screen: feed, history, gestures and sound, tied together.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::ev::{PointerEvent, WheelEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::{SizeClass, TapeAction};
use tradesuite_core::model::{InstrumentId, Side};

use super::gesture::{Hand, wheel_px};
use super::header::{Header, HeaderNodes};
use super::settings::Choices;
use super::state::{LargeRow, TapeState};
use crate::api::load_trades;
use crate::browser::{self, FrameLoop, Guard};
use crate::ui::live::{Link, Live};
use crate::ui::panel::{Feed, Screen};
use crate::ui::preferences::Preferences;

/// How often history is looked after, milliseconds.
const BEAT_MS: u32 = 250;

/// A tape at work. Dropping it ends its timer and what it still waits for.
pub struct Session {
    feed: Feed<TapeState>,
    instrument: InstrumentId,
    hand: Rc<RefCell<Hand>>,
    glide: FrameLoop,
    /// Whether the panel is still there when an answer comes.
    alive: Rc<Cell<bool>>,
    live: Live,
    _beat: Guard,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.alive.set(false);
    }
}

impl Session {
    /// Begins to load, listen and paint. Call it in an effect: everything ends with its owner.
    pub fn start(
        instrument: InstrumentId,
        screen: Screen,
        choices: Choices,
        nodes: HeaderNodes,
    ) -> Self {
        let preferences = Preferences::expect();
        let state = TapeState::new(&instrument, choices, Header::new(nodes));
        let feed = Feed::start(screen, state);
        feed.repaint_with(move || choices.track());
        feed.listen_to_trades(&instrument, move |state, beat| {
            let now_ms = browser::page_ms();
            let rows = beat
                .messages
                .iter()
                .filter_map(|one| state.take(one, now_ms));
            if let Some(row) = rows.max_by_key(|row| row.class) {
                ring(preferences, row);
            }
        });
        let alive = Rc::new(Cell::new(true));
        let live = Live::expect();
        watch_line(&feed, live);
        let beat = {
            let (feed, instrument, alive) = (feed.clone(), instrument.clone(), Rc::clone(&alive));
            browser::every(BEAT_MS, move || {
                pump(&feed, &instrument, &alive, live);
                feed.repaint();
            })
        };
        let hand = Rc::new(RefCell::new(Hand::default()));
        let glide = glide(&feed, &hand);
        Self {
            feed,
            instrument,
            hand,
            glide,
            alive,
            live,
            _beat: beat,
        }
    }

    /// A pointer comes down.
    pub fn press(&self, event: &PointerEvent) {
        let y = f64::from(event.client_y());
        self.hand
            .borrow_mut()
            .press(event.pointer_id(), y, browser::page_ms());
    }

    /// A pointer moves.
    pub fn move_to(&self, event: &PointerEvent) {
        let (id, y) = (event.pointer_id(), f64::from(event.client_y()));
        let distance = self.hand.borrow_mut().move_to(id, y, browser::page_ms());
        if distance != 0.0 {
            self.scroll_by(distance);
        }
        if event.pointer_type() != "touch" {
            self.point(Some(event.offset_y().into()));
        }
    }

    /// A pointer is lifted, or taken away by the browser, after which nothing glides.
    pub fn lift(&self, event: &PointerEvent, may_glide: bool) {
        let may_glide = may_glide && event.pointer_type() == "touch" && !browser::reduced_motion();
        let mut hand = self.hand.borrow_mut();
        hand.lift(event.pointer_id(), browser::page_ms(), may_glide);
        drop(hand);
        self.glide.request();
    }

    /// The mouse points at a place of the canvas, or leaves it.
    pub fn point(&self, y: Option<f64>) {
        if self.feed.with(|state| state.pointed != y) {
            self.feed.change(|state| state.pointed = y);
        }
    }

    /// The wheel turns.
    pub fn wheel(&self, event: &WheelEvent) {
        let page = self.feed.with(|state| state.scroll.height());
        self.scroll_by(wheel_px(event.delta_y(), event.delta_mode(), page));
    }

    /// A key is pressed.
    pub fn act(&self, action: TapeAction) {
        self.hand.borrow_mut().stop();
        self.feed
            .change(|state| action.apply(&mut state.scroll, &state.rows));
        pump(&self.feed, &self.instrument, &self.alive, self.live);
    }

    fn scroll_by(&self, distance: f64) {
        self.feed
            .change(|state| state.scroll.scroll_by(distance, &state.rows));
        pump(&self.feed, &self.instrument, &self.alive, self.live);
    }
}

/// A frame of a glide, and the next one as long as it goes on.
fn glide(feed: &Feed<TapeState>, hand: &Rc<RefCell<Hand>>) -> FrameLoop {
    let again: Rc<RefCell<Option<FrameLoop>>> = Rc::default();
    let (feed, hand, next) = (feed.clone(), Rc::clone(hand), Rc::clone(&again));
    let frames = FrameLoop::new(move |now_ms| {
        let distance = hand.borrow_mut().glide(now_ms);
        if let Some(distance) = distance {
            feed.change(|state| state.scroll.scroll_by(distance, &state.rows));
            if let Some(frames) = next.borrow().as_ref() {
                frames.request();
            }
        }
    });
    *again.borrow_mut() = Some(frames.clone());
    let held = StoredValue::new_local(again);
    // Breaks the loop's hold on itself.
    on_cleanup(move || {
        let _ = held.try_update_value(|again| again.borrow_mut().take());
    });
    frames
}

/// Buys ring high, sells low, huge rows longer.
fn ring(preferences: Preferences, row: LargeRow) {
    let hertz = match row.side {
        Side::Buy => 880.0,
        Side::Sell => 440.0,
    };
    let seconds = if row.class == SizeClass::Huge {
        0.4
    } else {
        0.15
    };
    preferences.play(hertz, seconds);
}

/// Asks at once for what could not be had while the server was away.
fn watch_line(feed: &Feed<TapeState>, live: Live) {
    let (feed, link) = (feed.clone(), live.link());
    Effect::new(move |before: Option<Link>| {
        let now = link.get();
        if now == Link::Open && before == Some(Link::Lost) {
            feed.change(TapeState::reached);
        }
        now
    });
}

/// Carries the tape's wishes to the server.
fn pump(feed: &Feed<TapeState>, instrument: &InstrumentId, alive: &Rc<Cell<bool>>, live: Live) {
    let now_ms = browser::page_ms();
    let Some(request) = feed.with_mut(|state| state.next_request(now_ms)) else {
        return;
    };
    let (feed, instrument, alive) = (feed.clone(), instrument.clone(), Rc::clone(alive));
    spawn_local(async move {
        let page = live
            .ask(load_trades(
                instrument.clone(),
                request.before,
                request.limit,
            ))
            .await;
        if !alive.get() {
            return;
        }
        let page = page.map_err(|error| error.to_string());
        feed.change(|state| state.answer(request, page, browser::page_ms()));
        pump(&feed, &instrument, &alive, live);
    });
}

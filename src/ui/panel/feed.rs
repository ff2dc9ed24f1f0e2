//! The wiring of a panel that is painted from the socket.
//!
//! A panel brings a state that takes messages and paints itself ([`Painted`]). A [`Feed`] holds it
//! between two frames: it listens, paints, follows the theme and writes the texts, until the
//! effect around it runs again.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use leptos::prelude::*;
use tradesuite_core::chart::{NumberStyle, PixelSnap};
use tradesuite_core::model::{InstrumentId, Side};
use tradesuite_core::protocol::{Message, Topic};

use crate::browser::{self, Font, Guard, Surface, SurfaceSize};
use crate::ui::live::Live;
use crate::ui::panel::{Painter, Palette, Screen};
use crate::ui::preferences::Preferences;
use crate::ui::pulse::{Beat, Pulse};
use crate::ui::widget::{Readout, Telling};

/// Digits change at most this often, milliseconds.
const DIGITS_MS: f64 = 100.0;
/// Frames may come faster, where a person or the last price asks for one; facts in them do not.
const FACTS_MS: f64 = 50.0;

/// What a panel shows between two messages.
pub trait Painted: 'static {
    /// Why what is painted is not the market as it is; `None` while it is.
    fn note(&self) -> Option<Note>;

    /// One frame, on a surface that is clear. Says whether the picture goes on by itself.
    fn paint(&mut self, frame: &Frame) -> bool;

    /// What a screen reader and a browser test read.
    fn summary(&self) -> String;

    /// The figures behind the picture, for the browser tests; empty where the summary says it all.
    fn facts(&self) -> String {
        String::new()
    }
}

/// Why a panel does not show the market as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Nothing has come yet, in one sentence.
    Waiting(&'static str),
    /// There is nothing to show, in one sentence.
    Empty(&'static str),
    /// What was shown is not known to be true any more, and why.
    Stale(String),
}

/// What is painted on.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The canvas.
    pub surface: &'a Surface,
    /// Its size.
    pub size: SurfaceSize,
    /// The theme's colours.
    pub palette: &'a Palette,
    /// How numbers are written.
    pub numbers: NumberStyle,
}

impl Frame<'_> {
    /// The whole device pixel nearest to a CSS length.
    #[must_use]
    pub fn px(&self, css: f64) -> f64 {
        f64::from(PixelSnap::new(self.size.ratio).px(css))
    }

    /// A font of so many CSS pixels.
    #[must_use]
    pub fn font(&self, css: f64, weight: u16) -> Font {
        Font {
            px: css * self.size.ratio,
            weight,
        }
    }

    /// Figures as the reader wants them written.
    #[must_use]
    pub fn figures(&self, figures: String) -> String {
        self.numbers.write(figures)
    }

    /// The colour of a side: rising, bids and buys, or falling, asks and sells.
    #[must_use]
    pub fn side_color(&self, side: Side) -> &str {
        match side {
            Side::Buy => &self.palette.up,
            Side::Sell => &self.palette.down,
        }
    }

    /// [`Frame::side_color`] as text, or below text.
    #[must_use]
    pub fn side_text_color(&self, side: Side) -> &str {
        match side {
            Side::Buy => &self.palette.up_text,
            Side::Sell => &self.palette.down_text,
        }
    }
}

/// Writes what a panel says in words and figures.
struct Teller<S> {
    texts: Rc<Texts>,
    state: Weak<RefCell<S>>,
    /// Ends with the owner, as the elements do.
    timer: StoredValue<Option<Guard>, LocalStorage>,
}

struct Texts {
    summary: Readout,
    facts: Readout,
    telling: RefCell<Telling>,
}

impl<S: Painted> Teller<S> {
    fn new(screen: Screen, state: &Rc<RefCell<S>>) -> Self {
        Self {
            texts: Rc::new(Texts {
                summary: Readout::new(screen.summary),
                facts: Readout::new(screen.facts),
                telling: RefCell::new(Telling::new(FACTS_MS)),
            }),
            state: Rc::downgrade(state),
            timer: StoredValue::new_local(None),
        }
    }

    /// A frame was painted of `state`.
    fn painted(&self, state: &S) {
        let now = browser::page_ms();
        let wait = self.texts.telling.borrow().wait_ms(now);
        if self.texts.telling.borrow().is_within_frames() {
            self.texts.summary.set(&state.summary(), "");
            if wait <= 0.0 {
                self.texts.facts.set(&state.facts(), "");
                self.texts.telling.borrow_mut().told(now);
            }
        } else if self.timer.try_with_value(Option::is_none) == Some(true) {
            let (texts, state, timer) = (Rc::clone(&self.texts), self.state.clone(), self.timer);
            let telling = browser::after(wait as u32, move || {
                timer.try_update_value(Option::take);
                if let Some(state) = state.upgrade() {
                    let state = state.borrow();
                    texts.telling.borrow_mut().told(browser::page_ms());
                    texts.summary.set(&state.summary(), "");
                    texts.facts.set(&state.facts(), "");
                }
            });
            self.timer.try_set_value(Some(telling));
        }
    }
}

/// A panel at work; cheap to clone into closures.
pub struct Feed<S> {
    state: Rc<RefCell<S>>,
    painter: Painter,
    screen: Screen,
}

impl<S> Clone for Feed<S> {
    fn clone(&self) -> Self {
        Self {
            state: Rc::clone(&self.state),
            painter: self.painter.clone(),
            screen: self.screen,
        }
    }
}

impl<S: Painted> Feed<S> {
    /// Begins to paint `state` on `screen`. Call it in an effect: everything ends with its owner.
    pub fn start(screen: Screen, state: S) -> Self {
        screen.note.set(state.note());
        let state = Rc::new(RefCell::new(state));
        let teller = Teller::new(screen, &state);
        let preferences = Preferences::expect();
        let painted = Rc::clone(&state);
        let painter =
            Painter::start_moving(screen.canvas, DIGITS_MS, move |surface, size, palette| {
                let mut state = painted.borrow_mut();
                let goes_on = state.paint(&Frame {
                    surface,
                    size,
                    palette,
                    numbers: preferences.numbers.get_untracked(),
                });
                teller.painted(&*state);
                goes_on
            });
        let recolored = painter.clone();
        Effect::new(move || {
            preferences.track_looks();
            recolored.recolor();
        });
        Self {
            state,
            painter,
            screen,
        }
    }

    /// Gives every message of a topic to `take`. What the topic follows from is tracked: another
    /// one is listened to instead, and the state is kept. Call it in the effect of [`Feed::start`].
    pub fn listen(
        &self,
        topic: impl Fn() -> Topic + 'static,
        take: impl Fn(&mut S, &Message) + 'static,
    ) {
        let (feed, take) = (self.clone(), Rc::new(take));
        let live = Live::expect();
        Effect::new(move || {
            feed.screen.asked.track();
            let (heard, take) = (feed.clone(), Rc::clone(&take));
            let subscription = live.subscribe(topic(), move |message| {
                heard.update(|state| take(state, message));
                heard.painter.request();
            });
            let held = StoredValue::new_local(Some(subscription));
            on_cleanup(move || drop(held.try_update_value(Option::take)));
        });
    }

    /// Gives every beat of an instrument's trades to `take`, and paints in the frame after it, as
    /// everything does that says the last price. Call it in the effect of [`Feed::start`].
    pub fn listen_to_trades(
        &self,
        instrument: &InstrumentId,
        take: impl Fn(&mut S, &Beat) + 'static,
    ) {
        let (feed, take, instrument) = (self.clone(), Rc::new(take), instrument.clone());
        let pulse = Pulse::expect();
        Effect::new(move || {
            feed.screen.asked.track();
            let (heard, take) = (feed.clone(), Rc::clone(&take));
            let listening = pulse.listen(&instrument, move |beat| {
                heard.change(|state| take(state, beat));
            });
            let held = StoredValue::new_local(Some(listening));
            on_cleanup(move || drop(held.try_update_value(Option::take)));
        });
    }

    /// Paints whenever something changes that `track` reads. Call it in the effect of
    /// [`Feed::start`].
    pub fn repaint_with(&self, track: impl Fn() + 'static) {
        let painter = self.painter.clone();
        Effect::new(move || {
            track();
            painter.request_now();
        });
    }

    /// Changes the state, and paints in the next frame.
    pub fn change(&self, action: impl FnOnce(&mut S)) {
        self.update(action);
        self.painter.request_now();
    }

    /// Looks at the state.
    pub fn with<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.state.borrow())
    }

    /// Changes what is not painted.
    pub fn with_mut<T>(&self, action: impl FnOnce(&mut S) -> T) -> T {
        action(&mut self.state.borrow_mut())
    }

    /// Paints when digits may change again: what is shown follows from the time, too.
    pub fn repaint(&self) {
        self.painter.request();
    }

    fn update(&self, action: impl FnOnce(&mut S)) {
        let mut state = self.state.borrow_mut();
        action(&mut state);
        let note = state.note();
        if self.screen.note.with_untracked(|shown| *shown != note) {
            self.screen.note.set(note);
        }
    }
}

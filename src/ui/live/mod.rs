//! The page's one live socket: who listens to what, holes in the numbering, reconnecting.
//!
//! [`Live`] owns the socket. Listeners are called with every message of their topic, outside of any
//! signal.
//!
//! | file | what it owns |
//! |---|---|
//! | `hearing` | holes in the numbering, silence: plain arithmetic |
//! | `asking` | what is asked beside the socket; whether a lost server is back |
//! | `sleep` | what is not listened to while nobody looks |

mod asking;
mod hearing;
mod sleep;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::channel::oneshot;
use leptos::prelude::*;
use tradesuite_core::protocol::{Message, Request, Topic};

use self::hearing::{Alarm, Numbering, Verdict, Watchdog};
use self::sleep::Sleep;
use crate::browser::{self, Guard, Socket, SocketEvent};

const PATH: &str = "/ws/v1?format=msgpack";
/// First pause before it is looked whether the server is there again, milliseconds; doubles up to
/// the longest where the line is lost each time although it is.
const FIRST_PAUSE_MS: u32 = 250;
const LONGEST_PAUSE_MS: u32 = 4_000;
/// How often the line is looked after, milliseconds.
const BEAT_MS: u32 = 1_000;

/// What the line to the server is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Opened for the first time.
    #[default]
    Connecting,
    /// Messages flow.
    Open,
    /// Lost; opened again and again.
    Lost,
}

type Listener = Rc<RefCell<dyn FnMut(&Message)>>;

#[derive(Default)]
struct Entry {
    numbering: Numbering,
    listeners: Vec<(u64, Listener)>,
}

#[derive(Default)]
struct State {
    socket: Option<Socket>,
    /// Number of the line: what an older one still says is not heard.
    line: u64,
    open: bool,
    watchdog: Watchdog,
    topics: HashMap<Topic, Entry>,
    next_listener: u64,
    failures: u32,
    retry: Option<Guard>,
    /// Who waits for an answer beside the line.
    asking: Vec<oneshot::Sender<()>>,
    sleep: Sleep,
}

/// A handle on the page's socket; cheap to copy into every component.
#[derive(Clone, Copy)]
pub struct Live {
    state: StoredValue<Rc<RefCell<State>>, LocalStorage>,
    link: RwSignal<Link>,
    /// When the server was heard last before the line was lost, Unix milliseconds.
    lost_since: RwSignal<Option<f64>>,
}

/// Ends a subscription when it is dropped.
pub struct Subscription {
    live: Live,
    topic: Topic,
    listener: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.live.unsubscribe(&self.topic, self.listener);
    }
}

impl Live {
    /// Makes the handle, puts it into the context and opens the socket once the page runs in a
    /// browser.
    pub fn provide() -> Self {
        let live = Self {
            state: StoredValue::new_local(Rc::default()),
            link: RwSignal::new(Link::default()),
            lost_since: RwSignal::new(None),
        };
        provide_context(live);
        Effect::new(move || {
            live.connect();
            let beat = browser::every(BEAT_MS, move || live.look());
            let seen = browser::on_visibility(move |is_visible| {
                live.on_visibility(is_visible);
                if is_visible {
                    live.look_again();
                }
            });
            let held = StoredValue::new_local(Some((beat, seen)));
            on_cleanup(move || {
                let _ = held.try_update_value(Option::take);
            });
        });
        live
    }

    /// The page's socket.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// What the line is doing.
    #[must_use]
    pub fn link(self) -> Signal<Link> {
        self.link.into()
    }

    /// Since when the server has not been heard, Unix milliseconds; `None` while the line is open.
    #[must_use]
    pub fn lost_since(self) -> Signal<Option<f64>> {
        self.lost_since.into()
    }

    /// Calls `listener` with every message of `topic`, beginning with a snapshot, until the
    /// subscription is dropped.
    #[must_use]
    pub fn subscribe(self, topic: Topic, listener: impl FnMut(&Message) + 'static) -> Subscription {
        let id = self.with(|state| {
            state.next_listener += 1;
            let id = state.next_listener;
            let entry = state.topics.entry(topic.clone()).or_default();
            entry.listeners.push((id, Rc::new(RefCell::new(listener))));
            // Also for a topic that others listen to already: the newcomer needs a snapshot.
            entry.numbering = Numbering::default();
            state.ask(&topic);
            id
        });
        Subscription {
            live: self,
            topic,
            listener: id.unwrap_or_default(),
        }
    }

    fn unsubscribe(self, topic: &Topic, listener: u64) {
        self.with(|state| {
            let Some(entry) = state.topics.get_mut(topic) else {
                return;
            };
            entry.listeners.retain(|(id, _)| *id != listener);
            if entry.listeners.is_empty() {
                state.topics.remove(topic);
                state.send(&Request::Unsubscribe {
                    id: None,
                    topics: vec![topic.to_string()],
                });
            }
        });
    }

    /// `None` once the page is being taken down.
    fn with<T>(self, action: impl FnOnce(&mut State) -> T) -> Option<T> {
        let state = self.state.try_get_value()?;
        let mut state = state.try_borrow_mut().ok()?;
        Some(action(&mut state))
    }

    fn connect(self) {
        let Some(line) = self.with(State::next_line) else {
            return;
        };
        let socket = Socket::open(PATH, move |event| self.on_event(line, event));
        self.with(|state| {
            state.retry = None;
            // What was asked of a server that was away is asked anew.
            state.asking.clear();
            state.socket = Some(socket);
        });
    }

    fn on_event(self, line: u64, event: SocketEvent) {
        let is_current = self.with(|state| {
            let is_current = state.line == line;
            if is_current {
                state.watchdog.heard(browser::page_ms());
            }
            is_current
        });
        if is_current != Some(true) {
            return;
        }
        match event {
            SocketEvent::Open => {
                self.with(State::on_open);
                self.link.set(Link::Open);
                self.lost_since.set(None);
            }
            SocketEvent::Binary(bytes) => self.on_bytes(&bytes),
            SocketEvent::Text(text) => self.on_reply(&text),
            SocketEvent::Closed => self.on_lost(),
        }
    }

    /// Opens another line after a pause. The one that is given up may take long to close.
    fn on_lost(self) {
        self.link.try_set(Link::Lost);
        let silent_ms = self.with(|state| state.watchdog.silent_ms(browser::page_ms()));
        if self.lost_since.try_get_untracked() == Some(None) {
            let since = browser::now_ms() - silent_ms.unwrap_or_default();
            self.lost_since.set(Some(since));
        }
        self.with(|state| {
            state.asking.clear();
            state.line += 1;
            state.watchdog.closed();
            state.open = false;
            state.socket = None;
            let pause = state.pause_ms();
            state.failures += 1;
            state.retry = Some(browser::after(pause, move || self.probe()));
        });
    }

    /// Looks after the line.
    fn look(self) {
        let now = browser::page_ms();
        match self.with(|state| state.watchdog.look(now)) {
            Some(Alarm::Ask) => {
                self.with(|state| state.send(&Request::Ping { id: None }));
            }
            Some(Alarm::GiveUp) => self.on_lost(),
            Some(Alarm::None) | None => {}
        }
    }

    fn on_reply(self, text: &str) {
        if text.contains("\"op\":\"error\"") {
            leptos::logging::warn!("the server refused a subscription: {text}");
        }
    }

    fn on_bytes(self, bytes: &[u8]) {
        let message = match Message::from_msgpack(bytes) {
            Ok(message) => message,
            Err(error) => {
                leptos::logging::error!("a message of the server was not understood: {error}");
                return;
            }
        };
        let listeners = self.with(|state| state.judge(&message)).unwrap_or_default();
        for listener in listeners {
            if let Ok(mut listener) = listener.try_borrow_mut() {
                listener(&message);
            }
        }
    }
}

impl State {
    /// The number of a line that is to be opened now.
    fn next_line(&mut self) -> u64 {
        self.line += 1;
        self.watchdog.opening(browser::page_ms());
        self.line
    }

    fn on_open(&mut self) {
        self.open = true;
        self.failures = 0;
        for entry in self.topics.values_mut() {
            entry.numbering = Numbering::default();
        }
        let awake = self.topics.keys().filter(|topic| !self.sleep.lets(topic));
        let topics: Vec<_> = awake.map(ToString::to_string).collect();
        if !topics.is_empty() {
            self.send(&Request::Subscribe { id: None, topics });
        }
    }

    /// Who is to be called with a message.
    fn judge(&mut self, message: &Message) -> Vec<Listener> {
        let Some(entry) = self.topics.get_mut(&message.topic) else {
            return Vec::new();
        };
        match entry.numbering.judge(message) {
            Verdict::Take => entry.listeners.iter().map(|(_, l)| Rc::clone(l)).collect(),
            Verdict::Skip => Vec::new(),
            Verdict::Hole => {
                self.ask(&message.topic);
                Vec::new()
            }
        }
    }

    fn ask(&self, topic: &Topic) {
        if self.sleep.lets(topic) {
            return;
        }
        self.send(&Request::Subscribe {
            id: None,
            topics: vec![topic.to_string()],
        });
    }

    /// Before the socket is open nothing is sent: opening subscribes to everything.
    fn send(&self, request: &Request) {
        if let (true, Some(socket)) = (self.open, &self.socket)
            && let Ok(text) = serde_json::to_string(request)
        {
            socket.send(text);
        }
    }

    /// Doubling with the failures, shortened by up to half so that many pages do not come at once.
    fn pause_ms(&self) -> u32 {
        let longest = FIRST_PAUSE_MS
            .saturating_mul(1 << self.failures.min(8))
            .min(LONGEST_PAUSE_MS);
        (f64::from(longest) * (0.5 + browser::random() / 2.0)) as u32
    }
}

//! Keeping the workspace: on the server by its name, and in the browser for the next start, so
//! that the page is there before the server has answered.
//!
//! Two windows may show the same workspace. Every save says which version it changes; where
//! another window was faster nothing is overwritten, and the person is asked.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use tradesuite_core::dock::{self, Dock};
use tradesuite_core::model::{Current, Name, SaveAnswer, Shelf, Timeframe};

use super::ready::{ready_made, ready_made_at_once};
use super::{Workspace, first_name};
use crate::api::{load_document, save_document};
use crate::browser::{self, Guard};
use crate::ui::address::Address;
use crate::ui::live::{Link, Live};
use crate::ui::panel::KINDS;

const KEY: &str = "tradesuite.workspace";
/// The only document of its shelf.
const OWN: &str = "own";
/// How long nothing changes before it is saved, milliseconds.
const SETTLED_MS: u32 = 600;

/// What the browser holds for the next start.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cached {
    /// The server's version that the text stems from; `None` where it was never saved there.
    version: Option<u64>,
    text: String,
}

/// What is known of the server's copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping {
    /// Whether the server was asked. Nothing is saved before.
    is_known: RwSignal<bool>,
    /// The version that is shown.
    version: StoredValue<Option<u64>>,
    /// The text that the server or the browser holds.
    kept: StoredValue<String>,
    /// What the address named when the page was opened.
    named: StoredValue<Address>,
    /// Waits for changes to settle.
    waiting: StoredValue<Option<Guard>, LocalStorage>,
}

impl Keeping {
    pub fn new() -> Self {
        Self {
            is_known: RwSignal::new(false),
            version: StoredValue::new(None),
            kept: StoredValue::new(String::new()),
            named: StoredValue::new(Address::default()),
            waiting: StoredValue::new_local(None),
        }
    }
}

impl Workspace {
    /// Shows what the browser holds, then what the server does, and saves every change to both.
    pub fn keep(self, live: Live) {
        Effect::new(move || {
            if !self.ready.get_untracked() {
                self.open_cached();
            }
        });
        Effect::new(move || {
            // Asked again whenever the line comes back, until it has answered once.
            if live.link().get() == Link::Open && !self.keeping.is_known.get() {
                spawn_local(self.ask_server());
            }
        });
        Effect::new(move || {
            let text = self.document().to_json();
            if self.ready.get() && self.keeping.kept.with_value(|kept| *kept != text) {
                self.store_in_browser(&text);
                if self.keeping.is_known.get() {
                    let save = browser::after(SETTLED_MS, move || spawn_local(self.save()));
                    self.keeping.waiting.set_value(Some(save));
                }
            }
        });
        Effect::new(move || {
            let instrument = self.instrument.get();
            let chart = self.attended_chart();
            let timeframe = chart.map_or(Timeframe::M1, |(_, timeframe)| timeframe);
            if self.ready.get() {
                browser::replace_address(&Address::of(&instrument, timeframe));
            }
        });
    }

    fn open_cached(self) {
        let cached =
            browser::stored(KEY).and_then(|text| serde_json::from_str::<Cached>(&text).ok());
        let cached = cached.unwrap_or_default();
        let document = dock::Workspace::parse(cached.text.as_bytes(), &KINDS);
        if document.is_ok() {
            self.keeping.version.set_value(cached.version);
        }
        self.show(document.unwrap_or_else(|_| ready_made_at_once(&first_name())));
        let named = Address::read(&browser::address_query());
        if !named.problems.is_empty() {
            self.address_problem.set(Some(named.problems.join(" ")));
        }
        self.keeping.named.set_value(named);
        self.open_address();
        self.ready.set(true);
    }

    /// Shows the server's copy where it is another one.
    async fn ask_server(self) {
        let Ok(current) = load_document(Shelf::Current, OWN.to_owned()).await else {
            return;
        };
        let current = current.and_then(|found| Current::parse(found.text.as_bytes()).ok());
        let class = if self.is_phone.get_untracked() {
            current.and_then(|current| current.phone)
        } else {
            current.and_then(|current| current.desktop)
        };
        let name = class.unwrap_or_else(|| self.name.get_untracked());
        let Ok(stored) = load_document(Shelf::Workspaces, name.to_string()).await else {
            return;
        };
        let version = stored.as_ref().map(|stored| stored.version);
        let is_shown = name == self.name.get_untracked()
            && (version.is_none() || version == self.keeping.version.get_value());
        if !is_shown {
            let document = stored
                .and_then(|stored| dock::Workspace::parse(stored.text.as_bytes(), &KINDS).ok());
            match document {
                Some(document) => self.show(document),
                None => self.show(ready_made(&name).await),
            }
            self.open_address();
        }
        self.keeping.version.set_value(version);
        self.keeping.is_known.set(true);
    }

    /// Saves what is shown, unless the server holds it already.
    async fn save(self) {
        let (name, text) = (
            self.name.get_untracked(),
            untrack(|| self.document()).to_json(),
        );
        let over = self.keeping.version.get_value();
        let answer = save_document(Shelf::Workspaces, name.to_string(), text.clone(), over).await;
        let problem = match answer {
            Ok(SaveAnswer::Saved(version)) => {
                self.keeping.version.set_value(Some(version));
                self.store_in_browser(&text);
                None
            }
            Ok(SaveAnswer::Differs(now)) => {
                self.overtaken.set(Some(now));
                None
            }
            Ok(SaveAnswer::Refused(why)) => Some(why.to_string()),
            Ok(SaveAnswer::NotSaved(why)) => Some(why),
            Err(why) => Some(why.to_string()),
        };
        if let Some(problem) = problem {
            let refusal = format!("The workspace is kept in this browser only: {problem}.");
            self.refusal.set(Some(refusal));
        }
    }

    fn store_in_browser(self, text: &str) {
        let cached = Cached {
            version: self.keeping.version.get_value(),
            text: text.to_owned(),
        };
        if let Ok(cached) = serde_json::to_string(&cached) {
            browser::store(KEY, &cached);
        }
        self.keeping.kept.set_value(text.to_owned());
    }

    /// Takes the other window's version, or puts this one's over it.
    pub fn settle(self, take_theirs: bool) {
        let Some(now) = self.overtaken.get_untracked() else {
            return;
        };
        self.overtaken.set(None);
        if take_theirs {
            self.open_named(&self.name.get_untracked());
        } else {
            self.keeping.version.set_value(now);
            spawn_local(self.save());
        }
    }

    /// Goes to another workspace: the server's of this name, else the ready-made one. What is shown
    /// is saved before.
    pub fn open_named(self, name: &Name) {
        let name = name.clone();
        spawn_local(async move {
            let is_settled = self
                .keeping
                .waiting
                .try_update_value(Option::take)
                .flatten()
                .is_none();
            if !is_settled {
                self.save().await;
            }
            let stored = load_document(Shelf::Workspaces, name.to_string()).await;
            let stored = match stored {
                Ok(stored) => stored,
                Err(why) => {
                    self.refusal
                        .set(Some(format!("{name} could not be opened: {why}.")));
                    return;
                }
            };
            let version = stored.as_ref().map(|stored| stored.version);
            let document = stored
                .and_then(|stored| dock::Workspace::parse(stored.text.as_bytes(), &KINDS).ok());
            let document = match document {
                Some(document) => document,
                None => ready_made(&name).await,
            };
            self.keeping.version.set_value(version);
            self.show(document);
            self.say_current().await;
        });
    }

    /// Has the server remember which workspace this class of device shows.
    async fn say_current(self) {
        let Ok(found) = load_document(Shelf::Current, OWN.to_owned()).await else {
            return;
        };
        let over = found.as_ref().map(|found| found.version);
        let parsed = found.and_then(|found| Current::parse(found.text.as_bytes()).ok());
        let mut current = parsed.unwrap_or_default();
        let name = Some(self.name.get_untracked());
        if self.is_phone.get_untracked() {
            current.phone = name;
        } else {
            current.desktop = name;
        }
        if let Ok(text) = serde_json::to_string(&current) {
            // Where another window is faster its choice stands: only the next start is about it.
            let _ = save_document(Shelf::Current, OWN.to_owned(), text, over).await;
        }
    }

    /// Looks at what the page's address named.
    fn open_address(self) {
        let named = self.keeping.named.get_value();
        if let Some(instrument) = named.instrument {
            self.choose(instrument);
        }
        let chart = untrack(|| self.attended_chart());
        if let Some(((chart, _), timeframe)) = chart.zip(named.timeframe) {
            self.set_timeframe(chart, timeframe);
        }
    }

    /// The document of what is shown.
    #[must_use]
    pub fn document(self) -> dock::Workspace {
        dock::Workspace {
            name: self.name.get(),
            desktop: self.with_layout(Clone::clone),
            phone: self.phone.get(),
            links: self.links.get(),
        }
    }

    /// Shows a document.
    pub fn show(self, document: dock::Workspace) {
        self.keeping.kept.set_value(document.to_json());
        self.name.set(document.name);
        self.dock.set(Dock::new(document.desktop));
        self.phone.set(document.phone);
        self.links.set(document.links);
        self.focused.set(None);
    }
}

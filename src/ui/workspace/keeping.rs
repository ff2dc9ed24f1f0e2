//! Keeping the workspace: on the server by its name, and in the browser for the next start, so
//! that the page is there before the server has answered.
//!
//! Two windows may show the same workspace. Every save says which version it changes; where
//! another window was faster nothing is overwritten, and the person is asked. What is to be done
//! when is decided in [`super::keeper`]; this does it, and says what went wrong.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::dock::{Dock, PanelId, Workspace as Document};
use tradesuite_core::model::{Name, SaveAnswer, Shelf, Timeframe};

use super::copies::{copy_of, last_shown, store_copy};
use super::keeper::Keeper;
use super::ready::{ready_made, ready_made_at_once};
use super::todo::{Held, Kept, Ticket, Todo};
use super::{Workspace, first_name};
use crate::api::{load_document, save_document};
use crate::browser::{self, Guard};
use crate::ui::address::Address;
use crate::ui::live::{Link, Live};
use crate::ui::panel::KINDS;

/// How long the server may take to answer, milliseconds.
const LONGEST_MS: u32 = 15_000;

/// What keeping the workspace needs beside what is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping {
    keeper: StoredValue<Keeper>,
    /// The copy that lies in the browser.
    copied: StoredValue<Option<(Name, Kept)>>,
    /// What the address named when the page was opened, until it is settled what that is about.
    named: StoredValue<Address>,
    /// Whether it is settled which workspace this window begins with.
    pub has_begun: StoredValue<bool>,
    /// Tells the keeper that it is time.
    waiting: StoredValue<Option<Guard>, LocalStorage>,
    /// Gives up the request that is out.
    patience: StoredValue<Option<Guard>, LocalStorage>,
    /// The line, with which requests are given up.
    live: StoredValue<Option<Live>>,
}

impl Keeping {
    pub fn new() -> Self {
        Self {
            keeper: StoredValue::new(Keeper::new(first_name())),
            copied: StoredValue::new(None),
            named: StoredValue::new(Address::default()),
            has_begun: StoredValue::new(false),
            waiting: StoredValue::new_local(None),
            patience: StoredValue::new_local(None),
            live: StoredValue::new(None),
        }
    }

    /// Reads the keeper.
    pub fn with<T>(self, read: impl FnOnce(&Keeper) -> T) -> T {
        self.keeper.with_value(read)
    }
}

impl Workspace {
    /// Shows what the browser holds, then what the server does, and saves every change to both.
    pub fn keep(self, live: Live) {
        self.keeping.live.set_value(Some(live));
        Effect::new(move || {
            if !self.ready.get_untracked() {
                self.open_copy();
            }
        });
        Effect::new(move || {
            let is_open = live.link().get() == Link::Open;
            if self.ready.get() && is_open {
                self.tell(Keeper::reconnected);
            }
        });
        Effect::new(move || {
            let text = self.document().to_json();
            if self.ready.get() {
                self.tell(|keeper| keeper.changed(text));
            }
        });
        Effect::new(move || {
            let instrument = self.instrument.get();
            let chart = self.attended_chart();
            let timeframe = chart.map_or(Timeframe::M1, |(_, timeframe)| timeframe);
            let focused = self.focused.get();
            if self.ready.get() {
                let note = focused.map_or_else(String::new, |panel| panel.to_string());
                browser::replace_address(&Address::of(&instrument, timeframe), &note);
            }
        });
    }

    /// Lets the keeper know what happened, and does what it wants.
    pub(super) fn tell(self, event: impl FnOnce(&mut Keeper) -> Todo) {
        let mut todo = Todo::Nothing;
        let keeper = self.keeping.keeper;
        keeper.update_value(|keeper| todo = event(keeper));
        self.note();
        self.obey(todo);
    }

    /// Puts down what has become of the workspace: in the browser, and for the person.
    fn note(self) {
        let (now, overtaken, is_reading) = self.keeping.with(|keeper| {
            let now = (keeper.name().clone(), keeper.kept());
            (now, keeper.overtaken(), keeper.is_reading())
        });
        let copied = self.keeping.copied;
        if copied.with_value(|copied| copied.as_ref() != Some(&now)) {
            store_copy(&now.0, &now.1);
            copied.set_value(Some(now));
        }
        if self.overtaken.get_untracked() != overtaken {
            self.overtaken.set(overtaken);
        }
        if self.is_reading.get_untracked() != is_reading {
            self.is_reading.set(is_reading);
        }
    }

    fn obey(self, todo: Todo) {
        match todo {
            Todo::Nothing => {}
            Todo::Wait(ms) => {
                let due = browser::after(ms, move || self.tell(Keeper::due));
                self.keeping.waiting.set_value(Some(due));
            }
            Todo::Ask(ticket, name) => {
                self.be_patient(ticket);
                spawn_local(self.ask(ticket, name));
            }
            Todo::Save {
                ticket,
                name,
                text,
                over,
            } => {
                self.be_patient(ticket);
                spawn_local(self.save(ticket, name, text, over));
            }
            Todo::Show { version, text } => {
                if let Ok(document) = Document::parse(text.as_bytes(), &KINDS) {
                    self.show(document, |keeper, name, shown| {
                        keeper.show(name, Some(version), shown);
                        keeper.stems_from(text);
                    });
                }
            }
            Todo::Open(name) => spawn_local(self.go_to(name)),
        }
    }

    /// Does not wait for an answer for ever.
    fn be_patient(self, ticket: Ticket) {
        let give_up = move || {
            if self.keeping.with(|keeper| keeper.waits_for(ticket)) {
                self.say_unsaved("the server does not answer");
                self.tell(|keeper| keeper.failed(ticket));
            }
        };
        let guard = browser::after(LONGEST_MS, give_up);
        self.keeping.patience.set_value(Some(guard));
    }

    /// Says why only this browser has what a person changed, if anything was.
    fn say_unsaved(self, why: &str) {
        if !self.keeping.with(Keeper::is_untouched) {
            let name = self.keeping.with(|keeper| keeper.name().clone());
            self.unsaved.set(Some((name, why.to_owned())));
        }
    }

    /// What was said of this workspace is true no longer.
    fn unsay(self) {
        let is_said = self.unsaved.with_untracked(|said| {
            let name = said.as_ref().map(|(name, _)| name);
            self.keeping.with(|keeper| name == Some(keeper.name()))
        });
        if is_said {
            self.unsaved.set(None);
        }
    }

    fn open_copy(self) {
        let name = last_shown().unwrap_or_else(first_name);
        let copy = copy_of(&name).unwrap_or_else(|why| {
            self.refusal.set(Some(why));
            None
        });
        // An address that this page wrote itself names nothing that its copy does not show.
        let note = copy.as_ref().and_then(|_| browser::address_note());
        if note.is_none() {
            let named = Address::read(&browser::address_query());
            if !named.problems.is_empty() {
                self.address_problem.set(Some(named.problems.join(" ")));
            }
            self.keeping.named.set_value(named);
        }
        let (kept, document) = copy.unwrap_or_else(|| {
            let kept = Kept {
                is_saved: true,
                ..Kept::default()
            };
            (kept, ready_made_at_once(&name))
        });
        let named = self.keeping.named.get_value();
        self.show(document, |keeper, name, text| {
            keeper.resume(name, kept, text);
        });
        // What the server holds may be another document: the address is about that one then.
        self.keeping.named.set_value(named);
        let focused = note.and_then(|note| note.parse().ok()).map(PanelId);
        self.focused.set(focused);
        self.ready.set(true);
    }

    /// Finds out what the server holds.
    async fn ask(self, ticket: Ticket, name: Name) {
        if !self.keeping.has_begun.get_value() {
            self.begin().await;
        }
        let stored = Live::asked(
            self.keeping.live.get_value(),
            load_document(Shelf::Workspaces, name.to_string()),
        )
        .await;
        if !self.keeping.with(|keeper| keeper.waits_for(ticket)) {
            return;
        }
        let held = match stored {
            Err(why) => {
                self.say_unsaved(&why.to_string());
                return self.tell(|keeper| keeper.failed(ticket));
            }
            Ok(None) => Held::Nothing,
            Ok(Some(stored)) => match Document::parse(stored.text.as_bytes(), &KINDS) {
                Ok(document) => Held::Document {
                    version: stored.version,
                    text: document.to_json(),
                },
                Err(why) => {
                    let why = format!("the server's cannot be read ({why}) and is left as it is");
                    self.unsaved.set(Some((name, why)));
                    Held::Unreadable
                }
            },
        };
        if held != Held::Unreadable {
            self.unsay();
        }
        self.tell(|keeper| keeper.found(ticket, held));
        if self.keeping.with(|keeper| !keeper.is_leaving()) {
            self.keeping.named.set_value(Address::default());
        }
    }

    async fn save(self, ticket: Ticket, name: Name, text: String, over: Option<u64>) {
        let answer = Live::asked(
            self.keeping.live.get_value(),
            save_document(Shelf::Workspaces, name.to_string(), text, over),
        )
        .await;
        if !self.keeping.with(|keeper| keeper.waits_for(ticket)) {
            return;
        }
        match &answer {
            Ok(SaveAnswer::Saved(_)) => self.unsay(),
            Ok(SaveAnswer::Differs(_)) => {}
            Ok(SaveAnswer::Refused(why)) => self.say_unsaved(&why.to_string()),
            Ok(SaveAnswer::NotSaved(why)) => self.say_unsaved(why),
            Err(why) => self.say_unsaved(&why.to_string()),
        }
        self.tell(|keeper| match answer {
            Ok(answer) => keeper.answered(ticket, answer),
            Err(_) => keeper.failed(ticket),
        });
    }

    /// Takes the other window's version, or puts this one's over it.
    pub fn settle(self, take_theirs: bool) {
        self.tell(|keeper| keeper.settle(take_theirs));
    }

    /// Goes to another workspace: the server's of this name, else the ready-made one. What is shown
    /// is saved before.
    pub fn open_named(self, name: &Name) {
        self.keeping.has_begun.set_value(true);
        self.keeping.named.set_value(Address::default());
        self.tell(|keeper| keeper.leave(name.clone()));
    }

    async fn go_to(self, name: Name) {
        let (version, document) = match read(&name).await {
            Ok(found) => found,
            Err(why) => {
                self.refusal.set(Some(why));
                return self.tell(Keeper::stay);
            }
        };
        let open = Todo::Open(name.clone());
        let mut todo = Todo::Nothing;
        let keeper = self.keeping.keeper;
        keeper.update_value(|keeper| todo = keeper.may_open(&name));
        if todo != open {
            // Something was changed meanwhile: that is saved, and then this is read again.
            return self.obey(todo);
        }
        let copy = copy_of(&name).unwrap_or_else(|why| {
            self.refusal.set(Some(why));
            None
        });
        match copy.filter(|(kept, _)| !kept.is_saved) {
            Some((kept, document)) => {
                self.show(document, |keeper, name, text| {
                    keeper.resume(name, kept, text);
                });
                self.tell(Keeper::reached);
            }
            None => {
                let base = document.to_json();
                self.show(document, |keeper, name, text| {
                    keeper.show(name, version, text);
                    keeper.stems_from(base);
                });
            }
        }
        self.focused.set(None);
        self.note();
        self.say_current().await;
    }

    /// Looks at what the page's address named.
    fn open_address(self, named: Address) {
        if let Some(instrument) = named.instrument {
            self.choose(instrument);
        }
        let chart = untrack(|| self.attended_chart());
        if let Some(((chart, _), timeframe)) = chart.zip(named.timeframe) {
            self.set_timeframe(chart, timeframe);
        }
    }

    /// The document of what is shown.
    pub(super) fn document(self) -> Document {
        Document {
            name: self.name.get(),
            desktop: self.with_layout(Clone::clone),
            phone: self.phone.get(),
            links: self.links.get(),
        }
    }

    /// Shows a document, and what the address named in it; then the keeper is told.
    fn show(self, document: Document, told: impl FnOnce(&mut Keeper, Name, String)) {
        let name = document.name.clone();
        self.name.set(document.name);
        self.dock.set(Dock::new(document.desktop));
        self.phone.set(document.phone);
        self.links.set(document.links);
        let named = self.keeping.named;
        self.open_address(named.get_value());
        named.set_value(Address::default());
        let text = untrack(|| self.document()).to_json();
        let keeper = self.keeping.keeper;
        keeper.update_value(|keeper| told(keeper, name, text));
        self.note();
        self.ask_who_is_out();
    }
}

/// The server's document of a name with its version, else the ready-made one.
async fn read(name: &Name) -> Result<(Option<u64>, Document), String> {
    match load_document(Shelf::Workspaces, name.to_string()).await {
        Ok(Some(stored)) => Document::parse(stored.text.as_bytes(), &KINDS)
            .map(|document| (Some(stored.version), document))
            .map_err(|why| {
                format!("{name} was not opened: what the server holds cannot be read ({why}). It is left as it is.")
            }),
        Ok(None) => Ok((None, ready_made(name).await)),
        Err(why) => Err(format!("{name} was not opened: {why}.")),
    }
}

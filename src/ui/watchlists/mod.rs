//! Lists of instruments as the server keeps them, the same for every panel of the page.
//!
//! | file | what it owns |
//! |---|---|
//! | `held` | one list between page and server: one save at a time, nothing overwritten |
//! | `keeping` | making, naming and deleting lists |
//! | `copies` | what the browser holds of lists that are not saved |
//! | `first` | the list that a server without any begins with |
//!
//! A change shows at once and is saved over the version that it changes. Where another window was
//! faster nothing is overwritten, and the person is asked. What cannot be saved stays in the browser
//! and is saved when the line to the server is open again.

mod copies;
mod first;
mod held;
mod keeping;

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::model::{Name, SaveAnswer, Shelf, Watchlist};

use self::copies::{copies, store_copy};
use self::held::{Held, Outcome, Save};
use crate::api::{PageError, list_documents, load_document, save_document};
use crate::ui::live::{Link, Live};

/// What is wrong with the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// They cannot be read, and why.
    Unread(String),
    /// Another window saved this list meanwhile.
    Overtaken(Name),
    /// Only this page has this list as it is, and why.
    Unsaved(Name, String),
    /// What a person just wanted was refused, in one sentence.
    Refused(String),
}

/// A handle on the page's lists; cheap to copy into every component.
#[derive(Clone, Copy, Debug)]
pub struct Watchlists {
    /// Names of all lists, ascending; `None` before they were read.
    pub names: RwSignal<Option<Vec<Name>>>,
    /// What is wrong.
    pub problem: RwSignal<Option<Problem>>,
    held: RwSignal<BTreeMap<Name, Held>>,
    /// Whether a panel wants them at all.
    is_wanted: RwSignal<bool>,
    /// The line, with which requests are given up.
    live: StoredValue<Live>,
}

impl Watchlists {
    /// Puts the handle into the context. Nothing is read before a panel wants a list.
    pub fn provide(live: Live) -> Self {
        let lists = Self {
            names: RwSignal::new(None),
            problem: RwSignal::new(None),
            held: RwSignal::new(BTreeMap::new()),
            is_wanted: RwSignal::new(false),
            live: StoredValue::new(live),
        };
        provide_context(lists);
        Effect::new(move || {
            if lists.is_wanted.get() {
                lists.resume();
            }
        });
        // Anew whenever the line comes back: another window may have changed them meanwhile.
        Effect::new(move || {
            if lists.is_wanted.get() && live.link().get() == Link::Open {
                spawn_local(lists.read());
            }
        });
        lists
    }

    /// The page's lists.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// A panel wants them.
    pub fn want(self) {
        if !self.is_wanted.get_untracked() {
            self.is_wanted.set(true);
        }
    }

    /// A list, once it is read.
    #[must_use]
    pub fn list(self, name: &Name) -> Option<Watchlist> {
        self.held
            .with(|held| held.get(name).map(|held| held.list.clone()))
    }

    /// A list that the server has not got as it is.
    #[must_use]
    pub fn unsaved(self) -> Option<Name> {
        self.held.with(|held| {
            let mut all = held.iter();
            all.find_map(|(name, held)| (!held.is_settled()).then(|| name.clone()))
        })
    }

    /// Takes up what could not be saved before the page was loaded anew.
    fn resume(self) {
        self.held.update(|held| {
            for (name, copy) in copies() {
                if let Some(resumed) = Held::resumed(copy) {
                    held.entry(name).or_insert(resumed);
                }
            }
        });
    }

    /// Asks the server beside the line, and not for ever.
    async fn ask<T>(
        self,
        request: impl Future<Output = Result<T, PageError>>,
    ) -> Result<T, PageError> {
        match self.live.try_get_value() {
            Some(live) => live.ask_for_a_while(request).await,
            // The page is being taken down.
            None => request.await,
        }
    }

    /// Reads names and lists; what could not be saved before is saved where nobody else was faster.
    pub async fn read(self) {
        let rows = match self.ask(list_documents(Shelf::Watchlists)).await {
            Ok(rows) => rows,
            Err(why) => return self.say(Problem::Unread(why.to_string())),
        };
        let mut names: Vec<Name> = rows
            .iter()
            .filter_map(|row| row.name.parse().ok())
            .collect();
        if names.is_empty() {
            names.extend(self.make_first().await);
        }
        let unsaved = self.held.try_with_untracked(|held| {
            let unsaved = held.iter().filter(|(_, held)| !held.is_settled());
            unsaved.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        });
        let mut all = names.clone();
        all.extend(unsaved.unwrap_or_default());
        all.sort();
        all.dedup();
        for name in &all {
            self.read_one(name).await;
        }
        let _ = self.held.try_update(|held| {
            held.retain(|name, held| names.contains(name) || !held.is_settled());
        });
        if matches!(
            self.problem.try_get_untracked(),
            Some(Some(Problem::Unread(_)))
        ) {
            self.problem.set(None);
        }
        let _ = self.names.try_set(Some(names));
    }

    async fn read_one(self, name: &Name) {
        let version = |held: &BTreeMap<Name, Held>| held.get(name).map(Held::version);
        let before = self.held.try_with_untracked(version);
        match self.load(name).await {
            // What was saved meanwhile is newer than what was read.
            Ok(theirs) if self.held.try_with_untracked(version) == before => {
                self.found(name, theirs);
            }
            Ok(_) => {}
            Err(why) => self.say(Problem::Unread(why)),
        }
    }

    /// The server's list of a name; an error is a sentence.
    async fn load(self, name: &Name) -> Result<Option<(u64, Watchlist)>, String> {
        let stored = self.ask(load_document(Shelf::Watchlists, name.to_string()));
        let Some(stored) = stored.await.map_err(|why| why.to_string())? else {
            return Ok(None);
        };
        let list = Watchlist::parse(stored.text.as_bytes());
        let list = list.map_err(|why| format!("{name}: {why}"))?;
        Ok(Some((stored.version, list)))
    }

    /// The server holds this of a list.
    fn found(self, name: &Name, theirs: Option<(u64, Watchlist)>) {
        let outcome = self
            .held
            .try_update(|all| match (all.get_mut(name), theirs) {
                (Some(held), theirs) => held.found(theirs),
                (None, Some((version, list))) => {
                    all.insert(name.clone(), Held::new(list, version));
                    None
                }
                (None, None) => None,
            });
        self.copy(name);
        match outcome.flatten() {
            Some(Outcome::Done(next)) => self.go_on(name, next),
            Some(Outcome::Overtaken) => self.say(Problem::Overtaken(name.clone())),
            Some(Outcome::Unsaved(why)) => self.say(Problem::Unsaved(name.clone(), why)),
            None => {}
        }
    }

    /// Has the browser hold what the server has not got.
    fn copy(self, name: &Name) {
        let copy = |held: &BTreeMap<Name, Held>| held.get(name).and_then(Held::copy);
        if let Some(copy) = self.held.try_with_untracked(copy) {
            store_copy(name, copy);
        }
    }

    /// Another window may make one at the same time: then there is one all the same.
    async fn make_first(self) -> Option<Name> {
        let list = first::first_list().await?;
        let (name, text) = (list.name.clone(), list.to_json());
        let saved = self.ask(save_document(
            Shelf::Watchlists,
            name.to_string(),
            text,
            None,
        ));
        let saved = saved.await;
        matches!(saved, Ok(SaveAnswer::Saved(_) | SaveAnswer::Differs(_))).then_some(name)
    }

    /// Changes a list; says why where that is refused.
    pub fn edit(self, name: &Name, change: impl FnOnce(&mut Watchlist) -> Result<(), String>) {
        let mut save = None;
        let mut refusal = None;
        self.held.update(|held| {
            let Some(held) = held.get_mut(name) else {
                return;
            };
            let mut list = held.list.clone();
            refusal = change(&mut list).err();
            if refusal.is_none() && list != held.list {
                held.list = list;
                save = held.changed();
            }
        });
        match (refusal, save) {
            (Some(why), _) => self.say(Problem::Refused(why)),
            (None, save) => {
                if matches!(self.problem.get_untracked(), Some(Problem::Refused(_))) {
                    self.problem.set(None);
                }
                self.copy(name);
                self.save(name, save);
            }
        }
    }

    fn save(self, name: &Name, save: Option<Save>) {
        if let Some((text, over)) = save {
            spawn_local(self.carry_out(name.clone(), text, over));
        }
    }

    async fn carry_out(self, name: Name, text: String, over: Option<u64>) {
        let saved = save_document(Shelf::Watchlists, name.to_string(), text, over);
        let answer = self.ask(saved).await.map_err(|why| why.to_string());
        let outcome = self
            .held
            .try_update(|held| held.get_mut(&name).map(|held| held.answered(answer)));
        self.copy(&name);
        match outcome.flatten() {
            Some(Outcome::Done(next)) => self.go_on(&name, next),
            // By whom, is asked: it may be what was sent before and not answered.
            Some(Outcome::Overtaken) => match self.load(&name).await {
                Ok(theirs) => self.found(&name, theirs),
                Err(_) => self.say(Problem::Overtaken(name)),
            },
            Some(Outcome::Unsaved(why)) => self.say(Problem::Unsaved(name, why)),
            None => {}
        }
    }

    /// It is saved, or is going to be by this.
    fn go_on(self, name: &Name, next: Option<Save>) {
        let is_over = self.problem.with_untracked(
            |said| matches!(said, Some(Problem::Unsaved(of, _) | Problem::Overtaken(of)) if of == name),
        );
        if is_over {
            self.problem.set(None);
        }
        // One that was deleted elsewhere is there again.
        self.list_name(name);
        self.save(name, next);
    }

    /// The name stands among the others.
    fn list_name(self, name: &Name) {
        let is_missing = |names: &Option<Vec<Name>>| {
            let names = names.as_ref();
            names.is_some_and(|names| !names.contains(name))
        };
        if self.names.with_untracked(is_missing) {
            self.names.update(|names| {
                let names = names.get_or_insert_default();
                if let Err(at) = names.binary_search(name) {
                    names.insert(at, name.clone());
                }
            });
        }
    }

    /// Shows what another window saved instead of one's own.
    pub fn take_theirs(self, name: Name) {
        self.problem.set(None);
        self.held.update(|held| {
            held.remove(&name);
        });
        self.copy(&name);
        spawn_local(self.read());
    }

    /// Saves what is shown here over what another window saved.
    pub fn keep_own(self, name: Name) {
        self.problem.set(None);
        spawn_local(async move {
            let now = load_document(Shelf::Watchlists, name.to_string());
            match self.ask(now).await {
                Ok(now) => {
                    let over = now.map(|stored| stored.version);
                    let save = self
                        .held
                        .try_update(|held| held.get_mut(&name).and_then(|held| held.insist(over)));
                    self.copy(&name);
                    self.save(&name, save.flatten());
                }
                Err(_) => self.say(Problem::Overtaken(name)),
            }
        });
    }

    fn say(self, problem: Problem) {
        // The page may be gone by the time of an answer.
        let _ = self.problem.try_set(Some(problem));
    }
}

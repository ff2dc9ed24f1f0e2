//! Lists of instruments as the server keeps them, the same for every panel of the page.
//!
//! | file | what it owns |
//! |---|---|
//! | `held` | one list between page and server: one save at a time, nothing overwritten |
//! | `keeping` | making, naming and deleting lists |
//! | `first` | the list that a server without any begins with |
//!
//! A change shows at once and is saved over the version that it changes. Where another window was
//! faster nothing is overwritten, and the person is asked.

mod first;
mod held;
mod keeping;

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::model::{Name, SaveAnswer, Shelf, Watchlist};

use self::held::{Held, Outcome, Save};
use crate::api::{list_documents, load_document, save_document};
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
}

impl Watchlists {
    /// Puts the handle into the context. Nothing is read before a panel wants a list.
    pub fn provide(live: Live) -> Self {
        let lists = Self {
            names: RwSignal::new(None),
            problem: RwSignal::new(None),
            held: RwSignal::new(BTreeMap::new()),
            is_wanted: RwSignal::new(false),
        };
        provide_context(lists);
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

    /// Reads names and lists; what is not saved yet stays as it is.
    pub async fn read(self) {
        let rows = match list_documents(Shelf::Watchlists).await {
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
        for name in &names {
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
        self.save_all();
    }

    async fn read_one(self, name: &Name) {
        let stored = match load_document(Shelf::Watchlists, name.to_string()).await {
            Ok(Some(stored)) => stored,
            Ok(None) => return,
            Err(why) => return self.say(Problem::Unread(why.to_string())),
        };
        match Watchlist::parse(stored.text.as_bytes()) {
            Ok(list) => {
                let _ = self.held.try_update(|held| {
                    let is_settled = held.get(name).is_none_or(Held::is_settled);
                    if is_settled {
                        held.insert(name.clone(), Held::new(list, stored.version));
                    }
                });
            }
            Err(why) => self.say(Problem::Unread(format!("{name}: {why}"))),
        }
    }

    /// Another window may make one at the same time: then there is one all the same.
    async fn make_first(self) -> Option<Name> {
        let list = first::first_list().await?;
        let (name, text) = (list.name.clone(), list.to_json());
        let saved = save_document(Shelf::Watchlists, name.to_string(), text, None).await;
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
        let answer = save_document(Shelf::Watchlists, name.to_string(), text, over).await;
        let answer = answer.map_err(|why| why.to_string());
        let outcome = self
            .held
            .try_update(|held| held.get_mut(&name).map(|held| held.answered(answer)));
        match outcome.flatten() {
            Some(Outcome::Done(next)) => {
                let is_over = self.problem.with_untracked(
                    |said| matches!(said, Some(Problem::Unsaved(of, _) | Problem::Overtaken(of)) if *of == name),
                );
                if is_over {
                    self.problem.set(None);
                }
                self.save(&name, next);
            }
            Some(Outcome::Overtaken) => self.say(Problem::Overtaken(name)),
            Some(Outcome::Unsaved(why)) => self.say(Problem::Unsaved(name, why)),
            None => {}
        }
    }

    /// Saves what could not be saved before.
    pub fn save_all(self) {
        let mut saves = Vec::new();
        let _ = self.held.try_update(|held| {
            for (name, held) in held.iter_mut() {
                saves.extend(held.retry().map(|save| (name.clone(), save)));
            }
        });
        for (name, save) in saves {
            self.save(&name, Some(save));
        }
    }

    /// Shows what another window saved instead of one's own.
    pub fn take_theirs(self, name: Name) {
        self.problem.set(None);
        self.held.update(|held| {
            held.remove(&name);
        });
        spawn_local(self.read());
    }

    /// Saves what is shown here over what another window saved.
    pub fn keep_own(self, name: Name) {
        self.problem.set(None);
        spawn_local(async move {
            let now = load_document(Shelf::Watchlists, name.to_string()).await;
            match now {
                Ok(now) => {
                    let over = now.map(|stored| stored.version);
                    let save = self
                        .held
                        .try_update(|held| held.get_mut(&name).and_then(|held| held.insist(over)));
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

//! Keeping the preferences: what [`super::keeper`] wants done, and what is said of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::{Map, Value};
use tradesuite_core::model::preferences::{THEME, ZONE};
use tradesuite_core::model::{Field, Preferences as Document, SaveAnswer, Shelf};

use super::Preferences;
use super::keeper::{Keeper, Kept, Ticket, Todo};
use super::values::{Theme, Zone};
use crate::api::{load_document, save_document};
use crate::browser::{self, Guard};

/// Where the browser keeps them.
const KEY: &str = "tradesuite.settings";
/// Where a page before kept theme and zone.
const OLDER_KEY: &str = "tradesuite.preferences";
/// The only document of its shelf.
const OWN: &str = "own";
/// How long the server may take to answer, milliseconds.
const LONGEST_MS: u32 = 15_000;

/// What keeping needs beside what is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping {
    keeper: StoredValue<Keeper>,
    /// What lies in the browser.
    copied: StoredValue<Option<Kept>>,
    /// Tells the keeper that it is time.
    waiting: StoredValue<Option<Guard>, LocalStorage>,
    /// Gives up the request that is out.
    patience: StoredValue<Option<Guard>, LocalStorage>,
    /// Whether what is said is that the server has not got everything.
    says_unsaved: StoredValue<bool>,
}

impl Keeping {
    pub fn new() -> Self {
        Self {
            keeper: StoredValue::new(Keeper::default()),
            copied: StoredValue::new(None),
            waiting: StoredValue::new_local(None),
            patience: StoredValue::new_local(None),
            says_unsaved: StoredValue::new(false),
        }
    }
}

impl Preferences {
    /// Shows what the browser holds, then what the server does; asks again when the page is looked
    /// at after a while.
    pub(super) fn keep(self) {
        Effect::new(move || {
            let kept = kept();
            self.keeping.copied.set_value(kept.clone());
            let older = || {
                let changes = taken_over(browser::stored(OLDER_KEY).as_deref());
                Kept {
                    inherited: changes.keys().cloned().collect(),
                    changes,
                    ..Kept::default()
                }
            };
            self.tell(|keeper| {
                keeper.resume(kept.unwrap_or_else(older));
                keeper.looked_at()
            });
            let guard = browser::on_visibility(move |is_visible| {
                if is_visible {
                    self.tell(Keeper::looked_at);
                }
            });
            let held = StoredValue::new_local(Some(guard));
            on_cleanup(move || {
                let _ = held.try_update_value(Option::take);
            });
        });
    }

    /// Gives a preference another value; null for the default.
    pub fn set(self, field: &Field, value: Value) {
        self.tell(|keeper| keeper.set(field, value));
    }

    /// Reads what the server has: another window saved meanwhile.
    pub fn read_anew(self) {
        self.tell(Keeper::looked_at);
    }

    /// Lets the keeper know what happened, shows what holds, and does what it wants.
    fn tell(self, event: impl FnOnce(&mut Keeper) -> Todo) {
        let mut todo = Todo::Nothing;
        let keeper = self.keeping.keeper;
        keeper.update_value(|keeper| todo = event(keeper));
        let (shown, now) = keeper.with_value(|keeper| (keeper.shown(), keeper.kept()));
        if self.settings.with_untracked(|held| *held != shown) {
            self.settings.set(shown);
        }
        let copied = self.keeping.copied;
        if copied.with_value(|copied| copied.as_ref() != Some(&now)) {
            if let Ok(text) = serde_json::to_string(&now) {
                browser::store(KEY, &text);
            }
            copied.set_value(Some(now));
        }
        self.obey(todo);
    }

    fn obey(self, todo: Todo) {
        match todo {
            Todo::Nothing => {}
            Todo::Wait(ms) => {
                let due = browser::after(ms, move || self.tell(Keeper::due));
                self.keeping.waiting.set_value(Some(due));
            }
            Todo::Ask(ticket) => {
                self.be_patient(ticket);
                spawn_local(self.ask(ticket));
            }
            Todo::Save { ticket, text, over } => {
                self.be_patient(ticket);
                spawn_local(self.save(ticket, text, over));
            }
        }
    }

    /// Does not wait for an answer for ever.
    fn be_patient(self, ticket: Ticket) {
        let guard = browser::after(LONGEST_MS, move || {
            if self.waits_for(ticket) {
                self.say_unsaved("the server does not answer");
                self.tell(|keeper| keeper.failed(ticket));
            }
        });
        self.keeping.patience.set_value(Some(guard));
    }

    fn waits_for(self, ticket: Ticket) -> bool {
        self.keeping
            .keeper
            .with_value(|keeper| keeper.waits_for(ticket))
    }

    fn say_unsaved(self, why: &str) {
        if self.keeping.keeper.with_value(Keeper::is_unsaved) {
            let text = format!("The preferences are kept in this browser only: {why}.");
            self.say(text, true);
        }
    }

    fn say(self, text: String, is_unsaved: bool) {
        self.keeping.says_unsaved.set_value(is_unsaved);
        self.notice.set(Some(text));
    }

    async fn ask(self, ticket: Ticket) {
        let found = load_document(Shelf::Settings, OWN.to_owned()).await;
        if !self.waits_for(ticket) {
            return;
        }
        let held = match found {
            Err(why) => {
                self.say_unsaved(&why.to_string());
                return self.tell(|keeper| keeper.failed(ticket));
            }
            Ok(None) => None,
            Ok(Some(stored)) => match Document::parse(stored.text.as_bytes()) {
                Ok(document) => Some((stored.version, document.settings)),
                Err(why) => {
                    let text = format!(
                        "The server's preferences cannot be read ({why}) and are left as they are."
                    );
                    self.say(text, false);
                    return self.tell(|keeper| keeper.cannot_read(ticket));
                }
            },
        };
        let mut theirs = Vec::new();
        self.tell(|keeper| {
            let (todo, changed) = keeper.found(ticket, held);
            theirs = changed;
            todo
        });
        if !theirs.is_empty() {
            self.say(met(&theirs), false);
        }
    }

    async fn save(self, ticket: Ticket, text: String, over: Option<u64>) {
        let answer = save_document(Shelf::Settings, OWN.to_owned(), text, over).await;
        if !self.waits_for(ticket) {
            return;
        }
        let why = match answer {
            Ok(SaveAnswer::Saved(version)) => {
                if self.keeping.says_unsaved.get_value() {
                    self.keeping.says_unsaved.set_value(false);
                    self.notice.set(None);
                }
                self.tell(|keeper| keeper.saved(ticket, version));
                return self.saved.set(Some(version));
            }
            Ok(SaveAnswer::Differs(_)) => return self.tell(|keeper| keeper.differs(ticket)),
            Ok(SaveAnswer::Refused(why)) => why.to_string(),
            Ok(SaveAnswer::NotSaved(why)) => why,
            Err(why) => why.to_string(),
        };
        self.say_unsaved(&why);
        self.tell(|keeper| keeper.failed(ticket));
    }
}

/// What the browser holds; nothing where it holds nothing that can be read.
fn kept() -> Option<Kept> {
    serde_json::from_str(&browser::stored(KEY)?).ok()
}

/// What is said where another window saved while this one had changes.
fn met(theirs: &[&'static Field]) -> String {
    let names: Vec<&str> = theirs.iter().map(|field| field.label).collect();
    format!(
        "Another window changed preferences meanwhile ({}). What was chosen here holds here; \
         everything else is as it was chosen there.",
        names.join(", ")
    )
}

/// What an older page kept, as changes: it knew theme and zone.
fn taken_over(text: Option<&str>) -> Map<String, Value> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Older {
        theme: Theme,
        zone: Zone,
    }
    let older: Older = text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let mut changes = Map::new();
    if older.theme != Theme::default() {
        changes.insert(THEME.name.to_owned(), older.theme.name().into());
    }
    if older.zone == Zone::Local {
        changes.insert(ZONE.name.to_owned(), "local".into());
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_older_page_kept_is_taken_over() {
        for (text, expected) in [
            (None, json!({})),
            (Some("{"), json!({})),
            (Some(r#"{"theme":"auto","zone":"utc"}"#), json!({})),
            (
                Some(r#"{"theme":"dark","unknown":1}"#),
                json!({"theme": "dark"}),
            ),
            (
                Some(r#"{"theme":"light","zone":"local"}"#),
                json!({"theme": "light", "zone": "local"}),
            ),
        ] {
            assert_eq!(Value::Object(taken_over(text)), expected, "{text:?}");
        }
    }
}

//! What has to be done so that no preference is lost: when the server is asked and when it is
//! told. Pure: it knows no clock, no browser and no server.
//!
//! What a person changed is held apart from what the server has. Where another window saved
//! meanwhile its choices are taken over, those made here are put on top, and all of it is saved:
//! nothing is overwritten that was not chosen anew.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tradesuite_core::model::{Field, PREFERENCES, Preferences as Document, Settings};

/// How long nothing changes before it is saved, milliseconds.
const SETTLED_MS: u32 = 300;
/// First pause before what failed is tried again, milliseconds; doubles up to the longest.
const FIRST_PAUSE_MS: u32 = 1_000;
const LONGEST_PAUSE_MS: u32 = 60_000;

/// What the browser holds for the next start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The server's version that the settings stem from.
    pub version: Option<u64>,
    /// What the server had.
    pub settings: Map<String, Value>,
    /// What a person changed since, null where back to the default.
    pub changes: Map<String, Value>,
    /// Those of the changes that an older page made. They count only where the server has nothing.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub inherited: BTreeSet<String>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Todo {
    /// Nothing (more).
    Nothing,
    /// Tell [`Keeper::due`] after so many milliseconds.
    Wait(u32),
    /// Find out what the server has: [`Keeper::found`], [`Keeper::cannot_read`] or
    /// [`Keeper::failed`].
    Ask(Ticket),
    /// Save: [`Keeper::saved`], [`Keeper::differs`] or [`Keeper::failed`].
    Save {
        /// Names the request.
        ticket: Ticket,
        /// This text
        text: String,
        /// over this version.
        over: Option<u64>,
    },
}

/// Names a request; one that is not waited for any longer is passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticket(u64);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Knowledge {
    /// The server has to be asked before anything is saved.
    #[default]
    Unasked,
    /// It has [`Keeper::base`], as far as is known.
    Known,
    /// It has what this page does not understand, and keeps it.
    Unreadable,
}

/// Keeps the preferences.
#[derive(Clone, Debug, Default)]
pub struct Keeper {
    version: Option<u64>,
    base: Settings,
    changes: Map<String, Value>,
    inherited: BTreeSet<String>,
    sent: Option<Settings>,
    knowledge: Knowledge,
    failures: u32,
    out: Option<Ticket>,
    newest: Ticket,
}

impl Keeper {
    /// What the browser held is shown.
    pub fn resume(&mut self, kept: Kept) {
        self.version = kept.version;
        self.base = checked(&kept.settings);
        let mut changes = kept.changes;
        // What does not stand in the table of this page could not be saved.
        changes.retain(|name, value| {
            let field = PREFERENCES.iter().find(|field| field.name == name);
            field.is_some_and(|field| Settings::default().set(field, value.clone()).is_ok())
        });
        self.changes = changes;
        self.inherited = kept.inherited;
    }

    /// What the browser should hold.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept {
            version: self.version,
            settings: self.base.given().clone(),
            changes: self.changes.clone(),
            inherited: self.inherited.clone(),
        }
    }

    /// What holds: the server's settings with what was changed here.
    #[must_use]
    pub fn shown(&self) -> Settings {
        let mut shown = self.base.clone();
        for field in PREFERENCES {
            if let Some(value) = self.changes.get(field.name) {
                // It was checked when it was entered or read.
                let _ = shown.set(field, value.clone());
            }
        }
        shown
    }

    /// Whether a request is out and not given up.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.out == Some(ticket)
    }

    /// Whether the server has not got everything.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        !self.changes.is_empty()
    }

    /// A person chooses; null for the default. What does not stand changes nothing.
    pub fn set(&mut self, field: &Field, value: Value) -> Todo {
        let mut shown = self.shown();
        let before = shown.value(field);
        if shown.set(field, value.clone()).is_err() || shown.value(field) == before {
            return Todo::Nothing;
        }
        self.changes.insert(field.name.to_owned(), value);
        self.inherited.remove(field.name);
        match self.out {
            None => Todo::Wait(SETTLED_MS),
            Some(_) => Todo::Nothing,
        }
    }

    /// It is time, as [`Todo::Wait`] wished.
    pub fn due(&mut self) -> Todo {
        if self.out.is_some() {
            return Todo::Nothing;
        }
        match self.knowledge {
            Knowledge::Unasked => Todo::Ask(self.issue()),
            Knowledge::Known if self.is_unsaved() => {
                let settings = self.shown();
                self.sent = Some(settings.clone());
                Todo::Save {
                    ticket: self.issue(),
                    text: Document { settings }.to_json(),
                    over: self.version,
                }
            }
            Knowledge::Known | Knowledge::Unreadable => Todo::Nothing,
        }
    }

    /// The page is looked at (again): another window may have saved meanwhile.
    pub fn looked_at(&mut self) -> Todo {
        self.failures = 0;
        if self.out.is_none() {
            self.knowledge = Knowledge::Unasked;
        }
        self.due()
    }

    /// What the server has, if anything. Says which settings another window changed while this one
    /// had changes that are not saved.
    pub fn found(
        &mut self,
        ticket: Ticket,
        held: Option<(u64, Settings)>,
    ) -> (Todo, Vec<&'static Field>) {
        if !self.takes(ticket) {
            return (Todo::Nothing, Vec::new());
        }
        self.failures = 0;
        self.knowledge = Knowledge::Known;
        let (version, settings) = match held {
            Some((version, settings)) => {
                // Nobody chose those since: what the server has is newer.
                let inherited = std::mem::take(&mut self.inherited);
                self.changes.retain(|name, _| !inherited.contains(name));
                (Some(version), settings)
            }
            None => (None, Settings::default()),
        };
        // Not by the version: two stores behind one address number their writes alike.
        let (is_met, shown) = (self.is_unsaved(), self.shown());
        let is_theirs = |field: &&Field| {
            let value = settings.value(field);
            value != self.base.value(field) && value != shown.value(field)
        };
        let theirs = PREFERENCES.iter().filter(is_theirs);
        let theirs = theirs.filter(|_| is_met).collect();
        self.version = version;
        self.base = settings;
        self.forget_what_is_saved();
        (self.settling(), theirs)
    }

    /// The server has what this page does not understand: it is left as it is.
    pub fn cannot_read(&mut self, ticket: Ticket) -> Todo {
        if self.takes(ticket) {
            self.knowledge = Knowledge::Unreadable;
        }
        Todo::Nothing
    }

    /// It is saved, as this version.
    pub fn saved(&mut self, ticket: Ticket, version: u64) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        self.failures = 0;
        self.version = Some(version);
        self.inherited.clear();
        if let Some(sent) = self.sent.take() {
            self.base = sent;
        }
        self.forget_what_is_saved();
        self.settling()
    }

    /// Another window was faster: nothing was saved.
    pub fn differs(&mut self, ticket: Ticket) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        self.knowledge = Knowledge::Unasked;
        self.due()
    }

    /// The server did not answer, or does not take it. What was sent may have arrived.
    pub fn failed(&mut self, ticket: Ticket) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        self.knowledge = Knowledge::Unasked;
        let pause = FIRST_PAUSE_MS << self.failures.min(6);
        self.failures += 1;
        Todo::Wait(pause.min(LONGEST_PAUSE_MS))
    }

    fn settling(&self) -> Todo {
        match self.is_unsaved() {
            true => Todo::Wait(SETTLED_MS),
            false => Todo::Nothing,
        }
    }

    fn forget_what_is_saved(&mut self) {
        let shown = self.shown();
        for field in PREFERENCES {
            if shown.value(field) == self.base.value(field) {
                self.changes.remove(field.name);
            }
        }
    }

    fn takes(&mut self, ticket: Ticket) -> bool {
        let is_out = self.out == Some(ticket);
        if is_out {
            self.out = None;
        }
        is_out
    }

    fn issue(&mut self) -> Ticket {
        self.newest = Ticket(self.newest.0 + 1);
        self.out = Some(self.newest);
        self.newest
    }
}

/// The settings of the table that stand.
fn checked(given: &Map<String, Value>) -> Settings {
    let mut settings = Settings::default();
    for field in PREFERENCES {
        if let Some(value) = given.get(field.name) {
            // What does not stand has its default.
            let _ = settings.set(field, value.clone());
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tradesuite_core::model::preferences::{NUMBERS, THEME, ZONE};

    fn settings(value: &Value) -> Settings {
        checked(value.as_object().expect("an object"))
    }

    fn asked(keeper: &mut Keeper) -> Ticket {
        match keeper.due() {
            Todo::Ask(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    fn sent(keeper: &mut Keeper) -> (Ticket, String, Option<u64>) {
        match keeper.due() {
            Todo::Save { ticket, text, over } => (ticket, text, over),
            other => panic!("{other:?}"),
        }
    }

    fn known(version: u64, value: Value) -> Keeper {
        let mut keeper = Keeper::default();
        let ticket = asked(&mut keeper);
        keeper.found(ticket, Some((version, settings(&value))));
        keeper
    }

    fn words(keeper: &Keeper) -> [String; 3] {
        let shown = keeper.shown();
        [&THEME, &ZONE, &NUMBERS].map(|field| shown.text(field))
    }

    #[test]
    fn a_choice_is_saved_over_what_was_read_and_not_twice() {
        let mut keeper = known(3, json!({"zone": "local"}));
        assert_eq!(keeper.set(&THEME, "pink".into()), Todo::Nothing);
        assert_eq!(keeper.set(&THEME, "auto".into()), Todo::Nothing);
        assert_eq!(keeper.set(&THEME, "dark".into()), Todo::Wait(SETTLED_MS));
        let (ticket, text, over) = sent(&mut keeper);
        let expected = r#"{"version":1,"settings":{"theme":"dark","zone":"local"}}"#;
        assert_eq!((text.as_str(), over), (expected, Some(3)));
        // What is chosen meanwhile is saved after it.
        assert_eq!(keeper.set(&NUMBERS, "plain".into()), Todo::Nothing);
        assert_eq!(keeper.saved(ticket, 4), Todo::Wait(SETTLED_MS));
        let (ticket, _, over) = sent(&mut keeper);
        assert_eq!(over, Some(4));
        assert_eq!(keeper.saved(ticket, 5), Todo::Nothing);
        assert_eq!((keeper.due(), keeper.is_unsaved()), (Todo::Nothing, false));
        assert_eq!(words(&keeper), ["dark", "local", "plain"]);
    }

    #[test]
    fn of_two_windows_neither_loses_a_choice() {
        let mut keeper = known(3, json!({}));
        keeper.set(&THEME, "dark".into());
        let (ticket, _, _) = sent(&mut keeper);
        let Todo::Ask(ticket) = keeper.differs(ticket) else {
            panic!("the server is asked");
        };
        let theirs = settings(&json!({"zone": "local"}));
        let (todo, changed) = keeper.found(ticket, Some((4, theirs)));
        let names: Vec<_> = changed.iter().map(|field| field.name).collect();
        assert_eq!((todo, names), (Todo::Wait(SETTLED_MS), vec!["zone"]));
        assert_eq!(words(&keeper), ["dark", "local", "comma"]);
        let (_, text, over) = sent(&mut keeper);
        assert!(text.contains("local") && text.contains("dark"), "{text}");
        assert_eq!(over, Some(4));
    }

    #[test]
    fn the_same_version_of_another_store_is_told_apart() {
        let mut keeper = known(3, json!({}));
        keeper.set(&THEME, "dark".into());
        let Todo::Ask(ticket) = keeper.looked_at() else {
            panic!("the server is asked");
        };
        let theirs = settings(&json!({"zone": "local"}));
        let (_, changed) = keeper.found(ticket, Some((3, theirs)));
        let names: Vec<_> = changed.iter().map(|field| field.name).collect();
        assert_eq!(names, ["zone"]);
        assert_eq!(words(&keeper), ["dark", "local", "comma"]);
    }

    #[test]
    fn what_could_not_be_saved_survives_a_reload() {
        let mut keeper = known(3, json!({"zone": "local"}));
        keeper.set(&THEME, "dark".into());
        let (ticket, _, _) = sent(&mut keeper);
        assert_eq!(keeper.failed(ticket), Todo::Wait(FIRST_PAUSE_MS));
        let mut again = Keeper::default();
        again.resume(keeper.kept());
        assert_eq!(words(&again), ["dark", "local", "comma"]);
        // It arrived although its answer did not: nobody else's work.
        let ticket = asked(&mut again);
        let arrived = settings(&json!({"zone": "local", "theme": "dark"}));
        let (todo, theirs) = again.found(ticket, Some((4, arrived)));
        assert_eq!((todo, theirs.len()), (Todo::Nothing, 0));
    }

    /// A browser at its first start after an older page, which knew theme and zone.
    fn after_an_older_page() -> Keeper {
        let changes = json!({"theme": "dark", "zone": "local"});
        let changes = changes.as_object().expect("an object");
        let mut keeper = Keeper::default();
        keeper.resume(Kept {
            changes: changes.clone(),
            inherited: changes.keys().cloned().collect(),
            ..Kept::default()
        });
        keeper
    }

    #[test]
    fn what_an_older_page_kept_yields_to_the_server_without_a_word() {
        let mut keeper = after_an_older_page();
        assert_eq!(words(&keeper), ["dark", "local", "comma"]);
        keeper.set(&ZONE, "utc".into());
        keeper.set(&ZONE, "local".into());
        let mut again = Keeper::default();
        again.resume(keeper.kept());
        for (mut keeper, expected) in [
            (after_an_older_page(), ["light", "utc", "plain"]),
            // What was chosen since is a choice, after a reload too.
            (again, ["light", "local", "plain"]),
        ] {
            let ticket = asked(&mut keeper);
            let server = settings(&json!({"theme": "light", "numbers": "plain"}));
            let (todo, theirs) = keeper.found(ticket, Some((7, server)));
            let is_chosen = expected[1] == "local";
            assert_eq!(todo == Todo::Nothing, !is_chosen);
            assert_eq!(theirs.is_empty(), !is_chosen, "{theirs:?}");
            assert_eq!(words(&keeper), expected);
        }
    }

    #[test]
    fn what_an_older_page_kept_is_saved_where_the_server_has_nothing() {
        let mut keeper = after_an_older_page();
        let ticket = asked(&mut keeper);
        let (todo, theirs) = keeper.found(ticket, None);
        assert_eq!((todo, theirs.len()), (Todo::Wait(SETTLED_MS), 0));
        let (ticket, text, over) = sent(&mut keeper);
        assert!(text.contains("dark") && text.contains("local"), "{text}");
        assert_eq!(over, None);
        // Another browser was faster with its own.
        let Todo::Ask(ticket) = keeper.differs(ticket) else {
            panic!("the server is asked");
        };
        let (todo, theirs) = keeper.found(ticket, Some((1, settings(&json!({"theme": "light"})))));
        assert_eq!((todo, theirs.len()), (Todo::Nothing, 0));
        assert_eq!(words(&keeper), ["light", "utc", "comma"]);
    }

    #[test]
    fn back_to_the_default_is_a_change_too() {
        let mut keeper = known(3, json!({"theme": "dark"}));
        assert_eq!(keeper.set(&THEME, Value::Null), Todo::Wait(SETTLED_MS));
        let mut again = Keeper::default();
        again.resume(keeper.kept());
        assert_eq!(words(&again)[0], "auto");
        let (_, text, _) = sent(&mut keeper);
        assert_eq!(text, r#"{"version":1,"settings":{}}"#);
    }

    #[test]
    fn nothing_is_saved_over_what_is_not_understood() {
        let mut keeper = Keeper::default();
        let ticket = asked(&mut keeper);
        assert_eq!(keeper.cannot_read(ticket), Todo::Nothing);
        keeper.set(&THEME, "dark".into());
        assert_eq!(keeper.due(), Todo::Nothing);
        assert_eq!(words(&keeper)[0], "dark");
        assert!(matches!(keeper.looked_at(), Todo::Ask(_)));
    }
}

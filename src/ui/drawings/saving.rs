//! Doing what a keeper of drawings wants: asking the server, saving, waiting; and saying what went
//! wrong.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::model::{Drawings, InstrumentId, SaveAnswer, Shelf};

use super::DrawingBoard;
use super::keeper::{Keeper, Todo};
use crate::api::{load_document, save_document};
use crate::browser;
use crate::ui::stored::place_of;

/// How long the server may take to answer, milliseconds.
const LONGEST_MS: u32 = 15_000;

/// How the sentence begins that says so.
const UNSAVED: &str = "What you drew is kept";

impl DrawingBoard {
    pub(super) fn obey(self, instrument: &InstrumentId, todo: Todo) {
        let of = instrument.clone();
        match todo {
            Todo::Nothing => {}
            Todo::Wait(ms) => {
                let due = browser::after(ms, move || self.tell(&of, Keeper::due));
                self.with(instrument, |sheet| sheet.waiting = Some(due));
            }
            Todo::Ask(ticket) => {
                self.be_patient(instrument, ticket);
                spawn_local(self.ask(of, ticket));
            }
            Todo::Save { ticket, text, over } => {
                self.be_patient(instrument, ticket);
                spawn_local(self.save(of, ticket, text, over));
            }
        }
    }

    /// Does not wait for an answer for ever.
    fn be_patient(self, instrument: &InstrumentId, ticket: u64) {
        let of = instrument.clone();
        let guard = browser::after(LONGEST_MS, move || {
            if self.waits_for(&of, ticket) {
                self.say_unsaved(&of, "the server does not answer");
                self.tell(&of, |keeper| keeper.failed(ticket));
            }
        });
        self.with(instrument, |sheet| sheet.patience = Some(guard));
    }

    fn waits_for(self, instrument: &InstrumentId, ticket: u64) -> bool {
        let waits = self.with(instrument, |sheet| sheet.keeper.waits_for(ticket));
        waits.unwrap_or_default()
    }

    async fn ask(self, instrument: InstrumentId, ticket: u64) {
        let stored = load_document(Shelf::Drawings, instrument.to_string()).await;
        if !self.waits_for(&instrument, ticket) {
            return;
        }
        let held = match stored {
            Err(why) => {
                self.say_unsaved(&instrument, &why.to_string());
                return self.tell(&instrument, |keeper| keeper.failed(ticket));
            }
            Ok(None) => None,
            Ok(Some(stored)) => match Drawings::parse(stored.text.as_bytes()) {
                Ok(drawings) => Some((stored.version, drawings)),
                Err(why) => {
                    let note = format!(
                        "What the server keeps of the drawings cannot be read ({why}) and is left as it is."
                    );
                    self.say(&instrument, Some(note));
                    return self.tell(&instrument, |keeper| keeper.unreadable(ticket));
                }
            },
        };
        self.tell(&instrument, |keeper| keeper.found(ticket, held));
        self.unsay_if_saved(&instrument);
    }

    async fn save(self, instrument: InstrumentId, ticket: u64, text: String, over: Option<u64>) {
        let name = instrument.to_string();
        let answer = save_document(Shelf::Drawings, name, text, over).await;
        if !self.waits_for(&instrument, ticket) {
            return;
        }
        let failed = |why: &str| {
            self.say_unsaved(&instrument, why);
            self.tell(&instrument, |keeper| keeper.failed(ticket));
        };
        match answer {
            Ok(SaveAnswer::Saved(version)) => {
                self.tell(&instrument, |keeper| keeper.saved(ticket, version));
                self.unsay_if_saved(&instrument);
            }
            Ok(SaveAnswer::Differs(_)) => {
                self.tell(&instrument, |keeper| keeper.overtaken(ticket));
            }
            Ok(SaveAnswer::Refused(why)) => {
                self.say_unsaved(&instrument, &why.to_string());
                self.tell(&instrument, |keeper| keeper.refused(ticket));
            }
            Ok(SaveAnswer::NotSaved(why)) => failed(&why),
            Err(why) => failed(&why.to_string()),
        }
    }

    /// Says why only this browser has what a person drew, if anything was.
    fn say_unsaved(self, instrument: &InstrumentId, why: &str) {
        let place = self.with(instrument, |sheet| {
            (!sheet.keeper.is_saved()).then(|| place_of(sheet.is_stored))
        });
        if let Some(place) = place.flatten() {
            let note = format!("{UNSAVED} {place}: {why}.");
            self.say(instrument, Some(note));
        }
    }

    /// What was said of drawings that are not saved is true no longer.
    fn unsay_if_saved(self, instrument: &InstrumentId) {
        let is_said = self.with(instrument, |sheet| {
            let is_said =
                |note: &Option<String>| note.as_ref().is_some_and(|note| note.starts_with(UNSAVED));
            sheet.keeper.is_saved() && sheet.note.with_untracked(is_said)
        });
        if is_said == Some(true) {
            self.unsay(instrument);
        }
    }
}

//! What has to be done so that nothing a person changes is lost: when the server is asked, when it
//! is told, and whether something else may be shown in the place of what is there. Pure: it knows
//! no clock, no browser and no server. Whoever does what it wants says here what became of it.
//!
//! One request is out at a time. What was sent and not answered is sent again as it was until its
//! fate is known, so that a document which arrived although its answer did not is recognised as
//! one's own.

use tradesuite_core::model::{Name, SaveAnswer};

use super::todo::{Held, Kept, Ticket, Todo};

/// How long nothing changes before it is saved, milliseconds.
const SETTLED_MS: u32 = 600;
/// First pause before what failed is tried again, milliseconds; doubles up to the longest.
const FIRST_PAUSE_MS: u32 = 1_000;
const LONGEST_PAUSE_MS: u32 = 60_000;

/// What is known of the server's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Knowledge {
    /// It has to be asked before anything is saved.
    Unasked,
    /// It holds [`Keeper::version`], or somebody was faster meanwhile.
    Known,
    /// It holds what this page does not understand, and goes on holding it.
    Unreadable,
}

/// Another workspace is to be shown.
#[derive(Clone, Debug)]
struct Leaving {
    to: Name,
    /// What is left could not be saved; it stays in the browser.
    gave_up: bool,
}

/// Keeps one workspace at a time.
#[derive(Clone, Debug)]
pub struct Keeper {
    name: Name,
    /// The server's version that is shown, changed or not.
    version: Option<u64>,
    /// The server's document of that version, where it is known: two stores behind one address
    /// number their writes alike, so that the same version may be a stranger's document.
    base: Option<String>,
    shown: String,
    /// What need not be saved: the server has it, or a person changed nothing yet.
    clean: Option<String>,
    knowledge: Knowledge,
    /// What was sent and may or may not have arrived.
    sent: Option<String>,
    /// What the server does not take as it is.
    refused: Option<String>,
    overtaken: Option<Option<u64>>,
    leaving: Option<Leaving>,
    failures: u32,
    /// The request that is out.
    out: Option<Ticket>,
    newest: Ticket,
}

impl Keeper {
    /// Nothing is shown yet.
    pub fn new(name: Name) -> Self {
        Self {
            name,
            version: None,
            base: None,
            shown: String::new(),
            clean: Some(String::new()),
            knowledge: Knowledge::Unasked,
            sent: None,
            refused: None,
            overtaken: None,
            leaving: None,
            failures: 0,
            out: None,
            newest: Ticket::default(),
        }
    }

    /// The workspace that is kept.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Somebody else has saved this workspace, or deleted it, and a person has changed it here: the
    /// version that is there now.
    pub fn overtaken(&self) -> Option<Option<u64>> {
        self.overtaken
    }

    /// What the browser should hold.
    pub fn kept(&self) -> Kept {
        Kept {
            version: self.version,
            text: self.shown.clone(),
            is_saved: self.is_untouched(),
            sent: self.sent.clone(),
            base: self.base.clone().filter(|base| *base != self.shown),
        }
    }

    /// Whether a request is out and not given up.
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.out == Some(ticket)
    }

    /// Whether another workspace is to be shown.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// Whether what is shown may be another workspace in a moment.
    pub fn is_reading(&self) -> bool {
        self.knowledge == Knowledge::Unasked || self.leaving.is_some()
    }

    /// Whether there is nothing in it that would be lost with it.
    pub fn is_untouched(&self) -> bool {
        self.sent.is_none() && self.is_clean()
    }

    /// The server's document is shown, or, without a version, a ready-made one.
    pub fn show(&mut self, name: Name, version: Option<u64>, text: String) {
        *self = Self {
            version,
            base: version.map(|_| text.clone()),
            clean: Some(text.clone()),
            shown: text,
            knowledge: Knowledge::Known,
            newest: self.newest,
            ..Self::new(name)
        };
    }

    /// What is shown stems from this document of the server; the page's address made another of it.
    pub fn stems_from(&mut self, base: String) {
        self.base = self.version.map(|_| base);
    }

    /// What the browser holds is shown; `text` is that, or what the page's address made of it.
    pub fn resume(&mut self, name: Name, kept: Kept, text: String) {
        *self = Self {
            version: kept.version,
            // What nobody changed is what the server had.
            base: kept
                .version
                .and(kept.base.or(kept.is_saved.then_some(kept.text))),
            clean: kept.is_saved.then(|| text.clone()),
            shown: text,
            sent: kept.sent,
            newest: self.newest,
            ..Self::new(name)
        };
    }

    /// What is shown may have become another.
    pub fn changed(&mut self, text: String) -> Todo {
        if self.shown == text {
            return Todo::Nothing;
        }
        self.shown = text;
        self.settling()
    }

    /// It is time, as [`Todo::Wait`] wished.
    pub fn due(&mut self) -> Todo {
        self.step()
    }

    /// The server can be reached (again): nothing waits any longer.
    pub fn reached(&mut self) -> Todo {
        self.failures = 0;
        self.step()
    }

    /// The line to the server was lost and is back: another store may lie behind it, or another
    /// window was at work meanwhile. What the server holds is asked before anything is saved.
    pub fn reconnected(&mut self) -> Todo {
        // What is out was asked on the new line.
        if self.out.is_none() && self.knowledge == Knowledge::Known {
            self.knowledge = Knowledge::Unasked;
        }
        self.reached()
    }

    /// The server has answered a save.
    pub fn answered(&mut self, ticket: Ticket, answer: SaveAnswer) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        match answer {
            SaveAnswer::Saved(version) => {
                self.version = Some(version);
                self.clean = self.sent.take();
                self.base.clone_from(&self.clean);
                self.refused = None;
                self.failures = 0;
                self.settling()
            }
            // By whom, is asked: it may be what was sent before and not answered.
            SaveAnswer::Differs(_) => {
                self.knowledge = Knowledge::Unasked;
                self.step()
            }
            SaveAnswer::Refused(_) => {
                self.refused = self.sent.take();
                self.settling()
            }
            SaveAnswer::NotSaved(_) => self.retry(),
        }
    }

    /// The server did not answer, or not in time.
    pub fn failed(&mut self, ticket: Ticket) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        self.retry()
    }

    /// What the server holds under this name.
    pub fn found(&mut self, ticket: Ticket, held: Held) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        self.failures = 0;
        let (version, text) = match held {
            Held::Nothing => (None, None),
            Held::Document { version, text } => (Some(version), Some(text)),
            Held::Unreadable => {
                self.knowledge = Knowledge::Unreadable;
                return self.step();
            }
        };
        self.knowledge = Knowledge::Known;
        self.overtaken = None;
        let is_shown = text.as_ref() == Some(&self.shown);
        let is_sent = self.sent.is_some() && text == self.sent;
        let is_base = self.base.is_none() || text == self.base;
        if version == self.version && is_base {
            if is_shown {
                self.clean = text;
            }
            return self.settling();
        }
        match text {
            Some(text) if is_shown || is_sent => {
                self.version = version;
                self.base = Some(text.clone());
                self.clean = Some(text);
                self.sent = None;
                self.settling()
            }
            Some(text) if self.is_untouched() => match (version, &self.leaving) {
                (Some(version), None) => Todo::Show { version, text },
                // It is not shown, so nothing may be saved over it.
                _ => {
                    self.knowledge = Knowledge::Unasked;
                    self.step()
                }
            },
            // Deleted elsewhere: it is there again when it is changed here.
            None if self.is_untouched() => {
                (self.version, self.base) = (None, None);
                self.settling()
            }
            _ => {
                self.overtaken = Some(version);
                self.sent = None;
                self.step()
            }
        }
    }

    /// A person takes the other document, or puts this one over it.
    pub fn settle(&mut self, take_theirs: bool) -> Todo {
        let Some(now) = self.overtaken.take() else {
            return Todo::Nothing;
        };
        if take_theirs {
            self.clean = Some(self.shown.clone());
            self.knowledge = Knowledge::Unasked;
        } else {
            // Theirs was looked at and is given up, whatever it was.
            (self.version, self.base) = (now, None);
            self.clean = None;
            self.refused = None;
        }
        self.step()
    }

    /// A person wants another workspace, or this one anew. What is shown is saved before, if it can
    /// be.
    pub fn leave(&mut self, to: Name) -> Todo {
        self.leaving = Some(Leaving { to, gave_up: false });
        self.step()
    }

    /// The workspace that was to be read is there: [`Todo::Open`] once more where it may be shown;
    /// anything else has to be done before, and it is read again.
    pub fn may_open(&mut self, name: &Name) -> Todo {
        match &self.leaving {
            Some(leaving) if leaving.to == *name => self.step(),
            _ => Todo::Nothing,
        }
    }

    /// What is shown was deleted, here and by a person: nothing of it is saved any more.
    pub fn forsake(&mut self) -> Todo {
        self.clean = Some(self.shown.clone());
        self.sent = None;
        self.overtaken = None;
        Todo::Nothing
    }

    /// The other workspace cannot be shown.
    pub fn stay(&mut self) -> Todo {
        self.leaving = None;
        self.step()
    }

    fn is_clean(&self) -> bool {
        self.clean.as_ref() == Some(&self.shown)
    }

    fn must_save(&self) -> bool {
        let is_refused = self.refused.as_ref() == Some(&self.shown);
        let may_save = self.knowledge == Knowledge::Known && self.overtaken.is_none();
        may_save && (self.sent.is_some() || !self.is_clean() && !is_refused)
    }

    /// Whether a request is waited for; it is not any longer.
    fn takes(&mut self, ticket: Ticket) -> bool {
        let is_out = self.out == Some(ticket);
        if is_out {
            self.out = None;
        }
        is_out
    }

    fn issue(&mut self) -> Ticket {
        self.newest = self.newest.next();
        self.out = Some(self.newest);
        self.newest
    }

    /// The next step, but what is being changed is given time to settle.
    fn settling(&mut self) -> Todo {
        match self.out.is_none() && self.leaving.is_none() && self.must_save() {
            true => Todo::Wait(SETTLED_MS),
            false if self.leaving.is_some() => self.step(),
            false => Todo::Nothing,
        }
    }

    fn step(&mut self) -> Todo {
        if self.out.is_some() {
            return Todo::Nothing;
        }
        let leaving = self.leaving.as_ref();
        let gave_up = leaving.is_some_and(|leaving| leaving.gave_up);
        let must_ask = self.knowledge == Knowledge::Unasked
            && (self.leaving.is_none() || !self.is_untouched());
        match &self.leaving {
            _ if must_ask && !gave_up => {
                let name = self.name.clone();
                Todo::Ask(self.issue(), name)
            }
            _ if self.must_save() && !gave_up => self.save(),
            Some(leaving) => Todo::Open(leaving.to.clone()),
            None => Todo::Nothing,
        }
    }

    fn save(&mut self) -> Todo {
        let shown = &self.shown;
        let text = self.sent.get_or_insert_with(|| shown.clone()).clone();
        Todo::Save {
            ticket: self.issue(),
            name: self.name.clone(),
            text,
            over: self.version,
        }
    }

    fn retry(&mut self) -> Todo {
        if let Some(leaving) = &mut self.leaving {
            leaving.gave_up = true;
            return Todo::Open(leaving.to.clone());
        }
        let pause = FIRST_PAUSE_MS << self.failures.min(6);
        self.failures += 1;
        Todo::Wait(pause.min(LONGEST_PAUSE_MS))
    }
}

//! One list between the page and the server: what is shown, what of it is saved, and over which
//! version. One save at a time; asks nobody itself.

use serde::{Deserialize, Serialize};
use tradesuite_core::model::{SaveAnswer, Watchlist};

/// A list as the page has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What is shown.
    pub list: Watchlist,
    /// The write that it stems from; `None` where the server has none of this name.
    version: Option<u64>,
    /// The server's list of that version, where it is known: two stores behind one address number
    /// their writes alike.
    base: Option<String>,
    /// What is being saved.
    sent: Option<String>,
    /// What was sent and not answered, and may have arrived.
    lost: Vec<String>,
    is_saving: bool,
    /// Whether it was changed since it was last given away to be saved.
    is_changed: bool,
    /// Whether another window saved it meanwhile: nothing is saved until a person decides.
    is_overtaken: bool,
}

/// What the browser holds of a list that the server has not got as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Copy {
    version: Option<u64>,
    base: Option<String>,
    text: String,
    lost: Vec<String>,
}

/// A save that is to be asked for: the text, and over which version.
pub type Save = (String, Option<u64>);

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is saved, or is going to be by this.
    Done(Option<Save>),
    /// Another window saved it meanwhile, or what was sent before had arrived: [`Held::found`]
    /// tells them apart.
    Overtaken,
    /// Only this page has it, and why.
    Unsaved(String),
}

impl Held {
    /// A list as the server holds it.
    #[must_use]
    pub fn new(list: Watchlist, version: u64) -> Self {
        Self {
            base: Some(list.to_json()),
            list,
            version: Some(version),
            sent: None,
            lost: Vec::new(),
            is_saving: false,
            is_changed: false,
            is_overtaken: false,
        }
    }

    /// A list as the browser holds it; `None` where that cannot be read.
    #[must_use]
    pub fn resumed(copy: Copy) -> Option<Self> {
        Some(Self {
            list: Watchlist::parse(copy.text.as_bytes()).ok()?,
            version: copy.version,
            base: copy.base,
            sent: None,
            lost: copy.lost,
            is_saving: false,
            is_changed: true,
            is_overtaken: false,
        })
    }

    /// What the browser should hold: nothing where the server has all of it.
    #[must_use]
    pub fn copy(&self) -> Option<Copy> {
        (!self.is_settled()).then(|| Copy {
            version: self.version,
            base: self.base.clone(),
            text: self.list.to_json(),
            lost: self.lost.iter().chain(&self.sent).cloned().collect(),
        })
    }

    /// The write that it stems from.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// The version to rename or delete; `None` while something of it is not saved.
    #[must_use]
    pub fn settled(&self) -> Option<u64> {
        self.version.filter(|_| self.is_settled())
    }

    /// Whether the server has all of it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !self.is_saving && !self.is_changed
    }

    /// It was changed; what is to be saved now, if anything.
    pub fn changed(&mut self) -> Option<Save> {
        self.is_changed = true;
        self.next()
    }

    /// What is shown is to stand, whatever the server holds now.
    pub fn insist(&mut self, over: Option<u64>) -> Option<Save> {
        (self.version, self.base) = (over, None);
        self.lost.clear();
        self.is_overtaken = false;
        self.changed()
    }

    fn next(&mut self) -> Option<Save> {
        if self.is_saving || !self.is_changed || self.is_overtaken {
            return None;
        }
        self.is_saving = true;
        self.is_changed = false;
        let text = self.list.to_json();
        self.sent = Some(text.clone());
        Some((text, self.version))
    }

    /// What the server holds now, if anything; `None` where nothing follows from it. What could
    /// not be saved is saved over what is known, and no stranger's list is overwritten.
    pub fn found(&mut self, theirs: Option<(u64, Watchlist)>) -> Option<Outcome> {
        if self.is_saving {
            return None;
        }
        let (version, theirs) = theirs.unzip();
        let text = theirs.as_ref().map(Watchlist::to_json);
        let is_own = text.as_ref().is_some_and(|text| self.lost.contains(text));
        let is_base = self.base.is_none() || text == self.base;
        match theirs {
            Some(theirs) if self.is_settled() || theirs == self.list => {
                let was_settled = self.is_settled();
                *self = Self::new(theirs, version?);
                (!was_settled).then_some(Outcome::Done(None))
            }
            // Deleted elsewhere, and nothing of it is to be saved.
            None if self.is_settled() => None,
            _ if is_own || version == self.version && (version.is_none() || is_base) => {
                (self.version, self.base) = (version, text);
                self.lost.clear();
                self.is_overtaken = false;
                Some(Outcome::Done(self.next()))
            }
            _ => {
                self.is_overtaken = true;
                Some(Outcome::Overtaken)
            }
        }
    }

    /// Takes what became of a save; an error is a sentence.
    pub fn answered(&mut self, answer: Result<SaveAnswer, String>) -> Outcome {
        self.is_saving = false;
        let sent = self.sent.take();
        match answer {
            Ok(SaveAnswer::Saved(version)) => {
                (self.version, self.base) = (Some(version), sent);
                self.lost.clear();
                Outcome::Done(self.next())
            }
            Ok(SaveAnswer::Differs(_)) => {
                self.is_changed = true;
                self.is_overtaken = true;
                Outcome::Overtaken
            }
            Ok(SaveAnswer::Refused(refused)) => self.unsaved(refused.to_string()),
            Ok(SaveAnswer::NotSaved(why)) => self.unsaved(why),
            Err(why) => {
                self.lost
                    .extend(sent.filter(|sent| !self.lost.contains(sent)));
                self.unsaved(why)
            }
        }
    }

    fn unsaved(&mut self, why: String) -> Outcome {
        self.is_changed = true;
        Outcome::Unsaved(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ids: &[&str]) -> Watchlist {
        Watchlist {
            name: "Mine".parse().expect("a name"),
            instruments: ids.iter().map(|id| id.parse().expect("an id")).collect(),
        }
    }

    fn held() -> Held {
        Held::new(list(&[]), 7)
    }

    /// A list to which an instrument was added, and whose save was not answered.
    fn lost() -> Held {
        let mut held = held();
        held.list = list(&["a:B-C"]);
        held.changed();
        held.answered(Err("no line".to_owned()));
        held
    }

    #[test]
    fn one_save_at_a_time_and_none_is_forgotten() {
        let mut held = held();
        assert_eq!(held.settled(), Some(7));
        let (_, over) = held.changed().expect("it is saved at once");
        assert_eq!((over, held.settled()), (Some(7), None));
        assert_eq!(held.changed(), None, "the first is not answered yet");
        let Outcome::Done(Some((_, over))) = held.answered(Ok(SaveAnswer::Saved(8))) else {
            panic!("the second change is saved after the first");
        };
        assert_eq!(over, Some(8));
        assert_eq!(held.answered(Ok(SaveAnswer::Saved(9))), Outcome::Done(None));
        assert_eq!(held.settled(), Some(9));
    }

    #[test]
    fn nothing_is_overwritten_that_another_window_saved() {
        let mut held = held();
        held.list = list(&["a:B-C"]);
        held.changed();
        let answer = held.answered(Ok(SaveAnswer::Differs(Some(12))));
        assert_eq!(answer, Outcome::Overtaken);
        assert_eq!(held.changed(), None, "until a person decides");
        let theirs = Some((12, list(&["d:E-F"])));
        assert_eq!(held.found(theirs), Some(Outcome::Overtaken));
        let (_, over) = held.insist(Some(12)).expect("the person insists");
        assert_eq!(over, Some(12));
    }

    #[test]
    fn what_could_not_be_saved_is_saved_later() {
        let mut held = held();
        held.changed();
        let answer = held.answered(Err("no line".to_owned()));
        assert_eq!(answer, Outcome::Unsaved("no line".to_owned()));
        assert!(!held.is_settled());
        let mut held = lost();
        let Some(Outcome::Done(Some((_, over)))) = held.found(Some((7, list(&[])))) else {
            panic!("it is saved over what the server still holds");
        };
        assert_eq!(over, Some(7));
    }

    #[test]
    fn a_save_whose_answer_was_lost_is_no_work_of_another_window() {
        let mut held = lost();
        let arrived = Some((8, list(&["a:B-C"])));
        assert_eq!(held.found(arrived.clone()), Some(Outcome::Done(None)));
        assert_eq!(held.settled(), Some(8));
        // Changed once more before that was known.
        let mut held = lost();
        held.list = list(&["a:B-C", "d:E-F"]);
        assert_eq!(held.changed().map(|(_, over)| over), Some(Some(7)));
        let answer = held.answered(Ok(SaveAnswer::Differs(Some(8))));
        assert_eq!(answer, Outcome::Overtaken);
        let Some(Outcome::Done(Some((text, over)))) = held.found(arrived) else {
            panic!("it is saved over one's own");
        };
        assert_eq!((text, over), (held.list.to_json(), Some(8)));
    }

    #[test]
    fn the_same_version_of_another_store_is_a_strangers_list() {
        let mut held = lost();
        let theirs = Some((7, list(&["d:E-F"])));
        assert_eq!(held.found(theirs), Some(Outcome::Overtaken));
        assert_eq!(held.changed(), None, "nothing is saved over it");
    }

    #[test]
    fn what_is_not_saved_survives_a_reload() {
        assert_eq!(held().copy(), None, "the server has it");
        let mut saving = held();
        saving.list = list(&["a:B-C"]);
        saving.changed();
        for before in [saving, lost()] {
            let mut after = before.copy().and_then(Held::resumed).expect("a copy");
            assert_eq!(after.list, before.list);
            assert!(!after.is_settled());
            // What was under way when the page was closed had arrived.
            let arrived = Some((8, list(&["a:B-C"])));
            assert_eq!(after.found(arrived), Some(Outcome::Done(None)));
            assert_eq!(after.copy(), None);
        }
        assert_eq!(Held::resumed(Copy::default()), None);
    }

    #[test]
    fn what_nobody_changed_here_is_shown_as_it_was_changed_elsewhere() {
        let mut held = held();
        assert_eq!(held.found(Some((8, list(&["d:E-F"])))), None);
        assert_eq!((held.settled(), held.list), (Some(8), list(&["d:E-F"])));
    }
}

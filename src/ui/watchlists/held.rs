//! One list between the page and the server: what is shown, what of it is saved, and over which
//! version. One save at a time; asks nobody itself.

use tradesuite_core::model::{SaveAnswer, Watchlist};

/// A list as the page has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What is shown.
    pub list: Watchlist,
    /// The write that it stems from; `None` where the server has none of this name.
    version: Option<u64>,
    is_saving: bool,
    /// Whether it was changed since it was last given away to be saved.
    is_changed: bool,
    /// Whether another window saved it meanwhile: nothing is saved until a person decides.
    is_overtaken: bool,
}

/// A save that is to be asked for: the text, and over which version.
pub type Save = (String, Option<u64>);

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is saved, or is going to be by this.
    Done(Option<Save>),
    /// Another window saved it meanwhile.
    Overtaken,
    /// Only this page has it, and why.
    Unsaved(String),
}

impl Held {
    /// A list as the server holds it.
    #[must_use]
    pub fn new(list: Watchlist, version: u64) -> Self {
        Self {
            list,
            version: Some(version),
            is_saving: false,
            is_changed: false,
            is_overtaken: false,
        }
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

    /// Asks again after a failure.
    pub fn retry(&mut self) -> Option<Save> {
        self.next()
    }

    /// What is shown is to stand, whatever the server holds now.
    pub fn insist(&mut self, over: Option<u64>) -> Option<Save> {
        self.version = over;
        self.is_overtaken = false;
        self.changed()
    }

    fn next(&mut self) -> Option<Save> {
        if self.is_saving || !self.is_changed || self.is_overtaken {
            return None;
        }
        self.is_saving = true;
        self.is_changed = false;
        Some((self.list.to_json(), self.version))
    }

    /// Takes what became of a save; an error is a sentence.
    pub fn answered(&mut self, answer: Result<SaveAnswer, String>) -> Outcome {
        self.is_saving = false;
        match answer {
            Ok(SaveAnswer::Saved(version)) => {
                self.version = Some(version);
                Outcome::Done(self.next())
            }
            Ok(SaveAnswer::Differs(_)) => {
                self.is_changed = true;
                self.is_overtaken = true;
                Outcome::Overtaken
            }
            Ok(SaveAnswer::Refused(refused)) => self.unsaved(refused.to_string()),
            Ok(SaveAnswer::NotSaved(why)) | Err(why) => self.unsaved(why),
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

    fn held() -> Held {
        let list = Watchlist {
            name: "Mine".parse().expect("a name"),
            instruments: Vec::new(),
        };
        Held::new(list, 7)
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
        held.changed();
        let answer = held.answered(Ok(SaveAnswer::Differs(Some(12))));
        assert_eq!(answer, Outcome::Overtaken);
        assert_eq!(held.changed(), None, "until a person decides");
        assert_eq!(held.retry(), None);
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
        assert!(held.retry().is_some_and(|(_, over)| over == Some(7)));
    }
}

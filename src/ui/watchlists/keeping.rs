//! Making, naming and deleting lists. Each is asked of the server first: what it refuses is said,
//! and nothing is changed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::model::{Name, SaveAnswer, Shelf, Watchlist};

use super::held::Held;
use super::{Problem, Watchlists};
use crate::api::{PageError, delete_document, rename_document, save_document};

/// Said where another window was faster.
const DIFFERS: &str = "Another window changed this list meanwhile; nothing was done.";

fn refusal(answer: Result<SaveAnswer, PageError>, differs: &str) -> Result<u64, String> {
    match answer {
        Ok(SaveAnswer::Saved(version)) => Ok(version),
        Ok(SaveAnswer::Differs(_)) => Err(differs.to_owned()),
        Ok(SaveAnswer::Refused(refused)) => Err(refused.to_string()),
        Ok(SaveAnswer::NotSaved(why)) => Err(why),
        Err(why) => Err(why.to_string()),
    }
}

impl Watchlists {
    /// Makes an empty list; `then` is called once it is there.
    pub fn create(self, name: Name, then: impl FnOnce(Name) + 'static) {
        spawn_local(async move {
            let list = Watchlist {
                name: name.clone(),
                instruments: Vec::new(),
            };
            let text = list.to_json();
            let saved = save_document(Shelf::Watchlists, name.to_string(), text, None);
            let saved = self.ask(saved).await;
            let taken = format!("There is a list {name} already.");
            self.settle(refusal(saved, &taken), |lists, version| {
                lists.put(name.clone(), Held::new(list, version));
                then(name);
            });
        });
    }

    /// Gives a list another name; `then` is called once it has it.
    pub fn rename(self, from: Name, to: Name, then: impl FnOnce(Name) + 'static) {
        let Some((mut list, version)) = self.settled(&from) else {
            return;
        };
        spawn_local(async move {
            let (old, new) = (from.to_string(), to.to_string());
            let renamed = rename_document(Shelf::Watchlists, old, new, version);
            let renamed = self.ask(renamed).await;
            self.settle(refusal(renamed, DIFFERS), |lists, version| {
                list.name = to.clone();
                // Panels that show it know its new name before the old one is gone.
                lists.put(to.clone(), Held::new(list, version));
                then(to.clone());
                if from != to {
                    lists.forget(&from);
                }
            });
        });
    }

    /// Deletes a list.
    pub fn delete(self, name: Name, then: impl FnOnce() + 'static) {
        let Some((_, version)) = self.settled(&name) else {
            return;
        };
        spawn_local(async move {
            let deleted = delete_document(Shelf::Watchlists, name.to_string(), version);
            let deleted = self.ask(deleted).await;
            self.settle(refusal(deleted, DIFFERS), |lists, _| {
                then();
                lists.forget(&name);
            });
        });
    }

    /// A list that the server has all of, and its version; says where it has not.
    fn settled(self, name: &Name) -> Option<(Watchlist, u64)> {
        let found = self.held.with_untracked(|held| {
            let held = held.get(name)?;
            Some((held.list.clone(), held.settled()?))
        });
        if found.is_none() {
            let why = format!("{name} is not saved yet. Try it again in a moment.");
            self.say(Problem::Refused(why));
        }
        found
    }

    fn settle(self, done: Result<u64, String>, then: impl FnOnce(Self, u64)) {
        // The page may be gone by the time of an answer.
        if self.names.try_get_untracked().is_none() {
            return;
        }
        match done {
            Ok(version) => {
                self.problem.set(None);
                then(self, version);
            }
            Err(why) => self.say(Problem::Refused(why)),
        }
    }

    fn put(self, name: Name, held: Held) {
        self.held.update(|all| {
            all.insert(name.clone(), held);
        });
        self.names.update(|names| {
            names.get_or_insert_default();
        });
        self.list_name(&name);
    }

    fn forget(self, name: &Name) {
        self.names.update(|names| {
            if let Some(names) = names {
                names.retain(|held| held != name);
            }
        });
        self.held.update(|held| {
            held.remove(name);
        });
        self.copy(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_said() {
        for (answer, expected) in [
            (Ok(SaveAnswer::Saved(3)), Ok(3)),
            (Ok(SaveAnswer::Differs(None)), Err("taken".to_owned())),
            (
                Ok(SaveAnswer::NotSaved("the disk is full".to_owned())),
                Err("the disk is full".to_owned()),
            ),
        ] {
            assert_eq!(refusal(answer, "taken"), expected);
        }
    }
}

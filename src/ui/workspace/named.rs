//! Workspaces by their names: which there are, another one made from the present, renamed, deleted,
//! set back, and carried out of the page and into it as a file.
//!
//! Everything here says in one sentence why it was not done, and has changed nothing then.

use leptos::prelude::*;
use tradesuite_core::dock::{LIMITS, READY, Workspace as Document};
use tradesuite_core::model::untrusted::Refused;
use tradesuite_core::model::{Name, SaveAnswer, Shelf};

use super::Workspace;
use super::copies::drop_copy;
use super::first_name;
use super::keeper::Keeper;
use super::ready::ready_made;
use crate::api::{PageError, delete_document, list_documents, rename_document, save_document};
use crate::browser::{self, FileContent, PickedFile};
use crate::ui::panel::KINDS;

/// Longest file that is read, bytes.
pub const LONGEST_FILE: u64 = LIMITS.bytes as u64;

/// Whether a workspace comes with the program.
#[must_use]
pub fn is_ready_made(name: &Name) -> bool {
    READY.iter().any(|ready| ready.name == name.as_str())
}

/// Every workspace that can be opened: the ready-made ones, then the others that the server keeps.
///
/// # Errors
/// Where the server does not say: a sentence.
pub async fn names() -> Result<Vec<Name>, String> {
    let rows = list_documents(Shelf::Workspaces).await;
    let rows = rows.map_err(|why| format!("The list cannot be had: {why}."))?;
    let kept = rows.into_iter().filter_map(|row| row.name.parse().ok());
    let others = kept.filter(|name| !is_ready_made(name));
    Ok(ready_names().into_iter().chain(others).collect())
}

/// The ready-made ones.
#[must_use]
pub fn ready_names() -> Vec<Name> {
    READY
        .iter()
        .filter_map(|ready| ready.name.parse().ok())
        .collect()
}

/// The document in a file.
///
/// # Errors
/// Where it is no workspace: a sentence with every mistake.
pub fn document_in(file: &PickedFile) -> Result<Document, String> {
    let why = match &file.content {
        FileContent::Read(text) => match Document::parse(text, &KINDS) {
            Ok(document) => return Ok(document),
            Err(refused) => refused.to_string(),
        },
        FileContent::TooLong => {
            let (bytes, most) = (file.bytes, LONGEST_FILE);
            Refused::TooLarge { bytes, most }.to_string()
        }
        FileContent::Unreadable(why) => why.clone(),
    };
    Err(format!(
        "{} was not imported: {why}. Nothing was changed.",
        file.name
    ))
}

/// A name for something new.
fn free_name(text: &str) -> Result<Name, String> {
    let name: Name = text
        .trim()
        .parse()
        .map_err(|why| format!("This cannot be a name: {why}."))?;
    let is_taken = READY
        .iter()
        .any(|ready| ready.name.eq_ignore_ascii_case(name.as_str()));
    match is_taken {
        true => Err(format!(
            "{name} comes with the program; choose another name."
        )),
        false => Ok(name),
    }
}

/// What became of saving under a new name.
fn made(answer: Result<SaveAnswer, PageError>, name: &Name) -> Result<(), String> {
    let why = match answer {
        Ok(SaveAnswer::Saved(_)) => return Ok(()),
        Ok(SaveAnswer::Differs(_)) => {
            return Err(format!(
                "There is a workspace {name} already; choose another name."
            ));
        }
        Ok(SaveAnswer::Refused(why)) => why.to_string(),
        Ok(SaveAnswer::NotSaved(why)) => why,
        Err(why) => why.to_string(),
    };
    Err(format!("{name} was not saved: {why}."))
}

/// What became of renaming or deleting, which `done` says in two words.
fn changed(answer: Result<SaveAnswer, PageError>, name: &Name, done: &str) -> Result<(), String> {
    let why = match answer {
        Ok(SaveAnswer::Saved(_)) => return Ok(()),
        Ok(SaveAnswer::Differs(Some(_))) => {
            "another window has saved it meanwhile; look at that first".to_owned()
        }
        // It is not there any more: as was wanted, or nothing that could be renamed.
        Ok(SaveAnswer::Differs(None)) => "it is not on the server any more".to_owned(),
        Ok(SaveAnswer::Refused(why)) => why.to_string(),
        Ok(SaveAnswer::NotSaved(why)) => why,
        Err(why) => why.to_string(),
    };
    Err(format!("{name} was not {done}: {why}."))
}

impl Workspace {
    /// Saves at once what is still waiting to be saved; for what is about the server's document.
    pub fn hurry(self) {
        self.tell(Keeper::due);
    }

    /// Saves what is shown under another name as well, and goes to that.
    ///
    /// # Errors
    /// A sentence.
    pub async fn save_as(self, text: &str) -> Result<(), String> {
        let document = untrack(|| self.document());
        self.import(document, text).await
    }

    /// Saves a document under a new name, and goes to it.
    ///
    /// # Errors
    /// A sentence.
    pub async fn import(self, document: Document, text: &str) -> Result<(), String> {
        let name = free_name(text)?;
        let document = Document {
            name: name.clone(),
            ..document
        };
        let (shelf, text) = (Shelf::Workspaces, document.to_json());
        made(
            save_document(shelf, name.to_string(), text, None).await,
            &name,
        )?;
        // What this browser had of an older one of that name is not meant.
        drop_copy(&name);
        self.open_named(&name);
        Ok(())
    }

    /// Gives what is shown another name.
    ///
    /// # Errors
    /// A sentence.
    pub async fn rename(self, text: &str) -> Result<(), String> {
        let new = free_name(text)?;
        let old = self.name.get_untracked();
        if new == old {
            return Ok(());
        }
        let Some(version) = self.saved_version() else {
            return Err(format!(
                "{old} was not renamed: its last change is not saved on the server yet."
            ));
        };
        let (from, to) = (old.to_string(), new.to_string());
        let answer = rename_document(Shelf::Workspaces, from, to, version).await;
        changed(answer, &old, "renamed")?;
        drop_copy(&new);
        self.open_named(&new);
        drop_copy(&old);
        Ok(())
    }

    /// The server's version of what is shown, where that is just what is shown.
    fn saved_version(self) -> Option<u64> {
        self.keeping.with(|keeper| {
            let version = keeper.kept().version;
            version.filter(|_| keeper.is_untouched())
        })
    }

    /// Deletes what is shown, and goes to the first ready-made one.
    ///
    /// # Errors
    /// A sentence.
    pub async fn delete(self) -> Result<(), String> {
        let name = self.name.get_untracked();
        let held = self.keeping.with(|keeper| keeper.kept().version);
        if let Some(version) = held {
            let answer = delete_document(Shelf::Workspaces, name.to_string(), version).await;
            if !matches!(answer, Ok(SaveAnswer::Differs(None))) {
                changed(answer, &name, "deleted")?;
            }
        }
        self.tell(Keeper::forsake);
        self.open_named(&first_name());
        drop_copy(&name);
        Ok(())
    }

    /// Makes a ready-made workspace what it was when it came: one change, which can be taken back
    /// and is saved as any other.
    pub async fn reset(self) {
        let name = self.name.get_untracked();
        let fresh = ready_made(&name).await;
        // Another one may be shown by now.
        if self.name.get_untracked() == name {
            let before = self.beside();
            self.dock.update(|dock| dock.replace(fresh.desktop, before));
            self.phone.set(fresh.phone);
            self.links.set(fresh.links);
            self.focused.set(None);
        }
    }

    /// Hands what is shown to the person as a file.
    pub fn export(self) {
        let document = untrack(|| self.document());
        browser::save_json(&format!("{}.json", document.name), &document.to_json());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: FileContent) -> PickedFile {
        PickedFile {
            name: "mine.json".to_owned(),
            bytes: 10 << 20,
            content,
        }
    }

    #[test]
    fn what_is_no_workspace_is_said() {
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        for (content, words) in [
            (FileContent::TooLong, "10485760 bytes, at most 524288"),
            (FileContent::Read(b"hello".to_vec()), "no JSON"),
            (FileContent::Read(deep.into_bytes()), "nested more than 32"),
            (FileContent::Read(b"{}".to_vec()), "a version from 1"),
            (
                FileContent::Unreadable("it is gone".to_owned()),
                "it is gone",
            ),
        ] {
            let said = document_in(&file(content)).expect_err(words);
            assert!(said.starts_with("mine.json was not imported: "), "{said}");
            assert!(said.contains(words), "{said}");
            assert!(said.ends_with("Nothing was changed."), "{said}");
        }
    }

    #[test]
    fn an_exported_workspace_is_imported_as_it_was() {
        let document = super::super::ready::ready_made_at_once(&first_name());
        let text = document.to_json().into_bytes();
        assert_eq!(document_in(&file(FileContent::Read(text))), Ok(document));
    }

    #[test]
    fn names_of_the_program_are_not_given_away() {
        for (text, stands) in [
            (" Mine ", true),
            ("Trader", false),
            ("order FLOW", false),
            ("", false),
            ("a\nb", false),
        ] {
            assert_eq!(free_name(text).is_ok(), stands, "{text:?}");
        }
    }

    #[test]
    fn every_answer_is_said() {
        let name: Name = "Mine".parse().expect("a name");
        assert_eq!(made(Ok(SaveAnswer::Saved(1)), &name), Ok(()));
        let said = made(Ok(SaveAnswer::Differs(Some(3))), &name).expect_err("taken");
        assert!(said.contains("There is a workspace Mine already"), "{said}");
        let said = changed(Ok(SaveAnswer::Differs(Some(3))), &name, "deleted").expect_err("newer");
        assert!(said.contains("another window"), "{said}");
        let lost = Err(PageError::Unreachable(
            "the server cannot be reached".to_owned(),
        ));
        let said = changed(lost, &name, "renamed").expect_err("lost");
        assert_eq!(said, "Mine was not renamed: the server cannot be reached.");
    }
}

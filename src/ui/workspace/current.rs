//! Which workspace each class of device shows: the server remembers it for the next start, wherever
//! that is.

use leptos::prelude::*;
use tradesuite_core::model::{Current, Name, Shelf};

use super::Workspace;
use crate::api::{load_document, save_document};

/// The only document of its shelf.
const OWN: &str = "own";

impl Workspace {
    /// Goes to the workspace that this class of device showed last, unless something here is not
    /// saved yet.
    pub(super) async fn begin(self) {
        let Ok(current) = load_document(Shelf::Current, OWN.to_owned()).await else {
            return;
        };
        if self.keeping.has_begun.get_value() {
            return;
        }
        self.keeping.has_begun.set_value(true);
        let current = current.and_then(|found| Current::parse(found.text.as_bytes()).ok());
        let last = current.and_then(|current| match self.is_phone.get_untracked() {
            true => current.phone,
            false => current.desktop,
        });
        let is_settled = |last: &Name| {
            self.keeping
                .with(|keeper| keeper.is_untouched() && keeper.name() != last)
        };
        if let Some(last) = last.filter(is_settled) {
            self.tell(|keeper| keeper.leave(last));
        }
    }

    /// Has the server remember which workspace this class of device shows.
    pub(super) async fn say_current(self) {
        let Ok(found) = load_document(Shelf::Current, OWN.to_owned()).await else {
            return;
        };
        let over = found.as_ref().map(|found| found.version);
        let parsed = found.and_then(|found| Current::parse(found.text.as_bytes()).ok());
        let mut current = parsed.unwrap_or_default();
        let shown = match self.is_phone.get_untracked() {
            true => &mut current.phone,
            false => &mut current.desktop,
        };
        let name = Some(self.name.get_untracked());
        if *shown != name {
            *shown = name;
            // Where another window is faster its choice stands: only the next start is about it.
            let _ = save_document(Shelf::Current, OWN.to_owned(), current.to_json(), over).await;
        }
    }
}

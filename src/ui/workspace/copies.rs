//! Copies of workspaces in the browser: the page shows one before the server has answered, and what
//! could not be saved on the server stays in one until it can. Each lies under its name, so that
//! another workspace does not take its place.

use tradesuite_core::dock::Workspace as Document;
use tradesuite_core::model::Name;

use super::todo::Kept;
use crate::browser;
use crate::ui::panel::KINDS;

/// The name of the workspace that was shown last; copies lie beside it.
const KEY: &str = "tradesuite.workspace";

/// The workspace that was shown last.
pub fn last_shown() -> Option<Name> {
    browser::stored(KEY)?.parse().ok()
}

/// The copy of a workspace.
///
/// # Errors
/// Where there is one that this page does not understand: a sentence about it.
pub fn copy_of(name: &Name) -> Result<Option<(Kept, Document)>, String> {
    let Some(text) = browser::stored(&key(name)) else {
        return Ok(None);
    };
    let unreadable =
        |why: String| format!("What this browser kept of {name} cannot be read: {why}.");
    let kept: Kept = serde_json::from_str(&text).map_err(|why| unreadable(why.to_string()))?;
    let document =
        Document::parse(kept.text.as_bytes(), &KINDS).map_err(|why| unreadable(why.to_string()))?;
    Ok(Some((kept, document)))
}

/// Copies the workspace that is shown; says whether the browser keeps it.
pub fn store_copy(name: &Name, kept: &Kept) -> bool {
    let is_stored = put_copy(name, kept);
    browser::store(KEY, name.as_str());
    is_stored
}

/// Copies a workspace that another window shows, or none; says whether the browser keeps it.
pub fn put_copy(name: &Name, kept: &Kept) -> bool {
    let text = serde_json::to_string(kept);
    text.is_ok_and(|text| browser::store(&key(name), &text))
}

/// Forgets the copy of a workspace that is no more.
pub fn drop_copy(name: &Name) {
    browser::unstore(&key(name));
}

fn key(name: &Name) -> String {
    format!("{KEY}/{name}")
}

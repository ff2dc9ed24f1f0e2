//! What the keeper of a workspace wants done, and what it is told.

use serde::{Deserialize, Serialize};
use tradesuite_core::model::Name;

/// What the browser holds of a workspace for the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The server's version that the text stems from; `None` where it was never saved there.
    pub version: Option<u64>,
    /// The document as it was shown.
    pub text: String,
    /// Whether a person changed nothing in it that the server may not have.
    #[serde(default)]
    pub is_saved: bool,
    /// What was sent to the server, where it has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// The server's document of that version, where it is another than the text and is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

/// What the server holds under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// This, as this page would write it.
    Document {
        /// The write that it stems from.
        version: u64,
        /// The document.
        text: String,
    },
    /// Something that this page does not understand.
    Unreadable,
}

/// Names a request, so that what became of it can be told. One that is not waited for any longer
/// is passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticket(u64);

impl Ticket {
    /// The one after it.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Nothing (more) than was wished for.
    Nothing,
    /// Tell `Keeper::due` after so many milliseconds, instead of when that was last to be told.
    Wait(u32),
    /// Find out what the server holds: `Keeper::found` or `Keeper::failed`.
    Ask(Ticket, Name),
    /// Save: `Keeper::answered` or `Keeper::failed`.
    Save {
        /// Names the request.
        ticket: Ticket,
        /// Under this name,
        name: Name,
        /// this text,
        text: String,
        /// over this version.
        over: Option<u64>,
    },
    /// Show the server's document, and say so: `Keeper::show`.
    Show {
        /// The write that it stems from.
        version: u64,
        /// The document.
        text: String,
    },
    /// Read the workspace of this name, ask `Keeper::may_open` and say when it is shown:
    /// `Keeper::show` or `Keeper::resume`; or `Keeper::stay`.
    Open(Name),
}

//! What a person can ask of the page by a word or a key. Pure: what is asked for is done by
//! whoever has the page.
//!
//! | file | what it owns |
//! |---|---|
//! | `table` | every command with its keys |
//! | `entry` | what can be found in the palette, commands among it, and how well it fits some words |
//! | `recent` | what was chosen last |
//! | `help` | every key and gesture, in groups, as the help shows them |
//! | `gestures` | what the pointer does, and what is typed over a chart |

mod entry;
mod gestures;
mod help;
mod recent;
mod table;

pub use entry::{Entry, Group, rank};
pub use help::{HelpGroup, HelpLine, help, matching};
pub use recent::Recent;
pub use table::{COMMANDS, Chord, Command, CommandSpec, Press, command_of};

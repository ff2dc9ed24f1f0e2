//! Every command of the page: found in the palette, listed in the help, and run from its keys
//! wherever the keyboard is.

use super::entry::Group;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// The palette, or away with it.
    Palette,
    /// The help, or away with it.
    Help,
    /// What is preferred everywhere.
    Preferences,
    /// The next theme.
    Theme,
    /// The other zone of times.
    Zone,
    /// The present workspace under another name as well.
    SaveAs,
    /// Another name for the present workspace.
    Rename,
    /// The present workspace away.
    Delete,
    /// A ready-made workspace as it came.
    Reset,
    /// The present workspace into a file.
    Export,
    /// A workspace from a file.
    Import,
    /// All parts of every split to the same size.
    Equalise,
    /// A chart to a date that is asked for.
    GoToDate,
}

/// Keys that are pressed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// `KeyboardEvent.key`, in lower case where it is a letter.
    key: &'static str,
    /// Whether Ctrl, or Cmd, is held.
    ctrl: bool,
    /// Whether it is obeyed while somebody types into a field.
    in_fields: bool,
    /// For people.
    pub label: &'static str,
}

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// What it does.
    pub command: Command,
    /// Under which it is remembered.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Among what it stands.
    pub group: Group,
    /// Its keys.
    pub chords: &'static [Chord],
    /// Other words to find it by.
    pub words: &'static str,
}

const fn spec(
    command: Command,
    id: &'static str,
    label: &'static str,
    group: Group,
    chords: &'static [Chord],
    words: &'static str,
) -> CommandSpec {
    CommandSpec {
        command,
        id,
        label,
        group,
        chords,
        words,
    }
}

const fn with_ctrl(key: &'static str, label: &'static str) -> Chord {
    Chord {
        key,
        ctrl: true,
        in_fields: true,
        label,
    }
}

/// Every command, in the order of the palette.
pub static COMMANDS: &[CommandSpec] = &[
    spec(
        Command::Palette,
        "palette",
        "Find anything",
        Group::Page,
        &[with_ctrl("k", "Ctrl K")],
        "command palette search",
    ),
    spec(
        Command::Help,
        "help",
        "Keys and gestures",
        Group::Page,
        &[
            Chord {
                key: "f1",
                ctrl: false,
                in_fields: true,
                label: "F1",
            },
            Chord {
                key: "?",
                ctrl: false,
                in_fields: false,
                label: "?",
            },
        ],
        "help shortcuts keyboard mouse",
    ),
    spec(
        Command::Preferences,
        "preferences",
        "Preferences",
        Group::Setting,
        &[with_ctrl(",", "Ctrl ,")],
        "settings options colours numbers sounds",
    ),
    spec(
        Command::Theme,
        "theme",
        "Next theme",
        Group::Setting,
        &[],
        "dark light colours toggle",
    ),
    spec(
        Command::Zone,
        "zone",
        "Other time zone",
        Group::Setting,
        &[],
        "utc local time toggle",
    ),
    spec(
        Command::SaveAs,
        "workspace-save-as",
        "Save workspace as…",
        Group::Workspace,
        &[],
        "copy duplicate new layout",
    ),
    spec(
        Command::Rename,
        "workspace-rename",
        "Rename workspace…",
        Group::Workspace,
        &[],
        "name layout",
    ),
    spec(
        Command::Delete,
        "workspace-delete",
        "Delete workspace…",
        Group::Workspace,
        &[],
        "remove layout",
    ),
    spec(
        Command::Reset,
        "workspace-reset",
        "Reset workspace…",
        Group::Workspace,
        &[],
        "ready-made original default layout",
    ),
    spec(
        Command::Export,
        "workspace-export",
        "Export workspace to a file",
        Group::Workspace,
        &[],
        "json save download backup layout",
    ),
    spec(
        Command::Import,
        "workspace-import",
        "Import workspace from a file…",
        Group::Workspace,
        &[],
        "json load upload restore layout",
    ),
    spec(
        Command::Equalise,
        "equalise",
        "Equal sizes",
        Group::Layout,
        &[],
        "layout distribute same",
    ),
    spec(
        Command::GoToDate,
        "go-to-date",
        "Go to a date…",
        Group::Panel,
        &[],
        "chart time day jump history",
    ),
];

/// A key that was pressed, and what was held with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// Ctrl, or Cmd.
    pub ctrl: bool,
    /// Alt, which belongs to the dock.
    pub alt: bool,
    /// Whether it was pressed in a field that takes text.
    pub in_field: bool,
}

/// What a key asks for; `None` where no command has it.
#[must_use]
pub fn command_of(press: Press<'_>) -> Option<Command> {
    let fits = |chord: &Chord| {
        chord.key.eq_ignore_ascii_case(press.key)
            && chord.ctrl == press.ctrl
            && !press.alt
            && (chord.in_fields || !press.in_field)
    };
    let found = COMMANDS.iter().find(|spec| spec.chords.iter().any(fits));
    found.map(|spec| spec.command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_there_once() {
        for (at, spec) in COMMANDS.iter().enumerate() {
            for other in &COMMANDS[at + 1..] {
                assert_ne!(spec.id, other.id);
                assert_ne!(spec.command, other.command, "{}", spec.id);
                assert_ne!(spec.label, other.label);
                for chord in spec.chords {
                    let same = |held: &&Chord| held.key == chord.key && held.ctrl == chord.ctrl;
                    assert_eq!(other.chords.iter().find(same), None, "{}", chord.label);
                }
            }
        }
    }

    #[test]
    fn keys_ask_for_commands() {
        let plain = Press {
            key: "",
            ctrl: false,
            alt: false,
            in_field: false,
        };
        let held = |key| Press {
            key,
            ctrl: true,
            ..plain
        };
        let typed = |key| Press {
            key,
            in_field: true,
            ..plain
        };
        for (press, expected) in [
            (held("k"), Some(Command::Palette)),
            // With the capitals locked.
            (held("K"), Some(Command::Palette)),
            (Press { key: "k", ..plain }, None),
            (
                Press {
                    alt: true,
                    ..held("k")
                },
                None,
            ),
            (typed("F1"), Some(Command::Help)),
            (typed("?"), None),
            (Press { key: "?", ..plain }, Some(Command::Help)),
            (held(","), Some(Command::Preferences)),
        ] {
            assert_eq!(command_of(press), expected, "{press:?}");
        }
    }
}

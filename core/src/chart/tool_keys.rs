//! Keys of the chart's tools, as data: the handler, the help and the tests read the same table.

/// What a key does with drawings and places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ToolAction {
    /// Draws a line at the crosshair, or takes away the one that is there.
    Line,
    /// Draws the volume-weighted average price since the bar pointed at.
    Vwap,
    /// Keeps what is measured as a drawing.
    KeepMeasure,
    /// Selects the next drawing.
    Next,
    /// Selects the one before.
    Previous,
    /// Sets the selected drawing.
    Edit,
    /// Deletes the selected drawing.
    Delete,
    /// Selects and measures nothing any more, and goes nowhere.
    LetGo,
    /// Takes the last change of a drawing back.
    Undo,
    /// Makes it again.
    Redo,
    /// Asks for a date to go to.
    GoTo,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolKey {
    /// `KeyboardEvent.code`: the place of the key, whatever Alt makes of its letter.
    pub code: &'static str,
    /// What is held with it.
    pub held: Held,
    /// What it does.
    pub action: ToolAction,
    /// What the help calls the keys.
    pub keys: &'static str,
    /// What the help says.
    pub help: &'static str,
}

/// Keys that are held with another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Alt.
    pub alt: bool,
    /// Ctrl, or Meta where there is that.
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
}

const NONE: Held = Held {
    alt: false,
    ctrl: false,
    shift: false,
};
const ALT: Held = Held { alt: true, ..NONE };
const ALT_SHIFT: Held = Held { shift: true, ..ALT };
const CTRL: Held = Held { ctrl: true, ..NONE };
const CTRL_SHIFT: Held = Held {
    shift: true,
    ..CTRL
};

const fn key(
    code: &'static str,
    held: Held,
    action: ToolAction,
    keys: &'static str,
    help: &'static str,
) -> ToolKey {
    ToolKey {
        code,
        held,
        action,
        keys,
        help,
    }
}

/// Every key of the tools.
pub static TOOL_KEYS: &[ToolKey] = &[
    key(
        "KeyH",
        ALT,
        ToolAction::Line,
        "Alt H",
        "Draw a line at the pointer, or take it away",
    ),
    key(
        "KeyV",
        ALT,
        ToolAction::Vwap,
        "Alt V",
        "Draw the VWAP since the bar pointed at",
    ),
    key(
        "KeyK",
        ALT,
        ToolAction::KeepMeasure,
        "Alt K",
        "Keep what is measured",
    ),
    key(
        "KeyS",
        ALT,
        ToolAction::Next,
        "Alt S",
        "Select the next drawing",
    ),
    key(
        "KeyS",
        ALT_SHIFT,
        ToolAction::Previous,
        "Alt Shift S",
        "Select the drawing before",
    ),
    key(
        "Enter",
        NONE,
        ToolAction::Edit,
        "Enter",
        "Set the selected drawing",
    ),
    key(
        "Delete",
        NONE,
        ToolAction::Delete,
        "Delete",
        "Delete the selected drawing",
    ),
    key(
        "Backspace",
        NONE,
        ToolAction::Delete,
        "Backspace",
        "Delete the selected drawing",
    ),
    key(
        "Escape",
        NONE,
        ToolAction::LetGo,
        "Esc",
        "Select and measure nothing",
    ),
    key(
        "KeyZ",
        CTRL,
        ToolAction::Undo,
        "Ctrl Z",
        "Undo a change of a drawing",
    ),
    key(
        "KeyZ",
        CTRL_SHIFT,
        ToolAction::Redo,
        "Ctrl Shift Z",
        "Redo a change of a drawing",
    ),
    key(
        "KeyY",
        CTRL,
        ToolAction::Redo,
        "Ctrl Y",
        "Redo a change of a drawing",
    ),
    key("KeyG", ALT, ToolAction::GoTo, "Alt G", "Go to a date"),
];

/// What a key does, if anything.
#[must_use]
pub fn tool_of(code: &str, held: Held) -> Option<ToolAction> {
    let line = TOOL_KEYS
        .iter()
        .find(|line| line.code == code && line.held == held)?;
    Some(line.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings() {
        for (at, line) in TOOL_KEYS.iter().enumerate() {
            let same = |other: &ToolKey| (other.code, other.held) == (line.code, line.held);
            let first = TOOL_KEYS.iter().position(same);
            assert_eq!(first, Some(at), "{}", line.keys);
        }
        assert_eq!(tool_of("KeyH", ALT), Some(ToolAction::Line));
        assert_eq!(tool_of("KeyH", NONE), None);
    }
}

//! The keys of a list, as data: the handler, the help and the tests read the same table.

/// What a key does to the row that has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WatchAction {
    /// To another row: so many further.
    Step(i32),
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Its instrument is looked at.
    Choose,
    /// It is taken out of the list.
    Remove,
    /// It is moved by so many places.
    Move(i32),
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchKey {
    /// `KeyboardEvent.key`.
    pub key: &'static str,
    /// Whether Alt is held.
    pub alt: bool,
    /// What it does.
    pub action: WatchAction,
    /// What the help says.
    pub help: &'static str,
}

const fn key(key: &'static str, alt: bool, action: WatchAction, help: &'static str) -> WatchKey {
    WatchKey {
        key,
        alt,
        action,
        help,
    }
}

/// Rows of a screen.
const SCREEN: i32 = 10;

/// Every key of a list.
pub static WATCH_KEYS: &[WatchKey] = &[
    key("ArrowDown", false, WatchAction::Step(1), "One row down"),
    key("ArrowUp", false, WatchAction::Step(-1), "One row up"),
    key(
        "PageDown",
        false,
        WatchAction::Step(SCREEN),
        "Ten rows down",
    ),
    key("PageUp", false, WatchAction::Step(-SCREEN), "Ten rows up"),
    key("Home", false, WatchAction::First, "To the first row"),
    key("End", false, WatchAction::Last, "To the last row"),
    key(
        "Enter",
        false,
        WatchAction::Choose,
        "Look at the instrument",
    ),
    key(" ", false, WatchAction::Choose, "Look at the instrument"),
    key(
        "Delete",
        false,
        WatchAction::Remove,
        "Take it out of the list",
    ),
    key("ArrowDown", true, WatchAction::Move(1), "Move it down"),
    key("ArrowUp", true, WatchAction::Move(-1), "Move it up"),
];

/// What a key does, if anything.
#[must_use]
pub fn watch_action_of(key: &str, alt: bool) -> Option<WatchAction> {
    let found = WATCH_KEYS
        .iter()
        .find(|line| line.key == key && line.alt == alt);
    found.map(|line| line.action)
}

impl WatchAction {
    /// The row that has the keyboard afterwards, of `count`; `None` where it stays.
    #[must_use]
    pub fn lead(self, at: usize, count: usize) -> Option<usize> {
        let last = count.checked_sub(1)?;
        let next = match self {
            Self::Step(by) => at.saturating_add_signed(by as isize).min(last),
            Self::First => 0,
            Self::Last => last,
            Self::Choose | Self::Remove | Self::Move(_) => return None,
        };
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_along_the_rows_and_stop_at_the_ends() {
        for (key, at, count, expected) in [
            ("ArrowDown", 0, 3, Some(1)),
            ("ArrowDown", 2, 3, Some(2)),
            ("ArrowUp", 0, 3, Some(0)),
            ("PageDown", 1, 30, Some(11)),
            ("Home", 7, 30, Some(0)),
            ("End", 0, 30, Some(29)),
            ("End", 0, 0, None),
            ("Enter", 1, 3, None),
        ] {
            let action = watch_action_of(key, false).expect("a key of the list");
            assert_eq!(action.lead(at, count), expected, "{key} at {at} of {count}");
        }
        assert_eq!(
            watch_action_of("ArrowUp", true),
            Some(WatchAction::Move(-1))
        );
        assert_eq!(watch_action_of("Enter", true), None);
        assert_eq!(watch_action_of("x", false), None);
    }
}

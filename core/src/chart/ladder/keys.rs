//! The ladder's keys, as data: the handler, the help and the tests read the same table.

/// What a key does to the price axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LadderAction {
    /// By so many rows, positive towards higher prices.
    Rows(i64),
    /// By most of a screen, 1 up and -1 down.
    Screen(i64),
    /// The last price to the middle.
    Recentre,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LadderKey {
    /// `KeyboardEvent.key`.
    pub key: &'static str,
    /// What it does.
    pub action: LadderAction,
    /// What the help says.
    pub help: &'static str,
}

const fn key(key: &'static str, action: LadderAction, help: &'static str) -> LadderKey {
    LadderKey { key, action, help }
}

/// Every key of the ladder.
pub static LADDER_KEYS: &[LadderKey] = &[
    key("ArrowUp", LadderAction::Rows(1), "One row up"),
    key("ArrowDown", LadderAction::Rows(-1), "One row down"),
    key("PageUp", LadderAction::Screen(1), "A screen up"),
    key("PageDown", LadderAction::Screen(-1), "A screen down"),
    key(
        "Home",
        LadderAction::Recentre,
        "The last price to the middle",
    ),
    key("c", LadderAction::Recentre, "The last price to the middle"),
];

/// What a key does; `None` where the ladder has no use for it.
#[must_use]
pub fn ladder_action_of(key: &str) -> Option<LadderAction> {
    let line = LADDER_KEYS.iter().find(|line| line.key == key)?;
    Some(line.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_one_thing() {
        for (at, line) in LADDER_KEYS.iter().enumerate() {
            assert!(
                LADDER_KEYS
                    .iter()
                    .skip(at + 1)
                    .all(|other| other.key != line.key)
            );
            assert_eq!(ladder_action_of(line.key), Some(line.action));
        }
        assert_eq!(ladder_action_of("Enter"), None);
    }
}

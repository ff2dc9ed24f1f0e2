//! The tape's keys, as data: the handler, the help and the tests read the same table.

use super::rows::TapeRows;
use super::scroll::TapeScroll;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TapeAction {
    /// One row towards older ones.
    RowBack,
    /// One row towards newer ones.
    RowOn,
    /// Most of a screen back.
    ScreenBack,
    /// Most of a screen on.
    ScreenOn,
    /// To the oldest row held.
    Oldest,
    /// To the newest row, and follow it.
    Now,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapeKey {
    /// `KeyboardEvent.key`.
    pub key: &'static str,
    /// What it does.
    pub action: TapeAction,
    /// What the help says.
    pub help: &'static str,
}

const fn key(key: &'static str, action: TapeAction, help: &'static str) -> TapeKey {
    TapeKey { key, action, help }
}

/// Every key of the tape.
pub static TAPE_KEYS: &[TapeKey] = &[
    key("ArrowDown", TapeAction::RowBack, "One row back"),
    key("ArrowUp", TapeAction::RowOn, "One row on"),
    key("PageDown", TapeAction::ScreenBack, "A screen back"),
    key("PageUp", TapeAction::ScreenOn, "A screen on"),
    key("End", TapeAction::Oldest, "To the oldest row loaded"),
    key("Home", TapeAction::Now, "To now"),
    key("Escape", TapeAction::Now, "To now"),
];

/// What a key does, if anything. Combinations with Ctrl, Alt or Meta belong to the browser.
#[must_use]
pub fn tape_action_of(key: &str) -> Option<TapeAction> {
    let line = TAPE_KEYS.iter().find(|line| line.key == key);
    line.map(|line| line.action)
}

impl TapeAction {
    /// Does it.
    pub fn apply(self, scroll: &mut TapeScroll, rows: &TapeRows) {
        // The last row of a screen stays in sight.
        let screen = (scroll.rows_seen().max(3) - 2) as f64 * TapeScroll::ROW;
        match self {
            Self::RowBack => scroll.scroll_by(TapeScroll::ROW, rows),
            Self::RowOn => scroll.scroll_by(-TapeScroll::ROW, rows),
            Self::ScreenBack => scroll.scroll_by(screen, rows),
            Self::ScreenOn => scroll.scroll_by(-screen, rows),
            Self::Oldest => scroll.to_oldest(rows),
            Self::Now => scroll.to_now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{print, rule, trade};
    use super::*;
    use crate::model::{Precision, Trade};

    #[test]
    fn no_key_has_two_meanings() {
        for (at, line) in TAPE_KEYS.iter().enumerate() {
            let first = TAPE_KEYS.iter().position(|other| other.key == line.key);
            assert_eq!(first, Some(at), "{}", line.key);
        }
        assert_eq!(tape_action_of("x"), None);
    }

    #[test]
    fn keys_scroll() {
        let mut rows = TapeRows::new(1_000, rule());
        let trades: Vec<Trade> = (0..100).map(|at| trade(&print(at, at as i64))).collect();
        rows.merge(&trades, Precision::default());
        let mut scroll = TapeScroll::default();
        scroll.resize(180.0);
        for (key, top) in [
            ("ArrowDown", 1),
            ("ArrowDown", 2),
            ("ArrowUp", 1),
            ("PageDown", 9),
            ("PageUp", 1),
            ("End", 91),
            ("Home", 0),
        ] {
            tape_action_of(key)
                .expect("a key")
                .apply(&mut scroll, &rows);
            assert_eq!(scroll.visible(&rows).0.start, top, "{key}");
        }
    }
}

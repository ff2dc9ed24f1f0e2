//! Copies of drawings in the browser: what could not be saved on the server stays in one until it
//! can, and charts show them before the server has answered.

use serde::{Deserialize, Serialize};
use tradesuite_core::model::{Drawings, InstrumentId};

use super::keeper::Keeper;
use crate::browser;

/// Before the instrument of each copy.
const PREFIX: &str = "tradesuite.drawings/";

/// A copy: the server's document as it was read, and what was made of it.
#[derive(Serialize, Deserialize)]
struct Copy {
    version: Option<u64>,
    base: String,
    shown: String,
}

/// The instrument that the browser's entry of a name is about, if it is a copy of drawings.
pub fn instrument_of(key: &str) -> Option<InstrumentId> {
    key.strip_prefix(PREFIX)?.parse().ok()
}

/// The copy of an instrument's drawings; one that cannot be read is none, because the server has
/// the same or the page says that it has not.
pub fn copy_of(instrument: &InstrumentId) -> Option<Keeper> {
    read(&browser::stored(&format!("{PREFIX}{instrument}"))?)
}

fn read(text: &str) -> Option<Keeper> {
    let copy: Copy = serde_json::from_str(text).ok()?;
    let parse = |text: &str| Drawings::parse(text.as_bytes()).ok();
    Some(Keeper::resumed(
        copy.version,
        parse(&copy.base)?,
        parse(&copy.shown)?,
    ))
}

/// Copies an instrument's drawings where they are others than this window copied last: other
/// windows of this browser hear of it, and answer nothing while they have nothing new themselves.
/// Says whether the browser keeps it; `None` where there is nothing new to be kept.
pub fn store_copy(
    instrument: &InstrumentId,
    keeper: &Keeper,
    last: &mut Option<String>,
) -> Option<bool> {
    let is_empty = keeper.is_saved() && keeper.shown().drawings.is_empty();
    let text = written(keeper);
    if last.as_ref() == Some(&text) || last.is_none() && is_empty {
        return None;
    }
    let is_stored = browser::store(&format!("{PREFIX}{instrument}"), &text);
    *last = Some(text);
    Some(is_stored)
}

fn written(keeper: &Keeper) -> String {
    let (version, base) = keeper.base();
    let copy = Copy {
        version,
        base: base.to_json(),
        shown: keeper.shown().to_json(),
    };
    // Plain texts: nothing here can fail.
    serde_json::to_string(&copy).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Drawing, DrawingEdit, Shape, UnixMs};

    #[test]
    fn a_copy_holds_what_is_not_saved() {
        let mut keeper = Keeper::resumed(Some(7), Drawings::default(), Drawings::default());
        let drawing = Drawing {
            id: 3,
            colour: Some("#1e90ff".to_owned()),
            shape: Shape::Vwap { time: UnixMs(5) },
        };
        let drawn = keeper.edit(DrawingEdit::Put(drawing));
        assert_eq!(drawn, Ok(Some(DrawingEdit::Remove(3))));
        let read = read(&written(&keeper)).expect("a copy");
        assert_eq!(read.base(), keeper.base());
        assert_eq!(read.shown(), keeper.shown());
        assert!(!read.is_saved());
        assert!(super::read("{}").is_none());
    }

    #[test]
    fn entries_of_the_browser_are_told_apart() {
        let of = |key| instrument_of(key).map(|id| id.to_string());
        let copy = "tradesuite.drawings/coinbase:BTC-USD";
        assert_eq!(of(copy).as_deref(), Some("coinbase:BTC-USD"));
        assert_eq!(of("tradesuite.workspace"), None);
        assert_eq!(of("tradesuite.drawings/x"), None);
    }
}

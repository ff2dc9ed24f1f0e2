//! What is drawn on instruments: one sheet for each, the same in every chart, timeframe, window and
//! browser, kept by the server.
//!
//! | file | what it owns |
//! |---|---|
//! | `saving` | doing what the keeper wants, and saying what went wrong |
//! | `keeper` | what has to be read and written when, so that nothing is lost |
//! | `copies` | what the browser holds until the server has it |
//!
//! A sheet is read when a chart opens its instrument, when the window gets the focus, when the line
//! to the server is open again and when another window of this browser has saved. What cannot be
//! saved stays in the browser, is said and is saved as soon as it can be.

mod copies;
mod keeper;
mod saving;

use std::collections::HashMap;

use leptos::ev;
use leptos::prelude::*;
use tradesuite_core::model::{Decimal, Drawing, DrawingEdit, Drawings, InstrumentId, Shape};

use self::copies::{copy_of, instrument_of, store_copy};
use self::keeper::{Keeper, Todo};
use crate::browser::{self, Guard};
use crate::ui::live::{Link, Live};

/// Changes that can be taken back, of each instrument.
const MOST_UNDO: usize = 100;

const MERGED: &str = "Another window drew here meanwhile; what you drew is on top of it.";

/// The drawings of one instrument on this page.
struct Sheet {
    keeper: Keeper,
    shown: ArcRwSignal<Drawings>,
    is_known: ArcRwSignal<bool>,
    note: ArcRwSignal<Option<String>>,
    undo: Vec<DrawingEdit>,
    redo: Vec<DrawingEdit>,
    /// How many charts show it.
    charts: u32,
    /// What this window copied last for the next start.
    copied: Option<String>,
    /// Whether the browser keeps that.
    is_stored: bool,
    /// Tells the keeper that it is time.
    waiting: Option<Guard>,
    /// Gives up the request that is out.
    patience: Option<Guard>,
}

/// A handle on everything that is drawn; cheap to copy into every component.
#[derive(Clone, Copy)]
pub struct DrawingBoard {
    sheets: StoredValue<HashMap<InstrumentId, Sheet>, LocalStorage>,
}

/// A chart that shows the drawings of an instrument, until it is dropped.
pub struct Shown {
    board: DrawingBoard,
    instrument: InstrumentId,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.board.with(&self.instrument, |sheet| sheet.charts -= 1);
    }
}

impl DrawingBoard {
    /// Makes the handle and puts it into the context.
    pub fn provide(live: Live) -> Self {
        let board = Self {
            sheets: StoredValue::new_local(HashMap::new()),
        };
        provide_context(board);
        Effect::new(move || {
            if live.link().get() == Link::Open {
                board.look_again();
            }
        });
        Effect::new(move || {
            let focus = window_event_listener(ev::focus, move |_| board.look_again());
            let stored = window_event_listener(ev::storage, move |event| {
                if let Some(instrument) = event.key().as_deref().and_then(instrument_of) {
                    board.tell(&instrument, Keeper::look_again);
                }
            });
            on_cleanup(move || {
                focus.remove();
                stored.remove();
            });
        });
        board
    }

    /// The page's drawings.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// A chart begins to show the drawings of an instrument.
    #[must_use]
    pub fn open(self, instrument: &InstrumentId) -> Shown {
        self.with(instrument, |sheet| sheet.charts += 1);
        self.tell(instrument, Keeper::look_again);
        Shown {
            board: self,
            instrument: instrument.clone(),
        }
    }

    /// What is drawn on an instrument; read in an effect it is read again when that changes.
    #[must_use]
    pub fn drawings(self, instrument: &InstrumentId) -> Drawings {
        let shown = self.with(instrument, |sheet| sheet.shown.clone());
        shown.map(|shown| shown.get()).unwrap_or_default()
    }

    /// What there is to say about the drawings of an instrument.
    #[must_use]
    pub fn note(self, instrument: &InstrumentId) -> Option<String> {
        let note = self.with(instrument, |sheet| sheet.note.clone())?;
        note.get()
    }

    /// Says it no more.
    pub fn unsay(self, instrument: &InstrumentId) {
        self.say(instrument, None);
    }

    /// Whether the server has said what it holds.
    #[must_use]
    pub fn is_known(self, instrument: &InstrumentId) -> bool {
        let known = self.with(instrument, |sheet| sheet.is_known.clone());
        known.is_some_and(|known| known.get())
    }

    /// An id for a new drawing: another one in each of two windows that draw at once.
    #[must_use]
    pub fn free_id(self, instrument: &InstrumentId) -> u32 {
        let guess = (browser::random() * 1e9) as u32;
        let free = self.with(instrument, |sheet| sheet.keeper.shown().free_id(guess));
        free.unwrap_or(1)
    }

    /// A person changes a drawing; it is said where that cannot be.
    pub fn edit(self, instrument: &InstrumentId, edit: DrawingEdit) {
        self.make(instrument, edit, |sheet, back| {
            sheet.redo.clear();
            sheet.undo.push(back);
            if sheet.undo.len() > MOST_UNDO {
                sheet.undo.remove(0);
            }
        });
    }

    /// Draws lines at these prices, where none is drawn yet; that is not a person's change, and
    /// nothing to take back.
    pub fn take_over(self, instrument: &InstrumentId, prices: impl Iterator<Item = Decimal>) {
        for price in prices {
            let is_there = self.with(instrument, |sheet| {
                let drawings = &sheet.keeper.shown().drawings;
                drawings.iter().any(|drawing| match drawing.shape {
                    Shape::Line { price: held, .. } => held.normalized() == price.normalized(),
                    _ => false,
                })
            });
            if is_there == Some(false) {
                let drawing = Drawing {
                    id: self.free_id(instrument),
                    colour: None,
                    shape: Shape::Line {
                        price,
                        label: String::new(),
                    },
                };
                self.make(instrument, DrawingEdit::Put(drawing), |_, _| {});
            }
        }
    }

    /// Takes the last change back. Says whether there was one.
    pub fn undo(self, instrument: &InstrumentId) -> bool {
        let last = self.with(instrument, |sheet| sheet.undo.pop()).flatten();
        let is_done = last.is_some();
        if let Some(last) = last {
            self.make(instrument, last, |sheet, back| sheet.redo.push(back));
        }
        is_done
    }

    /// Makes it again. Says whether there was one.
    pub fn redo(self, instrument: &InstrumentId) -> bool {
        let last = self.with(instrument, |sheet| sheet.redo.pop()).flatten();
        let is_done = last.is_some();
        if let Some(last) = last {
            self.make(instrument, last, |sheet, back| sheet.undo.push(back));
        }
        is_done
    }

    fn make(
        self,
        instrument: &InstrumentId,
        edit: DrawingEdit,
        note: impl FnOnce(&mut Sheet, DrawingEdit),
    ) {
        let refused = self.with(instrument, |sheet| match sheet.keeper.edit(edit) {
            Ok(back) => {
                if let Some(back) = back {
                    note(sheet, back);
                }
                None
            }
            Err(why) => Some(format!("Nothing was drawn: {why}.")),
        });
        match refused.flatten() {
            Some(why) => self.say(instrument, Some(why)),
            None => self.tell(instrument, Keeper::settling),
        }
    }

    /// Reads what is looked at again: another window may have drawn.
    fn look_again(self) {
        let open = self.sheets.try_with_value(|sheets| {
            let open = sheets.iter().filter(|(_, sheet)| sheet.charts > 0);
            open.map(|(id, _)| id.clone()).collect::<Vec<_>>()
        });
        for instrument in open.unwrap_or_default() {
            self.tell(&instrument, Keeper::look_again);
        }
    }

    /// `None` once the page is being taken down.
    fn with<T>(self, instrument: &InstrumentId, action: impl FnOnce(&mut Sheet) -> T) -> Option<T> {
        self.sheets.try_update_value(|sheets| {
            let sheet = sheets.entry(instrument.clone());
            action(sheet.or_insert_with(|| Sheet::begun(instrument)))
        })
    }

    /// Lets the keeper know what happened, shows what came of it, and does what it wants.
    fn tell(self, instrument: &InstrumentId, event: impl FnOnce(&mut Keeper) -> Todo) {
        let Some((todo, merged)) = self.with(instrument, |sheet| {
            let todo = event(&mut sheet.keeper);
            (todo, sheet.keeper.take_merged())
        }) else {
            return;
        };
        if merged {
            self.say(instrument, Some(MERGED.to_owned()));
        }
        let shown = self.with(instrument, |sheet| {
            let is_stored = store_copy(instrument, &sheet.keeper, &mut sheet.copied);
            sheet.is_stored = is_stored.unwrap_or(sheet.is_stored);
            let drawings = sheet.keeper.shown().clone();
            let known = sheet.keeper.is_known();
            (
                (sheet.shown.clone(), drawings),
                (sheet.is_known.clone(), known),
            )
        });
        // Outside, because whoever reads them reads the sheets too.
        if let Some(((shown, drawings), (is_known, known))) = shown {
            if shown.with_untracked(|held| *held != drawings) {
                shown.set(drawings);
            }
            if is_known.get_untracked() != known {
                is_known.set(known);
            }
        }
        self.obey(instrument, todo);
    }

    fn say(self, instrument: &InstrumentId, text: Option<String>) {
        let note = self.with(instrument, |sheet| sheet.note.clone());
        if let Some(note) = note.filter(|note| note.with_untracked(|held| *held != text)) {
            note.set(text);
        }
    }
}

impl Sheet {
    /// What the browser holds.
    fn begun(instrument: &InstrumentId) -> Self {
        let keeper = copy_of(instrument).unwrap_or_default();
        Self {
            shown: ArcRwSignal::new(keeper.shown().clone()),
            keeper,
            is_known: ArcRwSignal::new(false),
            note: ArcRwSignal::new(None),
            undo: Vec::new(),
            redo: Vec::new(),
            charts: 0,
            copied: None,
            is_stored: true,
            waiting: None,
            patience: None,
        }
    }
}

//! Changes of what somebody drew: made, taken back, and put on top of what another window saved
//! meanwhile.

use thiserror::Error;

use super::drawing::{Drawing, Drawings, MOST};

/// A change of one drawing. Made twice it is as if it were made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrawingEdit {
    /// The drawing of this id is this one; where there is none it is drawn, on top of the others.
    Put(Drawing),
    /// There is no drawing of this id.
    Remove(u32),
}

/// Nothing more can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{MOST} drawings of an instrument are kept, no more")]
pub struct TooManyDrawings;

impl Drawings {
    /// The drawing of an id.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<&Drawing> {
        self.drawings.iter().find(|drawing| drawing.id == id)
    }

    /// Makes a change. Gives what takes it back; `None` where everything is so already.
    ///
    /// # Errors
    /// [`TooManyDrawings`], and nothing is changed.
    pub fn apply(&mut self, edit: DrawingEdit) -> Result<Option<DrawingEdit>, TooManyDrawings> {
        match edit {
            DrawingEdit::Put(drawing) => {
                let id = drawing.id;
                let is_full = self.drawings.len() >= MOST;
                match self.drawings.iter_mut().find(|held| held.id == id) {
                    Some(held) if *held == drawing => Ok(None),
                    Some(held) => {
                        let before = std::mem::replace(held, drawing);
                        Ok(Some(DrawingEdit::Put(before)))
                    }
                    None if is_full => Err(TooManyDrawings),
                    None => {
                        self.drawings.push(drawing);
                        Ok(Some(DrawingEdit::Remove(id)))
                    }
                }
            }
            DrawingEdit::Remove(id) => {
                let at = self.drawings.iter().position(|held| held.id == id);
                Ok(at.map(|at| DrawingEdit::Put(self.drawings.remove(at))))
            }
        }
    }

    /// The changes that lead from `before` to here.
    #[must_use]
    pub fn edits_since(&self, before: &Self) -> Vec<DrawingEdit> {
        let is_gone = |held: &&Drawing| self.get(held.id).is_none();
        let gone = before.drawings.iter().filter(is_gone);
        let gone = gone.map(|held| DrawingEdit::Remove(held.id));
        let is_new = |held: &&Drawing| before.get(held.id) != Some(*held);
        let new = self.drawings.iter().filter(is_new);
        gone.chain(new.map(|held| DrawingEdit::Put(held.clone())))
            .collect()
    }

    /// These with changes on top of them; what there is no room for is left out.
    #[must_use]
    pub fn with(mut self, edits: Vec<DrawingEdit>) -> Self {
        for edit in edits {
            // What is too much is not drawn: theirs was there first.
            let _ = self.apply(edit);
        }
        self
    }

    /// The first id from `guess` on that no drawing has.
    #[must_use]
    pub fn free_id(&self, guess: u32) -> u32 {
        let mut id = guess.clamp(1, LAST_ID);
        while self.get(id).is_some() {
            id = id % LAST_ID + 1;
        }
        id
    }
}

/// The last id that a document may hold.
pub(super) const LAST_ID: u32 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Shape, UnixMs};
    use proptest::prelude::*;

    fn vwap(id: u32, time: i64) -> Drawing {
        Drawing {
            id,
            colour: None,
            shape: Shape::Vwap { time: UnixMs(time) },
        }
    }

    fn drawings(given: &[(u32, i64)]) -> Drawings {
        Drawings {
            drawings: given.iter().map(|(id, time)| vwap(*id, *time)).collect(),
        }
    }

    #[test]
    fn a_change_gives_what_takes_it_back() {
        let mut held = drawings(&[(1, 10), (2, 20)]);
        let before = held.clone();
        let back = held.apply(DrawingEdit::Put(vwap(2, 21)));
        assert_eq!(held, drawings(&[(1, 10), (2, 21)]));
        held.apply(back.expect("room").expect("a change"))
            .expect("room");
        assert_eq!(held, before);
        let back = held.apply(DrawingEdit::Put(vwap(3, 30)));
        assert_eq!(back, Ok(Some(DrawingEdit::Remove(3))));
        assert_eq!(held.apply(DrawingEdit::Remove(9)), Ok(None));
        assert_eq!(held.apply(DrawingEdit::Put(vwap(1, 10))), Ok(None));
    }

    #[test]
    fn no_more_are_drawn_than_are_kept() {
        let all: Vec<(u32, i64)> = (1..=MOST as u32).map(|id| (id, 0)).collect();
        let mut held = drawings(&all);
        let before = held.clone();
        let edit = DrawingEdit::Put(vwap(999, 0));
        assert_eq!(held.apply(edit.clone()), Err(TooManyDrawings));
        assert_eq!(held, before);
        assert_eq!(before.clone().with(vec![edit]), before);
    }

    #[test]
    fn ids_are_free_ones_that_a_document_may_hold() {
        let held = drawings(&[(5, 0), (6, 0), (LAST_ID, 0)]);
        for (guess, expected) in [(5, 7), (4, 4), (0, 1), (LAST_ID, 1), (u32::MAX, 1)] {
            assert_eq!(held.free_id(guess), expected, "{guess}");
        }
    }

    fn some() -> impl Strategy<Value = Drawings> {
        prop::collection::btree_map(1_u32..8, 0_i64..3, 0..8).prop_map(|map| {
            let list: Vec<(u32, i64)> = map.into_iter().collect();
            drawings(&list)
        })
    }

    fn sorted(mut held: Drawings) -> Drawings {
        held.drawings.sort_by_key(|drawing| drawing.id);
        held
    }

    proptest! {
        /// Own changes on top of theirs: what was not touched here is theirs, the rest is ours;
        /// and doing it again changes nothing.
        #[test]
        fn changes_lead_from_one_to_the_other(base in some(), ours in some(), theirs in some()) {
            let edits = ours.edits_since(&base);
            prop_assert_eq!(sorted(base.clone().with(edits.clone())), sorted(ours.clone()));
            let merged = theirs.clone().with(edits.clone());
            for id in 1..8 {
                let is_ours = ours.get(id) != base.get(id);
                let expected = if is_ours { ours.get(id) } else { theirs.get(id) };
                prop_assert_eq!(merged.get(id), expected);
            }
            prop_assert_eq!(merged.clone().with(edits), merged);
        }
    }
}

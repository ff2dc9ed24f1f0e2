//! What has to be done so that no drawing of one instrument is lost: when the server is asked, when
//! it is told, and what is shown meanwhile. Pure: it knows no clock, no browser and no server.
//!
//! The server's document and what is shown are both held; their difference is what a person
//! changed here. Where another window was faster that difference is put on top of theirs, so both
//! have what they drew. A change that is made twice is as if it were made once, so a save whose
//! answer was lost needs no care.

use tradesuite_core::model::{DrawingEdit, Drawings, TooManyDrawings};

/// How long nothing changes before it is saved, milliseconds.
const SETTLED_MS: u32 = 400;
/// First pause before what failed is tried again, milliseconds; doubles up to the longest.
const FIRST_PAUSE_MS: u32 = 1_000;
const LONGEST_PAUSE_MS: u32 = 60_000;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Nothing (more).
    Nothing,
    /// Tell [`Keeper::due`] after so many milliseconds.
    Wait(u32),
    /// Find out what the server holds: [`Keeper::found`], [`Keeper::unreadable`] or
    /// [`Keeper::failed`], with this ticket.
    Ask(u64),
    /// Save: [`Keeper::saved`], [`Keeper::overtaken`], [`Keeper::refused`] or [`Keeper::failed`].
    Save {
        /// Names the request.
        ticket: u64,
        /// The document.
        text: String,
        /// The version that it changes.
        over: Option<u64>,
    },
}

/// The drawings of one instrument.
#[derive(Clone, Debug, Default)]
pub struct Keeper {
    /// The write that `base` stems from.
    version: Option<u64>,
    /// What the server holds, as far as is known.
    base: Drawings,
    shown: Drawings,
    /// The server has said what it holds since the page was opened.
    is_known: bool,
    must_ask: bool,
    /// The server holds what this page does not understand.
    is_unreadable: bool,
    /// The request that is out.
    out: Option<u64>,
    tickets: u64,
    sent: Option<Drawings>,
    /// What the server does not take as it is.
    refused: Option<Drawings>,
    failures: u32,
    merged: bool,
}

impl Keeper {
    /// Begins with what the browser holds: a version of the server's document, and what was shown.
    #[must_use]
    pub fn resumed(version: Option<u64>, base: Drawings, shown: Drawings) -> Self {
        Self {
            version,
            base,
            shown,
            ..Self::default()
        }
    }

    /// What charts show.
    #[must_use]
    pub fn shown(&self) -> &Drawings {
        &self.shown
    }

    /// The server's document, as far as is known, and its version.
    #[must_use]
    pub fn base(&self) -> (Option<u64>, &Drawings) {
        (self.version, &self.base)
    }

    /// Whether the server has said what it holds.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether the server has everything that is shown.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.shown == self.base
    }

    /// Whether a request is out and not given up.
    #[must_use]
    pub fn waits_for(&self, ticket: u64) -> bool {
        self.out == Some(ticket)
    }

    /// Whether what was changed here was put on top of what another window changed, since this was
    /// last asked.
    pub fn take_merged(&mut self) -> bool {
        std::mem::take(&mut self.merged)
    }

    /// A person changes a drawing. Gives what takes that back.
    ///
    /// # Errors
    /// [`TooManyDrawings`], and nothing is changed.
    pub fn edit(&mut self, edit: DrawingEdit) -> Result<Option<DrawingEdit>, TooManyDrawings> {
        self.shown.apply(edit)
    }

    /// After changes: they are given time to settle.
    pub fn settling(&mut self) -> Todo {
        match self.out.is_none() && (self.must_ask || self.must_save()) {
            true => Todo::Wait(SETTLED_MS),
            false => Todo::Nothing,
        }
    }

    /// Somebody else may have saved, or the server can be reached again.
    pub fn look_again(&mut self) -> Todo {
        self.must_ask = true;
        self.failures = 0;
        self.step()
    }

    /// It is time, as [`Todo::Wait`] wished.
    pub fn due(&mut self) -> Todo {
        self.step()
    }

    /// The server holds this, or nothing.
    pub fn found(&mut self, ticket: u64, held: Option<(u64, Drawings)>) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        let (version, theirs) = match held {
            Some((version, theirs)) => (Some(version), theirs),
            None => (None, Drawings::default()),
        };
        let edits = self.shown.edits_since(&self.base);
        let is_own = theirs == self.base || self.sent.as_ref() == Some(&theirs);
        self.merged |= self.is_known && !edits.is_empty() && !is_own;
        self.shown = theirs.clone().with(edits);
        (self.version, self.base) = (version, theirs);
        (self.is_known, self.must_ask, self.is_unreadable) = (true, false, false);
        (self.sent, self.failures) = (None, 0);
        self.step()
    }

    /// The server holds what this page does not understand: it is left as it is.
    pub fn unreadable(&mut self, ticket: u64) -> Todo {
        if self.takes(ticket) {
            (self.is_known, self.must_ask, self.is_unreadable) = (true, false, true);
        }
        Todo::Nothing
    }

    /// What was sent is saved.
    pub fn saved(&mut self, ticket: u64, version: u64) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        if let Some(sent) = self.sent.take() {
            (self.version, self.base) = (Some(version), sent);
        }
        (self.refused, self.failures) = (None, 0);
        self.settling()
    }

    /// Another window was faster, and nothing was saved.
    pub fn overtaken(&mut self, ticket: u64) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        self.must_ask = true;
        self.step()
    }

    /// The server does not take the document as it is.
    pub fn refused(&mut self, ticket: u64) -> Todo {
        if self.takes(ticket) {
            self.refused = self.sent.take();
        }
        self.settling()
    }

    /// The server did not answer, or not in time.
    pub fn failed(&mut self, ticket: u64) -> Todo {
        if !self.takes(ticket) {
            return Todo::Nothing;
        }
        // What was sent may have arrived.
        self.must_ask = true;
        let pause = FIRST_PAUSE_MS << self.failures.min(6);
        self.failures += 1;
        Todo::Wait(pause.min(LONGEST_PAUSE_MS))
    }

    fn must_save(&self) -> bool {
        let is_refused = self.refused.as_ref() == Some(&self.shown);
        self.is_known && !self.is_unreadable && !self.is_saved() && !is_refused
    }

    /// Whether a request is waited for; it is not any longer.
    fn takes(&mut self, ticket: u64) -> bool {
        let is_out = self.out == Some(ticket);
        if is_out {
            self.out = None;
        }
        is_out
    }

    fn step(&mut self) -> Todo {
        if self.out.is_some() || !(self.must_ask || self.must_save()) {
            return Todo::Nothing;
        }
        self.tickets += 1;
        self.out = Some(self.tickets);
        if self.must_ask {
            // What happens from now on is asked for anew.
            self.must_ask = false;
            return Todo::Ask(self.tickets);
        }
        self.sent = Some(self.shown.clone());
        Todo::Save {
            ticket: self.tickets,
            text: self.shown.to_json(),
            over: self.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Drawing, Shape, UnixMs};

    fn vwap(id: u32) -> Drawing {
        Drawing {
            id,
            colour: None,
            shape: Shape::Vwap {
                time: UnixMs(i64::from(id)),
            },
        }
    }

    fn drawings(ids: &[u32]) -> Drawings {
        Drawings {
            drawings: ids.iter().map(|id| vwap(*id)).collect(),
        }
    }

    fn ids(keeper: &Keeper) -> Vec<u32> {
        let drawings = &keeper.shown().drawings;
        drawings.iter().map(|drawing| drawing.id).collect()
    }

    fn put(keeper: &mut Keeper, id: u32) -> Todo {
        let edited = keeper.edit(DrawingEdit::Put(vwap(id)));
        assert_eq!(edited, Ok(Some(DrawingEdit::Remove(id))));
        keeper.settling()
    }

    fn save(ticket: u64, ids: &[u32], over: Option<u64>) -> Todo {
        Todo::Save {
            ticket,
            text: drawings(ids).to_json(),
            over,
        }
    }

    /// The server holds drawing 1 in version 5.
    fn opened() -> Keeper {
        let mut keeper = Keeper::default();
        assert_eq!(keeper.look_again(), Todo::Ask(1));
        assert_eq!(
            keeper.found(1, Some((5, drawings(&[1])))),
            Todo::Nothing,
            "there is nothing to save"
        );
        keeper
    }

    #[test]
    fn what_is_drawn_is_saved_over_what_was_read() {
        let mut keeper = opened();
        assert_eq!(put(&mut keeper, 2), Todo::Wait(SETTLED_MS));
        assert_eq!(keeper.due(), save(2, &[1, 2], Some(5)));
        // Drawn while it is being saved: saved afterwards.
        assert_eq!(put(&mut keeper, 3), Todo::Nothing);
        assert_eq!(keeper.saved(2, 6), Todo::Wait(SETTLED_MS));
        assert!(!keeper.is_saved());
        assert_eq!(keeper.due(), save(3, &[1, 2, 3], Some(6)));
        assert_eq!(keeper.saved(3, 7), Todo::Nothing);
        assert!(keeper.is_saved() && !keeper.take_merged());
    }

    #[test]
    fn what_is_drawn_before_the_server_answers_is_put_on_top() {
        let mut keeper = Keeper::default();
        assert_eq!(keeper.look_again(), Todo::Ask(1));
        assert_eq!(put(&mut keeper, 9), Todo::Nothing, "one request at a time");
        assert_eq!(
            keeper.found(1, Some((5, drawings(&[1])))),
            save(2, &[1, 9], Some(5))
        );
        assert!(!keeper.take_merged(), "nobody was faster");
    }

    #[test]
    fn where_another_window_was_faster_both_have_what_they_drew() {
        let mut keeper = opened();
        put(&mut keeper, 2);
        keeper.due();
        assert_eq!(keeper.overtaken(2), Todo::Ask(3));
        assert_eq!(
            keeper.found(3, Some((6, drawings(&[1, 8])))),
            save(4, &[1, 8, 2], Some(6))
        );
        assert!(keeper.take_merged() && !keeper.take_merged());
        keeper.saved(4, 7);
        assert_eq!(ids(&keeper), [1, 8, 2]);
    }

    #[test]
    fn what_another_window_saved_is_shown_when_it_is_looked_for() {
        let mut keeper = opened();
        assert_eq!(keeper.look_again(), Todo::Ask(2));
        assert_eq!(keeper.found(2, Some((6, drawings(&[4])))), Todo::Nothing);
        assert_eq!(ids(&keeper), [4]);
        assert!(!keeper.take_merged(), "nothing was changed here");
    }

    #[test]
    fn a_save_whose_answer_was_lost_is_recognised() {
        let mut keeper = opened();
        put(&mut keeper, 2);
        keeper.due();
        assert_eq!(keeper.failed(2), Todo::Wait(FIRST_PAUSE_MS));
        assert_eq!(keeper.due(), Todo::Ask(3));
        assert_eq!(keeper.saved(2, 6), Todo::Nothing, "it was given up");
        assert_eq!(keeper.found(3, Some((6, drawings(&[1, 2])))), Todo::Nothing);
        assert!(keeper.is_saved() && !keeper.take_merged());
    }

    #[test]
    fn without_a_line_it_is_kept_and_tried_again() {
        let mut keeper = opened();
        put(&mut keeper, 2);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let ticket = match keeper.due() {
                Todo::Ask(ticket) | Todo::Save { ticket, .. } => ticket,
                other => panic!("{other:?}"),
            };
            match keeper.failed(ticket) {
                Todo::Wait(pause) => pauses.push(pause),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(pauses[..3], [1_000, 2_000, 4_000]);
        assert_eq!(pauses[7], LONGEST_PAUSE_MS);
        // The next start begins with what the browser held.
        let (version, base) = keeper.base();
        let mut keeper = Keeper::resumed(version, base.clone(), keeper.shown().clone());
        assert_eq!(ids(&keeper), [1, 2]);
        assert_eq!(keeper.look_again(), Todo::Ask(1));
        assert_eq!(
            keeper.found(1, Some((6, drawings(&[1, 3])))),
            save(2, &[1, 3, 2], Some(6))
        );
    }

    #[test]
    fn what_the_server_refuses_is_not_sent_again_as_it_is() {
        let mut keeper = opened();
        put(&mut keeper, 2);
        keeper.due();
        assert_eq!(keeper.refused(2), Todo::Nothing);
        assert_eq!(keeper.due(), Todo::Nothing);
        assert_eq!(put(&mut keeper, 3), Todo::Wait(SETTLED_MS));
        let mut keeper = opened();
        keeper.look_again();
        assert_eq!(keeper.unreadable(2), Todo::Nothing);
        assert_eq!(put(&mut keeper, 2), Todo::Nothing, "theirs is left alone");
    }
}

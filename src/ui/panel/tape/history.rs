//! Which older trades a tape asks for: those that a lost line missed, and those further back.
//!
//! Decides; asks nobody itself. Where live trades begin, a [`Seam`] is open until it is known
//! that nothing is missing below it: the store may be a moment behind the socket, and after a
//! lost line there is a stretch that neither has told.

use tradesuite_core::chart::{Print, Prints};
use tradesuite_core::model::{TradeId, TradesBefore, UnixNs};

/// Trades of one page.
const PAGE: u32 = 2_000;
/// Pages by which one seam is closed at the most; what is held before a wider one is given up.
const MOST_PAGES: u32 = 10;
/// How often a page that does not reach up to the live trades is asked for again: a venue may
/// leave numbers out, and the store may lack trades for good.
const MOST_TRIES: u32 = 3;
/// Pause before a page is asked for again, milliseconds; doubles up to the longest.
const RETRY_MS: f64 = 1_000.0;
const LONGEST_RETRY_MS: f64 = 32_000.0;

type Key = (UnixNs, TradeId);

/// Trades wanted from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Those before this place; the newest where it is absent.
    pub before: Option<TradesBefore>,
    /// So many.
    pub limit: u32,
}

/// A place below which trades may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seam {
    /// The trade above it.
    upper: Key,
    /// The trade that was the newest before the line was lost, if any.
    lower: Option<Key>,
    /// Where the next page begins.
    before: TradesBefore,
    pages: u32,
    tries: u32,
}

/// What has to be done about an answer beyond holding its trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing.
    Held,
    /// Too much is missing: what is held before this trade is to be forgotten.
    Forget(Key),
}

/// What was asked and what is to be asked.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// At most one: a newer one is opened over what is held, and takes the older one's place.
    seam: Option<Seam>,
    /// Where the trades before the oldest one held are.
    older: Older,
    asked: Option<Request>,
    due_ms: f64,
    failures: i32,
    error: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Older {
    /// Nothing has been heard yet.
    #[default]
    Unknown,
    /// Before this place; of the newest where there is none.
    Before(Option<TradesBefore>),
    /// Nowhere.
    None,
}

impl History {
    /// The socket begins (again) with a snapshot. `newest` was held before it, `oldest` is its
    /// first trade. Returns the trade before which everything is to be forgotten, if any.
    pub fn begin(&mut self, newest: Option<&Print>, oldest: Option<&Print>) -> Outcome {
        let Some(oldest) = oldest else {
            if self.older == Older::Unknown {
                self.older = Older::Before(None);
            }
            return Outcome::Held;
        };
        if newest.is_some_and(|newest| newest.key() >= oldest.key() || is_next(newest, oldest)) {
            return Outcome::Held;
        }
        // Where another stretch is missing already, there is no telling where that one ends.
        let given_up = self.seam.is_some() && newest.is_some();
        let lower = newest.map(Print::key).filter(|_| !given_up);
        self.seam = Some(Seam {
            upper: oldest.key(),
            lower,
            before: place(oldest),
            pages: 0,
            tries: 0,
        });
        if lower.is_none() {
            self.older = Older::Unknown;
        }
        self.due_ms = 0.0;
        match given_up {
            true => Outcome::Forget(oldest.key()),
            false => Outcome::Held,
        }
    }

    /// What to ask the server for now; `wants_older` says whether history is wanted. One request
    /// is under way at a time.
    pub fn next_request(&mut self, wants_older: bool, now_ms: f64) -> Option<Request> {
        if self.asked.is_some() || now_ms < self.due_ms {
            return None;
        }
        let before = match (self.seam, self.older) {
            (Some(seam), _) => Some(seam.before),
            (None, Older::Before(before)) if wants_older => before,
            _ => return None,
        };
        self.asked = Some(Request {
            before,
            limit: PAGE,
        });
        self.asked
    }

    /// The server can be reached again: nothing waits any longer.
    pub fn reached(&mut self) {
        self.due_ms = 0.0;
        self.failures = 0;
    }

    /// A request failed; it is made again after a pause.
    pub fn fail(&mut self, error: String, now_ms: f64) {
        self.asked = None;
        self.error = Some(error);
        self.pause(now_ms);
    }

    /// Takes an answer whose trades, from `first` on, are among `held` already.
    pub fn answer(
        &mut self,
        request: Request,
        first: Option<Key>,
        older: Option<TradesBefore>,
        held: &Prints,
        now_ms: f64,
    ) -> Outcome {
        self.asked = None;
        self.error = None;
        let beyond = older.map_or(Older::None, |place| Older::Before(Some(place)));
        let Some(mut seam) = self.seam else {
            self.failures = 0;
            self.older = beyond;
            return Outcome::Held;
        };
        if request.before != Some(seam.before) {
            // The line was lost and found while the answer was on its way.
            return Outcome::Held;
        }
        if seam.pages == 0 && !joins(held, seam.upper) && seam.tries < MOST_TRIES {
            seam.tries += 1;
            self.seam = Some(seam);
            self.pause(now_ms);
            return Outcome::Held;
        }
        self.failures = 0;
        seam.pages += 1;
        let reached = match (first, seam.lower) {
            (Some(first), Some(lower)) => first <= lower,
            (None, _) | (_, None) => true,
        };
        match older.filter(|_| !reached) {
            Some(place) if seam.pages < MOST_PAGES => {
                seam.before = place;
                self.seam = Some(seam);
                Outcome::Held
            }
            Some(_) => {
                self.seam = None;
                self.older = beyond;
                first.map_or(Outcome::Held, Outcome::Forget)
            }
            None => {
                self.seam = None;
                if seam.lower.is_none() {
                    self.older = beyond;
                }
                Outcome::Held
            }
        }
    }

    /// The trade from which on nothing is missing that is not missing for good, where that is
    /// not the oldest one held.
    #[must_use]
    pub fn whole_from(&self) -> Option<UnixNs> {
        self.seam.map(|seam| seam.upper.0)
    }

    /// Whether older trades are on their way.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether nothing older is to be had.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.seam.is_none() && self.older == Older::None
    }

    /// Why the last request failed.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn pause(&mut self, now_ms: f64) {
        let pause = RETRY_MS * 2_f64.powi(self.failures);
        self.due_ms = now_ms + pause.min(LONGEST_RETRY_MS);
        self.failures = (self.failures + 1).min(10);
    }
}

fn place(print: &Print) -> TradesBefore {
    TradesBefore {
        through: print.time.to_ms(),
        skip: 0,
    }
}

fn is_next(print: &Print, next: &Print) -> bool {
    print.id.0.checked_add(1) == Some(next.id.0)
}

/// Whether the trade before the one of this key is the one its number says.
fn joins(held: &Prints, upper: Key) -> bool {
    held.before(upper)
        .is_some_and(|print| print.id.0.checked_add(1) == Some(upper.1.0))
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;

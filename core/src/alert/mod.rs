//! Alerts: rules over one instrument's market, followed event by event.
//!
//! Nothing here reads a clock, a file or a socket. Rules come in as [`crate::model::alert::Rule`],
//! the market as numbered events with the server's time beside them, and what comes out are
//! [`state::Fire`]s with their evidence. The same events after the same state give the same fires
//! with the same numbers, so a server that keeps state, position and fires in one transaction
//! neither loses nor doubles one. The page draws its forms from the same tables.
//!
//! | module | what it owns |
//! |---|---|
//! | [`operand`] | what a rule can look at: the table [`operand::OPERANDS`] |
//! | [`value`] | exact prices and floats beside each other |
//! | [`text`] | a rule in one line |
//! | `source` | what operands read: bars with indicators, windows, the book, kept once an instrument |
//! | [`state`] | the engine: which rules an event can change, and where each of them stands |
//! | `reference` | the same, slow and obvious, for the tests |
//!
//! # How an event is taken
//!
//! 1. Exchange time moves on; windows slide by whole steps. It never goes back: a trade from
//!    before is late, and belongs to its own bar and step.
//! 2. Bars that are over are closed, once each. Rules that wait for that are looked at with the
//!    values as of that bar, before anything newer is known.
//! 3. The sources take the event. Operands that it can change are read again, each once however
//!    many rules name it.
//! 4. Rules of which an operand changed are looked at, and those that wait for time to pass: for
//!    a hold, a cooldown, the next bar, the end of a snooze, or a move to fade.
//!
//! # What the words mean
//!
//! - A crossing needs a value on the other side first; equal is on neither side. It is true at the
//!   one event at which it happens. Where the rule has to hold for a while, it is true from then
//!   on for as long as the value stays where it went.
//! - A condition whose values are missing is neither true nor false, unless the rest of it decides;
//!   the rule says what that means ([`crate::model::alert::NoData`]).
//! - What holds is told once. It is told again after it did not hold for a while, or, if the
//!   trigger repeats, as often as the trigger allows. What may not be told yet waits, and is told
//!   when it may, if it still holds.
//! - The hysteresis makes what holds hold on until the value is back behind the level by that
//!   much, and what crossed count as the same side until then.
//! - Conditions, holds and bars go by exchange time. Cooldown and silence go by time that has
//!   passed on the server's clock, which a clock that is set back does not change; snooze, hours
//!   and expiry by what that clock shows.
//! - What is known from backfill fills the sources and is remembered by the rules, but fires
//!   nothing. The same holds for history that warms them.
//! - A rule that is edited begins anew, unless only its name, message, channels, snooze, hours or
//!   expiry changed; what its operands know stays.

pub mod operand;
#[cfg(feature = "engine")]
mod source;
#[cfg(feature = "engine")]
pub mod state;
pub mod text;
pub mod value;

#[cfg(all(test, feature = "engine"))]
mod reference;

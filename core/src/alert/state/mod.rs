//! Following rules event by event.
//!
//! | item | what it owns |
//! |---|---|
//! | [`Engine`] | all rules, and the markets that they are about |
//! | [`Fire`], [`Evidence`] | that a rule fired, and what it saw |
//! | [`RuleState`] | where a rule stands, for lists |
//! | [`Saved`] | all that has to be kept to go on later as if nothing had happened |
//! | [`Wanted`] | what history rules want before they have all their values |
//! | `market`, `members` | the rules of one instrument, and which of them an event can change |
//! | `followed` | one rule: what it needs, and where it stands |
//! | `leaf`, `sides` | one comparison: on which side it was before |
//! | `moves` | extremes within a time |
//! | `trigger` | whether what holds is to be told now |
//! | `wall` | time that has passed by a clock that may be set |

mod engine;
mod fire;
mod followed;
mod history;
mod leaf;
mod market;
mod members;
mod moves;
mod save;
mod sides;
mod trigger;
mod wall;

#[cfg(test)]
mod engine_tests;
#[cfg(test)]
pub(super) mod fixture;
#[cfg(test)]
mod trigger_tests;

pub use engine::{Counts, Engine, Moment};
pub use fire::{Evidence, Fire, Seen};
pub use history::Wanted;
pub use save::{RestoreError, Saved};
pub use trigger::RuleState;

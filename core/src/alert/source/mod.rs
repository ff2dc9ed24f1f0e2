//! What the operands of one instrument's rules read, kept once however many rules read it, and
//! moved on event by event.
//!
//! | source | what it keeps |
//! |---|---|
//! | [`Bars`] | the newest bars of a timeframe, and the indicators over them |
//! | [`Flow`] | what takers bought and sold within a window |
//! | [`Past`] | the price a time ago |
//! | [`Book`] | the order book |
//! | [`Sources`] | all of these, the last trade and exchange time |
//!
//! Sums are of integers and so do not drift; nothing goes through a window at an event. Windows
//! are made of whole steps, at most [`MOST_STEPS`] of them: of a second up to five minutes, of
//! twelve seconds for an hour.

mod bars;
mod book;
mod changed;
mod flow;
mod past;
mod precision;
mod read;
mod save;
mod sources;
mod wanted;
mod warm;

#[cfg(test)]
mod flow_tests;

pub(super) use bars::Bars;
pub(super) use book::Book;
pub(super) use changed::{Changed, changed_by};
pub(super) use flow::Flow;
pub(super) use past::Past;
pub(super) use save::SavedSources;
pub(super) use sources::{Place, Sources};

use crate::model::UnixNs;

/// Steps of a window at the most: what bounds its memory.
pub(super) const MOST_STEPS: u32 = 300;

const NS_PER_S: i64 = 1_000_000_000;

/// A length of exchange time in whole steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    width_ns: i64,
    /// At least one.
    count: i64,
}

impl Steps {
    pub(super) fn of(window_s: u32) -> Self {
        let width_s = window_s.div_ceil(MOST_STEPS).max(1);
        Self {
            width_ns: i64::from(width_s) * NS_PER_S,
            count: i64::from(window_s.div_ceil(width_s).max(1)),
        }
    }

    /// The step that an instant lies in.
    pub(super) fn at(self, time: UnixNs) -> i64 {
        time.0.div_euclid(self.width_ns)
    }

    /// The newest step that lies before the window that ends with `now`.
    pub(super) fn before(self, now: i64) -> i64 {
        now - self.count
    }
}

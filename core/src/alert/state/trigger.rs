//! Whether what holds is to be told now: the state of a rule behind its comparisons.
//!
//! A stretch in which the condition holds is told once. Where it may not be told yet, because of
//! the cooldown, the bar, a snooze, the hours, or since it is known from backfill alone, it waits,
//! and is told when it may be, if it still holds. A crossing cannot wait: it is over at once.

use serde::{Deserialize, Serialize};

use super::leaf::Verdict;
use crate::model::alert::{NoData, Trigger, Watch};
use crate::model::{UnixMs, UnixNs};

const NS_PER_S: i64 = 1_000_000_000;
const MS_PER_S: u64 = 1_000;

/// Where a rule stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// Whether the condition held when it was last looked at.
    holds: bool,
    /// Whether all of it was known once.
    known: bool,
    /// Since when it holds, exchange time.
    since: Option<UnixNs>,
    /// Whether this stretch was told.
    told: bool,
    /// Whether it is not to be looked at any more.
    pub(super) done: bool,
    /// Opening time of the bar in which it last fired.
    bar: Option<UnixMs>,
    /// When it last fired: what had passed by the server's clock.
    fired_ms: Option<u64>,
    /// How many times it fired; a number is never used again.
    pub(super) fired: u64,
    /// Whether it has to be looked at again though none of its values changes.
    pub(super) waits: bool,
}

/// Where a rule stands, as people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// Not all of its values have been known yet.
    Unknown,
    /// The condition does not hold.
    Watching,
    /// The condition holds, and is not told yet.
    Waiting,
    /// The condition holds, and was told.
    Told,
    /// It has fired and is not looked at any more.
    Done,
}

/// When, and how, a rule is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Exchange time.
    pub(super) clock: UnixNs,
    /// What has passed by the server's clock.
    pub(super) elapsed_ms: u64,
    /// Whether nothing may be told now.
    pub(super) quiet: bool,
}

impl Standing {
    pub(super) fn state(&self) -> RuleState {
        match self {
            Self { done: true, .. } => RuleState::Done,
            Self {
                holds: true, told, ..
            } if *told => RuleState::Told,
            Self { holds: true, .. } => RuleState::Waiting,
            Self { known: true, .. } => RuleState::Watching,
            _ => RuleState::Unknown,
        }
    }

    /// Takes what the condition says. Where the rule fires, since when it held.
    pub(super) fn step(&mut self, watch: &Watch, verdict: Verdict, look: &Look) -> Option<UnixNs> {
        self.known |= verdict.now.is_some();
        let unknown = match watch.no_data {
            NoData::Keep => self.holds,
            NoData::Clear => false,
            NoData::Fire => self.known,
        };
        let now = verdict.now.unwrap_or(unknown);
        let rest = verdict.rest.unwrap_or(unknown);
        self.holds = rest;
        if !now {
            self.since = None;
            self.told = false;
            self.waits = false;
            return None;
        }
        // Before any event there is no exchange time to count from.
        let begun = self.since.filter(|since| since.0 != i64::MIN);
        let since = begun.unwrap_or(look.clock);
        self.since = Some(since);
        let hold_ns = i64::from(watch.hold_s) * NS_PER_S;
        let long_enough = look.clock.0.saturating_sub(since.0) >= hold_ns;
        let news = !self.told || watch.trigger.repeats();
        let fires = long_enough && news && !look.quiet && self.may(watch.trigger, look);
        if fires {
            self.told = true;
            self.done = watch.trigger == Trigger::Once;
            self.bar = self.bar_of(watch.trigger, look.clock);
            self.fired_ms = Some(look.elapsed_ms);
            self.fired += 1;
        }
        if !rest {
            self.since = None;
            self.told = false;
        }
        self.waits = rest && !self.done && (!self.told || watch.trigger.repeats());
        fires.then_some(since)
    }

    fn bar_of(&self, trigger: Trigger, clock: UnixNs) -> Option<UnixMs> {
        trigger
            .timeframe()
            .map(|timeframe| timeframe.floor(clock.to_ms()))
    }

    /// Whether the trigger lets it fire now.
    fn may(&self, trigger: Trigger, look: &Look) -> bool {
        match trigger {
            Trigger::Once => !self.done,
            Trigger::OncePerBar { .. } => {
                self.bar.is_none() || self.bar != self.bar_of(trigger, look.clock)
            }
            Trigger::BarClose { .. } => true,
            Trigger::Every { cooldown_s, .. } => self.fired_ms.is_none_or(|fired| {
                look.elapsed_ms.saturating_sub(fired) >= u64::from(cooldown_s) * MS_PER_S
            }),
        }
    }
}

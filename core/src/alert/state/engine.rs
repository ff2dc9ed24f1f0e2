//! All rules, and the markets that they are about.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fire::Fire;
use super::followed::Followed;
use super::market::Market;
use super::trigger::RuleState;
use super::wall::Wall;
use crate::alert::operand::reading_of;
use crate::alert::value::Value;
use crate::model::alert::{Condition, Rule, RuleId, Watch};
use crate::model::{EventBody, InstrumentId, Position, Sequenced, UnixMs};

/// Follows rules. What it does depends on the events, the rules and the times it is given alone.
#[derive(Default)]
pub struct Engine {
    pub(super) markets: HashMap<InstrumentId, Market>,
    pub(super) homes: HashMap<RuleId, InstrumentId>,
    /// Numbers of fires of rules that are not followed now, so that none is used again.
    pub(super) retired: HashMap<RuleId, u64>,
    pub(super) wall: Wall,
    /// The newest event and the time of the newest event or tick.
    pub(super) moment: Moment,
    pub(super) counts: Counts,
}

/// When something is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The newest event.
    pub position: Position,
    /// By the server's clock.
    pub wall: UnixMs,
}

/// What the engine has seen since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events of instruments that have rules.
    pub events: u64,
    /// Trades among them that were known from backfill: nothing fires on them.
    pub backfilled: u64,
    /// Fires.
    pub fires: u64,
}

impl Engine {
    /// Follows a rule from now on, or as it is now. Where what decides when it fires has changed, or
    /// it was switched off before, it begins anew; its numbers go on.
    ///
    /// # Errors
    /// A sentence where an operand is not known, or there are more comparisons than anybody reads;
    /// nothing was changed.
    pub fn set(&mut self, id: RuleId, rule: &Rule) -> Result<(), String> {
        let watch = &rule.watch;
        let same_home = self.homes.get(&id) == Some(&watch.instrument);
        if let Some(held) = self.rule_mut(id).filter(|_| same_home && rule.enabled) {
            let without_times = |of: &Watch| Watch {
                expires: None,
                hours: None,
                ..of.clone()
            };
            if without_times(&held.watch) == without_times(watch) {
                held.watch = Arc::new(watch.clone());
                held.snoozed_until = rule.snoozed_until;
                return Ok(());
            }
        }
        if !rule.enabled {
            self.leave(id);
            return Ok(());
        }
        let elapsed_ms = self.wall.elapsed_ms();
        let most = Condition::LIMITS.tests;
        if watch.condition.tests().len() > most {
            return Err(format!("more than {most} comparisons"));
        }
        for (_, operand) in watch.condition.values() {
            reading_of(operand)?;
        }
        let home = watch.instrument.clone();
        if same_home {
            if let Some(market) = self.markets.get_mut(&home) {
                market.replace(id, Arc::new(watch.clone()), rule.snoozed_until, elapsed_ms);
            }
            return Ok(());
        }
        self.leave(id);
        let market = self.markets.entry(home.clone());
        let market = market.or_insert_with(|| Market::new(home.clone(), elapsed_ms));
        market.add(id, Arc::new(watch.clone()), rule.snoozed_until, elapsed_ms);
        let fired = self.retired.remove(&id).unwrap_or(0);
        if let Some(held) = market.rule_mut(id) {
            held.standing.fired = fired;
        }
        self.homes.insert(id, home);
        Ok(())
    }

    /// Follows a rule no more. Its number is never to be given again.
    pub fn remove(&mut self, id: RuleId) {
        self.leave(id);
        self.retired.remove(&id);
    }

    fn leave(&mut self, id: RuleId) {
        let Some(home) = self.homes.remove(&id) else {
            return;
        };
        let Some(market) = self.markets.get_mut(&home) else {
            return;
        };
        if let Some(rule) = market.remove(id) {
            self.retired.insert(id, rule.standing.fired);
        }
        if market.is_empty() {
            self.markets.remove(&home);
        }
    }

    pub(super) fn rule_mut(&mut self, id: RuleId) -> Option<&mut Followed> {
        let home = self.homes.get(&id)?;
        self.markets.get_mut(home)?.rule_mut(id)
    }

    /// Takes the next event; what fires is appended, by the number of the rule. `wall` is when it was
    /// received: events that are read again after a restart bring the same time again, and so fire
    /// the same.
    pub fn on_event(&mut self, event: &Sequenced, wall: UnixMs, fires: &mut Vec<Fire>) {
        let elapsed_ms = self.wall.pass(wall);
        let position = event.position;
        self.moment = Moment { position, wall };
        let event = &event.event;
        let Some(market) = self.markets.get_mut(&event.instrument) else {
            return;
        };
        self.counts.events += 1;
        self.counts.backfilled += u64::from(matches!(event.body, EventBody::Backfill(_)));
        let before = fires.len();
        market.take(event, &self.moment, elapsed_ms, fires);
        self.finish(fires, before);
    }

    /// Time passes without an event: for what waits for the server's clock. To be called about
    /// every second.
    pub fn on_wall(&mut self, wall: UnixMs, fires: &mut Vec<Fire>) {
        let elapsed_ms = self.wall.pass(wall);
        self.moment.wall = wall;
        let before = fires.len();
        for market in self.markets.values_mut() {
            market.tick(&self.moment, elapsed_ms, fires);
        }
        self.finish(fires, before);
    }

    fn finish(&mut self, fires: &mut [Fire], before: usize) {
        let new = &mut fires[before..];
        new.sort_by_key(|fire| (fire.rule, fire.number));
        self.counts.fires += new.len() as u64;
    }

    /// Instruments that have to stay subscribed.
    pub fn instruments(&self) -> impl Iterator<Item = &InstrumentId> {
        self.markets.keys()
    }

    /// What has been seen.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Events of an instrument that could not be taken since their digits do not fit, and trades
    /// that were too late for their bar.
    #[must_use]
    pub fn left_out(&self, instrument: &InstrumentId) -> (u64, u64) {
        let market = self.markets.get(instrument);
        market.map_or((0, 0), |market| market.sources.left_out())
    }

    /// The values that a rule looks at, as they are now, by the names that messages call them.
    #[must_use]
    pub fn values(&self, id: RuleId) -> Vec<(String, Option<Value>)> {
        let market = self.homes.get(&id).and_then(|home| self.markets.get(home));
        market
            .and_then(|market| Some(market.values(market.rule(id)?)))
            .unwrap_or_default()
    }

    /// Where a rule stands, and how often it has fired; `None` where it is not followed.
    #[must_use]
    pub fn state(&self, id: RuleId) -> Option<(RuleState, u64)> {
        let market = self.markets.get(self.homes.get(&id)?)?;
        let standing = &market.rule(id)?.standing;
        Some((standing.state(), standing.fired))
    }
}

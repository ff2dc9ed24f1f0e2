//! The rules of one instrument: which operands they share, and which of them an event can change.

use std::collections::HashMap;
use std::sync::Arc;

use super::engine::Moment;
use super::fire::Fire;
use super::followed::Followed;
use super::trigger::Look;
use crate::alert::operand::{Reading, reading_of};
use crate::alert::source::{Changed, Place, Sources, changed_by};
use crate::alert::text::operand_text;
use crate::alert::value::Value;
use crate::model::alert::{RuleId, Trigger, Watch};
use crate::model::{EventBody, InstrumentId, MarketEvent, Timeframe, UnixMs, UnixNs};

/// Everything followed on one instrument.
pub(super) struct Market {
    instrument: InstrumentId,
    pub(super) sources: Sources,
    /// Operands, each once however many rules read it. A place stays the same while it is read.
    slots: Vec<Option<Slot>>,
    /// By the text form.
    places: HashMap<String, usize>,
    rules: Vec<Option<Followed>>,
    homes: HashMap<RuleId, usize>,
    /// Rules that are looked at at every event until they stop waiting.
    waiting: Vec<usize>,
    /// Rules that are looked at when a bar of a timeframe closes.
    closing: Vec<(Timeframe, usize)>,
    /// Rules to be looked at now.
    due: Vec<usize>,
    /// Looks so far: of each event and each tick of the clock one.
    looks: u64,
}

/// One operand and who reads it.
struct Slot {
    key: String,
    reading: Reading,
    place: Place,
    changed_by: Changed,
    value: Option<Value>,
    /// Rules that are looked at when it changes.
    readers: Vec<usize>,
    /// Rules that name it, these and those that wait for a bar to close.
    named: usize,
}

impl Market {
    pub(super) fn new(instrument: InstrumentId, elapsed_ms: u64) -> Self {
        Self {
            instrument,
            sources: Sources::new(elapsed_ms),
            slots: Vec::new(),
            places: HashMap::new(),
            rules: Vec::new(),
            homes: HashMap::new(),
            waiting: Vec::new(),
            closing: Vec::new(),
            due: Vec::new(),
            looks: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.homes.is_empty()
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &Followed> {
        self.rules.iter().flatten()
    }

    pub(super) fn rule_mut(&mut self, id: RuleId) -> Option<&mut Followed> {
        let at = *self.homes.get(&id)?;
        self.rules.get_mut(at)?.as_mut()
    }

    pub(super) fn rule(&self, id: RuleId) -> Option<&Followed> {
        let at = *self.homes.get(&id)?;
        self.rules.get(at)?.as_ref()
    }

    pub(super) fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.slots.iter().flatten().map(|slot| &slot.reading)
    }

    /// Bars that rules wait for.
    pub(super) fn closing(&self) -> impl Iterator<Item = Timeframe> {
        self.closing.iter().map(|(timeframe, _)| *timeframe)
    }

    /// Follows a rule, whose operands are all known, from now on. It is looked at with the next
    /// event, whatever that changes.
    pub(super) fn add(
        &mut self,
        id: RuleId,
        watch: Arc<Watch>,
        snoozed_until: Option<UnixMs>,
        elapsed_ms: u64,
    ) {
        let free = self.rules.iter().position(Option::is_none);
        let at = free.unwrap_or(self.rules.len());
        let by_bars = match watch.trigger {
            Trigger::BarClose { timeframe, .. } => Some(timeframe),
            _ => None,
        };
        let rule = Followed::new(id, watch, snoozed_until, |operand| {
            let key = operand_text(operand);
            let slot = match self.places.get(&key) {
                Some(slot) => *slot,
                None => self.add_slot(
                    key,
                    reading_of(operand).unwrap_or(Reading::Last),
                    elapsed_ms,
                ),
            };
            let reach = self.slots[slot]
                .as_ref()
                .map_or(0, |slot| slot.reading.reach_ms());
            (slot, reach)
        });
        for slot in &rule.slots {
            if let Some(slot) = &mut self.slots[*slot] {
                slot.named += 1;
                if by_bars.is_none() {
                    slot.readers.push(at);
                }
            }
        }
        match free {
            Some(_) => self.rules[at] = Some(rule),
            None => self.rules.push(Some(rule)),
        }
        self.homes.insert(id, at);
        match by_bars {
            Some(timeframe) => {
                self.sources.want_bars(timeframe);
                self.closing.push((timeframe, at));
            }
            None => self.waiting.push(at),
        }
    }

    fn add_slot(&mut self, key: String, reading: Reading, elapsed_ms: u64) -> usize {
        let place = self.sources.want(&reading);
        let slot = Slot {
            key: key.clone(),
            place,
            changed_by: changed_by(&reading),
            value: self.sources.value(&reading, place, elapsed_ms, None),
            reading,
            readers: Vec::new(),
            named: 0,
        };
        let free = self.slots.iter().position(Option::is_none);
        let at = free.unwrap_or(self.slots.len());
        match free {
            Some(_) => self.slots[at] = Some(slot),
            None => self.slots.push(Some(slot)),
        }
        self.places.insert(key, at);
        at
    }

    /// Follows a rule in place of the one of this number. What both read goes on.
    pub(super) fn replace(
        &mut self,
        id: RuleId,
        watch: Arc<Watch>,
        snoozed_until: Option<UnixMs>,
        elapsed_ms: u64,
    ) {
        let old = self.homes.get(&id).copied();
        let old = old.map(|at| (at, self.rules[at].as_ref().map_or(0, |r| r.standing.fired)));
        self.add(id, watch, snoozed_until, elapsed_ms);
        if let Some((at, fired)) = old {
            self.remove_at(at);
            if let Some(rule) = self.rule_mut(id) {
                rule.standing.fired = fired;
            }
        }
    }

    /// Follows a rule no more, and forgets what nobody else reads.
    pub(super) fn remove(&mut self, id: RuleId) -> Option<Followed> {
        let at = self.homes.remove(&id)?;
        self.remove_at(at)
    }

    fn remove_at(&mut self, at: usize) -> Option<Followed> {
        let rule = self.rules[at].take()?;
        self.waiting.retain(|held| *held != at);
        self.closing.retain(|(_, held)| *held != at);
        let mut unread = false;
        for place in &rule.slots {
            let Some(slot) = &mut self.slots[*place] else {
                continue;
            };
            slot.named -= 1;
            slot.readers.retain(|held| *held != at);
            if slot.named == 0 {
                unread = true;
                self.places.remove(&slot.key);
                self.slots[*place] = None;
            }
        }
        if unread {
            let readings: Vec<&Reading> = self.slots.iter().flatten().map(|s| &s.reading).collect();
            let closes: Vec<Timeframe> = self.closing.iter().map(|(of, _)| *of).collect();
            self.sources.keep(&readings, &closes);
            for slot in self.slots.iter_mut().flatten() {
                slot.place = self.sources.want(&slot.reading);
            }
        }
        Some(rule)
    }

    /// Takes an event, and looks at every rule that it can change.
    pub(super) fn take(
        &mut self,
        event: &MarketEvent,
        moment: &Moment,
        elapsed_ms: u64,
        fires: &mut Vec<Fire>,
    ) {
        let quiet = matches!(event.body, EventBody::Backfill(_));
        let mut changed = Changed::default();
        if let Some(time) = event.time() {
            changed = self.sources.advance(time);
            self.close_bars(moment, elapsed_ms, quiet, fires);
        }
        let taken = self.sources.take(event, elapsed_ms);
        self.refresh(changed.with(taken), elapsed_ms);
        self.look(moment, elapsed_ms, quiet, fires);
    }

    /// Time passed by the server's clock.
    pub(super) fn tick(&mut self, moment: &Moment, elapsed_ms: u64, fires: &mut Vec<Fire>) {
        self.refresh(Changed::CLOCK, elapsed_ms);
        self.look(moment, elapsed_ms, false, fires);
    }

    /// The sources were filled from history: every rule remembers what there is now, and none
    /// fires.
    pub(super) fn warmed(&mut self, moment: &Moment, elapsed_ms: u64) {
        // Bars that were over before are no news.
        while self.sources.close_next().is_some() {}
        self.refresh(Changed::ALL, elapsed_ms);
        let by_event = |at: &usize| !self.closing.iter().any(|(_, held)| held == at);
        let all = (0..self.rules.len()).filter(by_event);
        self.due = all.collect();
        self.look(moment, elapsed_ms, true, &mut Vec::new());
    }

    /// Looks at the rules that wait for a bar to close, before anything newer is known.
    fn close_bars(&mut self, moment: &Moment, elapsed_ms: u64, quiet: bool, fires: &mut Vec<Fire>) {
        while let Some(closed) = self.sources.close_next() {
            let look = Look {
                clock: self.sources.clock(),
                elapsed_ms,
                quiet,
            };
            let (sources, slots) = (&self.sources, &self.slots);
            let values = |slot: usize| {
                let slot: &Slot = slots.get(slot)?.as_ref()?;
                sources.value(&slot.reading, slot.place, elapsed_ms, Some(closed))
            };
            let waits = self.closing.iter().filter(|(of, _)| *of == closed.0);
            for (_, at) in waits {
                let Some(rule) = &mut self.rules[*at] else {
                    continue;
                };
                if let Some(since) = rule.look(&values, &look, moment.wall) {
                    fires.push(fire(
                        &self.instrument,
                        sources,
                        rule,
                        moment,
                        &values,
                        since,
                    ));
                }
            }
        }
    }

    /// Reads what may have changed, and notes who reads what did.
    fn refresh(&mut self, changed: Changed, elapsed_ms: u64) {
        self.looks += 1;
        let slots = self.slots.iter_mut().flatten();
        for slot in slots.filter(|slot| slot.changed_by.meets(changed)) {
            let value = self
                .sources
                .value(&slot.reading, slot.place, elapsed_ms, None);
            if value != slot.value {
                slot.value = value;
                self.due.extend_from_slice(&slot.readers);
            }
        }
        self.due.extend_from_slice(&self.waiting);
    }

    /// Looks at the rules that are due, each once.
    fn look(&mut self, moment: &Moment, elapsed_ms: u64, quiet: bool, fires: &mut Vec<Fire>) {
        let look = Look {
            clock: self.sources.clock(),
            elapsed_ms,
            quiet,
        };
        let slots = &self.slots;
        let values = |slot: usize| slots.get(slot)?.as_ref()?.value;
        self.waiting.clear();
        for at in self.due.drain(..) {
            let Some(rule) = &mut self.rules[at] else {
                continue;
            };
            if rule.mark == self.looks {
                continue;
            }
            rule.mark = self.looks;
            if let Some(since) = rule.look(&values, &look, moment.wall) {
                fires.push(fire(
                    &self.instrument,
                    &self.sources,
                    rule,
                    moment,
                    &values,
                    since,
                ));
            }
            if rule.standing.waits {
                self.waiting.push(at);
            }
        }
    }

    /// After a state was read back: every rule is looked at with the next event, since what it saw
    /// last is not known any more.
    pub(super) fn restored(&mut self, elapsed_ms: u64) {
        self.refresh(Changed::ALL, elapsed_ms);
        self.due.clear();
        let by_event = |at: &usize| !self.closing.iter().any(|(_, held)| held == at);
        self.waiting = (0..self.rules.len()).filter(by_event).collect();
    }

    /// The values of a rule's operands now, by their names.
    pub(super) fn values(&self, rule: &Followed) -> Vec<(String, Option<Value>)> {
        let names = rule.watch.condition.values().into_iter();
        let slots = rule.slots.iter();
        let value = |slot: &usize| self.slots.get(*slot)?.as_ref()?.value;
        names
            .zip(slots)
            .map(|((name, _), slot)| (name, value(slot)))
            .collect()
    }
}

fn fire(
    instrument: &InstrumentId,
    sources: &Sources,
    rule: &Followed,
    moment: &Moment,
    values: &impl Fn(usize) -> Option<Value>,
    since: UnixNs,
) -> Fire {
    let decimals = sources.precision().price;
    let price = sources.last().map(|price| price.to_decimal(decimals));
    // Before any event there is no exchange time.
    let time = match sources.clock() {
        UnixNs(i64::MIN) => moment.wall.to_ns(),
        clock => clock,
    };
    Fire {
        rule: rule.id,
        number: rule.standing.fired,
        instrument: instrument.clone(),
        position: moment.position,
        time,
        wall: moment.wall,
        evidence: rule.evidence(values, price, since, time),
    }
}

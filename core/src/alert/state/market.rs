//! The rules of one instrument: which operands they share, and which of them an event can change.

use std::collections::HashMap;

use super::engine::Moment;
use super::fire::Fire;
use super::followed::Followed;
use super::trigger::Look;
use crate::alert::operand::Reading;
use crate::alert::source::{Changed, Place, Sources};
use crate::alert::value::Value;
use crate::model::alert::RuleId;
use crate::model::{EventBody, InstrumentId, MarketEvent, Timeframe, UnixNs};

/// Everything followed on one instrument.
pub(super) struct Market {
    pub(super) instrument: InstrumentId,
    pub(super) sources: Sources,
    /// Operands, each once however many rules read it. A place stays the same while it is read.
    pub(super) slots: Vec<Option<Slot>>,
    /// By the text form.
    pub(super) places: HashMap<String, usize>,
    pub(super) rules: Vec<Option<Followed>>,
    pub(super) homes: HashMap<RuleId, usize>,
    /// Rules that are looked at at every event until they stop waiting.
    pub(super) waiting: Vec<usize>,
    /// Rules that are looked at when a bar of a timeframe closes.
    pub(super) closing: Vec<(Timeframe, usize)>,
    /// Rules to be looked at now.
    due: Vec<usize>,
    /// Looks so far: of each event and each tick of the clock one.
    looks: u64,
}

/// One operand and who reads it.
pub(super) struct Slot {
    pub(super) key: String,
    pub(super) reading: Reading,
    pub(super) place: Place,
    pub(super) changed_by: Changed,
    pub(super) value: Option<Value>,
    /// Rules that are looked at when it changes.
    pub(super) readers: Vec<usize>,
    /// Rules that name it, these and those that wait for a bar to close.
    pub(super) named: usize,
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

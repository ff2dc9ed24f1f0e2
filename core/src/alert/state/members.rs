//! Which rules a market has, and with them which operands.

use std::sync::Arc;

use super::followed::Followed;
use super::market::{Market, Slot};
use crate::alert::operand::{Reading, reading_of};
use crate::alert::source::changed_by;
use crate::alert::text::operand_text;
use crate::model::alert::{RuleId, Trigger, Watch};
use crate::model::{Timeframe, UnixMs};

impl Market {
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
        // Its bars may have been closed for it alone.
        let mut unread = matches!(rule.watch.trigger, Trigger::BarClose { .. });
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
}

//! Reading the condition of a rule from JSON that anybody may have written.

use serde_json::Value;

use super::condition::{Condition, Operand, Term, Test};
use super::operator::{CHANNEL_OPERATORS, Comparison, DIRECTIONS, LEVEL_OPERATORS, OperatorSpec};
use super::read::{Vocabulary, seconds};
use crate::model::untrusted::{Faults, Fields, Item};
use crate::model::{Decimal, Settings};

/// Counts the comparisons while it reads.
pub(super) struct Reader<'a> {
    vocabulary: &'a dyn Vocabulary,
    /// So far.
    tests: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(vocabulary: &'a dyn Vocabulary) -> Self {
        Self {
            vocabulary,
            tests: 0,
        }
    }

    /// The condition at this depth, from 1.
    pub(super) fn condition(
        &mut self,
        item: &Item<'_>,
        faults: &mut Faults,
        depth: u32,
    ) -> Option<Condition> {
        let limits = Condition::LIMITS;
        if depth > limits.depth {
            let most = limits.depth;
            faults.add(&item.at, format_args!("nested more than {most} deep"));
            return None;
        }
        for (name, group) in [
            ("all", Condition::All as fn(_) -> _),
            ("any", Condition::Any as fn(_) -> _),
        ] {
            if item.value.get(name).is_none() {
                continue;
            }
            let fields = item.fields(faults, &[name])?;
            let list = fields.required(faults, name)?;
            let items = list.list(faults, limits.tests)?;
            if items.len() < 2 {
                faults.add(&list.at, "two conditions at least are wanted");
                return None;
            }
            let parts = items
                .iter()
                .map(|item| self.condition(item, faults, depth + 1));
            let parts: Vec<_> = parts.collect();
            return parts.into_iter().collect::<Option<_>>().map(group);
        }
        self.tests += 1;
        if self.tests > limits.tests {
            let most = limits.tests;
            faults.add(&item.at, format_args!("more than {most} comparisons"));
            return None;
        }
        self.test(item, faults)
    }

    fn test(&self, item: &Item<'_>, faults: &mut Faults) -> Option<Condition> {
        // Which other fields there may be depends on the operator.
        let word = item.value.get("is").and_then(Value::as_str);
        let own: &[&str] = if has(LEVEL_OPERATORS, word) {
            &["left", "is", "right"]
        } else if has(CHANNEL_OPERATORS, word) {
            &["left", "is", "low", "high"]
        } else if has(DIRECTIONS, word) {
            &["left", "is", "percent", "within_s"]
        } else {
            &[
                "all", "any", "left", "is", "right", "low", "high", "percent", "within_s",
            ]
        };
        let fields = item.fields(faults, own)?;
        let left = fields.required(faults, "left");
        let left = left.and_then(|item| self.operand(&item, faults));
        let is = fields.required(faults, "is")?;
        let comparison = if let Some(spec) = found(LEVEL_OPERATORS, word) {
            let right = self.term(&fields, "right", faults);
            Comparison::Level(spec.operator, right?)
        } else if let Some(spec) = found(CHANNEL_OPERATORS, word) {
            let (low, high) = (
                self.term(&fields, "low", faults),
                self.term(&fields, "high", faults),
            );
            Comparison::Channel {
                operator: spec.operator,
                low: low?,
                high: high?,
            }
        } else if let Some(spec) = found(DIRECTIONS, word) {
            let percent = fields.required(faults, "percent");
            let percent = percent.and_then(|item| number(&item, faults));
            if percent.is_some_and(|percent| percent.mantissa <= 0) {
                faults.add(
                    &format!("{}/percent", item.at),
                    "a percentage above 0 is wanted",
                );
                return None;
            }
            let within_s = fields.required(faults, "within_s");
            let within_s = within_s.and_then(|item| seconds(&item, faults, 1));
            Comparison::Move {
                direction: spec.operator,
                percent: percent?,
                within_s: within_s?,
            }
        } else {
            let levels = LEVEL_OPERATORS.iter().map(|spec| spec.name);
            let channels = CHANNEL_OPERATORS.iter().map(|spec| spec.name);
            let moves = DIRECTIONS.iter().map(|spec| spec.name);
            let all = levels.chain(channels).chain(moves);
            let all: Vec<_> = all.map(|name| (name, ())).collect();
            is.choice(faults, &all);
            return None;
        };
        let left = left?;
        Some(Condition::Test(Box::new(Test { left, comparison })))
    }

    fn term(&self, fields: &Fields<'_>, name: &str, faults: &mut Faults) -> Option<Term> {
        let item = fields.required(faults, name)?;
        match item.value {
            Value::Object(_) => self.operand(&item, faults).map(Term::Operand),
            _ => number(&item, faults).map(Term::Number),
        }
    }

    fn operand(&self, item: &Item<'_>, faults: &mut Faults) -> Option<Operand> {
        let named = item.value.get("operand").and_then(Value::as_str);
        let Some(table) = named.and_then(|name| self.vocabulary.fields(name)) else {
            let names = self.vocabulary.names().join(", ");
            let reason = format!(
                "an operand is wanted, such as {{\"operand\":\"last\"}}; there are {names}"
            );
            faults.add(&format!("{}/operand", item.at), reason);
            return None;
        };
        // The name is taken out: the rest are the fields of its table.
        let mut rest = item.value.clone();
        if let Some(map) = rest.as_object_mut() {
            map.remove("operand");
        }
        let rest = Item {
            value: &rest,
            at: item.at.clone(),
        };
        let settings = Settings::read(table, &rest, faults)?;
        let operand = Operand {
            name: named.unwrap_or_default().to_owned(),
            settings: settings.without_defaults(table),
        };
        let checked = self.vocabulary.check(&operand);
        checked
            .map_err(|reason| faults.add(&item.at, reason))
            .ok()?;
        Some(operand)
    }
}

fn found<T>(
    table: &'static [OperatorSpec<T>],
    word: Option<&str>,
) -> Option<&'static OperatorSpec<T>> {
    table.iter().find(|spec| Some(spec.name) == word)
}

fn has<T>(table: &'static [OperatorSpec<T>], word: Option<&str>) -> bool {
    found(table, word).is_some()
}

/// A number, or text of one, digit by digit.
fn number(item: &Item<'_>, faults: &mut Faults) -> Option<Decimal> {
    let text = match item.value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let read = Decimal::parse(&text).ok();
    if read.is_none() {
        faults.add(&item.at, "a number that can be kept exactly is wanted");
    }
    read
}

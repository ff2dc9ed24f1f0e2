//! Writing a rule as the JSON that [`Rule::parse`] reads.

use serde_json::{Map, Value, json};

use super::condition::{Condition, Operand, Term, Test};
use super::operator::{CHANNEL_OPERATORS, Comparison, DIRECTIONS, LEVEL_OPERATORS, words};
use super::read::STEPS;
use super::rule::{NoData, Rule, Severity, Watch, word_of};
use super::trigger::Trigger;

impl Rule {
    /// The document: what [`Rule::parse`] reads. What is as usual is left out, but for what
    /// people look for.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| {
            map.insert(name.to_owned(), value);
        };
        put("version", (1 + STEPS.len()).into());
        put("name", self.name.as_str().into());
        put("enabled", self.enabled.into());
        put(
            "severity",
            word_of(&Severity::CHOICES, &self.severity).into(),
        );
        if let Some(until) = self.snoozed_until {
            put("snoozed_until", until.0.into());
        }
        let channels = self.channels.iter().map(|name| name.as_str().into());
        put("channels", Value::Array(channels.collect()));
        put("message", self.message.as_str().into());
        self.watch.put(&mut put);
        Value::Object(map)
    }
}

impl Watch {
    /// What is wrong between its parts, each of which is right by itself.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        use super::operator::LevelOperator::Crosses;
        let either = |test: &&Test| matches!(test.comparison, Comparison::Level(Crosses, _));
        match self.hold_s > 0 && self.condition.tests().iter().any(either) {
            true => Err("a crossing either way cannot be held: say above or below"),
            false => Ok(()),
        }
    }

    fn put(&self, put: &mut impl FnMut(&str, Value)) {
        put("instrument", self.instrument.as_str().into());
        put("condition", condition(&self.condition));
        put("trigger", self.trigger.name().into());
        if let Some(timeframe) = self.trigger.timeframe() {
            put("timeframe", timeframe.name().into());
        }
        if let Trigger::Every { cooldown_s, .. } = self.trigger {
            put("cooldown_s", cooldown_s.into());
        }
        if self.trigger.repeats() {
            put("repeats", true.into());
        }
        if self.hold_s > 0 {
            put("hold_s", self.hold_s.into());
        }
        if let Some(hysteresis) = self.hysteresis {
            put("hysteresis", hysteresis.to_string().into());
        }
        put("no_data", word_of(&NoData::CHOICES, &self.no_data).into());
        if let Some(expires) = self.expires {
            put("expires", expires.0.into());
        }
        if let Some(hours) = self.hours {
            put("hours", hours.to_string().into());
        }
    }
}

fn condition(of: &Condition) -> Value {
    let list = |parts: &[Condition]| Value::Array(parts.iter().map(condition).collect());
    match of {
        Condition::All(parts) => json!({ "all": list(parts) }),
        Condition::Any(parts) => json!({ "any": list(parts) }),
        Condition::Test(test) => {
            let left = operand(&test.left);
            match &test.comparison {
                Comparison::Level(operator, right) => {
                    let is = words(LEVEL_OPERATORS, *operator).name;
                    json!({ "left": left, "is": is, "right": term(right) })
                }
                Comparison::Channel {
                    operator,
                    low,
                    high,
                } => {
                    let is = words(CHANNEL_OPERATORS, *operator).name;
                    json!({ "left": left, "is": is, "low": term(low), "high": term(high) })
                }
                Comparison::Move {
                    direction,
                    percent,
                    within_s,
                } => {
                    let is = words(DIRECTIONS, *direction).name;
                    let percent = percent.to_string();
                    json!({ "left": left, "is": is, "percent": percent, "within_s": within_s })
                }
            }
        }
    }
}

fn term(of: &Term) -> Value {
    match of {
        Term::Number(number) => number.to_string().into(),
        Term::Operand(of) => operand(of),
    }
}

fn operand(of: &Operand) -> Value {
    let mut map = of.settings.given().clone();
    map.insert("operand".to_owned(), of.name.as_str().into());
    Value::Object(map)
}

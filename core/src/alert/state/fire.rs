//! That a rule fired, and what it saw.

use serde::{Deserialize, Serialize};

use crate::alert::value::Value;
use crate::model::alert::{Filled, Rule, RuleId, Severity, word_of};
use crate::model::{Decimal, InstrumentId, Position, UnixMs, UnixNs};

/// That a rule fired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fire {
    /// Which rule.
    pub rule: RuleId,
    /// How many times it has fired, this one counted. Together with the rule it names the fire: the
    /// same events followed again from the same state give the same number.
    pub number: u64,
    /// Whose market.
    pub instrument: InstrumentId,
    /// The newest event by then.
    pub position: Position,
    /// Exchange time.
    pub time: UnixNs,
    /// By the server's clock.
    pub wall: UnixMs,
    /// What it saw.
    pub evidence: Evidence,
}

/// What a rule saw when it fired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The last price.
    pub price: Option<Decimal>,
    /// Every operand.
    pub values: Vec<Seen>,
    /// The condition as the text form writes it.
    pub condition: String,
    /// Since when it held, exchange time.
    pub since: UnixNs,
    /// Exchange time, the first moment that was looked at; [`Fire::time`] is the last.
    pub from: UnixNs,
}

/// What an operand was worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// As messages call it.
    pub name: String,
    /// As the text form writes it.
    pub operand: String,
    /// `None` where it was not known.
    pub value: Option<Value>,
}

impl Fire {
    /// The message of the rule that fired.
    #[must_use]
    pub fn message(&self, rule: &Rule) -> String {
        rule.message.fill(&Places { fire: self, rule })
    }

    /// The key under which every delivery of this fire goes.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}-{}", self.rule, self.number)
    }
}

struct Places<'a> {
    fire: &'a Fire,
    rule: &'a Rule,
}

impl Filled for Places<'_> {
    fn place(&self, name: &str) -> Option<String> {
        let evidence = &self.fire.evidence;
        match name {
            "name" => Some(self.rule.name.to_string()),
            "instrument" => Some(self.fire.instrument.to_string()),
            "severity" => Some(word_of(&Severity::CHOICES, &self.rule.severity).to_owned()),
            "price" => evidence.price.map(|price| price.normalized().to_string()),
            "time" => Some(self.fire.time.to_ms().to_rfc3339()),
            "condition" => Some(evidence.condition.clone()),
            _ => {
                let name = name.strip_prefix("value.")?;
                let found = evidence.values.iter().find(|seen| seen.name == name);
                found?.value.map(|value| value.to_string())
            }
        }
    }
}

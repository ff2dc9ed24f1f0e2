//! The rule as a whole.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::hours::ActiveHours;
use super::template::Template;
use super::trigger::Trigger;
use crate::model::{Decimal, InstrumentId, Name, UnixMs};

/// The server's number of a rule; never given twice.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct RuleId(pub u64);

/// A rule as somebody made it. What became of it is kept apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// As people call it.
    pub name: Name,
    /// Whether it is followed at all.
    pub enabled: bool,
    /// How much it matters.
    pub severity: Severity,
    /// Nothing is told before this.
    pub snoozed_until: Option<UnixMs>,
    /// Names of the channels that are told; none means the page alone.
    pub channels: Vec<Name>,
    /// What they are told.
    pub message: Template,
    /// What decides when it fires.
    pub watch: Watch,
}

/// The part of a rule that decides when it fires: what the text form says.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// Whose market.
    pub instrument: InstrumentId,
    /// What has to be the case.
    pub condition: Condition,
    /// How often it fires.
    pub trigger: Trigger,
    /// For how long it has to be the case without a break, seconds of exchange time.
    pub hold_s: u32,
    /// How far back a value has to go before it counts as gone.
    pub hysteresis: Option<Hysteresis>,
    /// What it means that a value is missing.
    pub no_data: NoData,
    /// Nothing is told from this on.
    pub expires: Option<UnixMs>,
    /// Nothing is told outside of these.
    pub hours: Option<ActiveHours>,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    #[default]
    Info,
    /// Worth a look.
    Warning,
    /// Worth getting up for.
    Critical,
}

/// What it means that a value that the condition needs is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoData {
    /// Nothing: what held goes on holding, what did not does not.
    #[default]
    Keep,
    /// The condition does not hold.
    Clear,
    /// The condition holds, if all values had been there once.
    Fire,
}

/// How far back a value has to go behind its level before it counts as gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hysteresis {
    /// In the level's own unit, above zero.
    Absolute(Decimal),
    /// Of the level, percent, above zero.
    Percent(Decimal),
}

impl Severity {
    /// Words and values.
    pub const CHOICES: [(&'static str, Self); 3] = [
        ("info", Self::Info),
        ("warning", Self::Warning),
        ("critical", Self::Critical),
    ];
}

impl NoData {
    /// Words and values.
    pub const CHOICES: [(&'static str, Self); 3] = [
        ("keep", Self::Keep),
        ("clear", Self::Clear),
        ("fire", Self::Fire),
    ];
}

/// The word of a value in such a list.
#[must_use]
pub fn word_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    let found = choices.iter().find(|(_, held)| held == value);
    found.map_or("", |(word, _)| word)
}

impl fmt::Display for Hysteresis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(value) => write!(f, "{value}"),
            Self::Percent(value) => write!(f, "{value}%"),
        }
    }
}

impl FromStr for Hysteresis {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, percent) = match text.strip_suffix('%') {
            Some(number) => (number, true),
            None => (text, false),
        };
        let value = Decimal::parse(number)
            .ok()
            .filter(|value| value.mantissa > 0);
        match value {
            Some(value) if percent => Ok(Self::Percent(value)),
            Some(value) => Ok(Self::Absolute(value)),
            None => Err("a distance above zero such as 25 or 0.5% is wanted"),
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

//! Faults that the simulator can be told to have: one table, the plan that is read from text or
//! JSON, and the switch that changes it while the market runs. How a fault is carried out is up to
//! the line or the REST interface that has it.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value, json};
use thiserror::Error;
use tokio::sync::watch;

/// The faults there are. The order is that of [`FAULTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described in the table")]
pub enum Fault {
    Cut,
    Stall,
    LateSnapshot,
    Drop,
    Repeat,
    Swap,
    Corrupt,
    WrongChecksum,
    Malformed,
    Giant,
    Http429,
    Http5xx,
    Http403,
    Busy,
}

/// How often a fault happens, or how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Probability per message or request, from 0 to 1.
    Probability,
    /// Time, `60s`, `500ms` or `5m`; 0 switches it off.
    Duration,
}

/// A row of the table.
#[derive(Debug)]
pub struct FaultSpec {
    /// Which.
    pub fault: Fault,
    /// Its name in `--faults` and in JSON.
    pub name: &'static str,
    /// What its value means.
    pub unit: Unit,
    /// What happens, for people.
    pub help: &'static str,
}

const fn spec(fault: Fault, name: &'static str, unit: Unit, help: &'static str) -> FaultSpec {
    FaultSpec {
        fault,
        name,
        unit,
        help,
    }
}

/// Every fault.
#[rustfmt::skip]
pub static FAULTS: &[FaultSpec] = &[
    spec(Fault::Cut, "cut", Unit::Duration, "the line is cut, on average this long after it began"),
    spec(Fault::Stall, "stall", Unit::Duration, "the line says nothing for 20 s, on average this often"),
    spec(Fault::LateSnapshot, "late_snapshot", Unit::Duration, "snapshots come this much after the updates"),
    spec(Fault::Drop, "drop", Unit::Probability, "a message is lost, its number is missing"),
    spec(Fault::Repeat, "repeat", Unit::Probability, "a message is sent twice"),
    spec(Fault::Swap, "swap", Unit::Probability, "a message changes places with the next"),
    spec(Fault::Corrupt, "corrupt", Unit::Probability, "a byte of a message is one that no message has"),
    spec(Fault::WrongChecksum, "wrong_checksum", Unit::Probability, "a book's checksum is another, where the venue has one"),
    spec(Fault::Malformed, "malformed", Unit::Probability, "a message breaks off in the middle"),
    spec(Fault::Giant, "giant", Unit::Probability, "a message of 20 MB comes in between"),
    spec(Fault::Http429, "http429", Unit::Probability, "a request is refused as one too many"),
    spec(Fault::Http5xx, "http5xx", Unit::Probability, "a request fails on the server's side"),
    spec(Fault::Http403, "http403", Unit::Probability, "a request or connection is blocked from this location"),
    spec(Fault::Busy, "busy", Unit::Probability, "a request is answered that the venue is busy, in the venue's own way"),
];

/// A fault plan that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// No such fault.
    #[error("no fault is called {0}; one of {names} is", names = names())]
    Unknown(String),
    /// Neither `name=value` nor a JSON object of them.
    #[error("{0} is not name=value")]
    NotAPair(String),
    /// A value out of range or in the wrong form.
    #[error("{name} wants {wanted}, not {value}")]
    Value {
        /// The fault.
        name: &'static str,
        /// What its value must be.
        wanted: &'static str,
        /// What was given.
        value: String,
    },
}

fn names() -> String {
    let names: Vec<_> = FAULTS.iter().map(|spec| spec.name).collect();
    names.join(" ")
}

fn find(name: &str) -> Result<&'static FaultSpec, FaultError> {
    FAULTS
        .iter()
        .find(|spec| spec.name == name)
        .ok_or_else(|| FaultError::Unknown(name.to_owned()))
}

impl FaultSpec {
    fn parse(&self, text: &str) -> Result<f64, FaultError> {
        let (wanted, value) = match self.unit {
            Unit::Probability => (
                "a probability from 0 to 1",
                text.parse()
                    .ok()
                    .filter(|value| (0.0..=1.0).contains(value)),
            ),
            Unit::Duration => ("a time such as 60s, 500ms or 5m", seconds(text)),
        };
        value.ok_or_else(|| FaultError::Value {
            name: self.name,
            wanted,
            value: text.to_owned(),
        })
    }
}

fn seconds(text: &str) -> Option<f64> {
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let factor = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return None,
    };
    let value: f64 = number.parse().ok()?;
    (0.0..=1e6).contains(&value).then_some(value * factor)
}

/// Value of every fault: probabilities, and durations in seconds. 0 is off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaultPlan([f64; FAULTS.len()]);

impl FaultPlan {
    /// Value of a fault; 0 is off.
    pub fn get(&self, fault: Fault) -> f64 {
        self.0[fault as usize]
    }

    /// Takes over what a JSON object says; `null` switches off.
    ///
    /// # Errors
    /// [`FaultError`]; nothing was taken over then.
    pub fn merged(mut self, changes: &Map<String, Value>) -> Result<Self, FaultError> {
        for (name, value) in changes {
            let spec = find(name)?;
            self.0[spec.fault as usize] = match value {
                Value::Null => 0.0,
                Value::String(text) => spec.parse(text)?,
                other => spec.parse(&other.to_string())?,
            };
        }
        Ok(self)
    }

    /// All values by name, durations in seconds.
    pub fn to_json(self) -> Value {
        let values: BTreeMap<_, _> = FAULTS
            .iter()
            .map(|spec| (spec.name, self.get(spec.fault)))
            .collect();
        json!(values)
    }
}

impl FromStr for FaultPlan {
    type Err = FaultError;

    /// Reads `cut=60s,drop=0.001`; an empty text is a plan without faults.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut plan = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| FaultError::NotAPair(part.to_owned()))?;
            let spec = find(name.trim())?;
            plan.0[spec.fault as usize] = spec.parse(value.trim())?;
        }
        Ok(plan)
    }
}

/// What is in force: the plan, and how often each fault was asked for once.
#[derive(Clone, Copy, Debug, Default)]
pub struct FaultState {
    /// The plan.
    pub plan: FaultPlan,
    once: [u64; FAULTS.len()],
}

impl FaultState {
    /// Whether a fault was asked for once since `seen` was in force.
    pub fn once_since(&self, seen: &Self, fault: Fault) -> bool {
        self.once[fault as usize] > seen.once[fault as usize]
    }

    /// Takes over how often a fault was asked for, so that it has been seen.
    pub fn forget(&mut self, fault: Fault, now: &Self) {
        self.once[fault as usize] = now.once[fault as usize];
    }
}

/// The switch for all lines and requests. A cheap handle.
#[derive(Clone, Debug)]
pub struct FaultSwitch(watch::Sender<FaultState>);

impl FaultSwitch {
    /// A switch with this plan in force.
    pub fn new(plan: FaultPlan) -> Self {
        let state = FaultState {
            plan,
            ..FaultState::default()
        };
        Self(watch::Sender::new(state))
    }

    /// What is in force now.
    pub fn state(&self) -> FaultState {
        *self.0.borrow()
    }

    /// Sees every change.
    pub fn watch(&self) -> watch::Receiver<FaultState> {
        self.0.subscribe()
    }

    /// Takes over a JSON object: faults by name, and `"once": ["cut", …]` for faults that every
    /// line has one time, now.
    ///
    /// # Errors
    /// [`FaultError`]; nothing was changed then.
    pub fn change(&self, changes: &Map<String, Value>) -> Result<FaultPlan, FaultError> {
        let mut changes = changes.clone();
        let once = changes.remove("once").unwrap_or_default();
        let mut state = self.state();
        state.plan = state.plan.merged(&changes)?;
        for name in once.as_array().into_iter().flatten() {
            let spec = find(name.as_str().unwrap_or_default())?;
            state.once[spec.fault as usize] += 1;
        }
        self.0.send_replace(state);
        Ok(state.plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, spec) in FAULTS.iter().enumerate() {
            assert_eq!(spec.fault as usize, index, "{}", spec.name);
        }
    }

    #[test]
    fn reads_plans() {
        let plan: FaultPlan = "cut=60s, drop=0.001,late_snapshot=500ms,stall=2m"
            .parse()
            .unwrap();
        for (fault, value) in [
            (Fault::Cut, 60.0),
            (Fault::Drop, 0.001),
            (Fault::LateSnapshot, 0.5),
            (Fault::Stall, 120.0),
            (Fault::Giant, 0.0),
        ] {
            assert_eq!(plan.get(fault), value, "{fault:?}");
        }
        assert_eq!("".parse(), Ok(FaultPlan::default()));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, part) in [
            ("drop", "drop is not name=value"),
            ("loss=1", "no fault is called loss; one of cut stall"),
            ("drop=2", "drop wants a probability from 0 to 1, not 2"),
            ("drop=NaN", "drop wants a probability"),
            (
                "cut=soon",
                "cut wants a time such as 60s, 500ms or 5m, not soon",
            ),
            ("cut=-1s", "cut wants a time"),
            ("cut=1d", "cut wants a time"),
        ] {
            let error = text.parse::<FaultPlan>().expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn changes_at_run_time_and_once() {
        let switch = FaultSwitch::new("drop=0.5".parse().unwrap());
        let seen = switch.state();
        let change = |value: Value| switch.change(value.as_object().unwrap());
        change(json!({"drop": null, "repeat": 0.25, "cut": "5s", "once": ["cut"]})).unwrap();
        let now = switch.state();
        assert_eq!(now.plan, "repeat=0.25,cut=5s".parse().unwrap());
        assert!(now.once_since(&seen, Fault::Cut));
        assert!(!now.once_since(&seen, Fault::Drop));
        assert!(change(json!({"drop": 0.1, "bad": 1})).is_err());
        assert_eq!(switch.state().plan, now.plan, "half a change is none");
    }
}

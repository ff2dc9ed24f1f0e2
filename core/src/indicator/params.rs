//! The parameters chosen for an indicator, checked against its fields.

use serde_json::{Map, Value};
use thiserror::Error;

use super::field::{Choice, Field, FieldKind, Source};
use super::spec::IndicatorSpec;

/// The largest whole number that every JSON reader takes over exactly.
const LARGEST_TIME: f64 = 9_007_199_254_740_991.0;
/// How much of an unknown name an error repeats, in characters.
const REPEATED: usize = 40;

/// What is wrong with parameters that came from outside.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ParamError {
    /// Not a JSON object.
    #[error("parameters have to be an object, such as {{\"period\": 20}}")]
    NotAnObject,
    /// A name that this indicator does not know.
    #[error("`{name}` is no parameter of {indicator}, which has: {known}")]
    Unknown {
        /// As it was written, at most the first forty characters.
        name: String,
        /// Identifier of the indicator.
        indicator: &'static str,
        /// Names of its parameters.
        known: String,
    },
    /// Not a number, not whole where it has to be, or out of its range.
    #[error("`{field}` has to be a {number} from {min} to {max}")]
    OutOfRange {
        /// Name of the parameter.
        field: &'static str,
        /// `number` or `whole number`.
        number: &'static str,
        /// Least.
        min: f64,
        /// Most.
        max: f64,
    },
    /// None of the names to choose from.
    #[error("`{field}` has to be one of: {names}")]
    NoChoice {
        /// Name of the parameter.
        field: &'static str,
        /// Names to choose from.
        names: String,
    },
    /// Two parameters the wrong way round.
    #[error("`{lower}` has to be below `{upper}`")]
    WrongOrder {
        /// Name of the parameter that has to be the lower one.
        lower: &'static str,
        /// Name of the other.
        upper: &'static str,
    },
}

impl ParamError {
    /// The parameter that is wrong.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::NotAnObject => None,
            Self::Unknown { name, .. } => Some(name),
            Self::OutOfRange { field, .. } | Self::NoChoice { field, .. } => Some(field),
            Self::WrongOrder { lower, .. } => Some(lower),
        }
    }
}

/// Values for every parameter of one indicator, all of them in range.
#[derive(Clone, Debug)]
pub struct Params {
    spec: &'static IndicatorSpec,
    /// In the order of the fields: numbers as they are, choices as their place in the list.
    values: Vec<f64>,
}

impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        self.spec.id == other.spec.id && self.values == other.values
    }
}

impl Params {
    /// What the indicator takes where nothing is said.
    #[must_use]
    pub fn defaults(spec: &'static IndicatorSpec) -> Self {
        Self {
            spec,
            values: spec.fields.iter().map(Field::default).collect(),
        }
    }

    /// Reads an object of parameters by name; those that it lacks get their defaults.
    ///
    /// # Errors
    /// [`ParamError`] with the field and what it has to be.
    pub fn from_json(spec: &'static IndicatorSpec, json: &Value) -> Result<Self, ParamError> {
        let object = json.as_object().ok_or(ParamError::NotAnObject)?;
        let mut params = Self::defaults(spec);
        for (name, value) in object {
            let known = spec.fields.iter().position(|field| field.name == name);
            let place = known.ok_or_else(|| unknown(spec, name))?;
            params.values[place] = read(&spec.fields[place], value)?;
        }
        for &(lower, upper) in spec.ascending {
            if params.factor(lower) >= params.factor(upper) {
                return Err(ParamError::WrongOrder { lower, upper });
            }
        }
        Ok(params)
    }

    /// The object that [`Params::from_json`] reads back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let entry = |(field, value): (&Field, &f64)| {
            let json = match field.kind {
                FieldKind::Bars { .. } | FieldKind::Time => Value::from(*value as i64),
                FieldKind::Factor { .. } => Value::from(*value),
                FieldKind::Choice(choices) => {
                    Value::from(choices.get(*value as usize).map(|choice| choice.name))
                }
            };
            (field.name.to_owned(), json)
        };
        let fields = self.spec.fields.iter().zip(&self.values);
        Value::Object(fields.map(entry).collect::<Map<_, _>>())
    }

    /// The indicator these are for.
    #[must_use]
    pub fn spec(&self) -> &'static IndicatorSpec {
        self.spec
    }

    /// For a legend: `SMA 20`, `MACD 12 26 9`, `EMA 9 hl2`. Choices that are as usual and times
    /// are left out.
    #[must_use]
    pub fn title(&self) -> String {
        let mut title = self.spec.short.to_owned();
        for (field, value) in self.spec.fields.iter().zip(&self.values) {
            let text = match field.kind {
                FieldKind::Bars { .. } | FieldKind::Factor { .. } => value.to_string(),
                FieldKind::Choice(choices) if *value > 0.0 => {
                    let chosen = choices.get(*value as usize);
                    chosen.map_or_else(String::new, |choice| choice.name.to_owned())
                }
                FieldKind::Choice(_) | FieldKind::Time => continue,
            };
            title.push(' ');
            title.push_str(&text);
        }
        title
    }

    /// A number; 0 for a name that the indicator does not have.
    pub(super) fn factor(&self, name: &str) -> f64 {
        let place = self.spec.fields.iter().position(|field| field.name == name);
        debug_assert!(place.is_some(), "{} has no field {name}", self.spec.id);
        place.map_or(0.0, |place| self.values[place])
    }

    /// A number of bars.
    pub(super) fn bars(&self, name: &str) -> usize {
        self.factor(name) as usize
    }

    /// The price of a bar that is averaged.
    pub(super) fn source(&self) -> Source {
        Source::ALL[self.bars("source").min(Source::ALL.len() - 1)]
    }

    /// Whether a running sum starts anew each day.
    pub(super) fn resets_daily(&self) -> bool {
        self.bars("reset") == 0
    }
}

fn read(field: &Field, value: &Value) -> Result<f64, ParamError> {
    let number = |number: &'static str, min: f64, max: f64| {
        let whole = number == "whole number";
        value
            .as_f64()
            .filter(|value| (min..=max).contains(value) && !(whole && value.fract() != 0.0))
            .ok_or(ParamError::OutOfRange {
                field: field.name,
                number,
                min,
                max,
            })
    };
    match field.kind {
        FieldKind::Bars { min, max, .. } => number("whole number", min.into(), max.into()),
        FieldKind::Time => number("whole number", 0.0, LARGEST_TIME),
        FieldKind::Factor { min, max, .. } => number("number", min, max),
        FieldKind::Choice(choices) => {
            let named = |choice: &Choice| Some(choice.name) == value.as_str();
            let place = choices.iter().position(named);
            place
                .map(|place| place as f64)
                .ok_or_else(|| ParamError::NoChoice {
                    field: field.name,
                    names: list(choices.iter().map(|choice| choice.name)),
                })
        }
    }
}

fn unknown(spec: &'static IndicatorSpec, name: &str) -> ParamError {
    ParamError::Unknown {
        name: name.chars().take(REPEATED).collect(),
        indicator: spec.id,
        known: list(spec.fields.iter().map(|field| field.name)),
    }
}

fn list(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::{INDICATORS, indicator};
    use serde_json::json;

    fn spec(id: &str) -> &'static IndicatorSpec {
        indicator(id).expect("an indicator")
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (id, given, field, says) in [
            (
                "sma",
                json!([20]),
                None,
                "parameters have to be an object, such as {\"period\": 20}",
            ),
            (
                "sma",
                json!({"length": 20}),
                Some("length"),
                "`length` is no parameter of sma, which has: period, source",
            ),
            (
                "obv",
                json!({"period": 20}),
                Some("period"),
                "`period` is no parameter of obv, which has: none",
            ),
            (
                "sma",
                json!({"period": 0}),
                Some("period"),
                "`period` has to be a whole number from 1 to 1000",
            ),
            (
                "sma",
                json!({"period": 2.5}),
                Some("period"),
                "`period` has to be a whole number from 1 to 1000",
            ),
            (
                "sma",
                json!({"period": "20"}),
                Some("period"),
                "`period` has to be a whole number from 1 to 1000",
            ),
            (
                "bollinger",
                json!({"multiplier": 1e300}),
                Some("multiplier"),
                "`multiplier` has to be a number from 0.1 to 20",
            ),
            (
                "cvd",
                json!({"reset": "hour"}),
                Some("reset"),
                "`reset` has to be one of: day, never",
            ),
            (
                "macd",
                json!({"fast": 26}),
                Some("fast"),
                "`fast` has to be below `slow`",
            ),
        ] {
            let error = Params::from_json(spec(id), &given).expect_err(says);
            assert_eq!(error.to_string(), says);
            assert_eq!(error.field(), field);
        }
    }

    #[test]
    fn a_long_name_is_not_repeated_in_full() {
        let given = json!({"x".repeat(100_000): 1});
        let error = Params::from_json(spec("sma"), &given).expect_err("no such parameter");
        assert!(error.to_string().len() < 200);
    }

    #[test]
    fn what_is_written_reads_back() {
        for spec in INDICATORS {
            let usual = Params::defaults(spec);
            assert_eq!(
                Params::from_json(spec, &usual.to_json()).as_ref(),
                Ok(&usual)
            );
            assert_eq!(Params::from_json(spec, &json!({})).as_ref(), Ok(&usual));
        }
        let given = json!({"period": 9, "source": "hl2"});
        let params = Params::from_json(spec("ema"), &given).expect("parameters");
        assert_eq!(params.to_json(), given);
    }

    #[test]
    fn titles_are_what_a_legend_shows() {
        for (id, given, title) in [
            ("sma", json!({}), "SMA 20"),
            ("ema", json!({"period": 9, "source": "hl2"}), "EMA 9 hl2"),
            ("macd", json!({}), "MACD 12 26 9"),
            ("bollinger", json!({"multiplier": 2.5}), "BB 20 2.5"),
            ("vwap_anchored", json!({"anchor": 5}), "AVWAP 1 2"),
            ("cvd", json!({"reset": "never"}), "CVD never"),
        ] {
            let params = Params::from_json(spec(id), &given).expect("parameters");
            assert_eq!(params.title(), title);
        }
    }
}

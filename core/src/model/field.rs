//! Tables of settings: from one table the form is drawn, a document is checked and a value is
//! read.
//!
//! A setting that is absent has its default, so that a new one needs no upgrade of what is kept.

use serde::Serialize;
use serde_json::{Map, Value};

use super::untrusted::{Faults, Item};

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name in documents.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it may be.
    pub kind: FieldKind,
    /// What it does, in one sentence.
    pub help: &'static str,
    /// Forms show it only while this holds; documents may have it all the same.
    pub when: Option<Chosen>,
}

/// That a choice of the same table has one of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Name of the choice.
    pub name: &'static str,
    /// The word, as documents have it.
    pub value: &'static str,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// On or off.
    Flag {
        /// Where absent.
        default: bool,
    },
    /// A whole number.
    Integer {
        /// Inclusive.
        least: i64,
        /// Inclusive.
        most: i64,
        /// Where absent.
        default: i64,
        /// Such as `levels`; empty for a bare number.
        unit: &'static str,
    },
    /// Any number.
    Decimal {
        /// Inclusive.
        least: f64,
        /// Inclusive.
        most: f64,
        /// By how much the form's arrows change it.
        step: f64,
        /// Where absent.
        default: f64,
        /// Such as `px`; empty for a bare number.
        unit: &'static str,
    },
    /// One of a few words.
    Choice {
        /// In the order of the form.
        options: &'static [Choice],
        /// Where absent, one of them.
        default: &'static str,
    },
    /// A short text.
    Text {
        /// In characters.
        longest: u16,
        /// Where absent.
        default: &'static str,
    },
    /// `#rrggbb`.
    Colour {
        /// Where absent; empty where the theme says it.
        default: &'static str,
    },
    /// An instrument's id; none where absent.
    Instrument,
    /// A timeframe's name.
    Timeframe {
        /// Where absent.
        default: &'static str,
    },
    /// Rows that have settings each; none where absent.
    List {
        /// Of every row.
        fields: &'static [Field],
        /// Rows at the most.
        most: u16,
    },
    /// Whatever its reader takes, which checks it; null where absent. No form shows it.
    Data {
        /// Length as JSON at the most.
        bytes: u32,
    },
}

/// One word of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// In documents.
    pub value: &'static str,
    /// For people.
    pub label: &'static str,
}

/// Values of a table's settings; absent ones have their defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Settings(Map<String, Value>);

impl Field {
    /// The default as a document would have it; null for an instrument, which has none.
    #[must_use]
    pub fn default_value(&self) -> Value {
        match self.kind {
            FieldKind::Flag { default } => default.into(),
            FieldKind::Integer { default, .. } => default.into(),
            FieldKind::Decimal { default, .. } => default.into(),
            FieldKind::Choice { default, .. }
            | FieldKind::Text { default, .. }
            | FieldKind::Colour { default }
            | FieldKind::Timeframe { default } => default.into(),
            FieldKind::Instrument | FieldKind::Data { .. } => Value::Null,
            FieldKind::List { .. } => Value::Array(Vec::new()),
        }
    }

    /// Whether a form shows it beside these settings of its table.
    #[must_use]
    pub fn is_shown(&self, table: &[Self], given: &Map<String, Value>) -> bool {
        let Some(Chosen { name, value }) = self.when else {
            return true;
        };
        let choice = table.iter().find(|field| field.name == name);
        choice.is_some_and(|choice| match given.get(name) {
            Some(chosen) => chosen == value,
            None => choice.default_value() == value,
        })
    }

    /// Notes what is wrong with a value; the value where nothing is.
    pub fn check(&self, item: &Item<'_>, faults: &mut Faults) -> Option<Value> {
        match self.kind {
            FieldKind::Flag { .. } => item.flag(faults).map(Value::from),
            FieldKind::Integer { least, most, .. } => {
                item.integer(faults, least..=most).map(Value::from)
            }
            FieldKind::Decimal { least, most, .. } => {
                // The value itself, so that a whole number stays one.
                item.number(faults, least..=most)
                    .map(|_| item.value.clone())
            }
            FieldKind::Choice { options, .. } => {
                let words: Vec<_> = options.iter().map(|o| (o.value, o.value)).collect();
                item.choice(faults, &words).map(Value::from)
            }
            FieldKind::Text { longest, .. } => item.text(faults, longest.into()).map(Value::from),
            FieldKind::Colour { .. } => item.colour(faults).map(Value::from),
            FieldKind::Instrument => {
                let id = item.parsed::<super::InstrumentId>(faults)?;
                Some(id.as_str().into())
            }
            FieldKind::Timeframe { .. } => {
                let timeframe = item.parsed::<super::Timeframe>(faults)?;
                Some(timeframe.name().into())
            }
            FieldKind::Data { bytes } => {
                let length = item.value.to_string().len();
                if length > bytes as usize {
                    let reason = format!("{length} bytes, at most {bytes} fit");
                    faults.add(&item.at, reason);
                    return None;
                }
                Some(item.value.clone())
            }
            FieldKind::List { fields, most } => {
                let rows = item.list(faults, most.into())?;
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| Settings::read(fields, row, faults))
                    .collect();
                let rows: Option<Vec<_>> = rows.into_iter().collect();
                let rows = rows?.into_iter().map(|row| Value::Object(row.0));
                Some(Value::Array(rows.collect()))
            }
        }
    }
}

impl Settings {
    /// Reads an object whose every name stands in the table. Null means the default.
    pub fn read(fields: &[Field], item: &Item<'_>, faults: &mut Faults) -> Option<Self> {
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let given = item.fields(faults, &names)?;
        let mut settings = Map::new();
        for field in fields {
            let Some(item) = given.optional(field.name) else {
                continue;
            };
            if let Some(value) = field.check(&item, faults) {
                settings.insert(field.name.to_owned(), value);
            }
        }
        Some(Self(settings))
    }

    /// What was set; not the defaults.
    #[must_use]
    pub fn given(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The value of a setting, or its default.
    #[must_use]
    pub fn value(&self, field: &Field) -> Value {
        let given = self.0.get(field.name).cloned();
        given.unwrap_or_else(|| field.default_value())
    }

    /// Changes one setting, after a check; null sets it back to its default.
    ///
    /// # Errors
    /// A sentence where the value is not one of this setting's.
    pub fn set(&mut self, field: &Field, value: Value) -> Result<(), String> {
        if value.is_null() {
            self.0.remove(field.name);
            return Ok(());
        }
        let mut faults = Faults::default();
        let checked = field.check(&Item::whole(&value), &mut faults);
        let checked = faults.finish(checked).map_err(|error| error.to_string())?;
        self.0.insert(field.name.to_owned(), checked);
        Ok(())
    }

    /// The same settings without those that only repeat their default, so that what means the same
    /// is equal.
    #[must_use]
    pub fn without_defaults(mut self, fields: &[Field]) -> Self {
        for field in fields {
            let usual = match (self.0.get(field.name), field.default_value()) {
                (Some(given), default) if given.is_number() && default.is_number() => {
                    given.as_f64() == default.as_f64()
                }
                (Some(given), default) => *given == default,
                (None, _) => false,
            };
            if usual {
                self.0.remove(field.name);
            }
        }
        self
    }

    /// A flag, or its default; `false` for a setting that is no flag.
    #[must_use]
    pub fn flag(&self, field: &Field) -> bool {
        self.value(field).as_bool().unwrap_or_default()
    }

    /// A whole number, or its default; 0 for a setting that is none.
    #[must_use]
    pub fn integer(&self, field: &Field) -> i64 {
        self.value(field).as_i64().unwrap_or_default()
    }

    /// A number, or its default; 0 for a setting that is none.
    #[must_use]
    pub fn number(&self, field: &Field) -> f64 {
        self.value(field).as_f64().unwrap_or_default()
    }

    /// A choice, text, colour, instrument or timeframe as written, or its default.
    #[must_use]
    pub fn text(&self, field: &Field) -> String {
        self.value(field).as_str().unwrap_or_default().to_owned()
    }

    /// The rows of a list.
    #[must_use]
    pub fn rows(&self, field: &Field) -> Vec<Self> {
        let rows = self.0.get(field.name).and_then(Value::as_array);
        let row = |row: &Value| row.as_object().cloned().map(Self);
        rows.into_iter().flatten().filter_map(row).collect()
    }
}

/// Asserts what the types cannot: names and words are unique, defaults are allowed.
///
/// # Panics
/// Where a table breaks that; for the tests of a table.
pub fn assert_table_stands(fields: &[Field]) {
    for (at, field) in fields.iter().enumerate() {
        let name = field.name;
        let again = fields.iter().skip(at + 1).any(|other| other.name == name);
        assert!(!again, "{name} stands twice in the table");
        if let FieldKind::List { fields, .. } = field.kind {
            assert_table_stands(fields);
        }
        if let Some(Chosen { name: other, value }) = field.when {
            let choice = fields.iter().find(|field| field.name == other);
            let has_word = choice.is_some_and(|choice| match choice.kind {
                FieldKind::Choice { options, .. } => options.iter().any(|o| o.value == value),
                _ => false,
            });
            assert!(has_word, "{name} is shown for no choice of {other}");
        }
        let default = field.default_value();
        let by_theme = field.kind == FieldKind::Colour { default: "" };
        if !default.is_null() && !by_theme {
            let set = Settings::default().set(field, default);
            assert!(set.is_ok(), "the default of {name}: {set:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const fn field(name: &'static str, kind: FieldKind) -> Field {
        Field {
            name,
            label: name,
            kind,
            help: "",
            when: None,
        }
    }

    const PERIOD: Field = field(
        "period",
        FieldKind::Integer {
            least: 1,
            most: 500,
            default: 20,
            unit: "bars",
        },
    );
    const WIDTH: Field = field(
        "width",
        FieldKind::Decimal {
            least: 0.5,
            most: 8.0,
            step: 0.5,
            default: 1.5,
            unit: "px",
        },
    );
    const SCALE: Field = field(
        "scale",
        FieldKind::Choice {
            options: &[
                Choice {
                    value: "linear",
                    label: "Linear",
                },
                Choice {
                    value: "log",
                    label: "Logarithmic",
                },
            ],
            default: "linear",
        },
    );
    const FIELDS: &[Field] = &[
        PERIOD,
        WIDTH,
        SCALE,
        field("grid", FieldKind::Flag { default: true }),
        field("colour", FieldKind::Colour { default: "" }),
        field("frame", FieldKind::Timeframe { default: "1m" }),
        field("instrument", FieldKind::Instrument),
        field(
            "lines",
            FieldKind::List {
                fields: &[PERIOD],
                most: 2,
            },
        ),
    ];

    fn read(value: &Value) -> Result<Settings, String> {
        let mut faults = Faults::default();
        let read = Settings::read(FIELDS, &Item::whole(value), &mut faults);
        faults.finish(read).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_absent_has_its_default() {
        assert_table_stands(FIELDS);
        let settings = read(&json!({"width": 2, "scale": null, "lines": [{"period": 5}, {}]}));
        let settings = settings.expect("stands");
        assert_eq!(settings.integer(&PERIOD), 20);
        assert_eq!(settings.number(&WIDTH), 2.0);
        assert_eq!(settings.text(&SCALE), "linear");
        let periods: Vec<i64> = settings
            .rows(&FIELDS[7])
            .iter()
            .map(|row| row.integer(&PERIOD))
            .collect();
        assert_eq!(periods, [5, 20]);
        assert_eq!(settings.given().len(), 2);
    }

    #[test]
    fn what_is_not_in_the_table_is_refused() {
        for (value, expected) in [
            (
                json!({"period": 0}),
                "/period: a whole number from 1 to 500 is wanted, not 0",
            ),
            (
                json!({"period": 2.5}),
                "/period: a whole number from 1 to 500 is wanted, not 2.5",
            ),
            (
                json!({"width": "wide"}),
                "/width: a number from 0.5 to 8 is wanted, not \"wide\"",
            ),
            (
                json!({"scale": "cubic"}),
                "/scale: one of linear, log is wanted, not \"cubic\"",
            ),
            (
                json!({"colour": "red"}),
                "/colour: a colour such as #1e90ff is wanted",
            ),
            (
                json!({"lines": [{}, {"period": -1}]}),
                "/lines/1/period: a whole number from 1 to 500 is wanted, not -1",
            ),
            (
                json!({"lines": [{}, {}, {}]}),
                "/lines: 3 entries, at most 2 fit",
            ),
            (
                json!({"instrument": "BTC"}),
                "/instrument: not an instrument: venue:BASE-QUOTE, such as coinbase:BTC-USD, is",
            ),
            (json!([]), "an object is wanted, not a list"),
        ] {
            assert_eq!(read(&value), Err(expected.to_owned()));
        }
        let refused = read(&json!({"perod": 1})).expect_err("unknown");
        assert!(refused.starts_with("/perod: there is no such field"));
    }

    #[test]
    fn a_form_shows_what_a_choice_asks_for() {
        let base = Field {
            when: Some(Chosen {
                name: "scale",
                value: "log",
            }),
            ..PERIOD
        };
        for (given, expected) in [
            (json!({}), false),
            (json!({"scale": "linear"}), false),
            (json!({"scale": "log"}), true),
        ] {
            let given = given.as_object().expect("an object");
            assert_eq!(base.is_shown(&[SCALE], given), expected, "{given:?}");
            assert!(PERIOD.is_shown(&[SCALE], given));
        }
    }

    #[test]
    fn one_setting_changes_after_a_check() {
        let mut settings = Settings::default();
        assert!(settings.set(&PERIOD, json!(501)).is_err());
        assert_eq!(settings, Settings::default());
        settings.set(&PERIOD, json!(50)).expect("stands");
        assert_eq!(settings.integer(&PERIOD), 50);
        settings.set(&PERIOD, Value::Null).expect("back");
        assert_eq!(settings, Settings::default());
    }
}

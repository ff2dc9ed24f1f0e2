//! What a person sets of a tape; the table stands in the module above.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use tradesuite_core::chart::{ClassRule, NumberStyle, SizeClass, TapeRule};
use tradesuite_core::model::Decimal;

use crate::ui::panel::PanelContext;
use crate::ui::panel::fields::chosen_unit;
use crate::ui::preferences::{Preferences, Zone};

/// What a row must be to be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sounds {
    /// Nothing is heard.
    Off,
    /// Large and huge rows are.
    #[default]
    Large,
    /// Huge rows are.
    Huge,
}

impl Sounds {
    /// The least class that is heard.
    #[must_use]
    pub fn least(self) -> Option<SizeClass> {
        match self {
            Self::Off => None,
            Self::Large => Some(SizeClass::Large),
            Self::Huge => Some(SizeClass::Huge),
        }
    }
}

/// How sizes that stand out are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Classes {
    #[default]
    Percentiles,
    Sizes,
}

/// The settings as they are now; cheap to copy.
#[derive(Clone, Copy)]
pub struct Choices {
    /// What makes a row.
    pub rule: Memo<TapeRule>,
    /// Whether times are said to the millisecond.
    pub milliseconds: Memo<bool>,
    /// Length of the header's window, seconds.
    pub window_s: Memo<i64>,
    /// What is heard.
    pub sounds: Memo<Sounds>,
    /// Zone of the times.
    pub zone: Memo<Zone>,
    /// How numbers are written.
    pub numbers: Memo<NumberStyle>,
}

/// The longest window of the header, seconds.
pub const LONGEST_WINDOW_S: i64 = 3_600;

impl Choices {
    /// The settings of a panel.
    #[must_use]
    pub fn new(context: PanelContext) -> Self {
        let preferences = Preferences::expect();
        let window_s = context.setting("window", 300_i64);
        Self {
            rule: rule(context),
            milliseconds: context.setting("milliseconds", false),
            window_s: Memo::new(move |_| window_s.get().clamp(10, LONGEST_WINDOW_S)),
            sounds: context.setting("sound", Sounds::default()),
            zone: preferences.zone,
            numbers: preferences.numbers,
        }
    }

    /// What follows from what is tracked here has to be painted again.
    pub fn track(self) {
        self.rule.track();
        self.milliseconds.track();
        self.window_s.track();
        self.zone.track();
    }
}

fn rule(context: PanelContext) -> Memo<TapeRule> {
    let merge = context.setting("merge", true);
    let unit = chosen_unit(context);
    let least = context.setting("least", Number::from(0));
    let classes = context.setting("classes", Classes::default());
    let large = context.setting("large_percentile", 98.0_f64);
    let huge = context.setting("huge_percentile", 99.8_f64);
    let large_size = context.setting("large_size", Number::from(1));
    let huge_size = context.setting("huge_size", Number::from(10));
    Memo::new(move |_| TapeRule {
        merge: merge.get(),
        unit: unit.get(),
        least: size(&least.get()),
        classes: match classes.get() {
            Classes::Percentiles => ClassRule::Percentiles {
                large: large.get(),
                huge: huge.get(),
            },
            Classes::Sizes => ClassRule::Sizes {
                large: size(&large_size.get()),
                huge: size(&huge_size.get()),
            },
        },
    })
}

/// A size as it was written, so that it is compared exactly. What is no size filters nothing.
fn size(number: &Number) -> Decimal {
    Decimal::parse(&number.to_string())
        .ok()
        .filter(|size| size.mantissa >= 0)
        .unwrap_or(Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for (text, expected) in [
            ("0.7", (7, 1)),
            ("1e-7", (1, 7)),
            ("25000", (25_000, 0)),
            ("-3", (0, 0)),
        ] {
            let number: Number = serde_json::from_str(text).expect("a number");
            let size = size(&number);
            assert_eq!((size.mantissa, size.scale), expected, "{text}");
        }
    }
}

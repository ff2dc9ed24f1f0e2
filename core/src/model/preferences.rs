//! Settings of the whole page, on every device alike.

use serde::Serialize;

use super::document::{read_small, write_small};
use super::field::{Choice, Field, FieldKind, Settings};
use super::untrusted::{Refused, Step};

const STEPS: &[Step] = &[];

/// What a person prefers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preferences {
    /// Values of [`PREFERENCES`].
    pub settings: Settings,
}

const fn choice(value: &'static str, label: &'static str) -> Choice {
    Choice { value, label }
}

/// Dark, light, or as the system is set.
pub const THEME: Field = Field {
    name: "theme",
    label: "Theme",
    kind: FieldKind::Choice {
        options: &[
            choice("auto", "As the system"),
            choice("dark", "Dark"),
            choice("light", "Light"),
        ],
        default: "auto",
    },
    help: "Dark, light, or as the system is set",
    when: None,
};

/// Colours of rising and falling prices.
pub const COLOURS: Field = Field {
    name: "colours",
    label: "Colours of up and down",
    kind: FieldKind::Choice {
        options: &[
            choice("green-red", "Green and red"),
            choice("red-green", "Red and green"),
            choice("blue-orange", "Blue and orange, for the colour-blind"),
        ],
        default: "green-red",
    },
    help: "Colours of rising and falling prices",
    when: None,
};

/// Zone of every time.
pub const ZONE: Field = Field {
    name: "zone",
    label: "Time zone",
    kind: FieldKind::Choice {
        options: &[choice("utc", "UTC"), choice("local", "This device's")],
        default: "utc",
    },
    help: "The zone in which every time is shown",
    when: None,
};

/// How numbers are grouped.
pub const NUMBERS: Field = Field {
    name: "numbers",
    label: "Numbers",
    kind: FieldKind::Choice {
        options: &[
            choice("comma", "1,234.5"),
            choice("point", "1.234,5"),
            choice("space", "1 234.5"),
            choice("plain", "1234.5"),
        ],
        default: "comma",
    },
    help: "How thousands and decimals are set apart",
    when: None,
};

/// Unit of every size.
pub const SIZES: Field = Field {
    name: "sizes",
    label: "Sizes in",
    kind: FieldKind::Choice {
        options: &[
            choice("base", "Base currency"),
            choice("quote", "Quote currency"),
        ],
        default: "base",
    },
    help: "The unit of sizes and volumes everywhere",
    when: None,
};

/// Whether anything sounds.
pub const SOUNDS: Field = Field {
    name: "sounds",
    label: "Sounds",
    kind: FieldKind::Flag { default: false },
    help: "Large trades may be heard",
    when: None,
};

/// How loud, in percent.
pub const VOLUME: Field = Field {
    name: "volume",
    label: "Loudness",
    kind: FieldKind::Integer {
        least: 0,
        most: 100,
        default: 50,
        unit: "%",
    },
    help: "How loud sounds are",
    when: None,
};

/// Whether anything moves that need not.
pub const ANIMATION: Field = Field {
    name: "animation",
    label: "Animation",
    kind: FieldKind::Choice {
        options: &[
            choice("auto", "As the system"),
            choice("on", "On"),
            choice("off", "Off"),
        ],
        default: "auto",
    },
    help: "Whether changes flash and move",
    when: None,
};

/// Timeframes on the chart's bar.
pub const FAVOURITES: Field = Field {
    name: "favourites",
    label: "Favourite timeframes",
    kind: FieldKind::List {
        fields: &[Field {
            name: "timeframe",
            label: "Timeframe",
            kind: FieldKind::Timeframe { default: "1m" },
            help: "A timeframe on the chart's bar",
            when: None,
        }],
        most: 6,
    },
    help: "Timeframes on the chart's bar; the rest is in its menu",
    when: None,
};

/// Every setting of the page, in the order of its form.
pub static PREFERENCES: &[Field] = &[
    THEME, COLOURS, ZONE, NUMBERS, SIZES, SOUNDS, VOLUME, ANIMATION, FAVOURITES,
];

impl Preferences {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refused`], with every mistake.
    pub fn parse(text: &[u8]) -> Result<Self, Refused> {
        read_small(text, STEPS, |item, faults| {
            let fields = item.fields(faults, &["version", "settings"])?;
            let item = fields.required(faults, "settings")?;
            let settings = Settings::read(PREFERENCES, &item, faults)?;
            Some(Self { settings })
        })
    }

    /// The document: what [`Self::parse`] reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_small(STEPS, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::assert_table_stands;

    #[test]
    fn the_table_stands_and_reads_back() {
        assert_table_stands(PREFERENCES);
        let text = r#"{"version":1,"settings":{"favourites":[{"timeframe":"5m"}],"theme":"dark"}}"#;
        let read = Preferences::parse(text.as_bytes()).expect("stands");
        assert_eq!(read.to_json(), text);
        assert_eq!(read.settings.text(&ZONE), "utc");
        let wrong = r#"{"version":1,"settings":{"theme":"pink","volume":101}}"#;
        assert_eq!(
            Preferences::parse(wrong.as_bytes())
                .expect_err("refused")
                .to_string(),
            "/settings/theme: one of auto, dark, light is wanted, not \"pink\"; \
             /settings/volume: a whole number from 0 to 100 is wanted, not 101"
        );
    }
}

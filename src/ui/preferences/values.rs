//! What preferences say, as types: the words of [`PREFERENCES`] and what follows from each.
//!
//! [`PREFERENCES`]: tradesuite_core::model::PREFERENCES

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tradesuite_core::model::preferences::FAVOURITES;
use tradesuite_core::model::{Field, Settings, Timeframe};

use crate::browser;

/// Timeframes on the chart's bar at most.
pub const MOST_FAVOURITES: usize = 6;

/// The ones that are there before a person chose any.
const FAVOURITES_AT_FIRST: [Timeframe; MOST_FAVOURITES] = [
    Timeframe::M1,
    Timeframe::M5,
    Timeframe::M15,
    Timeframe::H1,
    Timeframe::H4,
    Timeframe::D1,
];

/// Colours of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is set.
    #[default]
    Auto,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Theme {
    /// Value of the document's `data-theme`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// The one after it, in the order of the button.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::Auto,
        }
    }
}

/// Colours of rising and falling prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colours {
    /// Up is green.
    #[default]
    GreenRed,
    /// Up is red.
    RedGreen,
    /// Up is blue: a pair that the colour-blind tell apart.
    BlueOrange,
}

impl Colours {
    /// Value of the document's `data-colours`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GreenRed => "green-red",
            Self::RedGreen => "red-green",
            Self::BlueOrange => "blue-orange",
        }
    }
}

/// Zone of every time on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// The reader's own.
    Local,
}

impl Zone {
    /// Milliseconds that this zone is ahead of UTC at an instant.
    #[must_use]
    pub fn offset_ms(self, at_ms: i64) -> i64 {
        match self {
            Self::Utc => 0,
            Self::Local => i64::from(browser::zone_offset_minutes(at_ms as f64)) * 60_000,
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Utc => Self::Local,
            Self::Local => Self::Utc,
        }
    }
}

/// Whether anything moves that need not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Animation {
    /// As the system is set.
    #[default]
    Auto,
    /// It does, whatever the system says.
    On,
    /// It does not.
    Off,
}

impl Animation {
    /// Value of the document's `data-animation`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// A setting's value as its type; the type's default where it does not fit.
pub fn value_of<T: DeserializeOwned + Default>(settings: &Settings, field: &Field) -> T {
    serde_json::from_value(settings.value(field)).unwrap_or_default()
}

/// Timeframes of the chart's bar: each once, in a person's order; the usual ones until any was
/// chosen or removed.
#[must_use]
pub fn favourites(settings: &Settings) -> Vec<Timeframe> {
    if !settings.given().contains_key(FAVOURITES.name) {
        return FAVOURITES_AT_FIRST.to_vec();
    }
    let mut found = Vec::new();
    for row in settings.rows(&FAVOURITES) {
        let named = row.given().get(FAVOURITE).and_then(|name| name.as_str());
        let timeframe = named.and_then(|name| name.parse().ok());
        let timeframe = timeframe.unwrap_or(Timeframe::M1);
        if !found.contains(&timeframe) {
            found.push(timeframe);
        }
    }
    found
}

/// Name of the one setting in a row of favourites.
const FAVOURITE: &str = "timeframe";

/// Favourites as a document has them.
#[must_use]
pub fn favourites_value(list: &[Timeframe]) -> serde_json::Value {
    list.iter()
        .map(|timeframe| serde_json::json!({ FAVOURITE: timeframe.name() }))
        .collect()
}

/// The list without a timeframe that is in it, else with it, by width among the others; as it is
/// where no more fit.
#[must_use]
pub fn toggled(list: &[Timeframe], timeframe: Timeframe) -> Vec<Timeframe> {
    let mut list = list.to_vec();
    if let Some(at) = list.iter().position(|held| *held == timeframe) {
        list.remove(at);
    } else if list.len() < MOST_FAVOURITES {
        let at = list.iter().position(|held| *held > timeframe);
        list.insert(at.unwrap_or(list.len()), timeframe);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::FieldKind;
    use tradesuite_core::model::preferences::{ANIMATION, COLOURS, NUMBERS, SIZES, THEME, ZONE};

    #[test]
    fn the_theme_button_goes_round() {
        let mut theme = Theme::default();
        for expected in [Theme::Dark, Theme::Light, Theme::Auto] {
            theme = theme.next();
            assert_eq!(theme, expected);
        }
    }

    #[test]
    fn every_word_of_the_table_is_read_as_itself() {
        fn check<T: DeserializeOwned + Serialize>(field: &Field) {
            let FieldKind::Choice { options, .. } = field.kind else {
                panic!("{} is no choice", field.name);
            };
            for option in options {
                let read: T = serde_json::from_value(option.value.into()).expect(option.value);
                let written = serde_json::to_value(read).expect("a word");
                assert_eq!(written, option.value, "{}", field.name);
            }
        }
        check::<Theme>(&THEME);
        check::<Colours>(&COLOURS);
        check::<Zone>(&ZONE);
        check::<Animation>(&ANIMATION);
        check::<tradesuite_core::chart::NumberStyle>(&NUMBERS);
        check::<tradesuite_core::chart::SizeUnit>(&SIZES);
    }

    #[test]
    fn favourites_stand_by_width_each_once_and_no_more_than_six() {
        let mut settings = Settings::default();
        assert_eq!(favourites(&settings), FAVOURITES_AT_FIRST);
        assert_eq!(toggled(&FAVOURITES_AT_FIRST, Timeframe::S1).len(), 6);
        let fewer = toggled(&FAVOURITES_AT_FIRST, Timeframe::M5);
        let more = toggled(&fewer, Timeframe::M3);
        let names: Vec<_> = more.iter().map(|timeframe| timeframe.name()).collect();
        assert_eq!(names, ["1m", "3m", "15m", "1h", "4h", "1d"]);
        let doubled = [more.clone(), vec![Timeframe::M1]].concat();
        let value = favourites_value(&doubled[1..]);
        settings.set(&FAVOURITES, value).expect("it stands");
        assert_eq!(favourites(&settings)[5], Timeframe::M1);
        let none = settings.set(&FAVOURITES, favourites_value(&[]));
        assert_eq!((none, favourites(&settings)), (Ok(()), Vec::new()));
    }
}

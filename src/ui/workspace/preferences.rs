//! What a person prefers everywhere: colours, and the zone of times. Kept in the browser.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::browser;

const KEY: &str = "tradesuite.preferences";

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
}

/// Everything that is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    theme: Theme,
    zone: Zone,
}

/// Signals of everything that is preferred; cheap to copy into every component.
#[derive(Clone, Copy, Debug)]
pub struct Preferences {
    /// Colours.
    pub theme: RwSignal<Theme>,
    /// Zone of every time.
    pub zone: RwSignal<Zone>,
}

impl Preferences {
    /// Makes the preferences. What the browser keeps is read after hydration, because the server
    /// renders without knowing it.
    pub fn new() -> Self {
        let preferences = Self {
            theme: RwSignal::new(Theme::default()),
            zone: RwSignal::new(Zone::default()),
        };
        let is_read = StoredValue::new(false);
        Effect::new(move || {
            let (theme, zone) = (preferences.theme.get(), preferences.zone.get());
            if is_read.get_value() {
                if let Ok(text) = serde_json::to_string(&Kept { theme, zone }) {
                    browser::store(KEY, &text);
                }
                return;
            }
            is_read.set_value(true);
            let kept = browser::stored(KEY).and_then(|text| serde_json::from_str(&text).ok());
            let Kept { theme, zone } = kept.unwrap_or_default();
            preferences.theme.set(theme);
            preferences.zone.set(zone);
        });
        Effect::new(move || browser::set_theme(preferences.theme.get().name()));
        preferences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_page_kept_is_read() {
        let kept: Kept = serde_json::from_str(r#"{"theme":"dark","unknown":1}"#).expect("kept");
        assert_eq!((kept.theme, kept.zone), (Theme::Dark, Zone::Utc));
    }

    #[test]
    fn the_theme_button_goes_round() {
        let mut theme = Theme::default();
        for expected in [Theme::Dark, Theme::Light, Theme::Auto] {
            theme = theme.next();
            assert_eq!(theme, expected);
        }
    }
}

//! What a person prefers everywhere: colours, zone, numbers, sizes, sounds. On the server, so that
//! every browser has it, and in the browser, so that the page is right before the server answers.
//!
//! | file | what it owns |
//! |---|---|
//! | `dialog` | the form, opened by a key or by the wheel in the top bar |
//! | `values` | what preferences say, as types |
//! | `keeper` | what has to be read and saved when, so that nothing is lost |
//! | `sound` | the page's sound, and what is said where the browser blocks it |
//! | `keeping` | doing that, and saying what went wrong |
//!
//! Which preferences there are is a table of the core: [`tradesuite_core::model::PREFERENCES`].

mod dialog;
mod keeper;
mod keeping;
mod sound;
mod values;

use leptos::prelude::*;
use serde::Serialize;
use serde_json::Value;
use tradesuite_core::chart::{NumberStyle, SizeUnit};
use tradesuite_core::model::preferences::{
    ANIMATION, COLOURS, FAVOURITES, NUMBERS, SIZES, SOUNDS, THEME, VOLUME, ZONE,
};
use tradesuite_core::model::{Field, PREFERENCES, Settings, Timeframe};

pub use self::dialog::PreferencesDialog;
use self::keeping::Keeping;
pub use self::sound::{PageSound, SoundNotice};
pub use self::values::{Animation, Colours, MOST_FAVOURITES, Theme, Zone};
use self::values::{favourites, favourites_value, toggled, value_of};
use crate::browser;

/// Everything that is preferred; cheap to copy into every component.
#[derive(Clone, Copy, Debug)]
pub struct Preferences {
    /// Colours of the page.
    pub theme: Memo<Theme>,
    /// Colours of rising and falling prices.
    pub colours: Memo<Colours>,
    /// Zone of every time.
    pub zone: Memo<Zone>,
    /// How numbers are written.
    pub numbers: Memo<NumberStyle>,
    /// Unit of sizes.
    pub sizes: Memo<SizeUnit>,
    /// Whether anything is heard.
    pub sounds: Memo<bool>,
    /// How loud, percent.
    pub volume: Memo<i64>,
    /// Whether anything moves that need not.
    pub animation: Memo<Animation>,
    /// Timeframes on the chart's bar.
    pub favourites: Memo<Vec<Timeframe>>,
    /// What plays it.
    pub sound: PageSound,
    /// Whether the dialog is open.
    pub is_open: RwSignal<bool>,
    /// What has to be said of keeping them.
    pub notice: RwSignal<Option<String>>,
    /// The newest write of this window that the server took.
    pub saved: RwSignal<Option<u64>>,
    /// All of them, as they hold.
    settings: RwSignal<Settings>,
    keeping: Keeping,
}

impl Preferences {
    /// Makes the preferences and puts them into the context. What is kept is read once it is mounted,
    /// because the server renders without knowing who looks.
    pub fn provide() -> Self {
        let settings = RwSignal::new(Settings::default());
        let preferences = Self {
            theme: memo(settings, |settings| value_of(settings, &THEME)),
            colours: memo(settings, |settings| value_of(settings, &COLOURS)),
            zone: memo(settings, |settings| value_of(settings, &ZONE)),
            numbers: memo(settings, |settings| value_of(settings, &NUMBERS)),
            sizes: memo(settings, |settings| value_of(settings, &SIZES)),
            sounds: memo(settings, |settings| settings.flag(&SOUNDS)),
            volume: memo(settings, |settings| settings.integer(&VOLUME)),
            animation: memo(settings, |settings| value_of(settings, &ANIMATION)),
            favourites: memo(settings, favourites),
            sound: PageSound::new(),
            is_open: RwSignal::new(false),
            notice: RwSignal::new(None),
            saved: RwSignal::new(None),
            settings,
            keeping: Keeping::new(),
        };
        provide_context(preferences);
        preferences.keep();
        preferences.watch_sound();
        Effect::new(move || {
            browser::set_look("theme", preferences.theme.get().name());
            browser::set_look("colours", preferences.colours.get().name());
            browser::set_look("animation", preferences.animation.get().name());
        });
        preferences
    }

    /// The preferences of this page.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Gives a preference another value.
    pub fn choose(self, field: &Field, value: impl Serialize) {
        if let Ok(value) = serde_json::to_value(value) {
            self.set(field, value);
        }
    }

    /// Adds a timeframe to the chart's bar, or takes it away.
    pub fn toggle_favourite(self, timeframe: Timeframe) {
        let list = toggled(&self.favourites.get_untracked(), timeframe);
        self.set(&FAVOURITES, favourites_value(&list));
    }

    /// Sets everything back.
    pub fn set_back(self) {
        for field in PREFERENCES {
            self.set(field, Value::Null);
        }
    }

    /// What is set, as a form has it: favourites are rows also before any was chosen.
    #[must_use]
    pub fn values(self) -> Signal<serde_json::Map<String, Value>> {
        Signal::derive(move || {
            let mut values = self.settings.with(|settings| settings.given().clone());
            let rows = favourites_value(&self.favourites.get());
            values.insert(FAVOURITES.name.to_owned(), rows);
            values
        })
    }

    /// Lets an effect run again when what is painted has to be painted anew: colours, numbers and
    /// times.
    pub fn track_looks(self) {
        self.theme.track();
        self.colours.track();
        self.numbers.track();
        self.zone.track();
    }
}

fn memo<T: PartialEq + Send + Sync + 'static>(
    settings: RwSignal<Settings>,
    read: impl Fn(&Settings) -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |_| settings.with(&read))
}

//! What a person chose. Kept in the browser, so that the page comes back as it was left; what the
//! page's address names goes before it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use tradesuite_core::model::{InstrumentId, Timeframe};

use crate::browser;
use crate::ui::address::Address;
use crate::ui::panel::{PanelChange, PanelContext, PanelSettings};

const KEY: &str = "tradesuite.workspace";
const FIRST_INSTRUMENT: &str = "coinbase:BTC-USD";

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

/// The panel that a phone shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhoneTab {
    /// The chart.
    #[default]
    Chart,
    /// The order book.
    Book,
    /// The tape.
    Tape,
}

/// Everything that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    instrument: InstrumentId,
    timeframe: Timeframe,
    theme: Theme,
    zone: Zone,
    phone_tab: PhoneTab,
    /// Settings of panels by their number.
    panels: BTreeMap<u32, PanelSettings>,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            instrument: first_instrument(),
            timeframe: Timeframe::M1,
            theme: Theme::default(),
            zone: Zone::default(),
            phone_tab: PhoneTab::default(),
            panels: BTreeMap::new(),
        }
    }
}

fn first_instrument() -> InstrumentId {
    FIRST_INSTRUMENT
        .parse()
        .expect("the first instrument's id is well formed")
}

/// Signals of everything a person chooses; cheap to copy into every component.
#[derive(Clone, Copy, Debug)]
pub struct Workspace {
    /// What is looked at.
    pub instrument: RwSignal<InstrumentId>,
    /// Width of the chart's bars.
    pub timeframe: RwSignal<Timeframe>,
    /// Colours.
    pub theme: RwSignal<Theme>,
    /// Zone of every time.
    pub zone: RwSignal<Zone>,
    /// The panel that a phone shows.
    pub phone_tab: RwSignal<PhoneTab>,
    /// Settings of panels by their number, beside instrument and timeframe.
    panels: RwSignal<BTreeMap<u32, PanelSettings>>,
    /// Whether what the browser kept has been read. Until then nothing is asked for, so that the
    /// first instrument is not fetched only to be thrown away.
    pub ready: RwSignal<bool>,
    /// What the page's address names and does not exist, in sentences.
    pub address_problem: RwSignal<Option<String>>,
}

impl Workspace {
    /// Makes the workspace and puts it into the context. What the browser keeps is read after
    /// hydration, because the server renders without knowing it.
    pub fn provide() -> Self {
        let first = Choices::default();
        let workspace = Self {
            instrument: RwSignal::new(first.instrument),
            timeframe: RwSignal::new(first.timeframe),
            theme: RwSignal::new(first.theme),
            zone: RwSignal::new(first.zone),
            phone_tab: RwSignal::new(first.phone_tab),
            panels: RwSignal::new(first.panels),
            ready: RwSignal::new(false),
            address_problem: RwSignal::new(None),
        };
        provide_context(workspace);
        Effect::new(move || {
            if workspace.ready.get() {
                workspace.keep();
            } else {
                workspace.restore();
            }
        });
        Effect::new(move || {
            let (instrument, timeframe) = (workspace.instrument.get(), workspace.timeframe.get());
            if workspace.ready.get() {
                browser::replace_address(&Address::of(&instrument, timeframe));
            }
        });
        Effect::new(move || browser::set_theme(workspace.theme.get().name()));
        workspace
    }

    /// The workspace of this page.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// The place of a panel that looks at what the workspace looks at.
    #[must_use]
    pub fn panel(self, id: u32) -> PanelContext {
        let settings = move || {
            let timeframe = self.timeframe.get().name().into();
            let kept = self.panels.with(|panels| panels.get(&id).cloned());
            let mut settings = kept.unwrap_or_default();
            settings.insert("timeframe".to_owned(), timeframe);
            settings
        };
        let on_change = move |change| match change {
            PanelChange::Instrument(instrument) => self.instrument.set(instrument),
            PanelChange::Setting("timeframe", value) => {
                if let Ok(timeframe) = serde_json::from_value(value) {
                    self.timeframe.set(timeframe);
                }
            }
            PanelChange::Setting(name, value) => self.panels.update(|panels| {
                panels.entry(id).or_default().insert(name.to_owned(), value);
            }),
        };
        PanelContext {
            id,
            instrument: self.instrument.into(),
            settings: Signal::derive(settings),
            on_change: Callback::new(on_change),
        }
    }

    fn restore(self) {
        let kept =
            browser::stored(KEY).and_then(|text| serde_json::from_str::<Choices>(&text).ok());
        if let Some(kept) = kept {
            self.instrument.set(kept.instrument);
            self.timeframe.set(kept.timeframe);
            self.theme.set(kept.theme);
            self.zone.set(kept.zone);
            self.phone_tab.set(kept.phone_tab);
            self.panels.set(kept.panels);
        }
        let named = Address::read(&browser::address_query());
        if let Some(instrument) = named.instrument {
            self.instrument.set(instrument);
        }
        if let Some(timeframe) = named.timeframe {
            self.timeframe.set(timeframe);
        }
        if !named.problems.is_empty() {
            self.address_problem.set(Some(named.problems.join(" ")));
        }
        self.ready.set(true);
    }

    fn keep(self) {
        let choices = Choices {
            instrument: self.instrument.get(),
            timeframe: self.timeframe.get(),
            theme: self.theme.get(),
            zone: self.zone.get(),
            phone_tab: self.phone_tab.get(),
            panels: self.panels.get(),
        };
        if let Ok(text) = serde_json::to_string(&choices) {
            browser::store(KEY, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_page_kept_is_read() {
        let kept: Choices =
            serde_json::from_str(r#"{"timeframe":"1h","unknown":1}"#).expect("choices");
        assert_eq!(kept.timeframe, Timeframe::H1);
        assert_eq!(kept.instrument, first_instrument());
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

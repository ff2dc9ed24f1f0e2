//! What a panel is told by whatever holds it, and what it may ask of that.
//!
//! A panel knows neither the layout nor the other panels: it reads its instrument and its
//! settings here, and says here what a person changed in it.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tradesuite_core::model::InstrumentId;

/// Settings of one panel by name, as they are kept with its workspace.
pub type PanelSettings = Map<String, Value>;

/// What a person changed in a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum PanelChange {
    /// Another instrument is to be looked at, by this panel and those linked with it.
    Instrument(InstrumentId),
    /// A setting is to have another value.
    Setting(&'static str, Value),
}

/// One panel's place in the page; cheap to copy into every closure.
#[derive(Clone, Copy, Debug)]
pub struct PanelContext {
    /// Its number in the workspace: the same for as long as it is open.
    pub id: u32,
    /// What it looks at.
    pub instrument: Signal<InstrumentId>,
    /// How it is set; what is not in it has its default.
    pub settings: Signal<PanelSettings>,
    /// Takes what a person changed.
    pub on_change: Callback<PanelChange>,
}

impl PanelContext {
    /// A setting's value; `default` where it has none or one that does not fit.
    #[must_use]
    pub fn setting<T>(self, name: &'static str, default: T) -> Memo<T>
    where
        T: Clone + DeserializeOwned + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.settings.with(|settings| {
                let value = settings.get(name).cloned();
                value
                    .and_then(|value| serde_json::from_value(value).ok())
                    .unwrap_or_else(|| default.clone())
            })
        })
    }

    /// Gives a setting another value; nothing where the panel was closed meanwhile.
    pub fn set(self, name: &'static str, value: impl Serialize) {
        if let Ok(value) = serde_json::to_value(value) {
            let _ = self.on_change.try_run(PanelChange::Setting(name, value));
        }
    }

    /// Looks at another instrument, with all panels that are linked with this one.
    pub fn choose(self, instrument: InstrumentId) {
        self.on_change.run(PanelChange::Instrument(instrument));
    }

    /// An element id that no other panel has.
    #[must_use]
    pub fn element_id(self, part: &str) -> String {
        format!("panel-{}-{part}", self.id)
    }
}

//! What each panel is told of itself, and what a person changes in it. A panel is the wide
//! window's or the narrow one's, by what the window is now.

use leptos::prelude::*;
use serde_json::Value;
use tradesuite_core::dock::{Edit, LinkColour, Panel, PanelId, PanelKind, kind_of};
use tradesuite_core::model::{InstrumentId, Settings, Timeframe};

use super::{Workspace, first_instrument};
use crate::ui::panel::{KINDS, PanelChange, PanelContext};

/// The setting of charts.
const TIMEFRAME: &str = "timeframe";
/// The setting in which a panel that is not linked keeps what it looks at.
const INSTRUMENT: &str = "instrument";

impl Workspace {
    /// The place of a panel.
    #[must_use]
    pub fn panel(self, panel: PanelId) -> PanelContext {
        let settings = move || {
            let given = self.with_panel(panel, |held| held.settings.given().clone());
            given.unwrap_or_default()
        };
        PanelContext {
            id: panel.0,
            instrument: Memo::new(move |_| self.instrument_of(panel)).into(),
            settings: Memo::new(move |_| settings()).into(),
            on_change: Callback::new(move |change| match change {
                PanelChange::Instrument(instrument) => self.look_at(panel, instrument),
                PanelChange::Setting(name, value) => self.set(panel, name, value),
            }),
        }
    }

    /// What a panel is.
    #[must_use]
    pub fn kind_of(self, panel: PanelId) -> Option<&'static PanelKind> {
        let kind = self.with_panel(panel, |panel| kind_of(&KINDS, &panel.kind));
        kind.flatten()
    }

    /// What a tab says.
    #[must_use]
    pub fn title_of(self, panel: PanelId) -> String {
        let kind = self.kind_of(panel);
        kind.map_or_else(String::new, |kind| kind.label.to_owned())
    }

    /// The colour by which a panel is linked.
    #[must_use]
    pub fn link_of(self, panel: PanelId) -> Option<LinkColour> {
        self.with_panel(panel, |panel| panel.link).flatten()
    }

    /// Whether a panel looks at an instrument: by its link, or one of its own.
    #[must_use]
    pub fn looks_at_one(self, panel: PanelId) -> bool {
        let has_own = || {
            self.kind_of(panel)
                .is_some_and(|kind| kind.field(INSTRUMENT).is_some())
        };
        self.link_of(panel).is_some() || has_own()
    }

    /// What a panel looks at.
    #[must_use]
    pub fn instrument_of(self, panel: PanelId) -> InstrumentId {
        let found = match self.link_of(panel) {
            Some(colour) => self
                .links
                .with(|links| links.get(&colour)?.instrument.clone()),
            None => self
                .with_panel(panel, |panel| own_instrument(&panel.settings))
                .flatten(),
        };
        found.unwrap_or_else(first_instrument)
    }

    /// What a panel looks at, where it looks at anything.
    #[must_use]
    pub fn shows_instrument(self, panel: PanelId) -> Option<InstrumentId> {
        self.looks_at_one(panel).then(|| self.instrument_of(panel))
    }

    /// Width of a chart's bars; `None` for every other panel.
    pub(super) fn timeframe_of(self, panel: PanelId) -> Option<Timeframe> {
        let field = self.kind_of(panel)?.field(TIMEFRAME)?;
        let text = self.with_panel(panel, |panel| panel.settings.text(field))?;
        text.parse().ok()
    }

    /// Gives a chart's bars another width.
    pub(super) fn set_timeframe(self, panel: PanelId, timeframe: Timeframe) {
        self.set(panel, TIMEFRAME, timeframe.name().into());
    }

    fn with_panel<T>(self, id: PanelId, read: impl FnOnce(&Panel) -> T) -> Option<T> {
        if self.is_phone.get() {
            return self.phone.with(|phone| {
                let panel = phone.panels().iter().find(|panel| panel.id == id);
                panel.map(read)
            });
        }
        self.with_layout(|layout| layout.panel(id).map(read))
    }

    pub(super) fn look_at(self, panel: PanelId, instrument: InstrumentId) {
        match untrack(|| self.link_of(panel)) {
            Some(colour) => {
                self.hear_linked(colour, instrument.clone());
                self.say_linked(colour, instrument);
                self.say_contents(panel);
            }
            None => self.set(panel, INSTRUMENT, instrument.to_string().into()),
        }
    }

    /// Changes a setting; one that its kind does not have, or a value that does not fit, is said.
    fn set(self, panel: PanelId, name: &str, value: Value) {
        let found = untrack(|| {
            let field = self.kind_of(panel)?.field(name)?;
            let settings = self.with_panel(panel, |panel| panel.settings.clone())?;
            Some((settings, field))
        });
        let Some((mut settings, field)) = found else {
            self.refusal
                .set(Some(format!("this panel has no setting {name}")));
            return;
        };
        if let Err(reason) = settings.set(field, value) {
            self.refusal.set(Some(format!("{}: {reason}", field.label)));
        } else if self.is_phone.get_untracked() {
            self.phone.update(|phone| {
                if let Some(panel) = phone.panel_mut(panel) {
                    panel.settings = settings;
                }
            });
        } else {
            self.edit(&Edit::Set(panel, settings));
            self.say_contents(panel);
        }
    }

    /// Links a panel by another colour, or none; unlinked it goes on looking at what it looked at.
    pub fn link(self, panel: PanelId, colour: Option<LinkColour>) {
        let looked_at = untrack(|| self.instrument_of(panel));
        if self.is_phone.get_untracked() {
            self.phone.update(|phone| {
                if let Some(panel) = phone.panel_mut(panel) {
                    panel.link = colour;
                }
            });
        } else {
            self.edit(&Edit::Link(panel, colour));
        }
        let has_instrument = |colour| {
            self.links.with_untracked(|links| {
                links
                    .get(&colour)
                    .is_some_and(|link| link.instrument.is_some())
            })
        };
        let is_open = colour.is_none_or(|colour| !has_instrument(colour));
        if is_open && untrack(|| self.looks_at_one(panel)) {
            self.look_at(panel, looked_at);
        }
        self.say_contents(panel);
    }
}

fn own_instrument(settings: &Settings) -> Option<InstrumentId> {
    settings.given().get(INSTRUMENT)?.as_str()?.parse().ok()
}

//! Reading the workspace when the page opens, writing it when something changed.

use leptos::prelude::*;
use tradesuite_core::dock::{self, Dock, READY};
use tradesuite_core::model::Timeframe;

use super::{Workspace, first_instrument};
use crate::browser;
use crate::ui::address::Address;
use crate::ui::panel::KINDS;

const KEY: &str = "tradesuite.workspace";

impl Workspace {
    /// Reads what is kept, then writes every change.
    pub(super) fn keep(self) {
        Effect::new(move || {
            if self.ready.get() {
                browser::store(KEY, &self.document().to_json());
                return;
            }
            let kept = browser::stored(KEY)
                .and_then(|text| dock::Workspace::parse(text.as_bytes(), &KINDS).ok());
            self.show(kept.unwrap_or_else(first_workspace));
            self.open_address();
            self.ready.set(true);
        });
        Effect::new(move || {
            let instrument = self.instrument.get();
            let chart = self.attended_chart();
            let timeframe = chart.map_or(Timeframe::M1, |(_, timeframe)| timeframe);
            if self.ready.get() {
                browser::replace_address(&Address::of(&instrument, timeframe));
            }
        });
    }

    /// Looks at what the page's address names.
    fn open_address(self) {
        let named = Address::read(&browser::address_query());
        if let Some(instrument) = named.instrument {
            self.choose(instrument);
        }
        let chart = untrack(|| self.attended_chart());
        if let Some(((chart, _), timeframe)) = chart.zip(named.timeframe) {
            self.set_timeframe(chart, timeframe);
        }
        if !named.problems.is_empty() {
            self.address_problem.set(Some(named.problems.join(" ")));
        }
    }

    /// The document of what is shown.
    #[must_use]
    pub fn document(self) -> dock::Workspace {
        dock::Workspace {
            name: self.name.get(),
            desktop: self.with_layout(Clone::clone),
            phone: self.phone.get(),
            links: self.links.get(),
        }
    }

    /// Shows a document.
    pub fn show(self, document: dock::Workspace) {
        self.name.set(document.name);
        self.dock.set(Dock::new(document.desktop));
        self.phone.set(document.phone);
        self.links.set(document.links);
        self.focused.set(None);
    }
}

/// What somebody sees who comes for the first time.
fn first_workspace() -> dock::Workspace {
    READY[0].build(&KINDS, &[first_instrument()])
}

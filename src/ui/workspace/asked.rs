//! What is asked of the workspace by a word, whatever panel that ends in: the width of bars, a
//! chart to go to a date in, the panels of a narrow window.

use leptos::prelude::*;
use tradesuite_core::dock::{LinkColour, PanelId};
use tradesuite_core::model::Timeframe;

use super::Workspace;

impl Workspace {
    /// Gives the bars of the chart that has the person's attention another width, else those of the
    /// first chart.
    pub fn set_bars(self, timeframe: Timeframe) {
        match untrack(|| self.attended_chart()) {
            Some((chart, _)) => self.set_timeframe(chart, timeframe),
            None => self
                .refusal
                .set(Some("There is no chart in this workspace.".to_owned())),
        }
    }

    /// The chart that has the person's attention, else the first one.
    #[must_use]
    pub fn chart(self) -> Option<PanelId> {
        self.attended_chart().map(|(chart, _)| chart)
    }

    /// Opens a panel of a kind as the last tab of a narrow window, linked like the one that shows.
    pub fn open_on_phone(self, kind: &str) {
        let active = self.phone.with_untracked(|phone| {
            let active = phone.active()?;
            Some(active.link)
        });
        let link = active.unwrap_or(Some(LinkColour::Blue));
        let opened = self.phone.try_update(|phone| {
            let opened = phone.open(kind)?;
            if let Some(panel) = phone.panel_mut(opened) {
                panel.link = link;
            }
            Ok(())
        });
        self.refuse(opened.and_then(Result::err));
    }

    /// Closes a tab of a narrow window.
    pub fn close_on_phone(self, panel: PanelId) {
        let closed = self.phone.try_update(|phone| phone.close(panel));
        self.refuse(closed.and_then(Result::err));
    }
}

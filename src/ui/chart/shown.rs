//! What one chart holds between two frames: bars, gaps, gestures, and what is said of them in words.

use leptos::html::Span;
use leptos::prelude::NodeRef;
use tradesuite_core::chart::{ChartSize, Crosshair, LabelMetrics};
use tradesuite_core::model::{InstrumentId, Timeframe};

use crate::browser;
use crate::ui::chart::facts::facts;
use crate::ui::chart::feed::Feed;
use crate::ui::chart::gap_feed::GapFeed;
use crate::ui::chart::gesture::Gestures;
use crate::ui::chart::summary::summary;
use crate::ui::pulse::LastTrade;
use crate::ui::widget::Readout;

/// Summary and facts are written at most this often, milliseconds.
const SUMMARY_MS: f64 = 100.0;

/// The market and the reader's gestures on it.
pub struct Shown {
    /// What is looked at.
    pub instrument: InstrumentId,
    /// Width of the bars.
    pub timeframe: Timeframe,
    /// Its bars.
    pub feed: Feed,
    /// The last price that all panels show.
    pub last: Option<LastTrade>,
    /// Its gaps.
    pub gaps: GapFeed,
    /// What pointers and wheel did.
    pub gestures: Gestures,
    /// Widths of the axis font.
    pub metrics: LabelMetrics,
    summary: Readout,
    facts: Readout,
    /// When summary and facts were written, milliseconds since the page was opened.
    summed_at: f64,
    /// When the axis font was measured, milliseconds since the page was opened.
    pub measured_at: f64,
}

impl Shown {
    /// Nothing yet; what is said goes into these elements.
    pub fn new(
        instrument: InstrumentId,
        timeframe: Timeframe,
        (summary, facts): (NodeRef<Span>, NodeRef<Span>),
    ) -> Self {
        let size = ChartSize {
            width: 1.0,
            height: 1.0,
            ratio: 1.0,
        };
        Self {
            instrument,
            timeframe,
            feed: Feed::new(timeframe, size),
            last: None,
            gaps: GapFeed::default(),
            gestures: Gestures::default(),
            metrics: LabelMetrics::default(),
            summary: Readout::new(summary),
            facts: Readout::new(facts),
            summed_at: f64::MIN,
            measured_at: f64::MIN,
        }
    }

    /// Where the pointer points, on which bar.
    pub fn crosshair(&self) -> Option<Crosshair> {
        let (x, y) = self.gestures.crosshair()?;
        self.feed.view().crosshair(x, y)
    }

    /// Gives the chart the last price that all panels show.
    pub fn say_last(&mut self) {
        let view = self.feed.view_mut();
        let decimals = view.series().precision().price;
        let last = self
            .last
            .and_then(|last| Some((last.time(), last.price_at(decimals)?)));
        view.set_last(last);
    }

    /// Writes summary and facts, if they were not written just now.
    pub fn sum_up(&mut self) {
        let now = browser::page_ms();
        if now - self.summed_at < SUMMARY_MS || !self.feed.is_shown() {
            return;
        }
        self.summed_at = now;
        let (view, crosshair) = (self.feed.view(), self.crosshair());
        self.summary.set(&summary(view, crosshair), "");
        self.facts
            .set(&facts(&self.instrument, view, crosshair), "");
    }
}

//! What one chart holds between two frames: bars, gaps, gestures, and what is said of them in words.

use std::rc::Rc;

use tradesuite_core::chart::{ChartSize, Crosshair, GapTick, LabelMetrics};
use tradesuite_core::model::{InstrumentId, Timeframe};

use crate::browser;
use crate::ui::chart::Parts;
use crate::ui::chart::facts::facts;
use crate::ui::chart::feed::Feed;
use crate::ui::chart::gap_feed::GapFeed;
use crate::ui::chart::gesture::Gestures;
use crate::ui::chart::indicators::IndicatorSetting;
use crate::ui::chart::marked::Marked;
use crate::ui::chart::notice::Going;
use crate::ui::chart::summary::summary;
use crate::ui::crosshairs::Member;
use crate::ui::pulse::LastTrade;
use crate::ui::widget::{Readout, Telling};

/// Summary and facts are written at most this often where frames write them, milliseconds.
const FRAMES_MS: f64 = 100.0;

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
    /// The indicators that a person added.
    pub settings: Rc<[IndicatorSetting]>,
    /// How indicators look, those that stem from drawings among them.
    pub indicators: Rc<[IndicatorSetting]>,
    /// What is drawn, and levels that are marked.
    pub marked: Marked,
    /// The drawing that is selected.
    pub selected: Option<u32>,
    /// This chart among those whose crosshairs are in step.
    pub linked: Option<Member>,
    /// Going to a time, and what became of it.
    pub going: Option<Going>,
    summary: Readout,
    facts: Readout,
    telling: Telling,
    /// When the axis font was measured, milliseconds since the page was opened.
    pub measured_at: f64,
}

impl Shown {
    /// Nothing yet.
    pub fn new(instrument: InstrumentId, timeframe: Timeframe, parts: Parts) -> Self {
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
            settings: Rc::new([]),
            indicators: Rc::new([]),
            marked: Marked::default(),
            selected: None,
            linked: None,
            going: None,
            summary: Readout::new(parts.summary),
            facts: Readout::new(parts.facts),
            telling: Telling::new(FRAMES_MS),
            measured_at: f64::MIN,
        }
    }

    /// Where the pointer points, in this chart or in one that it is linked with.
    pub fn crosshair(&self) -> Option<Crosshair> {
        let view = self.feed.view();
        match self.gestures.crosshair() {
            Some((x, y)) => view.crosshair(x, y),
            None => view.crosshair_at(self.linked.as_ref()?.seen()?),
        }
    }

    /// Tells the charts that this one is linked with where the pointer points.
    pub fn tell_linked(&self) {
        let view = self.feed.view();
        let own = self.gestures.crosshair();
        let own = own.and_then(|(x, y)| view.crosshair(x, y));
        let time = own.and_then(|crosshair| view.time_of(&crosshair));
        if let Some(linked) = &self.linked {
            linked.point(time);
        }
    }

    /// The tick of gaps that the pointer is on, on the time axis.
    pub fn gap_tick(&self) -> Option<GapTick> {
        let (x, y) = self.gestures.crosshair()?;
        self.feed.view().gap_tick_at(x, y).copied()
    }

    /// Has the chart compute the indicators that a person added and the averages that are drawn.
    pub fn plan(&mut self) {
        let drawn = self.marked.averages(self.selected);
        let all: Vec<IndicatorSetting> = self.settings.iter().cloned().chain(drawn).collect();
        if *self.indicators != *all {
            let plans = all.iter().filter_map(IndicatorSetting::plan);
            self.feed.view_mut().set_studies(plans.collect());
            self.indicators = all.into();
        }
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

    /// Name of a file of what is shown: `BTC-USD 1m 2026-11-23T12-00-00Z`.
    pub fn file_name(&self) -> String {
        let view = self.feed.view();
        let last = view.axis().visible_bars().end - 1;
        let time = view.series().bar(last).map(|bar| bar.time.to_rfc3339());
        let time = time.unwrap_or_default().replace(':', "-");
        format!("{} {} {time}", self.instrument.symbol(), self.timeframe)
    }

    /// Brings the time to go to into view, or the oldest bar held, so that older ones are loaded.
    pub fn seek(&mut self) {
        let series = self.feed.view().series();
        let (Some(Going::To(target)), Some(first), Some(last)) =
            (self.going, series.first(), series.last())
        else {
            return;
        };
        let (first, end) = (first.time, self.timeframe.next(last.time));
        let is_there = first <= target || self.feed.is_complete();
        let view = self.feed.view_mut();
        if is_there {
            self.going = match target {
                _ if target < first => Some(Going::BeforeFirst(first)),
                _ if target >= end => Some(Going::AfterLast),
                _ => None,
            };
            let bar = view.timeframe().floor(target);
            let index = view.series().index_at_or_after(bar) as f64;
            let half = view.axis().width() / view.axis().spacing() / 2.0;
            view.axis_mut().show(index - half, index + half);
        } else {
            view.axis_mut().show_oldest();
        }
    }

    /// Writes summary and facts in a frame, where that is asked for.
    pub fn sum_up_frame(&mut self) {
        if self.telling.is_within_frames() {
            self.sum_up();
        }
    }

    /// Writes summary and facts, if they were not written just now.
    pub fn sum_up(&mut self) {
        let now = browser::page_ms();
        if self.telling.wait_ms(now) > 0.0 || !self.feed.is_shown() {
            return;
        }
        self.telling.told(now);
        let (view, crosshair) = (self.feed.view(), self.crosshair());
        self.summary.set(&summary(view, crosshair), "");
        self.facts
            .set(&facts(&self.instrument, view, crosshair, self.selected), "");
    }
}

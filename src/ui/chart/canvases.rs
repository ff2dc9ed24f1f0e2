//! One frame of a chart: its two canvases and its legend.

use std::rc::Rc;

use leptos::prelude::*;
use tradesuite_core::chart::{ChartSize, NumberStyle, SizeUnit};
use tradesuite_core::model::UnixMs;

use crate::browser::{self, Surface, SurfaceSize};
use crate::ui::chart::Parts;
use crate::ui::chart::grid::{measure, paint_grid};
use crate::ui::chart::legend::{LegendReadouts, missing_text};
use crate::ui::chart::paint::{BarPainter, Overlay, time_of};
use crate::ui::chart::shown::Shown;
use crate::ui::chart::study_legend::write_values;
use crate::ui::panel::Palette;
use crate::ui::preferences::Preferences;
use crate::ui::widget::Readout;

/// The axis font is measured this often, milliseconds: it may arrive after the first frame.
const MEASURE_MS: f64 = 500.0;

/// Both canvases and what they were painted with.
pub struct Canvases {
    parts: Parts,
    preferences: Preferences,
    grid: Option<Surface>,
    /// Colours and numbers of the grid.
    grid_looks: Option<(Palette, NumberStyle)>,
    bars: BarPainter,
    legend: LegendReadouts,
    missing: Readout,
}

impl Canvases {
    /// Nothing painted yet.
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            preferences: Preferences::expect(),
            grid: None,
            grid_looks: None,
            bars: BarPainter::default(),
            legend: LegendReadouts::new(parts.legend),
            missing: Readout::new(parts.missing),
        }
    }

    /// One frame.
    pub fn paint(
        &mut self,
        shown: &mut Shown,
        surface: &Surface,
        size: SurfaceSize,
        palette: &Palette,
    ) {
        let zone = self.preferences.zone.get_untracked();
        let numbers = self.preferences.numbers.get_untracked();
        let offset_ms = move |time: UnixMs| zone.offset_ms(time.0);
        fit(shown, surface, size);
        shown.say_last();
        if !shown.gestures.is_dragging() {
            // A line that is being dragged stays with the pointer.
            shown.marked.tell(shown.feed.view_mut());
        }
        let unit = self.preferences.sizes.get_untracked();
        shown.feed.view_mut().set_size_unit(unit);
        if shown.feed.view_mut().follow() {
            self.parts.unfinished.notify();
        }
        let changed = shown.feed.view_mut().lay_out(&offset_ms);
        self.paint_below(shown, changed, size, palette);
        if !shown.feed.is_shown() {
            self.legend.set(None, SizeUnit::default(), numbers);
            self.missing.set("", "");
            return;
        }
        shown.tell_linked();
        let view = shown.feed.view();
        let crosshair = shown.crosshair();
        let overlay = Overlay {
            crosshair,
            time: time_of(view, crosshair, &offset_ms),
            closes_in_ms: view.closes_in_ms(UnixMs(browser::now_ms() as i64)),
            metrics: shown.metrics,
            measure: shown.gestures.measure(),
            numbers,
            indicators: Rc::clone(&shown.indicators),
            drawings: shown.marked.drawings(),
            selected: shown.selected,
        };
        self.bars.paint(view, &overlay, surface, size, palette);
        let legend = view.legend(crosshair.map(|crosshair| crosshair.index));
        self.legend.set(legend.as_ref(), unit, numbers);
        self.missing.set(
            &missing_text(view, crosshair, shown.gap_tick(), &offset_ms),
            "",
        );
        write_values(view, crosshair, numbers, self.parts.study_values);
        shown.sum_up_frame();
    }

    /// Tells the legends where their panes begin.
    fn place_legends(&self, shown: &Shown) {
        let view = shown.feed.view();
        let ratio = view.snap().ratio();
        let rows = view.rows().iter().skip(1);
        let tops: Vec<(u32, f64)> = view
            .panes()
            .iter()
            .zip(rows)
            .map(|(pane, rows)| (pane.study, f64::from(rows.top) / ratio))
            .collect();
        let signal = self.parts.indicators.tops;
        if signal
            .try_get_untracked()
            .is_some_and(|shown| shown != tops)
        {
            signal.set(tops);
        }
    }

    fn paint_below(&mut self, shown: &Shown, changed: bool, size: SurfaceSize, palette: &Palette) {
        self.grid = self.grid.take().or_else(|| Surface::of(&self.parts.grid));
        let Some(grid) = &self.grid else { return };
        let numbers = self.preferences.numbers.get_untracked();
        let looks = self.grid_looks.as_ref();
        let is_as_before = looks.is_some_and(|(held, style)| held == palette && *style == numbers);
        if changed || !is_as_before {
            let _ = grid.fit();
            self.grid_looks = Some((palette.clone(), numbers));
            let labels = (shown.metrics, numbers);
            paint_grid(shown.feed.view(), labels, grid, size, palette);
            self.place_legends(shown);
        }
    }
}

/// Gives the chart the size of its canvas and the widths of its font.
fn fit(shown: &mut Shown, surface: &Surface, size: SurfaceSize) {
    let chart_size = ChartSize {
        width: size.width / size.ratio,
        height: size.height / size.ratio,
        ratio: size.ratio,
    };
    let now = browser::page_ms();
    let view = shown.feed.view_mut();
    let resized = view.size() != chart_size;
    if resized {
        view.resize(chart_size);
    }
    if resized || now - shown.measured_at >= MEASURE_MS {
        shown.measured_at = now;
        let metrics = measure(surface, size.ratio);
        if metrics != shown.metrics {
            shown.metrics = metrics;
            view.set_metrics(metrics);
        }
    }
}

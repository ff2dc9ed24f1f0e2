//! One frame of a chart: its two canvases and its legend.

use leptos::prelude::*;
use tradesuite_core::chart::ChartSize;
use tradesuite_core::model::UnixMs;

use crate::browser::{self, Surface, SurfaceSize};
use crate::ui::chart::Parts;
use crate::ui::chart::grid::{measure, paint_grid};
use crate::ui::chart::legend::{LegendReadouts, missing_text};
use crate::ui::chart::paint::{BarPainter, Overlay, time_of};
use crate::ui::chart::shown::Shown;
use crate::ui::panel::Palette;
use crate::ui::widget::Readout;
use crate::ui::workspace::Workspace;

/// The axis font is measured this often, milliseconds: it may arrive after the first frame.
const MEASURE_MS: f64 = 500.0;

/// Both canvases and what they were painted with.
pub struct Canvases {
    parts: Parts,
    workspace: Workspace,
    grid: Option<Surface>,
    grid_palette: Option<Palette>,
    bars: BarPainter,
    legend: LegendReadouts,
    missing: Readout,
}

impl Canvases {
    /// Nothing painted yet.
    pub fn new(parts: Parts, workspace: Workspace) -> Self {
        Self {
            parts,
            workspace,
            grid: None,
            grid_palette: None,
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
        let zone = self.workspace.zone.get_untracked();
        let offset_ms = move |time: UnixMs| zone.offset_ms(time.0);
        fit(shown, surface, size);
        shown.say_last();
        let changed = shown.feed.view_mut().lay_out(&offset_ms);
        self.paint_below(shown, changed, size, palette);
        if !shown.feed.is_shown() {
            self.legend.set(None);
            self.missing.set("", "");
            return;
        }
        let view = shown.feed.view();
        let crosshair = shown.crosshair();
        let overlay = Overlay {
            crosshair,
            time: time_of(view, crosshair, &offset_ms),
            closes_in_ms: view.closes_in_ms(UnixMs(browser::now_ms() as i64)),
            metrics: shown.metrics,
        };
        self.bars.paint(view, &overlay, surface, size, palette);
        let legend = view.legend(crosshair.map(|crosshair| crosshair.index));
        self.legend.set(legend.as_ref());
        self.missing
            .set(&missing_text(view, crosshair, &offset_ms), "");
        shown.sum_up();
    }

    fn paint_below(&mut self, shown: &Shown, changed: bool, size: SurfaceSize, palette: &Palette) {
        self.grid = self.grid.take().or_else(|| Surface::of(&self.parts.grid));
        let Some(grid) = &self.grid else { return };
        if changed || self.grid_palette.as_ref() != Some(palette) {
            let _ = grid.fit();
            self.grid_palette = Some(palette.clone());
            paint_grid(shown.feed.view(), shown.metrics, grid, size, palette);
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

//! The panes below the prices: one for each indicator that has its own, with its own scale.

use crate::chart::book::SizeUnit;
use crate::chart::price_axis::PriceAxis;
use crate::chart::price_scale::{PriceScale, Rows};
use crate::chart::studies::{Studies, Study, StudyPlan};
use crate::chart::value_ticks::{ValueTick, value_ticks};
use crate::indicator::Place;

use super::ChartView;

/// Share of a pane left free above and below its values.
const MARGIN: f64 = 0.08;
/// Between labels at least, in heights of a label.
const LABEL_GAP: f64 = 1.6;

/// A pane below the prices.
#[derive(Clone, Debug)]
pub struct Pane {
    /// The indicator in it: [`StudyPlan::id`].
    pub study: u32,
    /// How its scale is handled.
    pub(super) axis: PriceAxis,
    /// Its scale of the last layout.
    pub scale: PriceScale,
    /// Labels of its axis of the last layout, from the top down.
    pub ticks: Vec<ValueTick>,
    /// Rows of levels that are always drawn, of the last layout.
    pub guides: Vec<i32>,
}

impl Pane {
    fn new(study: u32) -> Self {
        Self {
            study,
            axis: PriceAxis::default(),
            scale: PriceScale::over(0.0, 1.0, 1),
            ticks: Vec::new(),
            guides: Vec::new(),
        }
    }

    fn fit(&mut self, study: &Study, visible: std::ops::Range<i64>, rows: Rows, label: f64) {
        let Place::Pane { bounds, guides } = study.plan().params.spec().place else {
            return;
        };
        let before = self.scale.range();
        self.scale = self.axis.scale(rows, |mode| {
            let range = bounds.or_else(|| {
                let ends = guides.first().copied().zip(guides.last().copied());
                let values = study.values().extremes(visible);
                match (values, ends) {
                    (Some(values), Some(ends)) => Some(around(values, ends)),
                    (values, ends) => values.or(ends),
                }
            });
            match range {
                Some(range) => {
                    let least = f64::EPSILON.max(range.1.abs() * 1e-9);
                    PriceScale::spread(range, least, (MARGIN, MARGIN), mode, rows)
                }
                None => PriceScale::of(before, mode, rows),
            }
        });
        self.ticks = value_ticks(&self.scale, LABEL_GAP * label);
        let shown = rows.top..rows.bottom();
        self.guides = guides
            .iter()
            .map(|level| self.scale.near(*level).round() as i32)
            .filter(|row| shown.contains(row))
            .collect();
    }
}

/// The range that holds both.
pub(super) fn around(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

impl ChartView {
    /// The indicators.
    #[must_use]
    pub fn studies(&self) -> &Studies {
        &self.studies
    }

    /// Wants these indicators and no other. Scales set by hand stay with theirs.
    pub fn set_studies(&mut self, plans: Vec<StudyPlan>) {
        self.studies.set(plans);
        let mut before = std::mem::take(&mut self.panes);
        let mut shares = Vec::new();
        for study in self.studies.in_panes() {
            let plan = study.plan();
            let at = before.iter().position(|pane| pane.study == plan.id);
            let pane = at.map(|at| before.swap_remove(at));
            self.panes.push(pane.unwrap_or_else(|| Pane::new(plan.id)));
            shares.push(plan.share);
        }
        self.stack.set_shares(shares);
        self.fit_panes();
    }

    /// Unit that sizes are counted in.
    #[must_use]
    pub fn size_unit(&self) -> SizeUnit {
        self.studies.unit()
    }

    /// Counts sizes in a unit.
    pub fn set_size_unit(&mut self, unit: SizeUnit) {
        self.studies.set_unit(unit);
    }

    /// Computes the indicators along with the bars. Says whether some are not up to date yet:
    /// then call it again in the next frame.
    pub fn follow(&mut self) -> bool {
        self.studies.follow(&mut self.series)
    }

    /// The panes below the prices, from the top down.
    #[must_use]
    pub fn panes(&self) -> &[Pane] {
        &self.panes
    }

    /// Shares of the height by indicator, as set by hand.
    #[must_use]
    pub fn pane_shares(&self) -> Vec<(u32, f64)> {
        let studies = self.panes.iter().map(|pane| pane.study);
        studies.zip(self.stack.shares()).collect()
    }

    /// Scale, labels and guides of each pane, and the indicators' drawings.
    pub(super) fn lay_out_studies(&mut self) {
        let label = self.metrics.height * self.size.ratio;
        let visible = self.axis.visible();
        let rows = self.rows.iter().skip(1);
        for ((pane, study), rows) in self.panes.iter_mut().zip(self.studies.in_panes()).zip(rows) {
            pane.fit(study, visible.clone(), *rows, label);
        }
        let snap = self.snap();
        let factor = 10_f64.powi(i32::from(self.series.precision().price));
        self.studies
            .lay_out_over_price(&self.axis, snap, &self.scale, factor);
        let scales = self.panes.iter().map(|pane| &pane.scale);
        self.studies.lay_out_in_panes(&self.axis, snap, scales);
    }

    /// The range of prices in view with what indicators draw over them: at most once as high again
    /// above and below, so that a far line does not flatten the bars.
    pub(super) fn with_studies(&self, (low, high): (f64, f64)) -> (f64, f64) {
        let factor = 10_f64.powi(i32::from(self.series.precision().price));
        let reach = high - low;
        let drawn = self.studies.over_price(&self.axis.visible());
        drawn.map_or((low, high), |(least, most)| {
            (
                low.min((least * factor).max(low - reach)),
                high.max((most * factor).min(high + reach)),
            )
        })
    }

    /// How a pane's axis is handled; the price pane is 0.
    pub(super) fn axis_of(&mut self, pane: usize) -> Option<(&mut PriceAxis, PriceScale)> {
        match pane.checked_sub(1) {
            None => Some((&mut self.price_axis, self.scale)),
            Some(below) => {
                let pane = self.panes.get_mut(below)?;
                Some((&mut pane.axis, pane.scale))
            }
        }
    }

    /// Whether a pane's scale fits itself to what is in view.
    #[must_use]
    pub fn is_auto(&self, pane: usize) -> bool {
        match pane.checked_sub(1) {
            None => self.price_axis.is_auto(),
            Some(below) => self.panes.get(below).is_none_or(|pane| pane.axis.is_auto()),
        }
    }
}

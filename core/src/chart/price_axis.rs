//! One pane's price axis as a person handles it: how it counts, and whether it fits itself to
//! what is in view or stays as it was set by hand.

use super::price_scale::{PriceScale, Rows, ScaleMode};

/// Pixels of a drag along the axis that make everything e times as large, as a share of the
/// pane's height.
const STRETCH: f64 = 0.75;

/// What a pointer took hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Grip {
    /// Where, device pixels from the chart's top.
    y: f64,
    /// The scale at that moment.
    scale: PriceScale,
    moves: bool,
}

/// A price axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceAxis {
    mode: ScaleMode,
    /// Lowest and highest price, where they were set by hand.
    manual: Option<(f64, f64)>,
    grip: Option<Grip>,
}

impl PriceAxis {
    /// How it counts.
    #[must_use]
    pub fn mode(&self) -> ScaleMode {
        self.mode
    }

    /// Changes how it counts; a range set by hand stays.
    pub fn set_mode(&mut self, mode: ScaleMode) {
        self.mode = mode;
    }

    /// Whether it fits itself to what is in view.
    #[must_use]
    pub fn is_auto(&self) -> bool {
        self.manual.is_none()
    }

    /// Fits itself again.
    pub fn set_auto(&mut self) {
        self.manual = None;
        self.grip = None;
    }

    /// The range set by hand, where there is one.
    #[must_use]
    pub fn manual(&self) -> Option<(f64, f64)> {
        self.manual
    }

    /// Sets the range by hand; one that is none changes nothing.
    pub fn set_manual(&mut self, (low, high): (f64, f64)) {
        if low.is_finite() && high.is_finite() && high > low {
            self.manual = Some((low, high));
        }
    }

    /// Prices at other decimals: the range set by hand moves with them.
    pub fn rescale(&mut self, factor: f64) {
        self.manual = self.manual.map(|(low, high)| (low * factor, high * factor));
        self.grip = None;
    }

    /// The scale over these rows: as set by hand, else what `fit` answers for the mode.
    #[must_use]
    pub fn scale(&self, rows: Rows, fit: impl FnOnce(ScaleMode) -> PriceScale) -> PriceScale {
        match self.manual {
            Some(range) => PriceScale::of(range, self.mode, rows),
            None => fit(self.mode),
        }
    }

    /// A pointer takes hold of the axis at `y` (device pixels from the chart's top), which `scale`
    /// shows: [`Self::drag_to`] will stretch it.
    pub fn grab(&mut self, y: f64, scale: PriceScale) {
        self.grip = Some(Grip {
            y,
            scale,
            moves: false,
        });
    }

    /// A pointer takes hold of the plot: where the range was set by hand, [`Self::drag_to`] will
    /// move it.
    pub fn grab_plot(&mut self, y: f64, scale: PriceScale) {
        self.grip = self.manual.map(|_| Grip {
            y,
            scale,
            moves: true,
        });
    }

    /// The pointer that holds the axis or the plot is at `y`.
    pub fn drag_to(&mut self, y: f64) {
        let Some(grip) = self.grip else { return };
        let by = y - grip.y;
        if by == 0.0 {
            return;
        }
        let range = if grip.moves {
            grip.scale.moved(by)
        } else {
            // Upwards stretches: the labels run after the pointer.
            grip.scale
                .stretched((-by / (grip.scale.height() * STRETCH)).exp())
        };
        self.set_manual(range);
    }

    /// The pointer lets go.
    pub fn release(&mut self) {
        self.grip = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: Rows = Rows {
        top: 0,
        height: 400,
    };

    fn scale(axis: &PriceAxis) -> PriceScale {
        axis.scale(ROWS, |mode| PriceScale::of((1_000.0, 2_000.0), mode, ROWS))
    }

    #[test]
    fn a_drag_of_the_axis_stretches_and_a_double_click_fits() {
        for mode in ScaleMode::ALL {
            let mut axis = PriceAxis::default();
            axis.set_mode(mode);
            let fitted = scale(&axis);
            axis.grab(100.0, fitted);
            axis.drag_to(100.0);
            assert!(axis.is_auto(), "a click changes nothing");
            axis.drag_to(60.0);
            let near = scale(&axis).range();
            assert!(near.0 > 1_000.0 && near.1 < 2_000.0, "{mode:?} {near:?}");
            axis.drag_to(140.0);
            let far = scale(&axis).range();
            assert!(far.0 < 1_000.0 && far.1 > 2_000.0, "{mode:?} {far:?}");
            axis.release();
            axis.drag_to(300.0);
            assert_eq!(scale(&axis).range(), far);
            axis.set_auto();
            assert_eq!(scale(&axis), fitted);
        }
    }

    #[test]
    fn the_plot_moves_only_where_the_range_was_set_by_hand() {
        let mut axis = PriceAxis::default();
        axis.grab_plot(100.0, scale(&axis));
        axis.drag_to(200.0);
        assert!(axis.is_auto());
        axis.set_manual((1_000.0, 2_000.0));
        let before = scale(&axis);
        axis.grab_plot(100.0, before);
        axis.drag_to(180.0);
        let moved = scale(&axis);
        assert!((moved.y(1_500.0) - before.y(1_500.0) - 80.0).abs() < 1e-9);
        for range in [(2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            axis.set_manual(range);
            assert_eq!(scale(&axis), moved);
        }
    }
}

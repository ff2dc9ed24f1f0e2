//! How the height of a chart is shared out among its panes: the price pane on top, the others
//! below, a line of one device pixel between two.

use super::price_scale::Rows;

/// Height of the price pane against that of another, where nothing was changed by hand.
const PRICE_SHARE: f64 = 3.0;
/// No pane is lower, CSS pixels, as long as there is room.
const LEAST: f64 = 44.0;

/// Shares of the height, the price pane's first. They are relative: their sum says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct PaneStack {
    shares: Vec<f64>,
    /// Divider held, where it was taken hold of, and the rows at that moment.
    grip: Option<(usize, f64, Vec<Rows>)>,
}

impl Default for PaneStack {
    fn default() -> Self {
        Self {
            shares: vec![PRICE_SHARE],
            grip: None,
        }
    }
}

impl PaneStack {
    /// How many panes there are, the price pane among them.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shares.len()
    }

    /// Gives the panes below the price pane these shares; `None`, or a share that is none, is the
    /// usual one.
    pub fn set_shares(&mut self, below: impl IntoIterator<Item = Option<f64>>) {
        let usable = |share: Option<f64>| {
            share
                .filter(|share| share.is_finite() && *share > 0.0)
                .unwrap_or(1.0)
        };
        self.shares.clear();
        self.shares.push(PRICE_SHARE);
        self.shares.extend(below.into_iter().map(usable));
        self.grip = None;
    }

    /// Shares of the panes below the price pane, where that has the usual one.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let price = self.shares[0];
        self.shares[1..]
            .iter()
            .map(|share| share / price * PRICE_SHARE)
            .collect()
    }

    /// The rows of each pane, from the top down, of `height` device pixels in all.
    #[must_use]
    pub fn rows(&self, height: i32, ratio: f64) -> Vec<Rows> {
        let lines = self.shares.len() as i32 - 1;
        let room = (height - lines).max(self.shares.len() as i32);
        let least = ((LEAST * ratio) as i32).min(room / self.shares.len() as i32);
        let heights = self.heights(room, least);
        let mut top = 0;
        heights
            .into_iter()
            .map(|height| {
                let rows = Rows { top, height };
                top += height + 1;
                rows
            })
            .collect()
    }

    /// Whole heights that sum up to `room`, none below `least`: what the lower ones get beyond
    /// their share is taken from the others.
    fn heights(&self, room: i32, least: i32) -> Vec<i32> {
        let mut is_least = vec![false; self.shares.len()];
        loop {
            let taken = is_least.iter().filter(|is| **is).count() as i32 * least;
            let free = f64::from(room - taken);
            let sum: f64 = self
                .shares
                .iter()
                .zip(&is_least)
                .filter_map(|(share, is_least)| (!is_least).then_some(share))
                .sum();
            // A share that amounts to whole pixels gets them, however its quotient is rounded.
            let height = |at: usize| (self.shares[at] / sum * free + 1e-6).floor() as i32;
            let too_low = (0..self.shares.len()).find(|at| !is_least[*at] && height(*at) < least);
            if let Some(at) = too_low {
                is_least[at] = true;
                continue;
            }
            let mut heights: Vec<i32> = (0..self.shares.len())
                .map(|at| if is_least[at] { least } else { height(at) })
                .collect();
            // What rounding left over is the price pane's.
            heights[0] += room - heights.iter().sum::<i32>();
            return heights;
        }
    }

    /// The divider below a pane within `reach` device pixels of a row.
    #[must_use]
    pub fn divider_at(&self, y: f64, reach: f64, rows: &[Rows]) -> Option<usize> {
        let dividers = rows.iter().take(rows.len().saturating_sub(1));
        dividers
            .enumerate()
            .find(|(_, rows)| (f64::from(rows.bottom()) + 0.5 - y).abs() <= reach)
            .map(|(at, _)| at)
    }

    /// A pointer takes hold of the divider below a pane.
    pub fn grab(&mut self, divider: usize, y: f64, rows: Vec<Rows>) {
        self.grip = (divider + 1 < rows.len() && rows.len() == self.shares.len())
            .then_some((divider, y, rows));
    }

    /// The pointer that holds a divider is at `y`: the two panes beside it change, no other.
    pub fn drag_to(&mut self, y: f64, ratio: f64) {
        let Some((divider, from, rows)) = &self.grip else {
            return;
        };
        let (above, below) = (rows[*divider].height, rows[divider + 1].height);
        let least = ((LEAST * ratio) as i32).min(above).min(below);
        let by = ((y - from).round() as i32).clamp(least - above, below - least);
        // Heights in pixels are shares as good as any.
        for (share, rows) in self.shares.iter_mut().zip(rows) {
            *share = f64::from(rows.height.max(1));
        }
        self.shares[*divider] = f64::from((above + by).max(1));
        self.shares[divider + 1] = f64::from((below - by).max(1));
    }

    /// The pointer lets go. Says whether it held a divider.
    pub fn release(&mut self) -> bool {
        self.grip.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heights(stack: &PaneStack, height: i32) -> Vec<i32> {
        let rows = stack.rows(height, 1.0);
        rows.iter().map(|rows| rows.height).collect()
    }

    #[test]
    fn heights_follow_the_shares() {
        let mut stack = PaneStack::default();
        assert_eq!(heights(&stack, 500), [500]);
        stack.set_shares([None, Some(1.0)]);
        assert_eq!(heights(&stack, 502), [300, 100, 100]);
        stack.set_shares([Some(f64::NAN), Some(-1.0)]);
        assert_eq!(heights(&stack, 502), [300, 100, 100]);
        stack.set_shares([Some(0.01)]);
        assert_eq!(heights(&stack, 501), [456, 44]);
        // Nothing has its least height any more: all are equal.
        stack.set_shares([None, None, None]);
        assert_eq!(heights(&stack, 43), [10, 10, 10, 10]);
    }

    #[test]
    fn a_divider_changes_the_panes_beside_it() {
        let mut stack = PaneStack::default();
        stack.set_shares([None, None]);
        let rows = stack.rows(502, 1.0);
        assert_eq!(stack.divider_at(303.0, 3.0, &rows), Some(0));
        assert_eq!(stack.divider_at(310.0, 3.0, &rows), None);
        assert_eq!(stack.divider_at(501.0, 3.0, &rows), None, "the axis");
        stack.grab(0, 300.0, rows);
        stack.drag_to(250.0, 1.0);
        assert_eq!(heights(&stack, 502), [250, 150, 100]);
        stack.drag_to(9_999.0, 1.0);
        assert_eq!(heights(&stack, 502), [356, 44, 100]);
        stack.drag_to(310.0, 1.0);
        stack.release();
        stack.drag_to(0.0, 1.0);
        assert_eq!(heights(&stack, 502), [310, 90, 100]);
        let mut restored = PaneStack::default();
        restored.set_shares(stack.shares().into_iter().map(Some));
        assert_eq!(heights(&restored, 502), [310, 90, 100]);
        let shares = stack.shares();
        stack.set_shares(shares.into_iter().map(Some));
        assert_eq!(heights(&stack, 502), [310, 90, 100]);
    }

    proptest! {
        #[test]
        fn panes_fill_the_height(shares in prop::collection::vec(0.001_f64..50.0, 0..8), height in 1_i32..3_000, ratio in 0.5_f64..3.0, drags in prop::collection::vec((0_usize..8, -900.0_f64..900.0), 0..6)) {
            let mut stack = PaneStack::default();
            stack.set_shares(shares.iter().copied().map(Some));
            for (divider, by) in drags {
                stack.grab(divider, 0.0, stack.rows(height, ratio));
                stack.drag_to(by, ratio);
                stack.release();
            }
            let rows = stack.rows(height, ratio);
            prop_assert_eq!(rows.len(), shares.len() + 1);
            let lines = rows.len() as i32 - 1;
            let sum: i32 = rows.iter().map(|rows| rows.height).sum();
            prop_assert_eq!(sum + lines, height.max(2 * lines + 1));
            let least = ((LEAST * ratio) as i32).min((height - lines) / rows.len() as i32);
            for pair in rows.windows(2) {
                prop_assert_eq!(pair[1].top, pair[0].bottom() + 1);
            }
            prop_assert!(rows.iter().all(|rows| rows.height >= least.max(1)));
        }
    }

    #[test]
    fn the_other_panes_stay_as_they_are_however_often_a_divider_moves() {
        let mut stack = PaneStack::default();
        stack.set_shares([None, None, None]);
        let others = |rows: &[Rows]| (rows[0].height, rows[3].height);
        let first = stack.rows(676, 1.0);
        for press in 1..=5 {
            let rows = stack.rows(676, 1.0);
            let bottom = f64::from(rows[1].bottom());
            stack.grab(1, bottom, rows);
            stack.drag_to(bottom - 7.0, 1.0);
            stack.release();
            // As they are kept with the panel and come back.
            let kept = stack.shares();
            stack.set_shares(kept.into_iter().map(Some));
            let now = stack.rows(676, 1.0);
            assert_eq!(others(&now), others(&first), "after {press}");
            assert_eq!(now[2].height, first[2].height + 7 * press, "after {press}");
        }
    }
}

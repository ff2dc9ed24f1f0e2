//! Which row stands at the top of a tape.
//!
//! Following, it is the newest. Scrolled back, it is a row that is named by its first trade, so
//! that neither new rows nor older history move what one looks at.

use crate::model::{TradeId, UnixNs};

use super::rows::TapeRows;

/// The row at the top, and how much of it is above the edge.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Anchor {
    key: (UnixNs, TradeId),
    /// Pixels, less than a row.
    above: f64,
}

/// Position of a tape. Lengths are CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TapeScroll {
    /// Length of what is seen.
    height: f64,
    /// `None` where the newest row is followed.
    anchor: Option<Anchor>,
}

impl TapeScroll {
    /// Height of a row.
    pub const ROW: f64 = 18.0;

    /// Sets the length of what is seen.
    pub fn resize(&mut self, height: f64) {
        self.height = height.max(0.0);
    }

    /// Length of what is seen.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Whether the newest row stands at the top and new ones push it down.
    #[must_use]
    pub fn is_following(&self) -> bool {
        self.anchor.is_none()
    }

    /// Distance from the upper edge of the newest row to that of what is seen.
    #[must_use]
    pub fn position(&self, rows: &TapeRows) -> f64 {
        let Some(anchor) = self.anchor else {
            return 0.0;
        };
        let index = rows.find(anchor.key).unwrap_or_default();
        // A row that left by a filter leaves its place to the next older one, whole.
        let above = match rows.is_in(anchor.key, index) {
            true => anchor.above,
            false => 0.0,
        };
        (index as f64 * Self::ROW + above).clamp(0.0, self.longest(rows))
    }

    /// The rows that are seen, counted from the newest, and how far the first of them begins
    /// above the upper edge.
    #[must_use]
    pub fn visible(&self, rows: &TapeRows) -> (std::ops::Range<usize>, f64) {
        let position = self.position(rows);
        let first = (position / Self::ROW).floor();
        let end = ((position + self.height) / Self::ROW).ceil();
        let bounded = |row: f64| (row as usize).min(rows.len());
        (bounded(first)..bounded(end), position - first * Self::ROW)
    }

    /// Rows that are newer than everything seen.
    #[must_use]
    pub fn waiting(&self, rows: &TapeRows) -> usize {
        self.visible(rows).0.start
    }

    /// Rows that are held below what is seen.
    #[must_use]
    pub fn below(&self, rows: &TapeRows) -> usize {
        rows.len() - self.visible(rows).0.end
    }

    /// Rows that fit.
    #[must_use]
    pub fn rows_seen(&self) -> usize {
        (self.height / Self::ROW).ceil() as usize
    }

    /// Scrolls, positive towards older rows. At the newest row it follows again.
    pub fn scroll_by(&mut self, distance: f64, rows: &TapeRows) {
        self.scroll_to(self.position(rows) + distance, rows);
    }

    /// Scrolls to a [`TapeScroll::position`].
    pub fn scroll_to(&mut self, position: f64, rows: &TapeRows) {
        let position = position.clamp(0.0, self.longest(rows));
        let index = (position / Self::ROW).floor();
        self.anchor = rows
            .key(index as usize)
            .filter(|_| position > 0.0)
            .map(|key| Anchor {
                key,
                above: position - index * Self::ROW,
            });
    }

    /// Back to the newest row, and follow it.
    pub fn to_now(&mut self) {
        self.anchor = None;
    }

    /// To the oldest row held.
    pub fn to_oldest(&mut self, rows: &TapeRows) {
        self.scroll_to(f64::INFINITY, rows);
    }

    /// The furthest position: a line is left below the oldest row, to say what lies beyond it.
    fn longest(&self, rows: &TapeRows) -> f64 {
        let length = rows.len() as f64 * Self::ROW;
        match length > self.height {
            true => length + Self::ROW - self.height,
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{print, prints, rule, trade};
    use super::super::prints::Print;
    use super::*;
    use crate::model::{Precision, Trade};
    use proptest::prelude::*;

    fn take(rows: &mut TapeRows, prints: &[Print]) {
        let trades: Vec<Trade> = prints.iter().map(trade).collect();
        rows.merge(&trades, Precision::default()).expect("fits");
    }

    fn thousand() -> TapeRows {
        let mut rows = TapeRows::new(10_000, rule());
        let prints: Vec<Print> = (0..1_000).map(|at| print(at, at as i64)).collect();
        take(&mut rows, &prints);
        rows
    }

    fn scroll(height: f64) -> TapeScroll {
        let mut scroll = TapeScroll::default();
        scroll.resize(height);
        scroll
    }

    #[test]
    fn it_follows_until_it_is_scrolled_and_again_at_the_top() {
        let rows = thousand();
        let mut scroll = scroll(100.0);
        assert_eq!(scroll.visible(&rows), (0..6, 0.0));
        scroll.scroll_by(45.0, &rows);
        assert!(!scroll.is_following());
        assert_eq!(scroll.visible(&rows), (2..9, 9.0));
        assert_eq!((scroll.waiting(&rows), scroll.below(&rows)), (2, 991));
        scroll.scroll_by(-45.0, &rows);
        assert!(scroll.is_following());
        scroll.scroll_by(-1.0, &rows);
        assert!(scroll.is_following());
        scroll.to_oldest(&rows);
        assert_eq!(scroll.visible(&rows), (995..1_000, 8.0));
        scroll.to_now();
        assert_eq!(scroll.waiting(&rows), 0);
    }

    #[test]
    fn what_fits_whole_does_not_scroll() {
        let mut rows = TapeRows::new(10, rule());
        let mut scroll = scroll(100.0);
        scroll.scroll_by(40.0, &rows);
        take(&mut rows, &[print(1, 1)]);
        scroll.scroll_by(40.0, &rows);
        assert!(scroll.is_following());
        assert_eq!(scroll.visible(&rows), (0..1, 0.0));
    }

    #[test]
    fn what_left_by_the_limit_is_replaced_by_the_oldest_held() {
        let mut rows = TapeRows::new(20, rule());
        let mut scroll = scroll(36.0);
        take(
            &mut rows,
            &(0..20)
                .map(|at| print(at * 2, at as i64))
                .collect::<Vec<_>>(),
        );
        scroll.to_oldest(&rows);
        take(
            &mut rows,
            &(20..60)
                .map(|at| print(at * 2, at as i64))
                .collect::<Vec<_>>(),
        );
        assert_eq!(scroll.visible(&rows), (19..20, 0.0));
    }

    proptest! {
        #[test]
        fn what_one_looks_at_stays_where_it_is(
            held in prints(60..160),
            cuts in (0..40_usize, 0..40_usize),
            position in 1.0..900.0_f64,
        ) {
            let (older, newer) = (cuts.0, held.len() - cuts.1);
            // A row that is being filled still grows; the one that is looked at is not that one.
            let mut rows = TapeRows::new(10_000, rule());
            take(&mut rows, &held[older.min(newer)..newer]);
            let mut scroll = scroll(90.0);
            scroll.scroll_by(position, &rows);
            prop_assume!(!scroll.is_following());
            let seen = |rows: &TapeRows| {
                let (range, above) = scroll.visible(rows);
                // The last ones may end the list or go on, and the first may be cut short.
                let keys: Vec<_> = range.filter_map(|at| rows.key(at)).collect();
                (keys, above)
            };
            let (before, above) = seen(&rows);
            take(&mut rows, &held[newer..]);
            let after_news = seen(&rows);
            prop_assert_eq!(&after_news.0, &before);
            prop_assert!((after_news.1 - above).abs() < 1e-6);
            take(&mut rows, &held[..older.min(newer)]);
            let after_history = seen(&rows);
            prop_assert!((after_history.1 - above).abs() < 1e-6);
            // The oldest row seen may turn out to have begun earlier.
            let settled = before.len() - 1;
            prop_assert_eq!(&after_history.0[..settled], &before[..settled]);
        }
    }
}

//! Which prices a ladder shows. A row keeps its price until the last price leaves the middle of
//! the panel, and always while a pointer is inside.

/// The last price may stand in this share of the rows, around the middle.
const MIDDLE: f64 = 0.6;

/// Rows of a price axis, numbered by price: the top row has the highest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LadderAxis {
    rows: i64,
    /// Number of the top row; `None` before a price is known.
    top: Option<i64>,
    is_pointed_at: bool,
    /// Whether a person has scrolled away from the last price.
    is_scrolled: bool,
}

impl LadderAxis {
    /// Gives it as many rows. The row in the middle stays there; the top one while a pointer is
    /// inside.
    pub fn fit(&mut self, rows: usize) {
        let rows = rows as i64;
        if let Some(top) = &mut self.top
            && !self.is_pointed_at
        {
            *top += rows / 2 - self.rows / 2;
        }
        self.rows = rows;
    }

    /// Tells where the last price is: shows it in the middle, if it has left that and nothing
    /// holds the axis. Says whether rows have other prices now.
    pub fn follow(&mut self, last: i64) -> bool {
        let is_in_the_middle = self.holds_in_the_middle(last);
        if is_in_the_middle {
            self.is_scrolled = false;
        }
        let moves = !is_in_the_middle && !self.is_scrolled && !self.is_pointed_at;
        if moves || self.top.is_none() {
            self.recentre(last);
            return true;
        }
        false
    }

    /// Shows a price in the middle at once, and follows it again.
    pub fn recentre(&mut self, last: i64) {
        self.top = Some(last + self.rows / 2);
        self.is_scrolled = false;
    }

    /// Scrolls by rows, positive towards higher prices. The last price is not followed from then
    /// on, until it is back in the middle.
    pub fn scroll(&mut self, rows: i64) {
        if let Some(top) = &mut self.top {
            *top = top.saturating_add(rows);
            self.is_scrolled = true;
        }
    }

    /// Forgets where it stood: rows have another height in price.
    pub fn forget(&mut self) {
        self.top = None;
        self.is_scrolled = false;
    }

    /// A pointer comes in or leaves.
    pub fn point(&mut self, is_inside: bool) {
        self.is_pointed_at = is_inside;
    }

    /// Whether the last price is not followed because a person has scrolled away from it.
    #[must_use]
    pub fn is_scrolled(&self) -> bool {
        self.is_scrolled
    }

    /// Rows in view.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.max(0) as usize
    }

    /// Number of the top row.
    #[must_use]
    pub fn top(&self) -> Option<i64> {
        self.top
    }

    /// Which row from the top has this number; `None` out of view.
    #[must_use]
    pub fn row_of(&self, number: i64) -> Option<usize> {
        let row = self.top?.checked_sub(number)?;
        (0..self.rows).contains(&row).then_some(row as usize)
    }

    fn holds_in_the_middle(&self, number: i64) -> bool {
        self.row_of(number).is_some_and(|row| {
            let middle = (row as f64 + 0.5) / self.rows as f64;
            (middle - 0.5).abs() <= MIDDLE / 2.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(rows: usize, last: i64) -> LadderAxis {
        let mut axis = LadderAxis::default();
        axis.fit(rows);
        axis.follow(last);
        axis
    }

    #[test]
    fn the_first_price_stands_in_the_middle() {
        let axis = axis(21, 1_000);
        assert_eq!(
            (axis.row_of(1_000), axis.row_of(1_010), axis.row_of(989)),
            (Some(10), Some(0), None)
        );
    }

    #[test]
    fn it_moves_only_when_the_last_price_leaves_the_middle() {
        let mut axis = axis(20, 1_000);
        for (last, moves) in [
            (1_005, false),
            (995, false),
            (1_007, true),
            (1_013, false),
            (1_000, true),
        ] {
            assert_eq!(axis.follow(last), moves, "{last}");
        }
    }

    #[test]
    fn scrolled_away_it_stays_until_the_price_is_back() {
        let mut axis = axis(20, 1_000);
        axis.scroll(30);
        assert!(!axis.follow(1_001) && axis.is_scrolled());
        axis.scroll(-30);
        assert!(!axis.follow(1_001) && !axis.is_scrolled());
        assert!(axis.follow(1_020), "it follows again");
        axis.scroll(30);
        axis.recentre(1_020);
        assert_eq!(axis.row_of(1_020), Some(10));
        assert!(!axis.is_scrolled());
    }

    #[test]
    fn resizing_keeps_the_middle() {
        let mut axis = axis(20, 1_000);
        axis.fit(41);
        assert_eq!(axis.row_of(1_000), Some(20));
        axis.point(true);
        let top = axis.top();
        axis.fit(10);
        assert_eq!(axis.top(), top, "under a pointer the rows above it stay");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Last(i64),
        Point(bool),
        Scroll(i64),
        Recentre,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            6 => (-40_i64..40).prop_map(Step::Last),
            2 => any::<bool>().prop_map(Step::Point),
            1 => (-50_i64..50).prop_map(Step::Scroll),
            1 => Just(Step::Recentre),
        ];
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        #[test]
        fn a_row_keeps_its_price(rows in 1_usize..80, steps in steps()) {
            let mut axis = axis(rows, 1_000);
            let (mut last, mut inside) = (1_000, false);
            for step in steps {
                let before = axis;
                match step {
                    Step::Last(by) => {
                        last += by;
                        let moved = axis.follow(last);
                        prop_assert_eq!(moved, axis.top() != before.top() );
                        prop_assert!(!moved || !inside && !before.holds_in_the_middle(last));
                        prop_assert!(inside || axis.is_scrolled() || axis.holds_in_the_middle(last));
                    }
                    Step::Point(is_inside) => {
                        inside = is_inside;
                        axis.point(is_inside);
                        prop_assert_eq!(axis.top(), before.top());
                    }
                    Step::Scroll(by) => {
                        axis.scroll(by);
                        prop_assert_eq!(axis.top(), before.top().map(|top| top + by));
                    }
                    Step::Recentre => {
                        axis.recentre(last);
                        prop_assert!(axis.holds_in_the_middle(last));
                    }
                }
            }
        }
    }
}

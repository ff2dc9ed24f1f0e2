//! Which rows have another size than when they were last painted.

use crate::chart::book::Group;
use crate::model::{Price, Side, Volume};

/// One side's sizes at the last look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    before: Vec<(Price, Volume)>,
    changed: Vec<bool>,
}

impl Changes {
    /// Looks at a side's groups, best first, and says for each whether its size changed. What was
    /// beyond the rows seen then has only come into view: that is no change.
    pub fn observe(&mut self, side: Side, groups: &[Group]) -> &[bool] {
        let worst = self.before.last().map(|(price, _)| *price);
        self.changed.clear();
        for group in groups {
            let is_in_view = worst.is_some_and(|worst| !is_worse(side, group.price, worst));
            let held = self.before.binary_search_by(|(price, _)| match side {
                Side::Buy => group.price.cmp(price),
                Side::Sell => price.cmp(&group.price),
            });
            let is_same = held.is_ok_and(|at| self.before[at].1 == group.amount.quantity);
            self.changed.push(is_in_view && !is_same);
        }
        self.before.clear();
        let seen = groups
            .iter()
            .map(|group| (group.price, group.amount.quantity));
        self.before.extend(seen);
        &self.changed
    }

    /// For each group of the last look, whether its size had changed.
    #[must_use]
    pub fn changed(&self) -> &[bool] {
        &self.changed
    }

    /// Whether any row had changed at the last look.
    #[must_use]
    pub fn any(&self) -> bool {
        self.changed.contains(&true)
    }
}

fn is_worse(side: Side, price: Price, than: Price) -> bool {
    match side {
        Side::Buy => price < than,
        Side::Sell => price > than,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::book::Amount;
    use crate::model::Quantity;

    fn groups(rows: &[(i64, i64)]) -> Vec<Group> {
        let group = |&(price, size): &(i64, i64)| Group {
            price: Price(price),
            amount: Amount::new(Price(price), Quantity(size)),
            is_partial: false,
        };
        rows.iter().map(group).collect()
    }

    #[test]
    fn says_what_changed_and_not_what_came_into_view() {
        let mut bids = Changes::default();
        for (rows, expected) in [
            (&[(99, 1), (98, 2)][..], &[false, false][..]),
            (&[(99, 1), (98, 2)], &[false, false]),
            (&[(100, 5), (99, 1), (98, 3)], &[true, false, true]),
            (&[(99, 1), (98, 3), (97, 4)], &[false, false, false]),
        ] {
            assert_eq!(bids.observe(Side::Buy, &groups(rows)), expected, "{rows:?}");
        }
        let mut asks = Changes::default();
        asks.observe(Side::Sell, &groups(&[(101, 1), (103, 1)]));
        let changed = asks.observe(
            Side::Sell,
            &groups(&[(101, 1), (102, 1), (103, 2), (104, 1)]),
        );
        assert_eq!(changed, [false, true, true, false]);
        assert!(asks.any());
    }
}

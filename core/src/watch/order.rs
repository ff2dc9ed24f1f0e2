//! How rows are sorted, and when the order has to wait.

use std::cmp::Ordering;

use super::column::Column;
use super::figures::Figures;
use crate::model::InstrumentId;

/// By what rows are sorted, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By which column; `None` for the order that a person gave them.
    pub by: Option<Column>,
    /// Whether the largest comes first.
    pub is_falling: bool,
}

impl Sort {
    /// A person's own order.
    pub const OWN: Self = Self {
        by: None,
        is_falling: false,
    };

    /// What a press on a column's head leads to: the direction that is asked for more often, then
    /// the other, then one's own order again.
    #[must_use]
    pub fn pressed(self, column: Column) -> Self {
        let first = column != Column::Instrument;
        match self.by == Some(column) {
            false => Self {
                by: Some(column),
                is_falling: first,
            },
            true if self.is_falling == first => Self {
                is_falling: !first,
                ..self
            },
            true => Self::OWN,
        }
    }
}

fn value(figures: &Figures, column: Column) -> Option<f64> {
    match column {
        Column::Last => figures.last,
        Column::Change => figures.change.map(|change| change.percent),
        Column::Volume => figures.volume,
        Column::Spread => figures.spread_bp,
        Column::Instrument | Column::Trend => None,
    }
}

/// Instruments in an order. What is not known stands at the end, whatever the direction; equals
/// stay as they were given.
#[must_use]
pub fn sorted(
    own: &[InstrumentId],
    sort: Sort,
    figures: impl Fn(&InstrumentId) -> Figures,
) -> Vec<InstrumentId> {
    let Some(column) = sort.by else {
        return own.to_vec();
    };
    let turned = |ordering: Ordering| match sort.is_falling {
        true => ordering.reverse(),
        false => ordering,
    };
    if column == Column::Instrument {
        let mut ids = own.to_vec();
        let name = |id: &InstrumentId| (id.symbol().to_owned(), id.exchange().to_owned());
        ids.sort_by(|a, b| turned(name(a).cmp(&name(b))));
        return ids;
    }
    let mut rows: Vec<_> = own
        .iter()
        .map(|id| (value(&figures(id), column), id))
        .collect();
    rows.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => turned(a.total_cmp(b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    rows.into_iter().map(|(_, id)| id.clone()).collect()
}

/// The order that is shown. It stays as it is while a pointer or the keyboard is in it, or what one
/// means to press would be another row by then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StillOrder {
    shown: Vec<InstrumentId>,
    is_held: bool,
    is_waiting: bool,
}

impl StillOrder {
    /// The rows from the top.
    #[must_use]
    pub fn shown(&self) -> &[InstrumentId] {
        &self.shown
    }

    /// Whether another order waits.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// A pointer or the keyboard came in, or both have left.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
        self.is_waiting &= is_held;
    }

    /// Takes the order that follows from the market; says whether rows are to move.
    pub fn follow(&mut self, wanted: Vec<InstrumentId>) -> bool {
        let differs = wanted != self.shown;
        self.is_waiting = differs && self.is_held;
        if differs && !self.is_held {
            self.shown = wanted;
            return true;
        }
        false
    }

    /// Takes the order that a person asked for, held or not; says whether rows are to move.
    pub fn obey(&mut self, wanted: Vec<InstrumentId>) -> bool {
        self.is_waiting = false;
        let differs = wanted != self.shown;
        self.shown = wanted;
        differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::DayChange;

    fn ids(text: &str) -> Vec<InstrumentId> {
        let id = |word: &str| word.parse().expect("an id");
        text.split(' ').map(id).collect()
    }

    fn percent(percent: f64) -> Figures {
        Figures {
            change: Some(DayChange { counts: 0, percent }),
            ..Figures::default()
        }
    }

    #[test]
    fn rows_are_sorted_and_the_unknown_stands_last() {
        let own = ids("a:C-X a:A-X b:A-X a:B-X");
        let figures = |id: &InstrumentId| match id.as_str() {
            "a:C-X" => percent(1.0),
            "a:A-X" => Figures::default(),
            "b:A-X" => percent(-3.0),
            _ => percent(2.0),
        };
        let check = |by, is_falling, expected: &str| {
            let sort = Sort { by, is_falling };
            assert_eq!(sorted(&own, sort, figures), ids(expected), "{sort:?}");
        };
        check(None, true, "a:C-X a:A-X b:A-X a:B-X");
        check(Some(Column::Change), true, "a:B-X a:C-X b:A-X a:A-X");
        check(Some(Column::Change), false, "b:A-X a:C-X a:B-X a:A-X");
        check(Some(Column::Instrument), false, "a:A-X b:A-X a:B-X a:C-X");
        check(Some(Column::Volume), true, "a:C-X a:A-X b:A-X a:B-X");
    }

    #[test]
    fn a_head_is_pressed_until_the_own_order_is_back() {
        for (column, expected) in [
            (Column::Change, [true, false]),
            (Column::Instrument, [false, true]),
        ] {
            let mut sort = Sort::OWN;
            for is_falling in expected {
                sort = sort.pressed(column);
                assert_eq!((sort.by, sort.is_falling), (Some(column), is_falling));
            }
            assert_eq!(sort.pressed(column), Sort::OWN);
        }
    }

    #[test]
    fn rows_stand_still_while_somebody_points_at_them() {
        let (first, second) = (ids("a:A-X a:B-X"), ids("a:B-X a:A-X"));
        let mut order = StillOrder::default();
        assert!(order.follow(first.clone()) && !order.follow(first.clone()));
        order.hold(true);
        assert!(!order.follow(second.clone()));
        assert!(order.is_waiting() && order.shown() == first);
        assert!(
            !order.follow(first.clone()) && !order.is_waiting(),
            "it is as it was again"
        );
        order.follow(second.clone());
        order.hold(false);
        assert!(!order.is_waiting());
        assert!(order.follow(second.clone()));
        order.hold(true);
        assert!(order.obey(first.clone()), "asked for by the person itself");
        assert_eq!(order.shown(), first);
    }
}

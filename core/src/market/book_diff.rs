//! The change from one view of a book to the next, and its inverse.
//!
//! What is sent to those who look at the best levels: a level that leaves the view is deleted
//! although the book may still hold it. Both views must be at one precision.

use std::cmp::Ordering;

use crate::model::{BookDelta, BookLevel, BookView, Quantity, UnixNs};

/// The changes that turn `old`'s levels and time into `new`'s, best first on each side.
#[must_use]
pub fn diff(old: &BookView, new: &BookView) -> BookDelta {
    BookDelta {
        time: new.time,
        bids: diff_side(&old.bids, &new.bids, bids_first),
        asks: diff_side(&old.asks, &new.asks, asks_first),
    }
}

/// Applies changes to a view's levels and time; `sequence` and `stale` are the sender's to say.
pub fn patch(view: &mut BookView, time: UnixNs, bids: &[BookLevel], asks: &[BookLevel]) {
    view.time = time;
    for level in bids {
        set(&mut view.bids, *level, bids_first);
    }
    for level in asks {
        set(&mut view.asks, *level, asks_first);
    }
}

fn bids_first(a: &BookLevel, b: &BookLevel) -> Ordering {
    b.price.cmp(&a.price)
}

fn asks_first(a: &BookLevel, b: &BookLevel) -> Ordering {
    a.price.cmp(&b.price)
}

type Order = fn(&BookLevel, &BookLevel) -> Ordering;

fn diff_side(old: &[BookLevel], new: &[BookLevel], order: Order) -> Vec<BookLevel> {
    let deleted = |level: &BookLevel| BookLevel {
        quantity: Quantity::ZERO,
        ..*level
    };
    let mut changes = Vec::new();
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        match (old.peek(), new.peek()) {
            (Some(was), Some(is)) => match order(was, is) {
                Ordering::Less => changes.extend(old.next().map(deleted)),
                Ordering::Greater => changes.extend(new.next()),
                Ordering::Equal => {
                    if was.quantity != is.quantity {
                        changes.push(**is);
                    }
                    old.next();
                    new.next();
                }
            },
            (Some(_), None) => changes.extend(old.next().map(deleted)),
            (None, Some(_)) => changes.extend(new.next()),
            (None, None) => return changes,
        }
    }
}

fn set(levels: &mut Vec<BookLevel>, level: BookLevel, order: Order) {
    match levels.binary_search_by(|held| order(held, &level)) {
        Ok(at) if level.quantity.is_zero() => {
            levels.remove(at);
        }
        Ok(at) => levels[at] = level,
        Err(_) if level.quantity.is_zero() => {}
        Err(at) => levels.insert(at, level),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::OrderBook;
    use crate::model::{Precision, Price, UnixNs};
    use proptest::prelude::*;

    fn view(time: i64, bids: &[(i64, i64)], asks: &[(i64, i64)], depth: usize) -> BookView {
        let levels = |side: &[(i64, i64)]| {
            side.iter()
                .map(|&(price, quantity)| BookLevel {
                    price: Price(price),
                    quantity: Quantity(quantity),
                })
                .collect()
        };
        let mut book = OrderBook::default();
        let snapshot = BookDelta {
            time: UnixNs(time),
            bids: levels(bids),
            asks: levels(asks),
        };
        book.apply_snapshot(&snapshot, Precision::default())
            .expect("fits");
        book.view(depth)
    }

    #[test]
    fn says_only_what_changed_best_first() {
        let old = view(1, &[(10, 1), (9, 2), (8, 3)], &[(11, 1)], 50);
        let new = view(2, &[(10, 1), (9, 5), (7, 4)], &[(11, 1), (12, 6)], 50);
        let changed = |side: &[BookLevel]| -> Vec<_> {
            side.iter().map(|l| (l.price.0, l.quantity.0)).collect()
        };
        let delta = diff(&old, &new);
        assert_eq!(changed(&delta.bids), [(9, 5), (8, 0), (7, 4)]);
        assert_eq!(changed(&delta.asks), [(12, 6)]);
    }

    fn side() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((1..40_i64, 1..4_i64), 0..30)
    }

    proptest! {
        #[test]
        fn patching_the_old_view_gives_the_new(
            old in (side(), side()), new in (side(), side()), depth in 0..25_usize,
        ) {
            let mut patched = view(1, &old.0, &old.1, depth);
            let new = view(2, &new.0, &new.1, depth);
            let delta = diff(&patched, &new);
            patch(&mut patched, delta.time, &delta.bids, &delta.asks);
            prop_assert_eq!(&patched, &new);
            prop_assert_eq!(diff(&patched, &new), BookDelta { time: new.time, ..BookDelta::default() });
        }
    }
}

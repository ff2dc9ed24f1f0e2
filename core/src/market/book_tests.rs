//! What the book must always hold, and the cases worth naming.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn precision(price: u8, quantity: u8) -> Precision {
    Precision { price, quantity }
}

fn level(price: i64, quantity: i64) -> BookLevel {
    BookLevel {
        price: Price(price),
        quantity: Quantity(quantity),
    }
}

fn delta(time: i64, bids: &[(i64, i64)], asks: &[(i64, i64)]) -> BookDelta {
    let side = |side: &[(i64, i64)]| side.iter().map(|&(p, q)| level(p, q)).collect();
    BookDelta {
        time: UnixNs(time),
        bids: side(bids),
        asks: side(asks),
    }
}

fn book(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> OrderBook {
    let mut book = OrderBook::new(Precision::default());
    book.apply_snapshot(&delta(1, bids, asks), Precision::default())
        .expect("fits");
    book
}

#[test]
fn waits_for_a_snapshot_and_again_when_stale() {
    let mut book = OrderBook::default();
    let update = delta(2, &[(9, 1)], &[]);
    let none = Precision::default();
    assert_eq!(book.stale_reason(), Some("no snapshot yet"));
    assert_eq!(
        book.apply_update(&update, none),
        Err(BookError::AwaitsSnapshot)
    );
    book.apply_snapshot(&delta(1, &[], &[]), none)
        .expect("fits");
    book.apply_update(&update, none).expect("fits");
    assert_eq!((book.sequence(), book.time()), (2, UnixNs(2)));
    book.mark_stale("a hole");
    book.mark_stale("another");
    assert_eq!(book.stale_reason(), Some("a hole"));
    assert_eq!(
        book.apply_update(&update, none),
        Err(BookError::AwaitsSnapshot)
    );
    assert!(book.view(5).stale);
    book.apply_snapshot(&delta(3, &[(8, 2)], &[]), none)
        .expect("fits");
    assert_eq!(book.view(5).bids, [level(8, 2)]);
    assert!(!book.is_stale());
}

#[test]
fn knows_its_best_levels_sums_and_depth() {
    let mut book = book(&[(8, 1), (10, 2), (9, 4)], &[(13, 8), (11, 16), (12, 32)]);
    assert_eq!(book.best_bid(), Some(level(10, 2)));
    assert_eq!(book.best_ask(), Some(level(11, 16)));
    assert_eq!(book.bid_volume(Price(9)), Volume(6));
    assert_eq!(book.ask_volume(Price(12)), Volume(48));
    assert_eq!(book.ask_volume(Price(10)), Volume::ZERO);
    assert_eq!(book.bid_at(Price(9)), Some(Quantity(4)));
    assert_eq!(
        (book.bid_at(Price(7)), book.ask_at(Price(10))),
        (None, None)
    );
    let best: Vec<_> = book.asks(2).collect();
    assert_eq!(best, [level(11, 16), level(12, 32)]);
    book.cut_to(2, &mut BookDelta::default());
    assert_eq!((book.bid_count(), book.ask_count()), (2, 2));
    assert_eq!(
        (book.bid_at(Price(8)), book.ask_at(Price(13))),
        (None, None)
    );
    assert!(!book.is_crossed());
    book.apply_update(&delta(2, &[(11, 1)], &[]), Precision::default())
        .expect("fits");
    assert!(book.is_crossed());
}

#[test]
fn a_finer_message_widens_and_a_coarser_one_is_brought_in() {
    let mut book = book(&[(10, 2)], &[(11, 1)]);
    book.apply_update(&delta(2, &[(1_005, 15)], &[]), precision(2, 1))
        .expect("fits");
    assert_eq!(book.precision(), precision(2, 1));
    assert_eq!(book.view(9).bids, [level(1_005, 15), level(1_000, 20)]);
    book.apply_update(&delta(3, &[(10, 0)], &[(12, 3)]), precision(0, 0))
        .expect("fits");
    assert_eq!(book.view(9).bids, [level(1_005, 15)]);
    assert_eq!(book.view(9).asks, [level(1_100, 10), level(1_200, 30)]);
    book.apply_snapshot(&delta(4, &[(10, 1)], &[]), precision(0, 0))
        .expect("fits");
    assert_eq!(
        (book.precision(), book.best_bid()),
        (precision(2, 1), Some(level(1_000, 10)))
    );
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let huge = i64::MAX / 2;
    let mut book = book(&[(10, huge)], &[]);
    let before = book.digest();
    for update in [delta(2, &[(9, 1)], &[]), delta(2, &[(9, huge)], &[])] {
        let error = book.apply_update(&update, precision(0, 1));
        assert!(matches!(error, Err(BookError::Overflow(_))));
        assert_eq!((book.digest(), book.sequence()), (before.clone(), 1));
        assert_eq!(book.precision(), Precision::default());
    }
}

#[test]
fn the_digest_is_that_of_the_written_levels() {
    let mut book = OrderBook::default();
    let snapshot = delta(1, &[(79_000, 50), (79_020, 4_680)], &[(79_110, 4_500)]);
    book.apply_snapshot(&snapshot, precision(5, 1))
        .expect("fits");
    // printf 'b 0.7902 468\nb 0.79 5\na 0.7911 450\n' | sha256sum
    assert_eq!(book.digest(), "d7b0f21cd060cd73");
}

/// Levels at the finest precision that the test uses.
#[derive(Default)]
struct Reference {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

const FINEST: u8 = 3;

impl Reference {
    fn apply(&mut self, snapshot: bool, delta: &BookDelta, precision: Precision) {
        if snapshot {
            *self = Self::default();
        }
        for (side, levels) in [(&mut self.bids, &delta.bids), (&mut self.asks, &delta.asks)] {
            for level in levels {
                let price = level.price.0 * 10_i64.pow((FINEST - precision.price).into());
                let quantity = level.quantity.0 * 10_i64.pow((FINEST - precision.quantity).into());
                if quantity == 0 {
                    side.remove(&price);
                } else {
                    side.insert(price, quantity);
                }
            }
        }
    }

    fn snapshot(&self) -> BookDelta {
        let side = |side: &BTreeMap<i64, i64>| side.iter().map(|(p, q)| level(*p, *q)).collect();
        BookDelta {
            time: UnixNs(0),
            bids: side(&self.bids),
            asks: side(&self.asks),
        }
    }
}

type Message = (bool, Vec<(i64, i64)>, Vec<(i64, i64)>, u8, u8);

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let side = || prop::collection::vec((1..60_i64, 0..4_i64), 0..12);
    let message = (
        prop::bool::weighted(0.05),
        side(),
        side(),
        0..=FINEST,
        0..=FINEST,
    );
    prop::collection::vec(message, 1..60)
}

proptest! {
    #[test]
    fn replaying_changes_gives_the_snapshot_of_a_reference(messages in messages()) {
        let mut replayed = OrderBook::default();
        let mut reference = Reference::default();
        for (index, (snapshot, bids, asks, price, quantity)) in messages.iter().enumerate() {
            let snapshot = *snapshot || index == 0;
            let message = delta(0, bids, asks);
            let precision = precision(*price, *quantity);
            reference.apply(snapshot, &message, precision);
            let applied = if snapshot {
                replayed.apply_snapshot(&message, precision)
            } else {
                replayed.apply_update(&message, precision)
            };
            prop_assert_eq!(applied, Ok(()));
        }
        let mut fresh = OrderBook::default();
        let finest = precision(FINEST, FINEST);
        fresh.apply_snapshot(&reference.snapshot(), finest).expect("fits");
        prop_assert_eq!(replayed.digest(), fresh.digest());
        prop_assert_eq!(replayed.sequence(), messages.len() as u64);
        replayed.widen(finest).expect("fits");
        prop_assert_eq!(replayed.view(99).bids, fresh.view(99).bids);
        prop_assert_eq!(replayed.view(99).asks, fresh.view(99).asks);
        for (price, quantity) in &reference.bids {
            prop_assert_eq!(replayed.bid_at(Price(*price)), Some(Quantity(*quantity)));
        }
    }

    #[test]
    fn a_book_cut_to_a_depth_is_its_best_levels(messages in messages(), depth in 0..9_usize) {
        let (_, bids, asks, ..) = &messages[0];
        let mut cut = book(bids, asks);
        let best = cut.view(depth);
        let mut told = cut.clone();
        let mut forgotten = BookDelta::default();
        cut.cut_to(depth, &mut forgotten);
        prop_assert_eq!(cut.view(99), best);
        told.apply_update(&forgotten, cut.precision()).expect("fits");
        prop_assert_eq!(told.digest(), cut.digest());
    }
}

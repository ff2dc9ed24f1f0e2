//! One change to a book of 1,000 levels a side, near the best and anywhere, beside a `BTreeMap`
//! as the yardstick; and the view that the hub takes every 100 ms.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tradesuite_core::market::{OrderBook, book_diff};
use tradesuite_core::model::{BookDelta, BookLevel, Precision, Price, Quantity, UnixNs};

const LEVELS: i64 = 1_000;
const MID: i64 = 1_000_000;

fn level(price: i64, quantity: i64) -> BookLevel {
    BookLevel {
        price: Price(price),
        quantity: Quantity(quantity),
    }
}

/// A small deterministic generator (xorshift64), so that every run changes the same levels.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound) as i64
    }
}

fn snapshot() -> BookDelta {
    BookDelta {
        time: UnixNs(0),
        bids: (1..=LEVELS).map(|at| level(MID - 2 * at, 5)).collect(),
        asks: (1..=LEVELS).map(|at| level(MID + 2 * at, 5)).collect(),
    }
}

/// Changes of one level each: a third deletes, the rest sets. Three of four are among the best
/// twenty levels where `near`, else all are spread over the whole side.
fn updates(near: bool) -> Vec<BookDelta> {
    let mut draws = Draws(0x9E37_79B9_7F4A_7C15);
    let update = |time| {
        let depth = if near && draws.below(4) > 0 {
            40
        } else {
            2 * LEVELS
        };
        let away = 1 + draws.below(depth as u64);
        let quantity = draws.below(3) * 7;
        let bid = draws.below(2) == 0;
        BookDelta {
            time: UnixNs(time),
            bids: if bid {
                vec![level(MID - away, quantity)]
            } else {
                Vec::new()
            },
            asks: if bid {
                Vec::new()
            } else {
                vec![level(MID + away, quantity)]
            },
        }
    };
    (0..10_000).map(update).collect()
}

fn apply(criterion: &mut Criterion) {
    let precision = Precision::default();
    let mut group = criterion.benchmark_group("book/apply");
    for (name, near) in [("near the best", true), ("anywhere", false)] {
        let updates = updates(near);
        group.throughput(Throughput::Elements(updates.len() as u64));
        let mut book = OrderBook::new(precision);
        book.apply_snapshot(&snapshot(), precision).expect("fits");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for update in &updates {
                    book.apply_update(black_box(update), precision)
                        .expect("fits");
                }
            });
        });
        let side = |levels: Vec<BookLevel>| -> BTreeMap<Price, Quantity> {
            levels.iter().map(|l| (l.price, l.quantity)).collect()
        };
        let (mut bids, mut asks) = (side(snapshot().bids), side(snapshot().asks));
        group.bench_function(format!("{name}, BTreeMap"), |bencher| {
            bencher.iter(|| {
                for update in black_box(&updates) {
                    for (side, levels) in [(&mut bids, &update.bids), (&mut asks, &update.asks)] {
                        for level in levels {
                            if level.quantity.is_zero() {
                                side.remove(&level.price);
                            } else {
                                side.insert(level.price, level.quantity);
                            }
                        }
                    }
                    black_box((bids.last_key_value(), asks.first_key_value()));
                }
            });
        });
    }
    group.finish();
}

fn view(criterion: &mut Criterion) {
    let precision = Precision::default();
    let mut book = OrderBook::new(precision);
    book.apply_snapshot(&snapshot(), precision).expect("fits");
    let old = book.view(50);
    for update in updates(true).iter().take(100) {
        book.apply_update(update, precision).expect("fits");
    }
    criterion.bench_function("book/view 50 and diff", |bencher| {
        bencher.iter(|| {
            let new = black_box(&book).view(50);
            book_diff(black_box(&old), &new)
        });
    });
    criterion.bench_function("book/snapshot of 1,000 a side", |bencher| {
        let snapshot = snapshot();
        bencher.iter(|| book.apply_snapshot(black_box(&snapshot), precision));
    });
}

criterion_group!(benches, apply, view);
criterion_main!(benches);

//! A tape's history against a store that lags, lacks and pages.

use super::*;
use tradesuite_core::chart::{ClassRule, SizeUnit, TapeRows, TapeRule};
use tradesuite_core::model::{Decimal, Precision, Price, Quantity, Side, Trade, TradePage, UnixMs};

fn trade(id: u64) -> Trade {
    let time = UnixNs(id as i64 * 1_000_000);
    Trade {
        id: TradeId(id),
        time,
        received: time,
        price: Price(1),
        quantity: Quantity(1),
        side: Side::Buy,
    }
}

/// A tape, its history, and the store that answers it.
struct World {
    rows: TapeRows,
    history: History,
    /// Ids that the store holds.
    store: Vec<u64>,
    now_ms: f64,
}

impl World {
    fn new(store: impl IntoIterator<Item = u64>) -> Self {
        let rule = TapeRule {
            merge: false,
            unit: SizeUnit::Base,
            least: Decimal::ZERO,
            classes: ClassRule::Percentiles {
                large: 98.0,
                huge: 99.0,
            },
        };
        Self {
            rows: TapeRows::new(100_000, rule),
            history: History::default(),
            store: store.into_iter().collect(),
            now_ms: 0.0,
        }
    }

    fn snapshot(&mut self, ids: std::ops::Range<u64>) {
        let trades: Vec<Trade> = ids.map(trade).collect();
        let oldest = trades.first().map(Print::from);
        let newest = self.rows.prints().newest().copied();
        let outcome = self.history.begin(newest.as_ref(), oldest.as_ref());
        self.rows.merge(&trades, Precision::default());
        self.settle(outcome);
    }

    fn settle(&mut self, outcome: Outcome) {
        if let Outcome::Forget(key) = outcome {
            self.rows.forget_before(key);
        }
    }

    fn page(&self, request: Request) -> TradePage {
        let until = request.before.map_or(i64::MAX, |before| before.through.0);
        let mut ids: Vec<u64> = self
            .store
            .iter()
            .copied()
            .filter(|id| *id as i64 <= until)
            .collect();
        let skip = request.before.map_or(0, |before| before.skip as usize);
        ids.truncate(ids.len().saturating_sub(skip));
        let rest = ids.len().saturating_sub(request.limit as usize);
        let trades: Vec<Trade> = ids[rest..].iter().map(|id| trade(*id)).collect();
        TradePage {
            precision: Precision::default(),
            older: (rest > 0).then(|| TradesBefore {
                through: UnixMs(ids[rest] as i64),
                skip: 1,
            }),
            trades,
        }
    }

    /// Asks and answers until nothing more is asked for. Returns the number of requests.
    fn pump(&mut self, wants_older: bool) -> usize {
        for count in 0..100 {
            self.now_ms += LONGEST_RETRY_MS;
            let Some(request) = self.history.next_request(wants_older, self.now_ms) else {
                return count;
            };
            assert_eq!(
                self.history.next_request(true, f64::MAX),
                None,
                "one at a time"
            );
            let page = self.page(request);
            self.rows.merge(&page.trades, page.precision);
            let first = page.trades.first().map(Trade::key);
            let held = self.rows.prints();
            let outcome = self
                .history
                .answer(request, first, page.older, held, self.now_ms);
            self.settle(outcome);
        }
        panic!("it never ends");
    }

    fn ids(&self) -> Vec<u64> {
        self.rows.prints().iter().map(|print| print.id.0).collect()
    }
}

#[test]
fn history_is_asked_for_until_there_is_none() {
    let mut world = World::new(0..5_000);
    world.snapshot(4_900..5_010);
    assert_eq!(world.pump(false), 1, "the first page closes the seam");
    assert_eq!(world.history.whole_from(), None);
    assert_eq!(world.pump(true), 2);
    assert!(world.history.is_complete());
    assert_eq!(world.ids(), (0..5_010).collect::<Vec<_>>());
}

#[test]
fn a_store_that_lags_is_asked_again() {
    let mut world = World::new(0..4_950);
    world.snapshot(5_000..5_100);
    let request = world
        .history
        .next_request(false, 0.0)
        .expect("the first page");
    let page = world.page(request);
    world.rows.merge(&page.trades, page.precision);
    let first = page.trades.first().map(Trade::key);
    world
        .history
        .answer(request, first, page.older, world.rows.prints(), 0.0);
    assert_eq!(world.history.next_request(false, RETRY_MS - 1.0), None);
    assert!(world.history.whole_from().is_some());
    world.store = (0..5_050).collect();
    assert_eq!(world.pump(false), 1);
    assert_eq!(world.ids(), (2_950..5_100).collect::<Vec<_>>());
}

#[test]
fn what_is_missing_for_good_is_not_asked_for_for_ever() {
    let mut world = World::new((0..4_000).chain(4_500..5_000));
    world.snapshot(5_200..5_300);
    assert_eq!(world.pump(false), 1 + MOST_TRIES as usize);
    assert_eq!(world.history.whole_from(), None);
}

#[test]
fn a_lost_line_leaves_nothing_missing() {
    let mut world = World::new(0..5_000);
    world.snapshot(4_900..5_000);
    world.pump(false);
    let before = world.ids()[0];
    world.store = (0..12_000).collect();
    world.snapshot(11_900..12_100);
    assert_eq!(world.pump(false), 4);
    assert_eq!(world.ids(), (before..12_100).collect::<Vec<_>>());
    world.pump(true);
    assert_eq!(
        world.ids(),
        (0..12_100).collect::<Vec<_>>(),
        "and the history goes on"
    );
}

#[test]
fn after_a_very_long_silence_the_tape_begins_anew() {
    let mut world = World::new(0..5_000);
    world.snapshot(4_900..5_000);
    world.pump(false);
    world.store = (0..90_000).collect();
    world.snapshot(89_900..90_100);
    assert_eq!(world.pump(false), MOST_PAGES as usize);
    let ids = world.ids();
    assert_eq!(ids, (ids[0]..90_100).collect::<Vec<_>>());
    assert!(ids[0] > 60_000);
    world.pump(true);
    assert_eq!(world.ids(), (0..90_100).collect::<Vec<_>>());
}

#[test]
fn a_market_without_trades_asks_once() {
    let mut world = World::new([]);
    world.snapshot(0..0);
    assert_eq!(world.pump(true), 1);
    assert!(world.history.is_complete());
    world.snapshot(7..9);
    world.pump(true);
    assert_eq!(world.ids(), [7, 8]);
}

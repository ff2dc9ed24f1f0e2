//! Small invented tapes for the tests of this module.

use proptest::prelude::*;

use super::prints::Print;
use super::row::TapeRule;
use super::sizes::ClassRule;
use crate::chart::SizeUnit;
use crate::model::{Decimal, Price, Quantity, Side, Trade, TradeId, UnixNs};

/// A buy of 3 at 100.
pub(super) fn print(id: u64, time: i64) -> Print {
    Print {
        time: UnixNs(time),
        id: TradeId(id),
        price: Price(100),
        quantity: Quantity(3),
        side: Side::Buy,
    }
}

/// As it comes from the server.
pub(super) fn trade(print: &Print) -> Trade {
    Trade {
        id: print.id,
        time: print.time,
        received: print.time,
        price: print.price,
        quantity: print.quantity,
        side: print.side,
    }
}

/// Trades in order, often several at one time, now and then with a hole in their numbers.
pub(super) fn prints(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Print>> {
    let step = (0..3_i64, 1..4_u64, 1..50_i64, 1..2_000_i64, any::<bool>());
    prop::collection::vec(step, count).prop_map(|steps| {
        let (mut time, mut id) = (1_000, 10);
        let next = |(later, on, price, quantity, buys)| {
            time += i64::max(later - 1, 0);
            // A jump in the numbers is the exception.
            id += if on == 3 { 3 } else { 1 };
            Print {
                time: UnixNs(time),
                id: TradeId(id),
                price: Price(price),
                quantity: Quantity(quantity),
                side: if buys { Side::Buy } else { Side::Sell },
            }
        };
        steps.into_iter().map(next).collect()
    })
}

/// Everything shown, fills merged, nothing stands out.
pub(super) fn rule() -> TapeRule {
    let never = Decimal {
        mantissa: i64::MAX,
        scale: 0,
    };
    TapeRule {
        merge: true,
        unit: SizeUnit::Base,
        least: Decimal::ZERO,
        classes: ClassRule::Sizes {
            large: never,
            huge: never,
        },
    }
}

//! Laws of the rows: nothing lost, nothing doubled, however the trades arrive.

use super::super::fixture::{print, prints, rule, trade};
use super::*;
use crate::chart::SizeUnit;
use crate::model::{Decimal, Notional, Price, Quantity, Volume};
use proptest::prelude::*;

const MOST: usize = 10_000;

fn trades(prints: &[Print]) -> Vec<Trade> {
    prints.iter().map(trade).collect()
}

fn all(rows: &TapeRows) -> Vec<TapeRow> {
    (0..rows.len())
        .rev()
        .filter_map(|at| rows.row(at))
        .collect()
}

fn whole(prints: &[Print], rule: TapeRule) -> TapeRows {
    let mut rows = TapeRows::new(MOST, rule);
    rows.merge(&trades(prints), Precision::default());
    rows
}

fn sums(prints: &[Print]) -> TapeSums {
    let mut sums = TapeSums::default();
    for print in prints {
        sums.trades += 1;
        sums.volume += print.quantity.into();
        if print.side == Side::Buy {
            sums.buy_volume += print.quantity.into();
        }
    }
    sums
}

#[test]
fn fills_of_one_order_are_one_row() {
    let mut sold = print(14, 7);
    sold.side = Side::Sell;
    let mut dearer = print(12, 5);
    dearer.price = Price(103);
    // 11 and 12 are one order; 14 has another side; 15 follows a hole; 16 came later.
    let held = [print(11, 5), dearer, sold, print(15, 7), print(16, 8)];
    let rows = whole(&held, rule());
    let fills: Vec<_> = all(&rows)
        .iter()
        .map(|row| (row.first.0, row.fills))
        .collect();
    assert_eq!(fills, [(11, 2), (14, 1), (15, 1), (16, 1)]);
    let merged = rows.row(3).expect("the oldest");
    assert_eq!(
        (merged.low, merged.high, merged.price),
        (Price(100), Price(103), Price(103))
    );
    assert_eq!(
        (merged.amount.quantity, merged.amount.notional),
        (Volume(6), Notional(609))
    );
    let apart = TapeRule {
        merge: false,
        ..rule()
    };
    assert_eq!(whole(&held, apart).len(), 5);
}

#[test]
fn the_filter_is_of_the_merged_size() {
    let held = [print(1, 5), print(2, 5), print(4, 6), print(5, 7)];
    let least = |text| TapeRule {
        least: Decimal::parse(text).expect("a size"),
        ..rule()
    };
    let mut rows = whole(&held, least("6"));
    assert_eq!(all(&rows).len(), 1);
    // The newest row becomes large enough while it is filled.
    rows.merge(&trades(&[print(6, 7)]), Precision::default());
    assert_eq!(rows.row(0).map(|row| row.amount.quantity), Some(Volume(6)));
    rows.set_rule(TapeRule {
        unit: SizeUnit::Quote,
        ..least("601")
    });
    assert_eq!(rows.len(), 0);
}

#[test]
fn a_late_trade_parts_what_was_one_row() {
    let mut rows = whole(&[print(1, 5), print(2, 5), print(3, 9)], rule());
    let mut between = print(1, 5);
    between.id = TradeId(9);
    between.time = UnixNs(5);
    rows.merge(&trades(&[between, print(4, 9)]), Precision::default());
    let fills: Vec<_> = all(&rows)
        .iter()
        .map(|row| (row.first.0, row.fills))
        .collect();
    assert_eq!(fills, [(1, 2), (9, 1), (3, 2)]);
}

#[test]
fn finer_decimals_rewrite_what_is_held() {
    let mut rows = whole(&[print(1, 5)], rule());
    let finer = Precision {
        price: 2,
        quantity: 1,
    };
    rows.merge(&trades(&[print(3, 6)]), finer);
    let oldest = rows.row(1).expect("the older");
    assert_eq!(
        (oldest.price, oldest.amount.quantity),
        (Price(10_000), Volume(30))
    );
    rows.merge(&trades(&[print(5, 7)]), Precision::default());
    assert_eq!(rows.row(0).map(|row| row.price), Some(Price(10_000)));
    let mut huge = print(7, 8);
    huge.quantity = Quantity(i64::MAX);
    let before = all(&rows);
    assert_eq!(rows.merge(&trades(&[huge]), Precision::default()), None);
    assert_eq!(all(&rows), before);
}

#[test]
fn a_full_tape_loses_whole_rows() {
    let mut rows = TapeRows::new(3, rule());
    let held = [
        print(1, 1),
        print(2, 5),
        print(3, 5),
        print(4, 6),
        print(5, 7),
    ];
    rows.merge(&trades(&held), Precision::default());
    // Three would cut the order of 2 and 3.
    assert_eq!(
        all(&rows).iter().map(|row| row.first.0).collect::<Vec<_>>(),
        [4, 5]
    );
    assert_eq!(rows.prints().len(), 2);
}

fn any_rule() -> impl Strategy<Value = TapeRule> {
    (any::<bool>(), any::<bool>(), 0..3_000_i64).prop_map(|(merge, quote, least)| TapeRule {
        merge,
        unit: if quote {
            SizeUnit::Quote
        } else {
            SizeUnit::Base
        },
        least: Decimal {
            mantissa: least,
            scale: 0,
        },
        ..rule()
    })
}

proptest! {
    #[test]
    fn merging_loses_and_doubles_nothing(
        held in prints(0..80),
        merge in any::<bool>(),
        cuts in prop::collection::vec(0..80_usize, 2),
    ) {
        let rows = whole(&held, TapeRule { merge, ..rule() });
        prop_assert_eq!(rows.sums(UnixNs(i64::MIN)..UnixNs(i64::MAX)), sums(&held));
        // What a bar of any stretch of time holds: the rows never straddle its edge.
        let edge = |cut: usize| held.get(cut).map_or(UnixNs(i64::MAX), |print| print.time);
        let (start, end) = (edge(cuts[0]).min(edge(cuts[1])), edge(cuts[0]).max(edge(cuts[1])));
        let inside: Vec<Print> = held
            .iter()
            .filter(|print| start <= print.time && print.time < end)
            .copied()
            .collect();
        prop_assert_eq!(rows.sums(start..end), sums(&inside));
    }

    #[test]
    fn rows_do_not_depend_on_the_batches(
        held in prints(0..80),
        rule in any_rule(),
        cuts in prop::collection::vec(0..30_usize, 0..8),
        order in any::<u64>(),
        mixed in any::<bool>(),
    ) {
        let mut arriving = held.clone();
        if mixed {
            arriving.sort_by_key(|print| print.id.0.wrapping_mul(order | 1));
        }
        let mut rows = TapeRows::new(MOST, rule);
        let mut rest = arriving.as_slice();
        for (at, cut) in cuts.into_iter().enumerate() {
            let cut = cut.min(rest.len());
            // From both ends: live trades behind, history before.
            let (batch, others) = match at % 2 {
                0 => rest.split_at(rest.len() - cut),
                _ => rest.split_at(cut),
            };
            let (batch, others) = if at % 2 == 0 { (others, batch) } else { (batch, others) };
            rows.merge(&trades(batch), Precision::default());
            rest = others;
        }
        rows.merge(&trades(rest), Precision::default());
        prop_assert_eq!(all(&rows), all(&whole(&held, rule)));
    }

    #[test]
    fn the_filter_shows_what_is_large_enough_and_nothing_else(held in prints(0..80), rule in any_rule()) {
        let unfiltered = whole(&held, TapeRule { least: Decimal::ZERO, ..rule });
        let least = i128::from(rule.least.mantissa);
        let expected: Vec<TapeRow> = all(&unfiltered)
            .into_iter()
            .filter(|row| row.amount.count(rule.unit) >= least)
            .collect();
        prop_assert_eq!(all(&whole(&held, rule)), expected);
    }

    #[test]
    fn every_trade_is_found_in_its_row(held in prints(1..80), rule in any_rule()) {
        let rows = whole(&held, TapeRule { least: Decimal::ZERO, ..rule });
        for print in &held {
            let row = rows.find(print.key()).and_then(|at| rows.row(at)).expect("a row");
            prop_assert!(row.first <= print.id && print.id <= row.last && row.time == print.time);
        }
    }
}

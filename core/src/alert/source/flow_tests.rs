//! Windows: whole steps, late trades, what is not known yet.

use super::{Flow, Past, Steps};
use crate::model::{Price, Quantity, Side, UnixNs};

fn at(seconds: f64) -> UnixNs {
    UnixNs((seconds * 1e9) as i64)
}

#[test]
fn long_windows_have_wider_steps() {
    for (window_s, width_s, count) in [
        (1, 1, 1),
        (300, 1, 300),
        (301, 2, 151),
        (3_600, 12, 300),
        (86_400, 288, 300),
    ] {
        let steps = Steps::of(window_s);
        assert_eq!(
            (steps.width_ns / 1_000_000_000, steps.count),
            (width_s, count)
        );
    }
}

#[test]
fn sums_are_of_the_window_and_take_late_trades() {
    let mut flow = Flow::new(3, at(10.5));
    assert_eq!(flow.sums(), None);
    let sums = |flow: &Flow| flow.sums().map(|(buys, sells)| (buys.0, sells.0));
    for (time, side, quantity, expected) in [
        (10.6, Side::Buy, 100, None),
        (11.0, Side::Buy, 1, None),
        (12.0, Side::Sell, 2, None),
        // The running second and the two before are known now.
        (13.0, Side::Buy, 4, Some((5, 2))),
        // Late, and too late.
        (11.5, Side::Sell, 8, Some((5, 10))),
        (10.9, Side::Sell, 1_000, Some((5, 10))),
        (14.0, Side::Buy, 16, Some((20, 2))),
        (99.0, Side::Sell, 32, Some((0, 32))),
    ] {
        flow.advance(at(time));
        flow.add(at(time), side, Quantity(quantity));
        assert_eq!(sums(&flow), expected, "{time}");
    }
    flow.forget(at(99.0));
    assert_eq!(sums(&flow), None);
    flow.know_from(at(96.5));
    assert_eq!(sums(&flow), Some((0, 32)));
}

#[test]
fn the_price_a_time_ago_is_the_one_that_stood_then() {
    let mut past = Past::new(5, at(100.0));
    let mut id = 0;
    for (time, price, expected) in [
        (100.0, 7, None),
        (102.0, 8, None),
        (104.9, 9, None),
        (105.0, 10, Some(7)),
        (106.9, 11, Some(7)),
        (107.0, 12, Some(8)),
        // Late: it stood at the end of second 102.
        (102.5, 13, Some(13)),
        (102.4, 14, Some(13)),
        (200.0, 15, Some(12)),
    ] {
        id += 1;
        past.advance(at(time));
        past.add((at(time), crate::model::TradeId(id)), Price(price));
        assert_eq!(past.price(), expected.map(Price), "{time}");
    }
}

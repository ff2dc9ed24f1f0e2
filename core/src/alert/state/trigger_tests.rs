//! What commonly goes wrong in alert tools: when a rule is told, when again, and when not.

use super::fixture::{Desk, rule, trade};
use crate::model::alert::RuleId;
use crate::model::{EventBody, Side};

const NOBODY: [u64; 0] = [];

/// Purchases at these times and prices, and whether the one rule fires.
fn check(text: &str, steps: &[(i64, f64, bool)]) {
    let mut desk = Desk::new(&[text]);
    for (ms, price, expected) in steps {
        let fired = !desk.buys(*ms, *price).is_empty();
        assert_eq!(fired, *expected, "{text} at {ms}: {price}");
    }
}

#[test]
fn a_crossing_needs_the_other_side_first() {
    check(
        "last crosses above 100 every 0s",
        &[
            (0, 101.0, false),
            (1, 102.0, false),
            // Equal is not the other side.
            (2, 100.0, false),
            (3, 101.0, false),
            (4, 99.0, false),
            (5, 100.0, false),
            (6, 100.01, true),
            (7, 101.0, false),
            (8, 99.0, false),
            (9, 100.5, true),
        ],
    );
    check(
        "last crosses 100 every 0s",
        &[
            (0, 101.0, false),
            (1, 99.0, true),
            (2, 100.0, false),
            (3, 101.0, true),
        ],
    );
    check(
        "last enters 99 to 101 every 0s",
        &[
            (0, 100.0, false),
            (1, 102.0, false),
            (2, 101.0, true),
            (3, 99.0, false),
            (4, 98.9, false),
            (5, 99.0, true),
        ],
    );
    check(
        "last leaves 99 to 101 every 0s",
        &[
            (0, 102.0, false),
            (1, 101.0, false),
            (2, 101.01, true),
            (3, 98.0, false),
        ],
    );
}

#[test]
fn a_level_is_told_once_however_long_the_price_stays() {
    let stays: Vec<_> = (0..50)
        .map(|second| (second * 10_000, 101.0, second == 0))
        .collect();
    check("last > 100 every 1m", &stays);
    check(
        "last > 100 every 1m",
        &[
            (0, 101.0, true),
            (70_000, 101.0, false),
            (80_000, 99.0, false),
            (81_000, 101.0, true),
        ],
    );
    // Unless the rule says so.
    check(
        "last > 100 every 1m repeating",
        &[
            (0, 101.0, true),
            (59_999, 101.0, false),
            (60_000, 101.0, true),
            (61_000, 102.0, false),
        ],
    );
}

#[test]
fn what_rises_within_the_cooldown_is_told_at_its_end_if_it_still_holds() {
    check(
        "last > 100 every 1m",
        &[
            (0, 101.0, true),
            (1_000, 99.0, false),
            (2_000, 101.0, false),
            (60_000, 101.0, true),
            (120_001, 102.0, false),
        ],
    );
    check(
        "last crosses above 100 every 1m",
        &[
            (0, 99.0, false),
            (1, 101.0, true),
            (2, 99.0, false),
            (3, 101.0, false),
            (70_000, 102.0, false),
        ],
    );
}

#[test]
fn once_is_once_until_the_rule_is_edited() {
    let mut desk = Desk::new(&["last > 100 once"]);
    assert_eq!(desk.buys(0, 101.0), [1]);
    assert_eq!(desk.buys(1, 99.0), NOBODY);
    assert_eq!(desk.buys(2, 101.0), NOBODY);
    // A new name is no new rule; another level is, and it holds already.
    desk.engine
        .set(RuleId(1), &rule("kraken:A-B last > 100 once"))
        .expect("known");
    assert_eq!(desk.buys(3, 101.0), NOBODY);
    desk.engine
        .set(RuleId(1), &rule("kraken:A-B last > 99 once"))
        .expect("known");
    assert_eq!(desk.buys(4, 101.0), [1]);
    assert_eq!(desk.buys(5, 101.0), NOBODY);
    let numbers: Vec<u64> = desk.fires.iter().map(|fire| fire.number).collect();
    assert_eq!(numbers, [1, 2], "a number is never used again");
}

#[test]
fn switching_off_and_on_begins_anew() {
    let mut desk = Desk::new(&["last > 100 once"]);
    assert_eq!(desk.buys(0, 101.0), [1]);
    let mut off = rule("kraken:A-B last > 100 once");
    off.enabled = false;
    desk.engine.set(RuleId(1), &off).expect("known");
    assert_eq!(desk.buys(1, 102.0), NOBODY);
    desk.engine
        .set(RuleId(1), &rule("kraken:A-B last > 100 once"))
        .expect("known");
    assert_eq!(desk.buys(2, 102.0), [1]);
    assert_eq!(desk.fires[1].key(), "1-2");
}

#[test]
fn once_per_bar_is_once_per_bar() {
    check(
        "last > 100 once per 1m bar",
        &[
            (0, 101.0, true),
            (1_000, 99.0, false),
            (2_000, 101.0, false),
            // Told in the next bar, since it still holds; then it just goes on.
            (60_000, 101.0, true),
            (120_000, 101.0, false),
        ],
    );
    check(
        "last > 100 once per 1m bar repeating",
        &[
            (0, 101.0, true),
            (1_000, 102.0, false),
            (60_000, 101.0, true),
            (120_000, 101.0, true),
        ],
    );
}

#[test]
fn a_bar_close_is_the_bar_that_closed_and_late_trades_do_not_close_it_again() {
    let mut desk = Desk::new(&[
        "close > 100 on 1m close",
        "ema(1m,1) > 100 on 1m close repeating",
    ]);
    assert_eq!(desk.buys(1_000, 101.0), NOBODY);
    // The minute is over, its grace of two seconds is not: the next bar lies below.
    assert_eq!(desk.buys(60_500, 99.0), NOBODY);
    assert_eq!(desk.buys(62_000, 98.0), [1, 2]);
    let value = desk.fires[0].evidence.values[0]
        .value
        .map(|value| value.to_string());
    assert_eq!(value.as_deref(), Some("101"));
    // Late: it revises the bar, and nothing closes again.
    let late = trade(59_000, 105.0, 1.0, Side::Buy, 99);
    assert_eq!(desk.event(63_000, EventBody::Trade(late)), NOBODY);
    assert_eq!(desk.clock(121_999), NOBODY);
    assert_eq!(desk.clock(122_000), NOBODY, "98 is not above 100");
    desk.buys(130_000, 103.0);
    assert_eq!(desk.buys(190_000, 104.0), [1, 2]);
    assert_eq!(desk.clock(400_000), [2], "the first goes on holding");
}

#[test]
fn holding_is_counted_in_exchange_time_without_a_break() {
    check(
        "last > 100 every 0s for 10s",
        &[
            (0, 101.0, false),
            (9_999, 102.0, false),
            (10_000, 101.0, true),
            (30_000, 101.0, false),
        ],
    );
    check(
        "last > 100 every 0s for 10s",
        &[
            (0, 101.0, false),
            (5_000, 100.0, false),
            (10_000, 101.0, false),
            (20_000, 101.0, true),
        ],
    );
    // What crossed has to stay where it went.
    check(
        "last crosses above 100 every 0s for 10s",
        &[
            (0, 101.0, false),
            (20_000, 99.0, false),
            (21_000, 101.0, false),
            (31_000, 102.0, true),
        ],
    );
    let mut desk = Desk::new(&["last > 100 once for 10s"]);
    desk.buys(0, 101.0);
    assert_eq!(desk.clock(10_000), [1], "no trade is needed");
}

#[test]
fn hysteresis_keeps_noise_quiet() {
    check(
        "last > 100 every 0s hysteresis 2",
        &[
            (0, 100.5, true),
            (1, 99.0, false),
            (2, 101.0, false),
            (3, 98.0, false),
            (4, 99.5, false),
            (5, 100.5, true),
        ],
    );
    check(
        "last crosses below 100 every 0s hysteresis 1%",
        &[
            (0, 100.5, false),
            (1, 99.9, true),
            (2, 100.9, false),
            (3, 99.9, false),
            (4, 101.1, false),
            (5, 99.0, true),
        ],
    );
    check(
        "last outside 90 to 110 every 0s hysteresis 5",
        &[
            (0, 111.0, true),
            (1, 106.0, false),
            (2, 112.0, false),
            (3, 104.0, false),
            (4, 89.0, true),
        ],
    );
}

#[test]
fn the_cooldown_survives_a_restart_and_a_clock_that_is_set_back() {
    let texts = ["last crosses above 100 every 1m"];
    let mut desk = Desk::new(&texts);
    desk.buys(0, 99.0);
    assert_eq!(desk.buys(1_000, 101.0), [1]);
    desk.restart(&texts);
    desk.buys(2_000, 99.0);
    assert_eq!(desk.buys(3_000, 101.0), NOBODY);
    // An hour back, then on from there: a minute is still a minute.
    let at = |wall_ms: i64, ms: i64, price: f64, desk: &mut Desk| {
        let trade = trade(ms, price, 1.0, Side::Buy, ms as u64);
        desk.event(wall_ms, EventBody::Trade(trade))
    };
    let back = -3_600_000;
    at(back, 4_000, 99.0, &mut desk);
    assert_eq!(at(back + 50_000, 54_000, 101.0, &mut desk), NOBODY);
    at(back + 57_000, 61_000, 99.0, &mut desk);
    assert_eq!(at(back + 58_000, 62_000, 101.0, &mut desk), [1]);
}

#[test]
fn two_rules_on_one_event_both_fire() {
    let mut desk = Desk::new(&[
        "last > 100 once",
        "last crosses above 100 once",
        "last < 100 once",
    ]);
    assert_eq!(desk.buys(0, 99.0), [3]);
    assert_eq!(desk.buys(1, 101.0), [1, 2]);
}

#[test]
fn what_is_snoozed_expired_or_outside_its_hours_waits() {
    let mut desk = Desk::new(&["last > 100 once"]);
    let mut snoozed = rule("kraken:A-B last > 100 once");
    snoozed.snoozed_until = Some(crate::model::UnixMs(super::fixture::DAY_MS + 5_000));
    desk.engine.set(RuleId(1), &snoozed).expect("known");
    assert_eq!(desk.buys(1_000, 101.0), NOBODY);
    assert_eq!(desk.wall(4_999), NOBODY);
    assert_eq!(desk.wall(5_000), [1], "it still holds");

    let text = "last > 100 every 0s hours daily 00:01-00:02 Z expires 2026-11-23T00:01:30Z";
    let mut desk = Desk::new(&[text]);
    assert_eq!(desk.buys(59_000, 101.0), NOBODY);
    assert_eq!(desk.wall(60_000), [1]);
    desk.buys(61_000, 99.0);
    assert_eq!(desk.buys(89_999, 101.0), [1]);
    desk.buys(89_999, 99.0);
    assert_eq!(desk.buys(90_000, 101.0), NOBODY);
}

#[test]
fn missing_data_is_what_the_rule_says() {
    let stale = || EventBody::BookStale {
        reason: "a message is missing".to_owned(),
    };
    let levels = |price: f64| super::fixture::levels(0, &[(price, 1.0)], &[(price + 1.0, 1.0)]);
    for (policy, expected, after) in [
        // What held goes on holding; the book that comes back is no news.
        ("keep", NOBODY.as_slice(), NOBODY.as_slice()),
        ("clear", &[], &[1]),
        ("fire", &[], &[]),
    ] {
        let text = format!("bid > 100 every 0s no data {policy}");
        let mut desk = Desk::new(&[&text]);
        assert_eq!(desk.clock(0), NOBODY, "{policy}: nothing is known yet");
        assert_eq!(
            desk.event(1, EventBody::BookSnapshot(levels(101.0))),
            [1],
            "{policy}"
        );
        assert_eq!(desk.event(2, stale()), expected, "{policy}");
        assert_eq!(
            desk.event(3, EventBody::BookSnapshot(levels(101.0))),
            after,
            "{policy}"
        );
    }
    let mut desk = Desk::new(&["bid > 100 every 0s no data fire"]);
    desk.event(1, EventBody::BookSnapshot(levels(99.0)));
    assert_eq!(desk.event(2, stale()), [1]);
}

#[test]
fn silence_is_counted_by_the_servers_clock() {
    let mut desk = Desk::new(&["staleness > 60 every 0s", "staleness(trades) > 60 every 0s"]);
    desk.buys(0, 100.0);
    assert_eq!(desk.wall(60_999), NOBODY);
    let book = super::fixture::levels(60_999, &[(1.0, 1.0)], &[(2.0, 1.0)]);
    desk.event(60_999, EventBody::BookUpdate(book));
    assert_eq!(desk.wall(61_000), [2]);
    assert_eq!(desk.wall(200_000), [1]);
    assert_eq!(desk.wall(300_000), NOBODY);
    desk.buys(300_001, 100.0);
    assert_eq!(desk.wall(400_000), [1, 2]);
}

#[test]
fn backfill_never_fires_and_a_level_is_told_with_the_next_trade() {
    let mut desk = Desk::new(&["last > 100 once", "last crosses above 100 once"]);
    desk.buys(0, 99.0);
    let missed = trade(1_000, 105.0, 1.0, Side::Buy, 50);
    assert_eq!(desk.event(9_000, EventBody::Backfill(missed)), NOBODY);
    assert_eq!(desk.buys(10_000, 106.0), [1]);
    assert_eq!(desk.engine.counts().backfilled, 1);
}

#[test]
fn where_a_rule_stands_can_be_told() {
    use super::RuleState;
    let mut desk = Desk::new(&[
        "last > 100 once for 1s",
        "last < 100 every 0s",
        "bid > 1 once",
    ]);
    let states = |desk: &Desk| [1, 2, 3].map(|id| desk.engine.state(RuleId(id)).map(|s| s.0));
    desk.buys(0, 101.0);
    let (waiting, watching) = (Some(RuleState::Waiting), Some(RuleState::Watching));
    let unknown = Some(RuleState::Unknown);
    assert_eq!(states(&desk), [waiting, watching, unknown]);
    desk.buys(1_000, 101.0);
    desk.buys(1_001, 99.0);
    assert_eq!(
        states(&desk),
        [Some(RuleState::Done), Some(RuleState::Told), unknown]
    );
    assert_eq!(desk.engine.state(RuleId(9)), None);
}

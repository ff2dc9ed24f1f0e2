//! Rules of every kind fire; history warms them; a state goes on to the bit; operands are shared.

use super::fixture::{DAY_MS, Desk, PRECISION, levels, ns, rule, trade};
use super::{Engine, Wanted};
use crate::alert::operand::operands;
use crate::market::{BarEvent, CandleBuilder, fold};
use crate::model::alert::{Rule, RuleId};
use crate::model::{EventBody, GapKind, InstrumentId, Side, Timeframe, Trade, UnixMs, UnixNs};

fn instrument() -> InstrumentId {
    "kraken:A-B".parse().expect("an id")
}

/// A lively market of some minutes: a trade and a book every second or so.
fn lively(seconds: i64) -> Vec<Trade> {
    (0..seconds)
        .map(|second| {
            let wave = ((second * 7_919) % 61) as f64 / 10.0 - 3.0;
            let side = if second % 3 == 0 {
                Side::Sell
            } else {
                Side::Buy
            };
            let size = 0.5 + ((second * 31) % 17) as f64;
            trade(
                second * 1_000 + 7,
                100.0 + wave,
                size,
                side,
                second as u64 + 1,
            )
        })
        .collect()
}

#[test]
fn every_operand_has_a_value_and_fires() {
    let names: Vec<&str> = operands().map(|spec| spec.name).collect();
    // Whatever the value, it is one of these.
    let texts: Vec<String> = names
        .iter()
        .map(|name| format!("{name} > -1000000 or {name} < 1000000 once"))
        .collect();
    let mut desk = Desk::new(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    for trade in lively(3_600) {
        let ms = trade.time.to_ms().0 - DAY_MS;
        let book = levels(ms, &[(99.0, 2.0), (98.0, 5.0)], &[(101.0, 1.0)]);
        desk.event(ms, EventBody::BookSnapshot(book));
        desk.event(ms, EventBody::Trade(trade));
    }
    let fired: Vec<&str> = desk
        .fires
        .iter()
        .map(|fire| names[fire.rule.0 as usize - 1])
        .collect();
    let missing: Vec<_> = names.iter().filter(|name| !fired.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?} never had a value");
    assert_eq!(desk.fires.len(), names.len());
}

#[test]
fn values_are_what_they_say() {
    let texts = [
        "mid > 0 and spread > 0 and spread_bps > 0 and imbalance(2) > 0 once",
        "bid > 0 and ask > 0 and cvd_change(2s) > 0 and buy_ratio(2s) > 0 and change(2s) > 0 once",
        "open > 0 and high > 0 and low > 0 and close(1m,1) > 0 and volume > 0 and staleness > 0 once",
    ];
    let mut desk = Desk::new(&texts);
    desk.event(
        0,
        EventBody::BookSnapshot(levels(
            0,
            &[(99.5, 3.0), (99.0, 1.0), (98.0, 50.0)],
            &[(100.0, 1.0)],
        )),
    );
    for (ms, price, quantity, side) in [
        (500, 100.0, 9.0, Side::Buy),
        (57_000, 90.0, 1.0, Side::Buy),
        (60_100, 110.0, 3.0, Side::Buy),
        (61_000, 99.0, 1.0, Side::Sell),
    ] {
        desk.event(
            ms,
            EventBody::Trade(trade(ms, price, quantity, side, ms as u64)),
        );
    }
    desk.wall(63_500);
    let values = |number| -> Vec<String> {
        let values = desk.engine.values(RuleId(number)).into_iter();
        values
            .map(|(name, value)| {
                format!(
                    "{name} {}",
                    value.map_or_else(String::new, |v| v.to_string())
                )
            })
            .collect()
    };
    assert_eq!(
        values(1),
        [
            "mid 99.75",
            "spread 0.5",
            "spread_bps 50.1253",
            "imbalance 0.6"
        ]
    );
    // Of seconds 60 and 61: 3 bought, 1 sold; 90 stood at the end of second 59.
    assert_eq!(
        values(2),
        [
            "bid 99.5",
            "ask 100",
            "cvd_change 2",
            "buy_ratio 0.75",
            "change 10"
        ]
    );
    assert_eq!(
        values(3),
        [
            "open 110",
            "high 110",
            "low 99",
            "close 90",
            "volume 4",
            "staleness 2"
        ]
    );
}

#[test]
fn a_move_is_counted_from_the_lowest_within_the_time() {
    let mut desk = Desk::new(&[
        "last moves up 2% within 1m once",
        "last moves down 2% within 1m every 0s",
    ]);
    desk.buys(0, 100.0);
    desk.buys(30_000, 101.0);
    // 100 stood until 30 s, so it counts until just before 90 s.
    assert_eq!(desk.buys(89_999, 102.0), [1]);
    assert_eq!(desk.buys(90_000, 99.0), [2]);
    assert_eq!(desk.buys(91_000, 99.1), [0; 0]);
    // The high of 102 is out of sight a minute later; then there is news again.
    assert_eq!(desk.buys(160_000, 99.1), [0; 0]);
    assert_eq!(desk.buys(161_000, 97.0), [2]);
}

#[test]
fn a_fire_says_what_it_saw() {
    let mut desk = Desk::new(&["last crosses above 100 and volume(1m) > 3 once"]);
    for (ms, price) in [(1_000, 99.0), (2_000, 98.0), (3_000, 99.5), (4_000, 100.5)] {
        desk.buys(ms, price);
    }
    let fire = &desk.fires[0];
    let mut of: Rule = rule("kraken:A-B last crosses above 100 and volume(1m) > 3 once");
    let names: Vec<String> = of
        .watch
        .condition
        .values()
        .into_iter()
        .map(|v| v.0)
        .collect();
    let text = "{{instrument}} {{price}} {{time}} {{value.volume}} {{severity}}: {{condition}}";
    of.message = crate::model::alert::Template::read(text, &names).expect("stands");
    assert_eq!(
        fire.message(&of),
        "kraken:A-B 100.5 2026-11-23T00:00:04Z 4 info: last crosses above 100 and volume(1m) > 3"
    );
    assert_eq!(
        (fire.position.0, fire.number, fire.key().as_str()),
        (4, 1, "1-1")
    );
    assert_eq!(
        (fire.evidence.since, fire.evidence.from),
        (ns(4_000), ns(4_000 - 60_000))
    );
}

#[test]
fn operands_are_shared_and_forgotten() {
    let mut desk = Desk::new(&[
        "ema(1m,20) > 1 once",
        "ema(1m) < 2 and rvol(1m) > 1 once",
        "bollinger(1m).upper > 1 and bollinger(1m).lower < 1 once",
        "cvd_change(1m) > 5 and buy_ratio(1m) > 0.5 once",
    ]);
    let market = &desk.engine.markets[&instrument()];
    assert_eq!(market.readings().count(), 6);
    let closes = Desk::new(&["last > 1 on 4h close"]);
    let wanted = closes.engine.wanted(&instrument());
    assert_eq!(wanted.bars, [(Timeframe::H4, 1)]);
    let wanted = desk.engine.wanted(&instrument());
    assert_eq!(
        wanted,
        Wanted {
            bars: vec![(Timeframe::M1, 21)],
            trades_s: 60,
            book: false
        }
    );
    // An edit keeps what is known.
    for trade in lively(1_500) {
        let ms = trade.time.to_ms().0 - DAY_MS;
        desk.event(ms, EventBody::Trade(trade));
    }
    let before = desk.engine.values(RuleId(3));
    desk.engine
        .set(RuleId(3), &rule("kraken:A-B bollinger(1m).lower > 1 once"))
        .expect("known");
    assert_eq!(desk.engine.values(RuleId(3))[0].1, before[1].1);
    assert!(before[1].1.is_some());
    for number in 1..=4 {
        desk.engine.remove(RuleId(number));
    }
    assert_eq!(desk.engine.instruments().count(), 0);
}

#[test]
fn an_edit_with_an_unknown_operand_changes_nothing() {
    let mut desk = Desk::new(&["last > 100 once"]);
    let mut wrong = rule("kraken:A-B last > 1 once");
    if let crate::model::alert::Condition::Test(test) = &mut wrong.watch.condition {
        test.left.name = "lst".to_owned();
    }
    assert_eq!(
        desk.engine.set(RuleId(1), &wrong),
        Err("there is no operand lst".to_owned())
    );
    assert_eq!(desk.buys(0, 101.0), [1]);
}

#[test]
fn history_warms_to_what_having_been_there_gives() {
    let texts = [
        "ema(1m,3) > 0 and rvol(5m,2) > 0 and cvd_change(5m) > 0 and change(5m) > 0 and last > 0 once",
    ];
    let trades = lively(1_800);
    let (past, live) = trades.split_at(1_500);
    let mut there = Desk::new(&texts);
    for trade in past {
        there.event(trade.time.to_ms().0 - DAY_MS, EventBody::Trade(*trade));
    }
    let mut late = Desk::new(&texts);
    let mut builder = CandleBuilder::new(PRECISION, 2_000);
    let (mut events, mut minutes) = (Vec::<BarEvent>::new(), Vec::new());
    for trade in past {
        builder
            .on_trade(trade, PRECISION, &mut events)
            .expect("it fits");
    }
    let last_minutes = events.iter().filter_map(BarEvent::bar);
    for (_, bar) in last_minutes.filter(|(of, _)| *of == Timeframe::M1) {
        minutes.retain(|held: &crate::model::Candle| held.time != bar.time);
        minutes.push(*bar);
    }
    let fives = fold(&minutes, Timeframe::M1, Timeframe::M5, UnixMs(i64::MIN));
    late.engine
        .warm_bars(&instrument(), Timeframe::M1, &minutes, PRECISION);
    late.engine
        .warm_bars(&instrument(), Timeframe::M5, &fives, PRECISION);
    let from = UnixNs(past[900].time.0);
    late.engine
        .warm_trades(&instrument(), from, &past[900..], PRECISION);
    assert!(late.fires.is_empty());
    assert_eq!(
        late.engine.values(RuleId(1)),
        there.engine.values(RuleId(1))
    );
    for trade in live {
        for desk in [&mut there, &mut late] {
            desk.event(trade.time.to_ms().0 - DAY_MS, EventBody::Trade(*trade));
        }
        assert_eq!(
            late.engine.values(RuleId(1)),
            there.engine.values(RuleId(1))
        );
    }
    assert!(
        late.engine
            .values(RuleId(1))
            .iter()
            .all(|(_, value)| value.is_some())
    );
}

#[test]
fn a_gap_makes_windows_unknown_until_they_are_whole_again() {
    let mut desk = Desk::new(&["cvd_change(5s) > 0 and change(5s) > 0 once"]);
    let known = |desk: &Desk| {
        let values = desk.engine.values(RuleId(1));
        values
            .iter()
            .map(|(_, value)| value.is_some())
            .collect::<Vec<_>>()
    };
    for second in 0..10 {
        desk.buys(second * 1_000, 100.0);
    }
    assert_eq!(known(&desk), [true, true]);
    let mut gap = |ms: i64, end: Option<i64>| {
        let gap = EventBody::Gap {
            kind: GapKind::Trades,
            start: ns(9_100),
            end: end.map(ns),
            reason: "the line was cut".to_owned(),
            filled: false,
        };
        desk.event(ms, gap);
        known(&desk)
    };
    assert_eq!(gap(9_500, None), [false, false]);
    assert_eq!(gap(10_900, Some(10_800)), [false, false]);
    desk.buys(11_000, 100.0);
    desk.clock(14_999);
    assert_eq!(known(&desk), [false, false]);
    desk.clock(16_000);
    assert_eq!(known(&desk), [true, true]);
}

#[test]
fn a_state_of_another_version_is_refused() {
    let saved = rmp_serde::to_vec_named(&Engine::default().saved()).expect("it can be kept");
    let mut json: serde_json::Value = rmp_serde::from_slice(&saved).expect("it is a map");
    json["version"] = 2.into();
    let saved = serde_json::from_value(json).expect("it reads back");
    let refused = Engine::default().restore(&saved).expect_err("refused");
    assert_eq!(
        refused.to_string(),
        "the state of the rules is of version 2, this program knows 1"
    );
}

//! What is printed reads back; what is wrong is pointed at.

use proptest::prelude::*;
use proptest::sample::select;

use super::{read_watch, watch_text};
use crate::alert::operand::{OperandSpec, operands};
use crate::model::alert::*;
use crate::model::{Decimal, Field, FieldKind, Settings, Timeframe, UnixMs};

fn decimal() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000_000..1_000_000_000_000_i64, 0..9_u8)
        .prop_map(|(mantissa, scale)| Decimal { mantissa, scale })
}

fn positive() -> impl Strategy<Value = Decimal> {
    (1..1_000_000_i64, 0..5_u8).prop_map(|(mantissa, scale)| Decimal { mantissa, scale })
}

/// A value of a field, from a few random bits.
fn setting(field: &Field, bits: u32) -> serde_json::Value {
    match field.kind {
        FieldKind::Integer { least, most, .. } => {
            (least + i64::from(bits) % (most - least + 1).min(500)).into()
        }
        FieldKind::Decimal { least, most, .. } => {
            (least + (most - least) * f64::from(bits % 1_000) / 1_000.0).into()
        }
        FieldKind::Choice { options, .. } => options[bits as usize % options.len()].value.into(),
        FieldKind::Timeframe { .. } => Timeframe::ALL[bits as usize % 17].name().into(),
        _ => serde_json::Value::Null,
    }
}

pub(in crate::alert) fn operand() -> impl Strategy<Value = Operand> {
    let specs: Vec<&'static OperandSpec> = operands().collect();
    (
        select(specs),
        prop::collection::vec(any::<(bool, u32)>(), 8),
    )
        .prop_map(|(spec, digits)| {
            let mut settings = Settings::default();
            for (field, (said, bits)) in spec.fields.iter().zip(digits) {
                if said {
                    settings
                        .set(field, setting(field, bits))
                        .expect("a setting");
                }
            }
            // Periods may be the wrong way round: then all are as usual.
            if spec.reading(&settings).is_err() {
                settings = Settings::default();
            }
            Operand {
                name: spec.name.to_owned(),
                settings: settings.without_defaults(spec.fields),
            }
        })
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        decimal().prop_map(Term::Number),
        operand().prop_map(Term::Operand),
    ]
}

fn test() -> impl Strategy<Value = Condition> {
    use {ChannelOperator as C, LevelOperator as L};
    let levels = select(vec![L::Greater, L::Less, L::CrossesAbove, L::CrossesBelow]);
    let channels = select(vec![C::Inside, C::Outside, C::Enters, C::Leaves]);
    let moves = select(vec![Direction::Up, Direction::Down]);
    let comparison = prop_oneof![
        (levels, term()).prop_map(|(operator, right)| Comparison::Level(operator, right)),
        (channels, term(), term()).prop_map(|(operator, low, high)| Comparison::Channel {
            operator,
            low,
            high
        }),
        (moves, positive(), 1..100_000_u32).prop_map(|(direction, percent, within_s)| {
            Comparison::Move {
                direction,
                percent,
                within_s,
            }
        }),
    ];
    (operand(), comparison)
        .prop_map(|(left, comparison)| Condition::Test(Box::new(Test { left, comparison })))
}

fn condition() -> impl Strategy<Value = Condition> {
    test().prop_recursive(4, 12, 3, |inner| {
        (any::<bool>(), prop::collection::vec(inner, 2..4)).prop_map(|(all, parts)| match all {
            true => Condition::All(parts),
            false => Condition::Any(parts),
        })
    })
}

fn trigger() -> impl Strategy<Value = Trigger> {
    let timeframe = || select(Timeframe::ALL.to_vec());
    prop_oneof![
        Just(Trigger::Once),
        (timeframe(), any::<bool>())
            .prop_map(|(timeframe, repeats)| Trigger::OncePerBar { timeframe, repeats }),
        (timeframe(), any::<bool>())
            .prop_map(|(timeframe, repeats)| Trigger::BarClose { timeframe, repeats }),
        (1..LONGEST_S, any::<bool>()).prop_map(|(cooldown_s, repeats)| Trigger::Every {
            cooldown_s,
            repeats
        }),
    ]
}

fn watch() -> impl Strategy<Value = Watch> {
    let hysteresis = prop_oneof![
        positive().prop_map(Hysteresis::Absolute),
        positive().prop_map(Hysteresis::Percent),
    ];
    let hours = select(vec![
        "daily 22:00-06:00 Z",
        "mon-fri,sun 09:00-17:30 +01:00",
    ]);
    let fits = |condition: &Condition| {
        let limits = Condition::LIMITS;
        condition.tests().len() <= limits.tests && condition.depth() <= limits.depth
    };
    (
        condition().prop_filter("too large", fits),
        trigger(),
        0..10_000_u32,
        prop::option::of(hysteresis),
        select(vec![NoData::Keep, NoData::Clear, NoData::Fire]),
        prop::option::of(0..4_000_000_000_000_i64),
        prop::option::of(hours),
    )
        .prop_map(
            |(condition, trigger, hold_s, hysteresis, no_data, expires, hours)| Watch {
                instrument: "coinbase:BTC-USD".parse().expect("an id"),
                condition,
                trigger,
                hold_s,
                hysteresis,
                no_data,
                expires: expires.map(UnixMs),
                hours: hours.map(|hours| hours.parse().expect("hours")),
            },
        )
}

proptest! {
    #[test]
    fn printing_then_reading_is_identity(watch in watch()) {
        let text = watch_text(&watch);
        prop_assert_eq!(read_watch(&text), Ok(watch), "{}", text);
    }

    #[test]
    fn no_text_panics(
        text in "(coinbase:BTC-USD )?([a-z_]{1,9}|[(),<>.%]| |[0-9a-zA-Z.:]{1,6}|last|> 1 |and |once ){0,20}",
    ) {
        let _ = read_watch(&text);
    }

    #[test]
    fn no_cut_text_panics(watch in watch(), at in any::<prop::sample::Index>()) {
        let text = watch_text(&watch);
        let _ = read_watch(&text[..at.index(text.len())]);
    }
}

#[test]
fn people_write_it_more_freely_than_it_is_printed() {
    for (text, expected) in [
        (
            "coinbase:BTC-USD last crosses above 65000 and rvol(1m,20) > 3 once",
            "coinbase:BTC-USD last crosses above 65000 and rvol(1m) > 3 once",
        ),
        (
            "kraken:ETH-USD (last>2000.50)or( ema( 1m , 20 )<ema(1h) )every 300",
            "kraken:ETH-USD last > 2000.50 or ema(1m) < ema(1h) every 5m",
        ),
        (
            "kraken:ETH-USD (last > 1 or mid < 2) and bollinger(1h,30).upper crosses 3 on 1h close repeating hysteresis 0.5%",
            "kraken:ETH-USD (last > 1 or mid < 2) and bollinger(1h,30).upper crosses 3 on 1h close repeating hysteresis 0.5%",
        ),
        (
            "kraken:ETH-USD last moves down 2.5% within 300s once per 1m bar for 60 no data fire hours mon, tue 09:00-17:00 Z",
            "kraken:ETH-USD last moves down 2.5% within 5m once per 1m bar for 1m no data fire hours mon-tue 09:00-17:00 Z",
        ),
        (
            "kraken:ETH-USD staleness(trades) > 60 every 0s expires 1795500000000",
            "kraken:ETH-USD staleness(trades) > 60 every 0s expires 2026-11-24T06:00:00Z",
        ),
        (
            "kraken:ETH-USD buy_ratio(5m) > 0.8 and macd(1m).signal inside 0 to 5 once",
            "kraken:ETH-USD buy_ratio > 0.8 and macd(1m).signal inside 0 to 5 once",
        ),
    ] {
        let watch = read_watch(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(watch_text(&watch), expected);
    }
}

#[test]
fn a_mistake_is_pointed_at() {
    let deep = format!("kraken:A-B {}last > 1 once", "(".repeat(1_000));
    for (text, expected) in [
        (
            "",
            "column 1: the text ends, but an instrument such as coinbase:BTC-USD is wanted",
        ),
        (
            "BTC-USD last > 1 once",
            "column 1: an instrument such as coinbase:BTC-USD is wanted, not \"BTC-USD\"",
        ),
        (
            "kraken:A-B lst > 1 once",
            "column 12: an operand such as last or ema(1m,20) is wanted, not \"lst\"",
        ),
        (
            "kraken:A-B last above 1",
            "column 17: one of >, <, crosses above, crosses below, crosses, inside",
        ),
        (
            "kraken:A-B last > once",
            "column 19: a number or an operand is wanted, not \"once\"",
        ),
        (
            "kraken:A-B last > 1",
            "column 20: the text ends, but `and`, `or`, or one of once",
        ),
        (
            "kraken:A-B last > 1 twice",
            "column 21: `and`, `or`, or one of once, once per, on, every is wanted",
        ),
        (
            "kraken:A-B rvol(2m) > 1 once",
            "column 17: unknown timeframe; one of 1s",
        ),
        (
            "kraken:A-B rvol(1m,0) > 1 once",
            "column 20: a whole number from 1 to 1000 (period) is wanted, not \"0\"",
        ),
        (
            "kraken:A-B rvol(1m,20,3) > 1 once",
            "column 23: `)`, as rvol has no more settings, is wanted",
        ),
        (
            "kraken:A-B rvol(1m > 1 once",
            "column 20: `)` is wanted, not \">\"",
        ),
        (
            "kraken:A-B last.x > 1 once",
            "column 16: no `.`, as last has one value, is wanted",
        ),
        (
            "kraken:A-B macd(1m,26,12) > 1 once",
            "column 12: another setting (`fast` has to be below `slow`)",
        ),
        (
            "kraken:A-B last moves up 0% within 5m once",
            "column 26: a percentage above 0 such as 2.5%",
        ),
        (
            "kraken:A-B last moves up 1% within 30d once",
            "column 36: a time such as 90s, 5m or 4h, at most 28d,",
        ),
        (
            "kraken:A-B (last > 1 once",
            "column 22: `)` is wanted, not \"once\"",
        ),
        (
            "kraken:A-B last > 1 once for 5m for 6m",
            "column 33: another option is wanted",
        ),
        (
            "kraken:A-B last crosses 1 once for 5m",
            "column 27: no `for` (a crossing either way",
        ),
        (
            "kraken:A-B last > 1e30 once",
            "column 19: a number that can be kept exactly",
        ),
        (
            "kraken:A-B last > 1 every 0s repeating",
            "column 27: a time above 0 for `repeating`",
        ),
        (
            &deep,
            "column 17: no bracket, as 5 within each other is the most,",
        ),
    ] {
        let error = read_watch(text).expect_err(text).to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    assert!(read_watch(&" ".repeat(10 << 20)).is_err());
}

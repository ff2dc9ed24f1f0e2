//! Rules as JSON: what is read back, and what is refused with which words.

use serde_json::{Value, json};

use super::*;
use crate::model::untrusted::Refused;
use crate::model::{Field, FieldKind};

/// Two operands, so that the reader is tested without the table.
struct Two;

const FIELDS: &[Field] = &[
    Field {
        name: "timeframe",
        label: "Timeframe",
        kind: FieldKind::Timeframe { default: "1m" },
        help: "",
        when: None,
    },
    Field {
        name: "period",
        label: "Period",
        kind: FieldKind::Integer {
            least: 2,
            most: 100,
            default: 20,
            unit: "bars",
        },
        help: "",
        when: None,
    },
];

impl Vocabulary for Two {
    fn fields(&self, operand: &str) -> Option<&'static [Field]> {
        match operand {
            "last" => Some(&[]),
            "rvol" => Some(FIELDS),
            _ => None,
        }
    }

    fn names(&self) -> Vec<&'static str> {
        vec!["last", "rvol"]
    }

    fn check(&self, _operand: &Operand) -> Result<(), String> {
        Ok(())
    }

    fn read_text(&self, text: &str) -> Result<Watch, String> {
        Err(format!("column 1: no text is read here, not even {text}"))
    }
}

fn read(value: &Value) -> Result<Rule, Refused> {
    Rule::parse(value.to_string().as_bytes(), &Two)
}

fn crossing() -> Value {
    json!({"left": {"operand": "last"}, "is": "crosses_above", "right": "65000.50"})
}

fn with(name: &str, value: Value) -> Value {
    let mut rule = json!({
        "name": "Breakout", "instrument": "coinbase:BTC-USD", "condition": crossing(),
    });
    rule[name] = value;
    rule
}

#[test]
fn a_rule_reads_back_as_it_was() {
    let full = json!({
        "version": 1, "name": "Breakout", "enabled": false, "severity": "critical",
        "snoozed_until": 1_795_442_220_000_i64, "channels": ["Phone", "Team"],
        "message": "{{value.rvol}} {{value.rvol_2}}",
        "instrument": "coinbase:BTC-USD",
        "condition": {"all": [
            crossing(),
            {"any": [
                {"left": {"operand": "rvol", "period": 30}, "is": "greater",
                 "right": {"operand": "rvol", "timeframe": "1h"}},
                {"left": {"operand": "last"}, "is": "inside", "low": "1", "high": "2.5"},
                {"left": {"operand": "last"}, "is": "moves_down", "percent": "0.5", "within_s": 90},
            ]},
        ]},
        "trigger": "every", "cooldown_s": 300, "repeats": true, "hold_s": 5,
        "hysteresis": "0.25%", "no_data": "clear", "expires": 1_795_500_000_000_i64,
        "hours": "mon-fri 09:00-17:00 +01:00",
    });
    let rule = read(&full).expect("stands");
    assert_eq!(rule.to_json(), full);
    let names: Vec<String> = rule
        .watch
        .condition
        .values()
        .into_iter()
        .map(|v| v.0)
        .collect();
    assert_eq!(names, ["last", "rvol", "rvol_2"]);
}

#[test]
fn what_only_repeats_a_default_is_not_held() {
    let test = |operand: Value| {
        let test = json!({"left": operand, "is": "less", "right": 3});
        read(&with("condition", test)).expect("stands").watch
    };
    let bare = test(json!({"operand": "rvol"}));
    let said = test(json!({"operand": "rvol", "timeframe": "1m", "period": 20}));
    assert_eq!(bare, said);
    assert_ne!(bare, test(json!({"operand": "rvol", "period": 21})));
}

#[test]
fn mistakes_are_named_by_their_place() {
    for (name, value, expected) in [
        ("name", json!(" "), "/name: a name has 1 to 64 characters"),
        ("instrument", json!("BTC"), "/instrument: not an instrument"),
        (
            "severity",
            json!("loud"),
            "/severity: one of info, warning, critical is wanted",
        ),
        (
            "trigger",
            json!("twice"),
            "/trigger: one of once, once_per_bar, bar_close, every is",
        ),
        ("trigger", json!("bar_close"), "/timeframe: required"),
        (
            "cooldown_s",
            json!(5),
            "/cooldown_s: the trigger once has none",
        ),
        (
            "hold_s",
            json!(-1),
            "/hold_s: a whole number from 0 to 2419200 is wanted, not -1",
        ),
        (
            "hysteresis",
            json!("-3"),
            "/hysteresis: a distance above zero such as 25 or 0.5%",
        ),
        (
            "no_data",
            json!("panic"),
            "/no_data: one of keep, clear, fire is wanted",
        ),
        (
            "hours",
            json!("always"),
            "/hours: days, hours and a zone are wanted",
        ),
        ("expires", json!("soon"), "/expires: not a time"),
        (
            "message",
            json!("{{value.rvol}}"),
            "/message: there is no placeholder {{value.rvol}}",
        ),
        (
            "channels",
            json!(["a", 5]),
            "/channels/1: a text is wanted, not 5",
        ),
        ("colour", json!("red"), "/colour: there is no such field"),
        ("rule", json!("x"), "/rule: column 1"),
        (
            "condition",
            json!({"all": [crossing()]}),
            "/condition/all: two conditions at least",
        ),
        (
            "condition",
            json!({"all": [crossing(), {"left": {"operand": "lst"}, "is": "less", "right": 1}]}),
            "/condition/all/1/left/operand: an operand is wanted, such as {\"operand\":\"last\"}; there are last, rvol",
        ),
        (
            "condition",
            json!({"left": {"operand": "last"}, "is": "above", "right": 1}),
            "/condition/is: one of greater, less, crosses_above",
        ),
        (
            "condition",
            json!({"left": {"operand": "last"}, "is": "less", "low": 1}),
            "/condition/low: there is no such field; there are left, is, right",
        ),
        (
            "condition",
            json!({"left": {"operand": "last"}, "is": "less", "right": "NaN"}),
            "/condition/right: a number that can be kept exactly is wanted",
        ),
        (
            "condition",
            json!({"left": {"operand": "rvol", "period": 1}, "is": "less", "right": 1}),
            "/condition/left/period: a whole number from 2 to 100 is wanted, not 1",
        ),
        (
            "condition",
            json!({"left": {"operand": "last"}, "is": "moves_up", "percent": 0, "within_s": 5}),
            "/condition/percent: a percentage above 0 is wanted",
        ),
    ] {
        let refused = read(&with(name, value.clone()))
            .expect_err("refused")
            .to_string();
        assert!(refused.contains(expected), "{name} {value}: {refused}");
    }
    let mut held = with("hold_s", json!(5));
    held["condition"]["is"] = json!("crosses");
    let refused = read(&held).expect_err("refused").to_string();
    assert!(
        refused.starts_with("/hold_s: a crossing either way"),
        "{refused}"
    );
}

#[test]
fn what_is_too_much_is_refused_before_it_is_understood() {
    let deep = "{\"all\":[".repeat(1_000);
    let refused = Rule::parse(deep.as_bytes(), &Two).expect_err("refused");
    assert!(matches!(refused, Refused::TooDeep { .. }), "{refused}");
    let refused = Rule::parse(&vec![b' '; 10 << 20], &Two).expect_err("refused");
    assert!(matches!(refused, Refused::TooLarge { .. }), "{refused}");
    let mut nested = crossing();
    for _ in 0..5 {
        nested = json!({"all": [crossing(), nested]});
    }
    let refused = read(&with("condition", nested)).expect_err("refused");
    assert!(
        refused.to_string().contains("nested more than 5 deep"),
        "{refused}"
    );
    let pairs: Vec<Value> = (0..11)
        .map(|_| json!({"any": [crossing(), crossing()]}))
        .collect();
    let refused = read(&with("condition", json!({"all": pairs}))).expect_err("refused");
    assert!(
        refused.to_string().contains("more than 20 comparisons"),
        "{refused}"
    );
}

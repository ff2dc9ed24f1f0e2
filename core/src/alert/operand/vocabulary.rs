//! The table as the reader of rules asks it.

use super::spec::{operand, operands, reading_of};
use crate::alert::text::read_watch;
use crate::model::Field;
use crate::model::alert::{Operand, Vocabulary, Watch};

/// Every operand that there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operands;

impl Vocabulary for Operands {
    fn fields(&self, name: &str) -> Option<&'static [Field]> {
        operand(name).map(|spec| spec.fields)
    }

    fn names(&self) -> Vec<&'static str> {
        operands().map(|spec| spec.name).collect()
    }

    fn check(&self, operand: &Operand) -> Result<(), String> {
        reading_of(operand).map(|_| ())
    }

    fn read_text(&self, text: &str) -> Result<Watch, String> {
        read_watch(text).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::text::watch_text;
    use crate::model::alert::Rule;
    use serde_json::json;

    #[test]
    fn a_rule_may_be_written_as_text_or_as_a_tree() {
        let text = "kraken:A-B last > 100 and bollinger(5m,30).lower < 3 on 5m close";
        let written = json!({"name": "Both", "rule": text, "message": "{{value.bollinger}}"});
        let written = Rule::parse(written.to_string().as_bytes(), &Operands).expect("stands");
        assert_eq!(watch_text(&written.watch), text);
        let tree = written.to_json();
        assert_eq!(tree["condition"]["all"][1]["left"]["period"], 30);
        let read = Rule::parse(tree.to_string().as_bytes(), &Operands);
        assert_eq!(read.expect("stands"), written);
    }

    #[test]
    fn what_is_wrong_is_said_by_field_and_by_column() {
        let macd = json!({"operand": "macd", "fast": 26, "slow": 12});
        for (name, value, expected) in [
            (
                "rule",
                json!("kraken:A-B lst > 1 once"),
                "/rule: column 12: an operand such as",
            ),
            (
                "condition",
                json!({"left": macd, "is": "less", "right": 1}),
                "/condition/left: `fast` has to be below `slow`",
            ),
            (
                "condition",
                json!({"left": {"operand": "rvol", "period": 1e9}, "is": "less", "right": 1}),
                "/condition/left/period: a whole number from 1 to 1000 is wanted",
            ),
        ] {
            let mut rule = json!({"name": "Wrong"});
            if name == "condition" {
                rule["instrument"] = "kraken:A-B".into();
            }
            rule[name] = value;
            let refused = Rule::parse(rule.to_string().as_bytes(), &Operands);
            let refused = refused.expect_err("refused").to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
    }
}

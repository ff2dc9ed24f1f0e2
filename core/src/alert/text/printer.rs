//! A rule as text that reads back as the same rule.

use std::fmt::Write as _;

use super::operand;
use super::span::span_text;
use crate::model::alert::{
    CHANNEL_OPERATORS, Comparison, Condition, DIRECTIONS, LEVEL_OPERATORS, NoData, Operand, Term,
    Test, Trigger, Watch,
};
use crate::model::alert::{text_of, word_of};

/// The whole line.
#[must_use]
pub fn watch_text(watch: &Watch) -> String {
    let mut text = format!("{} {}", watch.instrument, condition_text(&watch.condition));
    let mut add = |part: String| {
        // Writing into a `String` cannot fail.
        let _ = write!(text, " {part}");
    };
    add(match watch.trigger {
        Trigger::Once => "once".to_owned(),
        Trigger::OncePerBar { timeframe, .. } => format!("once per {timeframe} bar"),
        Trigger::BarClose { timeframe, .. } => format!("on {timeframe} close"),
        Trigger::Every { cooldown_s, .. } => format!("every {}", span_text(cooldown_s)),
    });
    if watch.trigger.repeats() {
        add("repeating".to_owned());
    }
    if watch.hold_s > 0 {
        add(format!("for {}", span_text(watch.hold_s)));
    }
    if let Some(hysteresis) = watch.hysteresis {
        add(format!("hysteresis {hysteresis}"));
    }
    if watch.no_data != NoData::Keep {
        add(format!(
            "no data {}",
            word_of(&NoData::CHOICES, &watch.no_data)
        ));
    }
    if let Some(expires) = watch.expires {
        add(format!("expires {}", expires.to_rfc3339()));
    }
    if let Some(hours) = watch.hours {
        add(format!("hours {hours}"));
    }
    text
}

/// The condition alone.
#[must_use]
pub fn condition_text(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) => {
            let bracketed = |part: &Condition| !matches!(part, Condition::Test(_));
            joined(parts, " and ", bracketed)
        }
        Condition::Any(parts) => {
            let bracketed = |part: &Condition| matches!(part, Condition::Any(_));
            joined(parts, " or ", bracketed)
        }
        Condition::Test(test) => test_text(test),
    }
}

fn joined(parts: &[Condition], with: &str, bracketed: impl Fn(&Condition) -> bool) -> String {
    let texts = parts.iter().map(|part| match bracketed(part) {
        true => format!("({})", condition_text(part)),
        false => condition_text(part),
    });
    texts.collect::<Vec<_>>().join(with)
}

/// An operand alone: its name in the engine, too, as equal operands have equal texts.
#[must_use]
pub fn operand_text(of: &Operand) -> String {
    operand::text(of)
}

fn test_text(test: &Test) -> String {
    let left = operand_text(&test.left);
    match &test.comparison {
        Comparison::Level(operator, right) => {
            let operator = text_of(LEVEL_OPERATORS, *operator);
            format!("{left} {operator} {}", term_text(right))
        }
        Comparison::Channel {
            operator,
            low,
            high,
        } => {
            let operator = text_of(CHANNEL_OPERATORS, *operator);
            format!(
                "{left} {operator} {} to {}",
                term_text(low),
                term_text(high)
            )
        }
        Comparison::Move {
            direction,
            percent,
            within_s,
        } => {
            let direction = text_of(DIRECTIONS, *direction);
            format!(
                "{left} {direction} {percent}% within {}",
                span_text(*within_s)
            )
        }
    }
}

fn term_text(term: &Term) -> String {
    match term {
        Term::Number(number) => number.to_string(),
        Term::Operand(of) => operand_text(of),
    }
}

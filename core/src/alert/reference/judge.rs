//! One rule and all its looks.

use crate::alert::value::Value;
use crate::model::alert::{
    ChannelOperator as C, Comparison, Condition, Direction, Hysteresis, LevelOperator as L, NoData,
    Operand, Rule, Term, Test, Trigger,
};
use crate::model::{Decimal, UnixMs, UnixNs};

/// When it is looked at.
#[derive(Clone, Copy)]
pub(super) struct Now {
    pub(super) clock: UnixNs,
    pub(super) elapsed_ms: u64,
    pub(super) wall: UnixMs,
    pub(super) quiet: bool,
}

/// A rule with everything that it ever saw.
pub(super) struct Judge {
    pub(super) rule: Rule,
    /// Of each comparison, the values at each look: left, then right.
    seen: Vec<Vec<(UnixNs, Vec<Option<Value>>)>>,
    looks: Vec<Look>,
}

struct Look {
    now: Now,
    /// At this event, and right after it.
    holds: [bool; 2],
    known: bool,
    fired: bool,
}

impl Judge {
    pub(super) fn new(rule: Rule) -> Self {
        let tests = rule.watch.condition.tests().len();
        Self {
            rule,
            seen: vec![Vec::new(); tests],
            looks: Vec::new(),
        }
    }

    /// Whether it fires.
    pub(super) fn look(&mut self, now: Now, value: &dyn Fn(&Operand) -> Option<Value>) -> bool {
        let watch = &self.rule.watch;
        let fired: Vec<&Look> = self.looks.iter().filter(|look| look.fired).collect();
        if watch.trigger == Trigger::Once && !fired.is_empty() {
            return false;
        }
        let term = |term: &Term| match term {
            Term::Number(number) => Some(Value::Exact(*number)),
            Term::Operand(operand) => value(operand),
        };
        for (test, seen) in watch.condition.tests().iter().zip(&mut self.seen) {
            let right = test.comparison.terms().into_iter().map(term);
            seen.push((
                now.clock,
                std::iter::once(value(&test.left)).chain(right).collect(),
            ));
        }
        let tests = watch.condition.tests();
        let verdicts: Vec<[Option<bool>; 2]> = tests
            .iter()
            .zip(&self.seen)
            .map(|(test, seen)| self.verdict(test, seen))
            .collect();
        let whole = |moment: usize| {
            let mut left = verdicts.iter();
            holds(&watch.condition, &mut || {
                left.next().expect("one each")[moment]
            })
        };
        let (at, after) = (whole(0), whole(1));
        let known = at.is_some() || self.looks.iter().any(|look| look.known);
        let unknown = match watch.no_data {
            NoData::Keep => self.looks.last().is_some_and(|look| look.holds[1]),
            NoData::Clear => false,
            NoData::Fire => known,
        };
        let holds = [at.unwrap_or(unknown), after.unwrap_or(unknown)];
        // The stretch in which it holds began after the last look after which it did not.
        let begin = self.looks.iter().rposition(|look| !look.holds[1]);
        let stretch = &self.looks[begin.map_or(0, |before| before + 1)..];
        let since = stretch.first().map_or(now.clock, |first| first.now.clock);
        let told = stretch.iter().any(|look| look.fired);
        let quiet = now.quiet
            || self
                .rule
                .snoozed_until
                .is_some_and(|until| now.wall < until)
            || watch.expires.is_some_and(|expires| now.wall >= expires);
        let last = fired.last().map(|look| look.now);
        let may = match watch.trigger {
            Trigger::Once | Trigger::BarClose { .. } => true,
            Trigger::OncePerBar { timeframe, .. } => {
                let bar = |clock: UnixNs| timeframe.floor(clock.to_ms());
                last.is_none_or(|last| bar(last.clock) != bar(now.clock))
            }
            Trigger::Every { cooldown_s, .. } => last.is_none_or(|last| {
                now.elapsed_ms - last.elapsed_ms >= u64::from(cooldown_s) * 1_000
            }),
        };
        let long = now.clock.0 - since.0 >= i64::from(watch.hold_s) * 1_000_000_000;
        let fires = holds[0] && long && (!told || watch.trigger.repeats()) && may && !quiet;
        self.looks.push(Look {
            now,
            holds,
            known: at.is_some(),
            fired: fires,
        });
        fires
    }

    fn margin(&self, level: f64) -> f64 {
        match self.rule.watch.hysteresis {
            None => 0.0,
            Some(Hysteresis::Absolute(distance)) => distance.to_f64(),
            Some(Hysteresis::Percent(percent)) => level.abs() * percent.to_f64() / 100.0,
        }
    }

    /// At the last look and right after it: from everything that was seen.
    fn verdict(&self, test: &Test, seen: &[(UnixNs, Vec<Option<Value>>)]) -> [Option<bool>; 2] {
        if let Comparison::Move {
            direction,
            percent,
            within_s,
        } = test.comparison
        {
            return [moved(seen, direction, percent, within_s); 2];
        }
        let known =
            |values: &Vec<Option<Value>>| values.iter().copied().collect::<Option<Vec<_>>>();
        if seen
            .last()
            .is_none_or(|(_, values)| known(values).is_none())
        {
            return [None; 2];
        }
        let (mut side, mut crossed, mut came) = (None, false, false);
        for (_, values) in seen {
            let Some(values) = known(values) else {
                came = false;
                continue;
            };
            let values: Vec<f64> = values.into_iter().map(Value::to_f64).collect();
            let before = side;
            let far = self.is_far(&test.comparison, &values, side);
            let near = self.is_near(&test.comparison, &values, side);
            side = match (far, near) {
                (true, _) => Some(true),
                (false, true) => Some(false),
                (false, false) => before,
            };
            let either = matches!(test.comparison, Comparison::Level(L::Crosses, _));
            came = (before == Some(false) && side == Some(true))
                || (either && before == Some(true) && side == Some(false));
            crossed = (side == Some(true) || either) && (crossed || came);
        }
        let held = self.rule.watch.hold_s > 0;
        match (test.comparison.is_momentary(), held) {
            (true, false) => [Some(came), Some(false)],
            (true, true) => [Some(crossed); 2],
            (false, _) => [side; 2],
        }
    }

    /// Whether this is the side on which the comparison is true.
    fn is_far(&self, comparison: &Comparison, values: &[f64], side: Option<bool>) -> bool {
        let x = values[0];
        let was = side == Some(true);
        match comparison {
            Comparison::Level(operator, _) => {
                let level = values[1];
                let margin = self.margin(level);
                let stays = was && margin > 0.0;
                match operator {
                    L::Greater => x > level || (stays && x > level - margin),
                    L::Less => x < level || (stays && x < level + margin),
                    L::CrossesAbove => x > level,
                    L::CrossesBelow => x < level,
                    L::Crosses if side == Some(false) => x > level + margin,
                    L::Crosses => x > level,
                }
            }
            Comparison::Channel { operator, .. } => {
                let (low, high) = (values[1], values[2]);
                let within = |below: f64, above: f64| low - below <= x && x <= high + above;
                let wide = (self.margin(low), self.margin(high));
                match operator {
                    C::Inside if was => within(wide.0, wide.1),
                    C::Inside | C::Enters => within(0.0, 0.0),
                    C::Outside if was && (wide.0 > 0.0 || wide.1 > 0.0) => {
                        !(x > low + wide.0 && x < high - wide.1)
                    }
                    C::Outside | C::Leaves => !within(0.0, 0.0),
                }
            }
            Comparison::Move { .. } => false,
        }
    }

    /// Whether this is the other side, from which it has to come.
    fn is_near(&self, comparison: &Comparison, values: &[f64], side: Option<bool>) -> bool {
        let x = values[0];
        let was = side == Some(true);
        match comparison {
            Comparison::Level(operator, _) => {
                let level = values[1];
                let margin = if was { self.margin(level) } else { 0.0 };
                match operator {
                    L::CrossesAbove | L::Crosses => x < level - margin,
                    L::CrossesBelow => x > level + margin,
                    // What is not true is false.
                    L::Greater | L::Less => !self.is_far(comparison, values, side),
                }
            }
            Comparison::Channel { operator, .. } => {
                let (low, high) = (values[1], values[2]);
                let (below, above) = match was {
                    true => (self.margin(low), self.margin(high)),
                    false => (0.0, 0.0),
                };
                match operator {
                    C::Enters => x < low - below || x > high + above,
                    C::Leaves if below > 0.0 || above > 0.0 => x > low + below && x < high - above,
                    C::Leaves => low <= x && x <= high,
                    C::Inside | C::Outside => !self.is_far(comparison, values, side),
                }
            }
            Comparison::Move { .. } => false,
        }
    }
}

/// Whether the newest value is so far from the extreme of those that stood within the time.
fn moved(
    seen: &[(UnixNs, Vec<Option<Value>>)],
    direction: Direction,
    percent: Decimal,
    within_s: u32,
) -> Option<bool> {
    let (now, values) = seen.last()?;
    let newest = values[0]?;
    let start = now.0 - i64::from(within_s) * 1_000_000_000;
    let stood = seen.iter().enumerate().filter(|(place, _)| {
        // Until the next look; the newest still stands.
        seen.get(place + 1).is_none_or(|(until, _)| until.0 > start)
    });
    let stood: Vec<Value> = stood.filter_map(|(_, (_, values))| values[0]).collect();
    let far = |base: &Value| match (newest, *base) {
        (Value::Exact(a), Value::Exact(b)) => {
            let whole = |value: Decimal| {
                i128::from(value.mantissa) * 10_i128.pow(u32::from(9 - value.scale))
            };
            let (a, b) = (whole(a), whole(b));
            let far = if direction == Direction::Up {
                a - b
            } else {
                b - a
            };
            // Percent has at most four decimals here.
            let percent = i128::from(percent.mantissa) * 10_i128.pow(u32::from(4 - percent.scale));
            far > 0 && far * 1_000_000 >= b.abs() * percent
        }
        (a, b) => {
            let (a, b) = (a.to_f64(), b.to_f64());
            let far = if direction == Direction::Up {
                a - b
            } else {
                b - a
            };
            far > 0.0 && far * 100.0 >= percent.to_f64() * b.abs()
        }
    };
    let by_size = |a: &&Value, b: &&Value| a.to_f64().total_cmp(&b.to_f64());
    let extreme = match direction {
        Direction::Up => stood.iter().min_by(by_size),
        Direction::Down => stood.iter().max_by(by_size),
    };
    extreme.map(far)
}

/// The tree over what its comparisons say, in their order.
fn holds(condition: &Condition, next: &mut dyn FnMut() -> Option<bool>) -> Option<bool> {
    let mut all = |parts: &[Condition]| -> Vec<Option<bool>> {
        parts.iter().map(|part| holds(part, next)).collect()
    };
    match condition {
        Condition::All(parts) => {
            let parts = all(parts);
            match parts.contains(&Some(false)) {
                true => Some(false),
                false => parts.iter().all(Option::is_some).then_some(true),
            }
        }
        Condition::Any(parts) => {
            let parts = all(parts);
            match parts.contains(&Some(true)) {
                true => Some(true),
                false => parts.iter().all(Option::is_some).then_some(false),
            }
        }
        Condition::Test(_) => next(),
    }
}

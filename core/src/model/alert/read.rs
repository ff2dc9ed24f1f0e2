//! Reading a rule from JSON that anybody may have written.

use serde_json::Value;

use super::condition::Operand;
use super::hours::ActiveHours;
use super::read_condition::Reader;
use super::rule::{Hysteresis, NoData, Rule, Severity, Watch};
use super::template::Template;
use super::trigger::{LONGEST_S, Trigger};
use crate::model::untrusted::{Faults, Fields, Item, Limits, Refused, Step, parse, upgraded};
use crate::model::{Field, UnixMs};

/// Channels of a rule at the most.
const MOST_CHANNELS: usize = 20;
/// The end of the year 2286: later times are mistakes.
const LATEST_MS: i64 = 9_999_999_999_999;
const LIMITS: Limits = Limits {
    bytes: 64 << 10,
    depth: 24,
};
/// Of the whole rule.
const NAMES: [&str; 19] = [
    "version",
    "name",
    "enabled",
    "severity",
    "snoozed_until",
    "channels",
    "message",
    "rule",
    "instrument",
    "condition",
    "trigger",
    "timeframe",
    "cooldown_s",
    "repeats",
    "hold_s",
    "hysteresis",
    "no_data",
    "expires",
    "hours",
];
/// How many of these stand before what the text form says as well.
const BEFORE_WATCH: usize = 8;

pub(super) const STEPS: &[Step] = &[];

/// What the reader asks about operands. The table stands in the crate's `alert`, which the model
/// does not know.
pub trait Vocabulary {
    /// What may be set of an operand; `None` where there is no such operand.
    fn fields(&self, operand: &str) -> Option<&'static [Field]>;

    /// Names of all operands.
    fn names(&self) -> Vec<&'static str>;

    /// What is wrong between the settings of an operand, each of which is right by itself.
    ///
    /// # Errors
    /// A sentence.
    fn check(&self, operand: &Operand) -> Result<(), String>;

    /// Reads the text form.
    ///
    /// # Errors
    /// A sentence that points at the place.
    fn read_text(&self, text: &str) -> Result<Watch, String>;
}

impl Rule {
    /// Reads a rule. Without a version it is taken to be of the newest.
    ///
    /// # Errors
    /// [`Refused`], with every mistake.
    pub fn parse(text: &[u8], vocabulary: &dyn Vocabulary) -> Result<Self, Refused> {
        let mut value = parse(text, LIMITS)?;
        if let Some(map) = value.as_object_mut() {
            let newest = 1 + STEPS.len();
            map.entry("version").or_insert_with(|| newest.into());
        }
        let value = upgraded(value, STEPS)?;
        let mut faults = Faults::default();
        let read = rule(&Item::whole(&value), &mut faults, vocabulary);
        faults.finish(read)
    }
}

fn rule(item: &Item<'_>, faults: &mut Faults, vocabulary: &dyn Vocabulary) -> Option<Rule> {
    let fields = item.fields(faults, &NAMES)?;
    let name = fields.required(faults, "name");
    let name = name.and_then(|item| item.parsed(faults));
    let watch = match fields.optional("rule") {
        Some(text) => {
            for other in &NAMES[BEFORE_WATCH..] {
                if let Some(item) = fields.optional(other) {
                    faults.add(&item.at, "the text in `rule` says this already");
                }
            }
            written(&text, faults, vocabulary)
        }
        None => watch(&fields, faults, vocabulary),
    };
    let enabled = or(fields.optional("enabled"), true, |item| item.flag(faults));
    let severity = or(fields.optional("severity"), Severity::Info, |item| {
        item.choice(faults, &Severity::CHOICES)
    });
    let snoozed_until = time(&fields, "snoozed_until", faults);
    let channels = or(fields.optional("channels"), Vec::new(), |item| {
        let items = item.list(faults, MOST_CHANNELS)?;
        let names: Vec<_> = items.iter().map(|item| item.parsed(faults)).collect();
        names.into_iter().collect()
    });
    let values = watch.as_ref().map(|watch| watch.condition.values());
    let message = or(fields.optional("message"), Template::usual(), |item| {
        let Some(text) = item.value.as_str() else {
            faults.add(&item.at, "a text is wanted");
            return None;
        };
        // Which values there are is known only where the condition was understood.
        let values = values.as_ref()?.iter().map(|(name, _)| name.clone());
        let read = Template::read(text, &values.collect::<Vec<_>>());
        read.map_err(|reason| faults.add(&item.at, reason)).ok()
    });
    Some(Rule {
        name: name?,
        enabled: enabled?,
        severity: severity?,
        snoozed_until: snoozed_until?,
        channels: channels?,
        message: message?,
        watch: watch?,
    })
}

/// A value that may be absent; `None` where there was a mistake.
fn or<'a, T>(
    item: Option<Item<'a>>,
    absent: T,
    read: impl FnOnce(Item<'a>) -> Option<T>,
) -> Option<T> {
    match item {
        Some(item) => read(item),
        None => Some(absent),
    }
}

fn written(item: &Item<'_>, faults: &mut Faults, vocabulary: &dyn Vocabulary) -> Option<Watch> {
    let Some(text) = item.value.as_str() else {
        faults.add(&item.at, "a text is wanted");
        return None;
    };
    let read = vocabulary.read_text(text);
    read.map_err(|reason| faults.add(&item.at, reason)).ok()
}

fn watch(fields: &Fields<'_>, faults: &mut Faults, vocabulary: &dyn Vocabulary) -> Option<Watch> {
    let instrument = fields.required(faults, "instrument");
    let instrument = instrument.and_then(|item| item.parsed(faults));
    let mut reader = Reader::new(vocabulary);
    let condition = fields.required(faults, "condition");
    let condition = condition.and_then(|item| reader.condition(&item, faults, 1));
    let trigger = trigger(fields, faults);
    let hold_s = or(fields.optional("hold_s"), 0, |item| {
        seconds(&item, faults, 0)
    });
    let hysteresis = or(fields.optional("hysteresis"), None, |item| {
        item.parsed::<Hysteresis>(faults).map(Some)
    });
    let no_data = or(fields.optional("no_data"), NoData::Keep, |item| {
        item.choice(faults, &NoData::CHOICES)
    });
    let expires = time(fields, "expires", faults);
    let hours = or(fields.optional("hours"), None, |item| {
        item.parsed::<ActiveHours>(faults).map(Some)
    });
    let watch = Watch {
        instrument: instrument?,
        condition: condition?,
        trigger: trigger?,
        hold_s: hold_s?,
        hysteresis: hysteresis?,
        no_data: no_data?,
        expires: expires?,
        hours: hours?,
    };
    if let Err(reason) = watch.check() {
        faults.add("/hold_s", reason);
        return None;
    }
    Some(watch)
}

pub(super) fn seconds(item: &Item<'_>, faults: &mut Faults, least: i64) -> Option<u32> {
    let seconds = item.integer(faults, least..=i64::from(LONGEST_S))?;
    u32::try_from(seconds).ok()
}

fn time(fields: &Fields<'_>, name: &str, faults: &mut Faults) -> Option<Option<UnixMs>> {
    or(fields.optional(name), None, |item| match item.value {
        Value::String(_) => item.parsed::<Rfc3339>(faults).map(|time| Some(time.0)),
        _ => {
            let ms = item.integer(faults, 0..=LATEST_MS);
            ms.map(|ms| Some(UnixMs(ms)))
        }
    })
}

/// An instant as text.
struct Rfc3339(UnixMs);

impl std::str::FromStr for Rfc3339 {
    type Err = crate::model::TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        UnixMs::parse(text).map(Self)
    }
}

fn trigger(fields: &Fields<'_>, faults: &mut Faults) -> Option<Trigger> {
    let [once, once_per_bar, bar_close, every] = Trigger::NAMES;
    let name = or(fields.optional("trigger"), once, |item| {
        item.choice(faults, &Trigger::NAMES.map(|name| (name, name)))
    })?;
    let by_bars = name == once_per_bar || name == bar_close;
    for (field, belongs) in [
        ("timeframe", by_bars),
        ("cooldown_s", name == every),
        ("repeats", name != once),
    ] {
        if let Some(item) = fields.optional(field).filter(|_| !belongs) {
            faults.add(&item.at, format_args!("the trigger {name} has none"));
        }
    }
    let repeats = or(fields.optional("repeats"), false, |item| item.flag(faults));
    if name == once {
        return Some(Trigger::Once);
    }
    if name == every {
        let least = i64::from(repeats == Some(true));
        let cooldown_s = or(fields.optional("cooldown_s"), 60, |item| {
            seconds(&item, faults, least)
        });
        return Some(Trigger::Every {
            cooldown_s: cooldown_s?,
            repeats: repeats?,
        });
    }
    let timeframe = fields.required(faults, "timeframe")?;
    let (timeframe, repeats) = (timeframe.parsed(faults)?, repeats?);
    Some(match name == bar_close {
        true => Trigger::BarClose { timeframe, repeats },
        false => Trigger::OncePerBar { timeframe, repeats },
    })
}

//! What the table says of an operand.

use serde_json::Value as Json;

use super::kind::OPERANDS;
use super::reading::{BarLook, BookLook, Reading};
use super::{bar, best};
use crate::indicator::{IndicatorSpec, Params};
use crate::model::alert::Operand;
use crate::model::{Field, Settings, Timeframe};

/// An operand: what it is called, what may be set, what it reads.
#[derive(Debug)]
pub struct OperandSpec {
    /// Name in JSON and in the text form.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// What its values are counted in.
    pub unit: OperandUnit,
    /// What can change it.
    pub feed: Feed,
    /// What may be set, in the order of the text form.
    pub fields: &'static [Field],
    /// Which source is read, and how.
    pub(super) reads: Reads,
}

/// Where an operand comes from.
#[derive(Debug)]
pub(super) enum Reads {
    /// A file of its own.
    Own(fn(&Settings) -> Reading),
    /// One bar.
    Bar(BarLook),
    /// The best level of each side of the book.
    Best(BookLook),
    /// An indicator over bars.
    Indicator(&'static IndicatorSpec),
}

/// What an operand of a family is called: all that families leave to it but its unit and its look.
#[derive(Debug)]
pub(super) struct Words {
    /// Name in JSON and in the text form.
    pub(super) name: &'static str,
    /// Name for people.
    pub(super) label: &'static str,
    /// What it is, in a sentence.
    pub(super) about: &'static str,
}

/// A line of the table.
#[derive(Debug)]
pub enum Entry {
    /// One operand.
    One(&'static OperandSpec),
    /// Those that another table makes.
    Many(fn() -> &'static [OperandSpec]),
}

/// What values are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandUnit {
    /// Quote currency per base unit.
    Price,
    /// Base units.
    Volume,
    /// Hundredths.
    Percent,
    /// Hundredths of a percent.
    BasisPoints,
    /// Seconds.
    Seconds,
    /// A ratio, an index, a number of deviations.
    Plain,
}

/// What can change an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// A trade.
    Trade,
    /// A trade, or exchange time that passes.
    Window,
    /// A bar that is opened or revised.
    Bar,
    /// The order book.
    Book,
    /// The server's clock.
    Clock,
}

/// Every operand, in the order of a menu.
pub fn operands() -> impl Iterator<Item = &'static OperandSpec> {
    OPERANDS.iter().flat_map(|entry| match entry {
        Entry::One(spec) => std::slice::from_ref(*spec),
        Entry::Many(specs) => specs(),
    })
}

/// The operand with a name.
#[must_use]
pub fn operand(name: &str) -> Option<&'static OperandSpec> {
    operands().find(|spec| spec.name == name)
}

impl OperandSpec {
    /// What this operand reads.
    ///
    /// # Errors
    /// A sentence where settings that are right by themselves do not go together.
    pub fn reading(&self, settings: &Settings) -> Result<Reading, String> {
        match self.reads {
            Reads::Own(reading) => Ok(reading(settings)),
            Reads::Bar(look) => Ok(bar::reading(look, settings)),
            Reads::Best(look) => Ok(best::reading(look)),
            Reads::Indicator(spec) => self.study(spec, settings),
        }
    }

    fn study(&self, spec: &'static IndicatorSpec, settings: &Settings) -> Result<Reading, String> {
        let mut parameters = settings.given().clone();
        parameters.remove(TIMEFRAME);
        parameters.remove(OUTPUT);
        let params = Params::from_json(spec, &Json::Object(parameters));
        let params = params.map_err(|error| error.to_string())?;
        let named = |name| self.fields.iter().find(|field: &&Field| field.name == name);
        let output = named(OUTPUT).and_then(|field| spec.output(&settings.text(field)));
        Ok(Reading::Study {
            timeframe: named(TIMEFRAME).map_or(Timeframe::M1, |field| timeframe(settings, field)),
            params,
            output: output.unwrap_or(0),
        })
    }
}

/// Names of the fields that an indicator has as an operand.
pub(super) const TIMEFRAME: &str = "timeframe";
pub(super) const OUTPUT: &str = "output";

/// What is chosen, of a field that was checked.
pub(super) fn timeframe(settings: &Settings, field: &Field) -> Timeframe {
    settings.text(field).parse().unwrap_or(Timeframe::M1)
}

/// What an operand of a rule reads.
///
/// # Errors
/// A sentence where there is no such operand, or its settings do not go together.
pub fn reading_of(of: &Operand) -> Result<Reading, String> {
    let spec = operand(&of.name).ok_or_else(|| format!("there is no operand {}", of.name))?;
    spec.reading(&of.settings)
}

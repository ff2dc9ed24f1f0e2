//! What the table says of an indicator, and the form that its running state has.

use super::field::Field;
use super::kept::Kept;
use super::ohlcv::Ohlcv;
use super::params::Params;

/// The running state of one indicator: what it keeps of the bars that are final.
///
/// The live bar is never part of it. Its values are a pure look ([`Indicator::values`]), so that
/// a bar may be revised any number of times and the result depends on its last revision alone,
/// to the bit: a server that starts again, or a chart that loads the bars afresh, sees what it
/// saw before.
pub trait Indicator: Kept + Send + Sync {
    /// Writes what `bar`, following the ones taken, gives: one value per output. What is not
    /// known (yet) is left as it is, not a number.
    fn values(&self, bar: &Ohlcv, out: &mut [f64]);

    /// Takes a bar as final.
    fn take(&mut self, bar: &Ohlcv);
}

/// An indicator: what it is called, where and how it is drawn, what may be set.
#[derive(Debug)]
pub struct IndicatorSpec {
    /// Name in JSON and in rules.
    pub id: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Name in a legend.
    pub short: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// Where it is drawn.
    pub place: Place,
    /// What may be set.
    pub fields: &'static [Field],
    /// Pairs of parameters of which the first has to be below the second.
    pub ascending: &'static [(&'static str, &'static str)],
    /// What comes out, in the order of the columns.
    pub outputs: &'static [Output],
    /// How many bars have no value of an output before the first that has one.
    pub warm_up: fn(&Params, usize) -> usize,
    /// The state before any bar.
    pub start: fn(&Params) -> Box<dyn Indicator>,
}

/// Where an indicator is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Over the bars, on their price scale.
    OverPrice,
    /// In a pane of its own.
    Pane {
        /// Ends of a scale that never moves; `None` where it follows the values.
        bounds: Option<(f64, f64)>,
        /// Levels that are always drawn.
        guides: &'static [f64],
    },
}

impl Place {
    /// A pane whose scale follows the values, around a line at zero.
    pub(super) const AROUND_ZERO: Self = Self::Pane {
        bounds: None,
        guides: &[0.0],
    };

    /// A pane from 0 to 100 with two levels.
    pub(super) const fn percent(guides: &'static [f64]) -> Self {
        Self::Pane {
            bounds: Some((0.0, 100.0)),
            guides,
        }
    }
}

/// One thing that comes out of an indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Output {
    /// Name in JSON and in rules.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What its numbers are counted in.
    pub unit: Unit,
    /// How it is drawn unless the user wants it otherwise.
    pub style: Style,
    /// In which colour.
    pub colour: Colour,
}

/// What numbers are counted in: how many decimals they are shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Quote currency per base unit.
    Price,
    /// Base units.
    Volume,
    /// No unit: an index from 0 to 100, a number of standard deviations, a direction.
    Plain,
}

/// How an output is drawn. A bar without a value is a gap in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A line from bar to bar.
    Line,
    /// A line, and the space between it and another output filled.
    Band {
        /// Place of the other in the outputs.
        to: usize,
    },
    /// A column from zero.
    Histogram,
    /// A dot per bar.
    Points,
    /// Not drawn: for rules and exports.
    Hidden,
}

/// The colour of an output, by its part rather than its shade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One of the theme's colours for lines.
    Slot(u8),
    /// The colour of rising prices.
    Up,
    /// The colour of falling prices.
    Down,
    /// Rising where the value is at or above zero, else falling.
    BySign,
}

impl Output {
    const fn new(
        name: &'static str,
        label: &'static str,
        unit: Unit,
        style: Style,
        colour: Colour,
    ) -> Self {
        Self {
            name,
            label,
            unit,
            style,
            colour,
        }
    }

    pub(super) const fn line(
        name: &'static str,
        label: &'static str,
        unit: Unit,
        slot: u8,
    ) -> Self {
        Self::new(name, label, unit, Style::Line, Colour::Slot(slot))
    }

    /// The edge of a channel, filled to another output.
    pub(super) const fn band(name: &'static str, label: &'static str, slot: u8, to: usize) -> Self {
        let style = Style::Band { to };
        Self::new(name, label, Unit::Price, style, Colour::Slot(slot))
    }

    pub(super) const fn histogram(name: &'static str, label: &'static str, unit: Unit) -> Self {
        Self::new(name, label, unit, Style::Histogram, Colour::BySign)
    }

    pub(super) const fn hidden(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Unit::Plain, Style::Hidden, Colour::Slot(0))
    }

    /// The same output in another colour.
    pub(super) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

impl IndicatorSpec {
    /// Place of an output in the columns.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|output| output.name == name)
    }
}

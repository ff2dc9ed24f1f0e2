//! Operands that look at one bar: what may be set of each, and how it is read. Which figure of the
//! bar an operand is, its own file says.

use super::reading::{BarLook, Reading};
use super::spec::{self, Feed, OperandSpec, OperandUnit, Reads, Words};
use crate::model::{Field, FieldKind, Settings};

/// Of the bars that are looked at.
pub(super) const TIMEFRAME: Field = Field {
    name: spec::TIMEFRAME,
    label: "Timeframe",
    kind: FieldKind::Timeframe { default: "1m" },
    help: "The width of the bars.",
    when: None,
};

/// Bars before the newest that can be looked at.
const MOST_AGO: i64 = 3;

/// Which bar is looked at.
const AGO: Field = Field {
    name: "ago",
    label: "Bars ago",
    kind: FieldKind::Integer {
        least: 0,
        most: MOST_AGO,
        default: 0,
        unit: "bars",
    },
    help: "0 for the newest bar, which still changes.",
    when: None,
};

/// An operand that is a figure of a bar.
pub(super) const fn of_bar(words: Words, unit: OperandUnit, look: BarLook) -> OperandSpec {
    OperandSpec {
        name: words.name,
        label: words.label,
        about: words.about,
        unit,
        feed: Feed::Bar,
        fields: &[TIMEFRAME, AGO],
        reads: Reads::Bar(look),
    }
}

/// What such an operand reads.
pub(super) fn reading(look: BarLook, settings: &Settings) -> Reading {
    Reading::Bar {
        timeframe: spec::timeframe(settings, &TIMEFRAME),
        ago: settings.integer(&AGO) as u8,
        look,
    }
}

//! What a person sets: which list, how it is sorted, which columns stand in it.

use leptos::prelude::*;
use tradesuite_core::chart::SizeUnit;
use tradesuite_core::model::{Choice, Field, FieldKind};
use tradesuite_core::watch::{Column, Sort};

use crate::ui::panel::PanelContext;
use crate::ui::panel::fields::{INSTRUMENT, unit_of};

const fn choice(value: &'static str, label: &'static str) -> Choice {
    Choice { value, label }
}

const fn column(name: &'static str, label: &'static str, help: &'static str) -> Field {
    Field {
        name,
        label,
        kind: FieldKind::Flag { default: true },
        help,
        when: None,
    }
}

/// The words of the setting `sort`, and what they mean.
const SORTS: [(&str, Sort); 11] = [
    ("own", Sort::OWN),
    ("instrument", by(Column::Instrument, false)),
    ("instrument-falling", by(Column::Instrument, true)),
    ("last-falling", by(Column::Last, true)),
    ("last", by(Column::Last, false)),
    ("change-falling", by(Column::Change, true)),
    ("change", by(Column::Change, false)),
    ("volume-falling", by(Column::Volume, true)),
    ("volume", by(Column::Volume, false)),
    ("spread-falling", by(Column::Spread, true)),
    ("spread", by(Column::Spread, false)),
];

const fn by(column: Column, is_falling: bool) -> Sort {
    Sort {
        by: Some(column),
        is_falling,
    }
}

/// Name of the setting that says what volume is counted in.
const VOLUME_IN: &str = "volume_in";

/// The table.
pub static FIELDS: &[Field] = &[
    INSTRUMENT,
    Field {
        name: "list",
        label: "List",
        kind: FieldKind::Text {
            longest: 64,
            default: "",
        },
        help: "Name of the list; the first of all where it is empty",
        when: None,
    },
    Field {
        name: "sort",
        label: "Sorted by",
        kind: FieldKind::Choice {
            options: &[
                choice("own", "own order"),
                choice("instrument", "instrument"),
                choice("instrument-falling", "instrument, Z first"),
                choice("last-falling", "last, largest first"),
                choice("last", "last, smallest first"),
                choice("change-falling", "change, largest first"),
                choice("change", "change, smallest first"),
                choice("volume-falling", "volume, largest first"),
                choice("volume", "volume, smallest first"),
                choice("spread-falling", "spread, largest first"),
                choice("spread", "spread, smallest first"),
            ],
            default: "own",
        },
        help: "The order of the rows; it waits while one points at them",
        when: None,
    },
    Field {
        name: VOLUME_IN,
        label: "Volume in",
        kind: FieldKind::Choice {
            options: &[
                choice("preferred", "what is preferred"),
                choice("base", "the base currency"),
                choice("quote", "the quote currency"),
            ],
            default: "preferred",
        },
        help: "What volume is counted in; in the quote currency at the last price",
        when: None,
    },
    column(
        "trend",
        "Trend",
        "The last 24 hours as a line, where there is room",
    ),
    column(
        "change",
        "Change",
        "The change over 24 hours, where there is room",
    ),
    column(
        "volume",
        "Volume",
        "The volume of 24 hours, where there is room",
    ),
    column(
        "spread",
        "Spread",
        "Best ask less best bid, where there is room",
    ),
];

/// How a panel is set; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// Name of the list; empty for the first.
    pub list: Memo<String>,
    /// The order of the rows.
    pub sort: Memo<Sort>,
    /// What volume is counted in.
    pub unit: Memo<SizeUnit>,
    wanted: [(Column, Memo<bool>); 4],
}

impl Choices {
    /// Of a panel.
    #[must_use]
    pub fn new(context: PanelContext) -> Self {
        let sort = context.setting("sort", "own".to_owned());
        let wanted = [
            (Column::Trend, "trend"),
            (Column::Change, "change"),
            (Column::Volume, "volume"),
            (Column::Spread, "spread"),
        ];
        Self {
            list: context.setting("list", String::new()),
            sort: Memo::new(move |_| sort.with(|word| sort_of(word))),
            unit: unit_of(context, VOLUME_IN),
            wanted: wanted.map(|(column, name)| (column, context.setting(name, true))),
        }
    }

    /// Whether a column is wanted where there is room.
    #[must_use]
    pub fn wants(self, column: Column) -> bool {
        let found = self.wanted.iter().find(|(other, _)| *other == column);
        found.is_none_or(|(_, is_wanted)| is_wanted.get())
    }
}

fn sort_of(word: &str) -> Sort {
    let found = SORTS.iter().find(|(name, _)| *name == word);
    found.map_or(Sort::OWN, |(_, sort)| *sort)
}

/// The word of an order.
#[must_use]
pub fn word_of(sort: Sort) -> &'static str {
    let found = SORTS.iter().find(|(_, other)| *other == sort);
    found.map_or("own", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_has_a_word_in_the_form() {
        let field = FIELDS.iter().find(|field| field.name == "sort");
        let FieldKind::Choice { options, .. } = field.expect("the setting").kind else {
            panic!("it is a choice");
        };
        assert_eq!(options.len(), SORTS.len());
        for option in options {
            assert_eq!(word_of(sort_of(option.value)), option.value);
        }
        assert_eq!(sort_of("colour"), Sort::OWN);
    }
}

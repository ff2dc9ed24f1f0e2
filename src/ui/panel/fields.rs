//! Settings that several kinds of panel have.

use tradesuite_core::model::{Choice, Field, FieldKind};

/// What a panel looks at that is not linked with others.
pub const INSTRUMENT: Field = Field {
    name: "instrument",
    label: "Instrument",
    kind: FieldKind::Instrument,
    help: "What the panel looks at while it is not linked with others",
    when: None,
};

/// Width of bars.
pub const TIMEFRAME: Field = Field {
    name: "timeframe",
    label: "Timeframe",
    kind: FieldKind::Timeframe { default: "1m" },
    help: "Width of the bars",
    when: None,
};

/// What sizes are counted in.
pub const UNIT: Field = Field {
    name: "unit",
    label: "Sizes in",
    kind: FieldKind::Choice {
        options: &[
            Choice {
                value: "base",
                label: "the base currency",
            },
            Choice {
                value: "quote",
                label: "the quote currency",
            },
        ],
        default: "base",
    },
    help: "The currency that sizes are counted in",
    when: None,
};

/// The step of a book's rows.
pub const fn group(default: i64) -> Field {
    Field {
        name: "group",
        label: "Ticks a row",
        kind: FieldKind::Integer {
            least: 0,
            most: 1_000_000_000,
            default,
            unit: "ticks",
        },
        help: "How many ticks are joined in one row; 0 for as many as suit the price",
        when: None,
    }
}

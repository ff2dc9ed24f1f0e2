//! Settings that several kinds of panel have.

use leptos::prelude::{Get, Memo};
use serde::Deserialize;
use tradesuite_core::chart::SizeUnit;
use tradesuite_core::model::{Choice, Field, FieldKind};

use crate::ui::panel::PanelContext;
use crate::ui::preferences::Preferences;

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
                value: "preferred",
                label: "what is preferred",
            },
            Choice {
                value: "base",
                label: "the base currency",
            },
            Choice {
                value: "quote",
                label: "the quote currency",
            },
        ],
        default: "preferred",
    },
    help: "The currency that sizes are counted in",
    when: None,
};

/// Words of [`UNIT`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum UnitWord {
    /// As everywhere on the page.
    #[default]
    Preferred,
    Base,
    Quote,
}

/// What a panel's sizes are counted in: as it is set, else as is preferred everywhere.
pub fn chosen_unit(context: PanelContext) -> Memo<SizeUnit> {
    unit_of(context, UNIT.name)
}

/// The same of a setting that is called otherwise and has the words of [`UNIT`].
pub fn unit_of(context: PanelContext, name: &'static str) -> Memo<SizeUnit> {
    let preferred = Preferences::expect().sizes;
    let own = context.setting(name, UnitWord::default());
    Memo::new(move |_| match own.get() {
        UnitWord::Preferred => preferred.get(),
        UnitWord::Base => SizeUnit::Base,
        UnitWord::Quote => SizeUnit::Quote,
    })
}

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

//! The kinds of panels: what a document may name, and the settings of each.

use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{Field, FieldKind};

/// What a panel that is linked to no colour shows.
pub const INSTRUMENT: Field = Field {
    name: "instrument",
    label: "Instrument",
    kind: FieldKind::Instrument,
    help: "What the panel shows while it is linked to no colour",
};

/// Width of a chart's bars.
pub const TIMEFRAME: Field = Field {
    name: "timeframe",
    label: "Timeframe",
    kind: FieldKind::Timeframe { default: "1m" },
    help: "Width of the bars",
};

/// Every kind of panel.
pub static PANEL_KINDS: &[&PanelKind] = &[
    &PanelKind {
        id: "chart",
        label: "Chart",
        fields: &[INSTRUMENT, TIMEFRAME],
    },
    &PanelKind {
        id: "book",
        label: "Order book",
        fields: &[INSTRUMENT],
    },
    &PanelKind {
        id: "tape",
        label: "Trades",
        fields: &[INSTRUMENT],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::assert_table_stands;

    #[test]
    fn every_table_stands() {
        for (at, kind) in PANEL_KINDS.iter().enumerate() {
            assert_table_stands(kind.fields);
            let again = PANEL_KINDS[at + 1..]
                .iter()
                .any(|other| other.id == kind.id);
            assert!(!again, "{} stands twice in the table", kind.id);
        }
    }
}

//! Every operand: one file and one line in [`OPERANDS`] each. A file says what is read of a source
//! and what may be set; sources are kept elsewhere. What operands over a bar or over the best levels
//! have in common stands beside this folder.

use super::spec::Entry;
use crate::model::{Field, FieldKind};

mod ask;
mod bid;
mod buy_ratio;
mod change;
mod close;
mod cvd_change;
mod high;
mod imbalance;
mod indicator;
mod last;
mod low;
mod mid;
mod open;
mod spread;
mod spread_bps;
mod staleness;
mod volume;

/// The table, in the order of a menu.
pub static OPERANDS: &[Entry] = &[
    Entry::One(&last::LAST),
    Entry::One(&mid::MID),
    Entry::One(&bid::BID),
    Entry::One(&ask::ASK),
    Entry::One(&change::CHANGE),
    Entry::One(&open::OPEN),
    Entry::One(&high::HIGH),
    Entry::One(&low::LOW),
    Entry::One(&close::CLOSE),
    Entry::One(&volume::VOLUME),
    Entry::One(&cvd_change::CVD_CHANGE),
    Entry::One(&buy_ratio::BUY_RATIO),
    Entry::One(&spread::SPREAD),
    Entry::One(&spread_bps::SPREAD_BPS),
    Entry::One(&imbalance::IMBALANCE),
    Entry::One(&staleness::STALENESS),
    Entry::Many(indicator::indicators),
];

/// A time that has passed.
const fn window(default: i64) -> Field {
    Field {
        name: "window",
        label: "Window",
        kind: FieldKind::Integer {
            least: 1,
            most: 86_400,
            default,
            unit: "s",
        },
        help: "How far back is looked, in exchange time.",
        when: None,
    }
}

/// A number of levels a side of the book.
const LEVELS: Field = Field {
    name: "levels",
    label: "Levels",
    kind: FieldKind::Integer {
        least: 1,
        most: 100,
        default: 10,
        unit: "levels",
    },
    help: "How many of the best levels of each side count.",
    when: None,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{operand, operands};
    use crate::indicator::INDICATORS;
    use crate::model::{Settings, assert_table_stands};

    #[test]
    fn every_file_is_in_the_table() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/alert/operand/kind");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("this folder")
            .map(|entry| entry.expect("an entry").file_name())
            .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()))
            .filter(|name| name != "mod" && name != "indicator")
            .collect();
        let indicators: BTreeSet<String> = INDICATORS.iter().map(|i| i.id.to_owned()).collect();
        let listed: BTreeSet<String> = operands().map(|spec| spec.name.to_owned()).collect();
        assert_eq!(
            listed,
            &files | &indicators,
            "a file has the name of its operand"
        );
        assert_eq!(operands().count(), files.len() + indicators.len());
    }

    #[test]
    fn what_the_table_says_holds_together() {
        for spec in operands() {
            assert_table_stands(spec.fields);
            assert!(spec.about.ends_with('.'), "{}", spec.name);
            let reading = spec.reading(&Settings::default());
            assert!(reading.is_ok(), "{}: {reading:?}", spec.name);
        }
        assert!(operand("lst").is_none());
    }
}

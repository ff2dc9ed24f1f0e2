//! The columns, and which of them a width has room for.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Symbol and venue.
    Instrument,
    /// Last price.
    Last,
    /// Change over 24 hours.
    Change,
    /// Volume of 24 hours.
    Volume,
    /// Best ask less best bid.
    Spread,
    /// The last 24 hours as a line.
    Trend,
}

/// A line of the table of columns.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSpec {
    /// Which.
    pub column: Column,
    /// In documents and for tests.
    pub id: &'static str,
    /// Above the column.
    pub label: &'static str,
    /// At length, for the pointer that rests on it and for readers.
    pub about: &'static str,
    /// Its width, CSS pixels; the instrument's grows.
    pub width: i32,
    /// Whether rows can be sorted by it.
    pub sorts: bool,
}

/// Width from which on the instrument's column has room for the venue's whole name, CSS pixels.
pub const VENUE_WIDTH: i32 = 132;

/// Every column, in the order of the table.
pub static COLUMNS: &[ColumnSpec] = &[
    ColumnSpec {
        column: Column::Instrument,
        id: "instrument",
        label: "Instrument",
        about: "Instrument and venue",
        width: 96,
        sorts: true,
    },
    ColumnSpec {
        column: Column::Trend,
        id: "trend",
        label: "Trend",
        about: "The last 24 hours, an hour a step",
        width: 72,
        sorts: false,
    },
    ColumnSpec {
        column: Column::Last,
        id: "last",
        label: "Last",
        about: "Last price",
        width: 76,
        sorts: true,
    },
    ColumnSpec {
        column: Column::Change,
        id: "change",
        label: "24 h %",
        about: "Change over 24 hours, percent",
        width: 56,
        sorts: true,
    },
    ColumnSpec {
        column: Column::Volume,
        id: "volume",
        label: "Volume",
        about: "Volume of 24 hours",
        width: 64,
        sorts: true,
    },
    ColumnSpec {
        column: Column::Spread,
        id: "spread",
        label: "Spread bp",
        about: "Best ask less best bid, in 1/10,000 of the price",
        width: 68,
        sorts: true,
    },
];

/// What goes first where there is no room. Instrument and last price stay.
const DROPPED: [Column; 4] = [
    Column::Trend,
    Column::Spread,
    Column::Volume,
    Column::Change,
];

/// The line of a column.
#[must_use]
pub fn spec_of(column: Column) -> &'static ColumnSpec {
    let found = COLUMNS.iter().find(|spec| spec.column == column);
    found.unwrap_or(&COLUMNS[0])
}

/// Width that columns take, CSS pixels.
#[must_use]
pub fn width_of(columns: &[Column]) -> i32 {
    columns.iter().map(|column| spec_of(*column).width).sum()
}

/// The columns that a width has room for out of those that are wanted, in the order of the table.
#[must_use]
pub fn columns_for(width: i32, is_wanted: impl Fn(Column) -> bool) -> Vec<Column> {
    let all = COLUMNS.iter().map(|spec| spec.column);
    let mut columns: Vec<Column> = all.filter(|column| is_wanted(*column)).collect();
    for dropped in DROPPED {
        if width_of(&columns) <= width {
            break;
        }
        columns.retain(|column| *column != dropped);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_their_weight() {
        for (width, expected) in [
            (600, "instrument trend last change volume spread"),
            (432, "instrument trend last change volume spread"),
            (431, "instrument last change volume spread"),
            (359, "instrument last change volume"),
            (260, "instrument last change"),
            (227, "instrument last"),
            (40, "instrument last"),
        ] {
            let columns = columns_for(width, |_| true);
            let ids: Vec<_> = columns.iter().map(|column| spec_of(*column).id).collect();
            assert_eq!(ids.join(" "), expected, "{width}");
        }
    }

    #[test]
    fn what_is_not_wanted_leaves_room_for_others() {
        let columns = columns_for(270, |column| column != Column::Volume);
        assert_eq!(
            columns,
            [Column::Instrument, Column::Last, Column::Change],
            "the trend is the first to go"
        );
        let columns = columns_for(310, |column| {
            !matches!(column, Column::Volume | Column::Spread)
        });
        assert!(columns.contains(&Column::Trend));
    }

    #[test]
    fn ids_are_unique() {
        for spec in COLUMNS {
            let again = COLUMNS.iter().filter(|other| other.id == spec.id);
            assert_eq!(again.count(), 1, "{}", spec.id);
            assert_eq!(spec_of(spec.column).id, spec.id);
        }
    }
}

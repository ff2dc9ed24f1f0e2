//! How a person reads numbers: which signs set thousands and decimals apart.
//!
//! Every figure is written once, by [`format`][super::format], with a comma between thousands and a
//! point before decimals. Whoever shows it gives it the reader's style last of all: so texts can be
//! measured, compared and tested in one form, and what other programs read never changes.

use serde::{Deserialize, Serialize};

/// A narrow space that no line is broken at.
const SPACE: char = '\u{202f}';

/// Signs between thousands and before decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberStyle {
    /// `1,234.5`, as figures are written.
    #[default]
    Comma,
    /// `1.234,5`
    Point,
    /// `1 234.5`
    Space,
    /// `1234.5`
    Plain,
}

impl NumberStyle {
    /// Figures of [`format`][super::format] in this style; units and signs stay as they are. Not
    /// for sentences or times, whose points and commas mean something else.
    #[must_use]
    pub fn write(self, figures: String) -> String {
        let (thousands, point) = match self {
            Self::Comma => return figures,
            Self::Point => (Some('.'), ','),
            Self::Space => (Some(SPACE), '.'),
            Self::Plain => (None, '.'),
        };
        figures
            .chars()
            .filter_map(|sign| match sign {
                ',' => thousands,
                '.' => Some(point),
                other => Some(other),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::format;

    #[test]
    fn figures_are_shown_as_a_person_reads_them() {
        let price = format::grouped(-123_456_789, 2);
        for (style, expected) in [
            (NumberStyle::Comma, "−1,234,567.89"),
            (NumberStyle::Point, "−1.234.567,89"),
            (NumberStyle::Space, "−1\u{202f}234\u{202f}567.89"),
            (NumberStyle::Plain, "−1234567.89"),
        ] {
            assert_eq!(style.write(price.clone()), expected);
        }
        let short = |style: NumberStyle| style.write(format::compact(14_210.0));
        assert_eq!(short(NumberStyle::Point), "14,2k");
        assert_eq!(NumberStyle::Point.write(format::percent(1.5)), "+1,50 %");
    }
}

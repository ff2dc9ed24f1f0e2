//! What turned out to be missing of an instrument's trades, joined until somebody asks for it.

use tradesuite_core::model::UnixMs;

/// Trades that turned out to be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lack {
    /// Those from before the first one ever seen.
    pub beginning: bool,
    /// Those of a gap, or of several, from the first start to the last end.
    pub between: Option<(UnixMs, UnixMs)>,
}

impl Lack {
    /// Those between two moments.
    pub fn gap(start: UnixMs, end: UnixMs) -> Self {
        Self {
            between: Some((start, end)),
            ..Self::default()
        }
    }

    /// Both.
    pub fn and(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or_default();
        let both = self.between.zip(other.between);
        let both = both.map(|((start, end), (from, to))| (start.min(from), end.max(to)));
        Self {
            beginning: self.beginning || other.beginning,
            between: both.or(self.between).or(other.between),
        }
    }
}

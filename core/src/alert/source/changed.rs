//! Which readings an event may have changed.

use crate::alert::operand::Reading;

/// What an event may have changed, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::alert) struct Changed(u8);

impl Changed {
    pub(in crate::alert) const TRADE: Self = Self(1);
    pub(in crate::alert) const WINDOW: Self = Self(2);
    pub(in crate::alert) const BOOK: Self = Self(4);
    pub(in crate::alert) const CLOCK: Self = Self(8);
    pub(in crate::alert) const ALL: Self = Self(15);

    pub(in crate::alert) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(in crate::alert) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What changes a reading.
pub(in crate::alert) fn changed_by(reading: &Reading) -> Changed {
    match reading {
        Reading::Last | Reading::Bar { .. } | Reading::Study { .. } => Changed::TRADE,
        Reading::Flow { .. } | Reading::Change { .. } => Changed::WINDOW,
        Reading::Book { .. } => Changed::BOOK,
        Reading::Silence(_) => Changed::CLOCK,
    }
}

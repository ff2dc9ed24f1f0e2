//! How often a rule fires.

use crate::model::Timeframe;

/// Longest cooldown, hold and window, seconds: four weeks.
pub const LONGEST_S: u32 = 28 * 86_400;

/// How often a rule fires.
///
/// What holds is told once, and again only after it did not hold for a while. `repeats` tells it
/// anew, as often as the trigger allows, for as long as it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Once, until somebody edits the rule or switches it on again.
    Once,
    /// At most once in each bar.
    OncePerBar {
        /// Of this width.
        timeframe: Timeframe,
        /// See above.
        repeats: bool,
    },
    /// Looked at only when a bar has closed; its timeframe's operands are those of that bar.
    BarClose {
        /// Of this width.
        timeframe: Timeframe,
        /// See above.
        repeats: bool,
    },
    /// Each time, but not sooner than this after the last.
    Every {
        /// Seconds by the server's clock.
        cooldown_s: u32,
        /// See above.
        repeats: bool,
    },
}

impl Trigger {
    /// The names in JSON.
    pub const NAMES: [&'static str; 4] = ["once", "once_per_bar", "bar_close", "every"];

    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Once => Self::NAMES[0],
            Self::OncePerBar { .. } => Self::NAMES[1],
            Self::BarClose { .. } => Self::NAMES[2],
            Self::Every { .. } => Self::NAMES[3],
        }
    }

    /// Whether it fires again while the condition just goes on holding.
    #[must_use]
    pub fn repeats(self) -> bool {
        match self {
            Self::Once => false,
            Self::OncePerBar { repeats, .. }
            | Self::BarClose { repeats, .. }
            | Self::Every { repeats, .. } => repeats,
        }
    }

    /// The bars that it goes by.
    #[must_use]
    pub fn timeframe(self) -> Option<Timeframe> {
        match self {
            Self::Once | Self::Every { .. } => None,
            Self::OncePerBar { timeframe, .. } | Self::BarClose { timeframe, .. } => {
                Some(timeframe)
            }
        }
    }
}

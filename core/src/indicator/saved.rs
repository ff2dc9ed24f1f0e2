//! What an indicator's newest values go on from, kept and read back: a server's matter.

use serde::{Deserialize, Serialize};

use super::ohlcv::Ohlcv;
use super::params::Params;
use super::series::IndicatorState;

/// What an [`IndicatorState`] knows, to be kept and read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedIndicator {
    /// The numbers behind the newest bar, as MsgPack.
    before: Vec<u8>,
    newest: Option<Ohlcv>,
}

impl IndicatorState {
    /// To go on from later, to the bit.
    #[must_use]
    pub fn saved(&self) -> SavedIndicator {
        SavedIndicator {
            before: self.before.saved(),
            newest: self.newest,
        }
    }

    /// Goes on from what was kept with the same parameters; `None` where it is not of them.
    #[must_use]
    pub fn restored(params: &Params, saved: &SavedIndicator) -> Option<Self> {
        let mut state = Self::new(params);
        if !state.before.restore(&saved.before) {
            return None;
        }
        if let Some(newest) = saved.newest {
            state.revise_last(newest);
        }
        Some(state)
    }
}

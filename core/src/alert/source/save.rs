//! What is kept of the sources, and going on from it.

use serde::{Deserialize, Serialize};

use super::bars::SavedBars;
use super::sources::Heard;
use super::{Bars, Book, Flow, Past, Sources};
use crate::market::TradeKey;
use crate::model::{Precision, Price, UnixNs};

/// What is kept of [`Sources`].
#[derive(Serialize, Deserialize)]
pub(in crate::alert) struct SavedSources {
    precision: Precision,
    clock: UnixNs,
    last: Option<(TradeKey, Price)>,
    book: Option<Book>,
    bars: Vec<SavedBars>,
    flows: Vec<Flow>,
    pasts: Vec<Past>,
    heard: Heard,
    refused: u64,
}

impl Sources {
    /// To go on from later.
    pub(in crate::alert) fn saved(&self) -> SavedSources {
        SavedSources {
            precision: self.precision,
            clock: self.clock,
            last: self.last,
            book: self.book.clone(),
            bars: self.bars.iter().map(Bars::saved).collect(),
            flows: self.flows.clone(),
            pasts: self.pasts.clone(),
            heard: self.heard,
            refused: self.refused,
        }
    }

    /// Goes on from what was kept, for the sources that are wanted now.
    pub(in crate::alert) fn restore(&mut self, saved: &SavedSources) {
        self.precision = saved.precision;
        self.clock = saved.clock;
        self.last = saved.last;
        self.heard = saved.heard;
        self.refused = saved.refused;
        if let (Some(book), Some(kept)) = (&mut self.book, &saved.book) {
            book.clone_from(kept);
        }
        for bars in &mut self.bars {
            let of = bars.timeframe();
            if let Some(kept) = saved.bars.iter().find(|kept| kept.timeframe == of) {
                bars.restore(kept, saved.precision);
            }
        }
        for flow in &mut self.flows {
            let of = flow.window_s();
            if let Some(kept) = saved.flows.iter().find(|kept| kept.window_s() == of) {
                flow.clone_from(kept);
            }
        }
        for past in &mut self.pasts {
            let of = past.lookback_s();
            if let Some(kept) = saved.pasts.iter().find(|kept| kept.lookback_s() == of) {
                past.clone_from(kept);
            }
        }
    }
}

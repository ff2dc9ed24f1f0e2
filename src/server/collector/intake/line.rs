//! What concerns every instrument of a line at once, or those that leave it.

use tradesuite_core::model::{EventBody, InstrumentId, MarketEvent, UnixNs};

use super::{CLOCK_STEP_NS, Intake, about};

impl Intake {
    /// The line is gone: every book on it is stale, and what happens until the next line is
    /// missed. That is said at once, so that no bar passes for whole that is not.
    pub fn lost(&mut self, reason: &str, received: UnixNs, out: &mut Vec<MarketEvent>) {
        self.mark_stale(reason, received, out);
        for (instrument, state) in &mut self.instruments {
            if let Some(hole) = state.leave(reason, received) {
                out.push(about(&self.normalizer, instrument, received, hole.open()));
            }
        }
    }

    /// These instruments are not carried any more: the same for them alone, and what is still on
    /// its way is not taken.
    pub fn dropped(
        &mut self,
        instruments: &[InstrumentId],
        received: UnixNs,
        out: &mut Vec<MarketEvent>,
    ) {
        for instrument in instruments {
            let Some(state) = self.instruments.get_mut(instrument) else {
                continue;
            };
            let reason = "it is not collected any more";
            if state.mark_stale(reason, received) {
                let reason = reason.to_owned();
                let body = EventBody::BookStale { reason };
                out.push(about(&self.normalizer, instrument, received, body));
            }
            if let Some(hole) = state.leave(reason, received) {
                out.push(about(&self.normalizer, instrument, received, hole.open()));
            }
            state.clear_book();
            state.left = true;
        }
    }

    /// Exchange time moved on for instruments of which nothing else was heard.
    pub(super) fn beat(&mut self, time: UnixNs, received: UnixNs, out: &mut Vec<MarketEvent>) {
        for (instrument, state) in &mut self.instruments {
            if state.left {
                continue;
            }
            if time.0.saturating_sub(state.time.0) >= CLOCK_STEP_NS {
                state.heard(time);
                let body = EventBody::Clock { time };
                out.push(about(&self.normalizer, instrument, received, body));
            }
        }
    }

    /// No book of the line can be believed.
    pub(super) fn mark_stale(
        &mut self,
        reason: &str,
        received: UnixNs,
        out: &mut Vec<MarketEvent>,
    ) {
        for (instrument, state) in &mut self.instruments {
            if state.mark_stale(reason, received) {
                let reason = reason.to_owned();
                let body = EventBody::BookStale { reason };
                out.push(about(&self.normalizer, instrument, received, body));
            }
        }
    }

    /// Trades of any instrument may have been missed.
    pub(super) fn doubt(&mut self, received: UnixNs) {
        for state in self.instruments.values_mut() {
            state.doubt(received);
        }
    }
}

//! What an intake says of frames beside the events in them, and in events of its own.

use tradesuite_core::market::Normalizer;
use tradesuite_core::model::{EventBody, InstrumentId, MarketEvent, UnixNs};

/// What a frame said about its connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Frames and values that did not parse, fit or verify.
    pub rejected: u64,
    /// Holes in the numbering, and jumps of trade ids.
    pub gaps: u64,
    /// Books that were not what the venue's checksum says.
    pub checksum_failures: u64,
    /// What time it was at the venue, where the frame says that.
    pub venue_time: Option<UnixNs>,
    /// Why books have to be asked for again.
    pub resync: Option<String>,
    /// The newest complaint: the venue's about us, or ours about what it sent.
    pub complaint: Option<String>,
}

impl Verdict {
    pub(super) fn reject(&mut self, complaint: String) {
        self.rejected += 1;
        self.complaint = Some(complaint);
    }
}

/// What became of a connection's frames, over all its lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntakeCounts {
    /// Frames given.
    pub frames: u64,
    /// Frames and values that did not parse, fit or verify.
    pub rejected: u64,
    /// Holes in the numbering of messages.
    pub holes: u64,
    /// Messages missing in these holes.
    pub missing_messages: u64,
    /// Messages that came again and were dropped.
    pub repeated_messages: u64,
    /// Trades that were known already and were dropped.
    pub repeated_trades: u64,
    /// Messages of kinds that the adapter does not know.
    pub unknown: u64,
}

/// An event of the intake's own.
pub(super) fn about(
    normalizer: &Normalizer,
    instrument: &InstrumentId,
    received: UnixNs,
    body: EventBody,
) -> MarketEvent {
    MarketEvent {
        instrument: instrument.clone(),
        precision: normalizer.precision(instrument).unwrap_or_default(),
        received,
        body,
    }
}

//! What a session and the checks of its connection say to each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use tradesuite_core::model::{Instrument, InstrumentId, MarketEvent, TradeId, UnixNs};

use super::intake::{Intake, Verdict};

/// Instruments that a connection carries.
pub type Carried = Arc<BTreeMap<InstrumentId, CarriedInstrument>>;

/// An instrument on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedInstrument {
    /// The venue's facts.
    pub instrument: Arc<Instrument>,
    /// Newest trade held from before, so that what was missed since is seen.
    pub last_trade: Option<(TradeId, UnixNs)>,
}

/// The newest trade of each instrument.
pub type NewestTrades = BTreeMap<InstrumentId, (TradeId, UnixNs)>;

/// Turns the frames of one connection into checked events. Lives longer than a line: what is
/// known of trade ids connects the lines.
pub trait Checker: Send {
    /// A new line: new decoder, new books.
    fn opened(&mut self);

    /// An instrument is about to be subscribed to.
    fn carry(&mut self, carried: &CarriedInstrument);

    /// Reads one frame; events are appended to `out`.
    fn frame(&mut self, text: &str, received: UnixNs, out: &mut Vec<MarketEvent>) -> Verdict;

    /// The line is gone: every book on it is stale.
    fn lost(&mut self, reason: &str, received: UnixNs, out: &mut Vec<MarketEvent>);

    /// These instruments are not carried any more: their books are stale, too.
    fn dropped(
        &mut self,
        instruments: &[InstrumentId],
        received: UnixNs,
        out: &mut Vec<MarketEvent>,
    );
}

impl Checker for Intake {
    fn opened(&mut self) {
        self.opened();
    }

    fn carry(&mut self, carried: &CarriedInstrument) {
        self.carry(&carried.instrument, carried.last_trade);
    }

    fn frame(&mut self, text: &str, received: UnixNs, out: &mut Vec<MarketEvent>) -> Verdict {
        self.frame(text, received, out)
    }

    fn lost(&mut self, reason: &str, received: UnixNs, out: &mut Vec<MarketEvent>) {
        self.lost(reason, received, out);
    }

    fn dropped(
        &mut self,
        instruments: &[InstrumentId],
        received: UnixNs,
        out: &mut Vec<MarketEvent>,
    ) {
        self.dropped(instruments, received, out);
    }
}

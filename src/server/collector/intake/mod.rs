//! From the frames of one connection to events that can be believed.
//!
//! An [`Intake`] reads frames with the venue's decoder, checks that none is missing, brings
//! numbers to the instrument's precision, keeps the books that the venue's proofs are about, and
//! says plainly what is missing. It is pure: collector and replay drive it with frames and the
//! time they were received, and it must not know where frames come from or where events go.
//!
//! It outlives a line: what is known of trade ids and precisions connects one line to the next,
//! while every new line begins with new books.

mod ahead;
mod instrument;
mod line;
mod numbering;
mod proof;
mod report;
#[cfg(test)]
mod tests;

pub use ahead::ahead;
pub use instrument::InstrumentCounts;
pub use report::{IntakeCounts, Verdict};

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tradesuite_core::market::{NormalizeError, Normalizer, OrderBook, RefusedPart};
use tradesuite_core::model::{
    EventBody, GapKind, Instrument, InstrumentId, MarketEvent, TradeId, UnixNs, VenueBody,
    VenueEvent,
};

use self::instrument::{Applied, Hole, InstrumentState, Taken};
use self::numbering::{Numbering, Step};
use self::report::about;
use crate::server::exchange::{Decoded, Decoder, ExchangeSpec, Feed, FeedSpec, Notice};

/// An instrument whose last event is older than this gets the time of a heartbeat.
const CLOCK_STEP_NS: i64 = 1_000_000_000;
/// Instruments on one connection; far more than any carries, so that a venue gone mad costs no
/// memory.
const MAX_INSTRUMENTS: usize = 4_096;

/// Checks one connection.
pub struct Intake {
    exchange: &'static ExchangeSpec,
    feed: &'static dyn Feed,
    decoder: Box<dyn Decoder>,
    /// Kept for its memory.
    decoded: Decoded,
    numbering: Numbering,
    normalizer: Normalizer,
    instruments: HashMap<InstrumentId, InstrumentState>,
    counts: IntakeCounts,
}

impl Intake {
    /// Ready for the first line.
    #[must_use]
    pub fn new(exchange: &'static ExchangeSpec, feed: &'static dyn Feed) -> Self {
        Self {
            exchange,
            feed,
            decoder: feed.decoder(),
            decoded: Decoded::default(),
            numbering: Numbering::default(),
            normalizer: Normalizer::new(),
            instruments: HashMap::new(),
            counts: IntakeCounts::default(),
        }
    }

    /// Facts of the feed.
    #[must_use]
    pub fn feed(&self) -> &'static FeedSpec {
        self.feed.spec()
    }

    /// What became of the frames so far.
    #[must_use]
    pub fn counts(&self) -> IntakeCounts {
        self.counts
    }

    /// Every instrument heard of, its book (empty where it has none) and its counts.
    pub fn instruments(
        &self,
    ) -> impl Iterator<Item = (&InstrumentId, &OrderBook, &InstrumentCounts)> {
        self.instruments
            .iter()
            .map(|(id, state)| (id, &state.book, &state.counts))
    }

    /// The book of an instrument, stale where it cannot be believed.
    #[must_use]
    pub fn book(&self, instrument: &InstrumentId) -> Option<&OrderBook> {
        self.instruments.get(instrument).map(|state| &state.book)
    }

    /// A new line: a new decoder, new numbers. Call [`Intake::lost`] for the old one first.
    pub fn opened(&mut self) {
        self.decoder = self.feed.decoder();
        self.numbering = Numbering::default();
    }

    /// What is known of an instrument that is about to be subscribed to: the venue's facts, and
    /// the newest trade held from before, so that what was missed since is seen.
    pub fn carry(&mut self, instrument: &Instrument, last_trade: Option<(TradeId, UnixNs)>) {
        self.normalizer.describe(instrument);
        if self.instruments.len() >= MAX_INSTRUMENTS {
            self.instruments.retain(|_, state| !state.left);
        }
        let state = self.instruments.entry(instrument.id.clone()).or_default();
        state.left = false;
        if let Some((id, time)) = last_trade {
            state.resume(id, time);
        }
    }

    /// Reads one frame and appends what it says to `out`.
    pub fn frame(&mut self, frame: &str, received: UnixNs, out: &mut Vec<MarketEvent>) -> Verdict {
        let mut verdict = Verdict::default();
        self.counts.frames += 1;
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        if let Err(error) = self.decoder.decode(frame, received, &mut decoded) {
            verdict.reject(format!("a message could not be read: {error}"));
            // It may have been a change of any book, also the very snapshot that is waited for.
            let reason = "a message could not be read";
            self.mark_stale(reason, received, out);
            self.doubt(received);
            verdict.resync = Some(reason.to_owned());
            decoded.events.clear();
            decoded.notices.clear();
        }
        verdict.venue_time = decoded.venue_time;
        if self.in_order(decoded.sequence, received, &mut verdict, out) {
            for event in decoded.events.drain(..) {
                self.event(event, received, &mut verdict, out);
            }
            for notice in decoded.notices.drain(..) {
                self.notice(notice, decoded.venue_time, received, &mut verdict, out);
            }
        }
        self.decoded = decoded;
        self.counts.rejected += verdict.rejected;
        verdict
    }

    /// Checks the message's number; whether the message is to be taken.
    fn in_order(
        &mut self,
        sequence: Option<u64>,
        received: UnixNs,
        verdict: &mut Verdict,
        out: &mut Vec<MarketEvent>,
    ) -> bool {
        let Some(sequence) = sequence else {
            return true;
        };
        match self.numbering.take(sequence) {
            Step::Next => true,
            Step::Again => {
                self.counts.repeated_messages += 1;
                false
            }
            Step::Anew => {
                self.lost("the venue began to count anew", received, out);
                self.opened();
                self.numbering.take(sequence);
                true
            }
            Step::Hole { missing, reason } => {
                self.counts.holes += 1;
                self.counts.missing_messages += missing;
                verdict.gaps += 1;
                self.mark_stale(&reason, received, out);
                self.doubt(received);
                // Also where no book was believed: the one waited for may be what is missing.
                verdict.resync = Some(reason.clone());
                verdict.complaint = Some(reason);
                true
            }
        }
    }

    fn event(
        &mut self,
        event: VenueEvent,
        received: UnixNs,
        verdict: &mut Verdict,
        out: &mut Vec<MarketEvent>,
    ) {
        let Some(state) = state_of(&mut self.instruments, &event.instrument, verdict) else {
            return;
        };
        let time = event.time;
        if let Some(reason) = ahead(time, received) {
            self.unbelieved(&event, reason, received, verdict, out);
            return;
        }
        state.heard(time);
        match &event.body {
            // Quotes and last price follow from book and trades.
            VenueBody::Ticker { .. } => return,
            VenueBody::Trade { id, .. } => {
                match state.trade(*id, time, self.exchange.contiguous_trade_ids) {
                    Taken::Whole => {}
                    Taken::After(hole) => {
                        verdict.gaps += 1;
                        state.counts.gaps += 1;
                        let gap = hole.until(time);
                        out.push(about(&self.normalizer, &event.instrument, received, gap));
                    }
                    Taken::Known => {
                        self.counts.repeated_trades += 1;
                        return;
                    }
                }
            }
            VenueBody::Book { snapshot, .. } => {
                if !snapshot && state.book.is_stale() {
                    state.heard_book(time);
                    state.counts.dropped += 1;
                    return;
                }
            }
        }
        let said = event.body.upkeep();
        if let Err(error) = self.normalizer.normalize(event, received, out) {
            self.refused(&error, time, received, verdict, out);
            return;
        }
        let Some(event) = out.last_mut() else {
            return;
        };
        let applied = state.apply(event, said, self.feed);
        if applied == Applied::Good {
            return;
        }
        let instrument = event.instrument.clone();
        verdict.checksum_failures += u64::from(matches!(applied, Applied::Disproven(_)));
        let body = match applied {
            Applied::Good => return,
            Applied::Mended(hole) => {
                state.counts.gaps += 1;
                hole.until(time)
            }
            Applied::Broken(reason) | Applied::Disproven(reason) => {
                // Nobody is to see what it would make of the book.
                out.pop();
                verdict.resync = Some(reason.clone());
                if !state.mark_stale(&reason, received) {
                    return;
                }
                EventBody::BookStale { reason }
            }
        };
        out.push(about(&self.normalizer, &instrument, received, body));
    }

    /// A trade or a book message that cannot be kept exactly.
    fn refused(
        &mut self,
        error: &NormalizeError,
        time: UnixNs,
        received: UnixNs,
        verdict: &mut Verdict,
        out: &mut Vec<MarketEvent>,
    ) {
        let reason = error.to_string();
        verdict.reject(reason.clone());
        let Some(state) = self.instruments.get_mut(&error.instrument) else {
            return;
        };
        let body = match error.part {
            RefusedPart::Trade => {
                state.counts.gaps += 1;
                EventBody::Gap {
                    kind: GapKind::Trades,
                    start: time,
                    end: Some(time),
                    reason,
                    filled: false,
                }
            }
            RefusedPart::Book => {
                verdict.resync = Some(reason.clone());
                if !state.mark_stale(&reason, received) {
                    return;
                }
                EventBody::BookStale { reason }
            }
        };
        out.push(about(&self.normalizer, &error.instrument, received, body));
    }

    /// An event whose time cannot be right. What a trade's number is worth then nobody knows: the
    /// next one shows what is missing, and until then trades are.
    fn unbelieved(
        &mut self,
        event: &VenueEvent,
        reason: String,
        received: UnixNs,
        verdict: &mut Verdict,
        out: &mut Vec<MarketEvent>,
    ) {
        verdict.reject(reason.clone());
        let Some(state) = self.instruments.get_mut(&event.instrument) else {
            return;
        };
        let body = match &event.body {
            VenueBody::Ticker { .. } => None,
            VenueBody::Trade { .. } => state.miss(&reason, received).map(Hole::open),
            VenueBody::Book { .. } => {
                verdict.resync = Some(reason.clone());
                let was_believed = state.mark_stale(&reason, received);
                was_believed.then_some(EventBody::BookStale { reason })
            }
        };
        if let Some(body) = body {
            out.push(about(&self.normalizer, &event.instrument, received, body));
        }
    }

    fn notice(
        &mut self,
        notice: Notice,
        venue_time: Option<UnixNs>,
        received: UnixNs,
        verdict: &mut Verdict,
        out: &mut Vec<MarketEvent>,
    ) {
        match notice {
            Notice::Subscribed => {}
            Notice::Unknown(kind) => {
                self.counts.unknown += 1;
                tracing::debug!(
                    feed = self.feed.spec().name,
                    kind,
                    "a message of unknown kind"
                );
            }
            Notice::Refused(words) => verdict.complaint = Some(words),
            Notice::Heartbeat => {
                let Some(time) = venue_time else { return };
                match ahead(time, received) {
                    None => self.beat(time, received, out),
                    Some(reason) => verdict.reject(reason),
                }
            }
            Notice::LastTrade {
                instrument,
                id,
                time,
            } => {
                let Some(state) = state_of(&mut self.instruments, &instrument, verdict) else {
                    return;
                };
                if let Some(reason) = ahead(time, received) {
                    verdict.reject(reason);
                    return;
                }
                if let Some(hole) = state.last_trade(id, time) {
                    verdict.gaps += 1;
                    state.counts.gaps += 1;
                    let gap = hole.until(time);
                    out.push(about(&self.normalizer, &instrument, received, gap));
                }
            }
        }
    }
}

/// The state of an instrument, made where there is room; `None` where nothing of it is taken.
fn state_of<'a>(
    instruments: &'a mut HashMap<InstrumentId, InstrumentState>,
    id: &InstrumentId,
    verdict: &mut Verdict,
) -> Option<&'a mut InstrumentState> {
    let known = instruments.len();
    let state = match instruments.entry(id.clone()) {
        Entry::Occupied(held) => held.into_mut(),
        Entry::Vacant(_) if known >= MAX_INSTRUMENTS => {
            verdict.reject(format!("{id} is one instrument too many"));
            return None;
        }
        Entry::Vacant(place) => place.insert(InstrumentState::default()),
    };
    (!state.left).then_some(state)
}

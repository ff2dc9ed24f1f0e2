//! What happens on a market, first as the venue wrote it, then in our own exact numbers.
//!
//! An adapter turns a frame into [`VenueEvent`]s: decimals as they were sent, nothing learnt yet.
//! [`crate::market::Normalizer`] turns these into [`MarketEvent`]s at the instrument's precision.
//! From there on every consumer sees the same numbered stream.

use serde::{Deserialize, Serialize};

use super::book::BookLevel;
use super::decimal::Decimal;
use super::gap::GapKind;
use super::instrument::InstrumentId;
use super::number::Precision;
use super::time::UnixNs;
use super::trade::{Side, Trade, TradeId};

/// One thing a venue said about one instrument, in its own digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueEvent {
    /// Whom it is about.
    pub instrument: InstrumentId,
    /// When the venue says it happened.
    pub time: UnixNs,
    /// What happened.
    pub body: VenueBody,
}

/// Price and quantity of a level as they were sent.
pub type VenueLevel = (Decimal, Decimal);

/// The things venues say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VenueBody {
    /// An execution.
    Trade {
        /// The venue's number.
        id: TradeId,
        /// As sent.
        price: Decimal,
        /// As sent.
        quantity: Decimal,
        /// The taker's side, turned around by the adapter where the venue says the maker's.
        side: Side,
        /// Whether it is history sent upon subscribing rather than new.
        history: bool,
    },
    /// The whole book, or what changed in it.
    Book {
        /// Whether this replaces the book.
        snapshot: bool,
        /// Changed bids in the order sent; quantity 0 deletes.
        bids: Vec<VenueLevel>,
        /// Changed asks in the order sent; quantity 0 deletes.
        asks: Vec<VenueLevel>,
        /// How the venue wants the book kept, and what it must be equal to.
        upkeep: BookUpkeep,
    },
    /// The venue's own best quotes and last price.
    Ticker {
        /// Last traded price.
        last: Option<Decimal>,
        /// Best bid: price, quantity.
        bid: Option<VenueLevel>,
        /// Best ask: price, quantity.
        ask: Option<VenueLevel>,
    },
}

impl VenueBody {
    /// What a book message says of keeping the book; nothing for everything else.
    #[must_use]
    pub fn upkeep(&self) -> BookUpkeep {
        match self {
            Self::Book { upkeep, .. } => *upkeep,
            Self::Trade { .. } | Self::Ticker { .. } => BookUpkeep::default(),
        }
    }
}

/// What a venue says with a book message beside the levels. All of it holds after the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookUpkeep {
    /// Levels a side that the venue tells about: what lies behind them is to be forgotten, since
    /// its end is not told. `None`: the whole book is told.
    pub depth: Option<u32>,
    /// The venue's checksum of the book.
    pub checksum: Option<BookChecksum>,
}

/// A checksum over the digits of a book as the venue writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookChecksum {
    /// What the venue has worked out.
    pub value: u32,
    /// Decimals that the venue writes, trailing zeros included. They may be more or fewer than
    /// those the book is held at.
    pub written: Precision,
}

/// Place of an event in the order of arrival, from 1, without holes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

/// An event and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequenced {
    /// Place in the order of arrival.
    pub position: Position,
    /// What happened.
    pub event: MarketEvent,
}

/// One event at the instrument's precision. What the journal keeps and every consumer reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketEvent {
    /// Whom it is about.
    pub instrument: InstrumentId,
    /// Decimals of every number in it.
    pub precision: Precision,
    /// When it reached this machine.
    pub received: UnixNs,
    /// What happened.
    pub body: EventBody,
}

/// A change of a book at the instrument's precision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookDelta {
    /// When the venue says it happened.
    pub time: UnixNs,
    /// Changed bids in the order sent; quantity 0 deletes.
    pub bids: Vec<BookLevel>,
    /// Changed asks in the order sent; quantity 0 deletes.
    pub asks: Vec<BookLevel>,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventBody {
    /// An execution.
    Trade(Trade),
    /// An execution from before the subscription or fetched later: it never fires an alert.
    Backfill(Trade),
    /// The whole book. It replaces what was held, also a stale one.
    BookSnapshot(BookDelta),
    /// What changed in the book.
    BookUpdate(BookDelta),
    /// A message is missing: the book is not to be shown until the next snapshot.
    BookStale {
        /// In one clear sentence, why.
        reason: String,
    },
    /// Data is known to be missing from `start` on. A later word on a gap of the same kind and
    /// start replaces an earlier one.
    Gap {
        /// Which data.
        kind: GapKind,
        /// Last moment known to be complete.
        start: UnixNs,
        /// First moment known to be complete again; `None` while it lasts.
        end: Option<UnixNs>,
        /// In one clear sentence, why.
        reason: String,
        /// Whether all of it is held by now: nothing was missed, or it was fetched afterwards.
        #[serde(default)]
        filled: bool,
    },
    /// Exchange time moved on without a trade or a change (heartbeat).
    Clock {
        /// Exchange time.
        time: UnixNs,
    },
}

impl MarketEvent {
    /// Exchange time of the event; `None` for events that have none of their own.
    #[must_use]
    pub fn time(&self) -> Option<UnixNs> {
        match &self.body {
            EventBody::Trade(trade) | EventBody::Backfill(trade) => Some(trade.time),
            EventBody::BookSnapshot(delta) | EventBody::BookUpdate(delta) => Some(delta.time),
            EventBody::Clock { time } => Some(*time),
            EventBody::BookStale { .. } | EventBody::Gap { .. } => None,
        }
    }
}

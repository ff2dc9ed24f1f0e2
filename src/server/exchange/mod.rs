//! The venues: what they are called, where they are documented, how their bytes are read.
//!
//! An adapter does no I/O. It turns frames into [`VenueEvent`]s and questions into
//! [`HttpRequest`]s; sockets, timers and retries live once, in [`crate::server::collector`].
//! Adding a venue is a new file or folder here and one line in [`EXCHANGES`].

pub mod coinbase;
pub mod kraken;

use thiserror::Error;
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{
    Candle, Decimal, Instrument, InstrumentId, Precision, Side, Timeframe, TradeId, UnixMs, UnixNs,
    VenueEvent,
};

/// Every venue, the first being the one meant by a bare symbol.
pub static EXCHANGES: &[&dyn Exchange] = &[&coinbase::Coinbase, &kraken::Kraken];

/// The venue with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Exchange> {
    EXCHANGES
        .iter()
        .copied()
        .find(|exchange| exchange.spec().id == id)
}

/// The ids of all venues.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    let ids = EXCHANGES.iter().map(|exchange| exchange.spec().id);
    ids.collect()
}

/// Names of a venue's feeds, the default one first; none where there is no such venue.
#[must_use]
pub fn feed_names(id: &str) -> Vec<&'static str> {
    let feeds = find(id).map_or(&[][..], Exchange::feeds);
    feeds.iter().map(|feed| feed.spec().name).collect()
}

/// The feed that serves this WebSocket address, with its venue. Recorded captures name their
/// venue this way.
#[must_use]
pub fn find_by_url(url: &str) -> Option<(&'static dyn Exchange, &'static dyn Feed)> {
    let host = url.split("://").nth(1)?.split(['/', ':', '?']).next()?;
    EXCHANGES.iter().copied().find_map(|exchange| {
        let feed = exchange
            .feeds()
            .iter()
            .copied()
            .find(|feed| feed.spec().hosts.contains(&host))?;
        Some((exchange, feed))
    })
}

/// Facts about a venue.
#[derive(Debug)]
pub struct ExchangeSpec {
    /// The id in instrument ids: lower case.
    pub id: &'static str,
    /// The name people read.
    pub label: &'static str,
    /// Two letters for dense lists.
    pub short: &'static str,
    /// The documentation's front page.
    pub docs: &'static str,
    /// Base address of its REST interface.
    pub rest_url: &'static str,
    /// Timeframes of its own candle history.
    pub timeframes: &'static [Timeframe],
    /// Bars in one answer at the most.
    pub candles_per_request: u32,
    /// Bars before now that its history reaches back at most; `None`: to the beginning.
    pub candles_reach: Option<u32>,
    /// No trade of this venue is older: 00:00 UTC of the day, Unix milliseconds.
    pub opened: UnixMs,
    /// REST requests a second that it allows without a key.
    pub requests_per_s: u32,
    /// Whether trade ids are contiguous per instrument, so that a jump is a gap.
    pub contiguous_trade_ids: bool,
}

/// Facts about one of a venue's streaming interfaces.
#[derive(Debug)]
pub struct FeedSpec {
    /// Its name in the settings.
    pub name: &'static str,
    /// The documentation of its channels.
    pub docs: &'static str,
    /// Address to connect to.
    pub ws_url: &'static str,
    /// Hosts whose recorded frames are of this feed, today's and earlier ones.
    pub hosts: &'static [&'static str],
    /// How a book is proven, and what escapes that proof; one sentence each.
    pub proof: &'static str,
    /// Whether every message of a connection is numbered without holes.
    pub numbered: bool,
    /// Silence after which the line counts as dead, milliseconds.
    pub silence_ms: i64,
    /// Instruments that one connection may carry.
    pub instruments_per_connection: usize,
}

/// A venue.
pub trait Exchange: Send + Sync {
    /// Facts.
    fn spec(&self) -> &'static ExchangeSpec;

    /// Streaming interfaces, the default one first.
    fn feeds(&self) -> &'static [&'static dyn Feed];

    /// Asks for the list of instruments.
    fn instruments(&self) -> HttpRequest;

    /// Reads the list. Instruments that cannot be described exactly, and second names of others,
    /// are left out and counted.
    ///
    /// # Errors
    /// [`DecodeError`] where the body is not such a list.
    fn parse_instruments(&self, body: &[u8]) -> Result<VenueInstruments, DecodeError>;

    /// Asks for bars; `None` where the venue has no such timeframe.
    fn candles(&self, query: &VenueCandleQuery<'_>) -> Option<HttpRequest>;

    /// Reads bars, ascending, unique, at the instrument's precision (widened where the venue's
    /// digits are finer). All are marked closed: an answer does not say which bar is still
    /// running, so who knows the time takes the mark off again.
    ///
    /// # Errors
    /// [`DecodeError`] where the body is no such answer or a value cannot be kept exactly.
    fn parse_candles(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<VenueCandles, DecodeError>;

    /// Asks for trades of the past; `None` where the venue does not give them.
    fn trades(&self, query: &VenueTradeQuery<'_>) -> Option<HttpRequest>;

    /// Reads trades of the past as events, ascending by time, then id.
    ///
    /// # Errors
    /// [`DecodeError`] where the body is no such answer.
    fn parse_trades(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<Vec<VenueEvent>, DecodeError>;
}

/// One of a venue's streaming interfaces.
pub trait Feed: Send + Sync {
    /// Facts.
    fn spec(&self) -> &'static FeedSpec;

    /// Text frames that subscribe to trades, book, ticker and heartbeat of `symbols` (the
    /// venue's own names).
    fn subscribe(&self, symbols: &[&str]) -> Vec<String>;

    /// Text frames that undo it.
    fn unsubscribe(&self, symbols: &[&str]) -> Vec<String>;

    /// A decoder for one connection.
    fn decoder(&self) -> Box<dyn Decoder>;

    /// The checksum that the venue would send with this book, whose numbers it writes with so many
    /// decimals. `None` where the feed has no checksums, or the book has digits that the venue
    /// would not write: such a book is not its book.
    fn checksum(&self, _book: &OrderBook, _written: Precision) -> Option<u32> {
        None
    }
}

/// Reads the frames of one connection, in order.
pub trait Decoder: Send {
    /// Reads one frame into `out`, which the caller has cleared. Events that the venue sends
    /// without a time take `received`.
    ///
    /// # Errors
    /// [`DecodeError`] where it is not a message of this feed. Events already written to `out`
    /// must then not be used.
    fn decode(
        &mut self,
        frame: &str,
        received: UnixNs,
        out: &mut Decoded,
    ) -> Result<(), DecodeError>;
}

/// What one frame said.
#[derive(Debug, Default)]
pub struct Decoded {
    /// About instruments.
    pub events: Vec<VenueEvent>,
    /// Number of the message on its connection, where the feed numbers them.
    pub sequence: Option<u64>,
    /// The venue's clock, where the message carries it.
    pub venue_time: Option<UnixNs>,
    /// About the connection.
    pub notices: Vec<Notice>,
}

impl Decoded {
    /// Empties it, keeping its memory for the next frame.
    pub fn clear(&mut self) {
        self.events.clear();
        self.notices.clear();
        self.sequence = None;
        self.venue_time = None;
    }
}

/// What a frame says about the connection rather than a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The venue lives.
    Heartbeat,
    /// A subscription stands.
    Subscribed,
    /// The venue complains; in its own words.
    Refused(String),
    /// The newest trade before the subscription began: the next one's id is its successor.
    LastTrade {
        /// Of which instrument.
        instrument: InstrumentId,
        /// The venue's number.
        id: TradeId,
        /// When it happened.
        time: UnixNs,
    },
    /// A message of a kind that this adapter does not know; its name, cut short.
    Unknown(String),
}

/// A frame or body that does not say what it should. Counted, logged once, never fatal.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// Not JSON of the expected shape.
    #[error("not the expected message: {0}")]
    Json(#[from] serde_json::Error),
    /// A field holds what it cannot.
    #[error("field {field}: {reason}")]
    Field {
        /// Which.
        field: &'static str,
        /// Why, with the value.
        reason: String,
    },
    /// The venue answered with an error of its own.
    #[error("the venue answered: {0}")]
    Venue(String),
    /// The venue answered that it was asked too often; in its own words.
    #[error("the venue answered: {0}")]
    RateLimited(String),
    /// The venue answered that it is not well at the moment; in its own words.
    #[error("the venue answered: {0}")]
    Unwell(String),
}

impl DecodeError {
    /// That a field holds what it cannot.
    pub fn field(field: &'static str, reason: impl ToString) -> Self {
        let reason = reason.to_string();
        Self::Field { field, reason }
    }
}

/// A GET request below the venue's REST address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Path, beginning with a slash.
    pub path: String,
    /// Query parameters, not yet escaped.
    pub query: Vec<(&'static str, String)>,
}

/// Instruments that a venue lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VenueInstruments {
    /// In the venue's order, each id once.
    pub instruments: Vec<Instrument>,
    /// Entries that were left out.
    pub left_out: u32,
}

/// Which bars are wanted: half open, `start` inclusive.
#[derive(Clone, Copy, Debug)]
pub struct VenueCandleQuery<'a> {
    /// Of which instrument.
    pub instrument: &'a Instrument,
    /// Of which width; one of the venue's own.
    pub timeframe: Timeframe,
    /// First opening time.
    pub start: UnixMs,
    /// Opening time before which the last bar opens.
    pub end: UnixMs,
}

/// Bars of a venue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VenueCandles {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending by opening time, unique.
    pub candles: Vec<Candle>,
}

/// Which trades are wanted: half open, `start` inclusive.
#[derive(Clone, Copy, Debug)]
pub struct VenueTradeQuery<'a> {
    /// Of which instrument.
    pub instrument: &'a Instrument,
    /// Earliest.
    pub start: UnixMs,
    /// Before which the last one happened.
    pub end: UnixMs,
    /// At the most.
    pub limit: u32,
}

/// Reads a side in any case of letters.
///
/// # Errors
/// [`DecodeError::Field`] for anything but buy and sell.
pub fn parse_side(text: &str) -> Result<Side, DecodeError> {
    if text.eq_ignore_ascii_case("buy") {
        Ok(Side::Buy)
    } else if text.eq_ignore_ascii_case("sell") {
        Ok(Side::Sell)
    } else {
        let reason = format!("{text:?} is neither buy nor sell");
        Err(DecodeError::field("side", reason))
    }
}

/// Reads RFC 3339.
///
/// # Errors
/// [`DecodeError::Field`] for anything else.
pub fn parse_time(field: &'static str, text: &str) -> Result<UnixNs, DecodeError> {
    UnixNs::parse_rfc3339(text)
        .map_err(|error| DecodeError::field(field, format!("{:?}: {error}", shorten(text))))
}

/// Whether a message is a snapshot; else it is an update.
///
/// # Errors
/// [`DecodeError::Field`] for any other word, and for none.
pub fn is_snapshot(field: &'static str, kind: Option<&str>) -> Result<bool, DecodeError> {
    match required(field, kind)? {
        "snapshot" => Ok(true),
        "update" => Ok(false),
        other => {
            let reason = format!("{:?} is neither snapshot nor update", shorten(other));
            Err(DecodeError::field(field, reason))
        }
    }
}

/// The field, where the message has it.
///
/// # Errors
/// [`DecodeError::Field`] where it has not.
pub fn required<T>(field: &'static str, value: Option<T>) -> Result<T, DecodeError> {
    value.ok_or_else(|| DecodeError::field(field, "missing"))
}

/// The value, where it is above 0 as prices and sizes of trades are.
///
/// # Errors
/// [`DecodeError::Field`] where it is not.
pub fn positive(field: &'static str, value: Decimal) -> Result<Decimal, DecodeError> {
    if value.mantissa > 0 {
        Ok(value)
    } else {
        Err(DecodeError::field(field, format!("{value} is not above 0")))
    }
}

/// The beginning of a text of unknown length, for messages.
#[must_use]
pub fn shorten(text: &str) -> &str {
    const LONGEST: usize = 80;
    text.char_indices()
        .nth(LONGEST)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_between_characters() {
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten(&"ä".repeat(100)).chars().count(), 80);
    }

    #[test]
    fn every_feed_is_told_from_the_others() {
        let mut names = std::collections::BTreeSet::new();
        for exchange in EXCHANGES {
            let id = exchange.spec().id;
            assert!(find(id).is_some(), "{id}");
            for feed in exchange.feeds() {
                let spec = feed.spec();
                assert!(names.insert((id, spec.name)), "{id} {}", spec.name);
                assert!(!spec.proof.is_empty(), "{id}");
                let (found, _) = find_by_url(spec.ws_url).expect("its own address");
                assert_eq!(found.spec().id, id);
            }
        }
    }
}

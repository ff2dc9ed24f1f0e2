//! Kraken: its public spot markets, over WebSocket v2 and REST, neither of which needs a key.
//!
//! | file | what it reads |
//! |---|---|
//! | `feed` | WebSocket v2: books that carry a checksum, trades |
//! | `checksum` | the CRC32 over the best ten levels of a book |
//! | `pairs` | REST: the list of instruments |
//! | `history` | REST: candles and trades of the past |
//! | `symbols` | the venue's several names for one currency |
//! | `wire` | the pieces of JSON that these share |
//!
//! All of it says the *taker's* side of a trade, which is ours.

mod checksum;
mod feed;
mod history;
mod pairs;
mod symbols;
mod wire;

pub use feed::WebSocketV2;

use tradesuite_core::model::{Instrument, Timeframe, UnixMs, VenueEvent};

use super::{
    DecodeError, Exchange, ExchangeSpec, Feed, HttpRequest, VenueCandleQuery, VenueCandles,
    VenueInstruments, VenueTradeQuery,
};

/// The venue's id in instrument ids.
const ID: &str = "kraken";

static SPEC: ExchangeSpec = ExchangeSpec {
    id: ID,
    label: "Kraken",
    short: "KR",
    docs: "https://docs.kraken.com/api/",
    rest_url: "https://api.kraken.com",
    // Its weeks open on Thursday, ours on Monday: they are folded from days instead.
    timeframes: &[
        Timeframe::M1,
        Timeframe::M5,
        Timeframe::M15,
        Timeframe::M30,
        Timeframe::H1,
        Timeframe::H4,
        Timeframe::D1,
    ],
    candles_per_request: history::MAX_CANDLES,
    // "Older data cannot be retrieved, regardless of the value of since."
    candles_reach: Some(history::MAX_CANDLES),
    // 2013-09-10.
    opened: UnixMs(1_378_771_200_000),
    // Not published for an address without a key; about one a second is what is borne for long.
    requests_per_s: 1,
    // "Trade identifier is a sequence number, unique per book."
    contiguous_trade_ids: true,
};

/// Kraken.
#[derive(Clone, Copy, Debug)]
pub struct Kraken;

impl Exchange for Kraken {
    fn spec(&self) -> &'static ExchangeSpec {
        &SPEC
    }

    fn feeds(&self) -> &'static [&'static dyn Feed] {
        &[&WebSocketV2]
    }

    fn instruments(&self) -> HttpRequest {
        pairs::request()
    }

    fn parse_instruments(&self, body: &[u8]) -> Result<VenueInstruments, DecodeError> {
        pairs::parse(body)
    }

    fn candles(&self, query: &VenueCandleQuery<'_>) -> Option<HttpRequest> {
        history::candles_request(query)
    }

    fn parse_candles(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<VenueCandles, DecodeError> {
        history::parse_candles(instrument, body)
    }

    fn trades(&self, query: &VenueTradeQuery<'_>) -> Option<HttpRequest> {
        Some(history::trades_request(query))
    }

    fn parse_trades(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<Vec<VenueEvent>, DecodeError> {
        history::parse_trades(instrument, body)
    }
}

//! Coinbase: its public spot markets, over two streaming interfaces and one REST interface, none
//! of which needs a key.
//!
//! | file | what it reads |
//! |---|---|
//! | `advanced` | Advanced Trade market data: every message of a connection is numbered |
//! | `exchange_feed` | the Exchange feed: no numbers, so the book has no proof of its own |
//! | `rest` | products, candles and trades of Advanced Trade |
//! | `wire` | the pieces of JSON that both feeds share |
//!
//! Both feeds and REST say the *maker's* side of a trade; it is turned around here, once each.

mod advanced;
mod exchange_feed;
mod rest;
mod symbols;
mod wire;

pub use advanced::AdvancedTrade;
pub use exchange_feed::ExchangeFeed;

use tradesuite_core::model::{Instrument, Timeframe, UnixMs, VenueEvent};

use super::{
    DecodeError, Exchange, ExchangeSpec, Feed, HttpRequest, VenueCandleQuery, VenueCandles,
    VenueInstruments, VenueTradeQuery,
};

/// The venue's id in instrument ids.
const ID: &str = "coinbase";

static SPEC: ExchangeSpec = ExchangeSpec {
    id: ID,
    label: "Coinbase",
    short: "CB",
    docs: "https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/overview",
    rest_url: "https://api.coinbase.com",
    timeframes: &[
        Timeframe::M1,
        Timeframe::M5,
        Timeframe::M15,
        Timeframe::M30,
        Timeframe::H1,
        Timeframe::H2,
        Timeframe::H6,
        Timeframe::D1,
    ],
    candles_per_request: rest::MAX_CANDLES,
    candles_reach: None,
    // 2014-12-01, before its exchange opened to everybody.
    opened: UnixMs(1_417_392_000_000),
    requests_per_s: 10,
    contiguous_trade_ids: true,
};

/// Coinbase.
#[derive(Clone, Copy, Debug)]
pub struct Coinbase;

impl Exchange for Coinbase {
    fn spec(&self) -> &'static ExchangeSpec {
        &SPEC
    }

    fn feeds(&self) -> &'static [&'static dyn Feed] {
        &[&AdvancedTrade, &ExchangeFeed]
    }

    fn instruments(&self) -> HttpRequest {
        rest::products_request()
    }

    fn parse_instruments(&self, body: &[u8]) -> Result<VenueInstruments, DecodeError> {
        rest::parse_products(body)
    }

    fn candles(&self, query: &VenueCandleQuery<'_>) -> Option<HttpRequest> {
        rest::candles_request(query)
    }

    fn parse_candles(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<VenueCandles, DecodeError> {
        rest::parse_candles(instrument, body)
    }

    fn trades(&self, query: &VenueTradeQuery<'_>) -> Option<HttpRequest> {
        Some(rest::trades_request(query))
    }

    fn parse_trades(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<Vec<VenueEvent>, DecodeError> {
        rest::parse_trades(instrument, body)
    }
}
